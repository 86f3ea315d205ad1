"""A batch's input file: what stands in its lines, and how many go into one.

The service takes 50,000 lines and 200 MB in a file, all of them for one endpoint and one model.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from imagebuild import BatchLine, Reference, Request
from imagebuild_openai import images, responses
from imagebuild_openai.model import Catalog
from imagebuild_openai.profile import Profile
from imagebuild_openai.settings import Settings

__all__ = ["MOST_BYTES", "MOST_LINES", "group_lines", "kind_of", "line_of", "problem_of"]

MOST_LINES = 50_000
MOST_BYTES = 190_000_000
"""A margin is left below the service's 200 MB: file ids are not known before their pictures are uploaded."""

_FILE_ID = "file-" + "x" * 59
"""Stands for an id while sizes are counted: as long as any may be."""

FileIds = Callable[[Reference], str]


def problem_of(request: Request, profile: Profile, catalog: Catalog) -> str | None:
    """Why a resolved request cannot go into a batch, None when it can or when its models are not known."""
    if not profile.batches:
        return f"a service with the profile '{profile.name}' has no batches"
    if request.options.get("continue") == "response":
        return "'continue: response' goes on from the answer to a live call, which a batch cannot"
    for option in ("image_model", "model"):
        name = request.options.get(option)
        entry = catalog.find(name) if isinstance(name, str) else None
        if entry and not entry.batch:
            others = [
                f"'{other.name}'"
                for other in catalog.entries.values()
                if other.kind == entry.kind and other.batch and not other.shutdown
            ]
            instead = f"; {', '.join(others[:-1])} and {others[-1]} are" if len(others) > 1 else ""
            return f"'{name}' is not offered in batches{instead}"
    return None


def kind_of(request: Request) -> tuple[str, str]:
    """The endpoint that a resolved request goes to, and the model that its file is for."""
    model = str(request.options.get("model"))
    if request.options.get("api") != "images":
        return "/v1/responses", model
    return ("/v1/images/edits" if request.references else "/v1/images/generations"), model


def line_of(line: BatchLine, settings: Settings, file_id: FileIds) -> bytes:
    """One line of the file, with its end. The action key names it, so that its answer finds the way back."""
    request = line.request
    url, _ = kind_of(request)
    parts = [_part(reference, file_id) for reference in (request.parent, *request.inputs) if reference is not None]
    mask = _part(request.mask, file_id) if request.mask else None
    if url == "/v1/responses":
        body = responses.body_of(request, settings, parts=parts, mask=mask)
    else:
        markup = _part(request.markup, file_id) if request.markup else None
        body = images.body_of(request, settings, parts=parts, mask=mask, markup=markup)
    body.pop("service_tier", None)  # a batch is a tier of its own
    whole = {"custom_id": line.key, "method": "POST", "url": url, "body": body}
    return json.dumps(whole, separators=(",", ":")).encode("ascii") + b"\n"


def _part(reference: Reference, file_id: FileIds) -> dict[str, str]:
    return {"file_id": file_id(reference)}


def group_lines(
    lines: Sequence[BatchLine], settings: Settings, *, most_lines: int = MOST_LINES, most_bytes: int = MOST_BYTES
) -> list[list[BatchLine]]:
    """The lines by kind, in parts that keep to the limits; order and first come are kept."""
    groups: list[list[BatchLine]] = []
    open_groups: dict[tuple[str, str], tuple[list[BatchLine], int]] = {}
    for line in lines:
        kind = kind_of(line.request)
        size = len(line_of(line, settings, lambda reference: _FILE_ID))
        group, held = open_groups.get(kind, ([], 0))
        if not group or len(group) >= most_lines or held + size > most_bytes:
            group, held = [], 0
            groups.append(group)
        group.append(line)
        open_groups[kind] = group, held + size
    return groups

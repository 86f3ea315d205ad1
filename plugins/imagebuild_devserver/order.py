"""The wish within a request for a response: what is to be drawn, from which pictures."""

from __future__ import annotations

from collections.abc import Mapping

from imagebuild_devserver.encoding import Base64, Tree
from imagebuild_devserver.incoming import check_mask, check_picture, from_data_url, size_of
from imagebuild_devserver.model import DEFAULT_IMAGE_MODEL
from imagebuild_devserver.option import Options, Situation, settle_options
from imagebuild_devserver.reading import Heard
from imagebuild_devserver.refusal import invalid, user_error
from imagebuild_devserver.service import Service
from imagebuild_devserver.studio import Wish

__all__ = ["read_order"]


def read_order(
    service: Service,
    body: Mapping[str, Tree],
    tool: Mapping[str, Tree] | None,
    heard: Heard,
    drawn: str,
    before: Base64 | None,
) -> tuple[Wish, str]:
    """The wish, and whether it is to ``generate`` or to ``edit``; ``before`` is the picture of an earlier response."""
    _check_choice(body.get("tool_choice"), tool)
    if tool is None:
        return Wish(drawn, Options(1024, 1024), DEFAULT_IMAGE_MODEL, inputs=tuple(heard.pictures)), "generate"
    model = str(tool.get("model") or DEFAULT_IMAGE_MODEL)
    facts = service.models.facts(model, "image")
    pictures = [*([before.data] if before else []), *heard.pictures]
    action = str(tool.get("action") or "auto")
    if action == "edit" and not pictures:
        raise user_error("action", "The action 'edit' needs an image in the input.")
    if action == "auto":
        action = "edit" if pictures else "generate"
    parent = pictures.pop(0) if action == "edit" else None
    mask = _mask(service, tool.get("input_image_mask"), parent)
    situation = Situation(
        facts,
        "tools[0].",
        bool(body.get("stream")),
        mask is not None,
        parent=size_of(parent) if parent else None,
        lenient=service.lenient,
    )
    return Wish(drawn, settle_options(tool, situation), model, parent, tuple(pictures), mask), action


def _mask(service: Service, given: Tree, parent: bytes | None) -> bytes | None:
    place = "input_image_mask"
    if not isinstance(given, Mapping):
        return None
    if given.get("file_id"):
        data = check_picture(service.file(given["file_id"], place).data, place)
    else:
        data = from_data_url(given.get("image_url"), place)
    return check_mask(data, parent, place)


def _check_choice(choice: Tree, tool: Mapping[str, Tree] | None) -> None:
    if choice is None or (isinstance(choice, str) and choice in ("auto", "none", "required")):
        return
    if not isinstance(choice, Mapping) or choice.get("type") not in ("image_generation", "allowed_tools"):
        raise invalid("tool_choice", f"Invalid value for 'tool_choice': {choice}.")
    if tool is None:
        raise invalid("tool_choice", "Tool choice 'image_generation' not found in 'tools' parameter.", None)

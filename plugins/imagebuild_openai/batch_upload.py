"""What a batch needs at the service: its references, the file of its lines, and itself. And how uploads go again."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from imagebuild import Reference
from imagebuild.media import EXTENSIONS
from imagebuild_openai.batch_reply import entries, id_of

if TYPE_CHECKING:
    from openai import OpenAI

__all__ = ["RESULTS_KEPT", "TOKEN", "create_batch", "digest_of", "remove_uploads", "upload_input", "upload_references"]

TOKEN = "imagebuild"  # noqa: S105 - the name under which a batch's metadata holds our token, and no secret
RESULTS_KEPT = 30 * 24 * 3600
"""Seconds for which the service keeps results: the longest it offers."""

_AT_ONCE = 4
_LISTED = 1000
_MOST_PAGES = 20
_SLACK = 2 * 24 * 3600
_KEPT = 7 * 24 * 3600
"""Seconds until an upload removes itself: a batch ends within one day, and is collected sooner or later."""


def digest_of(reference: Reference) -> str:
    """What tells references apart: equal bytes are uploaded once."""
    return reference.digest or hashlib.sha256(reference.read()).hexdigest()


def upload_references(client: OpenAI, token: str, references: Iterable[Reference], known: dict[str, str]) -> None:
    """Upload each picture that is not ``known`` yet, a few at once, and add its file id under its digest.

    What was uploaded before one of them fails stays known, so that another try does not begin anew.
    """
    missing = {digest: reference for reference in references if (digest := digest_of(reference)) not in known}
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="imagebuild-upload")
    try:
        futures: dict[str, Future[str]] = {
            digest: pool.submit(_upload_picture, client, token, digest, reference)
            for digest, reference in missing.items()
        }
        wait(futures.values(), return_when=FIRST_EXCEPTION)
    finally:
        pool.shutdown(cancel_futures=True)
    failed: list[BaseException] = []
    for digest, future in futures.items():
        if future.cancelled():
            continue
        if fault := future.exception():
            failed.append(fault)
        else:
            known[digest] = future.result()
    if failed:
        raise failed[0]


def _upload_picture(client: OpenAI, token: str, digest: str, reference: Reference) -> str:
    media_type = reference.media_type or "image/png"
    name = f"{_prefix(token)}{digest[:16]}.{EXTENSIONS.get(media_type, 'bin')}"
    uploaded = client.files.create(
        file=(name, reference.read(), media_type),
        purpose="vision",
        expires_after={"anchor": "created_at", "seconds": _KEPT},
    )
    return id_of(uploaded)


def upload_input(client: OpenAI, token: str, lines: Iterable[bytes]) -> str:
    """Upload the file of lines by way of the disk, so that it is never in memory as a whole; its file id."""
    with tempfile.TemporaryFile(prefix="imagebuild-") as file:
        file.writelines(lines)
        file.seek(0)
        uploaded = client.files.create(
            file=(f"imagebuild-{token}.jsonl", file, "application/jsonl"),
            purpose="batch",
            expires_after={"anchor": "created_at", "seconds": _KEPT},
        )
    return id_of(uploaded)


def create_batch(client: OpenAI, token: str, endpoint: str, input_file: str) -> str:
    """Make the batch of an uploaded file; its id. Raises what the SDK raises, and ``ValueError`` without an id."""
    made = client.batches.create(
        input_file_id=input_file,
        endpoint=endpoint,  # type: ignore[arg-type]  # one of three that the SDK's type lists
        completion_window="24h",
        metadata={TOKEN: token},
        output_expires_after={"anchor": "created_at", "seconds": RESULTS_KEPT},
    )
    return id_of(made)


def remove_uploads(client: OpenAI, token: str, input_file: str | None, since: float) -> None:
    """Delete what was uploaded for a batch, as far as that goes: what stays removes itself after a week.

    References are known by their names, which hold the token; ``since`` is when the batch was made, in Unix seconds.
    """
    import openai

    found = [input_file] if input_file else []
    with suppress(openai.OpenAIError, ValueError):
        newest = partial(client.files.list, purpose="vision", order="desc", limit=_LISTED)
        for files in entries(newest, _MOST_PAGES):
            found += [file.id for file in files if (file.filename or "").startswith(_prefix(token))]
            if all((file.created_at or since) < since - _SLACK for file in files):
                break

    def remove(file_id: str) -> None:
        with suppress(openai.OpenAIError):
            client.files.delete(file_id)

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="imagebuild-remove") as pool:
        list(pool.map(remove, found))


def _prefix(token: str) -> str:
    return f"imagebuild-{token}-"

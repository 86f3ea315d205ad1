"""Reference pictures as they are sent: inside the request, or uploaded first where they are too large for it."""

from __future__ import annotations

import base64
from typing import Any

from imagebuild import Reference
from imagebuild.errors import RequestError
from imagebuild.media import EXTENSIONS, probe
from imagebuild_openai.exchange import Exchange

__all__ = ["LARGEST_INLINE", "file_of", "part_of"]

LARGEST_INLINE = 15_000_000
"""Bytes of a picture that still goes inside a request: as a data URL it may have about 20.9 million characters."""

_KEPT = 24 * 3600


def part_of(exchange: Exchange, reference: Reference) -> dict[str, Any]:
    """``{"image_url": "data:..."}``, or ``{"file_id"}`` of an upload that removes itself after a day."""
    name, data, media_type = file_of(reference)
    if len(data) <= LARGEST_INLINE:
        return {"image_url": f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"}
    reply = exchange.ask(
        lambda client: (
            client.files.with_raw_response.create(
                file=(name, data, media_type),
                purpose="vision",
                expires_after={"anchor": "created_at", "seconds": _KEPT},
            ).http_response
        )
    )
    found = reply.body.get("id")
    if not isinstance(found, str):
        raise RequestError(f"the service took '{name}' and gave no file id for it", request_id=reply.request_id)
    return {"file_id": found}


def file_of(reference: Reference, stem: str = "image") -> tuple[str, bytes, str]:
    """Name, bytes and type for an upload. The bytes say the type; the name betrays nothing of the project."""
    try:
        data = reference.read()
    except OSError as error:
        raise RequestError(f"'{reference.name}' cannot be read: {error.strerror or error}") from error
    found = probe(data)
    media_type = found.media_type if found else reference.media_type or "application/octet-stream"
    return f"{stem}.{EXTENSIONS.get(media_type, 'bin')}", data, media_type

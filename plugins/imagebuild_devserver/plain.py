"""Pictures of one colour that comes from the prompt: exact size, quick, and no two prompts alike."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping
from functools import lru_cache

from imagebuild.testing import png
from imagebuild_devserver.convert import animate, convert

__all__ = ["draw_plain"]

_TONES = (40, 100, 160, 220)


def draw_plain(prompt: str, options: Mapping[str, object], parent: bytes | None, partial: int | None) -> bytes:
    """A flat picture; a PNG carries the prompt's digest, so that its bytes are its own."""
    told = repr((prompt, options["take"], partial)).encode() + hashlib.sha256(parent or b"").digest()
    digest = hashlib.sha256(told).digest()
    red, green, blue = (_TONES[byte % 4] for byte in digest[:3])
    size = int(str(options["width"])), int(str(options["height"]))
    form = str(options["output_format"])
    if form == "svg":
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}">'
            f'<rect width="100%" height="100%" fill="#{red:02x}{green:02x}{blue:02x}"/><!-- {digest.hex()} --></svg>'
        ).encode()
    colour = (red, green, blue, 128) if options["background"] == "transparent" else (red, green, blue)
    flat = _flat(*size, colour)
    if form == "png":
        return _signed(flat, digest)
    return _other(flat, form, int(str(options["frames"] or 0)), int(str(options["frame_ms"])))


@lru_cache(256)
def _other(flat: bytes, form: str, frames: int, milliseconds: int) -> bytes:
    return animate(flat, frames, milliseconds) if form == "gif" else convert(flat, form)


@lru_cache(256)
def _flat(width: int, height: int, colour: tuple[int, int, int] | tuple[int, int, int, int]) -> bytes:
    return png(width, height, colour)


def _signed(flat: bytes, digest: bytes) -> bytes:
    """The PNG with a text chunk after its header."""
    body = b"Digest\0" + digest.hex().encode()
    chunk = struct.pack(">I", len(body)) + b"tEXt" + body + struct.pack(">I", zlib.crc32(b"tEXt" + body))
    return flat[:33] + chunk + flat[33:]

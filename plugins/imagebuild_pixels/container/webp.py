"""WebP chunks (RFC 9649, 2)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from imagebuild_pixels.container.exif import upright

__all__ = ["is_lossless", "rewritten"]

_ICC, _ALPHA, _EXIF, _XMP, _ANIMATION = 0x20, 0x10, 0x08, 0x04, 0x02
_PIXELS = {b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"}


def rewritten(data: bytes, packet: bytes, orientation: int) -> bytes:
    """Chunks that show in the pixels, and the packet."""
    chunks = list(_chunks(data))
    kept = [(kind, body) for kind, body in chunks if kind in _PIXELS]
    if not kept:
        raise ValueError("webp has no pixels")
    exif = upright(orientation)
    extended = next((body for kind, body in chunks if kind == b"VP8X"), None)
    if extended is None and (exif or packet):
        extended = _extended(*kept[0])
    if extended is not None:
        flags = extended[0] & (_ICC | _ALPHA | _ANIMATION) | _EXIF * bool(exif) | _XMP * bool(packet)
        kept.insert(0, (b"VP8X", bytes((flags,)) + extended[1:10]))
    kept += [(b"EXIF", exif)] if exif else []
    kept += [(b"XMP ", packet)] if packet else []
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2) for kind, body in kept
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def is_lossless(data: bytes) -> bool:
    """Whether a still WebP holds every pixel as it was; an animation is taken for lossy."""
    return any(kind == b"VP8L" for kind, _ in _chunks(data))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, end = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + size > end:
            raise ValueError("webp breaks off")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _extended(kind: bytes, body: bytes) -> bytes:
    """The header of an extended file for a simple one: flags, and width and height less one."""
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        width, height, alpha = bits & 0x3FFF, bits >> 14 & 0x3FFF, bits >> 28 & 1
    else:
        width = (int.from_bytes(body[6:8], "little") & 0x3FFF) - 1
        height = (int.from_bytes(body[8:10], "little") & 0x3FFF) - 1
        alpha = 0
    return bytes((_ALPHA * alpha, 0, 0, 0)) + width.to_bytes(3, "little") + height.to_bytes(3, "little")

"""Small PNG files of one colour, made without any picture library."""

from __future__ import annotations

import struct
import zlib

__all__ = ["png"]


def png(
    width: int = 4, height: int = 4, colour: tuple[int, int, int] | tuple[int, int, int, int] = (200, 80, 40)
) -> bytes:
    """Bytes of a PNG ``width`` × ``height`` pixels in one RGB or RGBA colour, 8 bits a channel."""
    kind = 6 if len(colour) == 4 else 2
    rows = (b"\0" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )

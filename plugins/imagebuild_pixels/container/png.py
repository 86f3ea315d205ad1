"""PNG chunks (W3C PNG, third edition, 5 and 11)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence

from imagebuild_pixels.container.exif import upright

__all__ = ["colour_chunks", "rewritten", "with_chunks", "with_palette"]

_MEANING = {b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI"}
_SHOWN = {*_MEANING, b"tRNS", b"acTL", b"fcTL", b"fdAT"}


def rewritten(data: bytes, packet: bytes, orientation: int) -> bytes:
    """Chunks that show in the pixels, and the packet uncompressed, as XMP wants it (specification part 3, 1.1.5)."""
    out = [data[:8]]
    for kind, chunk in _chunks(data):
        # The first letter is large in what no reader may pass over.
        if kind[0] < 0x60 or kind in _SHOWN:
            out.append(chunk)
        if kind == b"IHDR":
            out += [_chunk(b"eXIf", exif)] if (exif := upright(orientation)) else []
            out += [_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)] if packet else []
    return b"".join(out)


def colour_chunks(data: bytes) -> bytes:
    """The chunks that say what the numbers mean as colours; none where they are plain sRGB."""
    return b"".join(chunk for kind, chunk in _chunks(data) if kind in _MEANING)


def with_palette(data: bytes, colours: Sequence[tuple[int, ...]]) -> bytes:
    """A grey PNG whose numbers are taken for those of colours, each of three or four values, transparent ones first."""
    header = data[16:25] + b"\3" + data[26:29]
    palette = bytes(value for colour in colours for value in colour[:3])
    alphas = bytes(colour[3] for colour in colours if len(colour) == 4 and colour[3] < 255)
    chunks = _chunk(b"PLTE", palette) + (_chunk(b"tRNS", alphas) if alphas else b"")
    return data[:8] + _chunk(b"IHDR", header) + chunks + b"".join(c for kind, c in _chunks(data) if kind != b"IHDR")


def with_chunks(data: bytes, chunks: bytes) -> bytes:
    """The PNG with these chunks after its header."""
    return data[:33] + chunks + data[33:]


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, kind = 8, b""
    while kind != b"IEND":
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            raise ValueError("png breaks off")
        kind = data[at + 4 : at + 8]
        yield kind, data[at:end]
        at = end


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

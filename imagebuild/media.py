"""Media types and pixel sizes of picture bytes, read from their headers and never from a file's name."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

__all__ = ["EXTENSIONS", "Probe", "extension", "is_whole", "probe"]

# Atomic groups: what stands before the root element is passed over once, without going back.
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?(?>\s*)(?>(?:<\?xml[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>]*>)\s*)*+<svg[\s>]", re.DOTALL
)

EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/gif": "gif",
    "image/svg+xml": "svg",
}
"""Media types a picture can have, with the ending its file gets."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What the header says; ``width`` and ``height`` in pixels are None where it does not say (SVG, AVIF)."""

    media_type: str
    width: int | None = None
    height: int | None = None


def extension(media_type: str) -> str:
    """The file ending, without a dot. Raises ``KeyError`` for a type that is no picture."""
    return EXTENSIONS[media_type]


def probe(data: bytes) -> Probe | None:
    """Type and size of a picture by its magic bytes, or None when it is none that we know.

    Sources: PNG (W3C, 5.6 and 11.2.1), GIF89a, RFC 9649 (WebP), JPEG (ITU T.81, B.2.2), ISO/IEC 23000-22 (AVIF).
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return Probe("image/png", *struct.unpack(">II", data[16:24]))
    if data.startswith(b"\xff\xd8\xff"):
        return Probe("image/jpeg", *_jpeg_size(data))
    if data.startswith((b"GIF87a", b"GIF89a")) and len(data) >= 10:
        return Probe("image/gif", *struct.unpack("<HH", data[6:10]))
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Probe("image/webp", *_webp_size(data))
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return Probe("image/avif")
    if _SVG.match(data[:4096]):
        return Probe("image/svg+xml")
    return None


def _jpeg_size(data: bytes) -> tuple[int | None, int | None]:
    """Walk the segments to the frame header (SOF0..SOF15 without DHT, JPG, DAC)."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None, None


def _webp_size(data: bytes) -> tuple[int | None, int | None]:
    form = data[12:16]
    if form == b"VP8X" and len(data) >= 30:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if form == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 " and len(data) >= 30:
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return None, None


def is_whole(data: bytes, media_type: str) -> bool:
    """Whether a picture reaches its end, as far as its container tells; true for types that do not say.

    PNG: chunks follow each other up to IEND. JPEG: there is an end marker. WebP: as long as its header says. GIF: its
    trailer is there. What comes after the end is no concern.
    """
    match media_type:
        case "image/png":
            return _png_reaches_end(data)
        case "image/jpeg":
            return data.rfind(b"\xff\xd9") > 0
        case "image/webp":
            return int.from_bytes(data[4:8], "little") + 8 <= len(data)
        case "image/gif":
            return data.rfind(b"\x3b") > 12
        case "image/svg+xml":
            return b"</svg" in data or b"/>" in data
    return True


def _png_reaches_end(data: bytes) -> bool:
    at = 8
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        at += 12 + length
        if kind == b"IEND":
            return at <= len(data)
    return False

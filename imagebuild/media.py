"""Media types and pixel sizes of picture bytes, read from their headers and never from a file's name."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from msgspec import Struct

__all__ = ["EXTENSIONS", "Probe", "extension", "is_known", "is_whole", "probe"]

# Atomic groups: what stands before the root element is passed over once, without going back.
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?(?>\s*)(?>(?:<\?xml[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>]*>)\s*)*+<svg[\s>]", re.DOTALL
)

_SVG_HEAD = 4096
_SVG_LENGTH = re.compile(rb"""\s(width|height)\s*=\s*["'](\d{1,7}(?:\.\d{1,7})?)(?:px)?["']""")
_SVG_BOX = re.compile(
    rb"""\sviewBox\s*=\s*["'][-\d.]+[\s,]+[-\d.]+[\s,]+(\d{1,7}(?:\.\d{1,7})?)[\s,]+(\d{1,7}(?:\.\d{1,7})?)\s*["']"""
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

_BESIDE = {
    "image/x-icon": "ico",
    "application/manifest+json": "webmanifest",
    "application/json": "json",
    "text/css": "css",
    "text/plain": "txt",
}
"""Other files that steps make beside pictures."""


class Probe(Struct, frozen=True):
    """What the header says; ``width`` and ``height`` in pixels are None where it does not say (some SVG)."""

    media_type: str
    width: int | None = None
    height: int | None = None


def extension(media_type: str) -> str:
    """The file ending, without a dot. Raises ``KeyError`` for a type that no build makes."""
    return EXTENSIONS.get(media_type) or _BESIDE[media_type]


def is_known(media_type: str) -> bool:
    """Whether a build can make a file of that type."""
    return media_type in EXTENSIONS or media_type in _BESIDE


def probe(data: bytes) -> Probe | None:
    """Type and size of a picture by its magic bytes, or None when it is none that we know.

    Sources: PNG (W3C, 5.6 and 11.2.1), GIF89a, RFC 9649 (WebP), JPEG (ITU T.81, B.2.2), ISO/IEC 23008-12, 6.5.3 (the
    image sizes in AVIF's boxes), SVG 2, 8.2 (sizes of the root element, in px, else of its view box).
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
        return Probe("image/avif", *_avif_size(data))
    if match := _SVG.match(data[:_SVG_HEAD]):
        return Probe("image/svg+xml", *_svg_size(data[match.end() - 1 : _SVG_HEAD]))
    return None


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of what each box between two places holds. Source: ISO/IEC 14496-12, 4.2."""
    while at + 8 <= end:
        length, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if length == 1:
            length, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        stop = end if length == 0 else at + length
        if length and length < head:
            return
        yield kind, at + head, min(stop, end)
        at = stop


def _avif_size(data: bytes) -> tuple[int | None, int | None]:
    """The largest image that the container lists: parts such as tiles and the alpha plane are no larger."""
    spans = [(0, len(data))]
    for wanted, skip in ((b"meta", 4), (b"iprp", 0), (b"ipco", 0)):
        spans = [(a + skip, b) for at, end in spans for kind, a, b in _boxes(data, at, end) if kind == wanted]
    sizes = [
        struct.unpack(">II", data[a + 4 : a + 12])
        for at, end in spans
        for kind, a, b in _boxes(data, at, end)
        if kind == b"ispe" and b - a >= 12
    ]
    return max(sizes, key=lambda size: size[0] * size[1], default=(None, None))


def _svg_size(root: bytes) -> tuple[int | None, int | None]:
    """Width and height of the root element, in whole pixels."""
    tag = root.partition(b">")[0]
    found = {match[1]: match[2] for match in _SVG_LENGTH.finditer(tag)}
    if b"width" in found and b"height" in found:
        return round(float(found[b"width"])), round(float(found[b"height"]))
    box = _SVG_BOX.search(tag)
    return (round(float(box[1])), round(float(box[2]))) if box else (None, None)


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

"""JPEG segments (ITU T.81, annex B; JFIF: T.871)."""

from __future__ import annotations

from collections.abc import Iterator

from imagebuild_pixels.container.exif import upright

__all__ = ["rewritten"]

_APP0, _APP1, _APP2, _APP14, _COM = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_SOS, _EOI = 0xDA, 0xD9
_XMP = b"http://ns.adobe.com/xap/1.0/\0"


def rewritten(data: bytes, packet: bytes, orientation: int) -> bytes:
    """Segments that show in the pixels, and the packet; what follows the end of the picture is left out."""
    metadata = []
    if exif := upright(orientation):
        metadata.append(_segment(_APP1, b"Exif\0\0" + exif))
    if packet:
        metadata.append(_segment(_APP1, _XMP + packet))
    kept = [segment for marker, segment in _segments(data) if _shows(marker, segment[4:])]
    lead = 1 if kept and kept[0][1] == _APP0 else 0
    return b"".join([b"\xff\xd8", *kept[:lead], *metadata, *kept[lead:]])


def _shows(marker: int, body: bytes) -> bool:
    if marker == _APP0:
        return body.startswith(b"JFIF\0")
    if marker == _APP2:
        return body.startswith(b"ICC_PROFILE\0")
    if marker == _APP14:
        return body.startswith(b"Adobe")
    return marker != _COM and not _APP0 <= marker <= 0xEF


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment after the first marker, a scan with its entropy-coded data."""
    at = 2
    while True:
        while data[at] == data[at + 1] == 0xFF:
            at += 1
        if data[at] != 0xFF:
            raise ValueError("jpeg has no marker where one must be")
        marker = data[at + 1]
        if marker == _EOI:
            yield marker, data[at : at + 2]
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _SOS:
            end = _next_marker(data, end)
        yield marker, data[at:end]
        at = end


def _next_marker(data: bytes, at: int) -> int:
    """Where entropy-coded data end: at a marker that is neither a stuffed zero nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise ValueError("jpeg breaks off")
        if data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 2
        else:
            return at


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body

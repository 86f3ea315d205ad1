"""GIF blocks (GIF89a, appendix B)."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["packet_of", "rewritten"]

_XMP = b"\x21\xff\x0bXMP DataXMP"
_XMP_END = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
"""Leads a reader that takes the packet for sub-blocks to its end, wherever it stumbles in (XMP part 3, 1.1.2)."""

_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def rewritten(data: bytes, packet: bytes, orientation: int) -> bytes:
    """Frames, their timing and looping, and the packet; GIF knows no orientation."""
    at = _after_palette(data)
    kept = [block for block in _blocks(data, at) if _shows(block)]
    xmp = _XMP + packet + _XMP_END if packet else b""
    return b"".join([b"GIF89a", data[6:at], *kept, xmp, b"\x3b"])


def packet_of(data: bytes) -> bytes:
    """The XMP packet of a GIF, empty where there is none or the file breaks off before it."""
    try:
        packets = (block for block in _blocks(data, _after_palette(data)) if block.startswith(_XMP))
        return next(packets, _XMP)[len(_XMP) :].removesuffix(_XMP_END)
    except (IndexError, ValueError):
        return b""


def _shows(block: bytes) -> bool:
    if block[0] != 0x21 or block[1] == _CONTROL:
        return True
    return block[1] == _APPLICATION and block[3:14] in _LOOPS


def _after_palette(data: bytes) -> int:
    return 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)


def _blocks(data: bytes, at: int) -> Iterator[bytes]:
    """Extensions and frames, up to the trailer."""
    while data[at] != 0x3B:
        begin = at
        if data[at] == 0x21:
            at += 2
        elif data[at] == 0x2C:
            at += 11 + (3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0)
        else:
            raise ValueError("gif has no block where one must be")
        while data[at]:
            at += 1 + data[at]
        at += 1
        yield data[begin:at]

"""Fonts made on the spot: each character is a box, as wide as is asked for, so that places can be told by pixels."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from imagebuild import Picture

UNITS = 1000
BINARY = "application/octet-stream"


def tiny_font(widths: Mapping[str, int], *, drawn: bool = True, height: int = 800) -> Picture:
    """A TrueType font of boxes from the baseline up to ``height`` of 1000 units; a space draws nothing."""
    characters = sorted(widths)
    glyphs = [b"", *(_box(widths[each], height) if drawn and not each.isspace() else b"" for each in characters)]
    advances = [500, *(widths[each] for each in characters)]
    offsets = [0]
    for glyph in glyphs:
        offsets.append(offsets[-1] + len(glyph))
    count = len(glyphs)
    tables = {
        "cmap": _cmap(characters),
        "glyf": b"".join(glyphs) or b"\0",
        "head": struct.pack(
            ">IIIIHHqqhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, UNITS, 0, 0, 0, 0, UNITS, UNITS, 0, 8, 2, 1, 0
        ),
        "hhea": struct.pack(">IhhhHhhh", 0x10000, 900, -100, 0, max(advances), 0, 0, UNITS)
        + struct.pack(">hhhhhhhhH", 1, 0, 0, 0, 0, 0, 0, 0, count),
        "hmtx": b"".join(struct.pack(">Hh", advance, 0) for advance in advances),
        "loca": struct.pack(f">{len(offsets)}I", *offsets),
        "maxp": struct.pack(">IH26x", 0x10000, count),
    }
    return Picture(_file(tables), BINARY)


def _box(width: int, height: int) -> bytes:
    """One contour of four points on the line; the last eighth of the advance stays empty."""
    right = width * 7 // 8
    header = struct.pack(">hhhhh", 1, 0, 0, right, height)
    body = struct.pack(">HH", 3, 0) + bytes([1, 1, 1, 1])
    across, down = (0, 0, right, 0), (0, height, 0, -height)
    data = header + body + struct.pack(">4h", *across) + struct.pack(">4h", *down)
    return data + b"\0" * (-len(data) % 4)


def _cmap(characters: list[str]) -> bytes:
    groups = b"".join(
        struct.pack(">III", ord(each), ord(each), number) for number, each in enumerate(characters, start=1)
    )
    table = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(characters)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table


def _file(tables: Mapping[str, bytes]) -> bytes:
    head = struct.pack(">IHHHH", 0x10000, len(tables), 0, 0, 0)
    at = len(head) + 16 * len(tables)
    directory, body = b"", b""
    for name in sorted(tables):
        data = tables[name]
        directory += name.encode() + struct.pack(">III", 0, at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return head + directory + body

"""AVIF items (ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12): the file is put together anew from those that show."""

from __future__ import annotations

import struct
from collections.abc import Iterator

__all__ = ["rewritten"]

_XMP = b"mime\0application/rdf+xml\0"
_METADATA = (b"Exif", b"mime", b"uri ")


def rewritten(data: bytes, packet: bytes, orientation: int) -> bytes:
    """Items that show in the pixels, and the packet. Turning is a property of an item, and stays with it."""
    top = list(_boxes(data))
    head, meta = _one(top, b"ftyp"), _one(top, b"meta")
    if any(kind == b"moov" for kind, _ in top):
        raise ValueError("avif is an animation")
    boxes = list(_boxes(meta[4:]))
    infos = _infos(_one(boxes, b"iinf"))
    kept = {item: info for item, info in infos.items() if info[8:12] not in _METADATA}
    if not kept:
        raise ValueError("avif has no pixels")
    bodies = _bodies(data, _one(boxes, b"iloc"), boxes)
    items = [(item, info, bodies[item]) for item, info in kept.items() if item in bodies]
    links = _links(_one(boxes, b"iref"), set(kept)) if any(kind == b"iref" for kind, _ in boxes) else b""
    if packet:
        new = max(kept) + 1
        items.append((new, struct.pack(">IHH", 0x02000000, new, 0) + _XMP, packet))
        primary = int.from_bytes(_one(boxes, b"pitm")[4:6], "big")
        links += _box(b"cdsc", struct.pack(">HHH", new, 1, primary))
    return _assembled(head, boxes, items, links)


def _assembled(
    head: bytes, boxes: list[tuple[bytes, bytes]], items: list[tuple[int, bytes, bytes]], links: bytes
) -> bytes:
    def meta(first: int) -> bytes:
        places, at = b"", first
        for item, _, body in items:
            places += struct.pack(">HHHII", item, 0, 1, at, len(body))
            at += len(body)
        made = {
            b"iloc": struct.pack(">IBBH", 0, 0x44, 0, len(items)) + places,
            b"iinf": struct.pack(">IH", 0, len(items)) + b"".join(_box(b"infe", info) for _, info, _ in items),
            b"iref": struct.pack(">I", 0) + links,
        }
        parts = [_box(kind, made.get(kind, body)) for kind, body in boxes if kind not in (b"idat", b"free", b"iref")]
        return _box(b"meta", b"\0\0\0\0" + b"".join(parts) + (_box(b"iref", made[b"iref"]) if links else b""))

    lead = _box(b"ftyp", head)
    first = len(lead) + len(meta(0)) + 8
    return lead + meta(first) + _box(b"mdat", b"".join(body for _, _, body in items))


def _infos(body: bytes) -> dict[int, bytes]:
    """The item information entries by item, each as the body of its box, with 16 bit numbers."""
    infos = {}
    for kind, info in _boxes(body[6 if body[0] == 0 else 8 :]):
        if kind != b"infe" or info[0] != 2:
            raise ValueError("avif has items of an unknown kind")
        infos[int.from_bytes(info[4:6], "big")] = info
    return infos


def _links(body: bytes, kept: set[int]) -> bytes:
    """References between items, without those of items that are gone."""
    if body[0] != 0:
        raise ValueError("avif has references of an unknown kind")
    return b"".join(_box(kind, link) for kind, link in _boxes(body[4:]) if int.from_bytes(link[:2], "big") in kept)


def _bodies(data: bytes, iloc: bytes, boxes: list[tuple[bytes, bytes]]) -> dict[int, bytes]:
    """The bytes of each item, wherever its extents lie."""
    reader = _Reader(iloc)
    version = reader.number(4) >> 24
    sizes, count = reader.number(2), reader.number(4 if version == 2 else 2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    inner = next((body for kind, body in boxes if kind == b"idat"), b"")
    found = {}
    for _ in range(count):
        item = reader.number(4 if version == 2 else 2)
        method = reader.number(2) & 15 if version else 0
        reader.number(2)
        base = reader.number(base_size)
        if method > 1:
            raise ValueError("avif has items made of items")
        pieces = []
        for _ in range(reader.number(2)):
            reader.number(index_size if version else 0)
            begin, length = base + reader.number(offset_size), reader.number(length_size)
            pieces.append((inner if method else data)[begin : begin + length])
            if len(pieces[-1]) != length:
                raise ValueError("avif breaks off")
        found[item] = b"".join(pieces)
    return found


class _Reader:
    """Big-endian numbers, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, size: int) -> int:
        self._at += size
        if self._at > len(self._data):
            raise ValueError("avif breaks off")
        return int.from_bytes(self._data[self._at - size : self._at], "big")


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = len(data) - at
        if size < head or at + size > len(data):
            raise ValueError("avif breaks off")
        yield kind, data[at + head : at + size]
        at += size


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def _one(boxes: list[tuple[bytes, bytes]], kind: bytes) -> bytes:
    for name, body in boxes:
        if name == kind:
            return body
    raise ValueError(f"avif has no box '{kind.decode('latin-1')}'")

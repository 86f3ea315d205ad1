"""Whether a picture carries content credentials: a C2PA manifest store inside the file.

The places are those of the C2PA specification 2.2, appendix A ("Embedding manifests"). They
are reached by walking the container, so a picture that merely holds the same bytes somewhere is not taken for signed.
Nothing is verified, and a manifest that is only linked to does not count.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from imagebuild.media import probe

__all__ = ["has_credentials"]

_STORE = bytes.fromhex("63327061 0011 0010 8000 00aa00389b71")
"""The JUMBF type of a manifest store (C2PA 2.2, 11.1)."""
_AVIF_BOX = bytes.fromhex("d8fec3d6 1b0e 483c 9297 5828877ec481")
_SVG_ELEMENT = "http://c2pa.org/manifest manifest"
_PURPOSES = (b"manifest", b"original", b"update")
"""What a box of ISO media may hold that is a manifest store, and no Merkle tree."""


def has_credentials(data: bytes) -> bool:
    """Whether a PNG, JPEG, WebP, AVIF, GIF or SVG carries a manifest store; false for all else and damaged ones."""
    found = probe(data)
    walk = _WALKS.get(found.media_type) if found else None
    return walk is not None and any(walk(data))


def _png(data: bytes) -> Iterator[bool]:
    """Chunks ``caBX`` (PNG, W3C, 5.3)."""
    at, kind = 8, b""
    while at + 12 <= len(data) and kind != b"IEND":
        size, kind = struct.unpack_from(">I4s", data, at)
        yield kind == b"caBX" and _is_store(data[at + 8 : at + 8 + size])
        at += 12 + size


def _jpeg(data: bytes) -> Iterator[bool]:
    """Segments APP11 with JUMBF (ISO/IEC 18477-3, B.1) before the first scan; the first of a box holds its head."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        if data[at + 1] == 0xFF:
            at += 1
            continue
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        part = data[at + 4 : at + 2 + size]
        first = part[4:8] == b"\0\0\0\1"
        yield data[at + 1] == 0xEB and part.startswith(b"JP") and first and _is_store(part[8:])
        at += 2 + size


def _webp(data: bytes) -> Iterator[bool]:
    """Chunks ``C2PA`` of RIFF, each of an even length (RFC 9649, 2.3)."""
    at, end = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end:
        kind, size = struct.unpack_from("<4sI", data, at)
        yield kind == b"C2PA" and _is_store(data[at + 8 : at + 8 + size])
        at += 8 + size + size % 2


def _avif(data: bytes) -> Iterator[bool]:
    """Boxes ``uuid`` of C2PA at the top level (ISO/IEC 14496-12, 4.2): version and flags, purpose, offset, store."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if size == 1 and at + 16 <= len(data):
            size, start = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        end = at + size if size else len(data)
        if end < start:
            return
        if kind == b"uuid" and data[start : start + 16] == _AVIF_BOX:
            purpose, _, rest = data[start + 20 : end].partition(b"\0")
            yield purpose in _PURPOSES and _is_store(rest[8:])
        at = end


def _gif(data: bytes) -> Iterator[bool]:
    """Application extensions ``C2PA_GIF`` (GIF89a, 26), among palettes, frames and other extensions."""
    at = 13 + _palette(data[10]) if len(data) > 13 else len(data)
    while at < len(data) and data[at] != 0x3B:
        if data[at] == 0x21:
            application = data[at + 1 : at + 3] == b"\xff\x0b" and data[at + 3 : at + 11] == b"C2PA_GIF"
            blocks, at = _blocks(data, at + 2)
            yield application and _is_store(b"".join(blocks[1:]))
        elif data[at] == 0x2C and at + 10 <= len(data):
            _, at = _blocks(data, at + 11 + _palette(data[at + 9]))
        else:
            return


def _palette(packed: int) -> int:
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _blocks(data: bytes, at: int) -> tuple[list[bytes], int]:
    """Sub-blocks and where they end (GIF89a, 15)."""
    blocks = []
    while at < len(data) and data[at]:
        blocks.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return blocks, at + 1


def _svg(data: bytes) -> Iterator[bool]:
    """Elements ``c2pa:manifest`` with text in them. A document that declares entities is not read."""
    from xml.parsers import expat

    inside, found = 0, False

    def start(name: str, _attributes: object) -> None:
        nonlocal inside
        inside += name == _SVG_ELEMENT

    def end(name: str) -> None:
        nonlocal inside
        inside -= name == _SVG_ELEMENT

    def text(content: str) -> None:
        nonlocal found
        found = found or (inside > 0 and bool(content.strip()))

    def refuse(*_: object) -> None:
        raise expat.ExpatError("entities")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.EntityDeclHandler = text, refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError):
        return
    yield found


def _is_store(box: bytes) -> bool:
    """Whether this begins as a JUMBF superbox whose description names a manifest store (ISO/IEC 19566-5, A and B)."""
    head = 16 if box[:4] == b"\0\0\0\1" else 8
    return box[4:8] == b"jumb" and box[head + 4 : head + 8] == b"jumd" and box[head + 8 : head + 24] == _STORE


_WALKS: Mapping[str, Callable[[bytes], Iterator[bool]]] = MappingProxyType(
    {
        "image/png": _png,
        "image/jpeg": _jpeg,
        "image/webp": _webp,
        "image/avif": _avif,
        "image/gif": _gif,
        "image/svg+xml": _svg,
    }
)

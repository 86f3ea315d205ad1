"""What the bytes of a picture say without being decoded: type, size, whether light shines through, hidden texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from imagebuild.media import probe

__all__ = ["Facts", "as_memory", "facts_of", "remembered"]

_PNG_TEXTS = (b"tEXt", b"zTXt", b"iTXt", b"eXIf")
_JPEG_TEXTS = (0xE1, 0xED, 0xFE)
"""APP1 (Exif, XMP), APP13 (IPTC) and comments."""
_WEBP_PICTURE = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"C2PA")
_SVG_TEXTS = (b"<title", b"<desc", b"<metadata", b"<!--", b"<text", b"aria-label", b"<rdf", b"<script", b"<foreign")


class Facts(Struct, frozen=True):
    """Type and size in pixels as far as the header tells; ``clear`` where parts may be transparent.

    ``texts`` says that the file may carry words beside its pixels, such as the prompt that some servers write into it.
    Content credentials (C2PA) are no such words: they sign how a picture came to be.
    """

    media_type: str | None
    width: int | None
    height: int | None
    clear: bool
    texts: bool


def facts_of(data: bytes) -> Facts:
    """Read them from the file's structure. What is not understood may be transparent and may carry texts."""
    found = probe(data)
    if found is None:
        return Facts(None, None, None, clear=True, texts=True)
    clear, texts = True, True
    match found.media_type:
        case "image/png":
            chunks = dict(_png_chunks(data))
            clear = data[25] in (4, 6) or b"tRNS" in chunks
            texts = not chunks.keys().isdisjoint(_PNG_TEXTS) or chunks.get(b"IEND") != len(data)
        case "image/jpeg":
            clear, texts = False, _jpeg_has_texts(data)
        case "image/webp":
            chunks = dict(_webp_chunks(data))
            clear = _webp_is_clear(data)
            texts = not chunks.keys() <= set(_WEBP_PICTURE) or max(chunks.values(), default=0) < len(data)
        case "image/avif":
            head = data[:8192]
            clear, texts = b":alpha" in head, b"Exif" in head or b"mime" in head
        case "image/svg+xml":
            lowered = data.lower()
            texts = any(mark in lowered for mark in _SVG_TEXTS)
    return Facts(found.media_type, found.width, found.height, clear, texts)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Names of the chunks with the place where each ends (W3C, PNG, 5.3)."""
    at = 8
    while at + 12 <= len(data):
        kind = data[at + 4 : at + 8]
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        yield kind, at
        if kind == b"IEND":
            return


def _jpeg_has_texts(data: bytes) -> bool:
    """Walk the segments up to the first scan (ITU T.81, B.1)."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xDA:
            return not data.endswith(b"\xff\xd9")
        if marker in _JPEG_TEXTS:
            return True
        at += 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return True


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Names of the chunks with the place where each ends, padding included (RFC 9649, 2.3)."""
    at = 12
    while at + 8 <= len(data):
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
        yield kind, at


def _webp_is_clear(data: bytes) -> bool:
    """The alpha bits of VP8X (RFC 9649, 2.7.1) and VP8L (3.4)."""
    if data[12:16] == b"VP8X":
        return bool(data[20] & 0x10)
    return data[12:16] == b"VP8L" and bool(data[24] & 0x10)


def as_memory(facts: Facts) -> list[None | str | int | bool]:
    """What :func:`remembered` reads."""
    return [facts.media_type, facts.width, facts.height, facts.clear, facts.texts]


def _from_memory(value: object) -> Facts | None:
    match value:
        case [str() | None as kind, int() | None as width, int() | None as height, bool() as clear, bool() as texts]:
            return Facts(kind, width, height, clear, texts)
    return None


def remembered(value: object) -> dict[str, Facts]:
    """Facts by digest, those that cannot be read left out."""
    if not isinstance(value, Mapping):
        return {}
    found = {str(digest): _from_memory(listed) for digest, listed in value.items()}
    return {digest: facts for digest, facts in found.items() if facts is not None}

"""How an archive of originals is written, byte for byte, and the only way in which it is read.

It is a plain tar: ``index.json`` first, then each object under the name it has in a store. The index names every object
with its digest and size, and is sealed by a digest of its own. What is not written so is not read: no header is
interpreted, so none can name a path, a link, a device or a size that the index does not.
"""

from __future__ import annotations

import json
import re
import tarfile
from itertools import pairwise
from typing import Any, BinaryIO

from msgspec import Struct

from imagebuild.digest import Json, canonical, digest_value
from imagebuild.errors import StoreError
from imagebuild.share.document import document_of, layer_of, read_document
from imagebuild.store import Record

__all__ = ["INDEX", "Cargo", "Tape", "Unreadable", "end_of", "index_of", "member_name", "put_member", "read_index"]

_FORMAT = "imagebuild archive"
_VERSION = 1
INDEX = "index.json"
"""The name of the first member."""

_BLOCK = 512
_LARGEST_INDEX = 1 << 28
_LARGEST_OBJECT = 1 << 30
_DIGEST = re.compile(r"[0-9a-f]{64}")
_GZIP = b"\x1f\x8b"


class Cargo(Struct, frozen=True):
    """What an archive holds: digests with sizes in bytes, sorted, and the records of calls.

    ``superseded`` are paid records whose key has another picture now.
    """

    objects: tuple[tuple[str, int], ...]
    records: tuple[Record, ...] = ()
    superseded: tuple[Record, ...] = ()


class Unreadable(Exception):
    """The rest of the archive cannot be read."""


class Tape:
    """An archive as it is read, once and forwards."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._at = 0

    def read(self, size: int) -> bytes:
        """Just as many bytes. Raises Unreadable."""
        parts, left = [], size
        while left:
            part = self._part(min(left, 1 << 20))
            if not part:
                raise Unreadable(f"it is cut off after {self._at} bytes")
            parts.append(part)
            left -= len(part)
            self._at += len(part)
        return b"".join(parts)

    def read_member(self, name: str, size: int) -> bytes:
        """The bytes of the member that has to come next. Raises Unreadable."""
        if self.read(_BLOCK) != _header(name, size):
            raise Unreadable(f"it is damaged before byte {self._at}")
        return self.read_body(size)

    def read_body(self, size: int) -> bytes:
        """Bytes and what fills their last block. Raises Unreadable."""
        data = self.read(size)
        if any(self.read(-size % _BLOCK)):
            raise Unreadable(f"it is damaged before byte {self._at}")
        return data

    def read_end(self) -> None:
        """What ends an archive, and nothing after it. Raises Unreadable."""
        end = end_of(self._at)
        if self.read(len(end)) != end:
            raise Unreadable("its end is damaged")
        if self._part(1):
            raise Unreadable("something follows its end")

    def _part(self, most: int) -> bytes:
        try:
            return self._file.read(most)
        except OSError as error:
            raise Unreadable(f"it cannot be read: {(error.strerror or str(error)).lower()}") from error


def read_index(tape: Tape) -> tuple[Cargo, list[str]]:
    """What an archive holds, and why records of its index are no records. Raises ``StoreError``."""
    try:
        head = tape.read(_BLOCK)
        if head.startswith(_GZIP):
            raise StoreError("the archive is compressed", hint="unpack it first, for example with 'gunzip'")
        digits = head[124:135]
        size = int(digits, 8) if re.fullmatch(rb"[0-7]{11}", digits) else -1
        if size < 0 or head != _header(INDEX, size):
            hint = "expected what 'imagebuild store export' wrote, byte for byte"
            raise StoreError("this is no archive of a store, or its beginning is damaged", hint=hint)
        if size > _LARGEST_INDEX:
            raise StoreError(f"the archive's index has {size} bytes, more than {_LARGEST_INDEX}")
        data = tape.read_body(size)
    except Unreadable as error:
        raise StoreError(f"the archive holds nothing that can be used: {error}") from error
    return _cargo_of(_opened(data))


def _opened(data: bytes) -> dict[str, Any]:
    """The index, its seal compared. Raises ``StoreError``."""
    damaged = StoreError("the archive's index is damaged", hint="copy the archive again; nothing of it was kept")
    try:
        index = json.loads(data)
        if not isinstance(index, dict) or index.get("format") != _FORMAT:
            raise damaged
        if index.get("version") != _VERSION:
            hint = "upgrade imagebuild; nothing of it was kept"
            raise StoreError(f"the archive has version {index.get('version')!r}, expected {_VERSION}", hint=hint)
        body = {name: value for name, value in index.items() if name != "digest"}
        if index.get("digest") != digest_value(body) or data != canonical(index) + b"\n":
            raise damaged
    except (ValueError, TypeError, RecursionError) as error:
        raise damaged from error
    return body


def _cargo_of(index: dict[str, Any]) -> tuple[Cargo, list[str]]:
    """What an index says the archive holds, and which of its records are none. Raises ``StoreError``."""
    objects: list[tuple[str, int]] = []
    records: dict[str, list[Record]] = {"records": [], "superseded": []}
    refused: list[str] = []
    rows = index.get("objects")
    if not isinstance(rows, list) or any(not isinstance(index.get(name), list) for name in records):
        raise StoreError("the archive's index lacks a list")
    for row in rows:
        match row:
            case [str(digest), int(size)] if _DIGEST.fullmatch(digest) and _is_size(size):
                objects.append((digest, size))
            case _:
                raise StoreError(f"the archive's index names no object in {json.dumps(row)[:80]}")
    if any(first >= second for (first, _), (second, _) in pairwise(objects)):
        raise StoreError("the archive's index does not name its objects in order, each once")
    for name, found in records.items():
        for value in index[name]:
            try:
                found.append(_record_of(value))
            except ValueError as error:
                refused.append(str(error))
    return Cargo(tuple(objects), tuple(records["records"]), tuple(records["superseded"])), refused


def _record_of(value: object) -> Record:
    """The record that an index holds. Raises ValueError for one that cannot be believed."""
    key = value.get("key") if isinstance(value, dict) else None
    record = read_document(canonical(value), str(key))  # type: ignore[arg-type]  # it came from JSON
    if layer_of(record) != "originals":
        raise ValueError("it is none of a provider's call")
    return record


def _is_size(size: int) -> bool:
    return not isinstance(size, bool) and 0 <= size <= _LARGEST_OBJECT


def index_of(cargo: Cargo) -> bytes:
    """The index of an archive; the same cargo gives the same bytes."""
    body: dict[str, Json] = {
        "format": _FORMAT,
        "version": _VERSION,
        "objects": [list(each) for each in cargo.objects],
        "records": [json.loads(each) for each in sorted(map(document_of, cargo.records))],
        "superseded": [json.loads(each) for each in sorted(map(document_of, cargo.superseded))],
    }
    return canonical({**body, "digest": digest_value(body)}) + b"\n"


def member_name(digest: str) -> str:
    """The name of an object in an archive."""
    return f"objects/{digest[:2]}/{digest}"


def _header(name: str, size: int) -> bytes:
    """The one header that a member of that name and size can have: of nobody, at no time."""
    member = tarfile.TarInfo(name)
    member.size = size
    return member.tobuf(tarfile.USTAR_FORMAT)


def put_member(file: BinaryIO, name: str, data: bytes) -> int:
    """Write a member; how many bytes it takes."""
    whole = _header(name, len(data)) + data + bytes(-len(data) % _BLOCK)
    file.write(whole)
    return len(whole)


def end_of(written: int) -> bytes:
    """Two empty blocks, and as many more as make a record of tar full."""
    return bytes(2 * _BLOCK + -(written + 2 * _BLOCK) % tarfile.RECORDSIZE)

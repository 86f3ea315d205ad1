"""One file that holds originals with their records, and knows what it holds: to move them to another machine."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO

from msgspec import Struct, field
from msgspec.structs import replace

from imagebuild.artifact import Artifact
from imagebuild.digest import digest_bytes
from imagebuild.errors import StoreError
from imagebuild.housekeeping.archive_format import (
    INDEX,
    Cargo,
    Tape,
    Unreadable,
    end_of,
    index_of,
    member_name,
    put_member,
    read_index,
)
from imagebuild.lockfile import LockLine
from imagebuild.media import probe
from imagebuild.share.document import pictures_fault
from imagebuild.store import Record, Store

__all__ = ["Arrival", "Cargo", "cargo_of", "read_archive", "write_archive"]

_AT_ONCE = 8


class Arrival(Struct):
    """What came of reading an archive.

    ``new`` and ``known`` are digests that are in the store now, with their sizes in bytes; ``damaged`` are objects
    whose bytes were not what the index says. ``records`` counts the new ones, ``kept`` those for whose keys the store
    had records of its own. ``problem`` says why reading ended early.
    """

    expected: int
    new: list[tuple[str, int]] = field(default_factory=list)
    known: list[tuple[str, int]] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    records: int = 0
    kept: int = 0
    refused: list[str] = field(default_factory=list)
    problem: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all of the archive is in the store."""
        return not (self.damaged or self.refused or self.problem)


def cargo_of(store: Store, lines: Iterable[LockLine] | None = None) -> tuple[Cargo, list[str]]:
    """What to put into an archive, all there is or what lock lines hold; and the digests they pin that are not here.

    What a picture took the place of goes along where it is here. Raises ``StoreError``.
    """
    records, superseded = store.stock.records(), store.stock.superseded()
    there = {digest: size for digest, size, _ in store.objects.entries()}
    if lines is None:
        chosen = [record for record in records if all(each.digest in there for each in record.artifacts)]
        old = [record for record in superseded if all(each.digest in there for each in record.artifacts)]
        return Cargo(tuple(there.items()), tuple(chosen), tuple(old)), []
    pinned = [each for line in lines for each in (line, line.live) if each is not None]
    digests = {each.digest for each in pinned}
    wanted = digests | {each.replaces for each in pinned if each.replaces} | {each.key for each in pinned}

    def is_wanted(record: Record) -> bool:
        names = {artifact.digest for artifact in record.artifacts}
        return names <= there.keys() and not wanted.isdisjoint(names | {record.key})

    chosen, old = list(filter(is_wanted, records)), list(filter(is_wanted, superseded))
    wanted |= {artifact.digest for record in (*chosen, *old) for artifact in record.artifacts}
    objects = tuple((digest, size) for digest, size in there.items() if digest in wanted)
    return Cargo(objects, tuple(chosen), tuple(old)), sorted(digests - there.keys())


def write_archive(store: Store, cargo: Cargo, file: BinaryIO) -> None:
    """Write an archive; the same cargo gives the same bytes. Raises ``StoreError`` for what is gone or damaged."""
    written = put_member(file, INDEX, index_of(cargo))
    for digest, _ in cargo.objects:
        written += put_member(file, member_name(digest), store.read(digest))
    file.write(end_of(written))


def read_archive(store: Store, file: BinaryIO) -> Arrival:
    """Take what an archive holds into a store, each object as soon as its digest was compared.

    A record is kept when its key is that of its parts, all its pictures are here, and the store has none for its key.
    Raises ``StoreError`` when it is no archive, or one that cannot be read at all; then nothing was kept.
    """
    tape = Tape(file)
    cargo, refused = read_index(tape)
    arrival = Arrival(len(cargo.objects), refused=refused)
    _require_room(store, sum(size for _, size in cargo.objects))
    _read_objects(tape, store, cargo, arrival)
    records = _believable(store, cargo.records, arrival)
    arrival.records = store.stock.add(records)
    arrival.kept = len(records) - arrival.records
    store.stock.add_superseded(_believable(store, cargo.superseded, arrival))
    return arrival


def _read_objects(tape: Tape, store: Store, cargo: Cargo, arrival: Arrival) -> None:
    """Keep objects as they come, several at once: most of the time goes by waiting for the disk."""
    waiting: deque[Future[None]] = deque()
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="imagebuild-import") as threads:
        try:
            for digest, size in cargo.objects:
                data = tape.read_member(member_name(digest), size)
                waiting.append(threads.submit(_keep, store, digest, data, arrival))
                if len(waiting) > _AT_ONCE:
                    waiting.popleft().result()
            tape.read_end()
        except Unreadable as error:
            arrival.problem = str(error)
        except StoreError as error:
            arrival.problem = _not_kept(error)
    for each in waiting:
        try:
            each.result()
        except StoreError as error:
            arrival.problem = arrival.problem or _not_kept(error)


def _not_kept(error: StoreError) -> str:
    return f"what it holds cannot be kept: {error.message}"


def _keep(store: Store, digest: str, data: bytes, arrival: Arrival) -> None:
    if digest_bytes(data) != digest:
        arrival.damaged.append(digest)
        return
    known = store.objects.has(digest)
    store.objects.put(data)
    (arrival.known if known else arrival.new).append((digest, len(data)))


def _believable(store: Store, records: Iterable[Record], arrival: Arrival) -> list[Record]:
    """The records whose pictures are all here and are what such a call gives, each described as its bytes are."""
    found = []
    for record in records:
        data = [store.objects.get(artifact.digest) for artifact in record.artifacts]
        pictures = [each for each in data if each is not None]
        if len(pictures) < len(data):
            if arrival.problem is None and not {each.digest for each in record.artifacts} & set(arrival.damaged):
                arrival.refused.append("not all of its pictures are there")
            continue
        described = replace(record, artifacts=tuple(map(_described, record.artifacts, pictures)))
        if fault := pictures_fault(described, pictures):
            arrival.refused.append(fault)
        else:
            found.append(described)
    return found


def _described(artifact: Artifact, data: bytes) -> Artifact:
    found = probe(data)
    if found is None:
        return replace(artifact, size=len(data), width=None, height=None)
    return replace(artifact, media_type=found.media_type, size=len(data), width=found.width, height=found.height)


def _require_room(store: Store, size: int) -> None:
    folder = next(each for each in (store.folder, *store.folder.parents) if each.is_dir())
    free = shutil.disk_usage(folder).free
    if size > free:
        raise StoreError(
            f"the archive holds {size // 1_000_000} MB, the store's disk has {free // 1_000_000} MB left",
            hint="free some space, or set IMAGEBUILD_HOME to a folder on another disk",
        )

"""Chooses what may go from a store, and takes it away: what is free by age and size, what was paid for when named.

A record goes before its bytes. Stopped between the two, bytes are left that nothing needs, and never a record without
them.
"""

from __future__ import annotations

import contextlib
import stat
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct

from imagebuild.disk import is_temporary, store_errors
from imagebuild.housekeeping.inventory import Original, identity_of, lots_of
from imagebuild.store import Record, Store

__all__ = [
    "GRACE",
    "Derivative",
    "Leftover",
    "Stay",
    "choose_derivatives",
    "choose_free",
    "choose_paid",
    "find_derivatives",
    "find_leftovers",
    "remove_derivatives",
    "remove_leftovers",
    "remove_originals",
    "why_kept",
]

GRACE = 24 * 3600.0
"""Seconds for which an original stays whatever happens: a build may have bought it and not have written its lock."""


class Stay(Struct, frozen=True):
    """Why originals have to stay: in a word to count by, and in words for people."""

    kind: Literal["held", "awaited", "young", "replaced"]
    text: str


def why_kept(lot: Sequence[Original], *, now: float, named: bool) -> Stay | None:
    """Why the originals of a lot have to stay; None when they may go.

    Pictures in whose place others were bought go only when they are ``named`` one by one.
    """
    holders = [holder for original in lot for holder in original.holders]
    if holders:
        names = dict.fromkeys(f"'{each.target}' in {each.project}" if each.target else each.project for each in holders)
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        return Stay("held", f"it is held by {next(iter(names))}{more}")
    if any(original.awaited for original in lot):
        return Stay("awaited", "a call that has not ended rests on it")
    if any(original.made > now - GRACE for original in lot):
        return Stay("young", "it is younger than a day, and a build may be about to pin it")
    if any(original.superseded for original in lot) and not named:
        return Stay("replaced", "another picture was bought in its place, and it goes only when it is named")
    return None


def choose_paid(originals: Sequence[Original], *, now: float, before: float, named: Collection[str]) -> list[Original]:
    """The paid originals that may go: those ``named`` by digest, or else all that are older than ``before``.

    With one picture of a call go all of it.
    """
    chosen: list[Original] = []
    for lot in lots_of(originals):
        is_named = any(original.digest in named for original in lot)
        wanted = (
            is_named if named else not all(each.is_free for each in lot) and all(each.made < before for each in lot)
        )
        if wanted and why_kept(lot, now=now, named=is_named) is None:
            chosen += lot
    return chosen


def choose_free(originals: Sequence[Original], *, now: float, before: float, in_use: Collection[str]) -> list[Original]:
    """The originals that cost nothing, are older than ``before``, and whose digest and key nobody has ``in_use``."""
    chosen: list[Original] = []
    for lot in lots_of(originals):
        names = {name for each in lot for name in each.names}
        old = all(each.is_free and each.made < before for each in lot)
        if old and not names.intersection(in_use) and why_kept(lot, now=now, named=False) is None:
            chosen += lot
    return chosen


def remove_originals(store: Store, originals: Sequence[Original]) -> list[Original]:
    """Take originals away with the records of their calls; those that are gone. Raises ``StoreError``.

    What somebody has put or bought again meanwhile stays.
    """
    records = {identity_of(call): call for original in originals for call in original.records}
    superseded = {identity_of(call): call for original in originals for call in original.superseded}
    if not originals:
        return []
    store.stock.remove(records.values(), superseded.values())
    left = (*store.stock.records(), *store.stock.superseded())
    needed = {artifact.digest for record in left for artifact in record.artifacts}
    return [
        original
        for original in originals
        if original.digest not in needed and store.objects.discard(original.digest, put_by=original.put)
    ]


class Derivative(Struct, frozen=True):
    """What one action of a project made, or bytes of which no action is known.

    ``digests`` are those that are there, with their sizes. ``is_current`` says that the last builds used it;
    ``is_kept`` that something paid for rests on its bytes, so that it stays.
    """

    made: float
    digests: tuple[tuple[str, int], ...]
    record: Record | None = None
    is_current: bool = False
    is_kept: bool = False


def find_derivatives(store: Store, *, current: Collection[str], kept: Collection[str]) -> list[Derivative]:
    """All of a project's derivatives, oldest first. ``current`` are keys and digests, ``kept`` digests."""
    objects = {digest: (size, put) for digest, size, put in store.objects.entries()}
    found, known = [], set[str]()
    for record in store.stock.records():
        digests = dict.fromkeys(artifact.digest for artifact in record.artifacts)
        known.update(digests)
        there = tuple((digest, objects[digest][0]) for digest in digests if digest in objects)
        is_current = record.key in current or any(digest in current for digest in digests)
        found.append(Derivative(record.time, there, record, is_current, any(digest in kept for digest in digests)))
    for digest, (size, put) in objects.items():
        if digest not in known:
            found.append(Derivative(put, ((digest, size),), None, digest in current, digest in kept))
    return sorted(found, key=lambda each: (each.made, each.digests))


def choose_derivatives(
    derivatives: Sequence[Derivative], *, before: float | None, max_size: int | None
) -> list[Derivative]:
    """Those made ``before`` that are not current, then as many more that the rest takes ``max_size`` bytes at most.

    The oldest go first, and what is current goes last.
    """
    uses = Counter(digest for each in derivatives for digest, _ in each.digests)
    total = sum({digest: size for each in derivatives for digest, size in each.digests}.values())
    chosen = []
    for each in sorted(derivatives, key=lambda each: each.is_current):
        is_old = before is not None and each.made < before and not each.is_current
        is_over = max_size is not None and total > max_size
        if each.is_kept or not (is_old or is_over):
            continue
        chosen.append(each)
        for digest, size in each.digests:
            uses[digest] -= 1
            total -= 0 if uses[digest] else size
    return chosen


def remove_derivatives(store: Store, derivatives: Iterable[Derivative]) -> tuple[int, int]:
    """Take derivatives away, under the project's build lock; how many objects and bytes went. Raises ``StoreError``."""
    chosen = list(derivatives)
    if not chosen:
        return 0, 0
    store.stock.remove(each.record for each in chosen if each.record)
    needed = {artifact.digest for record in store.stock.records() for artifact in record.artifacts}
    gone = {digest: size for each in chosen for digest, size in each.digests if digest not in needed}
    for digest in gone:
        store.objects.remove(digest)
    return len(gone), sum(gone.values())


class Leftover(Struct, frozen=True):
    """A file that nothing reads any more."""

    path: Path
    size: int


def find_leftovers(store: Store, *, before: float, project: Path | None = None) -> list[Leftover]:
    """Temporary and damaged files of a store, last written ``before``; of a project's folder also partial pictures.

    A damaged original stays while there is no whole one: it is all that is left of it.
    """
    paths = [path for path in store.folder.glob("objects/??/.*") if is_temporary(path.name)]
    whole = set(store.objects.digests())
    paths += [path for path in store.folder.glob("damaged/*") if project or path.name.split(".")[0] in whole]
    if project:
        paths += [*project.glob("partials/*"), *project.glob("*.broken")]
    found = []
    with store_errors("look for old files"):
        for path in sorted(paths):
            with contextlib.suppress(FileNotFoundError):
                if path.parent.is_symlink():
                    continue  # it leads to where nothing is ours
                seen = path.lstat()
                if stat.S_ISREG(seen.st_mode) and seen.st_mtime < before:
                    found.append(Leftover(path, seen.st_size))
    return found


def remove_leftovers(leftovers: Iterable[Leftover]) -> None:
    """Take files away; nothing happens for those that are gone. Raises ``StoreError``."""
    with store_errors("remove old files"):
        for each in leftovers:
            each.path.unlink(missing_ok=True)

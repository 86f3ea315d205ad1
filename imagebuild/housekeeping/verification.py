"""Reads every object of a store and compares it with its digest; says what is missing, and where it can come from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

from imagebuild.digest import digest_bytes, digest_file
from imagebuild.errors import StoreError
from imagebuild.housekeeping.holding import Holdings
from imagebuild.store import Outputs, Record, State, Store

__all__ = ["Missing", "Reading", "find_missing", "read_objects", "take_back"]

_MOST = 8  # threads; a disk has no use for more


class Reading(Struct, frozen=True):
    """What reading objects has shown. ``damaged`` ones have been set aside; ``unreadable`` ones say why."""

    whole: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()


def read_objects(
    store: Store, digests: Iterable[str] | None = None, *, hear: Callable[[int, int], None] = lambda done, of: None
) -> Reading:
    """Read all objects, or those named that are there. ``hear`` is told how many of how many are done."""
    names = sorted(store.objects.digests() if digests is None else digests)
    found: dict[str, list[tuple[str, str]]] = {"whole": [], "damaged": [], "unreadable": [], "gone": []}
    with ThreadPoolExecutor(min(_MOST, os.cpu_count() or 1), thread_name_prefix="imagebuild-verify") as threads:
        for number, (digest, verdict, why) in enumerate(threads.map(lambda each: _read(store, each), names), 1):
            found[verdict].append((digest, why))
            hear(number, len(names))
    whole, damaged = (tuple(digest for digest, _ in found[verdict]) for verdict in ("whole", "damaged"))
    return Reading(whole, damaged, tuple(found["unreadable"]))


def _read(store: Store, digest: str) -> tuple[str, str, str]:
    try:
        if digest_file(store.objects.path(digest)) == digest:
            return digest, "whole", ""
        return digest, "damaged" if store.objects.get(digest) is None else "whole", ""
    except FileNotFoundError:
        return digest, "gone", ""
    except OSError as error:
        return digest, "unreadable", (error.strerror or str(error)).lower()
    except StoreError as error:
        return digest, "unreadable", error.message


class Missing(Struct, frozen=True):
    """A picture whose bytes are not here. ``needs`` are the projects and targets that have or had it.

    ``is_pinned`` says that the lock of a project has it now. ``text`` is an alt text that stands in a lock itself.
    """

    digest: str
    needs: tuple[tuple[str, str], ...] = ()
    is_pinned: bool = False
    record: Record | None = None
    text: str | None = None


def find_missing(store: Store, holdings: Holdings) -> list[Missing]:
    """The pictures that locks pin and records name but that are not in the store, those that are pinned first."""
    needs: dict[str, list[tuple[str, str]]] = {}
    texts: dict[str, str] = {}
    for root, line in holdings.lines:
        for each in (line, line.live):
            if each is not None:
                needs.setdefault(each.digest, []).append((root, line.target))
                if each.text is not None:
                    texts[each.digest] = each.text
    records = {artifact.digest: record for record in store.stock.records() for artifact in record.artifacts}
    absent = [digest for digest in {**needs, **records} if not store.objects.has(digest)]
    had = store.usage.targets() if absent else {}
    found = [
        Missing(
            digest,
            tuple(dict.fromkeys(needs.get(digest) or had.get(digest, []))),
            digest in needs,
            records.get(digest),
            texts.get(digest),
        )
        for digest in absent
    ]
    return sorted(found, key=lambda each: (not each.is_pinned, each.needs, each.digest))


def take_back(store: Store, missing: Sequence[Missing], folders: Iterable[Path], others: Iterable[Store] = ()) -> int:
    """Keep what is missing again where its bytes lie elsewhere on this machine; how many.

    Looked at are the lock itself for texts, ``others`` stores, and the output files of the projects in ``folders``.
    """
    left = {each.digest for each in missing}
    for each in missing:
        if each.text is not None:
            _keep(store, each.digest, each.text.encode(), left)
    for other in others:
        for digest in sorted(left):
            if (data := other.objects.get(digest)) is not None:
                _keep(store, digest, data, left)
    for folder in folders:
        for path, row in State.peek(folder / ".imagebuild")[1].items():
            if row.digest in left and (found := _output(folder, path, row.digest)) is not None:
                _keep(store, row.digest, found, left)
    return len(missing) - len(left)


def _output(folder: Path, path: str, digest: str) -> bytes | None:
    try:
        return (folder / path).read_bytes() if Outputs(folder).digest(path) == digest else None
    except (OSError, StoreError):
        return None  # whatever is wrong there, the picture cannot come from it


def _keep(store: Store, digest: str, data: bytes, left: set[str]) -> None:
    if digest_bytes(data) == digest:
        store.objects.put(data)
        left.discard(digest)

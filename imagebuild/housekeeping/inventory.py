"""What lies in the store of originals: each picture with the calls that gave it and who holds it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from imagebuild.cost import Cost
from imagebuild.digest import Json, canonical
from imagebuild.housekeeping.holding import Holder, Holdings
from imagebuild.store import Record, Store

__all__ = ["Original", "cost_of", "identity_of", "lots_of", "names_in_parts", "take_stock"]

_HEX = re.compile(rb'"([0-9a-f]{64})"')
_PICTURES = ("parent", "inputs", "mask", "markup", "references", "originals")


class Original(Struct, frozen=True):
    """An object of the store of originals.

    ``put`` is when it was last kept, in seconds since the epoch. ``records`` are the calls that gave it, oldest first,
    ``superseded`` those whose key has another picture now. ``holders`` hold it, or one of its calls, or another picture
    of the same call. ``awaited`` says that a call which has not ended yet rests on it, or may have just made it.
    """

    digest: str
    size: int
    put: float
    records: tuple[Record, ...] = ()
    superseded: tuple[Record, ...] = ()
    holders: tuple[Holder, ...] = ()
    awaited: bool = False

    @property
    def calls(self) -> tuple[Record, ...]:
        """All calls that are known to have given it."""
        return (*self.superseded, *self.records)

    @property
    def is_free(self) -> bool:
        """Whether it is known to have cost nothing; bytes without a record may have been paid for."""
        return bool(self.calls) and not any(record.paid for record in self.calls)

    @property
    def made(self) -> float:
        """When it was last made or put here, in seconds since the epoch."""
        return max([self.put, *(record.time for record in self.calls)])

    @property
    def names(self) -> set[str]:
        """Its digest, and the keys of the calls that gave it."""
        return {self.digest, *(call.key for call in self.calls)}

    @property
    def is_held(self) -> bool:
        """Whether it has to stay."""
        return bool(self.holders) or self.awaited


def take_stock(store: Store, holdings: Holdings) -> list[Original]:
    """Every original, oldest first. Raises ``StoreError``."""
    records, superseded = store.stock.records(), store.stock.superseded()
    by_digest, replaced = _by_digest(records), _by_digest(superseded)
    open_calls = store.records.open_intents()
    awaited = {name for call in open_calls for name in names_in_parts([call.request])}
    since = min((call.started for call in open_calls if call.batch is None), default=None)
    found = []
    for digest, size, put in store.objects.entries():
        mine, old = by_digest.get(digest, ()), replaced.get(digest, ())
        holders = [*holdings.of(digest)]
        for record in (*mine, *old):
            holders += holdings.of(record.key)
            for artifact in record.artifacts:
                holders += holdings.of(artifact.digest)
        just_made = not (mine or old) and since is not None and put >= since
        is_awaited = digest in awaited or just_made
        found.append(Original(digest, size, put, mine, old, tuple(dict.fromkeys(holders)), is_awaited))
    return sorted(found, key=lambda each: (min([record.time for record in each.calls] or [each.put]), each.digest))


def names_in_parts(parts: Iterable[Mapping[str, Json]]) -> set[str]:
    """The digests of pictures that actions rest on, as the parts of their keys name them."""
    chosen = ([each[name] for name in _PICTURES if each.get(name)] for each in parts)
    return {name.decode() for each in chosen if each for name in _HEX.findall(canonical(each))}


def identity_of(call: Record) -> tuple[object, ...]:
    """What tells a call from every other: one key may have had several."""
    return call.key, call.time, tuple(artifact.digest for artifact in call.artifacts)


def lots_of(originals: Sequence[Original]) -> list[tuple[Original, ...]]:
    """The originals in lots that stay or go together, since some call gave several of them at once; in order."""
    above = {original.digest: original.digest for original in originals}

    def top(digest: str) -> str:
        while above[digest] != digest:
            digest = above[digest] = above[above[digest]]
        return digest

    first: dict[tuple[object, ...], str] = {}
    for original in originals:
        for call in original.calls:
            above[top(original.digest)] = top(first.setdefault(identity_of(call), original.digest))
    lots: dict[str, list[Original]] = {}
    for original in originals:
        lots.setdefault(top(original.digest), []).append(original)
    return [tuple(lot) for lot in lots.values()]


def cost_of(originals: Iterable[Original]) -> Cost:
    """What the calls that gave these cost, each call once. Bytes without a record have an unknown price."""
    calls: dict[tuple[object, ...], float | None] = {}
    nameless = 0
    for original in originals:
        calls.update({identity_of(call): call.cost_usd for call in original.calls if call.paid})
        nameless += not original.calls
    known = sum(usd for usd in calls.values() if usd is not None)
    return Cost(known, known, sum(usd is None for usd in calls.values()) + nameless)


def _by_digest(records: Iterable[Record]) -> dict[str, tuple[Record, ...]]:
    found: dict[str, tuple[Record, ...]] = {}
    for record in records:
        for digest in dict.fromkeys(artifact.digest for artifact in record.artifacts):
            found[digest] = (*found.get(digest, ()), record)
    return found

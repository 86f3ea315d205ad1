"""The key and its parts that each action had in the last build: what ``why`` compares with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.json import Decoder, decode, encode

from imagebuild.digest import Json, canonical
from imagebuild.target import Slot

__all__ = ["Slots"]


class _Columns(Struct, frozen=True):
    """All but the parts."""

    target: list[str]
    stage: list[int]
    candidate: list[int]
    key: list[str]


_COLUMNS = Decoder(_Columns)


class Slots(Mapping[Slot, "tuple[str, Mapping[str, Json]]"]):
    """Slot to key and parts. Parts are decoded when they are asked for: a build asks for few of 10,000."""

    def __init__(self, body: bytes | None = None) -> None:
        """``body`` is what :meth:`encoded` gave. Raises ValueError, TypeError or KeyError when it is something else."""
        self._rows: dict[Slot, tuple[str, bytes]] = {}
        if body:
            head, *parts = body.split(b"\n")
            columns = _COLUMNS.decode(head)
            slots = zip(columns.target, columns.stage, columns.candidate, strict=True)
            self._rows = dict(zip(slots, zip(columns.key, parts, strict=True), strict=True))

    def __getitem__(self, slot: Slot) -> tuple[str, Mapping[str, Json]]:
        key, parts = self._rows[slot]
        return key, decode(parts)

    def __iter__(self) -> Iterator[Slot]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def key(self, slot: Slot) -> str | None:
        """The key alone."""
        row = self._rows.get(slot)
        return row[0] if row else None

    def changed(self, rows: Mapping[Slot, tuple[str, Mapping[str, Json]]]) -> Slots | None:
        """These slots with ``rows`` in them, or None when nothing differs. Equal keys mean equal parts."""
        new = {slot: row for slot, row in rows.items() if self.key(slot) != row[0]}
        return self._with({slot: (key, canonical(parts)) for slot, (key, parts) in new.items()}) if new else None

    def without(self, slots: Iterable[Slot]) -> Slots | None:
        """These slots less some, or None when none of them was there."""
        gone = set(slots) & self._rows.keys()
        if not gone:
            return None
        result = Slots()
        result._rows = {slot: row for slot, row in self._rows.items() if slot not in gone}
        return result

    def encoded(self) -> bytes:
        """As bytes: one line of columns, then one of parts for each slot."""
        columns = _Columns(
            target=[slot[0] for slot in self._rows],
            stage=[slot[1] for slot in self._rows],
            candidate=[slot[2] for slot in self._rows],
            key=[key for key, _ in self._rows.values()],
        )
        return b"\n".join([encode(columns), *(parts for _, parts in self._rows.values())])

    def _with(self, rows: Mapping[Slot, tuple[str, bytes]]) -> Slots:
        result = Slots()
        result._rows = {**self._rows, **rows}
        return result

"""What an action made: written after its bytes are kept, never before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from imagebuild.artifact import Artifact
from imagebuild.digest import Json, canonical

__all__ = ["COLUMNS", "Record", "record_of", "row_of"]


class Record(Struct, frozen=True):
    """One action that is done, under its key.

    ``kind`` is that of its node in the graph; ``plugin`` and ``version`` name who did it. ``parts`` are the parts
    of the key. ``time`` is in seconds since the epoch, ``seconds`` how long it took. What a provider said about the
    call stands in the rest; ``cost_usd`` is None where the price is unknown, ``faults`` say how what came
    differs from what was asked, ``effective`` are the options as the service says it used them.
    """

    key: str
    kind: str
    plugin: str
    version: str
    parts: Mapping[str, Json]
    artifacts: tuple[Artifact, ...]
    paid: bool = False
    time: float = 0.0
    seconds: float = 0.0
    model: str | None = None
    revised_prompt: str | None = None
    request_id: str | None = None
    response_id: str | None = None
    usage: Mapping[str, Json] = field(default_factory=dict)
    cost_usd: float | None = None
    faults: tuple[str, ...] = ()
    effective: Mapping[str, Json] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        """Whether this machine made it for nothing: a source, step or check."""
        return self.kind in ("source", "step", "check")

    def __post_init__(self) -> None:
        if not self.artifacts:
            raise ValueError("a record needs at least one artifact")


COLUMNS = {
    "key": "TEXT PRIMARY KEY",
    "kind": "TEXT NOT NULL",
    "plugin": "TEXT NOT NULL",
    "version": "TEXT NOT NULL",
    "parts": "TEXT NOT NULL",
    "artifacts": "TEXT NOT NULL",
    "paid": "INTEGER NOT NULL",
    "time": "REAL NOT NULL",
    "seconds": "REAL NOT NULL",
    "model": "TEXT",
    "revised_prompt": "TEXT",
    "request_id": "TEXT",
    "response_id": "TEXT",
    "usage": "TEXT NOT NULL",
    "cost_usd": "REAL",
    "faults": "TEXT NOT NULL DEFAULT '[]'",
    "effective": "TEXT NOT NULL DEFAULT '{}'",
}
"""The columns of a record's row, in the order of the fields of :class:`Record`."""


def row_of(record: Record) -> tuple[object, ...]:
    """A record as a row of the database. Raises ValueError or TypeError for parts that JSON cannot hold."""
    artifacts: list[Json] = [
        [each.digest, each.media_type, each.size, each.width, each.height, dict(each.labels), dict(each.facts)]
        for each in record.artifacts
    ]
    return (
        record.key,
        record.kind,
        record.plugin,
        record.version,
        canonical(record.parts).decode(),
        canonical(artifacts).decode(),
        int(record.paid),
        record.time,
        record.seconds,
        record.model,
        record.revised_prompt,
        record.request_id,
        record.response_id,
        canonical(record.usage).decode(),
        record.cost_usd,
        canonical(list(record.faults)).decode(),
        canonical(record.effective).decode(),
    )


def record_of(row: Sequence[Any]) -> Record:
    """The record that a row holds. Raises ValueError or TypeError when it holds none."""
    fields = list(row)
    fields[4], fields[13], fields[6] = json.loads(row[4]), _loaded(row[13]), bool(row[6])
    fields[15], fields[16] = tuple(_loaded(row[15])), _loaded(row[16])
    fields[5] = tuple(Artifact(*each) for each in json.loads(row[5]))
    return Record(*fields)


def _loaded(text: str) -> Any:
    """What nearly all records have nothing of."""
    return {} if text == "{}" else [] if text == "[]" else json.loads(text)

"""Records and intents in one SQLite file, so that keeping a record settles its intent in the same transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from imagebuild.errors import StoreError
from imagebuild.store import intent as intents
from imagebuild.store.database import Database
from imagebuild.store.intent import Intent, Outcome
from imagebuild.store.record import COLUMNS, Record, record_of, row_of

__all__ = ["Records"]

_FIELDS = ", ".join(COLUMNS)
_INTENT_FIELDS = "key, provider, target, started, request, response_id, pid"
_CHUNK = 900  # below SQLite's oldest limit of 999 parameters

_MIGRATIONS = (
    f"""
    CREATE TABLE record ({", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())});
    CREATE TABLE superseded ({", ".join(f"{name} {kind.split()[0]}" for name, kind in COLUMNS.items())});
    CREATE TABLE intent (
        number INTEGER PRIMARY KEY, key TEXT NOT NULL, provider TEXT NOT NULL, target TEXT NOT NULL,
        started REAL NOT NULL, request TEXT NOT NULL, response_id TEXT, pid INTEGER NOT NULL,
        state TEXT NOT NULL DEFAULT 'open'
    );
    CREATE INDEX intent_key ON intent (key)
    """,
)


class Records:
    """Which action made which bytes, and what is being bought. For many threads and processes; raises StoreError.

    When ``durable``, every change is on the disk before its call returns.
    """

    def __init__(self, path: Path, *, durable: bool) -> None:
        self._database = Database(path, _MIGRATIONS, durable=durable)

    def get(self, key: str) -> Record | None:
        """The record of a key."""
        return self.get_many([key]).get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, Record]:
        """The records of those keys that have one."""
        wanted = list(keys)
        found: dict[str, Record] = {}
        with self._database.reading() as connection:
            for start in range(0, len(wanted) if connection else 0, _CHUNK):
                chunk = wanted[start : start + _CHUNK]
                marks = ",".join("?" * len(chunk))
                rows = _rows(connection, f"SELECT {_FIELDS} FROM record WHERE key IN ({marks})", chunk)  # noqa: S608 -- our words
                found.update((record.key, record) for record in map(_record, rows))
        return found

    def put(self, record: Record, *, settle: bool = True) -> None:
        """Keep a record whose bytes are kept already, and with ``settle`` end its intent in the same transaction."""
        self.put_many([record], settle=settle)

    def put_many(self, records: Iterable[Record], *, settle: bool = True) -> None:
        """Keep records in one transaction. A paid one that is replaced by another picture stays in ``superseded``."""
        rows = [row_of(record) for record in records]
        keys = [(row[0],) for row in rows]
        marks = ",".join("?" * len(COLUMNS))
        with self._database.writing() as connection:
            connection.executemany(
                f"INSERT INTO superseded SELECT {_FIELDS} FROM record WHERE key = ? AND paid AND artifacts <> ?",  # noqa: S608 -- our own column names
                [(row[0], row[5]) for row in rows],
            )
            connection.executemany(f"INSERT OR REPLACE INTO record ({_FIELDS}) VALUES ({marks})", rows)  # noqa: S608 -- as above
            if settle:
                connection.executemany("DELETE FROM intent WHERE key = ? AND state = 'open'", keys)

    def delete(self, key: str) -> None:
        """Forget a record; nothing happens when there is none."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM record WHERE key = ?", (key,))

    def keys(self) -> list[str]:
        """The keys of all records, sorted."""
        with self._database.reading() as connection:
            return [str(row[0]) for row in _rows(connection, "SELECT key FROM record ORDER BY key")]

    def superseded(self) -> list[Record]:
        """Paid records that another took the place of, oldest first. Their bytes are no garbage."""
        with self._database.reading() as connection:
            return [_record(row) for row in _rows(connection, f"SELECT {_FIELDS} FROM superseded ORDER BY rowid")]  # noqa: S608 -- our own column names

    def begin(self, intent: Intent) -> None:
        """Note that a paid call begins. One that is still open for the key was cut off: it is now maybe paid."""
        marks = ",".join("?" * 7)
        with self._database.writing() as connection:
            connection.execute("UPDATE intent SET state = 'maybe_paid' WHERE key = ? AND state = 'open'", (intent.key,))
            connection.execute(
                f"INSERT INTO intent ({_INTENT_FIELDS}) VALUES ({marks})",  # noqa: S608 -- our own column names
                intents.row_of(intent),
            )

    def note_id(self, key: str, response_id: str) -> None:
        """Note what the service calls the answer, so that it can be collected after a crash."""
        with self._database.writing() as connection:
            connection.execute("UPDATE intent SET response_id = ? WHERE key = ? AND state = 'open'", (response_id, key))

    def settle(self, key: str, outcome: Outcome, *, started: float | None = None) -> None:
        """End the open intent of a key; nothing happens when there is none.

        ``started`` picks the intent of that time only, for those who settle what another process left.
        """
        which = "key = ? AND state = 'open' AND started = coalesce(?, started)"
        with self._database.writing() as connection:
            if outcome == "maybe_paid":
                connection.execute(f"UPDATE intent SET state = 'maybe_paid' WHERE {which}", (key, started))  # noqa: S608 -- our own words
            else:
                connection.execute(f"DELETE FROM intent WHERE {which}", (key, started))  # noqa: S608 -- our own words

    def open_intents(self) -> list[Intent]:
        """Paid calls that began and did not end, oldest first: those of running processes too."""
        return self._intents("open")

    def maybe_paid(self) -> list[Intent]:
        """The ledger of calls that may have been billed without a picture, oldest first."""
        return self._intents("maybe_paid")

    def clear_maybe_paid(self, key: str) -> None:
        """Take a key off that ledger: the picture was collected, or a person looked at the bill."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM intent WHERE key = ? AND state = 'maybe_paid'", (key,))

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _intents(self, state: str) -> list[Intent]:
        query = f"SELECT {_INTENT_FIELDS} FROM intent WHERE state = ? ORDER BY number"  # noqa: S608 -- our own column names
        with self._database.reading() as connection:
            return [intents.intent_of(row) for row in _rows(connection, query, [state])]


def _rows(connection: sqlite3.Connection | None, query: str, values: Sequence[str] = ()) -> list[tuple[object, ...]]:
    return connection.execute(query, values).fetchall() if connection else []


def _record(row: Sequence[object]) -> Record:
    try:
        return record_of(row)
    except (ValueError, TypeError) as error:
        raise StoreError(
            f"the record of {str(row[0])[:12]} is damaged: {error}",
            hint="bring back a copy of records.db; the pictures in objects/ are whole",
        ) from error

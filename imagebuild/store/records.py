"""Records and intents in one SQLite file, so that keeping a record settles its intent in the same transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from imagebuild.errors import StoreError
from imagebuild.store import intent as intents
from imagebuild.store.database import Database
from imagebuild.store.intent import Batch, Intent, Outcome
from imagebuild.store.record import COLUMNS, Record, record_of, row_of

__all__ = ["Records"]

_FIELDS = ", ".join(COLUMNS)
_INTENT_FIELDS = "key, provider, target, started, request, response_id, pid, batch, address"
_BATCH_FIELDS = "token, provider, created, batch_id, state, address"
_ONE = f"SELECT {_FIELDS} FROM record WHERE key = ?"  # noqa: S608 -- our own column names
_CHUNK = 900  # below SQLite's oldest limit of 999 parameters

_MIGRATIONS = (
    """
    CREATE TABLE record (
        key TEXT PRIMARY KEY, kind TEXT NOT NULL, plugin TEXT NOT NULL, version TEXT NOT NULL, parts TEXT NOT NULL,
        artifacts TEXT NOT NULL, paid INTEGER NOT NULL, time REAL NOT NULL, seconds REAL NOT NULL, model TEXT,
        revised_prompt TEXT, request_id TEXT, response_id TEXT, usage TEXT NOT NULL, cost_usd REAL
    );
    CREATE TABLE superseded (
        key TEXT, kind TEXT, plugin TEXT, version TEXT, parts TEXT, artifacts TEXT, paid INTEGER, time REAL,
        seconds REAL, model TEXT, revised_prompt TEXT, request_id TEXT, response_id TEXT, usage TEXT, cost_usd REAL
    );
    CREATE TABLE intent (
        number INTEGER PRIMARY KEY, key TEXT NOT NULL, provider TEXT NOT NULL, target TEXT NOT NULL,
        started REAL NOT NULL, request TEXT NOT NULL, response_id TEXT, pid INTEGER NOT NULL,
        state TEXT NOT NULL DEFAULT 'open'
    );
    CREATE INDEX intent_key ON intent (key)
    """,
    """
    ALTER TABLE record ADD COLUMN faults TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE record ADD COLUMN effective TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE superseded ADD COLUMN faults TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE superseded ADD COLUMN effective TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE intent ADD COLUMN batch TEXT;
    ALTER TABLE intent ADD COLUMN address TEXT NOT NULL DEFAULT '';
    CREATE INDEX intent_batch ON intent (batch);
    CREATE TABLE batch (
        token TEXT PRIMARY KEY, provider TEXT NOT NULL, created REAL NOT NULL, batch_id TEXT, state TEXT NOT NULL,
        address TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE project (root TEXT PRIMARY KEY, time REAL NOT NULL, pins TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE use (
        project TEXT NOT NULL, target TEXT NOT NULL, stage INTEGER NOT NULL, candidate INTEGER NOT NULL,
        key TEXT NOT NULL, digest TEXT NOT NULL, time REAL NOT NULL,
        PRIMARY KEY (project, target, stage, candidate, key, digest)
    ) WITHOUT ROWID;
    CREATE TABLE sent (remote TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (remote, name)) WITHOUT ROWID
    """,
)


class Records:
    """Which action made which bytes, and what is being bought. For many threads and processes; raises StoreError.

    When ``durable``, every change is on the disk before its call returns.
    """

    def __init__(self, path: Path, *, durable: bool) -> None:
        self.database = self._database = Database(path, _MIGRATIONS, durable=durable)

    def get(self, key: str) -> Record | None:
        """The record of a key."""
        with self._database.reading() as connection:
            row = connection.execute(_ONE, (key,)).fetchone() if connection else None
        return _record(row) if row else None

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

    def put(self, record: Record, *, settle: bool = True, durable: bool = True) -> None:
        """Keep a record whose bytes are kept already, and with ``settle`` end its intent in the same transaction."""
        self.put_many([record], settle=settle, durable=durable)

    def put_many(self, records: Iterable[Record], *, settle: bool = True, durable: bool = True) -> None:
        """Keep records in one transaction. A paid one that is replaced by another picture stays in ``superseded``.

        Those that are not ``durable`` reach the disk with the next that are.
        """
        rows = [row_of(record) for record in records]
        keys = [(row[0],) for row in rows]
        marks = ",".join("?" * len(COLUMNS))

        def keep(connection: sqlite3.Connection) -> None:
            connection.executemany(
                f"INSERT INTO superseded SELECT {_FIELDS} FROM record WHERE key = ? AND paid AND artifacts <> ?",  # noqa: S608 -- our own column names
                [(row[0], row[5]) for row in rows],
            )
            connection.executemany(f"INSERT OR REPLACE INTO record ({_FIELDS}) VALUES ({marks})", rows)  # noqa: S608 -- as above
            if settle:
                connection.executemany("DELETE FROM intent WHERE key = ? AND state = 'open'", keys)

        self._database.write(keep, durable=durable)

    def add(self, records: Iterable[Record]) -> None:
        """Keep records of other machines, whose bytes are kept already; where there is one, that stays."""
        rows = [row_of(record) for record in records]
        query = f"INSERT OR IGNORE INTO record ({_FIELDS}) VALUES ({','.join('?' * len(COLUMNS))})"  # noqa: S608 -- our own column names
        self._database.write(lambda connection: connection.executemany(query, rows))

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

    def begin(self, intent: Intent) -> Intent | None:
        """Note that a paid call begins, unless one whose answer can still come is open: then that one, and no note.

        One that is open and cannot come any more was cut off: it is now maybe paid.
        """
        row = intents.row_of(intent)

        def note(connection: sqlite3.Connection) -> Intent | None:
            query = f"SELECT {_INTENT_FIELDS} FROM intent WHERE key = ? AND state = 'open'"  # noqa: S608 -- our own column names
            rows: list[Sequence[Any]] = connection.execute(query, (intent.key,)).fetchall()
            for left in map(intents.intent_of, rows):
                if left.batch or left.response_id:
                    return left
            if rows:
                connection.execute(
                    "UPDATE intent SET state = 'maybe_paid' WHERE key = ? AND state = 'open'", (intent.key,)
                )
            connection.execute(
                f"INSERT INTO intent ({_INTENT_FIELDS}) VALUES (?,?,?,?,?,?,?,?,?)",  # noqa: S608 -- our own column names
                row,
            )
            return None

        return self._database.write(note)

    def begin_batch(self, batch: Batch, lines: Iterable[Intent]) -> set[str]:
        """Note a batch that is to be sent, with its lines; the keys of those that were noted.

        Left out are lines that another process has bought or has in flight meanwhile.
        """
        rows = [intents.row_of(intent) for intent in lines]
        noted = set()
        with self._database.writing() as connection:
            self._put_batch(connection, batch)
            for row in rows:
                cursor = connection.execute(
                    f"INSERT INTO intent ({_INTENT_FIELDS}) SELECT ?,?,?,?,?,?,?,?,? "  # noqa: S608 -- our own column names
                    "WHERE NOT EXISTS (SELECT 1 FROM intent WHERE key = ? AND state = 'open') "
                    "AND NOT EXISTS (SELECT 1 FROM record WHERE key = ?)",
                    (*row, row[0], row[0]),
                )
                if cursor.rowcount:
                    noted.add(str(row[0]))
        return noted

    def note_id(self, key: str, response_id: str) -> None:
        """Note what the service calls the answer, so that it can be collected after a crash."""
        query = "UPDATE intent SET response_id = ? WHERE key = ? AND state = 'open'"
        self._database.write(lambda connection: connection.execute(query, (response_id, key)).rowcount)

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

    def open_intent(self, key: str) -> Intent | None:
        """The call for a key that began and did not end, if there is one."""
        with self._database.reading() as connection:
            query = f"SELECT {_INTENT_FIELDS} FROM intent WHERE key = ? AND state = 'open'"  # noqa: S608 -- our own column names
            rows = _rows(connection, query, [key])
        return intents.intent_of(rows[-1]) if rows else None

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

    def response_id(self, digest: str, plugin: str) -> str | None:
        """What ``plugin``'s service called the newest answer that held these bytes, if it gave a name."""
        query = "SELECT response_id FROM record WHERE plugin = ? AND instr(artifacts, ?) AND response_id NOT NULL"
        with self._database.reading() as connection:
            rows = _rows(connection, f"{query} ORDER BY time DESC LIMIT 1", [plugin, digest])
        return str(rows[0][0]) if rows else None

    def of(self, digest: str) -> Record | None:
        """The newest record of a call that gave these bytes; None where there is none."""
        query = f"SELECT {_FIELDS} FROM record WHERE instr(artifacts, ?) AND kind IN ('generate', 'edit')"  # noqa: S608 -- as above
        with self._database.reading() as connection:
            rows = _rows(connection, f"{query} ORDER BY time DESC LIMIT 1", [digest])
        return _record(rows[0]) if rows else None

    def put_batch(self, batch: Batch) -> None:
        """Note a batch, or how it now stands."""
        with self._database.writing() as connection:
            self._put_batch(connection, batch)

    def _put_batch(self, connection: sqlite3.Connection, batch: Batch) -> None:
        connection.execute(
            f"INSERT OR REPLACE INTO batch ({_BATCH_FIELDS}) VALUES (?,?,?,?,?,?)",  # noqa: S608 -- our own column names
            (batch.token, batch.provider, batch.created, batch.batch_id, batch.state, batch.address),
        )

    def batches(self) -> list[Batch]:
        """Every batch that was ever begun, oldest first."""
        with self._database.reading() as connection:
            rows: list[Sequence[Any]] = list(
                _rows(connection, f"SELECT {_BATCH_FIELDS} FROM batch ORDER BY created, token")  # noqa: S608 -- as above
            )
        return [Batch(*row) for row in rows]

    def batch_intents(self, token: str) -> list[Intent]:
        """The lines of a batch of which nothing came yet, in the order in which they were noted."""
        query = f"SELECT {_INTENT_FIELDS} FROM intent WHERE batch = ? AND state = 'open' ORDER BY number"  # noqa: S608 -- as above
        with self._database.reading() as connection:
            return [intents.intent_of(row) for row in _rows(connection, query, [token])]

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

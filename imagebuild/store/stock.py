"""All records of a store at once: to look through them, to take in those of elsewhere, to take some away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from imagebuild.store.record import COLUMNS, Record, row_of
from imagebuild.store.records import Records

__all__ = ["Stock"]

_FIELDS = ", ".join(COLUMNS)
_MARKS = ",".join("?" * len(COLUMNS))
_SAME = "key = ? AND artifacts = ? AND time = ?"
_ONCE = f"INSERT INTO superseded ({_FIELDS}) SELECT {_MARKS} WHERE NOT EXISTS (SELECT 1 FROM superseded WHERE {_SAME})"  # noqa: S608 -- our own column names


class Stock:
    """Housekeeping of records. For many threads and processes; raises StoreError."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._database = records.database

    def records(self) -> list[Record]:
        """Every record, oldest first."""
        found = self._records.get_many(self._records.keys())
        return sorted(found.values(), key=lambda record: (record.time, record.key))

    def superseded(self) -> list[Record]:
        """Paid records that another took the place of."""
        return self._records.superseded()

    def add(self, records: Iterable[Record]) -> int:
        """Keep records whose bytes are kept already, but none in the place of another; how many are new."""
        offered = {record.key: record for record in records}
        known = self._records.get_many(offered)
        self._records.add(record for key, record in offered.items() if key not in known)
        return len(offered) - len(known)

    def add_superseded(self, records: Iterable[Record]) -> int:
        """Keep paid records that stand under their keys no more, each once; how many are new."""
        rows = [row_of(record) for record in records]

        def keep(connection: sqlite3.Connection) -> int:
            return sum(connection.execute(_ONCE, (*row, row[0], row[5], row[7])).rowcount for row in rows)

        return self._database.write(keep)

    def remove(self, records: Iterable[Record], superseded: Iterable[Record] = ()) -> None:
        """Forget records in one transaction; one that another process has replaced meanwhile stays."""
        tables = {"record": [_known(each) for each in records], "superseded": [_known(each) for each in superseded]}

        def forget(connection: sqlite3.Connection) -> None:
            for table, rows in tables.items():
                connection.executemany(f"DELETE FROM {table} WHERE {_SAME}", rows)  # noqa: S608 -- our own words

        self._database.write(forget)


def _known(record: Record) -> tuple[object, ...]:
    row = row_of(record)
    return row[0], row[5], row[7]

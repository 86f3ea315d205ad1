"""What of a store is in use: which projects pin what, which target each picture was for, what a remote has already."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable

from msgspec import Struct

from imagebuild.store.database import Database

__all__ = ["KnownProject", "Usage", "Use"]


class Use(Struct, frozen=True):
    """A picture that a target of a project had; first seen there at ``time`` (seconds since the epoch)."""

    target: str
    stage: int
    candidate: int
    key: str
    digest: str
    time: float


class KnownProject(Struct, frozen=True):
    """A project that this store was used for; ``pins`` are the digests its lock had at ``time``."""

    root: str
    time: float
    pins: frozenset[str]


class Usage:
    """Tables beside the records of a store. For many threads and processes; raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, root: str, pins: Collection[str], uses: Iterable[Use], *, time: float) -> None:
        """Remember what the lock of the project in ``root`` pins now, and which pictures its targets had."""
        rows = [(root, use.target, use.stage, use.candidate, use.key, use.digest, use.time) for use in uses]

        def keep(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO project VALUES (?,?,?)", (root, time, json.dumps(sorted(pins))))
            connection.executemany("INSERT OR IGNORE INTO use VALUES (?,?,?,?,?,?,?)", rows)

        self._database.write(keep)

    def projects(self) -> list[KnownProject]:
        """Every project that was ever noted and not forgotten, by folder."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT * FROM project ORDER BY root").fetchall() if connection else []
        return [KnownProject(root, time, frozenset(json.loads(pins))) for root, time, pins in rows]

    def project(self, root: str) -> KnownProject | None:
        """The project in ``root``; None when it was never noted."""
        with self._database.reading() as connection:
            query = "SELECT * FROM project WHERE root = ?"
            row = connection.execute(query, (root,)).fetchone() if connection else None
        return None if row is None else KnownProject(row[0], row[1], frozenset(json.loads(row[2])))

    def forget_project(self, root: str) -> None:
        """Take a project off the list; nothing happens when it is not on it."""
        self._database.write(lambda connection: connection.execute("DELETE FROM project WHERE root = ?", (root,)))

    def uses(self, root: str, target: str) -> list[Use]:
        """The pictures that a target of the project in ``root`` had, oldest first."""
        query = "SELECT target, stage, candidate, key, digest, time FROM use WHERE project = ? AND target = ?"
        with self._database.reading() as connection:
            rows = connection.execute(f"{query} ORDER BY time", (root, target)).fetchall() if connection else []
        return [Use(*row) for row in rows]

    def targets(self) -> dict[str, list[tuple[str, str]]]:
        """For each digest the projects and targets that had it, whether they have it now or not."""
        query = "SELECT DISTINCT digest, project, target FROM use ORDER BY digest, project, target"
        found: dict[str, list[tuple[str, str]]] = {}
        with self._database.reading() as connection:
            for digest, root, target in connection.execute(query) if connection else ():
                found.setdefault(digest, []).append((root, target))
        return found

    def sent(self, remote: str) -> set[str]:
        """The names that the remote at a location has, as far as this machine has seen."""
        with self._database.reading() as connection:
            rows = (
                connection.execute("SELECT name FROM sent WHERE remote = ?", (remote,)).fetchall() if connection else []
            )
        return {str(row[0]) for row in rows}

    def note_sent(self, remote: str, names: Iterable[str]) -> None:
        """Remember that the remote at a location has these names."""
        rows = [(remote, name) for name in names]
        self._database.write(lambda connection: connection.executemany("INSERT OR IGNORE INTO sent VALUES (?,?)", rows))

    def forget_sent(self, remote: str) -> None:
        """Forget what the remote at a location has: it turned out not to be so."""
        self._database.write(lambda connection: connection.execute("DELETE FROM sent WHERE remote = ?", (remote,)))

"""One SQLite file used from many threads and processes: opening, migrating, and its errors as ours."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast

from msgspec import Struct

from imagebuild.disk import flush_folder, make_folder, store_errors
from imagebuild.errors import StoreError

__all__ = ["Database"]

_BUSY = 60.0  # seconds to wait for another process's transaction; each takes milliseconds
_OPENING = 30.0


Answer = TypeVar("Answer")


class _Job(Struct, eq=False):
    """One thread's work, and what came of it."""

    work: Callable[[sqlite3.Connection], object]
    durable: bool
    answer: object = None
    error: Exception | None = None
    done: bool = False


class Database:
    """A SQLite database in WAL mode behind one lock.

    ``migrations`` are scripts: number n takes version n to n+1. When ``durable``, a transaction is on the disk when it
    ends. A file that is damaged or of a newer version is refused with a StoreError and never begun anew.
    """

    def __init__(self, path: Path, migrations: Sequence[str], *, durable: bool) -> None:
        self._path = path
        self._migrations = migrations
        self._durable = durable
        self._guard = threading.RLock()
        self._queue: list[_Job] = []
        self._queue_guard = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._flushes_each: bool | None = None
        self._reading = threading.RLock()
        self._reader: sqlite3.Connection | None = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection, or None when there is no file yet: to look does not make one. Raises StoreError.

        It is not the one that writes: in WAL mode a reader need not wait for the disk with every writer.
        """
        with self._reading:
            try:
                if self._reader is None and self._path.exists():
                    self._reader = self._open_reader()
                yield self._reader
            except (OSError, sqlite3.DatabaseError) as error:
                raise self._told("read", error) from error

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction, undone when the block raises. Raises StoreError."""
        with self._guard:
            try:
                connection = self._open()
                self._flush_each(connection, wanted=durable and self._durable)
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
            except (OSError, sqlite3.DatabaseError) as error:
                raise self._told("write", error) from error

    def write(self, work: Callable[[sqlite3.Connection], Answer], *, durable: bool = True) -> Answer:
        """Do ``work`` in a transaction that has ended when this returns; its answer. Raises StoreError.

        One that need not be ``durable`` is on the disk together with the next one that is.

        Threads that write at the same time share one transaction, and so one flush of the disk: the first to come does
        the work of all that wait. Where that fails, each is done by itself, so that no one's fault is another's. So
        ``work`` may be done twice, the first time undone; it changes nothing but the database.
        """
        job = _Job(work, durable)
        with self._queue_guard:
            self._queue.append(job)
        with self._guard:
            if not job.done:
                with self._queue_guard:
                    jobs, self._queue = self._queue, []
                self._do(jobs)
        if job.error is not None:
            raise job.error
        return cast("Answer", job.answer)

    def _do(self, jobs: list[_Job]) -> None:
        """All of these in one transaction, or else each in its own."""
        try:
            if len(jobs) == 1 or not self._do_together(jobs):
                for job in jobs:
                    self._do_alone(job)
        finally:
            left = [job for job in jobs if not job.done]
            with self._queue_guard:
                self._queue[:0] = left  # only after an interrupt of this thread: the next one does them

    def _do_together(self, jobs: list[_Job]) -> bool:
        try:
            with self.writing(durable=any(job.durable for job in jobs)) as connection:
                for job in jobs:
                    job.answer = job.work(connection)
        except Exception:  # noqa: BLE001 - whose fault it is comes out when each is done by itself
            return False
        for job in jobs:
            job.done = True
        return True

    def _do_alone(self, job: _Job) -> None:
        try:
            with self.writing(durable=job.durable) as connection:
                job.answer = job.work(connection)
        except Exception as error:  # noqa: BLE001 - it is raised where the work was asked for
            job.error = error
        job.done = True

    def close(self) -> None:
        """Close the file. Used again, it opens again."""
        with self._reading, self._guard:
            for connection in (self._reader, self._connection):
                if connection is not None:
                    try:
                        connection.close()
                    except sqlite3.DatabaseError as error:
                        raise self._told("close", error) from error
            self._reader = self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None:
            return self._connection
        with store_errors(f"open {self._path.name}"):
            make_folder(self._path.parent, durable=self._durable)
            connection = sqlite3.connect(self._path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
            try:
                self._flushes_each = None
                self._flush_each(connection, wanted=self._durable)
                if self._durable and sys.platform == "darwin":
                    connection.execute("PRAGMA fullfsync = ON")
                if self._version(connection) != len(self._migrations):
                    self._migrate(connection)
            except BaseException:
                connection.close()
                raise
        self._connection = connection
        return connection

    def _flush_each(self, connection: sqlite3.Connection, *, wanted: bool) -> None:
        """Whether each transaction from now on is flushed when it ends. In WAL mode one that is takes those before
        along.
        """
        if self._flushes_each != wanted:
            connection.execute(f"PRAGMA synchronous = {'FULL' if wanted else 'NORMAL'}")
            self._flushes_each = wanted

    def _open_reader(self) -> sqlite3.Connection:
        """A second connection; to a file that cannot be written, one that only looks and leaves nothing beside it."""
        if os.access(self._path, os.W_OK) and os.access(self._path.parent, os.W_OK):
            with self._guard:
                self._open()
            return sqlite3.connect(self._path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
        address = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        if self._version(connection) < len(self._migrations):
            connection.close()
            raise StoreError(
                f"{self._path.name} was written by an older imagebuild, and cannot be changed",
                hint="make its folder writable once, so that it can be brought up to date",
            )
        return connection

    def _version(self, connection: sqlite3.Connection) -> int:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(self._migrations):
            raise StoreError(
                f"{self._path.name} was written by a newer imagebuild (format {version}, this one knows "
                f"{len(self._migrations)})",
                hint="upgrade imagebuild; nothing was changed",
            )
        return version

    def _migrate(self, connection: sqlite3.Connection) -> None:
        """Bring the file to the newest version; one process does it, the others wait."""
        from filelock import FileLock  # 35 ms, once in the life of a store

        with FileLock(f"{self._path}.lock", timeout=_OPENING):
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN EXCLUSIVE")
            for number in range(self._version(connection), len(self._migrations)):
                for statement in self._migrations[number].split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number + 1}")
            connection.execute("COMMIT")
            if self._durable:
                flush_folder(self._path.parent)

    def _told(self, doing: str, error: OSError | sqlite3.DatabaseError) -> StoreError:
        """What an error means to people."""
        name = self._path.name
        if isinstance(error, OSError):
            reason: object = error.strerror or error
            hint = "make the folder readable, or set IMAGEBUILD_HOME to one that is"
        elif isinstance(error, sqlite3.OperationalError):
            reason, hint = error, _hint(str(error))
        else:
            reason = error
            hint = (
                "the pictures in objects/ are whole. Bring back a copy of the file, or move it away: then what the "
                "lock pins is found by its digest, and the rest counts as never made"
            )
        return StoreError(f"cannot {doing} {name}: {reason}", hint=hint)


def _hint(message: str) -> str:
    if "locked" in message or "busy" in message:
        return "another process holds it; end that one or wait for it"
    if "full" in message:
        return "the disk is full: free some space and run the same command again"
    if "readonly" in message or "unable to open" in message:
        return "the folder cannot be written: change its permissions, or set IMAGEBUILD_HOME to one that can"
    return "run the same command again; if it stays, check the disk"

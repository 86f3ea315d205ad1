"""The remote store ``paper-drawer``: all pictures of a team in one SQLite file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import imagebuild
from imagebuild.errors import StoreError, UnreachableError

SCHEME = "drawer"
PART = r"[A-Za-z0-9_-](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?"
NAME = re.compile(rf"{PART}(?:/{PART})*")
LONGEST = 500
TABLE = "CREATE TABLE IF NOT EXISTS sheets (name TEXT PRIMARY KEY, data BLOB NOT NULL)"


class PaperDrawer(imagebuild.RemoteStore):
    """Keeps pictures in one SQLite file, at `drawer:///PATH/TO/FILE`, which all who use it can reach."""

    name = "paper-drawer"
    version = "1"
    schemes = (SCHEME,)

    def fault(self, address: str) -> str | None:
        """A path is the same for all who use it only when it is absolute."""
        return None if Path(address.partition("://")[2]).is_absolute() else "has no absolute path"

    def open(
        self, address: str, options: Mapping[str, object], environ: Mapping[str, str]
    ) -> imagebuild.Remote:
        """The drawer, which the first who writes makes."""
        return Drawer(address)


class Drawer(imagebuild.Remote):
    """One SQLite file; each request opens it, so that threads share nothing."""

    network: ClassVar[bool] = False

    def __init__(self, address: str) -> None:
        self.location = address
        self._path = Path(address.partition("://")[2])

    def get(self, name: str) -> bytes | None:
        """The bytes of that name."""
        rows = self._ask("SELECT data FROM sheets WHERE name = ?", _checked(name))
        data: bytes | None = rows[0][0] if rows else None
        return data

    def has(self, name: str) -> bool:
        """Whether there are bytes of that name."""
        return bool(self._ask("SELECT 1 FROM sheets WHERE name = ?", _checked(name)))

    def put(self, name: str, data: bytes, *, replace: bool = False) -> bool:
        """Keep bytes; what is there already stays unless it is to be replaced."""
        verb = "REPLACE" if replace else "IGNORE"
        query = f"INSERT OR {verb} INTO sheets VALUES (?, ?) RETURNING name"
        return bool(self._ask(query, _checked(name), data, mode="rwc"))

    def list(self, prefix: str = "") -> Iterator[str]:
        """All names that begin with the prefix."""
        if prefix:
            _checked(prefix.removesuffix("/") if prefix.endswith("/") else "")
        query = "SELECT name FROM sheets WHERE substr(name, 1, length(?1)) = ?1"
        yield from (name for (name,) in self._ask(query, prefix))

    def remove(self, name: str) -> None:
        """Take the bytes away, if there are any."""
        self._ask("DELETE FROM sheets WHERE name = ?", _checked(name))

    def _ask(self, query: str, *values: object, mode: str = "rw") -> Sequence[tuple[Any, ...]]:
        try:
            with closing(self._open(mode)) as database, database:
                database.execute(TABLE)
                return database.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            raise UnreachableError(
                f"the drawer '{self.location}' cannot be opened: {error}",
                hint="look whether the disk or share that it is on is there",
            ) from error
        except sqlite3.Error as error:
            raise StoreError(f"the drawer '{self.location}' is broken: {error}") from error

    def _open(self, mode: str) -> sqlite3.Connection:
        uri = f"{self._path.as_uri()}?mode={mode}"
        return sqlite3.connect(uri, timeout=30, uri=True)


def _checked(name: str) -> str:
    """A name that is one: nothing is read or written under any other."""
    if len(name) > LONGEST or not NAME.fullmatch(name):
        raise StoreError(f"{name[:80]!r} can be no name in a drawer")
    return name

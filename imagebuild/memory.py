"""What publishers remember from one run to the next: notes of their own, and the files that they put into the project.

Files are noted in a log before they are written, a line each, and the log is folded into one JSON file when a publisher
is done: a run that is killed leaves nothing there that the next does not know of.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from imagebuild.digest import Json, canonical
from imagebuild.disk import write_all, write_file
from imagebuild.errors import PublishError

__all__ = ["Memory", "PutFiles"]

_VERSION = 1

PutFiles: TypeAlias = "dict[str, tuple[str, ...]]"
"""By path, the digests of all that may have been put there and not been replaced."""


class Memory:
    """``published.json`` in the project's state folder, and ``published.log`` beside it while a publisher runs.

    Neither is flushed to the disk. Losing them, or what of them cannot be read, only means that less is cleaned up.
    For one process at a time.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "published.json"
        self._log = folder / "published.log"
        self._notes: dict[str, Mapping[str, Json]] = {}
        self._files: dict[str, PutFiles] = {}
        self._is_read = False

    def recall(self, name: str) -> Mapping[str, Json]:
        """What was remembered under a name; empty when nothing was."""
        self._read()
        return self._notes.get(name, {})

    def remember(self, name: str, told: Mapping[str, Json]) -> None:
        """Keep something under a name, at once. Raises ``PublishError``."""
        notes = json.loads(canonical(dict(told)))
        if self.recall(name) != notes:
            self._notes[name] = notes
            self._write()

    def files(self, name: str) -> PutFiles:
        """The files that were put there under a name."""
        self._read()
        return dict(self._files.get(name, {}))

    def put(self, name: str, path: str, digest: str) -> None:
        """Note that a file is about to be written. Raises ``PublishError``."""
        self._read()
        with _noting():
            os.makedirs(self._log.parent, exist_ok=True)
            with open(self._log, "ab", buffering=0) as log:
                # A line ends what is before it: that may be half a line, of a process that was killed.
                write_all(log, b"\n" + canonical([name, path, digest]))
        self._add(name, path, digest)

    def settle(self, name: str, files: PutFiles) -> None:
        """Keep these as the files that are there under a name, and no others. Raises ``PublishError``."""
        if self.files(name) != files or self._log.exists():
            self._files[name] = dict(sorted(files.items()))
            self._write()

    def _add(self, name: str, path: str, digest: str) -> None:
        files = self._files.setdefault(name, {})
        files[path] = tuple(dict.fromkeys((*files.get(path, ()), digest)))

    def _write(self) -> None:
        """All in one file, whole or not at all; only then the log is not needed any more."""
        known: dict[str, Json] = {"version": _VERSION, "notes": self._notes, "files": self._files}
        with _noting():
            os.makedirs(self._path.parent, exist_ok=True)
            write_file(str(self._path), canonical(known) + b"\n", durable=False)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._log)

    def _read(self) -> None:
        if self._is_read:
            return
        self._is_read = True
        with contextlib.suppress(OSError, ValueError, RecursionError):
            found = json.loads(self._path.read_bytes())
            if isinstance(found, dict) and found.get("version") == _VERSION:
                self._notes = {name: each for name, each in _mapping(found.get("notes")) if isinstance(each, dict)}
                for name, files in _mapping(found.get("files")):
                    for path, digests in _mapping(files):
                        for digest in digests if isinstance(digests, list) else ():
                            self._add(name, path, str(digest))
        with contextlib.suppress(OSError):
            for line in self._log.read_bytes().split(b"\n"):
                with contextlib.suppress(ValueError, TypeError, RecursionError):
                    name, path, digest = json.loads(line)
                    self._add(str(name), str(path), str(digest))


def _mapping(value: object) -> list[tuple[str, object]]:
    return list(value.items()) if isinstance(value, dict) else []


@contextmanager
def _noting() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PublishError(f"what was published cannot be noted: {error.strerror or error}") from error

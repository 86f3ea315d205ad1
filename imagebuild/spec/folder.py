"""The project's folder as the spec sees it: files inside it, and nothing that a link or ``..`` leads out to."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType

from msgspec import Struct

from imagebuild.digest import digest_bytes
from imagebuild.spec.name import folded
from imagebuild.spec.problem import suggest

__all__ = ["Folder", "PathError", "Stand"]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_DRIVE = re.compile(r"[A-Za-z]:")
_MAGIC = re.compile(r"[*?\[]")
_CLOSED = frozenset({".git", ".imagebuild"})
_MOST_ENTRIES = 200_000
_LONGEST = 1000
MOST_BYTES = 64 * 1024 * 1024


class PathError(Exception):
    """A path that the spec may not name; ``hint`` says what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class Stand(Struct, frozen=True):
    """What is ``shown`` in place of a file, and the digest and size in bytes of what is in it."""

    digest: str
    shown: bytes
    size: int


class Folder:
    """Looks up files of the project, and remembers what it has looked up."""

    def __init__(self, root: str, stands: Mapping[str, Stand] = MappingProxyType({})) -> None:
        self.root = root
        self._stands = stands
        self.real = os.path.realpath(root)
        self.read: dict[str, str] = {}
        """Files that were read, in order, with the digest of the bytes that were."""
        self.listed: dict[str, None] = {}
        """Folders whose listing was read for a pattern, in order."""
        self.bytes_left = MOST_BYTES
        self._entries = 0
        self._known: dict[str, str | PathError] = {}

    def known(self) -> Iterator[tuple[str, bool]]:
        """Every path that was looked up, and whether a file was found there."""
        return ((path, isinstance(found, str)) for path, found in self._known.items())

    def begin_anew(self) -> None:
        """Let as much be read again as at first; what was found stays known."""
        self.bytes_left = MOST_BYTES
        self._entries = 0

    def inside(self, folder: str, path: str) -> str:
        """``path``, as written in a file of ``folder``, relative to the project. Raises `PathError`."""
        if _URL.match(path):
            raise PathError("addresses are not available yet", "download the file into the project and name it here")
        if len(path) > _LONGEST:
            raise PathError("the path is too long")
        if not path.isprintable():
            raise PathError("the path holds a control character")
        if "\\" in path:
            raise PathError(f"the path '{path}' holds a backslash", "write '/' between folders")
        if path.startswith("/") or _DRIVE.match(path):
            raise PathError(f"the path '{path}' is absolute", "write it relative to the file that names it")
        if path.startswith("~"):
            raise PathError(
                f"the path '{path}' starts with '~', which is not expanded", "write it relative to this file"
            )
        joined = posixpath.normpath(posixpath.join(folder, path))
        if joined == ".." or joined.startswith("../"):
            raise PathError(f"the path '{path}' leaves the project", "copy the file into the project")
        if not _CLOSED.isdisjoint(folded(part) for part in joined.split("/")):
            raise PathError(f"the path '{path}' lies in a folder that is not for the spec")
        return joined

    def find(self, folder: str, path: str) -> str:
        """A regular file of the project, as :meth:`inside`. Raises `PathError`."""
        inside = self.inside(folder, path)
        known = self._known.get(inside)
        if known is None:
            try:
                known = self._find(inside)
            except PathError as error:
                known = error
            self._known[inside] = known
        if isinstance(known, PathError):
            raise known
        return known

    def _find(self, inside: str) -> str:
        full = os.path.join(self.root, inside)
        try:
            real = os.path.realpath(full)
            mode = os.stat(full).st_mode
        except (FileNotFoundError, NotADirectoryError):
            raise PathError(f"there is no file '{inside}'", self._near(inside)) from None
        except (OSError, ValueError) as error:
            raise PathError(f"the file '{inside}' cannot be read: {getattr(error, 'strerror', error)}") from None
        if real != self.real and not real.startswith(os.path.join(self.real, "")):
            raise PathError(f"the path '{inside}' follows a link out of the project", "copy the file into the project")
        if not _CLOSED.isdisjoint(folded(part) for part in real.removeprefix(self.real).split(os.sep)):
            raise PathError(f"the path '{inside}' follows a link into a folder that is not for the spec")
        if stat.S_ISDIR(mode):
            raise PathError(f"'{inside}' is a folder, not a file", "name a file in it")
        if not stat.S_ISREG(mode):
            raise PathError(f"'{inside}' is not a regular file")
        name = posixpath.basename(inside)
        if (
            not os.path.islink(full)
            and os.path.basename(real) != name
            and os.path.basename(real).casefold() == name.casefold()
        ):
            raise PathError(
                f"the file is called '{os.path.basename(real)}', not '{name}'", "some systems tell the two apart"
            )
        return inside

    def _near(self, inside: str) -> str | None:
        parent, name = posixpath.split(inside)
        try:
            with os.scandir(os.path.join(self.real, parent)) as entries:
                names = [entry.name for entry, _ in zip(entries, range(1000), strict=False)]
        except OSError:
            return f"there is no folder '{parent}' either" if parent else None
        hint = suggest(name, sorted(names))
        return hint and hint.replace("'", f"'{parent}/", 1) if parent else hint

    def load(self, inside: str) -> bytes:
        """The bytes of a file that :meth:`find` gave. Raises `PathError`."""
        if stand := self._stands.get(inside):
            self._take(stand.size)
            self.read[inside] = stand.digest
            return stand.shown
        try:
            descriptor = os.open(os.path.join(self.root, inside), os.O_RDONLY | getattr(os, "O_BINARY", 0))
            with open(descriptor, "rb") as file:
                data = file.read(self.bytes_left + 1)
        except OSError as error:
            raise PathError(f"the file '{inside}' cannot be read: {error.strerror}") from None
        self._take(len(data))
        self.read[inside] = digest_bytes(data)
        return data

    def _take(self, size: int) -> None:
        if size > self.bytes_left:
            raise PathError(f"the files of the spec hold more than {MOST_BYTES >> 20} MiB together")
        self.bytes_left -= size

    def glob(self, folder: str, pattern: str) -> list[str]:
        """Files that match ``pattern``, sorted. Hidden files and linked folders are passed over. Raises `PathError`."""
        if _MAGIC.search(pattern) is None:
            return [self.find(folder, pattern)]
        inside = self.inside(folder, pattern)
        found = set(self._match("", inside.split("/")))
        if not found:
            raise PathError(f"no file matches '{pattern}'", "patterns are relative to the file that names them")
        return [self.find("", path) for path in sorted(found)]

    def _match(self, base: str, parts: list[str]) -> Iterator[str]:
        part, rest = parts[0], parts[1:]
        if part == "**":
            yield from self._match(base, rest or ["*"])
            for name in self._list(base, folders=True):
                if not name.startswith("."):
                    yield from self._match(posixpath.join(base, name), parts)
        elif _MAGIC.search(part) is None:
            path = posixpath.join(base, part)
            full = os.path.join(self.root, path)
            if not rest and os.path.isfile(full):
                yield path
            elif rest and os.path.isdir(full):
                yield from self._match(path, rest)
        else:
            for name in self._list(base, folders=bool(rest)):
                if fnmatchcase(name, part) and (part.startswith(".") or not name.startswith(".")):
                    path = posixpath.join(base, name)
                    yield from self._match(path, rest) if rest else [path]

    def _list(self, base: str, *, folders: bool) -> list[str]:
        self.listed[base or "."] = None
        names = []
        try:
            with os.scandir(os.path.join(self.root, base)) as entries:
                for entry in entries:
                    self._entries += 1
                    if self._entries > _MOST_ENTRIES:
                        raise PathError("a pattern looks through too many files", "name the folder in the pattern")
                    if entry.is_dir(follow_symlinks=False) if folders else entry.is_file():
                        names.append(entry.name)
        except OSError as error:
            raise PathError(f"the folder '{base}' cannot be read: {error.strerror}") from None
        return sorted(names)

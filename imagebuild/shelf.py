"""Files that publishers keep in the project: put there, remembered, taken away when nothing wants them any more.

No bytes are lost: a file that its publisher did not put there, or that somebody has changed since, is kept and named in
a notice, unless a build made its bytes. One that is as it should be costs a stat, as long as nobody touches it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from posixpath import normpath

from msgspec import Struct, field

from imagebuild.digest import digest_bytes
from imagebuild.errors import PublishError, StoreError
from imagebuild.memory import Memory
from imagebuild.publisher import Ours, Publication
from imagebuild.spec.name import folded
from imagebuild.store import DamagedSource, FileDigests, Outputs, Signature

__all__ = ["Shelf", "Shelves"]

_EMPTY = digest_bytes(b"")
_NO_FILE = ""  # in place of the digest of a folder, a link and the like


class Shelves(Struct):
    """What the publishers of one run have to do with the files of a project.

    ``find`` gives the bytes of a digest or the file that holds them, ``read`` gives them verified; both raise
    ``StoreError``. ``holds`` says of a digest whether a build made its bytes, ``fault`` of a path why no publisher may
    have it. ``files`` are those that are as they should be, with their digests; ``wanted`` tells by path, folded, who
    wants a file there, and its digest.
    """

    root: Path
    outputs: Outputs
    digests: FileDigests
    memory: Memory
    find: Callable[[str], Path | bytes]
    read: Callable[[str], bytes]
    holds: Callable[[str], bool]
    fault: Callable[[str], str | None]
    notice: Callable[[str], None]
    dry_run: bool = False
    files: dict[str, str] = field(default_factory=dict)
    wanted: dict[str, tuple[str, str]] = field(default_factory=dict)

    def look(self, path: str) -> str | None:
        """The digest of what is at ``path``; None where nothing is."""
        try:
            found = os.lstat(self._full(path))
            return self.digests.digest_of(path, seen=found) if stat.S_ISREG(found.st_mode) else _NO_FILE
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unreadable(path, error) from error

    def bytes_at(self, path: str) -> bytes:
        """What the file at ``path`` holds."""
        try:
            with open(self._full(path), "rb") as file:
                return file.read()
        except OSError as error:
            raise _unreadable(path, error) from error

    def write(self, path: str, source: Path | bytes, digest: str) -> None:
        """Make the file at ``path`` hold ``source``. Raises ``StoreError`` for bytes that are damaged."""
        try:
            signature = self._written(path, source, digest)
        except DamagedSource:
            # To read them sets them aside and raises, unless they were put right meanwhile.
            signature = self._written(path, self.read(digest), digest)
        self.digests.note(path, signature, digest)

    def remove(self, path: str) -> None:
        """Take the file at ``path`` away."""
        try:
            self.outputs.remove(path)
        except StoreError as error:
            raise PublishError(error.message, hint=error.hint) from error
        self.files.pop(path, None)

    def _written(self, path: str, source: Path | bytes, digest: str) -> Signature:
        try:
            return self.outputs.write(path, source, digest=digest)
        except DamagedSource:
            raise
        except StoreError as error:
            raise PublishError(error.message, hint=error.hint) from error

    def _full(self, path: str) -> str:
        return os.path.join(self.root, path)


class Shelf:
    """The files of the publisher ``name``; ``before`` are the publications of those before it.

    Its methods are those of :class:`~imagebuild.publisher.PublisherContext`. What it remembers is known to the next run
    as soon as it is there; :meth:`settle` ends a run that came to its end.
    """

    def __init__(self, name: str, shelves: Shelves, before: Sequence[Publication] = ()) -> None:
        self._name = name
        self._shelves = shelves
        self._before = before
        self._known = shelves.memory.files(name)
        # A system that folds case finds what an earlier run wrote under a name in other letters.
        self._ours: dict[str, set[str]] = {}
        for path, digests in self._known.items():
            self._ours.setdefault(folded(path), set()).update(digests)
        self._asked: set[str] = set()

    def write(self, path: str, data: bytes, ours: Ours | None = None) -> bool:
        """Make a file hold ``data``; whether that changed it."""
        return self._put(path, digest_bytes(data), lambda: data, ours)

    def place(self, path: str, sha256: str) -> bool:
        """Make a file hold the bytes of a digest; whether that changed it."""
        return self._put(path, sha256, lambda: self._shelves.find(sha256), None)

    def clear(self) -> int:
        """Take away what earlier runs put and this one did not; how many files."""
        others = {folded(path) for path in _paths_of(self._before)}
        others.update(key for key, (name, _) in self._shelves.wanted.items() if name != self._name)
        gone = 0
        for path, key in sorted((path, folded(path)) for path in self._known):
            if key in self._asked:
                continue
            found = None if key in others or self._shelves.fault(path) else self._shelves.look(path)
            if found is not None and found in self._ours[key]:
                if not self._shelves.dry_run:
                    self._shelves.remove(path)
                gone += 1
            elif found is not None:
                self._shelves.notice(f"'{path}' is no longer published, but was changed since it was; it is kept")
            del self._known[path]
        return gone

    def settle(self) -> None:
        """Remember what is there now. Raises ``PublishError``."""
        if not self._shelves.dry_run:
            self._shelves.memory.settle(self._name, self._known)

    def _put(self, path: str, digest: str, find: Callable[[], Path | bytes], ours: Ours | None) -> bool:
        self._claim(path, digest)
        found = self._shelves.look(path)
        if found is not None and found != digest and not self._may_replace(path, found, ours):
            self._tell_kept(path, found)
            return False
        if found != digest:
            source = find()
            if not self._shelves.dry_run:
                self._shelves.memory.put(self._name, path, digest)
                self._shelves.write(path, source, digest)
        self._known[path] = (digest,)
        self._ours.setdefault(folded(path), set()).add(digest)
        if not self._shelves.dry_run:
            self._shelves.files[path] = digest
        return found != digest

    def _claim(self, path: str, digest: str) -> None:
        """What a target or the spec owns is not a publisher's, and no two publishers take turns at a file."""
        if fault := self._shelves.fault(path):
            raise PublishError(f"'{path}' {fault}", hint="publish to another folder, or change 'output' of the targets")
        key = folded(path)
        name, other = self._shelves.wanted.get(key, (self._name, digest))
        if name != self._name and other != digest:
            message = f"'{path}' was written by '{name.partition(' ')[0]}' before, with other bytes"
            raise PublishError(message, hint="give one of them another path")
        self._shelves.wanted[key] = (name, digest)
        self._asked.add(key)

    def _may_replace(self, path: str, found: str, ours: Ours | None) -> bool:
        if found == _NO_FILE:
            return False
        if found == _EMPTY or found in self._ours.get(folded(path), ()) or self._shelves.holds(found):
            return True
        return ours is not None and ours(self._shelves.bytes_at(path))

    def _tell_kept(self, path: str, found: str) -> None:
        if found == _NO_FILE:
            what = "is not a file"
        elif folded(path) in self._ours:
            what = "was changed since it was published"
        else:
            what = "is there already and was not published from here"
        self._shelves.notice(f"'{path}' {what}; it is kept, delete it and publish again")


def _paths_of(publications: Sequence[Publication]) -> Iterator[str]:
    """Where files of theirs may lie, as far as they say."""
    for publication in publications:
        yield normpath(publication.location)
        for name in publication.files.values():
            yield normpath(f"{publication.location}/{name}")


def _unreadable(path: str, error: OSError) -> PublishError:
    return PublishError(f"cannot read '{path}': {error.strerror}", hint="look at its rights")

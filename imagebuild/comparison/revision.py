"""A project as git has it at a revision, beside how it is now: its lock and its output files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from imagebuild.comparison.change import FileChange, Shown
from imagebuild.digest import digest_bytes
from imagebuild.lockfile import Lock
from imagebuild.media import EXTENSIONS
from imagebuild.repository import Repository

__all__ = ["Revision"]

LOCK_FILE = "imagebuild.lock"
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\n")
_MOST_DELETED = 2000  # deleted pictures whose bytes are looked at: each costs a call of git


class Revision:
    """One side of a comparison. ``commit`` is None where there is none yet: everything is new then.

    ``stored`` gives bytes that a store of this machine has, by their digest.
    """

    def __init__(
        self, root: Path, repository: Repository, commit: str | None, stored: Callable[[str], bytes | None]
    ) -> None:
        self._root = root
        self._repository = repository
        self._stored = stored
        self.commit = commit

    def lock(self) -> Lock:
        """The lock as it was; without lines where there was none. Raises LockError for one that is broken."""
        data = self._blob(LOCK_FILE)
        return Lock() if data is None else Lock.parse(data, f"{LOCK_FILE} at {(self.commit or '')[:12]}")

    def files(self, owners: Mapping[str, str], lock: Lock) -> list[FileChange]:
        """Output files that are other ones now. ``owners`` are all of them by path, with their targets.

        Where a picture is gone, nobody names its target any more: it is found in ``lock``, the one of before, by its
        bytes. Pictures that are gone from a folder with outputs count as outputs, too.
        """
        changed = self._repository.changed(self.commit) if self.commit else list(owners)
        deleted = [path for path in changed if path not in owners and self._is_gone_picture(path)][:_MOST_DELETED]
        folders = {os.path.dirname(path) for path in owners}
        pinned = {line.digest: line.target for line in lock.lines.values()}
        found = []
        for change in self._changes([path for path in changed if path in owners] + deleted):
            target = owners.get(change.path) or pinned.get(change.before or "", "")
            if target or os.path.dirname(change.path) in folders:
                found.append(replace(change, target=target))
        return sorted(found, key=lambda change: change.path)

    def standing(self, owners: Mapping[str, str]) -> set[str]:
        """The targets that had one of their output files."""
        there = self._repository.paths(self.commit) if self.commit else set()
        return {target for path, target in owners.items() if path in there}

    def before(self, shown: Shown) -> bytes | None:
        """The bytes of a picture as it was, from git or a store; None where neither has them."""
        return self._verified(shown.digest, [self._blob(shown.path) if shown.path else None])

    def after(self, shown: Shown) -> bytes | None:
        """The bytes of a picture as it is, from its file or a store; None where neither has them."""
        return self._verified(shown.digest, [self._file(shown.path) if shown.path else None])

    def _verified(self, digest: str, given: Iterable[bytes | None]) -> bytes | None:
        for data in given:
            if data is not None and digest_bytes(data) == digest:
                return data
        return self._stored(digest)

    def _is_gone_picture(self, path: str) -> bool:
        return path.rpartition(".")[2].lower() in EXTENSIONS.values() and not (self._root / path).exists()

    def _changes(self, paths: Sequence[str]) -> list[FileChange]:
        """Those of the files whose bytes differ, by what git has at the revision and at HEAD."""
        before = self._digests(self.commit, paths)
        head = self._digests("HEAD", paths) if self.commit else {}
        found = []
        for path in paths:
            (was, was_raw), file = before.get(path, (None, False)), self._file(path)
            now = digest_bytes(file) if file is not None else None
            if was != now:
                found.append(FileChange(path, was, now, "", was_raw, now is not None and head.get(path) == (now, True)))
        return found

    def _digests(self, commit: str | None, paths: Iterable[str]) -> dict[str, tuple[str | None, bool]]:
        blobs = self._repository.blobs(commit, paths) if commit else ()
        return {path: _digest_of(data) for path, data in blobs}

    def _blob(self, path: str) -> bytes | None:
        return self._repository.file_at(self.commit, path) if self.commit else None

    def _file(self, path: str) -> bytes | None:
        full = self._root / path
        try:
            return None if full.is_symlink() else full.read_bytes()
        except (OSError, ValueError):  # ValueError: no file can be called that
            return None


def _digest_of(blob: bytes | None) -> tuple[str | None, bool]:
    """The digest of a file that git has, and whether git has its bytes: Git LFS keeps them elsewhere."""
    if blob is None:
        return None, False
    if pointer := _POINTER.match(blob):
        return pointer[1].decode(), False
    return digest_bytes(blob), True

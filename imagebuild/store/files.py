"""Digests of files of the project that no target owns, read again only when a file may have changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from imagebuild.digest import digest_file
from imagebuild.store.signature import Signature, is_settled, signature_of

__all__ = ["FileDigests"]

_TRIES = 3


class FileDigests:
    """A cache from file signature to digest. "Changed" is what counts, never "newer".

    ``clock`` gives the time in nanoseconds by the clock of the file system.
    """

    def __init__(self, root: Path, entries: Mapping[str, tuple[Signature, str]], clock: Callable[[], int]) -> None:
        self._prefix = os.path.join(root, "")
        self._entries = dict(entries)
        self._clock = clock
        self._now: int | None = None
        self._used: set[str] = set()
        self._noted: dict[str, tuple[Signature, str]] = {}
        self.changed = False

    def digest_of(self, path: str | os.PathLike[str], *, seen: os.stat_result | None = None) -> str:
        """SHA-256 of a file; a relative path is below the project. Raises OSError when it cannot be read.

        A file that changes while it is read is read again, at most three times, and then not remembered. ``seen`` is
        what a stat of it gave just now; without it the file is looked at.
        """
        full = os.path.join(self._prefix, path)
        name = full.removeprefix(self._prefix)
        before = signature_of(seen or os.stat(full))
        known = self._entries.get(name)
        self._used.add(name)
        if known is not None and known[0] == before:
            return known[1]
        for _ in range(_TRIES):
            settled = self._is_settled(before)
            digest = digest_file(full)
            after = signature_of(os.stat(full))
            if after == before:
                self._remember(name, before if settled else None, digest)
                break
            before = after
        return digest

    def note(self, path: str, signature: Signature, digest: str) -> None:
        """Remember a file of the project that was just written, by the signature that it had then.

        Until the entries are kept it is read to know, and also after that if the signature is not settled by then.
        """
        self._entries.pop(path, None)
        self._noted[path] = (signature, digest)
        self._used.add(path)
        self.changed = True

    def entries(self) -> dict[str, tuple[Signature, str]]:
        """What is worth keeping: what was asked for or noted, and the rest of what still exists."""
        now = self._clock() if self._noted else 0
        self._entries.update({name: entry for name, entry in self._noted.items() if is_settled(entry[0], now)})
        self._noted.clear()
        for name in [name for name in self._entries if name not in self._used]:
            if not os.path.exists(os.path.join(self._prefix, name)):
                del self._entries[name]
        return self._entries

    def _is_settled(self, signature: Signature) -> bool:
        """By a look at the clock that was taken before the file is read; an older look is the more careful one."""
        if self._now is None or not is_settled(signature, self._now):
            self._now = self._clock()
        return is_settled(signature, self._now)

    def _remember(self, name: str, signature: Signature | None, digest: str) -> None:
        if signature is not None:
            self._entries[name] = (signature, digest)
            self.changed = True
        elif self._entries.pop(name, None):
            self.changed = True

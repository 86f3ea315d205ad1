"""Claims: of several processes that want to buy the same key, one does, and the others then find what it bought.

A kernel lock ends with its process, so a claim is never left over. Each key stands for one byte of a lock file, one of
about a billion, which is locked while the key is claimed: fifty calls of one build cost one open file, and two
processes wait for each other only for the same key. Threads agree inside the process, since kernel locks are its own.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imagebuild.disk import make_folder, store_errors
from imagebuild.errors import StoreError
from imagebuild.store.byte_lock import ByteLocks

__all__ = ["Claims"]

_FILE = "claims.lock"
_BYTES = 1 << 30  # Windows counts to 2**31


class _Byte:
    """One byte, held by this process while any of its threads has a key that stands for it."""

    def __init__(self, locks: ByteLocks, byte: int) -> None:
        self._locks = locks
        self._byte = byte
        self._guard = threading.Lock()
        self._holders = 0
        self.users = 0

    def enter(self, deadline: float | None) -> bool:
        if not self._guard.acquire(timeout=_left(deadline)):
            return False
        try:
            if self._holders == 0 and not self._locks.acquire(self._byte, deadline):
                return False
            self._holders += 1
        finally:
            self._guard.release()
        return True

    def leave(self) -> None:
        with self._guard:
            self._holders -= 1
            if self._holders == 0:
                self._locks.release(self._byte)


class _Turn:
    """The threads of this process that want one key."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0


# Of the process, since several stores of one process may share a folder, and kernel locks belong to processes.
_guard = threading.Lock()
_files: dict[str, ByteLocks] = {}
_bytes: dict[tuple[str, int], _Byte] = {}
_turns: dict[tuple[str, str], _Turn] = {}


def _begin_anew() -> None:
    """In a child made by a fork: what the parent holds is not ours, and neither is who waits for it there."""
    global _guard
    _guard = threading.Lock()
    for known in (_files, _bytes, _turns):
        known.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


class Claims:
    """Claims on keys, through a lock file in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()

    @contextmanager
    def claim(self, key: str, *, timeout: float | None = None) -> Iterator[None]:
        """Hold ``key`` against every other thread and process; waits until it is free, at most ``timeout`` seconds.

        A thread must not claim a key it holds, nor a second key while it holds one. Raises StoreError when the wait was
        too long or there can be no lock file.
        """
        if not self._enter(key, timeout):
            raise StoreError(
                f"another process is still making {key[:12]} after {timeout:g} seconds",
                hint="wait for it, or end it: what it paid for is kept",
            )
        try:
            yield
        finally:
            self._leave(key)

    def is_free(self, key: str) -> bool:
        """Whether nobody holds ``key`` now. A byte held for another key counts as held: the careful answer."""
        if not self._enter(key, 0.0):
            return False
        self._leave(key)
        return True

    def _enter(self, key: str, timeout: float | None) -> bool:
        deadline = None if timeout is None else time.monotonic() + timeout
        turn = self._turn(key)
        entered = False
        try:
            if not turn.lock.acquire(timeout=_left(deadline)):
                return False
            try:
                entered = self._enter_byte(key, deadline)
            finally:
                if not entered:
                    turn.lock.release()
        finally:
            if not entered:
                self._forget(key, turn)
        return entered

    def _enter_byte(self, key: str, deadline: float | None) -> bool:
        byte = self._byte(key)
        entered = False
        try:
            with store_errors("lock the store"):
                entered = byte.enter(deadline)
        finally:
            if not entered:
                self._drop(key, byte)
        return entered

    def _leave(self, key: str) -> None:
        byte = _bytes[self._place(key)]
        byte.leave()
        self._drop(key, byte)
        turn = _turns[str(self._folder), key]
        turn.lock.release()
        self._forget(key, turn)

    def _turn(self, key: str) -> _Turn:
        with _guard:
            turn = _turns.setdefault((str(self._folder), key), _Turn())
            turn.users += 1
            return turn

    def _forget(self, key: str, turn: _Turn) -> None:
        with _guard:
            turn.users -= 1
            if turn.users == 0:
                del _turns[str(self._folder), key]

    def _place(self, key: str) -> tuple[str, int]:
        return str(self._folder), int(hashlib.sha256(key.encode()).hexdigest()[:12], 16) % _BYTES

    def _byte(self, key: str) -> _Byte:
        place = self._place(key)
        with _guard:
            if place not in _bytes:
                _bytes[place] = _Byte(self._locks(), place[1])
            _bytes[place].users += 1
            return _bytes[place]

    def _drop(self, key: str, byte: _Byte) -> None:
        with _guard:
            byte.users -= 1
            if byte.users == 0:
                del _bytes[self._place(key)]

    def _locks(self) -> ByteLocks:
        """The lock file, opened once in the life of a process."""
        folder = str(self._folder)
        if folder not in _files or not os.path.exists(self._folder / _FILE):
            with store_errors("make a lock file"):
                make_folder(self._folder, durable=False)
                _files[folder] = ByteLocks(str(self._folder / _FILE))
        return _files[folder]


def _left(deadline: float | None) -> float:
    """Seconds until the deadline; -1 is how locks say for ever."""
    return -1 if deadline is None else max(0.0, deadline - time.monotonic())

"""Claims: of several processes that want to buy the same key, one does, and the others then find what it bought.

A kernel lock ends with its process, so a claim is never left over. The lock files are 4096 shards that are never
removed: removing a lock file while others wait for it would let two hold it. Keys that share a shard are told apart
inside one process by a lock of their own, and the process holds a shard as long as any of its keys is claimed: fifty
calls of one build neither wait for each other nor deadlock. Two *processes* whose keys share a shard wait for each
other without need: with eight calls each, one time in sixty-four (8 x 8 / 4096), and then for one call.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imagebuild.disk import make_folder, store_errors
from imagebuild.errors import StoreError

__all__ = ["Claims"]


class _Shard:
    """One lock file, held by this process while any of its threads has a key in it."""

    def __init__(self, path: str) -> None:
        from filelock import FileLock  # 35 ms, and only those who buy need it

        # Not of one thread: the last to leave unlocks it, whoever came first.
        self._file = FileLock(path, thread_local=False)
        self._guard = threading.Lock()
        self._users = 0

    def enter(self, deadline: float | None) -> bool:
        if not self._guard.acquire(timeout=_left(deadline)):
            return False
        try:
            if self._users == 0:
                self._file.acquire(timeout=_left(deadline))
            self._users += 1
        except TimeoutError:
            return False
        finally:
            self._guard.release()
        return True

    def leave(self) -> None:
        with self._guard:
            self._users -= 1
            if self._users == 0:
                self._file.release()


class _Turn:
    """The threads of this process that want one key."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0


# Of the process, since several stores of one process may share a folder, and kernel locks belong to processes.
_guard = threading.Lock()
_shards: dict[str, _Shard] = {}
_turns: dict[tuple[str, str], _Turn] = {}


class Claims:
    """Claims on keys, through lock files in ``folder``."""

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
        """Whether nobody holds ``key`` now. A shard held for another key counts as held: the careful answer."""
        if not self._enter(key, 0.0):
            return False
        self._leave(key)
        return True

    def _enter(self, key: str, timeout: float | None) -> bool:
        deadline = None if timeout is None else time.monotonic() + timeout
        with store_errors("make a lock file"):
            make_folder(self._folder, durable=False)
            turn = self._turn(key)
            entered = False
            try:
                if not turn.lock.acquire(timeout=_left(deadline)):
                    return False
                try:
                    entered = self._shard(key).enter(deadline)
                finally:
                    if not entered:
                        turn.lock.release()
            finally:
                if not entered:
                    self._forget(key, turn)
        return entered

    def _leave(self, key: str) -> None:
        turn = _turns[str(self._folder), key]
        self._shard(key).leave()
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

    def _shard(self, key: str) -> _Shard:
        name = hashlib.sha256(key.encode()).hexdigest()[:3]
        path = str(self._folder / f"{name}.lock")
        with _guard:
            if path not in _shards:
                _shards[path] = _Shard(path)
            return _shards[path]


def _left(deadline: float | None) -> float:
    """Seconds until the deadline; -1 is how locks say for ever."""
    return -1 if deadline is None else max(0.0, deadline - time.monotonic())

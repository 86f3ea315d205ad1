"""Locks on single bytes of one file: thousands of them for the price of one open file, freed when their process ends.

Kernel locks of the kind that databases use: ``fcntl`` on POSIX, ``LockFile`` on Windows. They belong to the process, so
threads have to agree among themselves first. On POSIX any close of the file by this process would free them all:
nothing but this module opens it.
"""

from __future__ import annotations

import os
import sys
import threading
import time

__all__ = ["ByteLocks"]

_LOOKS = (0.002, 0.2)  # seconds between tries: the first, and the longest


class ByteLocks:
    """The bytes of the file at ``path``, which is made when it is missing and never removed. Raises OSError."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
        self._guard = threading.Lock()

    def acquire(self, byte: int, deadline: float | None) -> bool:
        """Lock a byte against other processes; false when it is not free by ``deadline`` (``time.monotonic``)."""
        pause, longest = _LOOKS
        while not self._try(byte):
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return False
            time.sleep(pause if left is None else min(pause, left))
            pause = min(pause * 2, longest)
        return True

    if sys.platform == "win32":

        def _try(self, byte: int) -> bool:
            import msvcrt

            with self._guard:
                os.lseek(self._file, byte, os.SEEK_SET)
                try:
                    msvcrt.locking(self._file, msvcrt.LK_NBLCK, 1)
                except OSError:
                    return False
            return True

        def release(self, byte: int) -> None:
            """Free a byte that is held."""
            import msvcrt

            with self._guard:
                os.lseek(self._file, byte, os.SEEK_SET)
                msvcrt.locking(self._file, msvcrt.LK_UNLCK, 1)

    else:

        def _try(self, byte: int) -> bool:
            import errno
            import fcntl

            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
            except OSError as error:
                if error.errno in (errno.EACCES, errno.EAGAIN):
                    return False
                raise
            return True

        def release(self, byte: int) -> None:
            """Free a byte that is held."""
            import fcntl

            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, byte)

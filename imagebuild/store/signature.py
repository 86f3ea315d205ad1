"""What a file looks like without reading it, and how long ago it must have changed before that can be trusted."""

from __future__ import annotations

import os
import time
from pathlib import Path

from msgspec import Struct

from imagebuild.disk import temporary

__all__ = ["Signature", "clock_of", "is_settled", "signature_of"]

_SECOND = 1_000_000_000
_FINE = _SECOND // 10  # kernels stamp files by their tick: 1-10 ms on Linux, 16 ms on Windows
_COARSE = 3 * _SECOND  # file systems that count whole seconds (HFS+) or every other one (FAT)


class Signature(Struct, frozen=True, array_like=True):
    """Size in bytes, times in nanoseconds since the epoch, inode; in JSON a list.

    On Windows ``ctime_ns`` is when the file was made.
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


def signature_of(result: os.stat_result) -> Signature:
    """The signature in what ``os.stat`` gave."""
    return Signature(result.st_size, result.st_mtime_ns, result.st_ctime_ns, result.st_ino)


def is_settled(signature: Signature, now_ns: int) -> bool:
    """Whether a change after ``now_ns`` must show in the signature (git's racy rule).

    A file changed twice within one tick of its clock looks the same after both. So a signature vouches for bytes only
    when, as they were read, the file's last change was further back than the coarsest tick its times can have.
    """
    newest = max(signature.mtime_ns, signature.ctime_ns)
    return newest < now_ns - (_FINE if newest % _SECOND else _COARSE)


def clock_of(folder: Path) -> int:
    """Now, by the clock that stamps files in ``folder``: that of a file server may differ from ours. Nanoseconds."""
    try:
        with temporary(str(folder / "clock")) as (file, name):
            now = os.fstat(file.fileno()).st_mtime_ns
            file.close()
            os.unlink(name)
    except OSError:
        return time.time_ns()
    return now

"""Where Linux, macOS and Windows differ in writing files: flushing, replacing, cloning. Nothing else asks which it is.

A file is written under a temporary name in the folder where it will stand, flushed, renamed and its folder flushed, so
that after a crash at any point there is the old file or the new one, whole.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from imagebuild.errors import StoreError

__all__ = [
    "TEMPORARY",
    "clone",
    "flush",
    "flush_folder",
    "is_temporary",
    "make_folder",
    "prefix_of",
    "replace",
    "store_errors",
    "sweep",
    "temporary",
    "write_all",
    "write_file",
]

TEMPORARY = ".imagebuild-tmp"
"""How every temporary file of ours ends; it begins with a dot."""

_READ_ONLY = 0o666 if sys.platform == "win32" else 0o444  # Windows does not replace or remove a read-only file
_FICLONE = 0x40049409  # linux/fs.h: _IOW(0x94, 9, int)
_SHARING_TRIES = 6  # Windows: scanners and indexers hold a new file for some milliseconds

if sys.platform == "darwin":
    import fcntl

    def flush(fd: int) -> None:
        """Make a file's bytes durable. macOS: fsync only reaches the drive's cache (man 2 fsync). Raises OSError."""
        try:
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        except OSError:  # file systems that do not know it
            os.fsync(fd)

    def clone(source: str, target: str) -> bool:
        """Make ``target`` share the blocks of ``source`` until one of them is changed; False where that cannot be."""
        import ctypes

        mode = os.stat(target).st_mode & 0o7777
        try:
            clonefile = ctypes.CDLL(None, use_errno=True).clonefile
        except AttributeError:
            return False
        spare = target.removesuffix(TEMPORARY) + ".c" + TEMPORARY  # clonefile(2) wants a name that does not exist
        if clonefile(os.fsencode(source), os.fsencode(spare), ctypes.c_uint32(0)) != 0:
            return False
        os.chmod(spare, mode)
        os.replace(spare, target)
        return True

elif sys.platform == "linux":
    import fcntl

    def flush(fd: int) -> None:
        """Make a file's bytes durable. Raises OSError."""
        os.fsync(fd)

    def clone(source: str, target: str) -> bool:
        """Make ``target`` share the blocks of ``source`` until one of them is changed; False where that cannot be."""
        with open(source, "rb") as original, open(target, "r+b") as copy:
            try:
                fcntl.ioctl(copy.fileno(), _FICLONE, original.fileno())
            except OSError:  # another file system, or one without reflinks
                return False
        return True

else:

    def flush(fd: int) -> None:
        """Make a file's bytes durable. Raises OSError."""
        os.fsync(fd)

    def clone(source: str, target: str) -> bool:
        """Make ``target`` share the blocks of ``source``: not possible here."""
        return False


def flush_folder(folder: str | os.PathLike[str]) -> None:
    """Make the names in a folder durable. Raises OSError.

    Windows has no such call (NTFS journals names); some network file systems refuse it and then cannot do better.
    """
    if sys.platform == "win32":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        flush(fd)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(fd)


def flush_file(path: str | os.PathLike[str]) -> None:
    """Make the bytes of a file durable that somebody else has written. Raises OSError."""
    is_windows = sys.platform == "win32"
    if is_windows:
        os.chmod(path, stat.S_IWRITE)  # nothing is flushed there that cannot be written
    fd = os.open(path, os.O_RDWR if is_windows else os.O_RDONLY)
    try:
        flush(fd)
    finally:
        os.close(fd)
        if is_windows:
            os.chmod(path, _READ_ONLY)


def make_folder(folder: Path, *, durable: bool) -> None:
    """Make a folder and those above it; durable ones survive a power cut. Raises OSError."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        try:
            each.mkdir()
        except FileExistsError:  # another process was quicker, or it is no folder
            if not each.is_dir():
                raise
        if durable:
            flush_folder(each.parent)


def replace(source: str, target: str) -> None:
    """Rename over what is there, in one step. Raises OSError."""
    for attempt in range(_SHARING_TRIES):
        try:
            os.replace(source, target)
        except PermissionError:
            if sys.platform != "win32" or attempt == _SHARING_TRIES - 1:
                raise
            if os.path.isfile(target):
                os.chmod(target, stat.S_IWRITE)  # a read-only file is not replaced there
            time.sleep(0.01 * 2**attempt)
        else:
            return


def prefix_of(name: str) -> str:
    """How the temporary files for a file of that name begin; short, since the name may be as long as names can be."""
    return f".{name[:32]}."


@contextmanager
def temporary(target: str, *, token: str = "", mode: int = 0o666) -> Iterator[tuple[BinaryIO, str]]:
    """A new file beside ``target``, gone again if the block raises; the block renames it. Yields the file and its path.

    ``mode`` is narrowed by the umask. ``token`` marks the files of one writer.
    """
    folder, name = os.path.split(target)
    middle = f"{token or secrets.token_hex(4)}.{secrets.token_hex(4)}"
    path = os.path.join(folder, prefix_of(name) + middle + TEMPORARY)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    fd = os.open(path, flags, mode)
    try:
        with os.fdopen(fd, "r+b", buffering=0) as file:
            yield file, path
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(path)
        raise


def is_temporary(name: str) -> bool:
    """Whether a file of that name is a temporary one of ours."""
    return name.startswith(".") and name.endswith(TEMPORARY)


def sweep(folder: str, is_left: Callable[[os.DirEntry[str]], bool]) -> int:
    """Remove those of our temporary files in a folder that a killed process left; how many. Raises OSError."""
    removed = 0
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder or ".") as entries:
        for entry in entries:
            if is_temporary(entry.name) and entry.is_file(follow_symlinks=False) and is_left(entry):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(entry.path)
                    removed += 1
    return removed


def write_file(path: str, data: bytes, *, durable: bool, read_only: bool = False) -> None:
    """Put ``data`` at ``path``, whole or not at all; when durable it is on the disk before this returns.

    A file that is replaced hands its mode on. Raises OSError; then no temporary file is left, and what stood at
    ``path`` stands there still.
    """
    with temporary(path, mode=_READ_ONLY if read_only else 0o666) as (file, name):
        write_all(file, data)
        if not read_only:
            with contextlib.suppress(FileNotFoundError):
                os.chmod(name, stat.S_IMODE(os.stat(path).st_mode))
        if durable:
            flush(file.fileno())
        file.close()
        replace(name, path)
    if durable:
        flush_folder(os.path.dirname(path))


def write_all(file: BinaryIO, data: bytes | memoryview) -> None:
    """Write to an unbuffered file until all is written. Raises OSError."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


@contextmanager
def store_errors(doing: str, hint: Callable[[OSError], str | None] | None = None) -> Iterator[None]:
    """Turn an OSError into a StoreError that says what could not be done and what helps."""
    try:
        yield
    except OSError as error:
        text = (error.strerror or str(error)).lower()
        raise StoreError(f"cannot {doing}: {text}", hint=(hint or _hint)(error)) from error


def _hint(error: OSError) -> str | None:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return "the disk is full: free some space and run the same command again"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "the folder cannot be written: change its permissions, or set IMAGEBUILD_HOME to one that can"
    return None

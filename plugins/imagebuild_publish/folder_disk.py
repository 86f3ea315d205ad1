"""What a shared folder asks of the disk: names given in one step, folders with the rights of the first, errors told."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imagebuild.errors import StoreError, UnreachableError

__all__ = ["flush_folder", "folder_errors", "give_name", "make_folders", "rename_over"]

_SHARING_TRIES = 6  # Windows: scanners and readers hold a file for some milliseconds
_RIGHTS = 0o3777  # no set-user-id

_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_GONE = {
    getattr(errno, name)
    for name in (
        "ESTALE", "ENOTCONN", "ETIMEDOUT", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH", "ENETRESET",
        "ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "ENODEV", "ENXIO",
    )
    if hasattr(errno, name)
}  # fmt: skip  # what file systems over a network say
_NO_LINKS = (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


def give_name(written: str, path: str) -> bool:
    """Give a file its name unless something has it already; whether this was done. Raises OSError.

    On file systems without hard links, of two writers at the same moment the later one stays, whole.
    """
    try:
        if sys.platform == "win32":
            os.rename(written, path)  # does not replace there
        else:
            os.link(written, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):
            return False
        rename_over(written, path)
    return True


def rename_over(written: str, path: str) -> None:
    """Give a file its name in place of what has it. Raises OSError."""
    for attempt in range(_SHARING_TRIES):
        try:
            os.replace(written, path)
        except PermissionError:
            if sys.platform != "win32" or attempt == _SHARING_TRIES - 1:
                raise
            time.sleep(0.01 * 2**attempt)
        else:
            return


def make_folders(root: str, folder: str, rights: int) -> None:
    """Make ``folder`` and those between it and ``root``, with these rights whatever the umask. Raises OSError."""
    missing = []
    while folder != root and not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for each in reversed(missing):
        try:
            os.mkdir(each)
        except FileExistsError:  # another writer was quicker, or it is no folder
            if not os.path.isdir(each):
                raise
        else:
            if sys.platform != "win32":
                with suppress(OSError):  # file systems that know no rights
                    os.chmod(each, rights & _RIGHTS)


def flush_folder(folder: str) -> None:
    """Make the names in a folder durable, where the file system can. Raises OSError."""
    if sys.platform == "win32":  # NTFS journals names
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(fd)


@contextmanager
def folder_errors(doing: str, name: str, location: str) -> Iterator[None]:
    """Turn an OSError into a StoreError. ``doing`` is ``read``, ``write``, ``list`` or ``remove``."""
    try:
        yield
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        if error.errno in _GONE:
            hint = "look at the network and at the mounted share, then run the same command again"
            raise UnreachableError(f"the folder '{location}' does not answer: {said}", hint=hint) from error
        what = f"cannot {doing} '{name}' in '{location}'" if name else f"cannot {doing} '{location}'"
        raise StoreError(f"{what}: {said}", hint=_hint(error, doing)) from error


def _hint(error: OSError, doing: str) -> str | None:
    if error.errno in _FULL:
        return "the disk is full: free some space and run the same command again"
    if error.errno in _DENIED:
        also = ", or write mode: read" if doing == "write" else ""
        return f"ask the owner of the folder for the right to {doing}{also}"
    return None

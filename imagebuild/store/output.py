"""Output files: artifacts at the paths the spec names, replaced whole and only when their bytes change."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import stat
import time
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from imagebuild.digest import digest_bytes, digest_file
from imagebuild.disk import clone, is_temporary, prefix_of, replace, store_errors, sweep, temporary, write_all
from imagebuild.errors import StoreError
from imagebuild.store.signature import Signature, signature_of

__all__ = ["DamagedSource", "Outputs"]

_PIECE = 1 << 18  # bytes that stay in a processor's cache between reading, hashing and writing
_CLOSED = frozenset({".git", ".imagebuild"})
_REAL = "make the folder a real one, or change 'output' in the spec"
_ABANDONED = 60.0  # seconds without a write after which a temporary file has nobody who is writing it


class DamagedSource(StoreError):
    """The bytes to be written are not those their digest promises, or are gone. Nothing was written."""


class Outputs:
    """The output files of one project. Paths are relative to ``root``, with forward slashes."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.join(root.absolute(), "")
        self._real_root = os.path.realpath(self._root)
        self._token = secrets.token_hex(4)
        self._left: dict[str, list[str]] = {}

    def write(self, path: str, source: Path | bytes, *, digest: str) -> Signature:
        """Make the file at ``path`` hold ``source``, whose SHA-256 is ``digest``; a file that does is left alone.

        The file shares no bytes with the source that editing it could change: it is a clone where the file system has
        them, else a copy, never a hard link. It takes on the mode of the file it replaces. Raises DamagedSource when
        the source's digest is another, StoreError when ``path`` is a link or a folder, lies behind a link that leaves
        the project, or cannot be written.
        """
        with store_errors(f"write '{path}'", _hint):
            target = self._locate(path)
            old = _plain_file(target, path)
            if old is not None and digest_file(target) == digest:
                return signature_of(old)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            self._sweep(*os.path.split(target))
            return self._replace(target, source, digest, old)

    def signature(self, path: str) -> Signature | None:
        """What is at ``path``, by one stat that follows no link; None when there is nothing. Raises StoreError."""
        try:
            return signature_of(os.lstat(self._root + path))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StoreError(f"cannot look at '{path}': {(error.strerror or str(error)).lower()}") from error

    def digest(self, path: str) -> str | None:
        """SHA-256 of the file at ``path``; None when there is no plain file. Raises StoreError."""
        full = self._root + path
        with store_errors(f"read '{path}'", _hint):
            try:
                return digest_file(full) if stat.S_ISREG(os.lstat(full).st_mode) else None
            except (FileNotFoundError, NotADirectoryError):
                return None

    def remove(self, path: str) -> None:
        """Remove a file, and the folders above it that this leaves empty. Nothing happens when there is none.

        Raises StoreError as :meth:`write`.
        """
        with store_errors(f"remove '{path}'", _hint):
            target = self._locate(path)
            if _plain_file(target, path) is None:
                return
            os.unlink(target)
            for parent in PurePosixPath(path).parents:
                try:
                    if parent.name:
                        os.rmdir(self._root + str(parent))
                except OSError:  # not empty, or a link
                    return

    def sweep(self, folders: Iterable[str] = ("",)) -> int:
        """Remove what killed builds left in these folders of the project; how many. Only under the project's lock."""
        with store_errors("remove temporary files"):
            return sum(sweep(self._root + folder, lambda _: True) for folder in folders)

    def _sweep(self, folder: str, name: str) -> None:
        """Remove what killed builds left of this very file at once, and of others when nobody wrote to it for a while.

        The folder is listed once.
        """
        if folder not in self._left:
            limit = time.time() - _ABANDONED
            sweep(folder, lambda entry: entry.stat().st_mtime < limit)
            self._left[folder] = [left for left in os.listdir(folder) if is_temporary(left) and self._token not in left]
        for left in self._left[folder]:
            if left.startswith(prefix_of(name)):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(os.path.join(folder, left))

    def _locate(self, path: str) -> str:
        """The real path to write to. Raises StoreError when that is outside the project."""
        parts = PurePosixPath(path).parts
        if not parts or parts[0] == "/" or ".." in parts or "\\" in path or "\0" in path or os.path.splitdrive(path)[0]:
            raise StoreError(f"'{path}' is no path inside the project", hint="use a relative one with forward slashes")
        root = self._real_root
        folder = os.path.realpath(self._root + os.path.dirname(path))
        if folder != root and not folder.startswith(os.path.join(root, "")):
            raise StoreError(
                f"'{path}' lies behind a link that leaves the project",
                hint=_REAL,
            )
        if not _CLOSED.isdisjoint(folder.removeprefix(root).casefold().split(os.sep)):
            raise StoreError(f"'{path}' lies behind a link into '.git' or '.imagebuild'", hint=_REAL)
        return os.path.join(folder, parts[-1])

    def _replace(self, target: str, source: Path | bytes, digest: str, old: os.stat_result | None) -> Signature:
        with temporary(target, token=self._token) as (file, name):
            if isinstance(source, Path):
                seen = _take(source, file, name, digest)
            else:
                write_all(file, source)
                seen = digest_bytes(source)
            file.close()
            if seen != digest:
                raise DamagedSource(
                    f"object {digest[:12]} is damaged: its bytes have the digest {seen[:12]}",
                    hint="build again: the damaged object is set aside and made or fetched anew",
                )
            if old is not None:
                os.chmod(name, stat.S_IMODE(old.st_mode) & 0o777)
            written = signature_of(os.stat(name))
            replace(name, target)
        after = signature_of(os.lstat(target))
        # A rename moves the ctime. If more than that is different, somebody else was there: vouch for ours only.
        return after if Signature(after.size, after.mtime_ns, written.ctime_ns, after.inode) == written else written


def _take(source: Path, file: BinaryIO, name: str, digest: str) -> str:
    """Clone or copy an object into a temporary file; its digest. Raises DamagedSource when it is no longer there."""
    try:
        return digest_file(name) if clone(str(source), name) else _copy(source, file)
    except FileNotFoundError as error:
        raise DamagedSource(
            f"object {digest[:12]} is no longer in the store",
            hint="it was there a moment ago, and may have been removed by 'imagebuild store gc': build again",
        ) from error


def _copy(source: Path, file: BinaryIO) -> str:
    sha, piece = hashlib.sha256(), memoryview(bytearray(_PIECE))
    with open(source, "rb", buffering=0) as original:
        while size := original.readinto(piece):
            sha.update(piece[:size])
            write_all(file, piece[:size])
    return sha.hexdigest()


def _plain_file(target: str, path: str) -> os.stat_result | None:
    try:
        found = os.lstat(target)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISREG(found.st_mode):
        return found
    kind = "link" if stat.S_ISLNK(found.st_mode) else "folder" if stat.S_ISDIR(found.st_mode) else "special file"
    raise StoreError(f"'{path}' is a {kind}, not a picture file", hint="move it away, or change 'output' in the spec")


def _hint(error: OSError) -> str | None:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full: free some space and build again; every picture is kept"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR):
        return "change the permissions or what stands in its way, or 'output' in the spec; every picture is kept"
    return None

"""A remote store in a folder: bytes by name, each file written whole and given its name in one step, no link followed.

A file is written and flushed under ``.incoming``, then linked or renamed to its place: after a crash at any point there
is the whole file or none.
"""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import ClassVar

from imagebuild import Remote
from imagebuild.errors import StoreError, UnreachableError
from imagebuild_publish.folder_disk import flush_folder, folder_errors, give_name, make_folders, rename_over
from imagebuild_publish.object_name import is_object_name, require_object_name, require_prefix

__all__ = ["FolderRemote"]

_INCOMING = ".incoming"  # no name begins with a dot
_LEFT = 86_400  # seconds after which a file in there is one that a killed process left
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


class FolderRemote(Remote):
    """The folder at a path, which need not be there yet."""

    network: ClassVar[bool] = False

    def __init__(self, path: str) -> None:
        self.location = path
        self._swept = False

    def get(self, name: str) -> bytes | None:
        """The bytes of a regular file; of nothing else."""
        with folder_errors("read", name, self.location):
            path = self._path(name)
            if not self._is_file(path):
                return None
            try:
                fd = os.open(path, _READ)
            except FileNotFoundError:  # somebody removed it just now
                return None
            with os.fdopen(fd, "rb") as file:
                return file.read()

    def has(self, name: str) -> bool:
        """Whether there is a regular file."""
        with folder_errors("read", name, self.location):
            return self._is_file(self._path(name))

    def put(self, name: str, data: bytes, *, replace: bool = False) -> bool:
        """Write the file, and the folders that it needs."""
        with folder_errors("write", name, self.location):
            path = self._path(name)
            root, rights = self._root_to_write()
            if self._is_file(path) and not replace:
                return False
            if os.path.isdir(path):
                raise StoreError(f"'{name}' is a folder in '{self.location}', expected a file")
            make_folders(root, os.path.dirname(path), rights)
            with self._incoming(root, data, rights) as written:
                return _place(written, path, replace=replace)

    def list(self, prefix: str = "") -> Iterator[str]:
        """All regular files with a name that is one; links are left out."""
        require_prefix(prefix)
        folders = [prefix]
        while folders:
            folder = folders.pop()
            for name, is_folder in self._entries(folder):
                if is_folder:
                    folders.append(f"{name}/")
                else:
                    yield name

    def remove(self, name: str) -> None:
        """Take the file away; the folders stay."""
        with folder_errors("remove", name, self.location):
            path = self._path(name)
            if self._is_file(path):
                with suppress(FileNotFoundError):
                    os.unlink(path)

    def _path(self, name: str) -> str:
        """Where a name stands. Raises ``StoreError`` for what can be no name, and where a link is on the way."""
        require_object_name(name)
        path = os.path.join(os.path.realpath(self.location), *name.split("/"))
        self._require_no_link(os.path.dirname(path))
        return path

    def _require_no_link(self, folder: str) -> None:
        if os.path.normcase(os.path.realpath(folder)) != os.path.normcase(folder):
            raise StoreError(f"'{folder}' is a link or behind one, and no link is followed", hint="remove the link")

    def _is_file(self, path: str) -> bool:
        """Whether there is a regular file; where there is none, whether there is a folder to look in at all."""
        try:
            mode = os.lstat(path).st_mode
        except (FileNotFoundError, NotADirectoryError):
            self._require_root()
            return False
        if stat.S_ISLNK(mode):
            raise StoreError(f"'{path}' is a link, and no link is followed", hint="remove the link")
        return stat.S_ISREG(mode)

    def _require_root(self) -> int:
        """The rights of the folder."""
        try:
            mode = os.stat(self.location).st_mode
        except (FileNotFoundError, NotADirectoryError) as error:
            hint = "mount the disk or share that it is on, or make it, or correct 'remote'"
            raise UnreachableError(f"there is no folder '{self.location}'", hint=hint) from error
        if not stat.S_ISDIR(mode):
            raise StoreError(f"'{self.location}' is a file, expected a folder", hint="correct 'remote'")
        return stat.S_IMODE(mode)

    def _root_to_write(self) -> tuple[str, int]:
        """The folder, made if only it is missing, and its rights."""
        root = os.path.realpath(self.location)
        if os.path.isdir(os.path.dirname(root)):
            with suppress(FileExistsError):
                os.mkdir(root)
        return root, self._require_root()

    @contextmanager
    def _incoming(self, root: str, data: bytes, rights: int) -> Iterator[str]:
        """A file with these bytes, on the disk; gone afterwards, unless it was renamed."""
        folder = os.path.join(root, _INCOMING)
        self._require_no_link(folder)
        make_folders(root, folder, rights)
        path = os.path.join(folder, secrets.token_hex(12))
        fd = os.open(path, _WRITE, 0o666)
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if sys.platform != "win32":
                with suppress(OSError):  # file systems that know no rights
                    os.chmod(path, rights & 0o666)
            self._sweep(folder, path)
            yield path
        finally:
            with suppress(OSError):
                os.unlink(path)

    def _sweep(self, folder: str, fresh: str) -> None:
        """Once: remove what killed processes left, by the clock of the share."""
        if self._swept:
            return
        self._swept = True
        now = os.stat(fresh).st_mtime
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if now - entry.stat(follow_symlinks=False).st_mtime > _LEFT:
                    with suppress(OSError):
                        os.unlink(entry.path)

    def _entries(self, folder: str) -> Sequence[tuple[str, bool]]:
        """Name of each file and folder in a folder of the store, and whether it is a folder."""
        with folder_errors("list", folder, self.location):
            path = os.path.join(os.path.realpath(self.location), *folder.split("/")[:-1])
            self._require_no_link(path)
            try:
                with os.scandir(path) as entries:
                    found = [
                        (f"{folder}{entry.name}", is_folder)
                        for entry in entries
                        if (is_folder := entry.is_dir(follow_symlinks=False)) or entry.is_file(follow_symlinks=False)
                    ]
            except (FileNotFoundError, NotADirectoryError):
                self._require_root()
                return []
        return [(name, is_folder) for name, is_folder in found if is_object_name(name)]


def _place(written: str, path: str, *, replace: bool) -> bool:
    """Give a written file its name; whether it now has it."""
    if replace:
        rename_over(written, path)
    elif not give_name(written, path):
        return False
    flush_folder(os.path.dirname(path))
    return True

"""Content-addressed bytes in a folder. A name is the SHA-256 of what it holds, so writing twice is harmless."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from imagebuild.digest import digest_bytes, digest_file
from imagebuild.disk import TEMPORARY, flush_file, flush_folder, make_folder, prefix_of, store_errors, sweep, write_file
from imagebuild.errors import StoreError

__all__ = ["Damage", "ObjectStore"]

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Damage(Struct, frozen=True):
    """An object whose bytes were not those its name promises, and where they are kept."""

    digest: str
    kept: Path

    def __str__(self) -> str:
        return f"object {self.digest[:12]} was damaged; its bytes are kept as {self.kept.name}"


class ObjectStore:
    """Bytes by digest: ``FOLDER/objects/ab/abcdef...``, damaged ones under ``FOLDER/damaged/``.

    Usable from many threads and processes at once. ``damages`` lists what was found damaged; ``on_damage``, when set,
    hears of each as it is found, on the thread that found it.
    """

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self.folder = folder
        self.durable = durable
        self.damages: list[Damage] = []
        self.on_damage: Callable[[Damage], None] | None = None
        self._objects = folder / "objects"
        self._place = os.path.join(self._objects, "")
        self._ready: set[str] = set()
        self._guard = threading.Lock()

    def put(self, data: bytes, *, durable: bool = True) -> str:
        """Keep ``data`` and give its digest. On return it is there whole, and on the disk when the store is durable
        and this is to be.

        Raises StoreError when it cannot be kept; nothing half-written is left.
        """
        digest, durable = digest_bytes(data), durable and self.durable
        path = self._name(digest)
        with store_errors(f"keep object {digest[:12]}"):
            self._prepare(os.path.dirname(path))
            is_there = os.path.exists(path)
            if not (is_there and _holds(path, digest, len(data)) and _freshen(path)):
                if is_there:
                    self._set_aside(digest)
                write_file(path, data, durable=durable, read_only=True)
            elif durable:
                self._flush(path)  # whoever wrote it may not have come that far yet, nor wanted to
        return digest

    def make_durable(self, digest: str) -> None:
        """Have an object on the disk that need not have been there when it was put; nothing where there is none.

        Raises StoreError.
        """
        with store_errors(f"flush object {digest[:12]}"), contextlib.suppress(FileNotFoundError):
            if self.durable:
                self._flush(self._name(digest))

    def get(self, digest: str) -> bytes | None:
        """The bytes, verified; None when there are none. Damaged bytes are moved aside, told, and count as none.

        Raises StoreError when they cannot be read.
        """
        with store_errors(f"read object {digest[:12]}"):
            try:
                data = self.path(digest).read_bytes()
            except FileNotFoundError:
                return None
            if digest_bytes(data) == digest:
                return data
            return self._set_aside(digest)

    def has(self, digest: str) -> bool:
        """Whether there is such an object: one look at the file's name, its bytes are not read."""
        return os.path.isfile(self._name(digest))

    def path(self, digest: str) -> Path:
        """Where the object is or would be. Raises StoreError for what is no digest: locks come from strangers."""
        return Path(self._name(digest))

    def digests(self) -> Iterator[str]:
        """All objects, sorted. Raises StoreError."""
        with store_errors("list the objects"):
            if not self._objects.is_dir():
                return
            for folder in sorted(os.listdir(self._objects)):
                if len(folder) == 2 and (self._objects / folder).is_dir():
                    yield from sorted(name for name in os.listdir(self._objects / folder) if _DIGEST.fullmatch(name))

    def entries(self) -> Iterator[tuple[str, int, float]]:
        """All objects, sorted, with their size in bytes and when they were last put here (seconds since the epoch)."""
        for digest in self.digests():
            with store_errors(f"look at object {digest[:12]}"), contextlib.suppress(FileNotFoundError):
                found = os.stat(self._name(digest))
                yield digest, found.st_size, found.st_mtime

    def remove(self, digest: str) -> None:
        """Forget an object; nothing happens when there is none. Only for garbage that a person or a rule named."""
        with store_errors(f"remove object {digest[:12]}"), contextlib.suppress(FileNotFoundError):
            os.unlink(self._name(digest))

    def discard(self, digest: str, *, put_by: float) -> bool:
        """Remove an object, unless somebody put it here again after ``put_by``; whether it is gone.

        It is moved out of the way before it is looked at: whoever puts it again meanwhile finds nothing, and writes it.
        """
        path = self._name(digest)
        aside = os.path.join(os.path.dirname(path), f"{prefix_of(digest)}{secrets.token_hex(4)}{TEMPORARY}")
        with store_errors(f"remove object {digest[:12]}"):
            try:
                os.rename(path, aside)
            except FileNotFoundError:
                return True
            if os.stat(aside).st_mtime > put_by:
                os.replace(aside, path)
                return False
            os.unlink(aside)
        return True

    def sweep(self, before: float) -> int:
        """Remove temporary files of killed processes, last written ``before`` (seconds since the epoch); how many."""
        with store_errors("remove temporary files"):
            return sum(
                sweep(str(folder), lambda entry: entry.stat().st_mtime < before) for folder in self._objects.glob("??")
            )

    def _flush(self, path: str) -> None:
        flush_file(path)
        flush_folder(os.path.dirname(path))

    def _name(self, digest: str) -> str:
        if not _DIGEST.fullmatch(digest):
            raise StoreError(f"'{digest[:80]}' is no digest: expected 64 digits of 0-9 and a-f")
        return f"{self._place}{digest[:2]}{os.sep}{digest}"

    def _prepare(self, folder: str) -> None:
        """Make the object's folder. The names above it are flushed once: another process may just have made them."""
        if folder in self._ready and os.path.isdir(folder):
            return
        with self._guard:
            if not self._ready:
                make_folder(self._objects, durable=self.durable)
                there = [f"{self._place}{name}" for name in os.listdir(self._objects)]
                for parent in (self._objects, self.folder, self.folder.parent) if self.durable else ():
                    flush_folder(parent)
                self._ready.update((str(self._objects), *there))
            if folder in self._ready and os.path.isdir(folder):
                return
            if self.durable and os.path.isdir(folder):
                flush_folder(self._objects)
            make_folder(Path(folder), durable=self.durable)
            self._ready.add(folder)

    def _set_aside(self, digest: str) -> bytes | None:
        """Move damaged bytes to ``damaged/``. When they were replaced by whole ones meanwhile, put those back."""
        make_folder(self.folder / "damaged", durable=False)
        kept = self.folder / "damaged" / f"{digest}.{secrets.token_hex(4)}"
        try:
            os.rename(self._name(digest), kept)
        except FileNotFoundError:  # another thread was quicker
            return None
        data = kept.read_bytes()
        if digest_bytes(data) == digest:
            os.replace(kept, self._name(digest))
            return data
        damage = Damage(digest, kept)
        self.damages.append(damage)
        if self.on_damage:
            self.on_damage(damage)
        return None


def _freshen(path: str) -> bool:
    """Say of an object that it was put here just now, so that no collector takes it; false when one just has."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    except OSError:
        return os.path.exists(path)  # it is another user's: theirs is the store, and its collector
    return True


def _holds(path: str, digest: str, size: int) -> bool:
    try:
        return os.stat(path).st_size == size and digest_file(path) == digest
    except FileNotFoundError:
        return False

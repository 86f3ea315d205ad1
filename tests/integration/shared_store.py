"""A remote store in memory that can fail in every way, and clones of one project on machines of their own."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imagebuild.remote import Remote, RemoteStore
from imagebuild.share.name import RemoteName, parse_name
from imagebuild.testing import World

__all__ = ["MemoryStore", "Team"]


@dataclass
class MemoryStore(RemoteStore):
    """``memory://``: what is in ``files`` by name. ``asked`` lists every request, ``written`` the names that were put.

    ``trouble`` is called with the request and the name before each one; it may raise, or change the files.
    """

    name = "memory"
    version = "1"
    schemes = ("memory",)
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    trouble: Callable[[str, str], None] = lambda request, name: None
    network: bool = True
    opened: int = 0
    guard: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, address: str) -> str | None:
        return None if address == "memory://team" else "names no such memory"

    def open(self, address: str, options: Mapping[str, Any], environ: Mapping[str, str]) -> Remote:
        self.opened += 1
        return _Network(self) if self.network else _Disk(self)

    def of(self, kind: str, layer: str = "originals") -> list[str]:
        """The names of objects or records, sorted."""
        return sorted(
            name for name in self.files if (each := self.parsed(name)) and (each.kind, each.layer) == (kind, layer)
        )

    def parsed(self, name: str) -> RemoteName | None:
        return parse_name(name)

    def note(self, request: str, name: str) -> None:
        with self.guard:
            self.asked.append((request, name))
        self.trouble(request, name)

    def forget(self) -> None:
        self.asked.clear()
        self.written.clear()


class _Network(Remote):
    network = True

    def __init__(self, store: MemoryStore) -> None:
        self.location = "memory://team"
        self.store = store

    def get(self, name: str) -> bytes | None:
        self.store.note("get", name)
        return self.store.files.get(name)

    def put(self, name: str, data: bytes, *, replace: bool = False) -> bool:
        self.store.note("put", name)
        with self.store.guard:
            if name in self.store.files and not replace:
                return False
            self.store.files[name] = data
            self.store.written.append(name)
        return True

    def has(self, name: str) -> bool:
        self.store.note("has", name)
        return name in self.store.files

    def list(self, prefix: str = "") -> Iterator[str]:
        self.store.note("list", prefix)
        yield from [name for name in self.store.files if name.startswith(prefix)]

    def remove(self, name: str) -> None:
        self.store.note("remove", name)
        self.store.files.pop(name, None)


class _Disk(_Network):
    network = False


@dataclass
class Team:
    """Machines with a clone each of one project, and one remote store."""

    folder: Path
    spec: str
    store: MemoryStore = field(default_factory=MemoryStore)

    def clone(self, name: str, lock: World | None = None, *, mode: str = "write", **extra: Any) -> World:
        """A clone on a new machine, with the lock of another one."""
        root = self.folder / name / "project"
        root.mkdir(parents=True)
        world = World(root, self.folder / name / "home", extra=(self.store,), **extra).spec(self.spec)
        world.environ["IMAGEBUILD_STORE_MODE"] = mode
        if lock is not None:
            shutil.copy(lock.root / "imagebuild.lock", root)
        return world

    def lose_records_of(self, provider: str) -> None:
        """Take the records of a provider out of the store, so that their keys are not known at planning."""
        for name in self.store.of("records"):
            if f'"provider":"{provider}"'.encode() in self.store.files[name]:
                del self.store.files[name]


def tree(world: World, folder: str = "images") -> dict[str, bytes]:
    """Every output file with its bytes."""
    found = (world.root / folder).rglob("*")
    return {path.relative_to(world.root).as_posix(): path.read_bytes() for path in found if path.is_file()}

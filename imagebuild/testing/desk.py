"""A project folder for publishers to work on, with the engine's own way to put files there and to remember them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from imagebuild.digest import Json, canonical
from imagebuild.errors import StoreError
from imagebuild.manifest import Manifest
from imagebuild.memory import Memory
from imagebuild.publisher import Publication, Publisher, PublisherContext
from imagebuild.shelf import Shelf, Shelves
from imagebuild.spec.name import folded, path_fault
from imagebuild.store import FileDigests, Outputs

__all__ = ["Desk"]

_STATE = ".imagebuild"


class Desk:
    """What a publisher works on: a folder, bytes by digest, and what is remembered from run to run.

    ``outputs`` are paths that targets own, ``memory`` is what a publisher remembered last, ``notices`` what it told.
    """

    def __init__(self, root: Path, pictures: Mapping[str, bytes], environ: Mapping[str, str] | None = None) -> None:
        self.root = root
        self.objects = {sha256(data).hexdigest(): data for data in pictures.values()}
        self.outputs: frozenset[str] = frozenset()
        self.memory: Mapping[str, Json] = {}
        self.environ = dict(environ or {})
        self.notices: list[str] = []
        self._shelves: Shelves | None = None
        self._shelf: Shelf | None = None

    def publish(
        self,
        publisher: Publisher,
        manifest: Manifest,
        options: Mapping[str, Json],
        *,
        dry_run: bool = False,
        published: tuple[Publication, ...] = (),
        name: str | None = None,
    ) -> Publication:
        """Run it, with resolved options; ``published`` are those of the publishers before it in the same run.

        ``name`` tells the uses of one publisher apart.
        """
        context = self.context(options, dry_run=dry_run, published=published, name=name or publisher.name)
        publication = publisher.publish(manifest, context)
        if self._shelf is not None:
            self._shelf.settle()
        return publication

    def context(
        self,
        options: Mapping[str, Json],
        *,
        dry_run: bool = False,
        published: tuple[Publication, ...] = (),
        name: str = "publisher",
    ) -> PublisherContext:
        """What it is run with. To the next run, one that has only this is one that was cut off."""
        if self._shelves is None or not published or self._shelves.dry_run != dry_run:
            self._shelves = self._begin(dry_run)
        self._shelf = shelf = Shelf(name, self._shelves, published)
        return PublisherContext(
            root=self.root,
            options=options,
            read=self.read,
            write=shelf.write,
            place=shelf.place,
            clear=shelf.clear,
            memory=self.memory,
            remember=lambda memory: None if dry_run else self._remember(memory),
            published=published,
            dry_run=dry_run,
            environ=self.environ,
            notice=self.notices.append,
        )

    def read(self, digest: str) -> bytes:
        """The bytes of a digest, as a publisher is given them. Raises ``StoreError``."""
        return self._find(digest)

    def files(self) -> dict[str, bytes]:
        """All files of the folder, by path, but for those in which the engine remembers."""
        paths = {path.relative_to(self.root).as_posix(): path for path in sorted(self.root.rglob("*"))}
        return {
            name: path.read_bytes()
            for name, path in paths.items()
            if path.is_file() and not name.startswith(f"{_STATE}/")
        }

    def forget(self) -> None:
        """Lose all that is remembered, as a fresh clone does."""
        self.memory, self._shelves = {}, None
        shutil.rmtree(self.root / _STATE, ignore_errors=True)

    def _begin(self, dry_run: bool) -> Shelves:
        return Shelves(
            self.root,
            Outputs(self.root),
            FileDigests(self.root, {}, time.time_ns),
            Memory(self.root / _STATE),
            find=self._find,
            read=self._find,
            holds=lambda digest: digest in self.objects,
            fault=self._fault,
            notice=self.notices.append,
            dry_run=dry_run,
        )

    def _find(self, digest: str) -> bytes:
        if digest not in self.objects:
            raise StoreError(f"object {digest[:12]} is not in the store")
        return self.objects[digest]

    def _fault(self, path: str) -> str | None:
        owned = folded(path) in map(folded, self.outputs)
        return path_fault(path) or ("is the output of a target" if owned else None)

    def _remember(self, memory: Mapping[str, Json]) -> None:
        canonical(dict(memory))
        self.memory = dict(memory)

"""What stays at hand between looks at a project in one process: its spec, lock and state as they were last read."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from imagebuild.local_plugin import LocalPlugin
from imagebuild.lockfile import Lock, read_bytes
from imagebuild.registry import Registry
from imagebuild.spec import Excerpt, Outline, Parts, Spec, SpecReader, load_parts, outline_of, read_excerpt
from imagebuild.stamp import Standing, still_standing
from imagebuild.store import Recall, State, read_sealed, write_sealed
from imagebuild.throttle import Throttle
from imagebuild.trust import is_untrusted

__all__ = ["OUTLINE_FILE", "Bench"]

OUTLINE_FILE = os.path.join(".imagebuild", "outline")
_OUTLINE = b"imagebuild outline 3"


class Bench:
    """Reads files of a project. One that is ``warm`` parses a file again only when its bytes differ from the last ones.

    For many threads.
    """

    def __init__(self, *, warm: bool = False) -> None:
        self.warm = warm
        self._guard = threading.Lock()
        self._reading = threading.Lock()
        self._reader: SpecReader | None = None
        self._whole: tuple[Spec, Parts] | None = None
        self._excerpt: tuple[Excerpt, Standing] | None = None
        self._lock: tuple[bytes, Lock] | None = None
        self._recall = Recall()
        self._plugins: tuple[Registry, tuple[LocalPlugin, ...], Registry] | None = None
        self._throttles: dict[tuple[str, int, float | None], Throttle] = {}

    def spec(self, root: Path, environ: Mapping[str, str]) -> Spec:
        """The spec of the project in ``root``. Raises ``SpecError`` with all its problems."""
        if not self.warm:
            self._whole = load_parts(root, environ=environ)
            return self._whole[0]
        with self._reading:
            if self._reader is None:
                self._reader = SpecReader(root, environ=environ)
            return self._reader.read()

    def excerpt(self, root: Path, environ: Mapping[str, str]) -> Spec | None:
        """Of the spec only what must be looked at since the last complete build; None where that is all of it."""
        if self.warm or is_untrusted(environ):
            return None
        try:
            data = read_sealed(root / OUTLINE_FILE, _OUTLINE)
            outline = None if data is None else Outline.load(data)
        except (OSError, ValueError, EOFError, TypeError):
            return None  # a whole reading writes a new one
        if outline is None:
            return None
        standing = still_standing(os.fspath(root), environ, {**outline.sheets, **outline.readers})
        if standing is None or any(standing.digest(path) != sheet.digest for path, sheet in outline.sheets.items()):
            return None
        excerpt = read_excerpt(root, outline, standing.changed, environ=environ)
        if excerpt is None:
            return None
        self._excerpt = excerpt, standing
        return excerpt.spec

    def standing(self, spec: Spec) -> Standing | None:
        """What of the last complete build was there still, where a spec is an excerpt and the last one read here."""
        excerpt = self._excerpt
        return excerpt[1] if excerpt and excerpt[0].spec is spec else None

    def indexed(self, spec: Spec) -> Registry | None:
        """The installed plugins where a spec is an excerpt, so that they are those of the last complete build.

        None where they have to be looked for, as when there are other places now that modules come from.
        """
        before = self._excerpt[0].before if self._excerpt and self._excerpt[0].spec is spec else None
        if before is None or not before.plugins or before.searched != _searched():
            return None
        return Registry.indexed(before.plugins)

    def keep_outline(self, spec: Spec, actions: Mapping[str, int], registry: Registry) -> None:
        """After a complete build leave what the next process needs for an excerpt. ``actions`` counts those of targets
        that have more or fewer than one. Raises ``OSError``.
        """
        excerpt, whole = self._excerpt, self._whole
        outline: Outline | None = None
        if excerpt and excerpt[0].spec is spec:
            outline = excerpt[0].outline()
        elif whole and whole[0] is spec:
            outline = outline_of(*whole)
        if outline is None:
            self.drop_outline(spec.root)
            return
        for id_ in spec.targets:
            outline.actions.pop(id_, None)
        outline.actions.update(actions)
        outline = replace(outline, plugins=registry.index(), searched=_searched())
        write_sealed(spec.root / OUTLINE_FILE, _OUTLINE, outline.dump())

    def drop_outline(self, root: Path) -> None:
        """Let the next build read all of the spec. Raises ``OSError``."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(root / OUTLINE_FILE)

    def lock(self, path: Path) -> Lock:
        """The lock at ``path``. Raises ``LockError``."""
        data = read_bytes(path)
        if data is None:
            return Lock()
        with self._guard:
            known = self._lock
        if known is None or known[0] != data:
            known = data, Lock.parse(data, path.name)
        if self.warm:
            with self._guard:
                self._lock = known
        return known[1]

    def written(self, lock: Lock) -> None:
        """A lock that this process has just put into its file: it need not be read from there."""
        if self.warm:
            with self._guard:
                self._lock = lock.text().encode(), lock

    def registry(self, installed: Registry, plugins: tuple[LocalPlugin, ...]) -> Registry:
        """The installed plugins and the project's own files. Raises ``PluginError``."""
        if not plugins:
            return installed
        with self._guard:
            known = self._plugins
        if known is None or known[0] is not installed or known[1] != plugins:
            known = installed, plugins, installed.with_local(plugins)
        if self.warm and not known[2].errors:
            with self._guard:
                self._plugins = known
        return known[2]

    def state(self, path: Path) -> State:
        """The state at ``path``, for one session."""
        return State(path, recall=self._recall if self.warm else None)

    def throttle(self, provider: str, width: int, per_minute: float | None) -> Throttle:
        """Who may call a provider now; one for all that goes on at the same time, where this is warm."""
        if not self.warm:
            return Throttle(width, per_minute)
        with self._guard:
            return self._throttles.setdefault((provider, width, per_minute), Throttle(width, per_minute))


def _searched() -> list[str]:
    """Where this process looks for modules, and so for plugins."""
    return list(map(str, sys.path))

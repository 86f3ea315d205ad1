"""What stays at hand between looks at a project in one process: its spec, lock and state as they were last read."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from imagebuild.local_plugin import LocalPlugin
from imagebuild.lockfile import Lock, read_bytes
from imagebuild.registry import Registry
from imagebuild.spec import Spec, SpecReader, load_spec
from imagebuild.store import Recall, State
from imagebuild.throttle import Throttle

__all__ = ["Bench"]


class Bench:
    """Reads files of a project. One that is ``warm`` parses a file again only when its bytes differ from the last ones.

    For many threads.
    """

    def __init__(self, *, warm: bool = False) -> None:
        self.warm = warm
        self._guard = threading.Lock()
        self._reading = threading.Lock()
        self._reader: SpecReader | None = None
        self._lock: tuple[bytes, Lock] | None = None
        self._recall = Recall()
        self._plugins: tuple[Registry, tuple[LocalPlugin, ...], Registry] | None = None
        self._throttles: dict[tuple[str, int, float | None], Throttle] = {}

    def spec(self, root: Path, environ: Mapping[str, str]) -> Spec:
        """The spec of the project in ``root``. Raises ``SpecError`` with all its problems."""
        if not self.warm:
            return load_spec(root, environ=environ)
        with self._reading:
            if self._reader is None:
                self._reader = SpecReader(root, environ=environ)
            return self._reader.read()

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

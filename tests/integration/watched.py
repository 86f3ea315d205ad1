"""A project under watch in a thread of its own, with what it said, for tests to wait for."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from imagebuild.budget import Budget
from imagebuild.event import Event
from imagebuild.testing import World
from imagebuild.watch.watcher import Watcher

PATIENCE = 30.0

Kind = TypeVar("Kind", bound=Event)


class Watching:
    """What a watcher has said so far."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.events: list[Event] = []
        self.changed: list[tuple[str, ...] | None] = []
        self.watcher: Watcher
        self.error: BaseException | None = None
        self._news = threading.Condition()

    def hear(self, event: Event) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def hear_change(self, ids: tuple[str, ...] | None) -> None:
        with self._news:
            self.changed.append(ids)
            self._news.notify_all()

    def of(self, kind: type[Kind]) -> list[Kind]:
        """All events of a kind."""
        with self._news:
            return [event for event in self.events if isinstance(event, kind)]

    def until(self, holds: Callable[[], object], what: str = "") -> None:
        """Wait until something holds; looks again at each event, and often."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"{what or 'it'} did not come; heard {self.events[-12:]}"
            assert self.error is None, self.error
            with self._news:
                self._news.wait(0.02)

    def until_new(self, kind: type[Kind], work: Callable[[], object]) -> Kind:
        """Do something and wait for the next event of a kind."""
        before = len(self.of(kind))
        work()
        self.until(lambda: len(self.of(kind)) > before, kind.__name__)
        return self.of(kind)[before]

    def picture(self, path: str) -> bytes:
        """Bytes of a picture, empty while there is none."""
        full = self.world.root / path
        return full.read_bytes() if full.exists() else b""

    def until_picture(self, path: str, work: Callable[[], object]) -> bytes:
        """Do something and wait until the file at a path has other bytes."""
        before = self.picture(path)
        work()
        self.until(lambda: self.picture(path) not in (before, b""), path)
        return self.picture(path)

    def save(self, path: str, text: str) -> None:
        """As editors do: another file that takes the name."""
        full = self.world.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        temporary = full.with_name(full.name + ".tmp~")
        temporary.write_text(text, "utf-8")
        os.replace(temporary, full)

    def swap(self, path: str, old: str, new: str) -> None:
        """Save with one thing replaced."""
        text = (self.world.root / path).read_text("utf-8")
        assert old in text, f"{old!r} is not in {path}"
        self.save(path, text.replace(old, new))


@contextmanager
def watching(world: World, *, cap: float | None = None, settled: bool = True, **options: Any) -> Iterator[Watching]:
    """Watch until the block ends; with ``settled`` the first look is over when it begins."""
    seen = Watching(world)
    budget = None if cap is None else Budget(cap)
    seen.watcher = Watcher(world.open(), budget=budget, listen=seen.hear, changed=seen.hear_change, **options)

    def run() -> None:
        try:
            seen.watcher.run()
        except BaseException as error:  # noqa: BLE001 - the test raises it
            seen.error = error

    thread = threading.Thread(target=run)
    thread.start()
    try:
        if settled:
            seen.until(lambda: seen.changed, "the first look")
        yield seen
    finally:
        seen.watcher.stop()
        thread.join(PATIENCE)
    assert not thread.is_alive()
    assert seen.error is None, seen.error

"""A project in a temporary folder, with its own store, plugins and environment, to build and look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from imagebuild.check import Check
from imagebuild.event import ActionStarted, Event, Notice, OutputWritten
from imagebuild.hookspecs import hookimpl
from imagebuild.plan import Plan
from imagebuild.project import Project
from imagebuild.provider import Provider
from imagebuild.publisher import Publisher
from imagebuild.registry import Registry
from imagebuild.remote import RemoteStore
from imagebuild.report import Report
from imagebuild.retry import RetryPolicy
from imagebuild.status import TargetStatus
from imagebuild.step import Step
from imagebuild.testing.recorder import RecordingProvider, RecordingStep

__all__ = ["Plugin", "World"]


class Plugin:
    """A plugin object made of the given providers, steps, checks, publishers and stores."""

    def __init__(
        self,
        providers: Iterable[Provider] = (),
        steps: Iterable[Step] = (),
        checks: Iterable[Check] = (),
        publishers: Iterable[Publisher] = (),
        stores: Iterable[RemoteStore] = (),
    ) -> None:
        self._providers = tuple(providers)
        self._steps = tuple(steps)
        self._checks = tuple(checks)
        self._publishers = tuple(publishers)
        self._stores = tuple(stores)

    @hookimpl
    def imagebuild_providers(self) -> tuple[Provider, ...]:
        """The providers it was made with."""
        return self._providers

    @hookimpl
    def imagebuild_steps(self) -> tuple[Step, ...]:
        """The steps it was made with."""
        return self._steps

    @hookimpl
    def imagebuild_checks(self) -> tuple[Check, ...]:
        """The checks it was made with."""
        return self._checks

    @hookimpl
    def imagebuild_publishers(self) -> tuple[Publisher, ...]:
        """The publishers it was made with."""
        return self._publishers

    @hookimpl
    def imagebuild_stores(self) -> tuple[RemoteStore, ...]:
        """The kinds of remote stores it was made with."""
        return self._stores


class World(Struct):
    """One project. Each :meth:`build` opens it anew, as a command does, and leaves its events in ``events``.

    ``provider`` records what is bought, ``painter`` is its free twin, ``step`` marks pictures. ``retry``
    calls nothing twice, unless a test gives another policy.
    """

    root: Path
    home: Path
    provider: RecordingProvider = field(default_factory=RecordingProvider)
    painter: RecordingProvider = field(default_factory=lambda: RecordingProvider("sketch", free=True, local=True))
    step: RecordingStep = field(default_factory=RecordingStep)
    extra: tuple[Provider | Step | Check | Publisher | RemoteStore, ...] = ()
    environ: dict[str, str] = field(default_factory=dict)
    retry: RetryPolicy = field(
        default_factory=lambda: RetryPolicy(tries=1, tries_billed=1, patience=0.0, first_wait=1.0)
    )
    events: list[Event] = field(default_factory=list)

    def write(self, files: Mapping[str, str | bytes]) -> World:
        """Put files into the project, by paths with forward slashes."""
        for path, content in files.items():
            full = self.root / path
            full.parent.mkdir(parents=True, exist_ok=True)
            full.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return self

    def edit(self, path: str, old: str, new: str) -> World:
        """Replace ``old``, which must be there, by ``new`` in a text file."""
        text = (self.root / path).read_text("utf-8")
        assert old in text, f"{old!r} is not in {path}"
        return self.write({path: text.replace(old, new)})

    def spec(self, text: str) -> World:
        """Replace the whole spec."""
        return self.write({"imagebuild.yaml": text})

    @property
    def registry(self) -> Registry:
        """Plugins of this world alone; nothing that is installed."""
        providers = [self.provider, self.painter, *(item for item in self.extra if isinstance(item, Provider))]
        steps = [self.step, *(item for item in self.extra if isinstance(item, Step))]
        checks = [item for item in self.extra if isinstance(item, Check)]
        publishers = [item for item in self.extra if isinstance(item, Publisher)]
        stores = [item for item in self.extra if isinstance(item, RemoteStore)]
        return Registry({"testing": Plugin(providers, steps, checks, publishers, stores)})

    def open(self) -> Project:
        """The project, with this world's store, plugins and environment."""
        return Project.open(self.root, home=self.home, registry=self.registry, environ=self.environ, retry=self.retry)

    def build(self, *targets: str, max_cost: float | None = 100.0, **options: Any) -> Report:
        """Build with a cap that is out of the way unless a test gives another."""
        self.events.clear()
        return self.open().build(targets, listen=self.events.append, max_cost=max_cost, **options)

    def plan(self, *targets: str, **options: Any) -> Plan:
        """What a build would do."""
        return self.open().plan(targets, **options)

    def status(self, *targets: str) -> dict[str, TargetStatus]:
        """The state of each target."""
        return self.open().status(targets)

    def forget(self) -> World:
        """Empty the records of calls; the project stays as it is."""
        self.provider.calls.clear()
        self.provider.words.calls.clear()
        self.painter.calls.clear()
        self.step.calls.clear()
        return self

    @property
    def started(self) -> list[str]:
        """Actions that the last build ran, sorted: ``hero generate``, ``hero edit 2``, ``hero step 1 mark``."""
        return sorted(
            f"{event.target} {event.kind}" + (f" {event.stage}" if event.stage else "")
            for event in self.events
            if isinstance(event, ActionStarted)
        )

    @property
    def written(self) -> list[str]:
        """Output files that the last build wrote, sorted."""
        return sorted(event.path for event in self.events if isinstance(event, OutputWritten))

    @property
    def notices(self) -> list[str]:
        """What the last build wanted people to know."""
        return [event.message for event in self.events if isinstance(event, Notice)]

    def read(self, path: str) -> bytes:
        """Bytes of a file of the project."""
        return (self.root / path).read_bytes()

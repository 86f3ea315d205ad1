"""Watch mode for people: what was saved, what came of it and how long it took, what waits, what is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from imagebuild.cli.printer import Printer
from imagebuild.cli.problem import problem_lines, spec_error_lines
from imagebuild.cli.reporter.report import Reporter
from imagebuild.cli.summary import duration, money
from imagebuild.cli.text import Line, count
from imagebuild.cost import Cost
from imagebuild.errors import ImageBuildError, Problem, SpecError
from imagebuild.event import (
    ActionFinished,
    BuildFinished,
    BuildStarted,
    ChangesSeen,
    Event,
    OutputWritten,
    PurchasesWaiting,
    SpecBroken,
    SpecMended,
    WatchStarted,
)

__all__ = ["WatchReporter"]

_NAMED = 3  # files or targets that a line names; of more it says how many


class WatchReporter:
    """Passes the events of builds on to ``builds``, and tells in a line of its own what a save has led to."""

    def __init__(
        self,
        printer: Printer,
        builds: Callable[[], Reporter],
        *,
        clock: Callable[[], datetime],
        width: int | None = None,
        quiet: bool = False,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._printer = printer
        self._builds = builds
        self._reporter: Reporter | None = None
        self._clock = clock
        self._ticks = ticks
        self._width = width
        self._quiet = quiet
        self._paths: tuple[str, ...] = ()
        self._since: float | None = None
        self._written: list[str] = []
        self.made = self.bought = 0
        self.spent = 0.0

    def hear(self, event: Event) -> None:
        """Show an event."""
        match event:
            case WatchStarted():
                targets = count(event.targets, "target")
                self._say([("watching ", "bold"), f"{event.project}, {targets}; Ctrl-C ends it"])
            case ChangesSeen():
                self._paths, self._since = event.paths, self._ticks()
            case SpecBroken():
                self._show(event.error)
            case SpecMended():
                self._say([*self._time(), ("mended", "bold green"), ": the spec is right again"])
            case PurchasesWaiting():
                self._say([*self._time(), *_waiting(event)])
            case BuildStarted():
                self._written = []
                self._open().hear(event)
            case BuildFinished():
                self._open().hear(event)
                self._end()
                self._tell(event)
            case _:
                self._tally(event)
                self._open().hear(event)

    def close(self) -> None:
        """Take moving lines away."""
        self._end()

    def _tally(self, event: Event) -> None:
        if isinstance(event, OutputWritten):
            self._written.append(event.target)
        elif isinstance(event, ActionFinished):
            self.made += event.verdict == "made"
            self.bought += event.verdict == "bought"
            self.spent += event.cost_usd or 0.0

    def _tell(self, event: BuildFinished) -> None:
        """``12:03:41 prompts/hero.md: hero in 0.1 s``; nothing where nothing was made."""
        written = list(dict.fromkeys(self._written))
        self._written = []
        since, self._since = self._since, None
        if not written:
            return
        seconds = event.seconds if since is None else self._ticks() - since
        cause: Line = [f"{_listed(self._paths, 'file')}: "] if since is not None else []
        self._say([*self._time(), *cause, (_listed(written, "picture"), "bold"), (f" in {duration(seconds)}", "dim")])

    def _show(self, error: Exception) -> None:
        self._end()
        self._printer.lines([[*self._time(), ("the pictures stay as they are", "bold")]])
        if isinstance(error, SpecError):
            self._printer.lines(spec_error_lines(error, width=self._width))
        elif isinstance(error, ImageBuildError):
            self._printer.lines(problem_lines(Problem(error.message, error.place, error.hint), width=self._width))
        else:
            self._printer.line(str(error))

    def _open(self) -> Reporter:
        if self._reporter is None:
            self._reporter = self._builds()
        return self._reporter

    def _end(self) -> None:
        if self._reporter is not None:
            self._reporter.close()
            self._reporter = None

    def _say(self, line: Line) -> None:
        if not self._quiet:
            self._end()
            self._printer.line(*line)

    def _time(self) -> Line:
        return [(f"{self._clock().astimezone():%H:%M:%S} ", "dim")]


def _listed(names: tuple[str, ...] | list[str], noun: str) -> str:
    if len(names) > _NAMED:
        return count(len(names), noun)
    return ", ".join(names)


def _waiting(event: PurchasesWaiting) -> Line:
    price = f"for {event.cost}" if event.cost != Cost.free() else "for other pictures"
    names = _listed(event.targets, "picture")
    wait = "waits" if len(event.targets) == 1 else "wait"
    left = f"{money(event.left_usd)} of the cap are left" if event.left_usd else "nothing may be bought"
    return [(names, "bold"), f" {wait} {price}: {left}; '--max-cost USD' lets it be bought"]

"""A display that redraws: finished lines scroll up, below them a line a running action and one of totals.

Rich is loaded when the display begins: a build with nothing to do needs none of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from imagebuild.cli.printer import Printer
from imagebuild.cli.reporter.report import (
    failed_line,
    finished_line,
    helper,
    label,
    notice_lines,
    partial_line,
    published_line,
    retried_line,
    written_line,
)
from imagebuild.cli.reporter.thumbnail import Thumbnails
from imagebuild.cli.summary import duration
from imagebuild.cli.text import Line
from imagebuild.cost import Cost
from imagebuild.event import (
    ActionFailed,
    ActionFinished,
    ActionRetried,
    ActionStarted,
    BuildStarted,
    Event,
    Notice,
    OutputWritten,
    PartialImage,
    Published,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.text import Text

__all__ = ["LiveReporter"]

_REDRAWS = 8  # a second
_MOST_LINES = 12


class _Running(Struct):
    """An action that runs; ``helper`` says with what, ``now`` how far it is, where that is known."""

    label: str
    helper: str
    since: float
    now: str = ""


class LiveReporter:
    """Shows a build on a terminal. The display begins with the first event of a build that has something to run."""

    def __init__(
        self,
        printer: Printer,
        *,
        width: int | None = None,
        quiet: bool = False,
        verbose: bool = False,
        clock: Callable[[], float] = time.monotonic,
        thumbnails: Thumbnails | None = None,
    ) -> None:
        self._thumbnails = thumbnails
        self._pictured: set[str] = set()
        self._printer = printer
        self._quiet = quiet
        self._verbose = verbose
        self._clock = clock
        self._width = width
        self._live: Live | None = None
        self._running: dict[tuple[str, int, int], _Running] = {}
        self._since = clock()
        self._total = self._done = 0
        self._tally = {"bought": 0, "made": 0, "cached": 0, "failed": 0}
        self._spent, self._unpriced = 0.0, 0

    def hear(self, event: Event) -> None:
        """Take an event into the display."""
        match event:
            case BuildStarted():
                self._total, self._since = event.actions, self._clock()
                if event.actions:
                    self._begin()
            case ActionStarted():
                slot = (event.target, event.stage, event.candidate)
                self._running[slot] = _Running(label(event), helper(event), self._clock())
            case ActionFinished():
                self._end(event, event.verdict)
                self._spent += event.cost_usd or 0.0
                self._unpriced += event.cost_usd is None
                self._above(finished_line(event))
            case ActionRetried():
                if running := self._running.get((event.target, event.stage, event.candidate)):
                    running.now = f", try {event.attempt}"
                self._above(retried_line(event, self._width))
            case PartialImage():
                if running := self._running.get((event.target, event.stage, event.candidate)):
                    running.now = f", partial {event.index + 1}"
                if self._verbose:
                    self._above(partial_line(event))
                self._picture(event.path)
            case ActionFailed():
                self._end(event, "failed")
                self._above(failed_line(event), always=True)
            case Notice():
                for line in notice_lines(event):
                    self._above(line)
            case Published() if event.changed or self._verbose:
                self._above(published_line(event))
            case OutputWritten():
                if self._verbose:
                    self._above(written_line(event))
                if event.target not in self._pictured:  # one of a target's files stands for all
                    self._pictured.add(event.target)
                    self._picture(event.path)

    def close(self) -> None:
        """Take the moving lines away; what scrolled above them stays."""
        if self._live is not None:
            live, self._live = self._live, None
            live.stop()

    def _begin(self) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.spinner import Spinner

        colour = self._printer.colour
        self._console: Console = Console(
            file=self._printer.stream,
            force_terminal=True,
            color_system="auto" if colour else None,
            highlight=False,
            markup=False,
            emoji=False,
            width=self._width,
        )
        self._spinner: Spinner = Spinner("line" if self._printer.ascii_only else "dots", style="cyan" if colour else "")
        self._live = Live(
            console=self._console,
            get_renderable=self._render,
            refresh_per_second=_REDRAWS,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def _end(self, event: ActionFinished | ActionFailed, verdict: str) -> None:
        self._running.pop((event.target, event.stage, event.candidate), None)
        self._tally[verdict] += 1
        self._done += 1

    def _above(self, line: Line, *, always: bool = False) -> None:
        if self._quiet and not always:
            return
        if self._live is None:
            self._printer.line(*line)
        else:
            self._console.print(self._text(line), soft_wrap=True)

    def _picture(self, path: str) -> None:
        """Show a small picture above the moving lines, where the terminal can."""
        if self._live is None or self._thumbnails is None or self._quiet:
            return
        if (picture := self._thumbnails.picture(path)) is not None:
            self._console.print(picture)

    def _render(self) -> RenderableType:
        from rich.console import Group

        now = self._clock()
        running = list(self._running.values())
        room = max(1, min(_MOST_LINES, self._console.size.height - 4))
        lines = [self._running_line(each, now) for each in running[:room]]
        if len(running) > room:
            lines.append(self._text([(f"  … and {len(running) - room} more running", "dim")]))
        return Group(*lines, self._totals(now, len(running)))

    def _running_line(self, running: _Running, now: float) -> Text:
        from rich.text import Text

        frame = self._spinner.render(self._console.get_time())
        assert isinstance(frame, Text)  # a spinner without a text of its own
        line = Text(no_wrap=True, overflow="ellipsis").append_text(frame)
        told = f"{running.helper}, {duration(now - running.since)}{running.now}"
        return line.append_text(self._text([f" {running.label}", (told, "dim")]))

    def _totals(self, now: float, running: int) -> Text:
        parts = [f"{self._done}/{max(self._total, self._done + running)}"]
        for verdict, number in self._tally.items():
            if number:
                price = f" ({Cost(self._spent, self._spent, self._unpriced)})" if verdict == "bought" else ""
                parts.append(f"{number} {verdict}{price}")
        parts.append(duration(now - self._since))
        return self._text([(" · ".join(parts), "bold")])

    def _text(self, line: Line) -> Text:
        from rich.text import Text

        text = Text(no_wrap=True, overflow="ellipsis")
        for piece in line:
            words, style = (piece, "") if isinstance(piece, str) else piece
            text.append(self._printer.safe(words), style=style if self._printer.colour else "")
        return text

"""One line an action when it is done, for logs, pipes and terminals that cannot redraw."""

from __future__ import annotations

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

__all__ = ["PlainReporter"]


class PlainReporter:
    """Counts what is done against what was planned; ``verbose`` adds starts and files, ``quiet`` leaves failures."""

    def __init__(self, printer: Printer, *, quiet: bool = False, verbose: bool = False) -> None:
        self._printer = printer
        self._quiet = quiet
        self._verbose = verbose
        self._total = 0
        self._done = 0

    def hear(self, event: Event) -> None:
        """Print what is worth a line."""
        match event:
            case BuildStarted():
                self._total = event.actions
            case ActionFailed():
                self._printer.line(*self._count(), *failed_line(event))
            case _ if self._quiet:
                return
            case ActionFinished():
                self._printer.line(*self._count(), *finished_line(event))
            case ActionRetried():
                self._printer.line(*retried_line(event))
            case PartialImage():
                self._printer.line(*partial_line(event))
            case Notice():
                self._printer.lines(notice_lines(event))
            case ActionStarted() if self._verbose:
                self._printer.line((f"{label(event)}: {event.kind}{helper(event)} begins", "dim"))
            case Published() if event.changed or self._verbose:
                self._printer.line(*published_line(event))
            case OutputWritten() if self._verbose:
                self._printer.line(*written_line(event))

    def _count(self) -> list[tuple[str, str]]:
        self._done += 1
        total = str(max(self._total, self._done))
        return [(f"[{self._done:>{len(total)}}/{total}] ", "dim")]

    def close(self) -> None:
        """Nothing to put back."""

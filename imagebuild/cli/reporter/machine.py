"""One JSON object a line for every event, as ``docs/reference/json.md`` promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from imagebuild.cli.printer import Printer
from imagebuild.cli.published import event_json
from imagebuild.event import Event

__all__ = ["MachineReporter"]


class MachineReporter:
    """Prints events as they come. ``clock`` gives the time with its zone."""

    def __init__(self, printer: Printer, clock: Callable[[], datetime]) -> None:
        self._printer = printer
        self._clock = clock

    def hear(self, event: Event) -> None:
        """Print one line."""
        self._printer.json(event_json(event, self._clock()))

    def close(self) -> None:
        """Nothing to put back."""

"""What every reporter can do, and the words they share."""

from __future__ import annotations

from typing import Protocol

from imagebuild.cli.summary import duration, money
from imagebuild.cli.text import Line, cells, clean, count, crop
from imagebuild.errors import ImageBuildError
from imagebuild.event import (
    ActionFailed,
    ActionFinished,
    ActionRetried,
    ActionStarted,
    Event,
    Notice,
    OutputWritten,
    PartialImage,
    Published,
)
from imagebuild.graph import Node

__all__ = [
    "Reporter",
    "failed_line",
    "finished_line",
    "helper",
    "label",
    "notice_lines",
    "partial_line",
    "published_line",
    "retried_line",
    "written_line",
]

_LONGEST_CAUSE = 80  # columns, for the line tells the wait as well
_SHORTEST_CAUSE = 20
_VERDICT_STYLES = {"bought": "bold yellow", "made": "green", "cached": "dim"}


class Reporter(Protocol):
    """Hears the events of one build, in its thread."""

    def hear(self, event: Event) -> None:
        """Show an event, or keep it for later."""

    def close(self) -> None:
        """Leave the terminal as it was found; may be called twice."""


def label(event: ActionStarted | ActionFinished | ActionFailed | ActionRetried) -> str:
    """The action for people, as plans name it."""
    rule = event.plugin if event.kind == "check" else ""
    return Node(event.target, event.stage, event.candidate, event.kind, rule=rule).label


def helper(event: ActionStarted | ActionFinished) -> str:
    """`` with responsive``: who does it, where the label does not say so and there is somebody."""
    return "" if event.kind in ("source", "check") else f" with {event.plugin}"


def finished_line(event: ActionFinished) -> Line:
    """``hero: bought with openai in 12 s for $0.04``, ``hero (check min_size): passed in 0.1 s``."""
    price = "" if not event.cost_usd else f" for {money(event.cost_usd)}"
    if event.verdict == "bought" and event.cost_usd is None:
        price = ", cost unknown"
    return [
        label(event),
        ": ",
        ("passed" if event.kind == "check" else event.verdict, _VERDICT_STYLES[event.verdict]),
        (f"{helper(event)} in {duration(event.seconds)}{price}", "dim"),
    ]


def failed_line(event: ActionFailed) -> Line:
    """``hero: failed: the first line of the message``; the whole of it stands at the end of the build."""
    return [label(event), ": ", ("failed", "bold red"), f": {str(event.error).split(chr(10))[0]}"]


def retried_line(event: ActionRetried, width: int | None = None) -> Line:
    """``hero: rate limited, trying again in 12 s (try 2)``; the cause is cropped, on a terminal to keep to its line."""
    error = event.error.message if isinstance(event.error, ImageBuildError) else str(event.error)
    name, again = f"{label(event)}: ", f", trying again in {duration(event.wait)} (try {event.attempt})"
    room = _LONGEST_CAUSE if width is None else max(_SHORTEST_CAUSE, width - cells(clean(name)) - len(again))
    return [name, (crop(clean(error.split("\n")[0]), room), "yellow"), (again, "dim")]


def partial_line(event: PartialImage) -> Line:
    """``hero: partial 2 is .imagebuild/partials/...``; partial pictures are counted from 1 for people."""
    return [(f"{event.target}: partial {event.index + 1} is {event.path}", "dim")]


def written_line(event: OutputWritten) -> Line:
    """``hero: wrote images/hero.png``."""
    return [(f"{event.target}: wrote {event.path}", "dim")]


def published_line(event: Published, *, would: bool = False) -> Line:
    """``folder: 12 files changed in public/img``."""
    if would:
        change = f"would change {count(event.changed, 'file')} in" if event.changed else "nothing to do in"
    else:
        change = f"{count(event.changed, 'file')} changed in" if event.changed else "nothing to do in"
    return [(event.publisher, "bold"), f": {change} {event.location}"]


def notice_lines(event: Notice) -> list[Line]:
    """Something a person should know."""
    lines: list[Line] = [[("note:", "bold cyan"), " ", event.message]]
    return [*lines, [("hint:", "bold cyan"), " ", event.hint]] if event.hint else lines

"""What every reporter can do, and the words they share."""

from __future__ import annotations

from typing import Protocol

from imagebuild.cli.summary import duration, money
from imagebuild.cli.text import Line
from imagebuild.event import ActionFailed, ActionFinished, ActionStarted, Event, Notice
from imagebuild.graph import Node

__all__ = ["Reporter", "failed_line", "finished_line", "label", "notice_lines"]

_VERDICT_STYLES = {"bought": "bold yellow", "made": "green", "cached": "dim"}


class Reporter(Protocol):
    """Hears the events of one build, in its thread."""

    def hear(self, event: Event) -> None:
        """Show an event, or keep it for later."""

    def close(self) -> None:
        """Leave the terminal as it was found; may be called twice."""


def label(event: ActionStarted | ActionFinished | ActionFailed) -> str:
    """The action for people, as plans name it."""
    kind = event.kind if event.kind in ("generate", "edit", "step") else "step"
    return Node(event.target, event.stage, event.candidate, kind).label  # type: ignore[arg-type]  # one of the three


def finished_line(event: ActionFinished) -> Line:
    """``hero: bought with openai in 12 s for $0.04``."""
    price = "" if not event.cost_usd else f" for {money(event.cost_usd)}"
    if event.verdict == "bought" and event.cost_usd is None:
        price = ", cost unknown"
    return [
        label(event),
        ": ",
        (event.verdict, _VERDICT_STYLES[event.verdict]),
        (f" with {event.plugin} in {duration(event.seconds)}{price}", "dim"),
    ]


def failed_line(event: ActionFailed) -> Line:
    """``hero: failed: the first line of the message``; the whole of it stands at the end of the build."""
    return [label(event), ": ", ("failed", "bold red"), f": {str(event.error).split(chr(10))[0]}"]


def notice_lines(event: Notice) -> list[Line]:
    """Something a person should know."""
    lines: list[Line] = [[("note:", "bold cyan"), " ", event.message]]
    return [*lines, [("hint:", "bold cyan"), " ", event.hint]] if event.hint else lines

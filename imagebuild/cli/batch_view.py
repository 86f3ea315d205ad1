"""Open batches as people read them: a table, and in a line how one of them stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from imagebuild.cli.text import Line, Piece, columns, count
from imagebuild.wave import BatchView

__all__ = ["batch_lines", "batch_name", "error_lines", "standing"]

_TITLES = ("batch", "provider", "since (UTC)", "state", "done", "failed", "left")
_SHORT = 18  # characters of an id, unless more are needed to tell it from the others
_STYLES = {
    "running": "cyan",
    "completed": "green",
    "cancelling": "yellow",
    "failed": "bold red",
    "expired": "bold yellow",
    "cancelled": "bold yellow",
}


def batch_lines(views: Sequence[BatchView], *, asked: bool, whole_ids: bool = False) -> list[Line]:
    """The table, what services say to their batches, and what is still to be collected of all of them.

    ``asked`` tells whether the services were; ids are shortened, as a command takes them, unless they are wanted whole.
    """
    if not views:
        return [["no batches are open"]]
    head: list[Piece] = [(title, "bold") for title in _TITLES]
    ids = [view.batch.batch_id or "" for view in views]
    named = ids if whole_ids else _beginnings(ids)
    rows = [_row(name, view, asked=asked) for name, view in zip(named, views, strict=True)]
    lines: list[Line] = [*columns([head, *rows])]
    said = [(batch_name(view), view.status.message) for view in views if view.status and view.status.message]
    if said:
        lines += [[], *([f"{name}: {message}"] for name, message in said)]
    coming = sum(view.waiting for view in views)
    totals = f"{count(len(views), 'batch is', 'batches are')} open, {count(coming, 'picture')} to collect"
    return [*lines, [], [(totals, "bold")]]


def error_lines(views: Sequence[BatchView]) -> list[Line]:
    """Why services could not say how their batches stand, each cause once."""
    lines: list[Line] = []
    errors = {(view.error.message, view.error.hint): view.batch.provider for view in views if view.error}
    for (message, hint), provider in errors.items():
        lines.append([("note:", "bold cyan"), f" '{provider}' could not be asked: {message}"])
        if hint:
            lines.append([("hint:", "bold cyan"), f" {hint}"])
    return lines


def batch_name(view: BatchView) -> str:
    """Its id, where the service has given one."""
    return view.batch.batch_id or "a batch that was being sent"


def standing(view: BatchView) -> str:
    """``running, 3 of 12 done, 1 failed``."""
    status = view.status
    if view.error:
        return f"could not be asked for: {view.error.message}"
    if status is None:
        return "was being sent when a build ended" if view.batch.batch_id is None else "cannot be asked for"
    done = f", {status.done} of {status.total} done" if status.total else ""
    failed = f", {status.failed} failed" if status.failed else ""
    return f"{status.state}{done}{failed}"


def _beginnings(ids: Sequence[str]) -> list[str]:
    """The beginning of each id, long enough to be that of no other."""
    length = _SHORT
    while len({name[:length] for name in ids if name}) < len({name for name in ids if name}):
        length += 1
    return [name[:length] for name in ids]


def _row(name: str, view: BatchView, *, asked: bool) -> list[Piece]:
    batch, status = view.batch, view.status
    since = datetime.fromtimestamp(batch.created, UTC).strftime("%Y-%m-%d %H:%M")
    state = "being sent" if batch.batch_id is None else "unknown" if asked else "not asked"
    numbers = [f"{status.done}/{status.total}" if status.total else "-", str(status.failed)] if status else ["-", "-"]
    return [
        name or "-",
        batch.provider,
        since,
        (status.state, _STYLES[status.state]) if status else state,
        *numbers,
        str(view.waiting),
    ]

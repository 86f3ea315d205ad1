"""``imagebuild status``: the state of every target in a word."""

from __future__ import annotations

from collections import Counter

import click

from imagebuild.cli.cause import told
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, tags_option, targets_argument
from imagebuild.cli.plan_view import note_lines
from imagebuild.cli.published import status_json
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import Line, Piece, columns, count
from imagebuild.lockfile import Lock
from imagebuild.status import State, TargetStatus, status_of

__all__ = ["command"]

STATES: dict[State, str] = {
    "missing": "bold red",
    "stale": "bold yellow",
    "draft": "magenta",
    "frozen": "cyan",
    "fresh": "green",
}


@click.command("status", cls=Command)
@targets_argument
@tags_option
@click.option("-a", "--all", "everything", is_flag=True, help="List fresh pictures, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the states as JSON.")
@click.pass_obj
def command(shell: Shell, *, targets: tuple[str, ...], tags: tuple[str, ...], everything: bool, as_json: bool) -> int:
    """Say which pictures are fresh, stale, missing, drafts or frozen, and why in short.

    Fresh pictures are only counted, unless they are named or '--all' is given.
    """
    with open_project(shell).session() as session:
        selected = session.spec.select(targets, tags)
        plan = session.plan(selected)
        states = status_of(plan, session.spec, session.facts.outputs)
        reviews = _reviews(session.lock)
    if as_json:
        shell.out.json(status_json(states, reviews, plan.notes))
    else:
        shown = everything or shell.verbose or bool(targets)
        shell.out.lines(_lines(states, everything=shown, width=shell.width(shell.stdout)))
        shell.err.lines([] if shell.quiet else note_lines(plan.notes))
    return 0


def _reviews(lock: Lock) -> dict[str, str]:
    """The review state of each target that was bought: the least of those of its pictures in use."""
    order = ("rejected", "unreviewed", "approved")
    reviews: dict[str, str] = {}
    for line in lock.lines.values():
        if line.picked:
            reviews[line.target] = min(line.review, reviews.get(line.target, "approved"), key=order.index)
    return reviews


def _lines(states: dict[str, TargetStatus], *, everything: bool, width: int | None) -> list[Line]:
    rows = [_row(target, status) for target, status in states.items() if everything or status.state != "fresh"]
    counts = Counter(status.state for status in states.values())
    totals = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
    lines: list[Line] = [*columns(rows, width=width, flexible=2)]
    headline = f"{count(len(states), 'picture')}: {totals}" if states else "no pictures are wanted"
    return [*lines, *([[]] if lines else []), [(headline, "bold")]]


def _row(target: str, status: TargetStatus) -> list[Piece]:
    more = f" (and {len(status.reasons) - 1} more)" if len(status.reasons) > 1 else ""
    first = status.reasons[0] if status.reasons else None
    return [(status.state, STATES[status.state]), target, f"{told(first)}{more}" if first else ""]

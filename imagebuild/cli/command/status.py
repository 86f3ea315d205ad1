"""``imagebuild status``: the state of every target in a word."""

from __future__ import annotations

from collections import Counter

import click

from imagebuild.cli.cause import told
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, tags_option, targets_argument
from imagebuild.cli.plan_view import note_lines
from imagebuild.cli.published import status_json
from imagebuild.cli.review import REVIEWS, review_word, waiting_lines, waits
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import Line, Piece, columns, count
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
    """Say which pictures are fresh, stale, missing, drafts or frozen, and why in short; and what people said of them.

    Fresh pictures are only counted, unless they are named or '--all' is given. Reviews are shown once somebody has
    approved or rejected something.
    """
    with open_project(shell).session(targets) as session:
        plan = session.plan(session.spec.select(targets, tags))
        states = status_of(plan, session.spec, session.facts.outputs, session.graph, session.lock)
    if as_json:
        shell.out.json(status_json(states, plan.notes))
    else:
        shown = everything or shell.verbose or bool(targets)
        shell.out.lines(_lines(states, everything=shown, width=shell.width(shell.stdout)))
        waiting = [target for target, status in states.items() if waits(status)]
        shell.err.lines([] if shell.quiet else [*waiting_lines(waiting), *note_lines(plan.notes)])
    return 0


def _lines(states: dict[str, TargetStatus], *, everything: bool, width: int | None) -> list[Line]:
    reviewed = any(status.review in ("approved", "rejected") or waits(status) for status in states.values())
    rows = [
        _row(target, status, reviewed=reviewed)
        for target, status in states.items()
        if everything or status.state != "fresh" or status.review == "rejected"
    ]
    counts = Counter(status.state for status in states.values())
    totals = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
    if reviewed:
        said = Counter(status.review for status in states.values())
        totals += "; " + ", ".join(f"{said[review]} {word}" for review, (word, _) in REVIEWS.items() if said[review])
    lines: list[Line] = [*columns(rows, width=width, flexible=len(rows[0]) - 1 if rows else 0)]
    headline = f"{count(len(states), 'picture')}: {totals}" if states else "no pictures are wanted"
    return [*lines, *([[]] if lines else []), [(headline, "bold")]]


def _row(target: str, status: TargetStatus, *, reviewed: bool) -> list[Piece]:
    more = f" (and {len(status.reasons) - 1} more)" if len(status.reasons) > 1 else ""
    first = status.reasons[0] if status.reasons else None
    said = [review_word(status.review)] if reviewed else []
    return [(status.state, STATES[status.state]), target, *said, f"{told(first)}{more}" if first else ""]

"""A plan as people read it: what would run, why and for how much, then the totals."""

from __future__ import annotations

from collections.abc import Iterable

from imagebuild.cli.cause import told
from imagebuild.cli.text import Line, Piece, columns, count
from imagebuild.cost import Cost
from imagebuild.plan import Plan, PlannedAction

__all__ = ["VERDICT_STYLES", "at_price", "leaves_nothing", "note_lines", "plan_lines", "question", "totals_line"]

VERDICT_STYLES = {
    "buy": "bold yellow",
    "make": "green",
    "write": "green",
    "cached": "dim",
    "frozen": "dim",
    "keep": "dim",
    "blocked": "bold red",
    "waiting": "cyan",
    "review": "magenta",
}


def plan_lines(plan: Plan, *, width: int | None = None, everything: bool = False) -> list[Line]:
    """The table of what would happen and the totals; ``everything`` lists what stays as it is, too."""
    shown = [each for each in plan.actions if everything or each.verdict not in ("cached", "frozen") or _waits(each)]
    rows = [_row(action) for action in shown]
    running = {action.node.target for action in plan.actions if action.will_run}
    rows += [
        [
            _verdict("write" if output.will_write else "keep"),
            output.target,
            "",
            told(output.reason),
        ]
        for output in plan.outputs
        if output.reason is not None and output.target not in running
    ]
    lines: list[Line] = [*columns([[*row, ""][:5] for row in rows], width=width, flexible=3)]
    if lines:
        lines.append([])
    return [*lines, totals_line(plan)]


def _row(action: PlannedAction) -> list[Piece]:
    more = f" (and {len(action.reasons) - 1} more)" if len(action.reasons) > 1 else ""
    reason = f"{told(action.reasons[0])}{more}" if action.reasons else ""
    cost = "" if action.cost == Cost.free() else str(action.cost)
    return [
        _verdict("review" if _waits(action) else action.verdict),
        action.node.label,
        action.plugin,
        reason,
        (cost, "bold"),
    ]


def _waits(action: PlannedAction) -> bool:
    """Whether its picture is there, and waits for a person to pick it."""
    return action.reasons[0].code == "review"


def _verdict(verdict: str) -> Piece:
    return verdict, VERDICT_STYLES[verdict]


def totals_line(plan: Plan) -> Line:
    """``3 to buy for $0.12–$0.30, 9 to make, 2 to wait for, 37 cached``, or that there is nothing to do."""
    reviewing = sum(_waits(action) for action in plan.actions)
    if leaves_nothing(plan):
        return [nothing_to_do(len(plan.targets)) + (f", {reviewing} to review" if reviewing else "")]
    buying = _bought(plan)
    parts = [f"{buying} to buy {at_price(plan.cost)}"] if buying else []
    making = sum(action.will_run and not action.is_shared for action in plan.actions) - buying
    parts += [f"{making} to make"] if making else []
    sharing = sum(action.will_run and action.is_shared for action in plan.actions)
    parts += [f"{sharing} shared"] if sharing else []
    coming = sum(action.is_in_flight for action in plan.actions)
    parts += [f"{coming} to wait for"] if coming else []
    parts += [
        f"{number} {verdict}" for verdict in ("cached", "frozen", "blocked") if (number := len(plan.having(verdict)))
    ]
    running = {action.node.target for action in plan.actions if action.will_run}
    restored = sum(output.will_write and output.target not in running for output in plan.outputs)
    parts += [f"{count(restored, 'file')} to write"] if restored else []
    parts += [f"{reviewing} to review"] if reviewing else []
    return [(", ".join(parts), "bold")]


def leaves_nothing(plan: Plan) -> bool:
    """Whether a build would do nothing, and has nothing to wait for either."""
    return plan.empty and not any(action.is_in_flight for action in plan.actions)


def note_lines(notes: Iterable[str]) -> list[Line]:
    """What providers say to the requests, once each."""
    return [[("note:", "bold cyan"), " ", note] for note in dict.fromkeys(notes)]


def nothing_to_do(targets: int) -> str:
    """The shortest report there is."""
    if not targets:
        return "nothing to do (no pictures are wanted)"
    return f"nothing to do ({count(targets, 'picture is', 'pictures are')} up to date)"


def question(plan: Plan, *, in_batches: bool = False) -> str:
    """What is asked before money is spent."""
    price = at_price(plan.cost) + (" (not all prices are known)" if plan.cost.high and not plan.cost.known else "")
    return f"Buy {count(_bought(plan), 'picture')}{' in batches' if in_batches else ''} {price}?"


def at_price(cost: Cost) -> str:
    """``for $0.12``, or that nobody knows."""
    return f"for {cost}" if cost.known or cost.high else "at an unknown price"


def _bought(plan: Plan) -> int:
    """How many calls will be paid, those that still wait for their input too."""
    return sum(action.cost != Cost.free() for action in plan.actions)

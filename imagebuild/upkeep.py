"""What a choice leaves to do: what costs nothing, which is done at once, and what would have to be bought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from imagebuild.cost import Cost
from imagebuild.plan import PlannedAction
from imagebuild.reason import Reason
from imagebuild.report import Report
from imagebuild.session import Session

__all__ = ["Purchase", "Upkeep", "upkeep_of"]


@dataclass(frozen=True, slots=True)
class Purchase:
    """What the calls of a target would cost, and the first of them with its reason.

    One that costs nothing itself, but waits for a target that does, has the reason ``upstream``.
    """

    cost: Cost
    label: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Some targets and what rests on them: ``free`` can be brought up to date for nothing, ``dear`` only for money.

    ``report`` says what was done about the free ones, None when there was nothing to do.
    """

    free: tuple[str, ...] = ()
    dear: Mapping[str, Purchase] = field(default_factory=dict)
    report: Report | None = None


def upkeep_of(session: Session, targets: Iterable[str]) -> Upkeep:
    """Judge the targets, and those that take something from them and were built before."""
    graph, chosen = session.graph, set(targets)
    built = {row.target for row in session.facts.outputs.values()}
    reached = set(chosen)
    for node in graph.nodes:
        if node.target in built and any(graph.nodes[need].target in reached for need in node.needs):
            reached.add(node.target)
    wanted = tuple(name for name in session.spec.targets if name in reached)
    plan = session.plan(wanted)
    actions = {action.node.slot: action for action in plan.actions}
    free: list[str] = []
    dear: dict[str, Purchase] = {}
    for name in wanted:
        needed = [actions[graph.nodes[index].slot] for index in graph.closure([name])]
        paid = [action for action in needed if action.cost != Cost.free()]
        if paid:
            dear[name] = _purchase(name, paid)
        elif name in chosen or not any(action.verdict == "blocked" or action.is_in_flight for action in needed):
            free.append(name)
    return Upkeep(tuple(free), dear)


def _purchase(name: str, paid: Sequence[PlannedAction]) -> Purchase:
    own = [action for action in paid if action.node.target == name]
    if not own:
        return Purchase(Cost.free(), name, Reason("upstream", paid[0].node.label))
    return Purchase(sum((action.cost for action in own), Cost.free()), own[0].node.label, own[0].reasons[0])

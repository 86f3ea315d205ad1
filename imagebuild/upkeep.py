"""What a choice leaves to do: what costs nothing, which is done at once, and what would have to be bought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from imagebuild.cost import Cost
from imagebuild.plan import Plan, PlannedAction
from imagebuild.reason import Reason
from imagebuild.report import Report
from imagebuild.session import Session

__all__ = ["Purchase", "Upkeep", "upkeep_of"]


class Purchase(Struct, frozen=True):
    """What the calls of a target would cost, and the first of them with its reason.

    One that costs nothing itself, but waits for a target that does, has the reason ``upstream``.
    """

    cost: Cost
    label: str
    reason: Reason


class Upkeep(Struct, frozen=True):
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
    needed = _Needed(session, plan)
    free: list[str] = []
    dear: dict[str, Purchase] = {}
    for name in wanted:
        if name in needed.paid:
            dear[name] = _purchase(name, needed.own.get(name, ()), needed.paid[name])
        elif name in chosen or name not in needed.stuck:
            free.append(name)
    return Upkeep(tuple(free), dear)


class _Needed:
    """What the chains of a plan's targets hold, their own and all that they need: each node is looked at once.

    ``paid`` is the first action of each target's chain that costs something, ``own`` those of the target itself;
    ``stuck`` are targets for which something cannot be done now.
    """

    def __init__(self, session: Session, plan: Plan) -> None:
        self.paid: dict[str, PlannedAction] = {}
        self.own: dict[str, list[PlannedAction]] = {}
        self.stuck: set[str] = set()
        paid: dict[int, PlannedAction] = {}
        stuck: set[int] = set()
        for index, action in zip(session.graph.closure(plan.targets), plan.actions, strict=True):
            target, waits = action.node.target, session.graph.nodes[index].waits
            if action.cost != Cost.free():
                self.own.setdefault(target, []).append(action)
                paid[index] = action
            elif upstream := next((paid[need] for need in waits if need in paid), None):
                paid[index] = upstream
            if index in paid:
                self.paid.setdefault(target, paid[index])
            if action.verdict == "blocked" or action.is_in_flight or not stuck.isdisjoint(waits):
                stuck.add(index)
                self.stuck.add(target)


def _purchase(name: str, own: Sequence[PlannedAction], first: PlannedAction) -> Purchase:
    if not own:
        return Purchase(Cost.free(), name, Reason("upstream", first.node.label))
    return Purchase(sum((action.cost for action in own), Cost.free()), own[0].node.label, own[0].reasons[0])

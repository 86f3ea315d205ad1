"""What a build would do: each action with its verdict, reason and cost, and the files to be written. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, field

from imagebuild.action import Action, Call
from imagebuild.artifact import Artifact
from imagebuild.cost import Cost
from imagebuild.discreet import Discreet
from imagebuild.errors import StoreError
from imagebuild.graph import Graph, Node
from imagebuild.judge import Judge, Verdict
from imagebuild.reason import Reason

__all__ = ["Plan", "PlannedAction", "PlannedOutput", "make_plan"]


class PlannedAction(Struct, frozen=True):
    """One action and its verdict. ``key`` is None while an input does not exist yet."""

    node: Node
    plugin: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    cost: Cost = field(default_factory=Cost)
    key: str | None = None
    draft: bool = False

    @property
    def will_run(self) -> bool:
        """Whether a build would run it, as far as can be told, or another one in its place."""
        return self.verdict in ("buy", "make", "waiting") and not self.is_in_flight

    @property
    def is_in_flight(self) -> bool:
        """Whether it waits for a picture that was paid for already and has not come yet."""
        return self.reasons[0].code == "in_flight"

    @property
    def is_shared(self) -> bool:
        """Whether another action of the plan is the same one, and runs for both."""
        return self.reasons[0].code == "shared"


class PlannedOutput(Struct, frozen=True):
    """One output file: ``reason`` is None when it is right as it lies there."""

    target: str
    path: str
    digest: str
    reason: Reason | None = None

    @property
    def will_write(self) -> bool:
        """Whether a build would write it; a file edited by hand is left alone."""
        return self.reason is not None and self.reason.code != "edited"


class Plan(Discreet, frozen=True):
    """What a build would do, action by action in the order in which they can run, and which files it would write.

    ``notes`` are what providers have to say to the requests, and stop nothing. ``made`` is what there is already, by
    index of the node in the graph.
    """

    hidden = ("made",)
    apart = ("made",)

    targets: tuple[str, ...]
    actions: tuple[PlannedAction, ...]
    outputs: tuple[PlannedOutput, ...] = ()
    notes: tuple[str, ...] = ()
    made: Mapping[int, tuple[Artifact, ...]] = field(default_factory=dict)

    @property
    def cost(self) -> Cost:
        """What all of it would cost."""
        return sum((action.cost for action in self.actions), Cost.free())

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        to_do = any(each.will_run or each.is_in_flight or each.verdict == "blocked" for each in self.actions)
        return not to_do and not any(output.will_write for output in self.outputs)

    def having(self, *verdicts: Verdict) -> list[PlannedAction]:
        """Actions with one of the verdicts."""
        return [action for action in self.actions if action.verdict in verdicts]


def make_plan(
    targets: Iterable[str],
    graph: Graph,
    actions: Sequence[Action],
    judge: Judge,
    *,
    frozen: Callable[[str], bool],
    paths: Callable[[str, Sequence[Artifact]], list[tuple[str, Artifact]]],
) -> Plan:
    """Judge all that ``targets`` need. ``paths`` gives a target's output paths for the artifacts of its final node."""
    targets = tuple(targets)
    planned: dict[int, PlannedAction] = {}
    known: dict[int, tuple[Artifact, ...]] = {}
    absent: dict[int, Node] = {}
    first: dict[str, int] = {}
    alias: dict[int, int] = {}
    for index in graph.closure(targets):
        action = actions[index]
        verdict = judge.frozen(action) if frozen(action.node.target) else None
        if verdict is None:
            waits = _waits(action, planned, known, judge)
            if waits is not None:
                same = first.setdefault(_likeness(action, known, alias), index) if waits.will_run else index
                alias[index] = same
                planned[index] = waits if same == index else _shared(action, graph.nodes[same], waits.draft)
                if live := None if waits.draft else judge.live(action, None):
                    known[index] = live
                continue
            drafts = any(planned[need].draft for need in action.node.needs)
            verdict = judge.judge(action, [known[need] for need in action.node.needs], on_draft=drafts)
            verdict = judge.starved(verdict, absent)
        key = verdict.identity.key
        planned[index] = PlannedAction(
            action.node, verdict.action.plugin, verdict.verdict, verdict.reasons, verdict.cost, key, verdict.draft
        )
        if verdict.is_elsewhere:
            absent[index] = action.node
        if verdict.artifacts is not None:
            known[index] = verdict.artifacts
        elif verdict.verdict in ("buy", "make") and (same := first.setdefault(key, index)) != index:
            alias[index] = same
            planned[index] = _shared(action, graph.nodes[same], verdict.draft, key)
        if verdict.live is not None:
            known[index] = verdict.live
    outputs = [
        PlannedOutput(target, path, artifact.digest, judge.facts.output(path, artifact))
        for target in targets
        if (final := graph.finals[target]) in known
        for path, artifact in paths(target, known[final])
    ]
    return Plan(targets, tuple(planned.values()), tuple(outputs), made=known)


def _shared(action: Action, other: Node, draft: bool, key: str | None = None) -> PlannedAction:
    """A plan for an action that another one of this build is, too: it runs and costs once."""
    same = Reason("shared", other.label, detail=f"same request as {other.label}")
    return PlannedAction(action.node, action.plugin, "waiting", (same,), key=key, draft=draft)


def _likeness(action: Action, known: Mapping[int, tuple[Artifact, ...]], alias: Mapping[int, int]) -> str:
    """The same for actions whose keys will be the same: as a key, with a stand-in for each picture that is to come."""
    made = [
        known.get(need) or (Artifact(f"to come from {alias.get(need, need)}", "image/png", 0),)
        for need in action.node.needs
    ]
    return action.identify(made, _no_bytes).key


def _no_bytes(artifact: Artifact) -> bytes:
    raise StoreError(f"'{artifact.digest}' does not exist yet")


def _waits(
    action: Action, planned: Mapping[int, PlannedAction], known: Mapping[int, tuple[Artifact, ...]], judge: Judge
) -> PlannedAction | None:
    """A plan for an action some of whose inputs do not exist yet, None when all do."""
    missing = [planned[need] for need in action.node.needs if need not in known]
    failed = [planned[check] for check in action.node.after]
    blocked = next((each for each in (*missing, *failed) if each.verdict == "blocked"), None)
    if blocked:
        return PlannedAction(action.node, action.plugin, "blocked", (Reason("upstream", blocked.node.label),))
    if not missing:
        return None
    if any(need.is_in_flight for need in missing):
        first = next(need for need in missing if need.is_in_flight)
        detail = f"waits for {first.node.label}, which is in flight"
        return PlannedAction(action.node, action.plugin, "waiting", (Reason("in_flight", detail=detail),))
    draft = any(need.draft for need in missing) or (judge.draft is not None and not action.free)
    cost = Cost.free() if draft or action.free or not isinstance(action, Call) else judge.estimate(action)
    reason = Reason("upstream", missing[0].node.label)
    return PlannedAction(action.node, action.plugin, "waiting", (reason,), cost, draft=draft)

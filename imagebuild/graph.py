"""Targets to a graph: one node an action to be, in an order in which everything comes after what it needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from msgspec import Struct, field

from imagebuild.errors import Place, Problem, SpecError
from imagebuild.event import Kind
from imagebuild.target import ALT_STAGE, Input, InputFile, InputTag, InputTarget, Slot, Target

__all__ = ["PASSING", "Graph", "Node", "Recipe", "build_graph", "recipe_of", "resting_on"]

PASSING = ("generate", "edit")
"""Kinds of calls that lead to a target's picture."""


class Node(Struct, frozen=True):
    """One action to be.

    ``stage`` is its place in the target's chain: 0 generates or takes in the sources, then the edits, the steps, and
    the checks; an alt text stands at :data:`~imagebuild.target.ALT_STAGE`. ``needs`` are indexes into
    :attr:`Graph.nodes`: first the stage before (none for stage 0), then one for each ``{target: ...}`` input in the
    spec's order. A step's last is the target's master; a check's are the master and then all candidates.
    ``after`` are checks that must have passed: those of the targets it takes something from, and for an alt text those
    of its own. ``rule`` is what a check is called.
    """

    target: str
    stage: int
    candidate: int
    kind: Kind
    needs: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    rule: str = ""

    @property
    def waits(self) -> tuple[int, ...]:
        """All that must be done before it, each once."""
        return tuple(dict.fromkeys((*self.needs, *self.after)))

    @property
    def slot(self) -> Slot:
        """The node's place, which stays when its key changes."""
        return (self.target, self.stage, self.candidate)

    @property
    def label(self) -> str:
        """The node for people: ``hero``, ``hero (edit 2)``, ``hero (candidate 3)``, ``hero (check min_size)``."""
        if self.kind == "describe":
            return f"{self.target} (alt text)"
        if self.stage:
            return f"{self.target} ({self.kind} {self.rule or self.stage})"
        return f"{self.target} (candidate {self.candidate})" if self.candidate > 1 else self.target


class Graph(Struct, frozen=True):
    """Nodes in an order in which needs come first. ``finals`` and ``masters`` map target ids to node indexes.

    A target's final node makes what is put at its output paths; its master makes the picture that calls for other
    targets take as an input, which is the final one before any step: a step's new version must never change what is
    bought. ``starts`` are the nodes the chains go on from, of several candidates the picked ones; ``texts`` those that
    write alt texts.
    """

    nodes: tuple[Node, ...]
    finals: Mapping[str, int]
    masters: Mapping[str, int]
    starts: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, int] = field(default_factory=dict)

    def closure(self, targets: Iterable[str]) -> list[int]:
        """Indexes of all nodes that the targets need, in the graph's order; all candidates of the targets are."""
        wanted = set(targets)
        needed = [node.target in wanted for node in self.nodes]
        for index in range(len(self.nodes) - 1, -1, -1):
            if needed[index]:
                for need in self.nodes[index].waits:
                    needed[need] = True
        return [index for index, is_needed in enumerate(needed) if is_needed]

    def dependents(self) -> list[list[int]]:
        """For each node the indexes of those that wait for it."""
        dependents: list[list[int]] = [[] for _ in self.nodes]
        for index, node in enumerate(self.nodes):
            for need in node.waits:
                dependents[need].append(index)
        return dependents


class Recipe(Struct, frozen=True):
    """What the spec says of one node: who does it, and what it takes in beside the stage before it."""

    plugin: str
    inputs: tuple[Input | InputTag, ...] = ()
    mask: InputFile | None = None
    markup: InputFile | None = None


def recipe_of(target: Target, node: Node) -> Recipe:
    """The part of the spec that a node of the target stands for."""
    first_step = 1 + len(target.edits)
    first_check = first_step + len(target.steps)
    match node.kind:
        case "source":
            return Recipe("from", target.sources)
        case "generate":
            return Recipe(target.provider, target.inputs, target.mask, target.markup)
        case "edit":
            edit = target.edits[node.stage - 1]
            return Recipe(edit.provider, edit.inputs, edit.mask, edit.markup)
        case "step":
            step = target.steps[node.stage - first_step]
            return Recipe(step.name, tuple(step.references.values()))
        case "check":
            check = target.checks[node.stage - first_check]
            return Recipe(check.name, tuple(check.references.values()))
    return Recipe(target.describe.provider if target.describe else "")


def build_graph(
    targets: Mapping[str, Target],
    *,
    picks: Mapping[str, int] | None = None,
    place: Callable[[str], Place | None] = lambda target: None,
    draft: bool = False,
    only: Collection[str] | None = None,
) -> Graph:
    """Order the targets' actions. ``picks`` says which candidate goes on to edits and outputs, 1 where it is silent.

    With ``only``, those of these targets and of all that they need, in the same order among themselves. Drafts are
    neither judged nor put into words. Raises ``SpecError`` that prints the cycle when targets need each other, and
    where a call would take a picture that local steps have made.
    """
    plotter = _Plotter(targets, picks or {}, place, draft)
    starts = targets if only is None else [name for name in targets if name in only]
    for name in _order(starts, targets, place):
        plotter.plot(name)
    if plotter.problems:
        raise SpecError(plotter.problems)
    return Graph(tuple(plotter.nodes), plotter.finals, plotter.masters, plotter.starts, plotter.texts)


class _Plotter:
    """Appends the nodes of one target after another; whatever a target needs is there before it."""

    def __init__(
        self, targets: Mapping[str, Target], picks: Mapping[str, int], place: Callable[[str], Place | None], draft: bool
    ) -> None:
        self.targets = targets
        self.picks = picks
        self.place = place
        self.draft = draft
        self.nodes: list[Node] = []
        self.finals: dict[str, int] = {}
        self.masters: dict[str, int] = {}
        self.starts: dict[str, int] = {}
        self.texts: dict[str, int] = {}
        self.checks: dict[str, list[int]] = {}
        self.problems: list[Problem] = []

    def plot(self, name: str) -> None:
        """One target's chain."""
        target = self.targets[name]
        first = len(self.nodes)
        if target.sources:
            last = self._add(name, 0, "source", (), self._finished(target.sources))
        else:
            needs = self._masters(name, target.inputs)
            for candidate in range(1, target.candidates + 1):
                self._add(name, 0, "generate", (), needs, candidate=candidate)
            last = first + min(self.picks.get(name, 1), target.candidates) - 1
        self.starts[name] = last
        candidates = tuple(range(first, len(self.nodes)))
        for stage, edit in enumerate(target.edits, 1):
            last = self._add(name, stage, "edit", (last,), self._masters(name, edit.inputs))
        master = self.masters[name] = last
        for stage, step in enumerate(target.steps, 1 + len(target.edits)):
            last = self._add(name, stage, "step", (last,), self._finished(step.references.values()), (master,))
        self.finals[name] = last
        if not self.draft:
            stage = 1 + len(target.edits) + len(target.steps)
            rest = (master, *candidates)
            self.checks[name] = [
                self._add(
                    name, stage, "check", (last,), self._finished(check.references.values()), rest, rule=check.name
                )
                for stage, check in enumerate(target.checks, stage)
            ]
            if target.describe:
                self.texts[name] = self._add(name, ALT_STAGE, "describe", (master,), after=tuple(self.checks[name]))

    def _add(
        self,
        name: str,
        stage: int,
        kind: Kind,
        own: tuple[int, ...],
        others: tuple[int, ...] = (),
        rest: tuple[int, ...] = (),
        *,
        candidate: int = 1,
        after: tuple[int, ...] = (),
        rule: str = "",
    ) -> int:
        """A node that needs some of its own chain, what other targets made, and the rest of what it is made from."""
        checks = tuple(check for other in others for check in self.checks.get(self.nodes[other].target, ()))
        self.nodes.append(Node(name, stage, candidate, kind, (*own, *others, *rest), (*checks, *after), rule))
        return len(self.nodes) - 1

    def _finished(self, given: Iterable[Input | InputTag]) -> tuple[int, ...]:
        return tuple(self.finals[each.target] for each in given if isinstance(each, InputTarget))

    def _masters(self, name: str, given: Iterable[Input]) -> tuple[int, ...]:
        """What a call takes: pictures as they were bought."""
        targets = [each.target for each in given if isinstance(each, InputTarget)]
        for each in targets:
            if self.targets[each].sources and not self.targets[each].edits:
                message = f"target '{name}' cannot take '{each}' as an input: local steps make it from other pictures"
                hint = "build it, and name its output file instead: then no change of a step ever buys anything"
                self.problems.append(Problem(message, self.place(name), hint))
        return tuple(self.masters[each] for each in targets)


def _inputs(target: Target) -> Iterator[str]:
    """The targets that ``target`` takes something from, in its chain's order."""
    given: list[Input | InputTag] = [*target.sources, *target.inputs]
    for edit in target.edits:
        given += edit.inputs
    for references in (use.references for uses in (target.steps, target.checks) for use in uses):
        given += references.values()
    return (item.target for item in given if isinstance(item, InputTarget))


def resting_on(names: Iterable[str], targets: Mapping[str, Target]) -> set[str]:
    """Some targets and all that take something from them, directly or not."""
    takers: dict[str, list[str]] = {}
    for name, target in targets.items():
        if target.sources or target.inputs or target.edits or target.steps or target.checks:
            for needed in _inputs(target):
                takers.setdefault(needed, []).append(name)
    found, new = set(names), list(names)
    while new:
        for taker in takers.get(new.pop(), ()):
            if taker not in found:
                found.add(taker)
                new.append(taker)
    return found


def _order(starts: Iterable[str], targets: Mapping[str, Target], place: Callable[[str], Place | None]) -> list[str]:
    """Names so that inputs come first and otherwise in the spec's order; depth first without recursion."""
    order: list[str] = []
    done: set[str] = set()
    for start in starts:
        if start in done:
            continue
        path = {start: _inputs(targets[start])}
        while path:
            name, rest = next(reversed(path.items()))
            for needed in rest:
                if needed in path:
                    raise SpecError([_cycle([*list(path)[list(path).index(needed) :], needed], place)])
                if needed not in done:
                    path[needed] = _inputs(targets[needed])
                    break
            else:
                del path[name]
                done.add(name)
                order.append(name)
    return order


def _cycle(names: list[str], place: Callable[[str], Place | None]) -> Problem:
    if len(names) == 2:
        message = f"target '{names[0]}' takes itself as an input"
    else:
        message = "targets need each other in a circle: " + " -> ".join(names)
    return Problem(message, place(names[0]), "take one of these inputs out, or use a picture file instead")

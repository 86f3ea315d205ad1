"""Targets to a graph: one node an action to be, in an order in which everything comes after what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from imagebuild.errors import Place, Problem, SpecError
from imagebuild.target import InputFile, InputTarget, Slot, Target

__all__ = ["Graph", "Kind", "Node", "build_graph"]

Kind: TypeAlias = Literal["generate", "edit", "step"]


@dataclass(frozen=True, slots=True)
class Node:
    """One action to be.

    ``stage`` is its place in the target's chain: 0 generates, then the edits, then the steps. ``needs`` are indexes
    into :attr:`Graph.nodes`: first the stage before (none for stage 0), then one for each ``{target: ...}`` input in
    the spec's order.
    """

    target: str
    stage: int
    candidate: int
    kind: Kind
    needs: tuple[int, ...] = ()

    @property
    def slot(self) -> Slot:
        """The node's place, which stays when its key changes."""
        return (self.target, self.stage, self.candidate)

    @property
    def label(self) -> str:
        """The node for people: ``hero``, ``hero (edit 2)``, ``hero (candidate 3)``."""
        if self.stage:
            return f"{self.target} ({self.kind} {self.stage})"
        return f"{self.target} (candidate {self.candidate})" if self.candidate > 1 else self.target


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in an order in which needs come first. ``finals`` and ``masters`` map target ids to node indexes.

    A target's final node makes what is put at its output paths; its master makes the picture other targets take as an
    input, which is the final one before any step: a step's new version must never change what is bought.
    """

    nodes: tuple[Node, ...]
    finals: Mapping[str, int]
    masters: Mapping[str, int]

    def closure(self, targets: Iterable[str]) -> list[int]:
        """Indexes of all nodes that the targets need, in the graph's order; all candidates of the targets are."""
        wanted = set(targets)
        needed = [node.target in wanted for node in self.nodes]
        for index in range(len(self.nodes) - 1, -1, -1):
            if needed[index]:
                for need in self.nodes[index].needs:
                    needed[need] = True
        return [index for index, is_needed in enumerate(needed) if is_needed]

    def dependents(self) -> list[list[int]]:
        """For each node the indexes of those that need it."""
        dependents: list[list[int]] = [[] for _ in self.nodes]
        for index, node in enumerate(self.nodes):
            for need in dict.fromkeys(node.needs):
                dependents[need].append(index)
        return dependents


def build_graph(
    targets: Mapping[str, Target],
    *,
    picks: Mapping[str, int] | None = None,
    place: Callable[[str], Place | None] = lambda target: None,
) -> Graph:
    """Order the targets' actions. ``picks`` says which candidate goes on to edits and outputs, 1 where it is silent.

    Raises ``SpecError`` that prints the cycle when targets are inputs of each other.
    """
    nodes: list[Node] = []
    finals: dict[str, int] = {}
    masters: dict[str, int] = {}
    for name in _order(targets, place):
        target = targets[name]
        picked = min((picks or {}).get(name, 1), target.candidates)
        needs = tuple(masters[given.target] for given in target.inputs if isinstance(given, InputTarget))
        first = len(nodes)
        nodes += [Node(name, 0, candidate, "generate", needs) for candidate in range(1, target.candidates + 1)]
        last = first + picked - 1
        for stage, edit in enumerate(target.edits, 1):
            needs = tuple(masters[given.target] for given in edit.inputs if isinstance(given, InputTarget))
            nodes.append(Node(name, stage, 1, "edit", (last, *needs)))
            last = len(nodes) - 1
        masters[name] = last
        for stage in range(1 + len(target.edits), 1 + len(target.edits) + len(target.steps)):
            nodes.append(Node(name, stage, 1, "step", (last,)))
            last = len(nodes) - 1
        finals[name] = last
    return Graph(tuple(nodes), finals, masters)


def _inputs(target: Target) -> Iterator[str]:
    """The targets that ``target`` takes as inputs, in its chain's order."""
    given: list[InputFile | InputTarget] = list(target.inputs)
    for edit in target.edits:
        given += edit.inputs
    return (item.target for item in given if isinstance(item, InputTarget))


def _order(targets: Mapping[str, Target], place: Callable[[str], Place | None]) -> list[str]:
    """Names so that inputs come first and otherwise in the spec's order; depth first without recursion."""
    order: list[str] = []
    done: set[str] = set()
    for start in targets:
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

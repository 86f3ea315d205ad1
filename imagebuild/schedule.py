"""How far a run over a graph has come: what is ready, what is made, what can no longer run."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from imagebuild.artifact import Artifact
from imagebuild.graph import Graph

__all__ = ["Schedule"]


class Schedule:
    """The nodes that some targets need, by their indexes in the graph.

    ``ready`` holds those whose needs are all made, in the graph's order; ``finals`` maps final nodes to the targets
    that were asked for. Each node is taken from ``ready`` once and then either made or dead.
    """

    def __init__(self, graph: Graph, targets: Sequence[str]) -> None:
        needed = graph.closure(targets)
        among = set(needed)
        self.finals = {graph.finals[target]: target for target in targets}
        self._dependents = [[each for each in group if each in among] for group in graph.dependents()]
        self._missing = {index: len(graph.nodes[index].waits) for index in needed}
        self._made: dict[int, tuple[Artifact, ...]] = {}
        self._dead: set[int] = set()
        self.ready = deque(index for index in needed if not self._missing[index])

    @property
    def done(self) -> Mapping[int, tuple[Artifact, ...]]:
        """What every node that is made has made, by index."""
        return self._made

    def made(self, indexes: Sequence[int]) -> list[tuple[Artifact, ...]]:
        """What these nodes made."""
        return [self._made[index] for index in indexes]

    def finish(self, index: int, artifacts: tuple[Artifact, ...]) -> None:
        """A node is made; what waited for it alone becomes ready."""
        self._made[index] = artifacts
        for dependent in self._dependents[index]:
            self._missing[dependent] -= 1
            if not self._missing[dependent]:
                self.ready.append(dependent)

    def kill(self, index: int) -> int:
        """Neither this node nor anything that needs it can run; how many others that stops."""
        before, pending = len(self._dead), [index]
        while pending:
            each = pending.pop()
            if each not in self._dead:
                self._dead.add(each)
                pending += self._dependents[each]
        return max(0, len(self._dead) - before - 1)

    @property
    def untouched(self) -> int:
        """How many nodes are neither made nor dead."""
        return len(self._missing) - len(self._made) - len(self._dead)

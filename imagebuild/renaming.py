"""Finds targets that got another name: their request is one that the lock has under a name that nobody wants any more.

All that the lock says goes along then: which attempt it is, which candidate was picked, and what people said of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from imagebuild.action import Action, Call
from imagebuild.artifact import Artifact
from imagebuild.errors import StoreError
from imagebuild.graph import Graph, Node
from imagebuild.lockfile import Lock, LockLine
from imagebuild.target import Slot

__all__ = ["find_renames"]

_Sought: TypeAlias = tuple[str, int, int, str]  # provider, stage, candidate and key of a target's first line


def find_renames(lock: Lock, wanted: Collection[str], graph: Graph, actions: Sequence[Action]) -> dict[str, str]:
    """New names by old ones, for targets whose first call is known by its key, whatever attempt the lock has."""
    firsts: dict[str, LockLine] = {}
    for line in sorted((line for line in lock.lines.values() if line.stage >= 0), key=lambda line: line.slot):
        if line.target not in wanted:
            firsts.setdefault(line.target, line)
    if not firsts:
        return {}
    gone: dict[_Sought, list[str]] = {}
    for old, line in firsts.items():
        gone.setdefault((line.provider, line.stage, line.candidate, line.key), []).append(old)
    takes = sorted({line.take for line in firsts.values()})
    places = {line.slot[1:] for line in firsts.values()}
    done = {line.target for line in lock.lines.values()}
    renames: dict[str, str] = {}
    for node, action in zip(graph.nodes, actions, strict=True):
        if node.target in done or node.slot[1:] not in places or not isinstance(action, Call):
            continue
        for key in _keys(action, takes, lock, graph.nodes):
            old_names = gone.get((action.plugin, node.stage, node.candidate, key))
            if old_names:
                renames[old_names.pop(0)] = node.target
                done.add(node.target)
                break
    return renames


def _keys(call: Call, takes: Iterable[int], lock: Lock, nodes: Sequence[Node]) -> Iterator[str]:
    """The keys of a call as each of some attempts; none while something that it takes in is not there."""
    made = [_delivered(nodes[need], lock.lines) for need in call.node.needs]
    whole = [each for each in made if each is not None]
    if len(whole) != len(made):
        return
    for take in takes:
        try:
            yield replace(call, request=replace(call.request, take=take)).identify(whole, _no_bytes).key
        except StoreError:
            return


def _delivered(node: Node, lines: Mapping[Slot, LockLine]) -> tuple[Artifact, ...] | None:
    """What a call of another target hands on, as the lock says."""
    line = lines.get(node.slot)
    live = line.live or line if line else None
    return (Artifact(live.digest, live.media_type, 0),) if live else None


def _no_bytes(artifact: Artifact) -> bytes:
    raise StoreError(f"'{artifact.digest}' is not read to find a name")

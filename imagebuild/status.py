"""The state of each target in a word, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from imagebuild.graph import Graph
from imagebuild.lockfile import Lock, Review
from imagebuild.plan import Plan
from imagebuild.reason import Reason
from imagebuild.spec import Spec
from imagebuild.store import OutputState

__all__ = ["State", "TargetStatus", "reviews_of", "status_of"]

_ORDER: tuple[Review, ...] = ("rejected", "unreviewed", "approved")

State: TypeAlias = Literal["fresh", "stale", "missing", "draft", "frozen"]


class TargetStatus(Struct, frozen=True):
    """One target: ``outputs`` are the files it has now, project-relative; ``reasons`` why it is not fresh.

    ``review`` is what a person said of the picture as it is wanted now, None for what stands in no lock.
    """

    state: State
    reasons: tuple[Reason, ...] = ()
    outputs: tuple[str, ...] = ()
    review: Review | None = None


def reviews_of(plan: Plan, graph: Graph, lock: Lock) -> dict[str, Review]:
    """What people said of each picture that the lock has, and of its alt text: the least of both.

    It was said of the request as it was then: a picture whose request has changed is not reviewed.
    """
    found: dict[str, Review] = {}
    keys = {action.node.slot: action.key for action in plan.actions if action.verdict != "frozen"}
    for target in plan.targets:
        ends = [graph.nodes[index[target]].slot for index in (graph.masters, graph.texts) if target in index]
        lines = [lock.lines[slot] for slot in ends if slot in lock.lines]
        said = [line.review if keys.get(line.slot, line.key) == line.key else "unreviewed" for line in lines]
        if said:
            found[target] = min(said, key=_ORDER.index)
    return found


def status_of(
    plan: Plan, spec: Spec, files: Mapping[str, OutputState], graph: Graph, lock: Lock
) -> dict[str, TargetStatus]:
    """Judge every target of the plan. ``files`` are the outputs that builds wrote, by path."""
    reviews = reviews_of(plan, graph, lock)
    actions: dict[str, list[Reason]] = {}
    for action in plan.actions:
        if action.verdict not in ("cached", "frozen") or action.reasons[0].code == "review":
            actions.setdefault(action.node.target, []).extend(action.reasons)
    written: dict[str, list[str]] = {}
    drafts: set[str] = set()
    for path, row in files.items():
        written.setdefault(row.target, []).append(path)
        if row.draft:
            drafts.add(row.target)
    frozen = {line.target for line in lock.lines.values() if line.frozen}
    off: dict[str, list[Reason]] = {}
    right: dict[str, list[str]] = {}
    for output in plan.outputs:
        right.setdefault(output.target, []).append(output.path)
        if output.reason is not None:
            off.setdefault(output.target, []).append(output.reason)
    return {
        target: _status(
            actions.get(target, []),
            off.get(target, []),
            tuple(sorted(right.get(target, []) or written.get(target, []))),
            draft=target in drafts,
            frozen=spec.targets[target].frozen or target in frozen,
            review=reviews.get(target),
        )
        for target in plan.targets
    }


def _status(
    to_run: list[Reason],
    off: list[Reason],
    outputs: tuple[str, ...],
    *,
    draft: bool,
    frozen: bool,
    review: Review | None,
) -> TargetStatus:
    reasons = tuple(to_run + off)
    if draft:
        return TargetStatus("draft", reasons, outputs, review)
    if to_run:
        return TargetStatus("stale" if outputs else "missing", reasons, outputs, review)
    if any(reason.code == "output" and reason.detail == "missing" for reason in off):
        return TargetStatus("missing", reasons, (), review)
    if off:
        return TargetStatus("stale", reasons, outputs, review)
    return TargetStatus("frozen" if frozen else "fresh", (), outputs, review)

"""The state of each target in a word, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from imagebuild.plan import Plan
from imagebuild.reason import Reason
from imagebuild.spec import Spec
from imagebuild.store import OutputState

__all__ = ["State", "TargetStatus", "status_of"]

State: TypeAlias = Literal["fresh", "stale", "missing", "draft", "frozen"]


@dataclass(frozen=True, slots=True)
class TargetStatus:
    """One target: ``outputs`` are the files it has now, project-relative; ``reasons`` why it is not fresh."""

    state: State
    reasons: tuple[Reason, ...] = ()
    outputs: tuple[str, ...] = ()


def status_of(plan: Plan, spec: Spec, files: Mapping[str, OutputState]) -> dict[str, TargetStatus]:
    """Judge every target of the plan. ``files`` are the outputs that builds wrote, by path."""
    actions: dict[str, list[Reason]] = {}
    for action in plan.actions:
        if action.verdict not in ("cached", "frozen"):
            actions.setdefault(action.node.target, []).extend(action.reasons)
    written: dict[str, list[str]] = {}
    drafts: set[str] = set()
    for path, row in files.items():
        written.setdefault(row.target, []).append(path)
        if row.draft:
            drafts.add(row.target)
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
            frozen=spec.targets[target].frozen,
        )
        for target in plan.targets
    }


def _status(
    to_run: list[Reason], off: list[Reason], outputs: tuple[str, ...], *, draft: bool, frozen: bool
) -> TargetStatus:
    reasons = tuple(to_run + off)
    if draft:
        return TargetStatus("draft", reasons, outputs)
    if to_run:
        return TargetStatus("stale" if outputs else "missing", reasons, outputs)
    if any(reason.code == "output" and reason.detail == "missing" for reason in off):
        return TargetStatus("missing", reasons, ())
    if off:
        return TargetStatus("stale", reasons, outputs)
    return TargetStatus("frozen" if frozen else "fresh", (), outputs)

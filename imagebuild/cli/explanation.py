"""All that can be said about one target: its chain, each action's verdict with every reason, its inputs and outputs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from imagebuild.action import Call
from imagebuild.cli.published import action_json, reason_json
from imagebuild.digest import Json
from imagebuild.plan import Plan, PlannedAction, PlannedOutput
from imagebuild.session import Session
from imagebuild.status import TargetStatus, status_of
from imagebuild.store import Record
from imagebuild.target import Edit, InputTarget, Target

__all__ = ["Explanation", "Link", "explain", "explanation_json"]


@dataclass(frozen=True, slots=True)
class Link:
    """One action of the chain. ``old_prompt`` is what it was made with, where that differs from ``prompt``.

    ``inputs`` are pairs of what goes in (``refs/logo.png``, ``target logo``) and how that stands; ``last`` is the
    record of what stood here before.
    """

    action: PlannedAction
    prompt: str | None = None
    old_prompt: str | None = None
    inputs: tuple[tuple[str, str], ...] = ()
    last: Record | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One target; ``notes`` are what providers say to the requests of its project."""

    target: Target
    status: TargetStatus
    links: tuple[Link, ...]
    outputs: tuple[PlannedOutput, ...]
    notes: tuple[str, ...] = ()


def explain(session: Session, name: str) -> Explanation:
    """Look at everything that ``name``, the id of one target, needs."""
    plan = session.plan((name,))
    status = status_of(plan, session.spec, session.facts.outputs)[name]
    links = tuple(_link(session, plan, action) for action in plan.actions if action.node.target == name)
    return Explanation(session.spec.targets[name], status, links, plan.outputs, plan.notes)


def _link(session: Session, plan: Plan, planned: PlannedAction) -> Link:
    node = planned.node
    target = session.spec.targets[node.target]
    last = session.facts.last(node.slot)
    record = None
    if last is not None:
        record = session.originals.records.get(last[0]) or session.derivatives.records.get(last[0])
    action = next(each for each in session.actions if each.node.slot == node.slot)
    prompt = action.request.prompt if isinstance(action, Call) else None
    before = last[1].get("prompt") if last else None
    changed = isinstance(before, str) and before != prompt
    return Link(
        planned,
        prompt,
        before if changed and isinstance(before, str) else None,
        _inputs(plan, target if not node.stage else _edit(target, node.stage)),
        record,
    )


def _edit(target: Target, stage: int) -> Edit | None:
    return target.edits[stage - 1] if stage <= len(target.edits) else None


def _inputs(plan: Plan, wanted: Target | Edit | None) -> tuple[tuple[str, str], ...]:
    """Where the reference pictures of a call come from."""
    if wanted is None:
        return ()
    found = []
    for given in wanted.inputs:
        if isinstance(given, InputTarget):
            verdicts = [action.verdict for action in plan.actions if action.node.target == given.target]
            state = next(
                (verdict for verdict in ("blocked", "buy", "make", "waiting") if verdict in verdicts), "cached"
            )
            found.append((f"target {given.target}", state))
        else:
            found.append((given.path, "file"))
    if wanted.mask:
        found.append((wanted.mask.path, "mask"))
    return tuple(found)


def explanation_json(explanation: Explanation) -> dict[str, Json]:
    """An explanation for programs."""
    return {
        "target": explanation.target.id,
        "state": explanation.status.state,
        "actions": [_link_json(link) for link in explanation.links],
        "outputs": [
            {"path": output.path, "reason": reason_json(output.reason) if output.reason else None}
            for output in explanation.outputs
        ],
        "notes": list(explanation.notes),
    }


def _link_json(link: Link) -> dict[str, Json]:
    return {
        **action_json(link.action),
        "prompt": link.prompt,
        "old_prompt": link.old_prompt,
        "inputs": [{"from": name, "state": state} for name, state in link.inputs],
        "last": _last_json(link.last) if link.last else None,
    }


def _last_json(record: Record) -> dict[str, Json]:
    return {
        "key": record.key,
        "time": datetime.fromtimestamp(record.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "model": record.model,
        "cost_usd": record.cost_usd,
        "paid": record.paid,
    }

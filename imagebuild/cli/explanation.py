"""All that can be said about one target: its chain, each action's verdict with every reason, its inputs and outputs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct

from imagebuild.action import Call
from imagebuild.cli.published import action_json, reason_json
from imagebuild.digest import Json
from imagebuild.graph import Recipe, recipe_of
from imagebuild.plan import PlannedAction, PlannedOutput
from imagebuild.session import Session
from imagebuild.status import TargetStatus, status_of
from imagebuild.store import Record
from imagebuild.target import InputFile, InputTarget, Target

__all__ = ["Explanation", "Link", "explain", "explanation_json"]


class Link(Struct, frozen=True):
    """One action of the chain. ``old_prompt`` is what it was made with, where that differs from ``prompt``.

    ``inputs`` are pairs of what goes in (``refs/logo.png``, ``target logo``) and how that stands; ``last`` is the
    record of what stood here before.
    """

    action: PlannedAction
    prompt: str | None = None
    old_prompt: str | None = None
    inputs: tuple[tuple[str, str], ...] = ()
    last: Record | None = None


class Explanation(Struct, frozen=True):
    """One target; ``notes`` are what providers say to the requests of its project."""

    target: Target
    status: TargetStatus
    links: tuple[Link, ...]
    outputs: tuple[PlannedOutput, ...]
    notes: tuple[str, ...] = ()


def explain(session: Session, name: str) -> Explanation:
    """Look at everything that ``name``, the id of one target, needs."""
    plan = session.plan((name,))
    status = status_of(plan, session.spec, session.facts.outputs, session.graph, session.lock)[name]
    verdicts: dict[str, set[str]] = {}
    for action in plan.actions:
        verdicts.setdefault(action.node.target, set()).add(action.verdict)
    links = tuple(_link(session, verdicts, action) for action in plan.actions if action.node.target == name)
    return Explanation(session.spec.targets[name], status, links, plan.outputs, plan.notes)


def _link(session: Session, verdicts: Mapping[str, set[str]], planned: PlannedAction) -> Link:
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
        _inputs(verdicts, recipe_of(target, node)),
        record,
    )


def _inputs(verdicts: Mapping[str, set[str]], recipe: Recipe) -> tuple[tuple[str, str], ...]:
    """Where what goes in beside the stage before comes from."""
    found = []
    for given in recipe.inputs:
        if isinstance(given, InputTarget):
            known = verdicts.get(given.target, set())
            state = next((verdict for verdict in ("blocked", "buy", "make", "waiting") if verdict in known), "cached")
            found.append((f"target {given.target}", state))
        elif isinstance(given, InputFile):
            found.append((given.path, "file"))
    if recipe.mask:
        found.append((recipe.mask.path, "mask"))
    if recipe.markup:
        found.append((recipe.markup.path, "markup"))
    return tuple(found)


def explanation_json(explanation: Explanation) -> dict[str, Json]:
    """An explanation for programs."""
    return {
        "target": explanation.target.id,
        "state": explanation.status.state,
        "review": explanation.status.review,
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

"""The JSON that programs read, as ``docs/reference/json.md`` and the schemas beside it promise it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from msgspec.structs import asdict

from imagebuild.cli.error_json import error_json, problem_json, time_json
from imagebuild.cost import Cost
from imagebuild.digest import Json
from imagebuild.errors import ImageBuildError
from imagebuild.event import (
    ActionFailed,
    ActionFinished,
    ActionRetried,
    ActionStarted,
    BuildFinished,
    BuildStarted,
    Event,
    PurchasesWaiting,
    SpecBroken,
)
from imagebuild.plan import Plan, PlannedAction, PlannedOutput
from imagebuild.reason import Reason
from imagebuild.status import TargetStatus
from imagebuild.wave import BatchView

__all__ = [
    "action_json",
    "batches_json",
    "cost_json",
    "event_json",
    "plan_json",
    "reason_json",
    "status_json",
]


def event_json(event: Event, now: datetime) -> dict[str, Json]:
    """One line of ``build --json``."""
    line: dict[str, Json] = {"event": event.name, "time": time_json(now)}
    if isinstance(event, BuildStarted):
        return line | asdict(event) | {"cost": cost_json(event.cost) if event.cost else None}
    if isinstance(event, ActionStarted | ActionFinished | ActionFailed | ActionRetried):
        line |= {"target": event.target, "kind": event.kind, "name": event.plugin}
        line |= {"stage": event.stage, "candidate": event.candidate, "key": event.key or None}
        if isinstance(event, ActionFinished):
            line |= {"verdict": event.verdict, "digests": event.digests, "cost_usd": _usd(event.cost_usd)}
            line |= {"seconds": round(event.seconds, 3)}
        elif isinstance(event, ActionFailed):
            line |= {"error": error_json(event.error)}
        elif isinstance(event, ActionRetried):
            line |= {"wait": round(event.wait, 3), "attempt": event.attempt, "error": error_json(event.error)}
        return line
    if isinstance(event, BuildFinished):
        sums: dict[str, Json] = {"cost_usd": _usd(event.cost_usd), "collected_usd": _usd(event.collected_usd)}
        return line | asdict(event) | sums | {"seconds": round(event.seconds, 3)}
    if isinstance(event, SpecBroken):
        known = event.error.problems if isinstance(event.error, ImageBuildError) else ()
        problems: list[Json] = [problem_json(problem) for problem in known]
        return line | {"error": error_json(event.error), "problems": problems}
    if isinstance(event, PurchasesWaiting):
        return line | asdict(event) | {"cost": cost_json(event.cost), "left_usd": _usd(event.left_usd)}
    return line | asdict(event)


def _usd(amount: float | None) -> float | None:
    """Dollars without the noise of adding floats."""
    return None if amount is None else round(amount, 6)


def cost_json(cost: Cost) -> dict[str, Json]:
    """A range in US dollars; ``unknown`` counts what has no known price."""
    return {"low": round(cost.low, 6), "high": round(cost.high, 6), "unknown": cost.unknown}


def reason_json(reason: Reason) -> dict[str, Json]:
    """A cause; ``detail`` is for people."""
    change = f"{reason.old} -> {reason.new}" if reason.old or reason.new else ""
    return {"code": reason.code, "field": reason.field or None, "detail": reason.detail or change or None}


def action_json(action: PlannedAction) -> dict[str, Json]:
    """One action of a plan. ``reason`` is the first of ``reasons``; ``cost`` is null for what costs nothing."""
    reasons: list[Json] = [reason_json(reason) for reason in action.reasons]
    return {
        "target": action.node.target,
        "kind": action.node.kind,
        "name": action.plugin,
        "stage": action.node.stage,
        "candidate": action.node.candidate,
        "key": action.key,
        "verdict": action.verdict,
        "draft": action.draft,
        "reason": reasons[0] if reasons else None,
        "reasons": reasons,
        "cost": None if action.cost == Cost.free() else cost_json(action.cost),
    }


def _output_json(output: PlannedOutput) -> dict[str, Json]:
    return {
        "target": output.target,
        "path": output.path,
        "digest": output.digest,
        "reason": reason_json(output.reason) if output.reason else None,
    }


def plan_json(plan: Plan) -> dict[str, Json]:
    """A whole plan."""
    totals: dict[str, Json] = {
        verdict: sum(action.verdict == verdict for action in plan.actions)
        for verdict in ("buy", "make", "cached", "frozen", "blocked", "waiting")
    }
    totals["write"] = sum(output.will_write for output in plan.outputs)
    totals["cost"] = cost_json(plan.cost)
    return {
        "version": 1,
        "targets": list(plan.targets),
        "actions": [action_json(action) for action in plan.actions],
        "outputs": [_output_json(output) for output in plan.outputs],
        "notes": list(plan.notes),
        "totals": totals,
    }


def status_json(states: Mapping[str, TargetStatus], notes: Iterable[str]) -> dict[str, Json]:
    """The state of every target; ``review`` is null where nothing was bought."""
    return {
        "targets": {
            target: {
                "state": status.state,
                "reasons": [reason_json(reason) for reason in status.reasons],
                "outputs": list(status.outputs),
                "review": status.review,
            }
            for target, status in states.items()
        },
        "notes": list(notes),
    }


def batches_json(views: Iterable[BatchView]) -> dict[str, Json]:
    """Open batches; ``state`` and the numbers are null where the service was not asked or did not say."""
    return {"batches": [_batch_json(view) for view in views]}


def _batch_json(view: BatchView) -> dict[str, Json]:
    status = view.status
    return {
        "id": view.batch.batch_id,
        "provider": view.batch.provider,
        "since": time_json(datetime.fromtimestamp(view.batch.created, UTC)),
        "state": status.state if status else None,
        "done": status.done if status else None,
        "failed": status.failed if status else None,
        "total": status.total if status else None,
        "message": status.message if status else None,
        "waiting": view.waiting,
        "error": error_json(view.error) if view.error else None,
    }

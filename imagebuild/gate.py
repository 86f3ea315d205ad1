"""What must hold before anything is called: money agreed to, all paid work locked, the plan as approved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from imagebuild.audit import command_for
from imagebuild.budget import Budget
from imagebuild.cost import Cost
from imagebuild.errors import CheckFailed, LockError, Problem, SpecError, SpendingRefused, UsageError
from imagebuild.plan import Plan, PlannedAction
from imagebuild.session import Session
from imagebuild.target import in_shell
from imagebuild.trust import READ_FIRST

__all__ = [
    "agreed_budget",
    "require_finished",
    "require_local",
    "require_local_publishers",
    "require_locked",
    "require_rerollable",
    "require_same",
]

_CALLS = ("generate", "edit", "describe")


def agreed_budget(
    plan: Plan, cap: float | None, confirm: Callable[[Plan], bool] | None, approved: Plan | None
) -> Budget:
    """The money this build may spend. Raises ``SpendingRefused`` before anything is called."""
    cost = plan.cost
    if cost == Cost.free():
        return Budget(0.0)
    if approved is not None:
        return Budget(approved.cost.high if approved.cost.known else None, allow_unknown=not approved.cost.known)
    if cap is not None:
        if not cost.known:
            raise SpendingRefused(
                f"the price of {cost.unknown} of the pictures is unknown, and there is a cap of {Cost.exactly(cap)}",
                hint="state a price in the spec: 'providers: {NAME: {price: 0.05}}'",
            )
        if cost.low > cap + 1e-9:
            raise SpendingRefused(
                f"this build would cost {cost}, over the cap of {Cost.exactly(cap)}",
                hint="raise 'budget.max_cost' or '--max-cost', name fewer targets, or build with '--draft'",
            )
        return Budget(cap)
    if confirm is not None and confirm(plan):
        return Budget(cost.high if cost.known else None, allow_unknown=True)
    raise SpendingRefused(
        f"this build would cost {cost}, and nobody has agreed to that",
        hint="give a cap with '--max-cost USD' or 'budget: {max_cost: USD}', or build with '--draft' for free",
    )


def require_local(plan: Plan, session: Session) -> None:
    """Raise ``SpendingRefused`` when an untrusted project would have a provider called; no cap or yes lifts that."""
    called = [each for each in plan.actions if each.will_run and _reaches_out(session, each)]
    if not session.untrusted or not called:
        return
    names = " and ".join(f"'{name}'" for name in dict.fromkeys(each.plugin for each in called))
    cost = f" for {plan.cost}" if plan.cost != Cost.free() else ""
    raise SpendingRefused(
        f"this build would call {names}{cost}, and nobody is called for an untrusted project",
        hint="no cap and no '--yes' lifts that: somebody has to read it first; '--draft' draws it for free",
    )


def _reaches_out(session: Session, action: PlannedAction) -> bool:
    settings = session.resolver.providers.get(action.plugin) if action.node.kind in _CALLS else None
    return settings is not None and not (settings.provider.free and settings.provider.local)


def require_local_publishers(session: Session, names: Collection[str]) -> None:
    """Raise ``SpecError`` when an untrusted project asks for publishers that leave this machine, all or those named."""
    uses = session.resolver.publishers
    remote = [each for each in uses if each.publisher.remote and (not names or each.publisher.name in names)]
    if not session.untrusted or not remote:
        return
    local = " ".join(dict.fromkeys(each.publisher.name for each in uses if not each.publisher.remote))
    others = f"'imagebuild publish {local}' runs those that stay here; or " if local else ""
    raise SpecError(
        Problem(
            f"publisher '{each.publisher.name}' leaves this machine, and is not run for an untrusted project",
            each.place,
            others + READ_FIRST,
        )
        for each in remote
    )


def require_locked(plan: Plan, session: Session) -> None:
    """Raise ``LockError`` unless every paid picture the plan needs is pinned as it is.

    One that waits for free work has no key yet: if the lock has a line for it, the builder sees when the key is known.
    """
    missing: list[str] = []
    for action in plan.actions:
        node = action.node
        line = session.lock.lines.get(node.slot)
        wrong = line is None or (action.key is not None and line.key != action.key)
        unpinned = wrong and not _is_free(session, action) and (action.key is not None or not action.is_shared)
        code = action.reasons[0].code
        if code == "failed":
            continue  # what a check says has nothing to do with the lock
        blocked = action.verdict == "blocked" and code != "upstream"  # what it waits for is on the list, or a check
        if action.verdict != "frozen" and (blocked or unpinned):
            missing.append(f"{node.label}: {action.reasons[0]} ({command_for(action)})")
    if missing:
        shown = "\n  ".join(missing[:20]) + (f"\n  and {len(missing) - 20} more" if len(missing) > 20 else "")
        raise LockError(
            f"the lock does not hold all that this build needs\n  {shown}",
            hint="run 'imagebuild build' where spending is allowed and commit imagebuild.lock; what the store lost has "
            "to be brought back to it",
        )


def _is_free(session: Session, action: PlannedAction) -> bool:
    settings = session.resolver.providers.get(action.plugin)
    return action.node.kind in ("source", "step", "check") or (settings is not None and settings.provider.free)


def require_finished(plan: Plan, session: Session) -> None:
    """Raise unless a build of everything has nothing left to do, no draft lies about, and every check has passed."""
    failing = [action for action in plan.actions if action.reasons[0].code == "failed"]
    if failing:
        shown = "\n  ".join(f"{action.node.target}: {action.reasons[0]}" for action in failing[:20])
        raise CheckFailed(f"pictures break rules of the spec\n  {shown}", hint="nothing was published; build them anew")
    wanted = session.spec.targets
    drafts = sorted({row.target for row in session.facts.outputs.values() if row.draft and row.target in wanted})
    if drafts:
        raise LockError(
            f"drafts lie at the outputs of {', '.join(drafts[:5])}",
            hint="'imagebuild build' replaces them; nothing was published",
        )
    wrong = [
        f"{action.node.label}: {action.reasons[0]}"
        for action in plan.actions
        if action.will_run or action.verdict == "blocked"
    ]
    wrong += [f"{output.path}: {output.reason}" for output in plan.outputs if output.reason is not None]
    if wrong or not plan.empty:
        shown = "\n  ".join(wrong[:20]) + (f"\n  and {len(wrong) - 20} more" if len(wrong) > 20 else "")
        raise LockError(
            f"not everything is built\n  {shown}", hint="run 'imagebuild build' first; nothing was published"
        )


def require_same(approved: Plan, plan: Plan) -> None:
    """Raise ``UsageError`` when the plan is no longer what somebody agreed to."""

    def wanted(each: Plan) -> set[tuple[object, ...]]:
        return {(action.node.slot, action.key, action.verdict) for action in each.actions if action.will_run}

    if wanted(approved) != wanted(plan):
        raise UsageError(
            "the saved plan no longer matches the project", hint="make a new one with 'imagebuild plan -o FILE'"
        )


def require_rerollable(session: Session, targets: Iterable[str], edit: int | None) -> None:
    """Raise ``UsageError`` for targets whose picture no call makes, or that stay as they are.

    Raises ``LockError`` for those that have none yet: the first attempt is what a build makes.
    """
    for name in targets:
        target = session.spec.targets[name]
        place = session.spec.place(name)
        if target.first_call is None:
            raise UsageError(f"no call makes the picture of '{name}': there is no other attempt", place=place)
        if session.is_frozen(name):
            hint = f"'imagebuild freeze --off {in_shell(name)}' first"
            hint = "take 'frozen: true' out of the spec first" if target.frozen else hint
            raise UsageError(f"'{name}' is frozen", place=place, hint=hint)
        if edit is not None and not 1 <= edit <= len(target.edits):
            has = f"{len(target.edits)} edit{'' if len(target.edits) == 1 else 's'}" if target.edits else "no edits"
            raise UsageError(f"'{name}' has {has}, there is no edit {edit}", place=place)
        if session.facts.standing((name, edit or target.first_call, 1)) is None:
            hint = f"make it first: 'imagebuild build {in_shell(name)}'"
            raise LockError(f"'{name}' has no picture yet, so there is none to try anew", place=place, hint=hint)

"""One build from its plan to its report: gates, the run, publishers, the remote store, and the stamp."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from imagebuild.budget import Budget
from imagebuild.closing import publish_locally, send_build, stamp_build
from imagebuild.collecting import collect, give_up, tell_failed
from imagebuild.cost import Cost
from imagebuild.errors import ImageBuildError
from imagebuild.event import BuildFinished, BuildStarted, Event, Notice
from imagebuild.gate import agreed_budget, require_local, require_locked, require_rerollable, require_same
from imagebuild.history import remember
from imagebuild.plan import Plan
from imagebuild.publishing import Press
from imagebuild.registration import register
from imagebuild.report import Report, report_of
from imagebuild.retry import RetryPolicy
from imagebuild.run import Run
from imagebuild.session import Session

__all__ = ["Order", "carry_out"]


class Order(Struct, frozen=True):
    """What is to be built and how; see :meth:`imagebuild.project.Project.build`. ``online``: services may be asked."""

    targets: tuple[str, ...]
    tags: tuple[str, ...]
    confirm: Callable[[Plan], bool] | None
    approved: Plan | None
    max_cost: float | None
    jobs: int | None
    max_failures: int
    draft: bool
    locked: bool
    online: bool
    overwrite: bool
    give_up: bool
    reroll: bool
    edit: int | None

    @property
    def is_whole(self) -> bool:
        """Whether it is for all targets."""
        return not (self.targets or self.tags)


def carry_out(
    session: Session,
    order: Order,
    tell: Callable[[Event], None],
    *,
    environ: Mapping[str, str],
    retry: RetryPolicy,
    began_ns: int,
) -> Report:
    """Build what is ordered, in a session of its own, under the project's build lock.

    ``began_ns`` is from before the session read anything. Raises what :meth:`imagebuild.project.Project.build` does.
    """
    session.sharing.hear(tell, may_make=True)
    plan = _planned(session, order, tell)
    try:
        budget = _budget(session, order, plan)
    except ImageBuildError:
        tell_failed(session, tell)
        raise
    plan = session.prepare(plan)
    session.sharing.tell_fetched()
    began = time.monotonic()
    _tell_started(session, plan, tell)
    if session.is_whole:
        session.sweep()
    if session.renamed and not order.draft:
        session.write_lock(session.lock)
    run = Run(session, plan, budget, tell, retry, locked=order.locked, overwrite=order.overwrite)
    outcome, delivery, interrupts = run.go(order.jobs, order.max_failures)
    if order.is_whole and not (outcome.failures or interrupts or order.locked or order.draft):
        delivery.forget(session.pinned)
    register(session.originals, str(session.spec.root), delivery.lock, before=session.lock, now=time.time())
    elsewhere = session.spec.elsewhere
    report = report_of(plan, outcome, delivery, interrupts, time.monotonic() - began, session.collected)
    report = replace(report, elsewhere=len(elsewhere), cached=report.cached + sum(elsewhere.values()))
    press: Press | None = None
    if session.resolver.publishers and order.is_whole and report.ok:
        press, report = publish_locally(session, outcome, report, tell, environ, draft=order.draft)
    for text in session.state.notices:
        tell(Notice(text))
    sent = interrupts < 2 and send_build(session, report, delivery.lock, tell)
    if sent and order.is_whole and not (order.draft or (press and press.noticed)):
        there = {**delivery.delivered, **(press.files if press else {})}
        stamp_build(session, report, delivery.lock, there, environ, began_ns)
    _tell_finished(report, tell)
    return report


def _planned(session: Session, order: Order, tell: Callable[[Event], None]) -> Plan:
    """What the build will do, once what was paid for earlier is collected."""
    collect(session, tell, online=order.online)
    selected = session.spec.select(order.targets, order.tags)
    if order.reroll:
        require_rerollable(session, selected, order.edit)
        remember(session, selected)
        session.reroll(selected, order.edit)
        session.curated.update(selected)
    plan = session.plan(selected)
    if order.give_up and order.online:
        give_up(session, plan, tell)
        plan = session.plan(selected)
    return plan


def _budget(session: Session, order: Order, plan: Plan) -> Budget:
    """What may be spent. Raises when the build may not begin."""
    if order.locked:
        require_locked(plan, session)
    require_local(plan, session)
    if order.approved is not None:
        require_same(order.approved, plan)
    cap = order.max_cost if order.max_cost is not None else session.spec.max_cost
    return Budget(0.0) if order.locked else agreed_budget(plan, cap, order.confirm, order.approved)


def _tell_started(session: Session, plan: Plan, tell: Callable[[Event], None]) -> None:
    paid = any(action.cost != Cost.free() for action in plan.actions)
    running = sum(action.will_run and not action.is_shared for action in plan.actions)
    wanted = len(plan.targets) + len(session.spec.elsewhere)
    tell(BuildStarted(session.spec.root.name, wanted, running, plan.cost if paid else None))
    for note in session.resolver.notes:
        tell(Notice(note))


def _tell_finished(report: Report, tell: Callable[[Event], None]) -> None:
    tell(
        BuildFinished(
            report.bought,
            report.made,
            report.cached,
            len(report.failures),
            len(report.written),
            report.cost_usd,
            report.seconds,
            report.exit_code,
            report.collected,
            report.collected_usd,
            report.sent,
            len(report.waiting),
        )
    )

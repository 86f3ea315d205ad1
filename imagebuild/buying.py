"""Buying ahead: what a build would pay for is paid for and kept in the store, and the project stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct

from imagebuild.action import Call
from imagebuild.artifact import Artifact
from imagebuild.budget import Budget
from imagebuild.builder import Builder
from imagebuild.event import ActionFinished, Event
from imagebuild.executor import LocalExecutor
from imagebuild.judge import Judgement
from imagebuild.outcome import Failure
from imagebuild.partial import keep_partial
from imagebuild.retry import RetryPolicy
from imagebuild.session import Session
from imagebuild.store import Record

__all__ = ["Purchases", "buy_ahead"]


class Purchases(Struct, frozen=True):
    """What was bought ahead: how many calls, what they cost (None: unknown), what failed, and what is still to come."""

    bought: int = 0
    cost_usd: float | None = 0.0
    failures: tuple[Failure, ...] = ()
    waiting: tuple[str, ...] = ()


def buy_ahead(
    session: Session,
    targets: Sequence[str],
    budget: Budget,
    tell: Callable[[Event], None],
    *,
    retry: RetryPolicy,
    stop: Callable[[], int],
) -> Purchases:
    """Make the calls that the targets need, as far as the budget has room, and nothing that can be done later for free.

    Steps and checks that have not run are left to the build that delivers; what waits for those is not bought yet.
    """
    session.sharing.hear(tell)
    plan = session.prepare(session.plan(targets))
    charges: list[float | None] = []

    def hear(event: Event) -> None:
        if isinstance(event, ActionFinished) and event.verdict == "bought":
            charges.append(event.cost_usd)
        tell(event)

    builder = Builder(
        session.graph,
        session.actions,
        plan.targets,
        judge=session.judge,
        executor=LocalExecutor(session.originals, session.derivatives, mirror=session.sharing.asked),
        policy=retry,
        pool_of=session.pools(None),
        delivery=_NotYet(),
        budget=budget,
        listen=hear,
        record_of=session.originals.records.get,
        partial=partial(keep_partial, session.spec.root),
        frozen=session.is_frozen,
        leaves=lambda action: action.node.kind in ("step", "check"),
        interrupted=stop,
    )
    try:
        outcome = builder.run()
    finally:
        session.stop_pools()
    known = [charge for charge in charges if charge is not None]
    return Purchases(
        len(charges),
        sum(known) if len(known) == len(charges) else None,
        tuple(outcome.failures),
        tuple(judgement.action.node.label for judgement in outcome.waiting),
    )


class _NotYet:
    """Takes nothing anywhere: the store has what was bought, and the build that follows finds it there."""

    def is_pinned(self, call: Call) -> bool:
        """As :class:`imagebuild.delivery.Receiver`; nothing is pinned."""
        return False

    def finished(self, judgement: Judgement, answer: Artifact, record: Record | None, *, picked: bool) -> None:
        """As :class:`imagebuild.delivery.Receiver`; nothing is noted."""

    def deliver(self, target: str, artifacts: tuple[Artifact, ...], *, draft: bool) -> None:
        """As :class:`imagebuild.delivery.Receiver`; nothing is delivered."""

    def flush(self, *, now: bool = False) -> None:
        """As :class:`imagebuild.delivery.Receiver`; there is nothing to write."""

"""One build under way: the builder with all its doors, and a second pass when stored bytes turn out damaged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct

from imagebuild.action import Action
from imagebuild.budget import Budget
from imagebuild.builder import Builder
from imagebuild.delivery import Delivery
from imagebuild.errors import StoreError
from imagebuild.event import ActionFailed, Event, Notice
from imagebuild.executor import LocalExecutor
from imagebuild.interrupt import Interrupt
from imagebuild.lockfile import Lock
from imagebuild.outcome import Failure, Outcome
from imagebuild.partial import keep_partial
from imagebuild.plan import Plan
from imagebuild.pool import Pool
from imagebuild.rejection import Retries
from imagebuild.retry import RetryPolicy
from imagebuild.session import Session

__all__ = ["Run"]


class Run(Struct, frozen=True):
    """One build. ``locked`` leaves the lock as it is, ``overwrite`` replaces outputs edited by hand."""

    session: Session
    plan: Plan
    budget: Budget
    tell: Callable[[Event], None]
    policy: RetryPolicy
    locked: bool
    overwrite: bool

    def go(self, jobs: int | None, max_failures: int) -> tuple[Outcome, Delivery, int]:
        """Run the plan; once more when stored bytes turned out damaged, for then they have been set aside."""
        session = self.session
        delivery = Delivery(
            stores=(session.originals, session.derivatives),
            outputs=session.outputs,
            state=session.state,
            lock=session.lock,
            write_lock=self._write_lock,
            masters=session.masters,
            targets=session.spec.targets,
            curated=session.curated,
            paths=session.facts.paths,
            inspect=session.facts.inspect,
            overwrite=self.overwrite,
            listen=self.tell,
        )
        pool_of = session.pools(jobs)
        with Interrupt() as interrupted:
            try:
                targets = self.plan.targets
                outcome = self._pass(targets, delivery, pool_of, interrupted, max_failures, Outcome())
                if session.damages and not interrupted():
                    outcome.failures = [each for each in outcome.failures if not isinstance(each.error, StoreError)]
                    delivery.failed.clear()
                    again = self._pass(targets, delivery, pool_of, interrupted, max_failures, outcome)
                    outcome = again.after(outcome, same=True)
                retries = Retries(session, self.budget, self.tell, max_failures)
                while not interrupted() and (names := retries.choose(outcome)):
                    hanging = retries.hanging(names)
                    first = outcome.without(hanging)
                    session.reroll(names)
                    wanted = targets if outcome.skipped else [each for each in targets if each in hanging]
                    left = max_failures and max_failures - len(first.failures)
                    again = self._pass(wanted, delivery, pool_of, interrupted, left, first)
                    outcome = again.after(first)
            finally:
                session.stop_pools()
        delivery.tell_foreign()
        return outcome, delivery, interrupted()

    def _pass(
        self,
        targets: Sequence[str],
        delivery: Delivery,
        pool_of: Callable[[Action], Pool],
        interrupted: Interrupt,
        max_failures: int,
        before: Outcome,
    ) -> Outcome:
        session = self.session
        builder = Builder(
            session.graph,
            session.actions,
            targets,
            judge=session.judge,
            executor=LocalExecutor(
                session.originals, session.derivatives, mirror=session.sharing.asked, calls_nobody=session.untrusted
            ),
            policy=self.policy,
            pool_of=pool_of,
            delivery=delivery,
            budget=self.budget,
            listen=self.tell,
            record_of=session.originals.records.get,
            partial=partial(keep_partial, session.spec.root),
            frozen=session.is_frozen,
            failed=session.failed,
            given_up=before.given_up,
            in_batches=session.in_batches and not session.untrusted,
            interrupted=interrupted,
            max_failures=max_failures,
        )
        session.on_damage(lambda text: builder.hear(Notice(text)))
        session.sharing.hear(builder.hear)
        outcome = builder.run()
        session.sharing.hear(self.tell)
        if interrupted():
            outcome.wave = []
        if outcome.wave and self._bought_elsewhere(outcome):
            for judgement in outcome.wave:
                self.budget.release(judgement.cost)
            again = self._pass(targets, delivery, pool_of, interrupted, max_failures, outcome)
            return again.after(outcome, same=True)
        if outcome.wave:
            sent = session.waves.send(outcome.wave, self.tell)
            session.facts.look_again()
            outcome.sent = sent.pictures
            unsent = {id(judgement) for judgement, _ in sent.failed}
            outcome.wave = [judgement for judgement in outcome.wave if id(judgement) not in unsent]
            for judgement, error in sent.failed:
                node, key = judgement.action.node, judgement.identity.key
                self.tell(
                    ActionFailed(
                        node.target, node.kind, judgement.action.plugin, node.stage, key, error, node.candidate
                    )
                )
            outcome.failures += [
                Failure(judgement.action.node.target, error, judgement.action.node.label)
                for judgement, error in sent.failed
            ]
        return outcome

    def _bought_elsewhere(self, outcome: Outcome) -> bool:
        """Whether the remote store has some of what is about to be sent in a batch; it is here then."""
        mirror = self.session.sharing.asked
        keys = [judgement.identity.key for judgement in outcome.wave]
        asked = [key for key in keys if mirror and not mirror.was_asked("originals", key)]
        return bool(mirror and asked and mirror.fetch_records("originals", asked))

    def _write_lock(self, lock: Lock) -> None:
        if not self.locked:
            self.session.write_lock(lock)

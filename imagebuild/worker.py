"""What happens in a pool's thread: a job is run, made again as the policy says, and paid for from the budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from imagebuild.budget import Budget
from imagebuild.cost import Cost
from imagebuild.errors import ProviderError, RateLimitError
from imagebuild.event import ActionRetried, Event
from imagebuild.executor import Done, Executor, Job
from imagebuild.retry import RetryPolicy
from imagebuild.throttle import Throttle

__all__ = ["Worker"]


@dataclass(frozen=True, slots=True)
class Worker:
    """Runs jobs for many threads. ``tell`` takes events from any of them; ``stopping`` ends all waiting."""

    executor: Executor
    budget: Budget
    policy: RetryPolicy
    tell: Callable[[Event], None]
    stopping: Callable[[], bool]

    def run(self, job: Job, throttle: Throttle, reserved: Cost | None) -> Done:
        """Run a job that has a turn of ``throttle``; raises what its last try raised.

        ``reserved`` is the price set aside for it, None when it is free. All that it cost is booked when this returns:
        a failed try that may have been billed too, and then there is another only if the budget has room.
        """
        bill = _Bill(self.budget, reserved)
        waited = 0.0

        def again(error: ProviderError, attempt: int) -> bool:
            nonlocal waited
            wait = self.policy.wait(error, attempt, waited)
            if isinstance(error, RateLimitError):  # who is not waited for does not hold the others up either
                throttle.refused(error.retry_after if wait is not None else None)
            if wait is None or self.stopping():
                return False
            waited += wait
            node = job.action.node
            self.tell(
                ActionRetried(
                    node.target,
                    node.kind,
                    job.action.plugin,
                    node.stage,
                    job.identity.key,
                    error,
                    wait,
                    attempt + 1,
                    node.candidate,
                )
            )
            return throttle.step_aside(wait, self.stopping) and bill.renew(error)

        doors = replace(
            job,
            again=again,
            note_limits=lambda limits: throttle.heard(limits.per_minute, limits.remaining, limits.reset),
        )
        try:
            done = self.executor.run(doors)
        except BaseException as error:
            bill.close_failed(error)
            raise
        bill.close(done.cost_usd)
        throttle.answered()
        return done


class _Bill:
    """The money set aside for one job, until it is booked or given back."""

    def __init__(self, budget: Budget, reserved: Cost | None) -> None:
        self._budget = budget
        self._reserved = reserved

    def renew(self, error: ProviderError) -> bool:
        """Book a failed try, and set money aside for another; false when there is none left."""
        if self._reserved is None or not error.billed:
            return True
        cost = self._reserved
        self.close(error.cost_usd)
        if not self._budget.try_reserve(cost):
            return False
        self._reserved = cost
        return True

    def close_failed(self, error: BaseException) -> None:
        """Book what a failure may have cost; one that surely cost nothing gives the money back."""
        if isinstance(error, ProviderError) and not error.billed:
            if self._reserved is not None:
                self._budget.release(self._reserved)
        else:
            self.close(error.cost_usd if isinstance(error, ProviderError) else None)

    def close(self, charged: float | None) -> None:
        """Book what was charged, None when nobody knows. Once: what is booked already stays so."""
        if self._reserved is not None:
            self._budget.settle(self._reserved, charged)
            self._reserved = None

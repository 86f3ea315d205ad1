"""What happens in a pool's thread: a job is run, made again as the policy says, and paid for from the budget."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from imagebuild.budget import Budget
from imagebuild.cost import Cost
from imagebuild.errors import ProviderError, RateLimitError
from imagebuild.event import ActionRetried, Event
from imagebuild.executor import Done, Executor, Job
from imagebuild.retry import RetryPolicy
from imagebuild.throttle import Throttle

__all__ = ["Worker"]


class Worker(Struct, frozen=True):
    """Runs jobs for many threads. ``tell`` takes events from any of them; ``stopping`` ends all waiting.

    ``broken`` says of a provider that no call to it can succeed any more.
    """

    executor: Executor
    budget: Budget
    policy: RetryPolicy
    tell: Callable[[Event], None]
    stopping: Callable[[], bool]
    broken: Callable[[str], bool] = lambda plugin: False

    def run(self, job: Job, throttle: Throttle, reserved: Cost | None) -> Done:
        """Run a job that has a turn of ``throttle``; raises what its last try raised.

        ``reserved`` is the price set aside for it, None when it is free. All that it cost is booked when this returns:
        a failed try that may have been billed too, and then there is another only if the budget has room.
        """
        bill = _Bill(self.budget, reserved)
        waited = 0.0

        def pause(error: ProviderError, attempt: int, *, calls: bool = False) -> bool:
            nonlocal waited
            wait = self.policy.wait(error, attempt, waited)
            if isinstance(error, RateLimitError):  # who is not waited for does not hold the others up either
                throttle.refused(error.retry_after if wait is not None else None)
            if wait is None and error.retryable and error.retry_after is not None:
                asks = f"the service asks to wait {error.retry_after:.0f} s; build again later"
                error.hint = f"{error.hint}; {asks}" if error.hint else asks
            if wait is None or self._is_over(job):
                return False
            waited += wait
            if calls:
                self.tell(_retried(job, error, wait, attempt + 1))
            return throttle.step_aside(wait, self.stopping) and not self._is_over(job)

        def again(error: ProviderError, attempt: int) -> bool:
            return pause(error, attempt, calls=True) and bill.renew(error)

        doors = replace(
            job,
            again=again,
            look=pause,
            called=bill.note_call,
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

    def _is_over(self, job: Job) -> bool:
        """Whether no more calls are to be made, by anybody or to this provider."""
        return self.stopping() or self.broken(job.action.plugin)


def _retried(job: Job, error: ProviderError, wait: float, attempt: int) -> ActionRetried:
    node = job.action.node
    plugin, key = job.action.plugin, job.identity.key
    return ActionRetried(node.target, node.kind, plugin, node.stage, key, error, wait, attempt, node.candidate)


class _Bill:
    """The money set aside for one job, until it is booked or given back."""

    def __init__(self, budget: Budget, reserved: Cost | None) -> None:
        self._budget = budget
        self._reserved = reserved
        self._called = False

    def note_call(self) -> None:
        """From now on what fails may have cost something."""
        self._called = True

    def renew(self, error: ProviderError) -> bool:
        """Book a failed try, and set money aside for another; false when there is none left."""
        if self._reserved is None or not error.billed:
            return True
        cost = self._reserved
        self.close(error.cost_usd)
        if not self._budget.try_reserve(cost):
            no_room = "the cap has no room for another try"
            error.hint = f"{error.hint}; {no_room}" if error.hint else no_room
            return False
        self._reserved = cost
        return True

    def close_failed(self, error: BaseException) -> None:
        """Book what a failure may have cost; one that surely cost nothing gives the money back."""
        free = not error.billed if isinstance(error, ProviderError) else not self._called
        if free:
            if self._reserved is not None:
                self._budget.release(self._reserved)
                self._reserved = None
        else:
            self.close(error.cost_usd if isinstance(error, ProviderError) else None)

    def close(self, charged: float | None) -> None:
        """Book what was charged, None when nobody knows. Once: what is booked already stays so."""
        if self._reserved is not None:
            self._budget.settle(self._reserved, charged)
            self._reserved = None

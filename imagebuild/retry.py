"""Which failed calls are made again, how often, and after what wait. One policy for every provider."""

from __future__ import annotations

import random
from collections.abc import Callable

from msgspec import Struct

from imagebuild.errors import ProviderError, RateLimitError

__all__ = ["RetryPolicy"]


class RetryPolicy(Struct, frozen=True):
    """Decides about one failure at a time.

    Only errors that say they are ``retryable`` are tried again: a ``RateLimitError`` until ``patience`` seconds have
    been waited in all, any other up to ``tries`` calls, or ``tries_billed`` where the failed call may have been paid
    for. The wait is what the service asks for, else it doubles from ``first_wait`` to ``longest_wait`` seconds; up to
    ``jitter`` of it is added by chance (``chance`` gives 0 to 1), so that calls that failed together do not come back
    together. A service that asks for more than ``patience`` is not waited for.
    """

    tries: int = 6
    tries_billed: int = 3
    patience: float = 900.0
    first_wait: float = 1.0
    longest_wait: float = 60.0
    jitter: float = 0.25
    chance: Callable[[], float] = random.random

    def wait(self, error: ProviderError, attempt: int, waited: float = 0.0) -> float | None:
        """Seconds to wait before the call is made again, None when it is not.

        ``attempt`` is the number of the call that failed, from 1; ``waited`` what was waited for it so far, in seconds.
        """
        if not error.retryable:
            return None
        if not isinstance(error, RateLimitError) and attempt >= (self.tries_billed if error.billed else self.tries):
            return None
        asked = error.retry_after
        wait = asked if asked is not None else min(self.longest_wait, self.first_wait * 2.0 ** min(attempt - 1, 16))
        if waited + wait > self.patience:
            return None
        return wait * (1 + self.jitter * self.chance())

"""Pictures per minute, and the headers that tell of them."""

from __future__ import annotations

import threading
from collections.abc import Callable

from imagebuild_devserver.refusal import Refusal

__all__ = ["Limit"]


class Limit:
    """A bucket of ``burst`` calls that fills at ``rate`` a minute; without a rate, no limit."""

    def __init__(self, rate: float | None, burst: int | None, clock: Callable[[], float]) -> None:
        self.rate = rate
        self._burst = max(1.0, float(burst if burst is not None else rate or 1))
        self._clock = clock
        self._lock = threading.Lock()
        self._left = self._burst
        self._at = clock()

    def headers(self) -> dict[str, str]:
        """How it stands now."""
        if self.rate is None:
            return {}
        with self._lock:
            self._fill()
            missing = self._burst - self._left
            return {
                "x-ratelimit-limit-requests": f"{self.rate:g}",
                "x-ratelimit-remaining-requests": str(int(self._left)),
                "x-ratelimit-reset-requests": f"{round(missing * 60_000 / self.rate)}ms",
            }

    def enter(self) -> None:
        """Take one; when there is none, refuse and say how long to wait."""
        if self.rate is None:
            return
        with self._lock:
            self._fill()
            if self._left >= 1:
                self._left -= 1
                return
            wait = round((1 - self._left) * 60_000 / self.rate) + 1
        headers = {**self.headers(), "retry-after-ms": str(wait), "retry-after": str(-(-wait // 1000))}
        message = f"Rate limit reached for images per min. Limit: {self.rate:g}/1min. Try again in {wait}ms."
        raise Refusal(429, message, "rate_limit_exceeded", "requests", headers=headers)

    def _fill(self) -> None:
        assert self.rate is not None
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self.rate / 60)
        self._at = now

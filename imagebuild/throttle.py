"""How many calls of one provider run at once, and how often: lowered when the service asks, raised slowly."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

__all__ = ["Throttle"]

_LOOK = 0.2  # seconds between looks at whether the caller has given up
_PRESSED = 1.0  # seconds in which refusals count as one: calls in flight all hear of the same limit
_PAUSE = 1.0  # seconds without a call after a refusal that does not say how long
_LONGEST_GAP = 60.0
_FARTHEST = 10  # times what the service asks for: a gap is lengthened no further by a refusal that names a wait
_ENOUGH = 8  # calls within a minute from which their usual gap can be told


class Throttle:
    """Turns for the calls of one provider, shared by all its threads.

    At most ``width`` calls at once and ``per_minute`` a minute, spread evenly (None: no bound). A refusal halves the
    calls at once, lengthens the gap between two and stops all for as long as the service asks; each success gives a
    little back, up to where it began. Times are in seconds of ``clock``.
    """

    def __init__(
        self, width: int, per_minute: float | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._width = width
        self._allowed = float(width)
        self._least_gap = 60.0 / per_minute if per_minute else 0.0
        self._gap = self._least_gap
        self._clock = clock
        self._running = 0
        self._next = 0.0
        self._closed_until = 0.0
        self._pressed_at = float("-inf")
        self._begun: deque[float] = deque(maxlen=600)
        self._turns = threading.Condition()

    @property
    def allowed(self) -> int:
        """How many calls may run at once as things stand."""
        return max(1, int(self._allowed))

    @property
    def gap(self) -> float:
        """Seconds between the beginnings of two calls as things stand."""
        return self._gap

    def enter(self, given_up: Callable[[], bool]) -> bool:
        """Wait for a turn and take it; false when ``given_up`` says so first. :meth:`leave` ends the turn."""
        with self._turns:
            while not given_up():
                now = self._clock()
                wait = max(self._next, self._closed_until) - now
                if self._running < self.allowed and wait <= 0:
                    self._begin(now)
                    return True
                self._turns.wait(min(wait, _LOOK) if wait > 0 else _LOOK)
        return False

    def leave(self) -> None:
        """The call is over, whatever came of it."""
        with self._turns:
            self._running -= 1
            self._turns.notify()

    def step_aside(self, seconds: float, given_up: Callable[[], bool]) -> bool:
        """Give the turn to another for so many seconds and take one again; false, with it kept, when given up."""
        self.leave()
        until = self._clock() + seconds
        with self._turns:
            while (left := until - self._clock()) > 0 and not given_up():
                self._turns.wait(min(left, _LOOK))
        if self.enter(given_up):
            return True
        with self._turns:
            self._running += 1
        return False

    def refused(self, retry_after: float | None) -> None:
        """The service asked for fewer calls, and for none before ``retry_after`` seconds where it says."""
        with self._turns:
            now = self._clock()
            self._closed_until = max(self._closed_until, now + (_PAUSE if retry_after is None else retry_after))
            if now - self._pressed_at < _PRESSED:
                return
            self._pressed_at = now
            self._allowed = max(1.0, self._allowed / 2)
            begun = [at for at in self._begun if at > now - 60]
            usual = (now - begun[0]) / len(begun) if len(begun) >= _ENOUGH else 0.0
            longest = _LONGEST_GAP if not retry_after else min(_LONGEST_GAP, _FARTHEST * retry_after)
            self._gap = max(self._gap, min(longest, max(self._gap, usual) * 1.5))

    def answered(self) -> None:
        """A call went well: room for a little more."""
        with self._turns:
            self._allowed = min(float(self._width), self._allowed + 1 / self._allowed)
            self._gap = max(self._least_gap, self._gap * 0.9 if self._gap > 0.01 else 0.0)
            self._turns.notify()

    def heard(self, per_minute: float | None, remaining: int | None, reset: float | None) -> None:
        """What the service said of its limits: calls a minute, calls left, seconds until they are given anew."""
        with self._turns:
            now = self._clock()
            if per_minute and per_minute > 0 and self._gap > 0:
                self._gap = min(_LONGEST_GAP, max(self._gap, 60.0 / per_minute))
            if remaining is None or reset is None or reset <= 0:
                return
            if remaining <= 0:
                self._closed_until = max(self._closed_until, now + min(reset, 60.0))
            elif remaining < self.allowed:
                self._next = max(self._next, now + min(reset / remaining, _LONGEST_GAP))

    def _begin(self, now: float) -> None:
        self._running += 1
        self._next = max(now, self._next) + self._gap
        while self._begun and self._begun[0] <= now - 60:
            self._begun.popleft()
        self._begun.append(now)
        if self._running < self.allowed:
            self._turns.notify()

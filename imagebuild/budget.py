"""How much a build may spend, kept while it runs: calls in flight are reserved at their highest price."""

from __future__ import annotations

import threading

from imagebuild.cost import Cost

__all__ = ["Budget"]

_CENT_OF_A_CENT = 1e-6  # what sums of floats may be off by


class Budget:
    """Money for one build, in USD. ``cap`` None means that a person agreed to the plan as shown.

    ``charged`` is what providers said they charged; ``spent`` counts calls whose charge is unknown, too, by their
    estimate. ``allow_unknown`` lets calls through whose price nobody knows; otherwise they are refused under a cap.
    When a call comes dearer than its highest estimate, all others are from then on expected to do so too. For many
    threads: a call is settled in the thread that made it, before that thread begins another.
    """

    def __init__(self, cap: float | None, *, allow_unknown: bool = False) -> None:
        self.cap = cap
        self.allow_unknown = allow_unknown
        self.spent = 0.0
        self.charged = 0.0
        self.unknown = 0
        self._reserved = 0.0
        self._dearer = 1.0
        self._guard = threading.Lock()

    def expected(self, cost: Cost) -> float:
        """The most that a call is expected to cost, by its estimate and by what calls have cost so far."""
        return cost.high * self._dearer

    def fits(self, cost: Cost) -> bool:
        """Whether a call of that price could still be paid if no call in flight comes cheaper than feared."""
        return self._allows(cost, (self._reserved + cost.high) * self._dearer)

    def could_fit(self, cost: Cost) -> bool:
        """Whether it could be paid if all calls in flight turned out to cost nothing."""
        return self._allows(cost, self.expected(cost))

    @property
    def overdrawn(self) -> bool:
        """Whether what is reserved has become too much, because calls came dearer than estimated."""
        return self.cap is not None and self.spent + self._reserved * self._dearer > self.cap + _CENT_OF_A_CENT

    def reserve(self, cost: Cost) -> None:
        """Set the money for a call aside."""
        with self._guard:
            self._reserved += cost.high

    def try_reserve(self, cost: Cost) -> bool:
        """Set the money for a call aside if it :meth:`fits`; whether it did."""
        with self._guard:
            if not self.fits(cost):
                return False
            self._reserved += cost.high
            return True

    def release(self, cost: Cost) -> None:
        """Give back what was set aside for a call that was not made, or failed without a charge."""
        with self._guard:
            self._reserved = max(0.0, self._reserved - cost.high)

    def settle(self, cost: Cost, charged: float | None) -> None:
        """Book what a call really cost; ``charged`` is None when nobody knows, and then counts as its estimate."""
        self.release(cost)
        with self._guard:
            if charged is None:
                self.unknown += 1
            self.spent += self.expected(cost) if charged is None else charged
            self.charged += charged or 0.0
            if charged is not None and cost.high > 0:
                self._dearer = max(self._dearer, charged / cost.high)

    def _allows(self, cost: Cost, more: float) -> bool:
        if not cost.known and not self.allow_unknown:
            return False
        return self.cap is None or self.spent + more <= self.cap + _CENT_OF_A_CENT

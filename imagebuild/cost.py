"""What something costs, in US dollars: a range, or unknown. Unknown is never zero."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["Cost"]


class Cost(Struct, frozen=True):
    """A cost in US dollars between ``low`` and ``high``; ``unknown`` counts the parts whose price nobody knows."""

    low: float = 0.0
    high: float = 0.0
    unknown: int = 0

    @classmethod
    def free(cls) -> Cost:
        """Nothing is charged."""
        return cls()

    @classmethod
    def of_unknown(cls) -> Cost:
        """One action whose price nobody knows."""
        return cls(unknown=1)

    @classmethod
    def exactly(cls, usd: float) -> Cost:
        """A price known beforehand."""
        return cls(usd, usd)

    @property
    def known(self) -> bool:
        """Whether ``low`` and ``high`` are the whole truth."""
        return self.unknown == 0

    def times(self, factor: float) -> Cost:
        """The same at another price."""
        return Cost(self.low * factor, self.high * factor, self.unknown)

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.low + other.low, self.high + other.high, self.unknown + other.unknown)

    def __str__(self) -> str:
        low, high = _dollars(self.low), _dollars(self.high)
        amount = low if low == high else f"{low}–{high}"
        if self.known:
            return amount
        return f"{amount} + {self.unknown} unknown" if self.high else "unknown"


def _dollars(usd: float) -> str:
    """Two decimals, or as many as a sum below ten cents needs, so that no cost ever reads as nothing."""
    places = 2
    while usd < 0.1 and places < 9 and abs(round(usd, places) - usd) > usd / 100:
        places += 1
    return f"${usd:.{places}f}"

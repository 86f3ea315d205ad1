"""Numbers that look random and are the same everywhere: SplitMix64 seeded from a SHA-256.

The module ``random`` is left alone: its state is shared, and its ways from bits to a choice changed between versions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

__all__ = ["Chance"]

T = TypeVar("T")
_MASK = (1 << 64) - 1


class Chance:
    """A stream of numbers. Streams of different ``seed`` have nothing to do with each other."""

    __slots__ = ("_seed", "_state")

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._state = int.from_bytes(hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()[:8], "big")

    def child(self, name: str) -> Chance:
        """An own stream for one part of a picture, so that drawing more in one part moves nothing in another."""
        return Chance(f"{self._seed}/{name}")

    def bits(self) -> int:
        """The next 64 bits. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        value = self._state
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
        return value ^ (value >> 31)

    def unit(self) -> float:
        """A number from 0 up to but not including 1."""
        return (self.bits() >> 11) / (1 << 53)

    def between(self, low: float, high: float) -> float:
        """A number from ``low`` to ``high``."""
        return low + (high - low) * self.unit()

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + self.bits() % (high - low + 1)

    def pick(self, items: Sequence[T]) -> T:
        """One of ``items``."""
        return items[self.bits() % len(items)]

    def likely(self, share: float) -> bool:
        """True in ``share`` of all cases."""
        return self.unit() < share

"""Cosine sums over a small picture, in whole numbers: the same on every machine, and what cancels leaves nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul

__all__ = ["SCALE", "curve", "project"]

SCALE = 1 << 18
"""What stands for 1 in a curve."""


def curve(length: int, waves: int, offset: float) -> list[int]:
    """``waves`` half waves of a cosine over ``length`` places, times ``SCALE``; ``offset`` 0.5 takes their middles."""
    return [round(SCALE * math.cos(math.pi * waves * (at + offset) / length)) for at in range(length)]


def project(
    plane: Sequence[int], across: Sequence[Sequence[int]], down: Sequence[Sequence[int]]
) -> dict[tuple[int, int], int]:
    """The sum over a plane of pixels times each pair of curves, by their places: (across, down), times ``SCALE``².

    Rows first: each is summed once for all the curves that run down.
    """
    width = len(across[0])
    rows = [plane[start : start + width] for start in range(0, len(plane), width)]
    sums = [[sum(map(mul, row, wave)) for row in rows] for wave in across]
    return {(x, y): sum(map(mul, column, wave)) for y, wave in enumerate(down) for x, column in enumerate(sums)}

"""The colour that a picture is mostly made of, as a ground to show before it is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

__all__ = ["dominant"]

_SHIFT = 4
"""Colours are counted in cells of 16 levels a channel."""

_FAINT = 8
"""What is nearly transparent (of 255) shows no colour."""


def dominant(rgba: bytes) -> str | None:
    """``#rrggbb`` of the most frequent colour among pixels of straight RGBA; None where all is transparent.

    The fullest neighbourhood of cells wins, so that a sky with a gradient counts as one colour; its mean is the answer.
    """
    cells: Counter[tuple[int, int, int]] = Counter()
    sums: dict[tuple[int, int, int], list[int]] = {}
    for (red, green, blue, alpha), count in Counter(zip(*(rgba[band::4] for band in range(4)), strict=True)).items():
        if alpha < _FAINT:
            continue
        weight = alpha * count
        cell = red >> _SHIFT, green >> _SHIFT, blue >> _SHIFT
        cells[cell] += weight
        total = sums.setdefault(cell, [0, 0, 0])
        total[0] += red * weight
        total[1] += green * weight
        total[2] += blue * weight
    if not cells:
        return None
    best = max(cells, key=lambda cell: (sum(cells[near] for near in _around(cell)), cells[cell], cell))
    near = [cell for cell in _around(best) if cell in cells]
    weight = sum(cells[cell] for cell in near)
    means = [(2 * sum(sums[cell][band] for cell in near) + weight) // (2 * weight) for band in range(3)]
    return "#{:02x}{:02x}{:02x}".format(*means)


def _around(cell: tuple[int, int, int]) -> Iterator[tuple[int, int, int]]:
    """The cell, and those a step away in one channel, or in all three: a little brighter or darker."""
    red, green, blue = cell
    yield cell
    for step in (-1, 1):
        yield red + step, green, blue
        yield red, green + step, blue
        yield red, green, blue + step
        yield red + step, green + step, blue + step

"""Rows of pictures without cropping: each row as wide as the page, its height near to what is asked for.

Of all ways to break the pictures into rows, the one whose heights are nearest to the wanted one, found as line breaks
are in a paragraph (Knuth and Plass, "Breaking Paragraphs into Lines", 1981).
"""

from __future__ import annotations

from collections.abc import Sequence

from imagebuild_pixels.geometry import Size

__all__ = ["justified"]

_MOST_IN_A_ROW = 60
_LOOSE = 1.3
"""The last row may be this much higher than wanted before it is left unfilled."""


def justified(sizes: Sequence[Size], width: int, height: int, gap: int) -> list[list[Size]]:
    """The size of each picture, row by row, in order; all rows but the last are exactly ``width`` wide."""
    shapes = [size[0] / size[1] for size in sizes]
    rows: list[list[Size]] = []
    for start, end in _breaks(shapes, width, height, gap):
        exact = _height(shapes[start:end], width, gap)
        if end == len(shapes) and exact > height * _LOOSE:
            rows.append([(max(1, min(width, int(shape * height + 0.5))), height) for shape in shapes[start:end]])
        else:
            rows.append(_filled(shapes[start:end], exact, width, gap))
    return rows


def _height(shapes: Sequence[float], width: int, gap: int) -> float:
    """How high these pictures are side by side over the whole width."""
    return max(1.0, width - gap * (len(shapes) - 1)) / sum(shapes)


def _breaks(shapes: Sequence[float], width: int, height: int, gap: int) -> list[tuple[int, int]]:
    count = len(shapes)
    costs = [0.0] + [float("inf")] * count
    begins = [0] * (count + 1)
    for end in range(1, count + 1):
        for start in range(max(0, end - _MOST_IN_A_ROW), end):
            exact = _height(shapes[start:end], width, gap)
            loose = end == count and exact > height
            cost = costs[start] + (0.0 if loose else (exact / height + height / exact - 2))
            if cost < costs[end] and (gap * (end - start) < width or end - start == 1):
                costs[end], begins[end] = cost, start
    rows: list[tuple[int, int]] = []
    end = count
    while end:
        rows.append((begins[end], end))
        end = begins[end]
    return rows[::-1]


def _filled(shapes: Sequence[float], exact: float, width: int, gap: int) -> list[Size]:
    """Whole pixels whose sum is the width: each picture ends where it would end without rounding."""
    room = width - gap * (len(shapes) - 1)
    height = max(1, int(exact + 0.5))
    sizes: list[Size] = []
    at, past = 0, 0.0
    for index, shape in enumerate(shapes):
        past += shape * exact
        end = room if index == len(shapes) - 1 else min(int(past + 0.5), room - (len(shapes) - 1 - index))
        sizes.append((max(1, end - at), height))
        at = max(at + 1, end)
    return sizes

"""Boxes of different sizes in one that is as small as a simple rule makes it, the same on every machine.

The highest or the largest boxes first, each as low and as far left as it goes on the outline of those already there
(skyline, bottom left: Jylänki, "A Thousand Ways to Pack the Bin", 2010), for a row of widths of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt

from msgspec import Struct

from imagebuild_pixels.geometry import Size

__all__ = ["Packed", "pack"]

_WORK = 4_800
"""How many boxes are placed, about, all tries together."""


class Packed(Struct, frozen=True):
    """The whole's size, and the left and top of each box in the order they were given."""

    size: Size
    places: tuple[tuple[int, int], ...]


def pack(sizes: Sequence[Size], padding: int) -> Packed:
    """Places that keep boxes ``padding`` apart from each other and from no edge.

    The smallest area wins among wholes that are no strips, more than three times as long as wide, where there are any
    such; of equal areas the one nearest to a square, then the narrowest.
    """
    grown = [(width + padding, height + padding) for width, height in sizes]
    by_height = sorted(range(len(grown)), key=lambda index: (-grown[index][1], -grown[index][0], index))
    by_area = sorted(by_height, key=lambda index: -grown[index][0] * grown[index][1])
    best: tuple[tuple[bool, int, int, int], Packed] | None = None
    for order in (by_height, by_area):
        for width in _widths(grown):
            places, height = _place(grown, order, width)
            used = max(places[index][0] + grown[index][0] for index in order)
            size = used - padding, height - padding
            rank = max(size) > 3 * min(size), size[0] * size[1], abs(size[0] - size[1]), size[0]
            if best is None or rank < best[0]:
                best = rank, Packed(size, tuple(places))
    assert best is not None
    return best[1]


def _widths(sizes: Sequence[Size]) -> list[int]:
    """Widths to try: from that of the widest box to twice the side of a square that would hold them all."""
    tries = min(24, max(3, _WORK // len(sizes)))
    least = max(width for width, _ in sizes)
    side = isqrt(sum(width * height for width, height in sizes)) + 1
    most = min(sum(width for width, _ in sizes), max(least, 2 * side))
    return sorted({least + (most - least) * step // tries for step in range(tries + 1)})


def _place(sizes: Sequence[Size], order: Sequence[int], width: int) -> tuple[list[tuple[int, int]], int]:
    """Places in a strip of this width, and how high it is filled."""
    skyline = [(0, 0, width)]
    places = [(0, 0)] * len(sizes)
    height = 0
    for index in order:
        top, left = min(
            (_top(skyline, start, sizes[index][0]), skyline[start][0])
            for start in range(len(skyline))
            if skyline[start][0] + sizes[index][0] <= width
        )
        places[index] = left, top
        height = max(height, top + sizes[index][1])
        skyline = _raised(skyline, left, sizes[index][0], top + sizes[index][1])
    return places, height


def _top(skyline: Sequence[tuple[int, int, int]], start: int, width: int) -> int:
    """How high a box of this width would stand that begins with this part of the outline (left, height, right)."""
    right = skyline[start][0] + width
    top = 0
    for left, height, _ in skyline[start:]:
        if left >= right:
            break
        top = max(top, height)
    return top


def _raised(skyline: Sequence[tuple[int, int, int]], left: int, width: int, height: int) -> list[tuple[int, int, int]]:
    right = left + width
    parts = [(left, height, right)]
    for start, old, end in skyline:
        if start < left:
            parts.append((start, old, min(end, left)))
        if end > right:
            parts.append((max(start, right), old, end))
    merged: list[tuple[int, int, int]] = []
    for part in sorted(parts):
        if merged and merged[-1][1] == part[1]:
            merged[-1] = merged[-1][0], part[1], part[2]
        else:
            merged.append(part)
    return merged

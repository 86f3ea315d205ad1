"""What a picture stands on, measured along its edge: one colour, or the checkerboard that stands for transparency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TypeAlias

from msgspec import Struct

from imagebuild_pixels.raster import Image

__all__ = ["Colour", "Edge", "Ground", "distance", "edge_lines", "measure", "named"]

Colour: TypeAlias = tuple[int, int, int]

_CELL = 8
"""Colours of the edge are counted in cells of so many levels."""

_PLAIN_SHARE = 0.65
_BOARD_SHARE = 0.7
_FIELD_SHARE = 0.2
_ALIKE_SHARE = 0.6
_LEAST_CHANGES = 3
"""A board changes its colour at least so often along an edge in either direction; two halves and stripes do not."""

_LEAST_CONTRAST = 10
"""Levels between the two colours of a board."""


class Ground(Struct, frozen=True):
    """One colour, or the two of a checkerboard with the edge of its fields in pixels."""

    colours: tuple[Colour, ...]
    field: int = 0


class Edge(Struct, frozen=True):
    """What was measured: the frequent colours along the edge, each with its share, and the grounds that this may be."""

    first: tuple[Colour, float]
    second: tuple[Colour, float]
    plain: Ground | None
    board: Ground | None

    def __str__(self) -> str:
        shares = [f"{named(colour)} on {share:.0%}" for colour, share in (self.first, self.second) if share >= 0.01]
        return f"{' and '.join(shares)} of its edge"


def named(colour: Colour) -> str:
    """``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _median(values: Iterable[int]) -> int:
    """The middle one; of two the lower."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2]


def distance(one: Colour, other: Colour) -> int:
    """Levels between two colours, in the band where they differ most."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def measure(image: Image, tolerance: int) -> Edge:
    """The colours along the edge of an opaque picture; ``tolerance`` is in levels."""
    lines = edge_lines(image)
    pixels = [pixel for line in lines for pixel in line]
    first = _frequent(pixels)
    board = _board(lines, pixels, first, tolerance)
    near = _share(pixels, first, tolerance)
    rest = [pixel for pixel in pixels if distance(pixel, first) > tolerance]
    second = _frequent(rest) if rest else first
    return Edge(
        first=(first, near),
        second=(second, _share(rest, second, tolerance) * len(rest) / len(pixels)),
        plain=Ground((first,)) if near >= _PLAIN_SHARE and board is None else None,
        board=board,
    )


def _share(pixels: Sequence[Colour], colour: Colour, tolerance: int) -> float:
    return sum(distance(pixel, colour) <= tolerance for pixel in pixels) / len(pixels) if pixels else 0.0


def _board(lines: Sequence[Sequence[Colour]], pixels: Sequence[Colour], first: Colour, tolerance: int) -> Ground | None:
    """The board whose one colour is ``first``, where the edge shows one."""
    others = [pixel for pixel in pixels if distance(pixel, first) > _LEAST_CONTRAST]
    if not others:
        return None
    second = _frequent(others)
    pairs = [(distance(pixel, first), distance(pixel, second)) for pixel in pixels]
    nearer = sum(one <= other for one, other in pairs) / len(pairs)
    between = sum(one + other <= distance(first, second) + tolerance for one, other in pairs) / len(pairs)
    if between < _BOARD_SHARE or not _FIELD_SHARE <= nearer <= 1 - _FIELD_SHARE:
        return None
    field = _field(lines, first, second)
    return Ground((first, second), field) if field else None


def edge_lines(image: Image) -> list[list[Colour]]:
    """The pixels of the upper, lower, left and right edge."""
    wide, high = image.width, image.height
    boxes = ((0, 0, wide, 1), (0, high - 1, wide, 1), (0, 0, 1, high), (wide - 1, 0, 1, high))
    lines = []
    for box in boxes:
        data = bytes(image.crop(*box).extract_band(0, n=3).write_to_memory())
        lines.append(list(zip(data[0::3], data[1::3], data[2::3], strict=True)))
    return lines


def _frequent(pixels: Sequence[Colour]) -> Colour:
    """The middle of the fullest neighbourhood of colours."""
    cells = Counter((red // _CELL, green // _CELL, blue // _CELL) for red, green, blue in pixels)
    weight = {cell: _weight(cell, cells) for cell in cells}
    best = max(cells, key=lambda cell: (weight[cell], cells[cell], cell))
    middle = best[0] * _CELL + _CELL // 2, best[1] * _CELL + _CELL // 2, best[2] * _CELL + _CELL // 2
    near = [pixel for pixel in pixels if distance(pixel, middle) <= _CELL * 3 // 2]
    red, green, blue = (_median(band) for band in zip(*near, strict=True))
    return red, green, blue


def _weight(cell: Colour, cells: Counter[Colour]) -> int:
    steps = (-1, 0, 1)
    red, green, blue = cell
    return sum(cells.get((red + x, green + y, blue + z), 0) for x in steps for y in steps for z in steps)


def _field(lines: Sequence[Sequence[Colour]], first: Colour, second: Colour) -> int:
    """The usual length of a run of one colour along the edge; 0 where they do not take turns in both directions."""
    runs: list[int] = []
    changes: list[int] = []
    for line in lines:
        kinds = [distance(pixel, first) <= distance(pixel, second) for pixel in line]
        lengths = [len(list(run)) for _, run in groupby(kinds)]
        changes.append(len(lengths) - 1)
        runs += [length for length in lengths[1:-1] if length >= 2]
    across, down = max(changes[:2]), max(changes[2:])
    if min(across, down) < _LEAST_CHANGES or not runs:
        return 0
    usual = _median(runs)
    alike = sum(usual / 2 <= run <= usual * 2 for run in runs) / len(runs)
    return usual if alike >= _ALIKE_SHARE else 0

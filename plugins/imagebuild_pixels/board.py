"""The grid of a painted checkerboard: where its fields lie, and which pixels have the colour of the field they are in.

A light subject on a light board has the colours of its ground; only the grid tells them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from imagebuild_pixels.ground import Ground, distance, edge_lines
from imagebuild_pixels.raster import Image, vips

__all__ = ["Grid", "find_grid", "of_its_field"]

_OFF_GRID = 0.05
"""How far from the grid the border of a field may lie, in fields, beside a pixel; the subject's own lies farther."""

_ON_GRID_SHARE = 0.75
_STARTS = 20
"""Borders that are tried as the one the grid begins with; the first few may be the subject's."""

_OFF_SHARE = 0.05
"""How much of the picture's edge may have the other field's colour: where fields are unequal, more has it."""

_SAME_SHARE = 0.75
"""Half a window of ground all of which fits, and half one of subject that fits by chance: three quarters fit."""


class Grid(Struct, frozen=True):
    """A field's width and height, where a field begins, and whether that one has the ground's first colour."""

    width: float
    height: float
    left: float
    top: float
    first: bool


def find_grid(image: Image, ground: Ground) -> Grid | None:
    """The grid of a board, from the four edges of the picture; None where its fields are not alike."""
    one, other = ground.colours
    lines = [[distance(pixel, one) <= distance(pixel, other) for pixel in line] for line in edge_lines(image)]
    across, down = _fit(lines[:2], ground.field), _fit(lines[2:], ground.field)
    if across is None or down is None:
        return None
    width, left = across
    height, top = down
    wide, high = image.width, image.height
    places = [[(x, y) for x in range(wide)] for y in (0, high - 1)]
    places += [[(x, y) for y in range(high)] for x in (0, wide - 1)]
    agree = total = 0
    for line, on_line in zip(lines, places, strict=True):
        for is_first, (x, y) in zip(line, on_line, strict=True):
            agree += ((x - left) // width + (y - top) // height) % 2 == (0 if is_first else 1)
            total += 1
    share = agree / total
    # Of a line across a border, about half a pixel has neither colour.
    enough = 1 - max(_OFF_SHARE, 0.6 / ground.field)
    return Grid(width, height, left, top, share > 0.5) if max(share, 1 - share) >= enough else None


def of_its_field(first: Image, second: Image, grid: Grid) -> Image:
    """255 where a pixel has its field's colour, and most pixels around that could be ground have theirs, too.

    ``first`` and ``second`` are masks of the pixels that look like the one colour and like the other.
    """
    pyvips = vips()
    places = pyvips.Image.xyz(first.width, first.height)
    column = ((places[0] - grid.left) / grid.width).floor()
    row = ((places[1] - grid.top) / grid.height).floor()
    even = ((column + row) % 2) == 0
    fits = (even.ifthenelse(first, second) if grid.first else even.ifthenelse(second, first)).copy_memory()
    like = (first | second).copy_memory()
    around = max(grid.width, grid.height) * 0.7
    fitting, all_like = (_mean(mask, around) for mask in (fits, like))
    return fits & (fitting >= all_like * _SAME_SHARE)


def _mean(mask: Image, sigma: float) -> Image:
    return mask.cast("float").gaussblur(sigma, precision="float", min_ampl=0.05)


def _fit(lines: Sequence[Sequence[bool]], field: int) -> tuple[float, float] | None:
    """Length of a field and the place where one begins, by least squares over all borders of fields on these lines."""
    borders = sorted(at for line in lines for at, (one, next_one) in enumerate(pairwise(line), 1) if one != next_one)
    length = float(field)
    for start in borders[:_STARTS]:
        begin = float(start)
        for _ in range(3):
            steps = [(round((at - begin) / length), at) for at in borders]
            near = [(step, at) for step, at in steps if abs(begin + step * length - at) <= _OFF_GRID * length + 1]
            if len({step for step, _ in near}) < 4:
                break
            length, begin = _line(near)
        else:
            if len(near) >= _ON_GRID_SHARE * len(borders) and abs(length - field) < 0.25 * field:
                return length, begin
        length = float(field)
    return None


def _line(points: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """Slope and start of the straight line closest to some points."""
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    return slope, mean_y - slope * mean_x

"""Finds the checkerboard that image models paint where they were asked for transparency: grey squares, no alpha.

It is told from chess boards, tiles, plaid and rows of windows by what a painted one has and they have not: two flat
greys of little contrast, squares that are small, upright and alike, neighbours of the other tone on all four sides,
and reaching the frame of the picture. A flat, upright floor of small grey and white tiles looks just the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct

from imagebuild_pixels.raster import Image

__all__ = ["painted_checkerboard"]

_LINES = 96
"""How many rows and columns are looked at."""
_COLOURED = 28
"""Levels between the bands of a pixel from which on it is no grey."""
_LEAST_CONTRAST, _MOST_CONTRAST = 8, 150
_LEAST_SIDE = 3
_LONGEST_ROW = 10
"""Squares that must stand in a row somewhere: a chess board has eight."""
_LEAST_ROW = 4
_LEAST_COVER = 0.1
_TONE, _FRAME = 0.08, 0.3
"""Shares of the frame that each tone, and both together, must take."""

_WAVER = 4
"""Levels by which a tone may waver."""

_LEVELS = range(1, 256)
_RUN = re.compile(rb"a+|b+|[^ab]+")
_OTHER = ord("x")


class _Plane(Struct, frozen=True):
    """A picture of one byte a pixel, row by row: its grey with 0 for colours, then only the tones ``a`` and ``b``."""

    data: bytes
    width: int
    height: int

    def rows(self) -> Iterator[tuple[int, bytes]]:
        for y in _spread(self.height):
            yield y, self.data[y * self.width : (y + 1) * self.width]

    def columns(self) -> Iterator[tuple[int, bytes]]:
        for x in _spread(self.width):
            yield x, self.data[x :: self.width]

    def frame(self) -> Counter[int]:
        """How often each level stands in the outer tenth, by every third row."""
        edge = max(2, min(self.width, self.height) // 10)
        levels: Counter[int] = Counter()
        for y in range(0, self.height, 3):
            row = self.data[y * self.width : (y + 1) * self.width]
            levels.update(row if y < edge or y >= self.height - edge else row[:edge] + row[-edge:])
        return levels


class _Squares(Struct, frozen=True):
    """Stretches of equal squares that alternate along lines: line, place of the middle and tone of each."""

    side: float
    cover: float
    longest: int
    places: tuple[tuple[int, int, int], ...]


def painted_checkerboard(image: Image) -> int | None:
    """The side of the squares in pixels, or None where no checkerboard is painted. ``image`` as ``load`` gives it."""
    if min(image.width, image.height) < _LONGEST_ROW * _LEAST_SIDE:
        return None
    plane = _greys(image)
    levels = plane.frame()
    found = (_side_of_squares(plane, tones) for tones in (_peaks(levels), _ends(levels)) if tones)
    return next((side for side in found if side), None)


def _side_of_squares(plane: _Plane, tones: tuple[int, int]) -> int | None:
    plane = _Plane(plane.data.translate(_table(*tones)), plane.width, plane.height)
    across = _squares(plane.rows(), plane.width)
    down = _squares(plane.columns(), plane.height)
    if across is None or down is None or max(across.side, down.side) > 1.35 * min(across.side, down.side):
        return None
    if not _alternates(plane, across, down.side):
        return None
    return round((across.side + down.side) / 2)


def _greys(image: Image) -> _Plane:
    bands = [image.extract_band(index) for index in range(3)]
    highest, lowest = (bands[0].bandrank(bands[1:], index=index) for index in (2, 0))
    grey = image.extract_band(0, n=3).copy(interpretation="srgb").colourspace("b-w")
    grey = (highest - lowest > _COLOURED).ifthenelse(0, (grey < 1).ifthenelse(1, grey)).cast("uchar").median(3)
    return _Plane(bytes(grey.write_to_memory()), grey.width, grey.height)


def _peaks(levels: Counter[int]) -> tuple[int, int] | None:
    """The two greys that most of the frame is painted in."""
    total = levels.total()
    first, of_first = _peak(levels)
    second, of_second = _peak(Counter({level: n for level, n in levels.items() if abs(level - first) > _WAVER}))
    if min(of_first, of_second) < _TONE * total or of_first + of_second < _FRAME * total:
        return None
    return _contrasting(first, second)


def _peak(levels: Counter[int]) -> tuple[int, int]:
    """The grey that most pixels are near to, and how many these are."""
    near = {
        level: sum(levels[other] for other in range(max(1, level - _WAVER), level + _WAVER + 1)) for level in _LEVELS
    }
    top = max(near, key=lambda level: (near[level], levels[level]))
    return top, near[top]


def _ends(levels: Counter[int]) -> tuple[int, int] | None:
    """The dark and the light end of the frame's greys, for squares that a strong compression has smeared."""
    greys = sorted(level for level, n in levels.items() if level for _ in range(n * 1000 // levels.total()))
    if len(greys) < 1000 * _FRAME:
        return None
    return _contrasting(greys[len(greys) // 10], greys[-len(greys) // 10])


def _contrasting(first: int, second: int) -> tuple[int, int] | None:
    low, high = sorted((first, second))
    return (low, high) if _LEAST_CONTRAST <= high - low <= _MOST_CONTRAST else None


def _table(low: int, high: int) -> bytes:
    """What each level becomes: the nearer tone, or neither where it is beyond both."""
    beyond, middle = max(5, (high - low) * 0.3), (low + high) / 2
    tones = ("x" if not low - beyond <= level <= high + beyond else "a" if level < middle else "b" for level in _LEVELS)
    return ("x" + "".join(tones)).encode()


def _squares(lines: Iterable[tuple[int, bytes]], length: int) -> _Squares | None:
    runs = [(at, [(m.start(), m.end() - m.start(), m.group()[0]) for m in _RUN.finditer(line)]) for at, line in lines]
    side = _side(runs)
    if side < _LEAST_SIDE:
        return None
    rows = [(at, row) for at, line in runs for row in _alike(line, side) if len(row) >= _LEAST_ROW]
    pixels, count = sum(run[1] for _, row in rows for run in row), sum(len(row) for _, row in rows)
    longest = max((len(row) for _, row in rows), default=0)
    cover = pixels / (length * len(runs))
    if longest < _LONGEST_ROW or cover < _LEAST_COVER:
        return None
    places = tuple((at, start + size // 2, tone) for at, row in rows for start, size, tone in row)
    return _Squares(pixels / count, cover, longest, places)


def _side(runs: list[tuple[int, list[tuple[int, int, int]]]]) -> int:
    """The length near which runs of one tone cover most; those at the ends of a line are cut off."""
    covered: Counter[int] = Counter()
    for _, line in runs:
        for _, size, tone in line[1:-1]:
            if tone != _OTHER:
                covered[size] += size
    near = {side: sum(n for size, n in covered.items() if abs(size - side) <= max(1, side * 0.15)) for side in covered}
    return max(near, key=lambda side: (near[side], covered[side]), default=0)


def _alike(line: list[tuple[int, int, int]], side: int) -> Iterator[list[tuple[int, int, int]]]:
    """The stretches of a line in which every run is about as long as a square."""
    row: list[tuple[int, int, int]] = []
    for run in [*line, (0, 0, _OTHER)]:
        if run[2] != _OTHER and abs(run[1] - side) <= max(1.5, side * 0.3):
            row.append(run)
        else:
            yield row
            row = []


def _alternates(plane: _Plane, across: _Squares, down: float) -> bool:
    """Whether squares above and below have the other tone, and those at the corners the same."""
    right, below = round(across.side), round(down)
    steps = ((0, below, 0), (0, -below, 0), (right, below, 1), (-right, below, 1), (right, -below, 1))
    votes: Counter[bool] = Counter()
    for y, x, tone in across.places:
        for dx, dy, same in steps:
            if 0 <= x + dx < plane.width and 0 <= y + dy < plane.height:
                other = plane.data[(y + dy) * plane.width + x + dx]
                votes[other != _OTHER and (other == tone) == bool(same)] += 1
    return votes[True] > 3 * votes[False]


def _spread(length: int) -> list[int]:
    """Places at equal distances, without the outermost."""
    return sorted({int((index + 0.5) * length / _LINES) for index in range(_LINES)})

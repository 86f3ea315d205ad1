"""What a picture is of: of all the parts of a mask, those about the middle.

Clouds, tufts and neighbours of the same hue are parts of their own, and it is by their place that they are told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from imagebuild_sketch import raster
from imagebuild_sketch.raster import Image

__all__ = ["central"]

_SIDE = 128
_SHARE = 0.3
"""A part counts with the chief one from this share of its weight: two cats are both the subject."""


class _Part(Struct):
    cells: list[int]
    weight: float
    left: int
    top: int
    right: int
    bottom: int

    def holds(self, other: _Part, margin: int) -> bool:
        """Whether another part lies within this one's box: the steam above a cup, the eye of a face."""
        return (
            self.left - margin <= other.left
            and other.right <= self.right + margin
            and self.top - margin <= other.top
            and other.bottom <= self.bottom + margin
        )


def central(mask: Image) -> Image:
    """The parts of an 8 bit mask about the middle, the rest 0; the mask itself when none of its parts stands out."""
    small = mask.thumbnail_image(_SIDE, height=_SIDE, size="force")
    parts = _parts(bytes(small.write_to_memory()))
    chief = max(parts, key=lambda part: part.weight, default=None)
    if chief is None or chief.weight <= 0 or len(chief.cells) < _SIDE * _SIDE * 0.008:
        return mask
    kept = bytearray(_SIDE * _SIDE)
    for part in parts:
        if part.weight >= _SHARE * chief.weight or chief.holds(part, _SIDE // 16):
            for cell in part.cells:
                _mark(kept, cell)
    gate = raster.vips().Image.new_from_memory(bytes(kept), _SIDE, _SIDE, 1, "uchar")
    gate = gate.resize(mask.width / _SIDE, vscale=mask.height / _SIDE, kernel="linear")
    gate = gate.embed(0, 0, mask.width, mask.height, extend="copy")
    return (gate < mask).ifthenelse(gate, mask)


def _mark(kept: bytearray, cell: int) -> None:
    """Set a cell and those around it, as an outline runs through cells that are not full."""
    x, y = cell % _SIDE, cell // _SIDE
    for row in range(max(0, y - 1), min(_SIDE, y + 2)):
        for column in range(max(0, x - 1), min(_SIDE, x + 2)):
            kept[row * _SIDE + column] = 255


def _parts(values: Sequence[int]) -> list[_Part]:
    """The connected regions of cells that are at least half full."""
    free = [value >= 128 for value in values]
    parts = []
    for start in range(_SIDE * _SIDE):
        if not free[start]:
            continue
        part = _Part([], 0.0, _SIDE, _SIDE, 0, 0)
        waiting = [start]
        free[start] = False
        while waiting:
            cell = waiting.pop()
            x, y = cell % _SIDE, cell // _SIDE
            part.cells.append(cell)
            part.left, part.right = min(part.left, x), max(part.right, x)
            part.top, part.bottom = min(part.top, y), max(part.bottom, y)
            away = math.sqrt((x / _SIDE - 0.52) ** 2 + (y / _SIDE - 0.56) ** 2)
            part.weight += max(0.0, 1 - 2.2 * away)
            for there, inside in (
                (cell - 1, x > 0), (cell + 1, x < _SIDE - 1), (cell - _SIDE, y > 0), (cell + _SIDE, y < _SIDE - 1)
            ):  # fmt: skip
                if inside and free[there]:
                    free[there] = False
                    waiting.append(there)
        parts.append(part)
    return parts

"""Sizes: which are legal, and what to write instead of one that is not.

Rules of free sizes (OpenAI's documentation, 2026-11): both edges divisible by 16, ratio from 1:3 to 3:1, longest edge
3840, 655,360 to 8,294,400 pixels in all. Frames of a gif are drawn on one sheet that has to keep to these limits; the
sheets are inferred from the largest square frames that were measured (960, 816 and 720 pixels for up to 9, 12 and 16).
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from heapq import nsmallest

from msgspec import Struct

__all__ = ["Advice", "Rules", "Size", "advice", "format_size", "parse_size", "rules_for"]

Size = tuple[int, int]

STEP, LONGEST, FEWEST, MOST, STEEPEST = 16, 3840, 655_360, 8_294_400, 3
_WRITTEN = re.compile(r"\s*(\d{1,5})\s*[xX×*]\s*(\d{1,5})\s*")
_SHEETS: tuple[tuple[int, tuple[Size, ...]], ...] = ((9, ((3, 3),)), (12, ((4, 3), (3, 4))), (16, ((4, 4),)))


class Rules(Struct, frozen=True):
    """Which sizes a model makes: only ``fixed`` ones, or any whose sheet of ``columns x rows`` pictures is legal."""

    fixed: tuple[Size, ...] = ()
    sheets: tuple[Size, ...] = ((1, 1),)

    def fault(self, size: Size) -> str | None:
        """The rule that a size breaks, None for a legal one."""
        if self.fixed:
            known = ", ".join(map(format_size, self.fixed))
            return None if size in self.fixed else f"the model makes {known} alone"
        width, height = size
        shape = []
        if width % STEP or height % STEP:
            shape.append(f"both edges must be divisible by {STEP}")
        if max(size) > STEEPEST * min(size):
            shape.append("the ratio must be between 1:3 and 3:1")
        sheets = [_sheet_fault(width * columns, height * rows) for columns, rows in self.sheets]
        fault = None if None in sheets else sheets[0]
        if fault and self.sheets != ((1, 1),):
            fault += " on the sheet that holds all frames"
        return " and ".join([*shape, *([fault] if fault else [])]) or None

    def legal(self) -> tuple[Size, ...]:
        """Every legal size."""
        return _legal(self)


@lru_cache(maxsize=8)
def _legal(rules: Rules) -> tuple[Size, ...]:
    edges = range(STEP, LONGEST + 1, STEP)
    every = ((width, height) for width in edges for height in edges)
    return rules.fixed or tuple(size for size in every if rules.fault(size) is None)


def _sheet_fault(width: int, height: int) -> str | None:
    if max(width, height) > LONGEST:
        return f"no edge may be longer than {LONGEST} pixels"
    if width * height > MOST:
        return f"there may be {MOST:,} pixels at most"
    if width * height < FEWEST:
        return f"there must be {FEWEST:,} pixels at least"
    return None


def rules_for(fixed: tuple[str, ...] | None = None, frames: int | None = None) -> Rules:
    """The rules of a model with ``fixed`` sizes or without, for a gif of so many ``frames`` or one still picture."""
    if fixed is not None:
        return Rules(fixed=tuple(size for text in fixed if (size := parse_size(text))))
    if frames is None:
        return Rules()
    return Rules(sheets=next((sheets for most, sheets in _SHEETS if frames <= most), _SHEETS[-1][1]))


def parse_size(text: object) -> Size | None:
    """Width and height of ``1024x1024``, also written with spaces, ``X`` or ``×``; None for anything else."""
    match = _WRITTEN.fullmatch(text) if isinstance(text, str) else None
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    return size if min(size) > 0 else None


def format_size(size: Size) -> str:
    """``1024x1024``."""
    return f"{size[0]}x{size[1]}"


class Advice(Struct, frozen=True):
    """Legal sizes near one that is not, best first, and how to come from the best to what was asked, in words."""

    sizes: tuple[Size, ...]
    hint: str


@lru_cache(maxsize=256)
def advice(wanted: Size, rules: Rules) -> Advice:
    """What to ask for instead of ``wanted``: where that exists, the least that holds it, so that a crop gives it."""
    legal = rules.legal()
    width, height = wanted
    cover = min(
        (size for size in legal if size[0] >= width and size[1] >= height),
        key=lambda size: (size[0] * size[1], size),
        default=None,
    )
    near = nsmallest(3, legal, key=lambda size: (_distance(size, wanted), size))
    is_steep = max(wanted) > STEEPEST * min(wanted)
    if cover and (is_steep or cover[0] * cover[1] <= 1.25 * width * height):
        best, way = cover, f"then crop to {format_size(wanted)}"
    else:
        best, way = near[0], _scaled(near[0], wanted)
    sizes = tuple(dict.fromkeys([best, *near]))[:3]
    others = ", ".join(map(format_size, sizes[1:]))
    hint = f"write 'options: {{size: {format_size(best)}}}' and {way}"
    return Advice(sizes, f"{hint}; also near: {others}" if others else hint)


def _distance(size: Size, wanted: Size) -> float:
    """How far off a size is: a wrong ratio costs picture, a wrong area only a scaling."""
    ratio = abs(math.log(size[0] / size[1] / (wanted[0] / wanted[1])))
    return 4 * ratio + abs(math.log(size[0] * size[1] / (wanted[0] * wanted[1])))


def _scaled(size: Size, wanted: Size) -> str:
    if size[0] * wanted[1] == size[1] * wanted[0]:
        return f"then scale to {format_size(wanted)}"
    divisor = math.gcd(*wanted)
    return f"then crop to {wanted[0] // divisor}:{wanted[1] // divisor} and scale to {format_size(wanted)}"

"""How far two pictures are apart to the eye: a number from 0 to 64 that a person can set a limit on.

Each picture becomes nine by nine colours, as for a difference hash; at each of the eight by eight places between them
the steps of lightness to the right and downwards are compared, and the colour itself. What differs beyond a threshold
counts, so noise in flat areas, another size or a strong compression count nothing.
"""

from __future__ import annotations

import math
import struct
from typing import TypeAlias

from imagebuild import Picture
from imagebuild_pixels.check.finished import Finished, first_frame

__all__ = ["Look", "distance", "look_at"]

_SIDE = 9
_STEP = 8.0
"""Difference of two steps of lightness (L* of CIELAB, 0 to 100) that the eye sees as another shape."""
_COLOUR = 16.0
"""Distance in CIELAB (CIE 1976) between two colours from which on they are not shades of the same one."""

Look: TypeAlias = tuple[tuple[float, float, float], ...]
"""L*, a* and b* of nine by nine colours, row by row."""


def look_at(picture: Picture, name: str) -> Look:
    """What a picture looks like from afar; what is transparent shows a medium grey, of an animation the first frame.

    Raises ``StepError``.
    """
    image = first_frame(Finished(name, picture), at_least=(128, 128))
    if image.hasalpha():
        image = image.flatten(background=[128, 128, 128])
    small = image.thumbnail_image(_SIDE, height=_SIDE, size="force", no_rotate=True).colourspace("lab").cast("float")
    return tuple(struct.iter_unpack("=3f", bytes(small.write_to_memory())))


def distance(first: Look, second: Look) -> int:
    """At how many of 64 places two pictures differ; 0 means that they look the same."""
    places = [y * _SIDE + x for y in range(_SIDE - 1) for x in range(_SIDE - 1)]
    return sum(_differs(first, second, at) for at in places)


def _differs(first: Look, second: Look, at: int) -> bool:
    for neighbour in (at + 1, at + _SIDE):
        step, other = first[neighbour][0] - first[at][0], second[neighbour][0] - second[at][0]
        if abs(step - other) > _STEP:
            return True
    return math.dist(first[at], second[at]) > _COLOUR

"""Words about a picture, made from its pixels alone: its shape, its size, and the colour that most of it has."""

from __future__ import annotations

from collections import Counter

from imagebuild_devserver.convert import pixels
from imagebuild_devserver.incoming import size_of

__all__ = ["caption"]

_ACROSS = 32
_COLOURS = {
    "black": (0, 0, 0),
    "grey": (128, 128, 128),
    "white": (255, 255, 255),
    "red": (200, 40, 40),
    "orange": (235, 140, 50),
    "yellow": (240, 220, 80),
    "green": (60, 150, 60),
    "turquoise": (60, 180, 180),
    "blue": (50, 90, 190),
    "purple": (130, 60, 160),
    "pink": (240, 150, 180),
    "brown": (120, 80, 45),
}


def caption(data: bytes) -> str:
    """``A wide picture of 1536 by 1024 pixels, mostly blue``. The same bytes give the same words."""
    width, height = size_of(data) or (0, 0)
    shape = "square" if width == height else "wide" if width > height else "tall"
    rgb = pixels(data, _ACROSS)
    colours = Counter(zip(rgb[::3], rgb[1::3], rgb[2::3], strict=True))
    names: Counter[str] = Counter()
    for colour, count in colours.items():
        names[_name_of(colour)] += count
    most = max(_COLOURS, key=lambda name: names[name])
    return f"A {shape} picture of {width} by {height} pixels, mostly {most}"


def _name_of(colour: tuple[int, int, int]) -> str:
    """The name of the nearest colour that has one."""

    def distance(name: str) -> int:
        return sum((a - b) ** 2 for a, b in zip(_COLOURS[name], colour, strict=True))

    return min(_COLOURS, key=distance)

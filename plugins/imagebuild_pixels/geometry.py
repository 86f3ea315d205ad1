"""Sizes and places as plain numbers: how pictures fit, where a gravity puts them, what a length is in pixels."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

__all__ = [
    "FITS",
    "GRAVITIES",
    "SMART",
    "Fitted",
    "Size",
    "around",
    "covering",
    "fitted",
    "inside",
    "length",
    "place",
    "scaled",
    "within",
]

Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""

_NAMED = {
    "center": (0.5, 0.5),
    "north": (0.5, 0.0),
    "northeast": (1.0, 0.0),
    "east": (1.0, 0.5),
    "southeast": (1.0, 1.0),
    "south": (0.5, 1.0),
    "southwest": (0.0, 1.0),
    "west": (0.0, 0.5),
    "northwest": (0.0, 0.0),
}

GRAVITIES = tuple(_NAMED)
"""Where something goes, or what is kept: the middle, an edge or a corner."""

FITS = ("cover", "contain", "inside", "outside", "fill")
"""How a picture meets a box of another shape."""

SMART = ("attention", "entropy")
"""Where pixels decide what a crop keeps: what draws the eye, or where most happens."""


class Fitted(Struct, frozen=True):
    """What becomes of a picture that is fitted: first scaled to ``scale``, then cut or padded to ``box``."""

    scale: Size
    box: Size


def fitted(size: Size, width: int | None, height: int | None, fit: str, *, enlarge: bool) -> Fitted:
    """How ``size`` comes to ``width`` and ``height``, of which one may be left out.

    ``fit`` is cover, contain, inside, outside or fill. Without ``enlarge`` nothing is scaled up: cover and fill then
    give the largest box of the shape that was asked for.
    """
    if width is None or height is None:
        return _whole(size, scaled(size, width=width, height=height), enlarge)
    wanted = width, height
    match fit:
        case "inside":
            return _whole(size, inside(size, wanted), enlarge)
        case "outside":
            return _whole(size, covering(size, wanted), enlarge)
        case "contain":
            return Fitted(_whole(size, inside(size, wanted), enlarge).scale, wanted)
    if not enlarge and (width > size[0] or height > size[1]):
        wanted = inside(wanted, size)
    return Fitted(wanted if fit == "fill" else covering(size, wanted), wanted)


def _whole(size: Size, wanted: Size, enlarge: bool) -> Fitted:
    return Fitted(wanted, wanted) if enlarge or wanted[0] <= size[0] else Fitted(size, size)


def place(outer: Size, inner: Size, gravity: str) -> tuple[int, int]:
    """Left and top of ``inner`` in ``outer`` by one of ``GRAVITIES``; negative where it is the larger one."""
    across, down = _NAMED[gravity]
    return int((outer[0] - inner[0]) * across), int((outer[1] - inner[1]) * down)


def length(value: int | str, size: Size) -> int:
    """Pixels of a length option: pixels as they are, ``5%`` of the shorter edge of ``size``."""
    if isinstance(value, str):
        return _half_up(min(size) * float(value.removesuffix("%")) / 100)
    return value


def scaled(size: Size, *, width: int | None = None, height: int | None = None) -> Size:
    """The size with this width or this height, in the same shape; at least one pixel an edge."""
    if width is not None:
        return width, max(1, _half_up(size[1] * width / size[0]))
    if height is not None:
        return max(1, _half_up(size[0] * height / size[1])), height
    return size


def inside(size: Size, box: Size) -> Size:
    """The largest size of this shape that ``box`` holds."""
    by_width = scaled(size, width=box[0])
    return by_width if by_width[1] <= box[1] else scaled(size, height=box[1])


def covering(size: Size, box: Size) -> Size:
    """The smallest size of this shape that hides ``box``."""
    by_width = scaled(size, width=box[0])
    return by_width if by_width[1] >= box[1] else scaled(size, height=box[1])


def within(size: Size, ratio: float) -> Size:
    """The largest size of width divided by height ``ratio`` that fits into ``size``."""
    if size[0] > size[1] * ratio:
        return max(1, min(size[0], _half_up(size[1] * ratio))), size[1]
    return size[0], max(1, min(size[1], _half_up(size[0] / ratio)))


def around(size: Size, ratio: float) -> Size:
    """The smallest size of width divided by height ``ratio`` that holds ``size``."""
    if size[0] < size[1] * ratio:
        return max(size[0], _half_up(size[1] * ratio)), size[1]
    return size[0], max(size[1], _half_up(size[0] / ratio))


def _half_up(number: float) -> int:
    """Rounded as people do: Python's own rounding would send 2.5 down and 3.5 up."""
    return int(number + 0.5)

"""ThumbHash: a blurred picture with its transparency in some 25 bytes.

Format: Evan Wallace, https://evanw.github.io/thumbhash/.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import add, mul, sub

from imagebuild_pixels.cosine import SCALE, curve, project

__all__ = ["MAX_EDGE", "encode"]

MAX_EDGE = 100
"""Larger pictures give no better hash."""

_ALPHA = 255
_LEAST = 1e-5
"""Terms below this are what is left of the rounding of cosines."""

_FINE = 256
"""Parts of a level in which a transparent picture is laid on its mean colour."""


def encode(width: int, height: int, rgba: bytes) -> bytes:
    """The hash of a picture of up to ``MAX_EDGE`` pixels an edge, given as rows of straight RGBA.

    Brightness, yellow against blue, red against green, and alpha where there is any, as cosine terms of 4 bits each.
    """
    red, green, blue, alpha = (list(rgba[band::4]) for band in range(4))
    unit = _ALPHA
    transparent = min(alpha) < _ALPHA
    if transparent:
        red, green, blue = (_on_mean(band, alpha) for band in (red, green, blue))
        unit = _ALPHA * _ALPHA * _FINE
    limit = 5 if transparent else 7
    longer = max(width, height)
    across, down = max(1, _half_up(limit * width, longer)), max(1, _half_up(limit * height, longer))
    both = list(map(add, red, green))
    area = (width, height)
    light = _channel(list(map(add, both, blue)), 3 * unit, area, max(3, across), max(3, down))
    yellow = _channel(list(map(sub, both, map(add, blue, blue))), 2 * unit, area, 3, 3)
    ruddy = _channel(list(map(sub, red, green)), unit, area, 3, 3)
    landscape = width > height
    head = (
        _level(63, light[0])
        | _level(31.5, 1 + yellow[0]) << 6
        | _level(31.5, 1 + ruddy[0]) << 12
        | _level(31, light[1]) << 18
        | transparent << 23
        | (down if landscape else across) << 24
        | _level(63, yellow[1]) << 27
        | _level(63, ruddy[1]) << 33
        | landscape << 39
    )
    terms = [*light[2], *yellow[2], *ruddy[2]]
    data = bytearray(head.to_bytes(5, "little"))
    if transparent:
        veil = _channel(alpha, _ALPHA, area, 5, 5)
        data.append(_level(15, veil[0]) | _level(15, veil[1]) << 4)
        terms += veil[2]
    terms += [0] * (len(terms) % 2)
    return bytes(data) + bytes(low | high << 4 for low, high in zip(terms[::2], terms[1::2], strict=True))


def _on_mean(band: Sequence[int], alpha: Sequence[int]) -> list[int]:
    """A band laid on its own mean, weighed by alpha, in units of 1/(255 × 255 × ``_FINE``)."""
    weight = sum(alpha)
    mean = (sum(map(mul, band, alpha)) * _FINE * 2 + weight) // (2 * weight) if weight else 0
    return [mean * (_ALPHA - veil) + _FINE * level * veil for level, veil in zip(band, alpha, strict=True)]


def _channel(
    plane: Sequence[int], unit: int, area: tuple[int, int], across: int, down: int
) -> tuple[float, float, list[int]]:
    """The mean of a channel, the greatest of its other terms, and these terms as shares of it, 0 to 15.

    Terms in the upper left triangle are kept. What is nearly nothing is nothing, so that a plain picture has none.
    """
    width, height = area
    found = project(plane, _curves(width, across), _curves(height, down))
    whole = unit * width * height * SCALE * SCALE
    kept = [(x, y) for y in range(down) for x in range(across) if x * down < across * (down - y)]
    mean, *rest = [term if abs(term) >= _LEAST else 0.0 for term in (found[place] / whole for place in kept)]
    scale = max(map(abs, rest), default=0.0)
    return mean, scale, [_level(15, 0.5 + 0.5 * term / scale if scale else 0.5) for term in rest]


def _curves(length: int, count: int) -> list[list[int]]:
    return [curve(length, waves, 0.5) for waves in range(count)]


def _level(steps: float, value: float) -> int:
    return int(steps * value + 0.5)


def _half_up(part: int, whole: int) -> int:
    return (2 * part + whole) // (2 * whole)

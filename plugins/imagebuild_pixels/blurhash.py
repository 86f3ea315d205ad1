"""BlurHash: a blurred picture in some 30 characters.

Format: https://github.com/woltapp/blurhash, Algorithm.md and its encoder in C, which scales by the greatest magnitude.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from imagebuild_pixels.cosine import SCALE, curve, project

__all__ = ["components", "encode"]

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_UNIT = 1 << 16
"""What stands for full light."""


def _to_linear(level: int) -> int:
    """IEC 61966-2-1."""
    value = level / 255
    return round(_UNIT * (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4))


_LINEAR = [_to_linear(level) for level in range(256)]


def components(width: int, height: int) -> tuple[int, int]:
    """How many terms across and down suit a picture: four along its longer edge, at least three along the other."""
    longer = max(width, height)
    return max(3, (8 * width + longer) // (2 * longer)), max(3, (8 * height + longer) // (2 * longer))


def encode(width: int, height: int, rgb: Sequence[bytes], across: int, down: int) -> str:
    """The hash of a small opaque picture, given as its three bands, with ``across`` × ``down`` terms (1 to 9 each)."""
    curves = [curve(width, waves, 0) for waves in range(across)], [curve(height, waves, 0) for waves in range(down)]
    bands = [project([_LINEAR[level] for level in band], *curves) for band in rgb]
    whole = _UNIT * width * height * SCALE * SCALE
    terms = [
        [(1 if x == y == 0 else 2) * band[x, y] / whole for band in bands] for y in range(down) for x in range(across)
    ]
    mean, rest = terms[0], terms[1:]
    text = _digits(across - 1 + (down - 1) * 9, 1)
    greatest = max((abs(value) for term in rest for value in term), default=0.0)
    quantised = max(0, min(82, math.floor(greatest * 166 - 0.5))) if rest else 0
    scale = (quantised + 1) / 166 if rest else 1.0
    text += _digits(quantised, 1)
    text += _digits(sum(_to_srgb(value) << shift for value, shift in zip(mean, (16, 8, 0), strict=True)), 4)
    return text + "".join(_digits(_packed([_share(value / scale) for value in term]), 2) for term in rest)


def _to_srgb(value: float) -> int:
    value = max(0.0, min(1.0, value))
    curved = value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return int(curved * 255 + 0.5)


def _share(value: float) -> int:
    """A term as a share of the greatest one: 19 steps, closer together around nothing."""
    return max(0, min(18, math.floor(math.copysign(math.sqrt(abs(value)), value) * 9 + 9.5)))


def _packed(shares: Sequence[int]) -> int:
    red, green, blue = shares
    return (red * 19 + green) * 19 + blue


def _digits(value: int, count: int) -> str:
    return "".join(_DIGITS[value // 83**place % 83] for place in reversed(range(count)))

"""Colours: hex strings outside, OKLCH inside, so that steps which look equal are equal numbers.

Source of the matrices: Björn Ottosson, "A perceptual color space for image processing", 2020.
"""

from __future__ import annotations

import math
from functools import lru_cache

__all__ = [
    "brighten",
    "channels",
    "hex_of",
    "hue_apart",
    "lightness",
    "mix",
    "from_oklch",
    "retone",
    "to_oklch",
    "turn",
]

Lab = tuple[float, float, float]


def _expand(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _compress(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of ``#rgb`` or ``#rrggbb``."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def hex_of(red: float, green: float, blue: float) -> str:
    """``#rrggbb`` of channels from 0 to 255, clipped and rounded."""
    return "#" + "".join(f"{min(255, max(0, math.floor(value + 0.5))):02x}" for value in (red, green, blue))


@lru_cache(maxsize=4096)
def _to_lab(colour: str) -> Lab:
    red, green, blue = (_expand(value / 255) for value in channels(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _linear(lab: Lab) -> Lab:
    light, a, b = lab
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _from_lab(lab: Lab) -> str:
    """The colour, with as much less chroma as it takes to be shown in sRGB."""
    light, a, b = min(1.0, max(0.0, lab[0])), lab[1], lab[2]
    kept = 1.0
    for _ in range(24):
        red, green, blue = _linear((light, a * kept, b * kept))
        if all(-0.0005 <= value <= 1.0005 for value in (red, green, blue)):
            break
        kept *= 0.93
    else:
        red, green, blue = _linear((light, 0.0, 0.0))
    return hex_of(*(255 * _compress(min(1.0, max(0.0, value))) for value in (red, green, blue)))


def from_oklch(light: float, chroma: float, hue: float) -> str:
    """The colour of a lightness (0 to 1), chroma (0 to about 0.3) and hue (degrees)."""
    angle = math.radians(hue % 360)
    return _from_lab((light, chroma * math.cos(angle), chroma * math.sin(angle)))


def to_oklch(colour: str) -> Lab:
    """Lightness, chroma and hue in degrees of a hex colour."""
    light, a, b = _to_lab(colour)
    return light, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def lightness(colour: str) -> float:
    """How light a colour looks, 0 to 1."""
    return _to_lab(colour)[0]


@lru_cache(maxsize=8192)
def mix(first: str, second: str, share: float) -> str:
    """The colour that is ``share`` of the way from ``first`` to ``second``."""
    one, two = _to_lab(first), _to_lab(second)
    light, a, b = (x + (y - x) * share for x, y in zip(one, two, strict=True))
    return _from_lab((light, a, b))


def brighten(colour: str, by: float) -> str:
    """The colour with ``by`` more lightness; less when negative."""
    light, chroma, hue = to_oklch(colour)
    return from_oklch(light + by, chroma, hue)


def turn(colour: str, degrees: float) -> str:
    """The colour with its hue turned."""
    light, chroma, hue = to_oklch(colour)
    return from_oklch(light, chroma, hue + degrees)


def retone(colour: str, *, light: float | None = None, chroma: float | None = None) -> str:
    """The colour with another lightness or chroma and the same hue."""
    old_light, old_chroma, hue = to_oklch(colour)
    return from_oklch(old_light if light is None else light, old_chroma if chroma is None else chroma, hue)


def hue_apart(first: float, second: float) -> float:
    """Degrees between two hues, 0 to 180."""
    return abs((first - second + 180) % 360 - 180)

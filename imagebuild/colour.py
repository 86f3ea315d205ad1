"""Colours as specs write them, in one form."""

from __future__ import annotations

import re

__all__ = ["parse_colour"]

_HEX = re.compile(r"#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\Z")
_NAMES = {
    "black": "#000000",
    "silver": "#c0c0c0",
    "gray": "#808080",
    "grey": "#808080",
    "white": "#ffffff",
    "maroon": "#800000",
    "red": "#ff0000",
    "purple": "#800080",
    "fuchsia": "#ff00ff",
    "magenta": "#ff00ff",
    "green": "#008000",
    "lime": "#00ff00",
    "olive": "#808000",
    "yellow": "#ffff00",
    "orange": "#ffa500",
    "navy": "#000080",
    "blue": "#0000ff",
    "teal": "#008080",
    "aqua": "#00ffff",
    "cyan": "#00ffff",
    "transparent": "#00000000",
}
"""The basic colour keywords of CSS Color Module Level 4, 6.1, and ``transparent``."""


def parse_colour(text: str) -> str | None:
    """``#rrggbb`` or, where it is not opaque, ``#rrggbbaa``, in small letters; None for what is no colour."""
    named = _NAMES.get(text.strip().lower())
    if named:
        return named
    match = _HEX.match(text.strip())
    if match is None:
        return None
    digits = match[1].lower()
    if len(digits) <= 4:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits[:6]}" if digits[6:] in ("", "ff") else f"#{digits}"

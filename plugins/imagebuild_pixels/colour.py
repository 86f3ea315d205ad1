"""Colours of options as numbers."""

from __future__ import annotations

__all__ = ["rgb", "rgba"]


def rgba(colour: str) -> tuple[int, int, int, int]:
    """Red, green, blue and alpha, 0 to 255, of ``#rrggbb`` or ``#rrggbbaa``: the form that options are resolved to."""
    digits = colour.removeprefix("#")
    red, green, blue, alpha = bytes.fromhex(digits if len(digits) == 8 else f"{digits}ff")
    return red, green, blue, alpha


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of a colour, whatever its alpha."""
    return rgba(colour)[:3]

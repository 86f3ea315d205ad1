"""The papers there are, and mixing their colours. Whole numbers only: the same on every machine."""

from __future__ import annotations

from typing import TypeAlias

Colour: TypeAlias = tuple[int, int, int]

PAPERS: dict[str, Colour] = {
    "ivory": (248, 240, 220),
    "kraft": (205, 172, 128),
    "newsprint": (226, 222, 212),
    "rose": (240, 200, 196),
    "sky": (190, 216, 230),
}
INK: Colour = (44, 52, 70)


def mix(paper: Colour, ink: Colour, part: int) -> Colour:
    """``part`` of a hundred ink on paper."""
    red, green, blue = (
        (a * (100 - part) + b * part + 50) // 100 for a, b in zip(paper, ink, strict=True)
    )
    return red, green, blue


def code(colour: Colour) -> str:
    """``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)

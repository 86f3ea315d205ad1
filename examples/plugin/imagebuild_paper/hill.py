"""Hills under a sun, cut from sheets that lie on each other: an SVG of curves and shadows."""

from __future__ import annotations

from collections.abc import Iterator

from imagebuild_paper.paper import INK, Colour, code, mix

SHEETS = 5
BENDS = 4
CHANCES = 2 + SHEETS * (BENDS + 1)
"""How many bytes decide how a picture looks."""


def landscape(width: int, height: int, paper: Colour, chances: bytes) -> str:
    """The picture; ``chances`` are :data:`CHANCES` bytes. Whole numbers only: the same everywhere."""
    chance = iter(chances)
    shapes = [f'<rect width="{width}" height="{height}" fill="{code(paper)}"/>']
    shapes += _sun(width, height, mix(paper, (236, 140, 70), 70), chance)
    for number in range(SHEETS):
        colour = mix(paper, INK, 15 + 70 * number // (SHEETS - 1))
        shapes += _sheet(width, height, number, colour, chance)
    root = f'xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
    return f'<svg {root} viewBox="0 0 {width} {height}">{"".join(shapes)}</svg>'


def _sun(width: int, height: int, colour: Colour, chance: Iterator[int]) -> list[str]:
    x = width * (40 + next(chance) * 40 // 255) // 100
    y = height * (18 + next(chance) * 14 // 255) // 100
    radius = height // 10
    place = f'cx="{x}" cy="{y}"'
    return [
        f'<circle {place} r="{radius + radius // 8}" fill="#000" opacity=".1"/>',
        f'<circle {place} r="{radius}" fill="{code(colour)}"/>',
    ]


def _sheet(
    width: int, height: int, number: int, colour: Colour, chance: Iterator[int]
) -> list[str]:
    """One sheet with the shadow that it throws upwards on the one behind it."""
    top = height * (36 + 12 * number) // 100
    lift = max(2, height // 130)
    ends = [top + height * (next(chance) - 128) // 1600 for _ in range(BENDS + 1)]
    step = width // BENDS
    bends = [
        f"S{step * bend - step // 2} {ends[bend]} {step * bend} {ends[bend]}"
        for bend in range(1, BENDS + 1)
    ]
    edge = f"M0 {ends[0]}{''.join(bends)}L{width} {ends[-1]}V{height * 2}H0Z"
    return [
        f'<path d="{edge}" transform="translate(0 -{lift})" fill="#000" opacity=".12"/>',
        f'<path d="{edge}" fill="{code(colour)}"/>',
    ]

"""A motif for prompts that name nothing we can draw: a faceted gem of their own, from the prompt's digest."""

from __future__ import annotations

import math

from imagebuild_sketch.colour import brighten, mix, turn
from imagebuild_sketch.pen import Point, circle, polygon
from imagebuild_sketch.stage import Stage

__all__ = ["draw_motif"]


def draw_motif(stage: Stage) -> str:
    """Markup of a cut stone with a ring of light, in a box of 100 by 100."""
    chance = stage.chance.child("motif")
    first, second = stage.palette.accent, stage.palette.second
    sides = chance.whole(6, 9)
    outer = _ring(sides, 43, chance.between(0, 1), [chance.between(0.9, 1.04) for _ in range(sides)])
    inner = _ring(sides, 22, chance.between(0, 1) + 0.5, [chance.between(0.85, 1.1) for _ in range(sides)])
    parts = []
    if not stage.flat:
        parts.append(circle(50, 52, 50, stage.sheet.glow(brighten(first, 0.2), 0.5)))
    for index in range(sides):
        following = (index + 1) % sides
        middle = ((outer[index][0] + outer[following][0]) / 2 - 50, (outer[index][1] + outer[following][1]) / 2 - 55)
        facing = -(middle[0] * 0.6 + middle[1] * 0.8) / 45
        base = mix(first, second, 0.5 + 0.5 * math.sin(2 * math.pi * index / sides + 0.8))
        parts.append(polygon((outer[index], outer[following], inner[following]), brighten(base, 0.13 * facing)))
        parts.append(
            polygon((outer[index], inner[following], inner[index]), brighten(turn(base, 14), 0.17 * facing - 0.02))
        )
    table = brighten(mix(first, "#ffffff", 0.32), 0.04)
    parts.append(polygon(inner, table))
    half = inner[: sides // 2 + 1]
    parts.append(polygon(half, "#ffffff", fill_opacity=0.22))
    return "".join(parts)


def _ring(sides: int, radius: float, turned: float, wobble: list[float]) -> list[Point]:
    step = 2 * math.pi / sides
    return [
        (
            50 + radius * factor * math.cos(step * (index + turned) - 2.2),
            55 + radius * factor * math.sin(step * (index + turned) - 2.2),
        )
        for index, factor in enumerate(wobble)
    ]

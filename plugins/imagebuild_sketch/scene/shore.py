"""Land at the sea: a cliff with surf at its foot, or a beach, and the hero on it."""

from __future__ import annotations

import math

from imagebuild_sketch.colour import brighten, mix
from imagebuild_sketch.pen import circle, curve, ellipse, num, path, polygon
from imagebuild_sketch.scene.hero import draw_group, stand_in
from imagebuild_sketch.stage import Stage

__all__ = ["draw_beach", "draw_cliff"]


def draw_cliff(stage: Stage, horizon: float) -> None:
    """A headland on the right with the hero on top, and surf at its foot."""
    width, height, palette, sheet = stage.frame.width, stage.frame.height, stage.palette, stage.sheet
    chance = stage.chance.child("cliff")
    rock = palette.lit("#82756e")
    top = horizon + height * 0.1
    size = stand_in(stage, 0.46)
    hero_x = width * (0.68 if stage.frame.wide > 0.8 else 0.62)
    left = hero_x - size * 0.62
    edge = [
        (left, top + 14),
        (left + 14, top + 60),
        (left - 16, top + height * 0.13),
        (left + 18, top + height * 0.2),
        (left - 24, top + height * 0.29),
        (left - 60, height),
    ]
    face = [*edge, (width, height), (width, top - 8), (hero_x, top - 6)]
    sheet.add(polygon(face, sheet.linear((0, brighten(rock, 0.05), 1), (1, mix(rock, palette.shade, 0.55), 1))))
    for _ in range(stage.many(20)):
        x, y = chance.between(left + 30, width), chance.between(top + 60, height)
        s = chance.between(24, 90)
        shape = polygon(
            (
                (x, y),
                (x + s * 0.5, y - s * 0.28),
                (x + s, y + s * 0.1),
                (x + s * 0.62, y + s * 0.72),
                (x + s * 0.1, y + s * 0.55),
            ),
            brighten(rock, chance.between(-0.1, 0.05)),
            fill_opacity=0.5,
        )
        sheet.add(shape)
    turf = palette.lit(palette.land[0])
    points = [
        (left - 12, top + 22),
        (left + size * 0.2, top - 4),
        (hero_x, top - 12),
        (width * 0.9, top - 22),
        (width + 20, top - 12),
    ]
    sheet.add(
        path(
            (
                f"{curve(points)}V{num(top + 30)}Q{num(width * 0.92)} {num(top + 52)} "
                f"{num(width * 0.86)} {num(top + 22)}"
                f"T{num(width * 0.74)} {num(top + 26)}"
                f"T{num(hero_x - size * 0.15)} {num(top + 22)}T{num(left - 12)} {num(top + 22)}Z"
            ),
            sheet.linear((0, brighten(turf, 0.06), 1), (1, brighten(turf, -0.07), 1)),
        )
    )
    draw_group(stage, stage.brief.figures[:2], hero_x, top + 2, size)
    if palette.night and stage.brief.hero and stage.brief.hero.subject.name == "lighthouse":
        _draw_beam(stage, hero_x, top - size * 0.8, size)
    foam = "#eef6fa" if not palette.night else "#9fb2c8"
    for index in range(12):
        x = left - 70 + index * (width - left) / 11
        sheet.add(
            ellipse(
                x,
                height * (0.965 + 0.02 * math.sin(index * 2.1)),
                chance.between(40, 80),
                chance.between(9, 20),
                foam,
                fill_opacity=0.55,
            )
        )


def _draw_beam(stage: Stage, x: float, y: float, size: float) -> None:
    light = stage.sheet.linear((0, "#fff3c4", 0), (1, "#fff3c4", 0.62), across=True)
    stage.sheet.add(polygon(((x, y - 7), (x, y + 7), (-40, y + size * 0.36), (-40, y - size * 0.3)), light))
    stage.sheet.add(circle(x, y, size * 0.3, stage.sheet.glow("#fff3c4", 0.9)))


def draw_beach(stage: Stage) -> None:
    """Sand below the waves, wet at its edge."""
    width, height, palette, sheet = stage.frame.width, stage.frame.height, stage.palette, stage.sheet
    sand = palette.lit("#e8eef6" if stage.brief.season == "winter" else "#ead2a0")
    top = height * 0.77
    points = [(0, top + 40), (width * 0.25, top + 14), (width * 0.5, top + 26), (width * 0.75, top), (width, top + 18)]
    wet = [(x, y - 20) for x, y in points]
    sheet.add(path(f"{curve(wet)}V{num(height)}H0Z", mix(sand, palette.water[1], 0.28)))
    sheet.add(
        path(curve(wet), "none", stroke=mix(palette.water[0], "#ffffff", 0.75), stroke_width=9, stroke_opacity=0.75)
    )
    sheet.add(
        path(
            f"{curve(points)}V{num(height)}H0Z",
            sheet.linear((0, brighten(sand, 0.02), 1), (1, brighten(sand, -0.08), 1)),
        )
    )
    draw_group(stage, stage.brief.figures, width * 0.56, height * 0.9, stand_in(stage, 0.5))

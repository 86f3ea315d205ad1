"""Under water: light from above, weed and sand below, bubbles, the hero swimming."""

from __future__ import annotations

import math

from imagebuild_sketch.colour import brighten, mix
from imagebuild_sketch.pen import circle, curve, num, path, polygon, rect
from imagebuild_sketch.scene.flora import fern
from imagebuild_sketch.scene.hero import stand_in
from imagebuild_sketch.stage import Stage

__all__ = ["draw_underwater"]


def draw_underwater(stage: Stage) -> None:
    """The world below the surface."""
    width, height, palette, sheet = stage.frame.width, stage.frame.height, stage.palette, stage.sheet
    chance = stage.chance.child("below")
    light, deep = palette.lit("#7fd6d8"), palette.lit("#0f4a78")
    sheet.add(rect(0, 0, width, height, sheet.linear((0, light, 1), (0.5, mix(light, deep, 0.55), 1), (1, deep, 1))))
    for _ in range(6):
        x, w = chance.between(-0.1, 0.8) * width, chance.between(30, 90)
        ray = sheet.linear((0, "#ffffff", 0.32), (1, "#ffffff", 0))
        sheet.add(polygon(((x, -5), (x + w, -5), (x + w * 2.6 + 150, height * 0.85), (x + 150, height * 0.85)), ray))
    for base, distance in ((0.8, 0.55), (0.88, 0.2)):
        sand = mix(palette.lit("#d9c08c"), mix(light, deep, 0.6), distance)
        points = [(width * i / 8, height * (base + 0.025 * math.sin(i * 1.9 + base * 9))) for i in range(9)]
        sheet.add(
            path(
                f"{curve(points)}V{num(height)}H0Z",
                sheet.linear((0, brighten(sand, 0.03), 1), (1, brighten(sand, -0.08), 1)),
            )
        )
        for _ in range(stage.many(9)):
            colour = mix(
                palette.lit(chance.pick(("#e2725b", "#3f9a7a", "#c8559a", "#e9a23b", "#2f8f6f"))), deep, distance
            )
            x = width * (chance.between(0, 0.34) if chance.likely(0.5) else chance.between(0.7, 1.0))
            sheet.add(
                path(
                    _weed(x, height * (base + 0.06), chance.between(90, 210), chance.between(-20, 20)),
                    "none",
                    stroke=colour,
                    stroke_width=chance.between(9, 20),
                    stroke_linecap="round",
                )
            )
    coral = sheet.stamp(fern(mix(palette.lit("#ef6f6c"), deep, 0.15)))
    for share in (0.1, 0.2, 0.87, 0.95):
        sheet.add(sheet.use(coral, width * share, height * 0.97, chance.between(2.2, 3.6)))
    hero = stage.brief.hero
    if hero is not None:
        size = stand_in(stage, 0.52)
        tones = (hero.colour, hero.colour or "#f2c440", hero.colour or "#5f8fd8")
        for index in range(min(hero.count, 6) - 1):
            px, py, share = (
                (0.2, 0.3, 0.34),
                (0.84, 0.28, 0.26),
                (0.3, 0.6, 0.24),
                (0.76, 0.74, 0.3),
                (0.12, 0.5, 0.2),
            )[index]
            foot = height * py + size * share / 2
            stage.put(hero, width * px, foot, size * share, colour=tones[index % 3], distance=0.18)
        stage.put(hero, width * 0.54, height * 0.42 + size / 2, size)
    for _ in range(stage.many(30)):
        r = chance.between(3, 13)
        sheet.add(
            circle(
                chance.between(0, width),
                height * chance.between(0.1, 0.85),
                r,
                "#ffffff",
                fill_opacity=0.12,
                stroke="#ffffff",
                stroke_width=1.6,
                stroke_opacity=0.5,
            )
        )


def _weed(x: float, foot: float, tall: float, lean: float) -> str:
    return (
        f"M{num(x)} {num(foot)}q{num(24 + lean)} {num(-tall * 0.3)} "
        f"0 {num(-tall * 0.52)}t{num(lean)} {num(-tall * 0.48)}"
    )

"""The sea: waves in rows, perhaps a cliff, a beach or an island, or the world below the surface."""

from __future__ import annotations

import math

from imagebuild_sketch.brief import Figure
from imagebuild_sketch.colour import brighten, mix
from imagebuild_sketch.pen import curve, ellipse, num, path, rect
from imagebuild_sketch.scene.hero import FLOATING, draw_airborne, is_airborne, stand_in
from imagebuild_sketch.scene.shore import draw_beach, draw_cliff
from imagebuild_sketch.scene.sky import draw_birds, draw_sky
from imagebuild_sketch.scene.underwater import draw_underwater
from imagebuild_sketch.scene.weather import draw_lightning
from imagebuild_sketch.stage import Stage
from imagebuild_sketch.wordset import wordset

__all__ = ["draw_sea"]

_SWIMMERS = wordset("fish shark octopus jellyfish turtle seahorse crab")


def draw_sea(stage: Stage) -> None:
    """Open water with the hero on it, or on land above it when it is a building."""
    brief, height = stage.brief, stage.frame.height
    hero = brief.hero
    if brief.has("underwater") or (hero is not None and hero.subject.name in _SWIMMERS):
        draw_underwater(stage)
        return
    horizon = height * stage.chance.child("sea").between(0.5, 0.55)
    light_x = draw_sky(stage, horizon)
    if brief.weather == "storm":
        draw_lightning(stage, horizon)
    _draw_water(stage, horizon, light_x)
    if hero is None:
        _draw_island(stage, horizon)
        draw_birds(stage, horizon, 5)
        _draw_waves(stage, horizon, 0.0, 1.0)
        return
    if is_airborne(hero):
        _draw_waves(stage, horizon, 0.0, 1.0)
        draw_airborne(stage, hero, horizon)
        return
    if (
        hero.subject.name in FLOATING
        or hero.subject.name == "bridge"
        or (hero.subject.kind == "vehicle" and not brief.has("beach"))
    ):
        _draw_island(stage, horizon)
        _draw_waves(stage, horizon, 0.0, 0.42)
        _draw_afloat(stage, hero, horizon)
        _draw_waves(stage, horizon, 0.5, 1.0)
        return
    _draw_waves(stage, horizon, 0.0, 0.75)
    if hero.subject.kind == "building" or brief.has("cliff"):
        draw_cliff(stage, horizon)
        _draw_waves(stage, horizon, 0.86, 1.0)
    else:
        draw_beach(stage)


def _draw_water(stage: Stage, horizon: float, light_x: float) -> None:
    width, height, sheet, palette = stage.frame.width, stage.frame.height, stage.sheet, stage.palette
    near, deep = palette.water
    fill = sheet.linear((0, mix(near, palette.sky[2], 0.45), 1), (0.3, mix(near, deep, 0.4), 1), (1, deep, 1))
    sheet.add(rect(0, horizon, width, height - horizon, fill))
    if stage.brief.weather in ("storm", "rain", "cloudy"):
        return
    chance = stage.chance.child("glitter")
    for _ in range(stage.many(44)):
        share = chance.unit() ** 1.3
        y = horizon + (height - horizon) * share * 0.9 + 4
        x = light_x + chance.between(-1, 1) * (26 + 130 * share)
        sheet.add(
            ellipse(
                x,
                y,
                (8 + 50 * share) * chance.between(0.5, 1.3),
                1.3 + 3 * share,
                palette.lamp,
                fill_opacity=0.62 - 0.3 * share,
            )
        )


def _draw_waves(stage: Stage, horizon: float, start: float, end: float) -> None:
    """Rows of waves between two shares of the water's depth, each darker and larger than the last."""
    width, height, palette = stage.frame.width, stage.frame.height, stage.palette
    rough = 2.3 if stage.brief.weather == "storm" else 1.0
    rows = 8
    near, deep = palette.water
    for index in range(rows):
        share = (index + 0.5) / rows
        if not start <= share < end:
            continue
        chance = stage.chance.child(f"wave {index}")
        y = horizon + (height - horizon) * (0.04 + 0.96 * share**1.25)
        high, long = (3 + 17 * share) * rough, 70 + 240 * share
        long = max(long, width / 40)
        steps = max(8, round(width / long * 4))
        phase = chance.between(0, 6.28)
        points = [
            (
                width * step / steps,
                y - high * math.sin(phase + 6.283 * step / 4) * (0.7 + 0.3 * math.sin(step * 1.7 + phase)),
            )
            for step in range(steps + 1)
        ]
        colour = mix(mix(near, palette.sky[2], 0.25), deep, 0.2 + 0.75 * share)
        fill = stage.sheet.linear((0, brighten(colour, 0.045), 0.95), (0.25, colour, 0.8), (1, deep, 0.5))
        stage.sheet.add(path(f"{curve(points)}V{num(height)}H0Z", fill))
        crest = brighten(colour, 0.2)
        stage.sheet.add(
            path(curve(points), "none", stroke=crest, stroke_width=1.2 + 2.2 * share * rough, stroke_opacity=0.4)
        )


def _draw_afloat(stage: Stage, hero: Figure, horizon: float) -> None:
    width, height, palette = stage.frame.width, stage.frame.height, stage.palette
    size = stand_in(stage, 0.56 if hero.subject.name != "bridge" else 0.66)
    x, foot = width * 0.58, horizon + (height - horizon) * 0.46
    for index in range(min(hero.count, 4) - 1):
        small = size * (0.34 - 0.07 * index)
        stage.put(
            hero,
            width * (0.24, 0.86, 0.4)[index],
            horizon + (height - horizon) * (0.1 - 0.02 * index) + small * 0.05,
            small,
            distance=0.3,
        )
    wake = stage.sheet.radial((0, mix(palette.water[1], palette.shade, 0.5), 0.6), (1, palette.water[1], 0))
    stage.sheet.add(ellipse(x, foot, size * 0.62, size * 0.09, wake))
    stage.put(hero, x, foot + size * 0.05, size)
    mirror = stage.sheet.linear((0, palette.water[1], 0.0), (1, palette.water[1], 0.9))
    stage.sheet.add(rect(x - size * 0.55, foot, size * 1.1, size * 0.07, mirror))
    foam = [
        f"M{num(x + dx * size)} {num(foot + dy * size)}q{num(size * 0.09)} {num(-size * 0.025)} {num(size * 0.18)} 0"
        for dx, dy in ((-0.5, 0.03), (-0.22, 0.06), (0.08, 0.05), (0.3, 0.025), (-0.36, 0.09), (0.16, 0.1))
    ]
    stage.sheet.add(
        path(
            "".join(foam),
            "none",
            stroke=brighten(palette.water[0], 0.16),
            stroke_width=4,
            stroke_opacity=0.75,
            stroke_linecap="round",
        )
    )


def _draw_island(stage: Stage, horizon: float) -> None:
    width, palette, sheet = stage.frame.width, stage.palette, stage.sheet
    chance = stage.chance.child("island")
    for share, reach, distance in ((0.84, 0.2, 0.62), (0.97, 0.17, 0.45)):
        x, half = width * (share + chance.between(-0.03, 0.03)), width * reach
        rock = palette.hazed(palette.land[2], distance)
        points = [
            (x - half, horizon + 2),
            (x - half * 0.5, horizon - half * 0.12),
            (x - half * 0.15, horizon - half * 0.32),
            (x + half * 0.2, horizon - half * 0.2),
            (x + half * 0.55, horizon - half * 0.24),
            (x + half, horizon + 2),
        ]
        sheet.add(
            path(
                curve(points) + "Z", sheet.linear((0, brighten(rock, 0.04), 1), (1, mix(rock, palette.sky[2], 0.35), 1))
            )
        )

"""Land: ridges, mountains, hills, rows of trees, water that lies in it, and roads."""

from __future__ import annotations

import math
from itertools import pairwise

from imagebuild_sketch.chance import Chance
from imagebuild_sketch.colour import brighten, mix
from imagebuild_sketch.pen import Point, curve, ellipse, num, path, polygon
from imagebuild_sketch.scene.flora import tree_stamps
from imagebuild_sketch.stage import Stage

__all__ = ["draw_hill", "draw_lake", "draw_mountains", "draw_road", "draw_trees", "height_at", "ridge"]


def ridge(width: float, base: float, swing: float, chance: Chance, *, waves: float = 1.6) -> list[Point]:
    """A rolling line across the frame: three sines of falling strength."""
    tones = [
        (waves * factor, swing * share, chance.between(0, 6.283))
        for factor, share in ((1, 0.6), (2.3, 0.28), (4.1, 0.12))
    ]
    steps = 28
    across = width / steps
    scale = max(1.0, width / 1400)
    return [
        (
            across * index,
            base - sum(a * math.sin(6.283 * f * scale * index / steps + phase) for f, a, phase in tones),
        )
        for index in range(steps + 1)
    ]


def height_at(line: list[Point], x: float) -> float:
    """The y of a ridge at ``x``."""
    for (x1, y1), (x2, y2) in pairwise(line):
        if x1 <= x <= x2:
            return y1 + (y2 - y1) * (x - x1) / (x2 - x1 or 1)
    return line[-1][1]


def draw_hill(stage: Stage, line: list[Point], colour: str, distance: float, *, glaze: float = 0.05) -> None:
    """A hill below ``line``, lighter along its edge, in the colour that distance leaves of it."""
    width, height = stage.frame.width, stage.frame.height
    shown = stage.palette.hazed(colour, distance)
    deep = mix(shown, stage.palette.shade, 0.16 * (1 - distance))
    fill = stage.sheet.linear((0, brighten(shown, glaze), 1), (0.35, shown, 1), (1, deep, 1))
    stage.sheet.add(path(f"{curve(line)}L{num(width)} {num(height)}L0 {num(height)}Z", fill))


def draw_mountains(stage: Stage, base: float, tall: float, distance: float, name: str) -> None:
    """A range: each peak with a lit left face, a shaded right one, and snow where it belongs."""
    chance = stage.chance.child(f"mountains {name}")
    width, height, palette = stage.frame.width, stage.frame.height, stage.palette
    rock = palette.hazed(
        {"autumn": "#7a6a78", "winter": "#8798b4", "spring": "#71819a"}.get(stage.brief.season or "", "#6c7690"),
        distance,
    )
    if stage.brief.has("desert"):
        rock = palette.hazed("#b06a4a", distance)
    shade = mix(rock, palette.shade, 0.30 * (1 - distance * 0.6))
    snow = palette.hazed("#fbfbff", distance * 0.75)
    snow_shade = mix(snow, mix(palette.sky[0], rock, 0.4), 0.42)
    gap = tall * chance.between(1.15, 1.4)
    count = max(2, round(width / gap) + 1)
    peaks = []
    for index in range(count + 1):
        x = width * (index - 0.25 + chance.between(-0.2, 0.2)) / (count - 0.5)
        peaks.append((x, base - tall * chance.between(0.55, 1.0), chance.between(0.8, 1.12)))
    haze = palette.sky[2]
    for x, y, broad in sorted(peaks, key=lambda peak: -abs(peak[0] - width * 0.62)):
        rise = base - y
        half = rise * broad
        left, right = _slope(x, y, -half, rise, chance), _slope(x, y, half, rise, chance)
        whole = [*reversed(left), *right[1:]]
        lit = stage.sheet.linear((0, rock, 1), (1, mix(rock, haze, 0.55), 1))
        dark = stage.sheet.linear((0, shade, 1), (1, mix(shade, haze, 0.55), 1))
        stage.sheet.add(polygon(whole, lit))
        fold = [(x, y)]
        for step in range(1, 6):
            share = step / 5
            fold.append((x + half * (0.16 * share + chance.between(-0.1, 0.1)), y + rise * share))
        stage.sheet.add(polygon([*fold, *reversed(right[1:])], dark))
        if stage.brief.has("desert") or (rise < tall * 0.62 and stage.brief.season != "winter"):
            continue
        line = 0.62 if stage.brief.season == "winter" else 0.34
        stage.sheet.add(*_snow_cap(x, y, left, right, fold, rise * line, snow, snow_shade, chance))
    if base < height:
        fill = stage.sheet.linear((0, haze, 0), (1, haze, 0.55))
        stage.sheet.add(path(f"M0 {num(base - tall * 0.5)}H{num(width)}V{num(base)}H0Z", fill))


def _slope(x: float, y: float, reach: float, rise: float, chance: Chance) -> list[Point]:
    points = [(x, y)]
    for step in range(1, 7):
        share = step / 6
        points.append(
            (
                x + reach * (share + chance.between(-0.035, 0.035)),
                y + rise * (share**0.92 + chance.between(-0.02, 0.02)),
            )
        )
    points[-1] = (x + reach * 1.05, y + rise * 1.02)
    return points


def _cut(side: list[Point], depth: float) -> tuple[list[Point], Point]:
    """The part of a slope down to ``depth`` below its peak, and its last point."""
    goal = side[0][1] + depth
    kept = [side[0]]
    for before, here in pairwise(side):
        if here[1] >= goal:
            share = (goal - before[1]) / ((here[1] - before[1]) or 1)
            end = (before[0] + (here[0] - before[0]) * share, goal)
            return [*kept, end], end
        kept.append(here)
    return kept, kept[-1]


def _snow_cap(
    x: float,
    y: float,
    left: list[Point],
    right: list[Point],
    fold: list[Point],
    depth: float,
    snow: str,
    shade: str,
    chance: Chance,
) -> list[str]:
    lit_edge, low_left = _cut(left, depth)
    dark_edge, low_right = _cut(right, depth)
    _, middle = _cut(fold, depth * 1.25)
    teeth = 4

    def jagged(start: Point, end: Point) -> list[Point]:
        line = []
        for index in range(1, teeth * 2):
            share = index / (teeth * 2)
            dip = depth * (chance.between(0.1, 0.26) if index % 2 else -chance.between(0.05, 0.2))
            line.append((start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share + dip))
        return line

    seam = [point for point in fold if y < point[1] < middle[1]]
    bright = [*lit_edge, *jagged(low_left, middle), middle, *reversed(seam)]
    dim = [*dark_edge, *jagged(low_right, middle), middle, *reversed(seam)]
    return [polygon(bright, snow), polygon(dim, shade)]


def draw_trees(
    stage: Stage,
    line: list[Point],
    distance: float,
    size: float,
    count: float,
    *,
    conifers: bool,
    clear: tuple[float, float] | None = None,
) -> None:
    """Trees standing along a ridge; none between the two x of ``clear``, where the hero stands."""
    chance = stage.chance.child(f"row {distance:.2f} {size:.0f}")
    stamps = tree_stamps(stage, distance, conifers=conifers)
    width = stage.frame.width
    spots = []
    for _ in range(min(160, stage.many(count * max(1.0, width / 1000)))):
        cluster = chance.unit()
        x = width * ((cluster * 0.7 + 0.3 * round(cluster * 5) / 5) % 1.0) + chance.between(-0.04, 0.04) * width
        if clear and clear[0] < x < clear[1]:
            continue
        spots.append(
            (height_at(line, min(max(x, 0.0), width)) + size * chance.between(0.02, 0.2), x, chance.between(0.7, 1.15))
        )
    for y, x, scale in sorted(spots):
        stage.sheet.add(stage.sheet.use(chance.pick(stamps), x, y, size * scale / 100, mirrored=False))


def draw_lake(stage: Stage, top: float, bottom: float, light_x: float) -> None:
    """Still water across the frame that mirrors the sky, with a glitter below the light."""
    width, sheet, palette = stage.frame.width, stage.sheet, stage.palette
    chance = stage.chance.child("lake")
    fill = sheet.linear(
        (0, mix(palette.sky[2], palette.water[0], 0.35), 1),
        (0.5, mix(palette.sky[1], palette.water[0], 0.5), 1),
        (1, mix(palette.sky[0], palette.water[1], 0.45), 1),
    )
    sheet.add(path(f"M0 {num(top)}H{num(width)}V{num(bottom)}H0Z", fill))
    deep = bottom - top
    for index in range(stage.many(26)):
        share = (index + chance.unit()) / stage.many(26)
        y = top + deep * share * 0.96
        near_light = chance.likely(0.5)
        x = light_x + chance.between(-70, 70) * (0.5 + share) if near_light else chance.between(0, width)
        half = (18 + 70 * share) * chance.between(0.5, 1.2)
        colour = palette.lamp if near_light else mix(palette.sky[2], "#ffffff", 0.3)
        sheet.add(ellipse(x, y, half, 1.2 + 2.2 * share, colour, fill_opacity=0.5 if near_light else 0.28))


def draw_road(stage: Stage, line: list[Point], foot_x: float, goal_x: float) -> None:
    """A path from the lower edge winding to a point on ``line``."""
    height = stage.frame.height
    top = height_at(line, goal_x) + 2
    deep = height - top
    wide = min(stage.frame.width, height) * 0.17
    sway = (foot_x - goal_x) * 0.5 + 60

    def edge(side: float) -> list[Point]:
        points = []
        for step in range(7):
            share = step / 6
            bend = math.sin(share * 3.5) * sway * 0.55 * (1 - share * 0.4)
            points.append(
                (
                    goal_x + (foot_x - goal_x) * share**1.3 + bend + side * wide * (0.03 + share**1.7),
                    top + deep * share * 1.02,
                )
            )
        return points

    ground = stage.palette.lit("#eef1f5" if stage.brief.season == "winter" else "#d9bf94")
    fill = stage.sheet.linear((0, mix(ground, stage.palette.sky[2], 0.4), 1), (1, ground, 1))
    back = edge(1.0)[::-1]
    stage.sheet.add(path(curve(edge(-1.0)) + curve(back, lift=False) + "Z", fill))

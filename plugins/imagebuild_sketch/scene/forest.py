"""A forest: trunks in layers that fade into the light, a clearing, ferns and rays."""

from __future__ import annotations

from imagebuild_sketch.chance import Chance
from imagebuild_sketch.colour import brighten, mix
from imagebuild_sketch.pen import blob, ellipse, num, path, polygon, rect
from imagebuild_sketch.scene.flora import draw_flowers, draw_grass, fern, tree_stamps
from imagebuild_sketch.scene.hero import draw_group, is_airborne, stand_in
from imagebuild_sketch.scene.land import draw_hill, draw_road, ridge
from imagebuild_sketch.scene.sky import draw_stars
from imagebuild_sketch.stage import Stage

__all__ = ["draw_forest"]


def draw_forest(stage: Stage) -> None:
    """Rows of trees from the lit distance to dark trunks at the sides, the hero in the clearing."""
    width, height = stage.frame.width, stage.frame.height
    sheet, palette, brief = stage.sheet, stage.palette, stage.brief
    chance = stage.chance.child("forest")
    floor = height * 0.68
    air = mix(palette.sky[2], palette.hazed(palette.leaf[2], 0.45), 0.35)
    sheet.add(
        rect(
            0,
            0,
            width,
            height,
            sheet.linear(
                (0, mix(palette.sky[1], palette.lit(palette.leaf[0]), 0.35), 1), (0.68, mix(air, palette.lamp, 0.25), 1)
            ),
        )
    )
    if palette.night:
        draw_stars(stage, height * 0.4, 60)
    light_x = width * chance.between(0.38, 0.46)
    sheet.add(
        ellipse(
            light_x,
            floor * 0.62,
            width * 0.42,
            floor * 0.66,
            sheet.glow(palette.lamp, 0.7 if not palette.night else 0.35),
        )
    )
    conifers = brief.season == "winter" or (brief.season != "autumn" and chance.likely(0.35))
    for distance, size, count in ((0.72, 0.44, 20), (0.5, 0.56, 13), (0.3, 0.68, 8)):
        _draw_row(stage, distance, floor, size * height, count, conifers=conifers)
        mist = sheet.linear((0, air, 0), (1, air, 0.5))
        sheet.add(rect(0, floor - height * 0.22, width, height * 0.24, mist))
    if not palette.night and brief.weather is None:
        _draw_rays(stage, light_x, floor)
    line = ridge(width, floor + height * 0.02, height * 0.022, chance)
    ground = palette.land[0] if brief.season != "summer" and brief.season else "#6f8f4e"
    draw_hill(stage, line, ground, 0.14)
    draw_road(stage, line, width * 0.4, light_x + width * 0.06)
    _draw_trunks(stage, floor)
    if brief.season != "winter":
        draw_grass(stage, height * 0.76, height * 0.87, palette.lit(palette.land[0]), 40)
    hero = brief.hero
    if hero is not None:
        size = stand_in(stage, 0.46)
        if is_airborne(hero):
            stage.put(hero, width * 0.56, height * 0.66, size * 0.7)
        else:
            draw_group(stage, brief.figures, width * 0.54, height * 0.87, size)
    _draw_undergrowth(stage, height)


def _draw_row(stage: Stage, distance: float, floor: float, size: float, count: float, *, conifers: bool) -> None:
    chance = stage.chance.child(f"wood {distance}")
    stamps = tree_stamps(stage, distance, conifers=conifers)
    width = stage.frame.width
    total = max(4, round(count * max(0.5, width / 1200)))
    for index in range(min(total, 90)):
        x = width * (index + chance.between(0.1, 0.9)) / total
        if distance < 0.45 and width * 0.3 < x < width * 0.7:
            continue
        scale = size * chance.between(0.8, 1.15) / 100
        stage.sheet.add(stage.sheet.use(chance.pick(stamps), x, floor + chance.between(-4, 14), scale))


def _draw_rays(stage: Stage, x: float, floor: float) -> None:
    chance = stage.chance.child("rays")
    for _ in range(5):
        at = x + chance.between(-0.3, 0.22) * stage.frame.width
        wide, lean = chance.between(18, 60), chance.between(90, 190)
        fill = stage.sheet.linear((0, stage.palette.lamp, 0.34), (1, stage.palette.lamp, 0))
        stage.sheet.add(
            polygon(
                ((at, -10), (at + wide, -10), (at + wide * 1.9 + lean, floor * 1.05), (at + lean, floor * 1.05)), fill
            )
        )


def _draw_trunks(stage: Stage, floor: float) -> None:
    """Near trunks at both sides, cut by the frame, with hanging leaves above."""
    width, height, palette = stage.frame.width, stage.frame.height, stage.palette
    chance = stage.chance.child("trunks")
    bark = mix(palette.lit("#5d4335"), palette.shade, 0.4)
    for at, wide in ((0.035, 0.072), (0.2, 0.034), (0.855, 0.045), (0.97, 0.08)):
        if stage.frame.wide < 0.7 and 0.1 < at < 0.9:
            continue
        x, w = at * width, wide * min(width, height * 1.3)
        foot = floor + height * (0.06 + wide * 1.6)
        fill = stage.sheet.linear(
            (0, brighten(bark, 0.1), 1), (0.5, bark, 1), (1, brighten(bark, -0.05), 1), across=True
        )
        line = (
            f"M{num(x - w * 0.42)} -5Q{num(x - w * 0.36)} {num(foot * 0.7)} {num(x - w * 0.95)} {num(foot)}"
            f"Q{num(x)} {num(foot + w * 0.25)} {num(x + w * 0.95)} {num(foot)}"
            f"Q{num(x + w * 0.36)} {num(foot * 0.7)} {num(x + w * 0.42)} -5Z"
        )
        stage.shadow(x, foot, w * 2.4, 0.4)
        stage.sheet.add(path(line, fill))
    if stage.brief.season == "winter":
        return
    _draw_canopy(stage, chance)


def _draw_canopy(stage: Stage, chance: Chance) -> None:
    """Leaves that hang into the picture from above, deeper at the sides."""
    width, height, palette = stage.frame.width, stage.frame.height, stage.palette
    count = max(7, round(11 * max(1.0, stage.frame.wide)))
    for layer, depth in ((0, 1.0), (1, 0.55)):
        for index in range(min(count, 60)):
            share = (index + 0.5 * layer + chance.between(0.2, 0.8)) / count
            away = abs(share - 0.5) * 2
            leaf = mix(palette.lit(chance.pick(palette.leaf)), palette.shade, 0.42 - 0.2 * layer)
            rx = width / count * chance.between(0.85, 1.25)
            deep = height * (0.05 + 0.14 * away**1.6) * depth * chance.between(0.8, 1.25)
            fill = stage.sheet.linear((0, brighten(leaf, -0.07), 1), (1, brighten(leaf, 0.03), 1))
            wobble = [chance.between(0.84, 1.16) for _ in range(11)]
            stage.sheet.add(path(blob(width * share, -10, rx, deep, wobble), fill))


def _draw_undergrowth(stage: Stage, height: float) -> None:
    brief, palette, width = stage.brief, stage.palette, stage.frame.width
    chance = stage.chance.child("undergrowth")
    if brief.season == "winter":
        draw_grass(stage, height * 0.92, height, palette.lit("#b9c6d6"), 14)
        return
    draw_grass(stage, height * 0.895, height * 1.01, palette.lit(palette.land[0]), 44)
    stamps = [stage.sheet.stamp(fern(mix(palette.lit(leaf), palette.shade, 0.22))) for leaf in palette.leaf[:3]]
    for index in range(stage.many(9)):
        side = 0.16 if index % 2 else 0.84
        x = width * (side + chance.between(-0.17, 0.17))
        stage.sheet.add(
            stage.sheet.use(chance.pick(stamps), x, height * chance.between(0.92, 1.02), chance.between(1.6, 3.0))
        )
    if brief.season == "spring" or brief.mood in ("magical", "happy") or brief.has("garden"):
        draw_flowers(stage, height * 0.89, height * 0.99, 30, ("#f4a8c4", "#c9a2e8", "#ffffff"))

"""A city: skylines in layers of haze, lit windows after dark, water or a street in front."""

from __future__ import annotations

from imagebuild_sketch.chance import Chance
from imagebuild_sketch.colour import brighten, mix
from imagebuild_sketch.pen import ellipse, num, path, rect
from imagebuild_sketch.scene.hero import draw_airborne, draw_group, is_airborne, stand_in
from imagebuild_sketch.scene.land import draw_lake
from imagebuild_sketch.scene.sky import draw_sky
from imagebuild_sketch.stage import Stage

__all__ = ["draw_city"]

_FACADES = ("#8f7f8c", "#b08a74", "#7f8ea6", "#a39a92", "#9c7468", "#6f8690")


def draw_city(stage: Stage) -> None:
    """Three rows of buildings; a street when one is named or something stands in it, else a river with their lights."""
    width, height = stage.frame.width, stage.frame.height
    brief, palette, sheet = stage.brief, stage.palette, stage.sheet
    hero = brief.hero
    standing = hero is not None and not is_airborne(hero)
    on_street = standing or brief.has("road")
    ground = height * (0.74 if standing or not on_street else 0.86)
    light_x = draw_sky(stage, ground)
    tall = height * 0.5
    _draw_row(stage, ground, tall, 0.66, 46)
    haze = sheet.linear((0, palette.sky[2], 0), (1, palette.sky[2], 0.55))
    sheet.add(rect(0, ground - tall * 0.8, width, tall * 0.8, haze))
    _draw_row(stage, ground, tall * 0.84, 0.4, 62)
    sheet.add(rect(0, ground - tall * 0.5, width, tall * 0.5, haze))
    _draw_row(stage, ground, tall * (0.52 if on_street else 0.6), 0.12, 84)
    if on_street:
        _draw_street(stage, ground)
    else:
        draw_lake(stage, ground, height, light_x)
        _draw_reflections(stage, ground)
    if standing:
        draw_group(stage, brief.figures, width * 0.54, height * 0.89, stand_in(stage, 0.48))
    elif hero is not None:
        draw_airborne(stage, hero, ground)


def _draw_row(stage: Stage, ground: float, tall: float, distance: float, broad: float) -> None:
    chance = stage.chance.child(f"row {distance}")
    width, palette = stage.frame.width, stage.palette
    broad = max(broad, width / 44)
    x = -broad * 0.5
    windows: dict[str, list[str]] = {"lit": [], "dark": []}
    while x < width:
        w = broad * chance.between(0.7, 1.5)
        middle = 1 - abs((x + w / 2) / width - 0.56) * 1.1
        h = tall * (0.34 + 0.5 * max(0.0, middle)) * chance.between(0.62, 1.2)
        facade = palette.hazed(chance.pick(_FACADES), distance)
        if palette.night:
            facade = mix(facade, palette.shade, 0.42 * (1 - distance))
        fill = stage.sheet.linear((0, brighten(facade, 0.045), 1), (1, brighten(facade, -0.05), 1), across=True)
        stage.sheet.add(path(_outline(x, ground, w, h, chance), fill))
        if distance < 0.6:
            _collect_windows(
                x, ground - h, w, h, chance, windows, share=0.5 if palette.night else 0.0, size=broad * 0.09
            )
        x += w + (chance.between(-2, 4) if distance > 0.2 else chance.between(0, broad * 0.22))
    if windows["dark"]:
        shade = mix(palette.hazed("#3d4a60", distance), palette.sky[1], 0.25)
        stage.sheet.add(path("".join(windows["dark"]), shade, fill_opacity=0.45 if not palette.night else 0.35))
    if windows["lit"]:
        stage.sheet.add(
            path("".join(windows["lit"]), mix("#ffd98a", palette.sky[2], distance * 0.4), fill_opacity=0.92)
        )


def _outline(x: float, ground: float, w: float, h: float, chance: Chance) -> str:
    """A building: flat, stepped, pointed or slanted at the top."""
    top, kind = ground - h, chance.whole(0, 5)
    if kind == 0 and h > w * 2:
        return (
            f"M{num(x)} {num(ground)}V{num(top + w * 0.5)}h{num(w * 0.16)}"
            f"v{num(-w * 0.26)}h{num(w * 0.18)}v{num(-w * 0.24)}h{num(w * 0.13)}"
            f"v{num(-w * 0.55)}h{num(w * 0.06)}v{num(w * 0.55)}h{num(w * 0.13)}"
            f"v{num(w * 0.24)}h{num(w * 0.18)}v{num(w * 0.26)}H{num(x + w)}V{num(ground)}Z"
        )
    if kind == 1:
        return f"M{num(x)} {num(ground)}V{num(top + w * 0.3)}L{num(x + w)} {num(top)}V{num(ground)}Z"
    if kind == 2 and h > w * 1.4:
        return (
            f"M{num(x)} {num(ground)}V{num(top + w * 0.35)}Q{num(x + w / 2)} "
            f"{num(top - w * 0.2)} {num(x + w)} {num(top + w * 0.35)}V{num(ground)}Z"
        )
    if kind == 3:
        return (
            f"M{num(x)} {num(ground)}V{num(top)}h{num(w * 0.2)}v{num(-w * 0.18)}"
            f"h{num(w * 0.3)}v{num(w * 0.18)}H{num(x + w)}V{num(ground)}Z"
        )
    return f"M{num(x)} {num(ground)}V{num(top)}H{num(x + w)}V{num(ground)}Z"


def _collect_windows(
    x: float,
    top: float,
    w: float,
    h: float,
    chance: Chance,
    windows: dict[str, list[str]],
    *,
    share: float,
    size: float,
) -> None:
    columns = max(2, int(w / (size * 2.6)))
    rows = min(26, int(h / (size * 4.2)))
    gap = w / columns
    for row in range(1, rows):
        y = top + row * size * 4.2 + size
        for column in range(columns):
            lit = chance.likely(share)
            left = x + gap * (column + 0.5) - size * 0.62
            windows["lit" if lit else "dark"].append(
                f"M{num(left)} {num(y)}h{num(size * 1.24)}v{num(size * 2)}h{num(-size * 1.24)}z"
            )


def _draw_street(stage: Stage, ground: float) -> None:
    width, height, palette, sheet = stage.frame.width, stage.frame.height, stage.palette, stage.sheet
    pavement, asphalt = palette.lit("#b9b3ad"), palette.lit("#5d6070")
    deep = height - ground
    sheet.add(rect(0, ground, width, deep * 0.2, sheet.linear((0, brighten(pavement, -0.05), 1), (1, pavement, 1))))
    road = sheet.linear((0, brighten(asphalt, 0.05), 1), (1, brighten(asphalt, -0.05), 1))
    sheet.add(
        rect(0, ground + deep * 0.2, width, deep * 0.8, road),
        rect(0, ground + deep * 0.19, width, 6, brighten(pavement, 0.08)),
    )
    y = ground + deep * 0.78
    sheet.add(
        path(
            f"M0 {num(y)}H{num(width)}",
            "none",
            stroke=palette.lit("#efe6cf"),
            stroke_width=6,
            stroke_dasharray="64 50",
            stroke_opacity=0.75,
        )
    )
    lamp = palette.lit("#3c3f4a")
    for share in (0.08, 0.36, 0.64, 0.92):
        x, foot, tall = width * share, ground + deep * 0.17, height * 0.2
        sheet.add(path(f"M{num(x)} {num(foot)}v{num(-tall)}q0 -16 18 -16h14", "none", stroke=lamp, stroke_width=5))
        if palette.night:
            sheet.add(
                ellipse(x + 30, foot - tall - 8, 74, 74, sheet.glow("#ffdf9a", 0.75)),
                ellipse(x + 30, foot, 70, 13, sheet.glow("#ffdf9a", 0.4)),
            )
        sheet.add(ellipse(x + 30, foot - tall - 12, 13, 6, "#ffe9b5" if palette.night else lamp))


def _draw_reflections(stage: Stage, ground: float) -> None:
    """Broken upright streaks of light in the water, below the windows."""
    width, height, palette = stage.frame.width, stage.frame.height, stage.palette
    chance = stage.chance.child("reflections")
    deep = height - ground
    dark = stage.sheet.linear((0, palette.shade, 0.42), (1, palette.shade, 0))
    stage.sheet.add(rect(0, ground, width, deep * 0.6, dark))
    if not palette.night:
        return
    lines = []
    for _ in range(stage.many(60)):
        x, y = chance.between(0, width), ground + deep * 0.85 * chance.unit() ** 1.5
        half = chance.between(5, 22)
        lines.append(f"M{num(x - half)} {num(y)}h{num(2 * half)}")
    stage.sheet.add(
        path("".join(lines), "none", stroke="#ffd68a", stroke_width=3, stroke_opacity=0.5, stroke_linecap="round")
    )

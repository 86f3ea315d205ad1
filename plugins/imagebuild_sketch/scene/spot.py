"""A spot illustration: objects on a soft ground shape, as they stand in documentation and on landing pages."""

from __future__ import annotations

from imagebuild_sketch.brief import Figure
from imagebuild_sketch.colour import brighten, from_oklch, mix, to_oklch
from imagebuild_sketch.pen import blob, circle, num, path, rect
from imagebuild_sketch.scene.hero import beside
from imagebuild_sketch.scene.motif import draw_motif
from imagebuild_sketch.stage import Stage

__all__ = ["draw_ornaments", "draw_spot", "soft_ground"]


def draw_spot(stage: Stage) -> None:
    """The subjects side by side on a calm ground with a blob of colour behind them."""
    width, height = stage.frame.width, stage.frame.height
    ground, shape = soft_ground(stage)
    chance = stage.chance.child("spot")
    stage.sheet.add(
        rect(0, 0, width, height, stage.sheet.linear((0, brighten(ground, 0.015), 1), (1, brighten(ground, -0.025), 1)))
    )
    unit = min(width, height)
    wobble = [chance.between(0.86, 1.12) for _ in range(7)]
    reach = min(width * 0.42, unit * 0.62)
    fill = (
        shape
        if stage.flat
        else stage.sheet.linear((0, brighten(shape, 0.03), 1), (1, brighten(shape, -0.02), 1), slant=0.6)
    )
    stage.sheet.add(path(blob(width / 2, height * 0.49, reach, unit * 0.385, wobble), fill))
    if stage.brief.style not in ("watercolor", "line"):
        draw_ornaments(stage, width / 2, height * 0.47, reach, unit * 0.4)
    if stage.brief.hero and stage.brief.hero.subject.kind == "plant" and stage.brief.hero.count > 1:
        _draw_bed(stage, height / 2 + unit * 0.33, reach, unit)
        return
    foot = height / 2 + unit * 0.3
    _draw_row(stage, foot, unit)


def soft_ground(stage: Stage) -> tuple[str, str]:
    """The colours of the ground and of the shape on it, so that the hero's own colour stands out."""
    hero, palette = stage.brief.hero, stage.palette
    body = (hero.colour or hero.subject.own_colour) if hero else None
    _, chroma, hue = to_oklch(body or palette.accent)
    if chroma < 0.04:
        hue = to_oklch(palette.second)[2]
    if palette.night:
        return from_oklch(0.24, 0.05, 272), from_oklch(0.34, 0.08, 282)
    tone = stage.brief.colours[0] if stage.brief.colours else None
    shape = (
        mix("#ffffff", tone, 0.38)
        if tone
        else from_oklch(0.885, 0.062, hue + stage.chance.child("ground").pick((165, 195, 150)))
    )
    return mix(palette.paper, shape, 0.18), shape


def draw_ornaments(stage: Stage, x: float, y: float, rx: float, ry: float) -> None:
    """Small dots, rings, crosses and sparkles around the middle; stars where the prompt has stars."""
    chance = stage.chance.child("ornaments")
    colours = (stage.palette.accent, stage.palette.second, mix(stage.palette.accent, "#ffffff", 0.45))
    starry = stage.brief.has("stars") or stage.brief.mood == "magical"
    spots = (
        (-0.93, -0.62),
        (0.9, -0.72),
        (-1.02, 0.18),
        (1.04, 0.12),
        (-0.55, -0.98),
        (0.5, -1.0),
        (0.78, 0.66),
        (-0.8, 0.7),
    )
    for index, (dx, dy) in enumerate(spots[: max(4, min(8, stage.many(7)))]):
        px, py = x + dx * rx + chance.between(-18, 18), y + dy * ry + chance.between(-14, 14)
        colour, size, kind = colours[index % 3], chance.between(8, 15), chance.whole(0, 3)
        if starry or kind == 0:
            stage.sheet.add(path(_star(px, py, size * 1.4), "#f2bf4a" if starry else colour))
        elif kind == 1:
            stage.sheet.add(circle(px, py, size * 0.75, "none", stroke=colour, stroke_width=5))
        elif kind == 2:
            cross = f"M{num(px - size)} {num(py)}h{num(size * 2)}M{num(px)} {num(py - size)}v{num(size * 2)}"
            stage.sheet.add(path(cross, "none", stroke=colour, stroke_width=5.5, stroke_linecap="round"))
        else:
            stage.sheet.add(circle(px, py, size * 0.6, colour))
    if starry:
        for index in range(stage.many(14)):
            share = (index + chance.unit()) / stage.many(14)
            px = x + chance.between(-0.42, 0.42) * rx * (0.4 + share)
            py = y + ry * (0.05 - 1.02 * share)
            stage.sheet.add(
                path(
                    _star(px, py, chance.between(5, 17) * (0.7 + share * 0.5)),
                    chance.pick(("#f2bf4a", "#f7d98a", stage.palette.accent)),
                )
            )


def _star(x: float, y: float, r: float) -> str:
    s = r * 0.26
    return (
        f"M{num(x)} {num(y - r)}Q{num(x + s * 0.6)} {num(y - s * 0.6)} {num(x + r)} {num(y)}"
        f"Q{num(x + s * 0.6)} {num(y + s * 0.6)} {num(x)} {num(y + r)}"
        f"Q{num(x - s * 0.6)} {num(y + s * 0.6)} {num(x - r)} {num(y)}"
        f"Q{num(x - s * 0.6)} {num(y - s * 0.6)} {num(x)} {num(y - r)}Z"
    )


def _draw_row(stage: Stage, foot: float, unit: float) -> None:
    shown: list[tuple[Figure | None, str | None]] = []
    for wanted in stage.brief.figures[:4]:
        copies = min(wanted.count, 5 if len(stage.brief.figures) == 1 else 3)
        for index in range(copies):
            other = (
                None
                if index == 0 or wanted.colour
                else (None, stage.palette.accent, stage.palette.second, None, "#e6b24c")[index]
            )
            shown.append((wanted, other if wanted.subject.own_colour is None else None))
    shown = shown[:6] or [(None, None)]
    width = stage.frame.width
    count = len(shown)
    size = unit * (0.6, 0.46, 0.36, 0.3, 0.26, 0.23)[count - 1]
    size *= 0.92 if count > 1 else 1.0
    step = min(size * 1.12, width * 0.92 / count)
    size = min(size, step * 1.12) if count > 1 else min(size, width * 0.8)
    if count > 1:
        foot = stage.frame.height / 2 + size * 0.5 + unit * 0.03
    order = sorted(range(count), key=lambda index: -abs(index - (count - 1) / 2))
    for index in order:
        figure, colour = shown[index]
        x = width / 2 + (index - (count - 1) / 2) * step
        tall = size * (1.1 if index == 0 and count > 1 and len(stage.brief.figures) > 1 else 1.0)
        if shown[0][0] and figure and beside(shown[0][0], figure):
            tall = size * 0.58
        stage.shadow(x, foot - size * 0.008, tall * 0.95, 0.38, 0.13)
        if stage.flat:
            stage.sheet.add(
                path(
                    f"M{num(x - tall * 0.46)} {num(foot)}h{num(tall * 0.92)}",
                    "none",
                    stroke=mix(stage.palette.shade, soft_ground(stage)[1], 0.72),
                    stroke_width=7,
                    stroke_linecap="round",
                )
            )
        if figure is None:
            stage.sheet.add(stage.standing(draw_motif(stage), x, foot, tall))
        else:
            stage.put(figure, x, foot, tall, colour=colour)


def _draw_bed(stage: Stage, foot: float, reach: float, unit: float) -> None:
    """Plants as they grow: of several sizes, colours and leanings, the largest in the middle."""
    chance, hero = stage.chance.child("bed"), stage.brief.figures[0]
    tones = (
        (hero.colour, "#f0a23c", "#9d6fc4", "#e4576b", "#f3c94b", "#5f8fd0") if hero.colour is None else (hero.colour,)
    )
    count = min(max(hero.count, 5), 9)
    grass = brighten(stage.palette.lit(stage.palette.leaf[0]), 0.04)
    order = sorted(range(count), key=lambda index: -abs(index - (count - 1) / 2))
    for place in order:
        off = (place - (count - 1) / 2) / ((count - 1) / 2)
        size = unit * (0.62 - 0.26 * abs(off)) * chance.between(0.86, 1.08)
        x = stage.frame.width / 2 + off * reach * 0.82 + chance.between(-0.02, 0.02) * unit
        tone = tones[place % len(tones)] if hero.subject.name in ("flower", "tulip", "rose") else None
        stage.put(hero, x, foot + chance.between(-0.02, 0.03) * unit, size, colour=tone, lean=off * 9)
    blades = []
    for _ in range(stage.many(70)):
        x = stage.frame.width / 2 + chance.between(-0.95, 0.95) * reach
        blades.append(
            f"M{num(x)} {num(foot + unit * chance.between(0, 0.05))}q{num(chance.between(-8, 8))} "
            f"-22 {num(chance.between(-16, 16))} {num(-unit * chance.between(0.03, 0.09))}"
        )
    stage.sheet.add(path("".join(blades), "none", stroke=grass, stroke_width=3.4, stroke_linecap="round"))

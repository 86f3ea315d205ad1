"""A table top: food, drink and small things in the light of a window."""

from __future__ import annotations

from imagebuild_sketch.brief import Figure
from imagebuild_sketch.colour import brighten, mix
from imagebuild_sketch.pen import circle, ellipse, num, path, polygon, rect
from imagebuild_sketch.scene.interior import draw_window
from imagebuild_sketch.scene.motif import draw_motif
from imagebuild_sketch.stage import Stage

__all__ = ["draw_table", "draw_table_top"]


def draw_table(stage: Stage) -> None:
    """Wall and window behind, a table in front, the hero on it with a few still companions."""
    width, height = stage.frame.width, stage.frame.height
    sheet, palette, brief = stage.sheet, stage.palette, stage.brief
    unit = min(width, height)
    wall = palette.lit(
        brief.colours[0]
        if brief.colours
        else stage.chance.child("wall").pick(("#d9c7ae", "#b9c8bf", "#d8bba8", "#c3c6d2"))
    )
    sheet.add(
        rect(
            0, 0, width, height, sheet.linear((0, brighten(wall, 0.04), 1), (1, brighten(wall, -0.05), 1), across=True)
        )
    )
    draw_window(stage, width * 0.06, height * 0.07, unit * 0.4, height * 0.48)
    _draw_frames(stage, wall)
    top = height * 0.64
    draw_table_top(stage, top)
    figures = brief.figures[:3]
    size = unit * 0.46
    foot = height * 0.83
    x = width * (0.54 if len(figures) < 2 else 0.46)
    if brief.has("desk"):
        _draw_desk_things(stage, foot)
    else:
        _draw_napkin(stage, x, foot, unit)
    if not figures:
        stage.shadow(x, foot, size * 0.9, 0.45)
        sheet.add(stage.standing(draw_motif(stage), x, foot, size))
        return
    for index, figure in reversed(list(enumerate(figures))):
        small = size * (1.0 if index == 0 else 0.68)
        px = x + (0.0, 0.86, -0.84)[index] * size
        stage.shadow(px, foot - index * unit * 0.02, small * 0.9, 0.5)
        stage.put(Figure(figure.subject, figure.colour), px, foot - index * unit * 0.02, small)
    hero = brief.hero
    if hero and hero.count > 1:
        stage.put(hero, x - size * 0.8, foot - unit * 0.035, size * 0.72)


def draw_table_top(stage: Stage, top: float) -> None:
    """A wooden top from ``top`` to the lower edge, with boards and a band of window light."""
    width, height, sheet = stage.frame.width, stage.frame.height, stage.sheet
    chance = stage.chance.child("boards")
    wood = stage.palette.lit("#b98258")
    sheet.add(
        rect(0, top, width, height - top, sheet.linear((0, brighten(wood, 0.07), 1), (1, brighten(wood, -0.06), 1)))
    )
    lines = []
    for index in range(1, 5):
        y = top + (height - top) * (index / 5) ** 1.35
        lines.append(f"M0 {num(y)}H{num(width)}")
    for _ in range(stage.many(26)):
        y = top + (height - top) * chance.unit()
        x, long = chance.between(-50, width), chance.between(60, 240)
        lines.append(f"M{num(x)} {num(y)}q{num(long / 2)} {num(chance.between(-5, 5))} {num(long)} 0")
    sheet.add(path("".join(lines), "none", stroke=brighten(wood, -0.1), stroke_width=1.8, stroke_opacity=0.45))
    sheet.add(rect(0, top, width, 7, brighten(wood, 0.13)))
    if not stage.palette.night and top > 0:
        beam = polygon(
            ((width * 0.04, height), (width * 0.3, top), (width * 0.62, top), (width * 0.5, height)),
            stage.palette.lamp,
            fill_opacity=0.2,
        )
        sheet.add(beam)


def _draw_frames(stage: Stage, wall: str) -> None:
    width, height, sheet = stage.frame.width, stage.frame.height, stage.sheet
    if stage.frame.wide < 0.75:
        return
    wood = stage.palette.lit("#8a6248")
    for x, y, w, h, colour in (
        (0.66, 0.12, 0.13, 0.2, stage.palette.second),
        (0.82, 0.17, 0.1, 0.15, stage.palette.accent),
    ):
        px, py, pw, ph = x * width, y * height, w * width, h * height
        picture = mix(wall, stage.palette.lit(colour), 0.45)
        sheet.add(rect(px + 7, py + 9, pw, ph, stage.palette.shade, fill_opacity=0.16), rect(px, py, pw, ph, wood))
        sheet.add(rect(px + 9, py + 9, pw - 18, ph - 18, mix(wall, "#ffffff", 0.6)))
        hill = (
            f"M{num(px + 9)} {num(py + ph * 0.68)}q{num(pw * 0.3)} {num(-ph * 0.3)} {num(pw * 0.5)} "
            f"{num(-ph * 0.04)}T{num(px + pw - 9)} {num(py + ph * 0.55)}V{num(py + ph - 9)}H{num(px + 9)}Z"
        )
        sheet.add(circle(px + pw * 0.62, py + ph * 0.34, pw * 0.13, picture), path(hill, brighten(picture, -0.08)))


def _draw_napkin(stage: Stage, x: float, foot: float, unit: float) -> None:
    cloth = stage.palette.lit(mix(stage.palette.second, "#ffffff", 0.62))
    corners = ((-0.36, 0.055), (-0.2, -0.055), (0.31, -0.04), (0.25, 0.085))
    stage.sheet.add(
        polygon([(x + dx * unit, foot + dy * unit) for dx, dy in corners], cloth),
        path(
            f"M{num(x - unit * 0.32)} {num(foot + unit * 0.047)}L{num(x + unit * 0.235)} {num(foot + unit * 0.072)}",
            "none", stroke=stage.palette.lit(stage.palette.second), stroke_width=4, stroke_opacity=0.7,
        ),
    )  # fmt: skip


def _draw_desk_things(stage: Stage, foot: float) -> None:
    """A closed notebook, a pencil and a plant, so that a desk is a desk."""
    width, sheet, palette = stage.frame.width, stage.sheet, stage.palette
    unit = min(width, stage.frame.height)
    x, y, w, h = width * 0.12, foot - unit * 0.02, unit * 0.27, unit * 0.085
    cover = palette.lit(palette.second)
    stage.shadow(x + w * 0.55, y + h, w * 1.2, 0.4)
    sheet.add(polygon(((x, y + h), (x + w * 0.22, y), (x + w * 1.12, y), (x + w, y + h)), cover))
    sheet.add(polygon(((x, y + h), (x + w, y + h), (x + w, y + h + 12), (x, y + h + 12)), palette.lit("#f3ecdc")))
    sheet.add(
        polygon(((x, y + h + 12), (x + w, y + h + 12), (x + w, y + h + 17), (x, y + h + 17)), brighten(cover, -0.1))
    )
    pencil = f"M{num(x + w * 0.3)} {num(y + h * 0.75)}L{num(x + w * 0.88)} {num(y + h * 0.25)}"
    sheet.add(path(pencil, "none", stroke=palette.lit("#f0b93a"), stroke_width=11, stroke_linecap="round"))
    px, py, s = width * 0.87, foot - unit * 0.07, unit * 0.075
    stage.shadow(px, py, s * 2.2, 0.4)
    for index, lean in enumerate((-34, -14, 8, 30, 48)):
        leaf = palette.lit(palette.leaf[index % 2])
        sheet.add(
            path(
                "M0 0Q16 -34 0 -86Q-16 -34 0 0Z",
                leaf,
                transform=f"translate({num(px)} {num(py - s * 1.1)}) rotate({lean}) scale({num(s / 44)})",
            )
        )
    pot = palette.lit("#c8765a")
    fill = sheet.linear((0, brighten(pot, 0.06), 1), (1, brighten(pot, -0.08), 1), across=True)
    sheet.add(
        polygon(
            ((px - s * 0.8, py - s * 1.3), (px + s * 0.8, py - s * 1.3), (px + s * 0.6, py), (px - s * 0.6, py)), fill
        )
    )
    sheet.add(ellipse(px, py - s * 1.3, s * 0.8, s * 0.13, brighten(pot, -0.12)))

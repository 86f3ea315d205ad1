"""A product picture: the subject on a plinth in a studio, with soft light and a soft shadow."""

from __future__ import annotations

from imagebuild_sketch.colour import brighten, from_oklch, mix, to_oklch
from imagebuild_sketch.pen import circle, ellipse, num, path, rect
from imagebuild_sketch.scene.flora import fern
from imagebuild_sketch.scene.motif import draw_motif
from imagebuild_sketch.stage import Stage

__all__ = ["draw_product"]


def draw_product(stage: Stage) -> None:
    """Backdrop, arch, plinth, subject, and a leaf's shadow across the wall."""
    width, height = stage.frame.width, stage.frame.height
    sheet, brief = stage.sheet, stage.brief
    unit = min(width, height)
    wall = _wall(stage)
    floor_y = height * 0.74
    sheet.add(
        rect(
            0,
            0,
            width,
            height,
            sheet.radial((0, brighten(wall, 0.07), 1), (1, brighten(wall, -0.07), 1), x=0.36, y=0.32, radius=0.85),
        )
    )
    arch, x = unit * 0.33, width / 2
    top = floor_y - unit * 0.62
    line = (
        f"M{num(x - arch)} {num(floor_y)}V{num(top + arch)}A{num(arch)} "
        f"{num(arch)} 0 0 1 {num(x + arch)} {num(top + arch)}V{num(floor_y)}Z"
    )
    sheet.add(path(line, sheet.linear((0, brighten(wall, -0.035), 1), (1, brighten(wall, 0.045), 1), across=True)))
    _draw_leaf_shadows(stage, wall)
    floor = sheet.linear((0, brighten(wall, 0.045), 1), (1, brighten(wall, -0.04), 1))
    sheet.add(rect(0, floor_y, width, height - floor_y, floor))
    plinth_y, half, deep = height * 0.735, unit * 0.29, unit * 0.15
    stage.shadow(x + unit * 0.07, plinth_y + deep + unit * 0.035, unit * 0.8, 0.42)
    stone = mix(wall, "#ffffff", 0.45)
    side = sheet.linear(
        (0, brighten(stone, -0.02), 1), (0.25, brighten(stone, 0.03), 1), (1, brighten(stone, -0.16), 1), across=True
    )
    body = (
        f"M{num(x - half)} {num(plinth_y)}v{num(deep)}a{num(half)} "
        f"{num(half * 0.2)} 0 0 0 {num(2 * half)} 0v{num(-deep)}Z"
    )
    sheet.add(
        path(body, side),
        ellipse(x, plinth_y, half, half * 0.2, sheet.linear((0, brighten(stone, 0.05), 1), (1, stone, 1), across=True)),
    )
    size = unit * 0.52
    foot = plinth_y + half * 0.05
    stage.shadow(x + size * 0.05, foot, size * 0.72, 0.5)
    figures = brief.figures[:2]
    if not figures:
        sheet.add(stage.standing(draw_motif(stage), x, foot, size))
    for index, figure in reversed(list(enumerate(figures))):
        offset = 0.0 if len(figures) == 1 else (-0.24, 0.26)[index] * size
        stage.put(figure, x + offset, foot, size * (1.0 if len(figures) == 1 else 0.66))
    for px, py, r in ((x - half * 1.45, height * 0.845, 0.028), (x - half * 1.2, height * 0.868, 0.018)):
        stage.shadow(px, py + unit * r * 0.9, unit * r * 2.4, 0.4)
        ball = sheet.radial(
            (0, brighten(stage.palette.accent, 0.14), 1),
            (1, brighten(stage.palette.accent, -0.08), 1),
            x=0.35,
            y=0.3,
            radius=0.8,
        )
        sheet.add(circle(px, py, unit * r, ball))


def _wall(stage: Stage) -> str:
    hero = stage.brief.hero
    if stage.brief.colours:
        return mix(stage.brief.colours[0], "#ffffff", 0.45)
    _, chroma, hue = to_oklch(
        (hero.colour or hero.subject.own_colour or stage.palette.accent) if hero else stage.palette.accent
    )
    dark = stage.brief.time == "night" or stage.brief.mood == "dark"
    turned = hue + 160 if chroma > 0.04 else 40.0
    return from_oklch(0.34 if dark else 0.84, 0.05, turned)


def _draw_leaf_shadows(stage: Stage, wall: str) -> None:
    """Shadows of leaves at the edge, as of a plant beside the camera."""
    colour = brighten(wall, -0.09)
    unit = min(stage.frame.width, stage.frame.height)
    stamp = stage.sheet.stamp(fern(colour))
    for x, y, lean, size in ((1.02, 0.34, -62, 7.5), (1.0, 0.05, -120, 6.5), (-0.02, 0.12, 118, 5.5)):
        stage.sheet.add(
            stage.sheet.use(stamp, x * stage.frame.width, y * stage.frame.height, size * unit / 1000, lean=lean)
        )

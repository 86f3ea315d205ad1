"""Abstract compositions: flowing ribbons, or circles and arcs in balance."""

from __future__ import annotations

import math

from imagebuild_sketch.colour import brighten, from_oklch, mix, to_oklch, turn
from imagebuild_sketch.pen import Point, circle, curve, num, path, rect
from imagebuild_sketch.scene.surface import draw_gradient, draw_texture
from imagebuild_sketch.stage import Stage
from imagebuild_sketch.wordset import wordset

__all__ = ["draw_abstract", "draw_ribbons"]


_TEXTURES = wordset("texture textures textured")
_GRADIENTS = wordset("gradient gradients mesh blurred")
_SHAPED = wordset("shapes waves ribbons swirls flowing circles blobs geometric")
_TILED = wordset("geometric circles squares triangles bauhaus cubes grid")


def draw_abstract(stage: Stage) -> None:
    """A soft ground with ribbons; round and angular forms when the prompt is about geometry."""
    width, height, sheet = stage.frame.width, stage.frame.height, stage.sheet
    tones = _tones(stage)
    words = frozenset(stage.brief.words)
    if words & _TEXTURES:
        draw_texture(stage)
        return
    if words & _GRADIENTS and not words & _SHAPED:
        draw_gradient(stage, tones)
        return
    dark = stage.palette.night or stage.brief.mood == "dark"
    ground = from_oklch(0.2, 0.04, to_oklch(tones[0])[2]) if dark else mix(stage.palette.paper, tones[0], 0.1)
    other = mix(ground, tones[-1], 0.3)
    sheet.add(rect(0, 0, width, height, sheet.linear((0, ground, 1), (1, other, 1), slant=0.6)))
    if words & _TILED:
        _draw_tiles(stage, tones)
    else:
        draw_ribbons(stage)


def _tones(stage: Stage) -> list[str]:
    given = list(stage.brief.colours)
    if not given:
        given = [stage.palette.accent, stage.palette.second]
    if len(given) == 1:
        light, chroma, hue = to_oklch(given[0])
        given.append(from_oklch(min(0.85, light + 0.12), max(0.06, chroma * 0.8), hue + 65))
    return given[:5]


def draw_ribbons(stage: Stage) -> None:
    """Broad waves that overlap from the far corner to the near one, with light along their edges."""
    width, height, sheet = stage.frame.width, stage.frame.height, stage.sheet
    chance = stage.chance.child("ribbons")
    tones = _tones(stage)
    sun_x, sun_y, r = (
        width * chance.between(0.6, 0.75),
        height * chance.between(0.24, 0.36),
        min(width, height) * chance.between(0.13, 0.18),
    )
    sheet.add(circle(sun_x, sun_y, r * 2.4, sheet.glow(tones[-1], 0.45)))
    sheet.add(
        circle(
            sun_x,
            sun_y,
            r,
            sheet.linear((0, brighten(tones[-1], 0.1), 1), (1, brighten(turn(tones[-1], 12), -0.04), 1), slant=0.5),
        )
    )
    count = max(4, min(9, round(6 * stage.detail**0.4)))
    for index in range(count):
        share = index / (count - 1)
        line = _wave(
            width,
            height * (0.34 + 0.58 * share),
            height * chance.between(0.09, 0.17),
            chance.between(0, 6.28),
            chance.between(0.7, 1.25),
            height * 0.14,
        )
        first, lift = tones[index % len(tones)], 0.08 - 0.12 * share
        light, dark = brighten(turn(first, -8), lift + 0.1), brighten(turn(first, 10), lift - 0.09)
        shadow = [(x, y - 16) for x, y in line]
        gloom = sheet.linear((0, mix(dark, "#10102a", 0.6), 0), (0.12, mix(dark, "#10102a", 0.6), 0.2), (0.3, dark, 0))
        sheet.add(path(f"{curve(shadow)}V{num(height)}H0Z", gloom))
        fill = sheet.linear((0, light, 1), (0.5, mix(light, dark, 0.6), 1), (1, dark, 1), across=True, slant=0.25)
        sheet.add(path(f"{curve(line)}V{num(height)}H0Z", fill))
        sheet.add(path(curve(line), "none", stroke=brighten(light, 0.12), stroke_width=3, stroke_opacity=0.6))
    for _ in range(stage.many(7)):
        x, y, size = chance.between(0.05, 0.95) * width, chance.between(0.08, 0.5) * height, chance.between(5, 17)
        sheet.add(circle(x, y, size, chance.pick(tones), fill_opacity=0.75))


def _wave(width: float, base: float, swing: float, phase: float, waves: float, fall: float) -> list[Point]:
    return [
        (
            width * step / 12,
            base
            + fall * (0.5 - step / 12)
            + swing * math.sin(phase + 6.283 * waves * step / 12)
            + swing * 0.35 * math.sin(phase * 2 + 6.283 * waves * 1.9 * step / 12),
        )
        for step in range(13)
    ]


def _draw_tiles(stage: Stage, tones: list[str]) -> None:
    """A grid of quarter discs, discs and half discs."""
    width, height = stage.frame.width, stage.frame.height
    chance = stage.chance.child("tiles")
    rows = max(3, round(5 * stage.detail**0.3 * max(1.0, height / width)))
    cell = height / rows
    columns = math.ceil(width / cell)
    light = mix(tones[0], "#ffffff", 0.78)
    shades = [*tones, brighten(tones[0], -0.12), light]
    for row in range(rows):
        for column in range(columns):
            x, y = column * cell, row * cell
            ground, form = chance.pick(shades), chance.pick(shades)
            if ground == form:
                form = light if ground != light else tones[0]
            stage.sheet.add(rect(x, y, cell + 0.6, cell + 0.6, ground))
            kind, c = chance.whole(0, 4), num(cell)
            lines = (
                f"M{num(x)} {num(y)}h{c}a{c} {c} 0 0 1 -{c} {c}z",
                f"M{num(x + cell)} {num(y + cell)}h-{c}a{c} {c} 0 0 1 {c} -{c}z",
                f"M{num(x)} {num(y + cell)}a{num(cell / 2)} {num(cell / 2)} 0 0 1 {c} 0z",
                f"M{num(x)} {num(y)}l{c} {c}h-{c}z",
            )
            if kind == 4:
                stage.sheet.add(circle(x + cell / 2, y + cell / 2, cell * 0.36, form))
            else:
                stage.sheet.add(path(lines[kind], form))

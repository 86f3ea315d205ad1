"""Space: deep gradients, nebulae, stars, planets, and the hero flying, or standing on a moon."""

from __future__ import annotations

from imagebuild_sketch.colour import brighten, from_oklch, mix
from imagebuild_sketch.pen import circle, ellipse, num, path, rect
from imagebuild_sketch.scene.hero import draw_group, is_airborne
from imagebuild_sketch.scene.motif import draw_motif
from imagebuild_sketch.scene.sky import draw_stars
from imagebuild_sketch.stage import Stage
from imagebuild_sketch.wordset import wordset

__all__ = ["draw_space"]

_FLYERS = wordset("rocket satellite ufo airplane spaceship comet")


def draw_space(stage: Stage) -> None:
    """Nebula, stars, two planets, hero."""
    width, height, sheet, brief = stage.frame.width, stage.frame.height, stage.sheet, stage.brief
    chance = stage.chance.child("space")
    hue = chance.pick((275, 290, 255))
    unit = min(width, height)
    deep = from_oklch(0.17, 0.06, hue)
    sheet.add(rect(0, 0, width, height, sheet.linear((0, from_oklch(0.2, 0.07, hue + 15), 1), (1, deep, 1), slant=0.7)))
    tones = brief.colours or (
        from_oklch(0.6, 0.19, hue + 50),
        from_oklch(0.65, 0.14, hue - 65),
        from_oklch(0.55, 0.18, hue + 5),
    )
    for index in range(9):
        x, y = (
            width * (0.1 + 0.1 * index + chance.between(-0.08, 0.08)),
            height * (0.8 - 0.075 * index + chance.between(-0.14, 0.14)),
        )
        glow = sheet.glow(tones[index % len(tones)], chance.between(0.3, 0.5))
        sheet.add(
            ellipse(
                x,
                y,
                unit * chance.between(0.26, 0.5),
                unit * chance.between(0.14, 0.28),
                glow,
                transform=f"rotate(-32 {num(x)} {num(y)})",
            )
        )
    draw_stars(stage, height * 1.3, 240)
    planet_x, planet_y = width * 0.2, height * 0.27
    _draw_planet(
        stage, planet_x, planet_y, unit * 0.125, from_oklch(0.72, 0.12, 60 + chance.between(-25, 25)), ringed=True
    )
    _draw_planet(stage, width * 0.87, height * 0.2, unit * 0.045, from_oklch(0.7, 0.09, 220), ringed=False)
    hero = brief.hero
    size = stage.hero_size(0.54)
    if hero is None:
        _draw_planet(stage, width * 0.62, height * 0.62, unit * 0.24, from_oklch(0.6, 0.13, hue - 50), ringed=False)
        if "planet" not in brief.features and len(brief.words) > 2 and not brief.has("nebula", "stars", "moon"):
            sheet.add(stage.standing(draw_motif(stage), width * 0.62, height * 0.8, unit * 0.4))
        return
    if is_airborne(hero) or hero.subject.name in _FLYERS or hero.subject.kind == "space":
        _draw_planet(stage, width * 0.86, height * 1.06, unit * 0.36, from_oklch(0.58, 0.12, hue - 60), ringed=False)
        _draw_flight(stage, size)
        return
    _draw_ground(stage)
    draw_group(stage, brief.figures, width * 0.55, height * 0.83, size)


def _draw_planet(stage: Stage, x: float, y: float, r: float, colour: str, *, ringed: bool) -> None:
    sheet, chance = stage.sheet, stage.chance.child(f"planet {r:.0f}")
    sheet.add(circle(x, y, r * 1.55, sheet.glow(colour, 0.5)))
    lit = sheet.radial(
        (0, brighten(colour, 0.17), 1),
        (0.5, colour, 1),
        (0.85, mix(colour, "#120a2a", 0.55), 1),
        (1, mix(colour, "#120a2a", 0.8), 1),
        x=0.32,
        y=0.3,
        radius=0.82,
    )
    if ringed:
        sheet.add(_half_ring(x, y, r, mix(colour, "#3a2a4a", 0.25), front=False))
    sheet.add(circle(x, y, r, lit))
    inside = sheet.clip(circle(x, y, r, "#000"))
    bands = "".join(
        (
            f"M{num(x - r)} {num(y + r * at)}q{num(r)} {num(r * 0.16)} {num(2 * r)} {num(-r * 0.1)}"
            f"v{num(r * thick)}q{num(-r)} {num(r * 0.2)} {num(-2 * r)} {num(r * 0.1)}z"
        )
        for at, thick in ((-0.55, 0.1), (-0.22, 0.17), (0.16, 0.09), (0.44, 0.15))
    )
    sheet.add(path(bands, brighten(colour, chance.pick((-0.1, 0.12))), fill_opacity=0.32, clip_path=inside))
    if ringed:
        sheet.add(_half_ring(x, y, r, mix(colour, "#fff2d8", 0.55), front=True))


def _half_ring(x: float, y: float, r: float, tone: str, *, front: bool) -> str:
    """The half of a planet's ring before or behind it."""
    far = r * 1.5
    arc = f"M{num(x - far)} {num(y)}A{num(far)} {num(r * 0.4)} 0 0 {0 if front else 1} {num(x + far)} {num(y)}"
    lean = f"rotate(-18 {num(x)} {num(y)})"
    return path(arc, "none", stroke=tone, stroke_width=r * 0.13, stroke_linecap="round", transform=lean)


def _draw_flight(stage: Stage, size: float) -> None:
    """The hero on its way to the upper right; a rocket leaves a trail."""
    width, height, sheet = stage.frame.width, stage.frame.height, stage.sheet
    hero = stage.brief.figures[0]
    x, y = width * 0.55, height * 0.5
    rocket = hero.subject.name == "rocket"
    lean = 36.0 if rocket else -8.0
    glow = sheet.glow(stage.palette.lamp, 0.3)
    sheet.add(ellipse(x, y, size * 0.72, size * 0.72, glow))
    if rocket:
        s = size
        trail = sheet.linear((0, "#ffe9b0", 0.75), (0.35, "#ff9a5a", 0.34), (1, "#ff7a6a", 0))
        long = (
            f"M{num(x - s * 0.09)} {num(y + s * 0.4)}Q{num(x - s * 0.2)} {num(y + s * 0.9)} {num(x - s * 0.03)} "
            f"{num(y + s * 1.5)}Q{num(x + s * 0.2)} {num(y + s * 0.9)} {num(x + s * 0.09)} {num(y + s * 0.4)}Z"
        )
        sheet.add(path(long, trail, transform=f"rotate({num(lean)} {num(x)} {num(y)})"))
    places = ((0.2, 0.7, 0.3), (0.84, 0.5, 0.22), (0.34, 0.88, 0.2))
    for px, py, share in places[: min(hero.count, 4) - 1]:
        stage.put(hero, width * px, height * py + size * share / 2, size * share, lean=lean)
    stage.put(hero, x, y + size / 2, size, lean=lean)


def _draw_ground(stage: Stage) -> None:
    width, height, sheet = stage.frame.width, stage.frame.height, stage.sheet
    chance = stage.chance.child("moon")
    dust = from_oklch(0.72, 0.025, 280)
    top = height * 0.74
    line = f"M0 {num(top + 60)}Q{num(width / 2)} {num(top - 50)} {num(width)} {num(top + 60)}V{num(height)}H0Z"
    sheet.add(path(line, sheet.linear((0, brighten(dust, 0.06), 1), (1, brighten(dust, -0.26), 1))))
    for _ in range(stage.many(13)):
        share = chance.unit()
        x, y, r = chance.between(0, width), top + 60 + (height - top - 60) * share, 14 + 52 * share
        sheet.add(
            ellipse(x, y, r, r * 0.28, brighten(dust, -0.15)),
            ellipse(x + r * 0.05, y + r * 0.06, r * 0.9, r * 0.2, brighten(dust, -0.07)),
        )

"""What falls or hangs in the air in front of everything: rain, snow, fog, leaves, fireflies, lightning, vignette."""

from __future__ import annotations

from imagebuild_sketch.colour import mix
from imagebuild_sketch.pen import circle, ellipse, num, path, rect
from imagebuild_sketch.stage import Stage

__all__ = ["draw_lightning", "draw_weather"]

_OUTDOORS = frozenset(("landscape", "forest", "city", "sea"))


def draw_weather(stage: Stage) -> None:
    """Lay the weather of the brief over a finished outdoor scene, and a vignette over any."""
    brief = stage.brief
    if brief.scene in _OUTDOORS and not stage.flat:
        if brief.weather in ("rain", "storm"):
            _draw_rain(stage)
        elif brief.weather == "snow" or (brief.season == "winter" and brief.weather is None and brief.time != "sunset"):
            _draw_snow(stage, 130 if brief.weather == "snow" else 46)
        elif brief.weather == "fog":
            _draw_fog(stage)
        if brief.season == "autumn" and brief.weather is None:
            _draw_leaves(stage)
        if brief.mood == "magical":
            _draw_fireflies(stage)
    if brief.scene in (*_OUTDOORS, "interior", "table", "space") and not stage.flat:
        _draw_vignette(stage)


def _draw_rain(stage: Stage) -> None:
    chance = stage.chance.child("rain")
    width, height = stage.frame.width, stage.frame.height
    drops = []
    for _ in range(min(900, stage.many(170 * max(1.0, width * height / 1e6)))):
        x, y, long = chance.between(-40, width), chance.between(-40, height), chance.between(22, 62)
        drops.append(f"M{num(x)} {num(y)}l{num(-long * 0.24)} {num(long)}")
    colour = mix(stage.palette.sky[2], "#ffffff", 0.45)
    stage.sheet.add(path("".join(drops), "none", stroke=colour, stroke_width=1.6, stroke_opacity=0.42))


def _draw_snow(stage: Stage, count: float) -> None:
    chance = stage.chance.child("snow")
    width, height = stage.frame.width, stage.frame.height
    flakes: dict[int, list[str]] = {0: [], 1: [], 2: []}
    for _ in range(min(900, stage.many(count * max(1.0, width * height / 1e6)))):
        kind = chance.whole(0, 2)
        x, y, r = chance.between(0, width), chance.between(0, height), (1.8, 3.0, 5.0)[kind] * chance.between(0.8, 1.3)
        flakes[kind].append(
            f"M{num(x - r)} {num(y)}a{num(r)} {num(r)} 0 1 0 {num(2 * r)} 0a{num(r)} {num(r)} 0 1 0 {num(-2 * r)} 0"
        )
    for kind, opacity in ((0, 0.85), (1, 0.8), (2, 0.55)):
        if flakes[kind]:
            stage.sheet.add(path("".join(flakes[kind]), "#ffffff", fill_opacity=opacity))


def _draw_fog(stage: Stage) -> None:
    chance = stage.chance.child("fog")
    width, height = stage.frame.width, stage.frame.height
    colour = mix(stage.palette.sky[2], "#ffffff", 0.3)
    for index in range(4):
        y = height * (0.44 + 0.085 * index)
        fill = stage.sheet.radial((0, colour, 0.5), (0.6, colour, 0.22), (1, colour, 0))
        stage.sheet.add(
            ellipse(width * chance.between(0.1, 0.9), y, width * 0.75, height * chance.between(0.05, 0.1), fill)
        )


def _draw_leaves(stage: Stage) -> None:
    chance = stage.chance.child("leaves")
    width, height = stage.frame.width, stage.frame.height
    leaf = "M0 -9Q8 -3 0 10Q-8 -3 0 -9Z"
    stamps = [stage.sheet.stamp(path(leaf, stage.palette.lit(colour))) for colour in stage.palette.leaf]
    for _ in range(stage.many(26)):
        y = height * (0.25 + 0.74 * chance.unit())
        stage.sheet.add(
            stage.sheet.use(
                chance.pick(stamps), chance.between(0, width), y, chance.between(0.6, 1.5), lean=chance.between(0, 360)
            )
        )


def _draw_fireflies(stage: Stage) -> None:
    chance = stage.chance.child("fireflies")
    width, height = stage.frame.width, stage.frame.height
    glow = stage.sheet.radial((0, "#fffbe0", 1), (0.16, "#ffe9a0", 0.85), (0.35, "#ffdf7a", 0.3), (1, "#ffdf7a", 0))
    for _ in range(stage.many(34)):
        stage.sheet.add(
            circle(chance.between(0, width), height * chance.between(0.3, 0.97), chance.between(6, 24), glow)
        )


def draw_lightning(stage: Stage, horizon: float) -> None:
    """One bolt on the right, with the cloud lit around it."""
    chance = stage.chance.child("lightning")
    x, y = stage.frame.width * chance.between(0.72, 0.84), horizon * 0.1
    stage.sheet.add(ellipse(x, horizon * 0.28, horizon * 0.5, horizon * 0.42, stage.sheet.glow("#dfe8ff", 0.55)))
    points, forks = [(x, y)], []
    for index in range(8):
        px, py = points[-1]
        points.append((px + chance.between(-34, 30), py + horizon * 0.088))
        if index in (2, 4):
            forks.append(
                f"M{num(px)} {num(py)}l{num(chance.between(24, 50))} {num(horizon * 0.07)}l-8 {num(horizon * 0.06)}"
            )
    bolt = "M" + "L".join(f"{num(px)} {num(py)}" for px, py in points)
    stage.sheet.add(path(bolt, "none", stroke="#cfdcff", stroke_width=11, stroke_opacity=0.35, stroke_linejoin="bevel"))
    stage.sheet.add(path(bolt + "".join(forks), "none", stroke="#fbfcff", stroke_width=3.6, stroke_linejoin="bevel"))


def _draw_vignette(stage: Stage) -> None:
    colour = stage.palette.shade
    strength = 0.3 if stage.brief.style == "photo" or stage.brief.mood == "dark" else 0.17
    fill = stage.sheet.radial((0.62, colour, 0), (1, colour, strength), radius=0.75)
    stage.sheet.add(rect(0, 0, stage.frame.width, stage.frame.height, fill))

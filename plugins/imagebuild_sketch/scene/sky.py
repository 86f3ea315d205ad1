"""Sky: its gradient, sun or moon, stars, clouds and birds."""

from __future__ import annotations

from imagebuild_sketch.chance import Chance
from imagebuild_sketch.colour import from_oklch, mix
from imagebuild_sketch.pen import circle, curve, ellipse, num, path, rect
from imagebuild_sketch.stage import Stage

__all__ = ["draw_birds", "draw_sky", "draw_stars"]


def draw_sky(stage: Stage, horizon: float, *, clouds: bool = True) -> float:
    """Fill the frame with sky down to ``horizon`` and below, and give the x of the light in it."""
    palette, sheet = stage.palette, stage.sheet
    width, height = stage.frame.width, stage.frame.height
    chance = stage.chance.child("sky")
    top, middle, low = palette.sky
    share = min(1.0, horizon / height)
    sheet.add(rect(0, 0, width, height, sheet.linear((0, top, 1), (share * 0.58, middle, 1), (share, low, 1))))
    light_x = width * chance.between(0.2, 0.36)
    weather, hour = stage.brief.weather, stage.brief.time
    if palette.night and weather not in ("storm", "rain", "cloudy", "snow"):
        draw_stars(stage, horizon * 0.85, 90 if hour == "night" else 32)
    if weather not in ("storm", "rain", "snow", "cloudy"):
        _draw_light(stage, light_x, horizon, chance)
    if stage.brief.has("aurora"):
        _draw_aurora(stage, horizon, chance.child("aurora"))
    if stage.brief.has("rainbow"):
        _draw_rainbow(stage, horizon)
    if clouds and weather != "clear":
        _draw_clouds(stage, horizon, chance)
    return light_x


def draw_stars(stage: Stage, depth: float, count: float) -> None:
    """Stars in the upper ``depth`` of the frame, thinner towards the ground; a few of them sparkle."""
    chance = stage.chance.child("stars")
    width = stage.frame.width
    small: list[str] = []
    for _ in range(min(700, stage.many(count * max(1.0, width / 1000)))):
        x, y = chance.between(0, width), depth * chance.unit() ** 1.4
        small.append(_dot(x, y, chance.between(0.8, 2.1)))
    stage.sheet.add(path("".join(small), "#fffaf0", fill_opacity=0.8))
    spark = "".join(
        _sparkle(chance.between(0, width), depth * chance.unit() * 0.9, chance.between(5, 11)) for _ in range(5)
    )
    stage.sheet.add(path(spark, "#fff8e6", fill_opacity=0.9))


def _dot(x: float, y: float, r: float) -> str:
    return f"M{num(x - r)} {num(y)}a{num(r)} {num(r)} 0 1 0 {num(2 * r)} 0a{num(r)} {num(r)} 0 1 0 {num(-2 * r)} 0"


def _sparkle(x: float, y: float, r: float) -> str:
    s = r * 0.16
    return (
        f"M{num(x)} {num(y - r)}L{num(x + s)} {num(y - s)}L{num(x + r)} {num(y)}L{num(x + s)} {num(y + s)}"
        f"L{num(x)} {num(y + r)}L{num(x - s)} {num(y + s)}L{num(x - r)} {num(y)}L{num(x - s)} {num(y - s)}Z"
    )


def _draw_light(stage: Stage, x: float, horizon: float, chance: Chance) -> None:
    sheet, lamp, hour = stage.sheet, stage.palette.lamp, stage.brief.time
    unit = min(stage.frame.height, stage.frame.width)
    if hour == "night" or (hour == "dusk" and stage.brief.has("moon")):
        radius, y = unit * 0.062, horizon * chance.between(0.24, 0.34)
        sheet.add(circle(x, y, radius * 5.5, sheet.glow(lamp, 0.4)))
        face = sheet.radial((0, "#fffdf2", 1), (0.75, "#f5ecd0", 1), (1, "#e6d9b4", 1), x=0.38, y=0.35, radius=0.72)
        sheet.add(circle(x, y, radius, face))
        for dx, dy, r in ((-0.3, -0.2, 0.2), (0.25, 0.3, 0.26), (0.35, -0.32, 0.13), (-0.18, 0.42, 0.12)):
            sheet.add(circle(x + dx * radius, y + dy * radius, r * radius, "#d8caa2", fill_opacity=0.55))
        return
    place = {"day": 0.30, "dawn": 0.80, "sunset": 0.83, "dusk": 0.97}[hour]
    radius = unit * {"day": 0.052, "dawn": 0.066, "sunset": 0.088, "dusk": 0.06}[hour]
    y = horizon * (place + chance.between(-0.04, 0.03))
    sheet.add(ellipse(x, y, unit * 0.85, unit * 0.62, sheet.glow(lamp, 0.62)))
    sheet.add(circle(x, y, radius * 3.1, sheet.glow(lamp, 0.75)))
    core = sheet.radial((0, mix(lamp, "#ffffff", 0.7), 1), (0.8, mix(lamp, "#ffffff", 0.25), 1), (1, lamp, 1))
    sheet.add(circle(x, y, radius, core))


def _draw_clouds(stage: Stage, horizon: float, chance: Chance) -> None:
    palette, sheet = stage.palette, stage.sheet
    width = stage.frame.width
    heavy = stage.brief.weather in ("storm", "rain", "cloudy", "snow")
    unit = min(width, stage.frame.height)
    if stage.brief.time in ("sunset", "dusk", "dawn") or heavy:
        _draw_streaks(stage, horizon, chance)
    count = min(14, round((7 if heavy else 4) * min(3.0, max(0.7, stage.frame.wide))))
    for index in range(count):
        near = 1 - index / count
        size = unit * chance.between(0.2, 0.3) * (0.55 + 0.65 * near) * (1.55 if heavy else 1)
        y = horizon * (0.16 + 0.5 * (index / count) + chance.between(-0.07, 0.07)) * (0.8 if heavy else 1)
        x = width * ((index * 0.618 + chance.between(0, 0.18) + 0.55) % 1.0)
        top = mix(palette.cloud, palette.lamp, 0.15)
        low = mix(palette.cloud, palette.sky[1], 0.55)
        fade = 0.92 if stage.brief.time == "day" else 0.72
        fill = sheet.linear((0, top, fade), (0.55, mix(top, low, 0.6), fade * 0.8), (1, low, fade * 0.12))
        sheet.add(path(_cloud(x, y, size, chance), fill))


def _cloud(x: float, y: float, size: float, chance: Chance) -> str:
    """A flat-bottomed heap of bumps, ``size`` wide."""
    bumps = chance.whole(4, 6)
    parts = [f"M{num(x - size / 2)} {num(y)}"]
    at_y = 0.0
    for index in range(bumps):
        share = (index + 1) / bumps
        goal = -size * 0.26 * (1 - (2 * share - 1) ** 2) * chance.between(0.75, 1.2) if index < bumps - 1 else 0.0
        dx, dy = size / bumps, goal - at_y
        radius = 0.56 * (dx * dx + dy * dy) ** 0.5
        parts.append(f"a{num(radius)} {num(radius)} 0 0 1 {num(dx)} {num(dy)}")
        at_y = goal
    return "".join(parts) + f"q{num(-size / 2)} {num(size * 0.07)} {num(-size)} 0Z"


def _draw_streaks(stage: Stage, horizon: float, chance: Chance) -> None:
    """Long thin bands of cloud that catch the low light from below."""
    palette, sheet = stage.palette, stage.sheet
    width = stage.frame.width
    for index in range(6):
        y = horizon * (0.2 + 0.11 * index + chance.between(-0.03, 0.03))
        half = width * chance.between(0.16, 0.34)
        x = width * chance.between(0.05, 0.95)
        thick = horizon * chance.between(0.008, 0.022)
        colour = mix(palette.cloud, palette.sky[2], index / 8)
        fill = sheet.linear((0, colour, 0), (0.35, colour, 0.65), (0.7, colour, 0.5), (1, colour, 0), across=True)
        sheet.add(ellipse(x, y, half, thick, fill))


def _draw_rainbow(stage: Stage, horizon: float) -> None:
    width, unit = stage.frame.width, min(stage.frame.width, stage.frame.height)
    for index, hue in enumerate((25, 55, 95, 145, 245, 300)):
        radius = unit * (0.62 - 0.018 * index)
        line = f"M{num(width * 0.6 - radius)} {num(horizon)}a{num(radius)} {num(radius)} 0 0 1 {num(2 * radius)} 0"
        colour = from_oklch(0.8, 0.13, hue)
        stage.sheet.add(path(line, "none", stroke=colour, stroke_width=unit * 0.019, stroke_opacity=0.5))


def _draw_aurora(stage: Stage, horizon: float, chance: Chance) -> None:
    """Curtains of green and violet light that hang over the horizon."""
    width, sheet = stage.frame.width, stage.sheet
    for index, hue in enumerate((160, 150, 300, 168)):
        low, tall = horizon * (0.84 - 0.13 * index), horizon * chance.between(0.34, 0.5)
        points = [(width * (step - 1) / 6, low + chance.between(-0.09, 0.09) * horizon) for step in range(9)]
        back = [(x, y - tall * chance.between(0.75, 1.1)) for x, y in reversed(points)]
        colour = from_oklch(0.82, 0.17, hue)
        fill = sheet.linear((0, colour, 0), (0.72, colour, 0.34), (0.94, colour, 0.5), (1, colour, 0.05))
        sheet.add(path(f"{curve(points)}{curve(back, lift=False)}Z", fill))


def draw_birds(stage: Stage, horizon: float, count: int) -> None:
    """A small flock, far off."""
    chance = stage.chance.child("birds")
    x0, y0 = stage.frame.width * chance.between(0.55, 0.72), horizon * chance.between(0.3, 0.5)
    lines = []
    for _ in range(count):
        x, y, s = x0 + chance.between(-110, 110), y0 + chance.between(-50, 50), chance.between(9, 17)
        wing = f"q{num(s * 0.5)} {num(-s * 0.55)} {num(s)} 0"
        lines.append(f"M{num(x - s)} {num(y)}{wing}{wing}")
    colour = mix(stage.palette.shade, stage.palette.sky[1], 0.25)
    stage.sheet.add(path("".join(lines), "none", stroke=colour, stroke_width=2.6, stroke_linecap="round"))

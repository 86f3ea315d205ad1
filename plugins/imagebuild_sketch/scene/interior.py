"""Rooms: wall, floor, window, shelves, a lamp, an armchair or a desk, and the hero among them."""

from __future__ import annotations

from imagebuild_sketch.brief import Figure
from imagebuild_sketch.colour import brighten, from_oklch, mix
from imagebuild_sketch.pen import circle, ellipse, num, path, polygon, rect
from imagebuild_sketch.scene.hearth import draw_fireplace
from imagebuild_sketch.scene.kitchen import draw_kitchen
from imagebuild_sketch.stage import Stage
from imagebuild_sketch.subject import SUBJECTS
from imagebuild_sketch.wordset import wordset

__all__ = ["draw_interior", "draw_window"]


def draw_interior(stage: Stage) -> None:
    """A furnished room; by lamplight in the evening."""
    width, height = stage.frame.width, stage.frame.height
    sheet, palette, brief = stage.sheet, stage.palette, stage.brief
    cozy = brief.mood == "cozy" or brief.has("reading")
    tone = (
        brief.colours[0]
        if brief.colours
        else stage.chance.child("wall").pick(
            ("#8fa89a", "#c9a58a", "#93a5b8", "#b9a3a0") if cozy else ("#dcd3c3", "#c3d0d0", "#d9c8bb")
        )
    )
    wall = palette.lit(tone)
    floor_y = height * 0.78
    sheet.add(rect(0, 0, width, floor_y, sheet.linear((0, brighten(wall, -0.03), 1), (1, brighten(wall, 0.03), 1))))
    _draw_floor(stage, floor_y)
    unit = min(width, height)
    wide = stage.frame.wide
    draw_window(stage, width * (0.4 if wide > 0.8 else 0.52), height * 0.13, unit * 0.3, height * 0.36)
    if brief.has("fire"):
        draw_fireplace(stage, width * 0.045 + unit * 0.18, floor_y + height * 0.012, unit * 0.38)
    elif brief.has("kitchen"):
        draw_kitchen(stage, width * 0.03, floor_y, unit * 0.36, floor_y - height * 0.16)
    else:
        _draw_shelf(stage, width * 0.045, floor_y, unit * 0.3, floor_y - height * 0.1)
    rug = palette.lit(mix(palette.second, "#f2e6d2", 0.35))
    sheet.add(ellipse(width * 0.56, height * 0.895, unit * 0.42, unit * 0.07, rug))
    sheet.add(
        ellipse(
            width * 0.56, height * 0.895, unit * 0.36, unit * 0.055, "none", stroke=brighten(rug, 0.1), stroke_width=5
        )
    )
    _draw_lamp(stage, width * (0.88 if wide > 0.8 else 0.9), floor_y + height * 0.03, unit * 0.52)
    _draw_life(stage, floor_y, unit)


_FURNITURE = wordset("sofa bed table")
_AT_HAND = wordset("armchair lamp desk book books")
"""Subjects that every room has already."""


def _draw_life(stage: Stage, floor_y: float, unit: float) -> None:
    """What the room is there for: its seat, bed or desk, and who or what is in it."""
    width, height, brief = stage.frame.width, stage.frame.height, stage.brief
    furniture = next((figure for figure in brief.figures if figure.subject.name in _FURNITURE), None)
    if furniture is None and brief.has("bed", "kitchen"):
        furniture = Figure(SUBJECTS["bed" if brief.has("bed") else "table"])
    guests = [one for one in brief.figures if one.subject.name not in _FURNITURE | _AT_HAND]
    hero = guests[0] if guests else None
    x, foot = width * 0.6, floor_y + height * 0.07
    if hero is not None and hero.subject.kind == "person":
        for place, guest in ((x + unit * 0.24, guests[1:2]), (x - unit * 0.06, [hero])):
            for one in guest:
                size = unit * (0.58 if one.subject.kind == "person" else 0.26)
                stage.shadow(place, foot + unit * 0.06, size * 0.9, 0.45)
                stage.put(one, place, foot + unit * 0.06, size)
        return
    if furniture is not None:
        size = unit * (0.52 if furniture.subject.name != "table" else 0.44)
        stage.shadow(x, foot, size * 1.05, 0.45)
        stage.put(furniture, x, foot, size)
        if hero is not None and furniture.subject.name == "table" and hero.subject.kind in ("object", "food"):
            stage.put(hero, x - size * 0.28, foot - size * 0.56, unit * 0.18)
            return
        if hero is not None and "on" in brief.words and hero.subject.kind == "animal":
            stage.put(
                hero, x - size * 0.2, foot - size * (0.34 if furniture.subject.name == "bed" else 0.3), unit * 0.2
            )
            return
    elif brief.has("desk"):
        _draw_desk(stage, width * 0.62, floor_y + height * 0.055, unit * 0.56)
    else:
        _draw_armchair(stage, x + width * 0.02, foot + height * 0.005, unit * 0.36)
    if hero is None:
        return
    size, x, foot = unit * (0.4 if hero.subject.kind == "vehicle" else 0.3), width * 0.4, height * 0.935
    if brief.has("desk") and hero.subject.kind in ("object", "food"):
        x, foot, size = width * 0.58, floor_y + height * 0.055 - unit * 0.235, unit * 0.22
    stage.shadow(x, foot, size, 0.45)
    stage.put(hero, x, foot, size)


def draw_window(stage: Stage, x: float, y: float, width: float, height: float) -> None:
    """A window with the sky of the hour, hills, and its light on what is around."""
    sheet, palette = stage.sheet, stage.palette
    frame = palette.lit("#f4efe6")
    if not palette.night:
        sheet.add(ellipse(x + width / 2, y + height / 2, width * 1.25, height, sheet.glow(palette.lamp, 0.4)))
    sheet.add(rect(x - 14, y - 14, width + 28, height + 28, brighten(frame, -0.05)))
    top, middle, low = palette.sky
    sheet.add(rect(x, y, width, height, sheet.linear((0, top, 1), (0.5, middle, 1), (0.85, low, 1))))
    inside = sheet.clip(rect(x, y, width, height, "#000"))
    far, near = palette.hazed(palette.land[2], 0.5), palette.hazed(palette.land[0], 0.15)
    hills = (
        f"M{num(x)} {num(y + height * 0.74)}q{num(width * 0.25)} {num(-height * 0.16)} {num(width * 0.55)} "
        f"{num(-height * 0.02)}t{num(width * 0.5)} {num(height * 0.02)}V{num(y + height)}H{num(x)}Z"
    )
    sheet.add(path(hills, far, clip_path=inside))
    hill = (
        f"M{num(x)} {num(y + height * 0.88)}q{num(width * 0.5)} {num(-height * 0.13)} "
        f"{num(width)} {num(-height * 0.01)}V{num(y + height)}H{num(x)}Z"
    )
    sheet.add(path(hill, near, clip_path=inside))
    radius = width * 0.1
    sheet.add(circle(x + width * 0.7, y + height * 0.28, radius * 3, sheet.glow(palette.lamp, 0.6), clip_path=inside))
    sheet.add(circle(x + width * 0.7, y + height * 0.28, radius, mix(palette.lamp, "#ffffff", 0.4)))
    bars = f"M{num(x + width / 2)} {num(y)}v{num(height)}M{num(x)} {num(y + height * 0.46)}h{num(width)}"
    sheet.add(path(bars, "none", stroke=frame, stroke_width=9))
    sheet.add(rect(x, y, width, height, "none", stroke=frame, stroke_width=12))
    sheet.add(
        rect(x - 26, y + height + 8, width + 52, 17, frame),
        rect(x - 26, y + height + 25, width + 52, 7, palette.shade, fill_opacity=0.15),
    )


def _draw_floor(stage: Stage, top: float) -> None:
    width, height, sheet = stage.frame.width, stage.frame.height, stage.sheet
    wood = stage.palette.lit("#b68a62")
    sheet.add(
        rect(0, top, width, height - top, sheet.linear((0, brighten(wood, -0.05), 1), (1, brighten(wood, 0.04), 1)))
    )
    lines = []
    count = max(6, round(width / 110))
    for index in range(count + 1):
        x = width * index / count
        lines.append(f"M{num(x)} {num(top)}L{num(width / 2 + (x - width / 2) * 1.35)} {num(height)}")
    sheet.add(path("".join(lines), "none", stroke=brighten(wood, -0.09), stroke_width=2, stroke_opacity=0.6))
    sheet.add(
        rect(0, top - 20, width, 20, stage.palette.lit("#efe8dc")),
        rect(0, top, width, 6, stage.palette.shade, fill_opacity=0.18),
    )


def _draw_shelf(stage: Stage, x: float, foot: float, width: float, tall: float) -> None:
    """A bookcase full of books, with a gap for a plant."""
    sheet, palette = stage.sheet, stage.palette
    chance = stage.chance.child("shelf")
    wood = palette.lit("#7d5a42")
    stage.shadow(x + width * 0.55, foot + 4, width * 1.1, 0.4)
    sheet.add(
        rect(x, foot - tall, width, tall, wood),
        rect(x + 10, foot - tall + 10, width - 20, tall - 10, brighten(wood, -0.11)),
    )
    rows = 5
    high = (tall - 10) / rows
    hues = (25, 60, 95, 165, 235, 280, 350)
    for row in range(rows):
        base = foot - tall + 10 + high * (row + 1) - 9
        at = x + 14
        while at < x + width - 26:
            thick, size = chance.between(10, 22), high * chance.between(0.56, 0.8)
            if at + thick > x + width - 14:
                break
            if chance.likely(0.1):
                at += thick * 1.7
                continue
            colour = palette.lit(from_oklch(chance.between(0.42, 0.78), chance.between(0.05, 0.11), chance.pick(hues)))
            sheet.add(rect(at, base - size, thick, size, colour, rx=1.5))
            sheet.add(rect(at, base - size * 0.82, thick, size * 0.07, brighten(colour, 0.16)))
            at += thick + 1.5
        sheet.add(rect(x + 6, base, width - 12, 9, brighten(wood, 0.05)))


def _draw_armchair(stage: Stage, x: float, foot: float, size: float) -> None:
    """A wing chair, seen from the front, with a cushion."""
    sheet, palette = stage.sheet, stage.palette
    colour = palette.lit(palette.accent if not stage.brief.colours else palette.second)
    back = sheet.linear((0, brighten(colour, 0.05), 1), (1, brighten(colour, -0.07), 1))
    arm = sheet.linear((0, brighten(colour, 0.06), 1), (1, brighten(colour, -0.05), 1), across=True)
    s = size / 100
    stage.shadow(x, foot, size * 1.15, 0.5)

    def at(markup: str) -> str:
        return f'<g transform="translate({num(x - 50 * s)} {num(foot - 100 * s)}) scale({num(s)})">{markup}</g>'

    legs = rect(20, 88, 5, 12, "#4b352a") + rect(75, 88, 5, 12, "#4b352a")
    shell = path("M18 62Q12 12 34 6Q50 2 66 6Q88 12 82 62Z", back)
    buttons = "".join(
        circle(px, py, 1.5, brighten(colour, -0.12)) for px, py in ((40, 24), (60, 24), (50, 33), (40, 42), (60, 42))
    )
    seat = path("M20 60Q50 54 80 60V84H20Z", brighten(colour, 0.05)) + rect(
        16, 74, 68, 16, brighten(colour, -0.05), rx=5
    )
    arms = path("M6 56Q6 46 16 46Q25 46 25 58V90H8Z", arm) + path("M94 56Q94 46 84 46Q75 46 75 58V90H92Z", arm)
    cushion = rect(38, 42, 25, 21, palette.lit(mix(palette.second, "#ffffff", 0.3)), rx=5, transform="rotate(9 50 52)")
    sheet.add(at(legs + shell + buttons + seat + cushion + arms))


def _draw_lamp(stage: Stage, x: float, foot: float, tall: float) -> None:
    """A standing lamp; lit in the evening and in cosy rooms."""
    sheet, palette = stage.sheet, stage.palette
    lit = palette.night or stage.brief.mood == "cozy" or stage.brief.has("reading")
    top = foot - tall
    if lit:
        sheet.add(ellipse(x, top + tall * 0.12, tall * 0.62, tall * 0.62, sheet.glow("#ffd98a", 0.55)))
    stage.shadow(x, foot, tall * 0.32, 0.4)
    sheet.add(
        rect(x - 4, top + tall * 0.1, 8, tall * 0.9, palette.lit("#4d4440")),
        ellipse(x, foot, tall * 0.1, tall * 0.02, palette.lit("#4d4440")),
    )
    shade = "#ffe6ae" if lit else palette.lit("#efe2c6")
    w, h = tall * 0.15, tall * 0.2
    fill = sheet.linear((0, brighten(shade, -0.05), 1), (1, brighten(shade, 0.03), 1))
    sheet.add(polygon(((x - w * 0.6, top), (x + w * 0.6, top), (x + w, top + h), (x - w, top + h)), fill))


def _draw_desk(stage: Stage, x: float, foot: float, width: float) -> None:
    """A desk with a screen and a chair's back."""
    sheet, palette = stage.sheet, stage.palette
    wood = palette.lit("#a9764f")
    top = foot - width * 0.42
    stage.shadow(x, foot, width * 1.05, 0.4)
    for px in (x - width * 0.46, x + width * 0.42):
        sheet.add(rect(px, top, width * 0.04, foot - top, brighten(wood, -0.1)))
    sheet.add(rect(x + width * 0.2, top, width * 0.24, (foot - top) * 0.62, brighten(wood, -0.05)))
    for index in range(3):
        y = top + (foot - top) * 0.2 * (index + 0.25)
        sheet.add(
            rect(x + width * 0.215, y + 8, width * 0.21, (foot - top) * 0.16, brighten(wood, 0.03), rx=3),
            circle(x + width * 0.32, y + 8 + (foot - top) * 0.08, 4, brighten(wood, -0.16)),
        )
    sheet.add(rect(x - width / 2, top - 14, width, 18, brighten(wood, 0.06), rx=4))
    screen = width * 0.36
    base = top - 14
    sheet.add(
        rect(x - width * 0.36 + screen * 0.45, base - screen * 0.2, screen * 0.1, screen * 0.2, "#59606c"),
        rect(x - width * 0.36 + screen * 0.3, base - 5, screen * 0.4, 6, "#59606c"),
    )
    sheet.add(rect(x - width * 0.36, base - screen * 0.78, screen, screen * 0.62, palette.lit("#2d323e"), rx=7))
    glass = sheet.linear((0, mix(palette.accent, "#ffffff", 0.35), 1), (1, palette.second, 1), slant=0.7)
    sheet.add(rect(x - width * 0.36 + 8, base - screen * 0.78 + 8, screen - 16, screen * 0.62 - 16, glass, rx=3))

"""Logos and icons: one flat mark, on a rounded tile or standing free."""

from __future__ import annotations

from imagebuild_sketch.brief import Figure
from imagebuild_sketch.colour import brighten, from_oklch, lightness, mix, to_oklch
from imagebuild_sketch.pen import circle, num, path, rect
from imagebuild_sketch.scene.motif import draw_motif
from imagebuild_sketch.stage import Stage

__all__ = ["draw_emblem", "draw_mark"]

_TRADES = {
    "bakery": "bread", "bread": "bread", "coffee": "cup", "cafe": "cup", "photographer": "camera", "music": "guitar",
    "florist": "flower", "garden": "leaf", "travel": "airplane", "shop": "bag", "store": "bag", "school": "book",
    "security": "lock", "startup": "rocket", "energy": "bulb", "pizzeria": "pizza", "restaurant": "cup",
    "bookshop": "book", "bookstore": "book", "brewery": "bottle", "winery": "bottle", "outdoor": "tree",
    "weather": "sun", "finance": "coin", "health": "heart", "dating": "heart", "messaging": "envelope",
    "email": "envelope", "mail": "envelope", "chat": "envelope", "tools": "wrench", "engineering": "gear",
}  # fmt: skip
"""What a trade's mark shows when the prompt names no subject."""


def draw_emblem(stage: Stage) -> None:
    """The mark in the middle of a plain ground."""
    width, height = stage.frame.width, stage.frame.height
    ground = stage.palette.paper if not stage.palette.night else from_oklch(0.22, 0.035, 270)
    stage.sheet.add(rect(0, 0, width, height, ground))
    draw_mark(stage, width / 2, height / 2, min(width, height) * 0.72)


def draw_mark(stage: Stage, x: float, y: float, size: float) -> None:
    """The tile, disc or wreath with the subject on it, ``size`` across and centred at ``x``, ``y``."""
    figure = _figure(stage)
    tiled = stage.brief.has("tile") or "icon" in stage.brief.words
    shape = "tile" if tiled else stage.chance.child("mark").pick(("disc", "shield", "free", "disc"))
    if stage.brief.style == "minimal" or "minimalist" in stage.brief.words:
        shape = "tile" if tiled else "ring"
    ground = _ground_colour(stage, figure)
    _draw_shape(stage, shape, x, y, size, ground)
    share = {"tile": 0.62, "disc": 0.58, "shield": 0.52, "free": 0.86, "ring": 0.58}[shape]
    inner = size * share
    middle = y + (-0.03 * size if shape == "shield" else 0)
    if figure is None:
        stage.sheet.add(stage.standing(draw_motif(stage), x, middle + inner * 0.55, inner))
        return
    colour = figure.colour or (stage.brief.colours[0] if stage.brief.colours and shape == "ring" else None)
    if shape in ("tile", "disc", "shield") and colour is None and not figure.subject.own_colour:
        colour = "#fdf6e6" if lightness(ground) < 0.72 else stage.palette.accent
    stage.put(Figure(figure.subject, colour), x, middle + inner * 0.5, inner)


def _figure(stage: Stage) -> Figure | None:
    from imagebuild_sketch.subject import SUBJECTS, find

    hero = stage.brief.hero
    if hero and hero.subject.name not in ("shop", "house", "skyscraper"):
        return hero
    for word in stage.brief.words:
        trade = _TRADES.get(word) or _TRADES.get(word.removesuffix("s"))
        if trade:
            found = find([trade])
            if found:
                return Figure(found[0])
    if hero:
        return hero
    return Figure(SUBJECTS["star"]) if "star" in stage.brief.words and "star" in SUBJECTS else None


def _ground_colour(stage: Stage, figure: Figure | None) -> str:
    if stage.brief.colours:
        return stage.brief.colours[0]
    body = (figure.colour or figure.subject.own_colour) if figure else None
    chance = stage.chance.child("tile")
    if body is None:
        return from_oklch(0.6, 0.15, chance.pick((255, 290, 165, 25, 200)))
    light, chroma, hue = to_oklch(body)
    turned = hue + chance.pick((175, 200, 150)) if chroma > 0.04 else chance.pick((255, 165, 25, 290))
    return from_oklch(0.42 if light > 0.6 else 0.86, 0.095, turned)


def _draw_shape(stage: Stage, shape: str, x: float, y: float, size: float, ground: str) -> None:
    sheet, half = stage.sheet, size / 2
    if shape == "tile":
        fill = sheet.linear((0, brighten(ground, 0.07), 1), (1, brighten(ground, -0.05), 1), slant=0.5)
        sheet.add(rect(x - half, y - half, size, size, fill, rx=size * 0.225))
        long = (
            f"M{num(x - half)} {num(y + half * 0.2)}L{num(x + half)} "
            f"{num(y - half * 0.75)}V{num(y + half)}H{num(x - half)}Z"
        )
        inside = sheet.clip(rect(x - half, y - half, size, size, "#000", rx=size * 0.225))
        sheet.add(path(long, brighten(ground, -0.06), fill_opacity=0.5, clip_path=inside))
    elif shape == "disc":
        sheet.add(
            circle(x, y, half, ground),
            circle(x, y, half * 0.9, "none", stroke=mix(ground, "#ffffff", 0.65), stroke_width=size * 0.012),
        )
    elif shape == "shield":
        line = (
            f"M{num(x)} {num(y - half)}Q{num(x + half * 0.5)} "
            f"{num(y - half * 0.78)} {num(x + half * 0.86)} {num(y - half * 0.8)}"
            f"Q{num(x + half * 0.95)} {num(y + half * 0.5)} {num(x)} "
            f"{num(y + half)}Q{num(x - half * 0.95)} {num(y + half * 0.5)} "
            f"{num(x - half * 0.86)} {num(y - half * 0.8)}Q{num(x - half * 0.5)} "
            f"{num(y - half * 0.78)} {num(x)} {num(y - half)}Z"
        )
        sheet.add(
            path(line, ground, stroke=mix(ground, "#000000", 0.3), stroke_width=size * 0.02, stroke_linejoin="round")
        )
    elif shape == "ring":
        dark = stage.brief.colours[0] if stage.brief.colours else mix(ground, "#1d1a26", 0.35)
        sheet.add(circle(x, y, half * 0.93, "none", stroke=dark, stroke_width=size * 0.032))
        sheet.add(circle(x, y, half * 0.83, "none", stroke=dark, stroke_width=size * 0.008))

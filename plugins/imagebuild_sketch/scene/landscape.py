"""Open country: sky, ranges, hills, trees, perhaps water or a road, and the hero in front of it all."""

from __future__ import annotations

from imagebuild_sketch.brief import Figure
from imagebuild_sketch.colour import mix
from imagebuild_sketch.pen import Point, num, path, rect
from imagebuild_sketch.scene.flora import draw_flowers, draw_grass, fern
from imagebuild_sketch.scene.hero import draw_airborne, draw_group, is_airborne, stand_in
from imagebuild_sketch.scene.land import draw_hill, draw_lake, draw_mountains, draw_road, draw_trees, ridge
from imagebuild_sketch.scene.sky import draw_birds, draw_sky
from imagebuild_sketch.stage import Stage
from imagebuild_sketch.subject import SUBJECTS

__all__ = ["draw_landscape"]

_BLOOMS = {
    "spring": ("#f4a8c4", "#fbe27a", "#ffffff", "#c9a2e8"),
    "summer": ("#f2c53d", "#ffffff", "#e8665a", "#8f7fd6"),
    "autumn": ("#e07b39", "#d9b24a", "#b8484a"),
}


def draw_landscape(stage: Stage) -> None:
    """Mountains, hills or dunes under a sky; see the brief's features for what else is there."""
    brief, frame = stage.brief, stage.frame
    chance = stage.chance.child("land")
    hero = brief.hero
    flying = hero is not None and is_airborne(hero)
    horizon = frame.height * (0.66 if flying else chance.between(0.53, 0.58))
    light_x = draw_sky(stage, horizon)
    if brief.has("birds") or (hero is None and brief.time != "night"):
        draw_birds(stage, horizon, 5)
    if brief.has("mountain") or (hero is None and not brief.has("field", "hill")):
        tall = min(frame.height * 0.36, frame.width * 0.5)
        draw_mountains(stage, horizon + 20, tall, 0.6, "far")
        draw_mountains(stage, horizon + 36, tall * 0.66, 0.36, "near")
        plain = stage.palette.hazed(stage.palette.land[2], 0.72)
        stage.sheet.add(rect(0, horizon + 34, frame.width, frame.height - horizon, plain))
    front = _draw_ground(stage, horizon, light_x, flying=flying)
    if hero is None or flying:
        if hero:
            draw_airborne(stage, hero, horizon)
            below = stage.hero_size(0.42 if any(one.subject.kind == "building" for one in brief.figures[1:]) else 0.28)
            draw_group(stage, brief.figures[1:], frame.width * 0.3, frame.height * 0.9, below)
        if hero is None and brief.has("desert"):
            cactus = Figure(SUBJECTS["cactus"])
            draw_group(stage, (cactus,), frame.width * 0.7, frame.height * 0.86, stage.hero_size(0.34))
        if hero is None and brief.has("village"):
            _draw_village(stage, front)
        if not brief.has("lake"):
            _draw_foreground(stage, frame.height * 0.78)
        return
    x = frame.width * (0.5 if frame.wide < 0.8 or hero.count > 1 or len(brief.figures) > 1 else 0.56)
    size = stand_in(stage, 0.52)
    foot = min(frame.height * 0.86, front + frame.height * 0.17)
    if hero.subject.kind == "vehicle":
        foot = frame.height * 0.84
    draw_group(stage, brief.figures, x, foot, size)
    _draw_foreground(stage, foot)


def _draw_ground(stage: Stage, horizon: float, light_x: float, *, flying: bool) -> float:
    """Hills from far to near; gives the height of the nearest ridge."""
    brief, frame, palette = stage.brief, stage.frame, stage.palette
    width, height = frame.width, frame.height
    chance = stage.chance.child("hills")
    deep = height - horizon
    bare = brief.has("desert")
    conifers = brief.season == "winter" or brief.has("mountain") or chance.likely(0.4)
    swing = deep * (0.2 if bare else 0.15)
    far = ridge(width, horizon + deep * 0.02, swing * 0.8, chance)
    draw_hill(stage, far, palette.land[2], 0.62)
    if not bare:
        draw_trees(stage, far, 0.55, deep * 0.10, 26, conifers=conifers)
    middle = ridge(width, horizon + deep * 0.16, swing * 0.9, chance, waves=1.2)
    draw_hill(stage, middle, palette.land[1], 0.36)
    if not bare:
        draw_trees(stage, middle, 0.32, deep * 0.22, 12, conifers=conifers)
    if brief.has("lake"):
        draw_lake(stage, horizon + deep * 0.26, height, light_x)
    near_base = horizon + deep * (0.6 if brief.has("lake") else 0.36)
    near = ridge(width, near_base, swing * 0.55, chance, waves=0.8)
    draw_hill(stage, near, palette.land[0], 0.08, glaze=0.06)
    if not bare:
        _frame_with_trees(stage, near, deep, conifers=conifers)
    hero = brief.hero
    drives = hero is not None and hero.subject.kind == "vehicle" and not flying
    if drives:
        _draw_drive(stage, rails=hero is not None and hero.subject.name == "train")
    elif brief.has("road") or (hero is None and not brief.has("lake", "desert")):
        draw_road(stage, near, width * 0.42, width * 0.62)
    return near_base


def _draw_village(stage: Stage, ridge_y: float) -> None:
    """Houses around a church, the far ones first."""
    frame = stage.frame
    unit = stage.hero_size(0.3)
    tones = ("#d9a36b", None, "#b8614c", "#e6d3b0", "#8fa3b5")
    places = ((0.5, -0.02, 0.9, "church"), (0.33, 0.02, 0.62, "cabin"), (0.69, 0.03, 0.66, "house"),
              (0.2, 0.1, 0.82, "house"), (0.83, 0.12, 0.84, "cabin"), (0.52, 0.15, 0.94, "house"))  # fmt: skip
    for index, (x, down, share, name) in enumerate(places):
        foot = ridge_y + frame.height * (0.03 + down)
        stage.shadow(frame.width * x, foot, unit * share * 0.95, 0.4)
        figure = Figure(SUBJECTS[name], tones[index % 5] if name == "house" else None)
        stage.put(figure, frame.width * x, foot, unit * share, mirrored=index % 2 == 1, distance=0.12 - down * 0.6)


def _frame_with_trees(stage: Stage, near: list[Point], deep: float, *, conifers: bool) -> None:
    """A few large trees at the sides, so that the middle stays free for the hero."""
    width = stage.frame.width
    taken = (width * 0.22, width * 0.84) if stage.brief.hero else (width * 0.3, width * 0.86)
    draw_trees(stage, near, 0.1, deep * 0.56, 9, conifers=conifers, clear=taken)


def _draw_drive(stage: Stage, *, rails: bool) -> None:
    """A road, or rails, across the picture for the hero to stand on."""
    width, height = stage.frame.width, stage.frame.height
    asphalt = stage.palette.lit("#6b6f7c" if not rails else "#a79a8c")
    top, bottom = height * 0.795, height * 0.895
    fill = stage.sheet.linear((0, mix(asphalt, stage.palette.sky[2], 0.22), 1), (1, asphalt, 1))
    verge = stage.palette.lit(mix(stage.palette.land[0], "#cdbb8c", 0.5))
    stage.sheet.add(rect(0, top - 9, width, bottom - top + 18, verge), rect(0, top, width, bottom - top, fill))
    if rails:
        ties, steel = stage.palette.lit("#6d5140"), stage.palette.lit("#8d96a3")
        middle = f"M0 {num((top + bottom) / 2)}H{num(width)}"
        stage.sheet.add(path(middle, "none", stroke=ties, stroke_width=34, stroke_dasharray="15 27"))
        for y in ((top + bottom) / 2 - 11, (top + bottom) / 2 + 11):
            stage.sheet.add(rect(0, y - 3, width, 6, steel))
        return
    dash = f"M0 {top + (bottom - top) * 0.62:.2f}H{width:.2f}"
    stage.sheet.add(
        path(
            dash,
            "none",
            stroke=stage.palette.lit("#efe9d6"),
            stroke_width=5,
            stroke_dasharray="58 46",
            stroke_opacity=0.8,
        )
    )


def _draw_foreground(stage: Stage, foot: float) -> None:
    brief, frame, palette = stage.brief, stage.frame, stage.palette
    if brief.has("desert"):
        return
    winter = brief.season == "winter"
    colour = palette.lit(palette.land[0] if not winter else "#b9c6d6")
    if brief.hero is None and not winter:
        _draw_bushes(stage)
    draw_grass(stage, max(foot + 10, frame.height * 0.88), frame.height * 1.01, colour, 60 if not winter else 14)
    if not winter and (brief.has("garden") or brief.season == "spring" or brief.mood in ("happy", "magical")):
        blooms = _BLOOMS.get(brief.season or "summer", _BLOOMS["summer"])
        start = foot - frame.height * 0.02 if brief.has("garden") else frame.height * 0.88
        draw_flowers(stage, start, frame.height * 0.99, 70 if brief.has("garden") else 26, blooms)


def _draw_bushes(stage: Stage) -> None:
    """Leafy plants in the lower corners, dark against the land, to lead the eye inward."""
    width, height, palette = stage.frame.width, stage.frame.height, stage.palette
    chance = stage.chance.child("bushes")
    stamps = [stage.sheet.stamp(fern(mix(palette.lit(leaf), palette.shade, 0.3))) for leaf in palette.leaf[:3]]
    for index in range(stage.many(10)):
        side = 0.1 if index % 2 else 0.9
        x = width * (side + chance.between(-0.13, 0.13))
        stage.sheet.add(
            stage.sheet.use(chance.pick(stamps), x, height * chance.between(0.97, 1.05), chance.between(1.8, 3.4))
        )

"""Isometric view: a tile of ground with blocks, trees and a road; the hero as a block building or on the tile."""

from __future__ import annotations

from imagebuild_sketch.colour import brighten, mix
from imagebuild_sketch.pen import Point, ellipse, num, path, polygon, rect
from imagebuild_sketch.scene.spot import soft_ground
from imagebuild_sketch.stage import Stage

__all__ = ["draw_isometric"]

_COS, _SIN = 0.866, 0.5


def draw_isometric(stage: Stage) -> None:
    """A tile in the middle of a calm ground."""
    width, height, sheet = stage.frame.width, stage.frame.height, stage.sheet
    ground, shape = soft_ground(stage)
    sheet.add(
        rect(
            0,
            0,
            width,
            height,
            sheet.radial(
                (0, mix(ground, "#ffffff", 0.5), 1), (1, mix(ground, shape, 0.6), 1), x=0.4, y=0.35, radius=0.85
            ),
        )
    )
    unit = min(width, height)
    view = _View(stage, width / 2, height * 0.5 + unit * 0.12, unit * 0.09)
    view.shadow()
    turf, soil = stage.palette.lit(stage.palette.land[0]), stage.palette.lit("#9a7354")
    view.block(-4, -4, -0.7, 8, 8, 0.45, soil)
    view.block(-4, -4, -0.25, 8, 8, 0.25, turf)
    view.flat_tile(-4, 1.6, 8, 1.5, 0.003, stage.palette.lit("#8b8f9c"))
    for step in range(4):
        view.flat_tile(-3.7 + step * 2.05, 2.28, 1.1, 0.14, 0.006, "#f5efdd")
    for x, y, size in ((-3.2, -3.2, 1.0), (3.2, -3.0, 0.9), (-3.2, 0.6, 0.8)):
        view.tree(x, y, size)
    hero = stage.brief.hero
    if hero is None or hero.subject.kind == "building":
        _draw_tower(stage, view)
    else:
        x, y = view.at(0.1, -0.5, 0)
        stage.shadow(x, y, unit * 0.46, 0.5, 0.3)
        stage.put(hero, x, y + unit * 0.04, unit * 0.52)
    for x, y, size in ((3.3, 0.8, 0.7), (3.3, 3.6, 0.55), (-0.6, 3.55, 0.5)):
        view.tree(x, y, size)


class _View:
    """Isometric projection onto the stage; x runs to the lower right, y to the lower left, z upward."""

    def __init__(self, stage: Stage, x: float, y: float, unit: float) -> None:
        self.stage, self.x, self.y, self.unit = stage, x, y, unit

    def at(self, x: float, y: float, z: float) -> Point:
        return self.x + (x - y) * _COS * self.unit * 0.78, self.y + ((x + y) * _SIN * 0.78 - z) * self.unit

    def shadow(self) -> None:
        self.stage.shadow(self.x, self.y + self.unit * 1.1, self.unit * 12, 0.5, 0.5)

    def flat_tile(self, x: float, y: float, w: float, d: float, z: float, colour: str) -> None:
        self.stage.sheet.add(
            polygon((self.at(x, y, z), self.at(x + w, y, z), self.at(x + w, y + d, z), self.at(x, y + d, z)), colour)
        )

    def block(self, x: float, y: float, z: float, w: float, d: float, h: float, colour: str) -> None:
        """A box: light from the upper left, so top, left and right face are three tones."""
        top, corner = z + h, self.at(x + w, y + d, z)
        left = (self.at(x, y + d, z), corner, self.at(x + w, y + d, top), self.at(x, y + d, top))
        right = (corner, self.at(x + w, y, z), self.at(x + w, y, top), self.at(x + w, y + d, top))
        self.stage.sheet.add(polygon(left, colour), polygon(right, brighten(colour, -0.11)))
        self.flat_tile(x, y, w, d, top, brighten(colour, 0.08))

    def windows(self, x: float, y: float, z: float, w: float, d: float, h: float, rows: int, columns: int) -> None:
        night = self.stage.palette.night
        chance = self.stage.chance.child(f"panes {z:.1f}")
        for row in range(rows):
            low, high = z + h * (row + 0.3) / rows, z + h * (row + 0.78) / rows
            for column in range(columns):
                a, b = (column + 0.22) / columns, (column + 0.78) / columns
                glass = (
                    "#ffd98a"
                    if night and chance.likely(0.65)
                    else mix("#bfe3f2", self.stage.palette.shade, 0.1 if not night else 0.6)
                )
                left = (
                    self.at(x + w * a, y + d, low),
                    self.at(x + w * b, y + d, low),
                    self.at(x + w * b, y + d, high),
                    self.at(x + w * a, y + d, high),
                )
                right = (
                    self.at(x + w, y + d * a, low),
                    self.at(x + w, y + d * b, low),
                    self.at(x + w, y + d * b, high),
                    self.at(x + w, y + d * a, high),
                )
                self.stage.sheet.add(polygon(left, glass), polygon(right, brighten(glass, -0.1)))

    def tree(self, x: float, y: float, size: float) -> None:
        px, py = self.at(x, y, 0)
        s, stage = size * self.unit, self.stage
        leaf = stage.palette.lit(stage.palette.leaf[int(size * 10) % 4])
        stage.shadow(px, py, s * 1.3, 0.45, 0.4)
        stage.sheet.add(rect(px - s * 0.07, py - s * 0.5, s * 0.14, s * 0.5, stage.palette.lit("#7a5640")))
        ball = stage.sheet.radial((0, brighten(leaf, 0.1), 1), (1, brighten(leaf, -0.09), 1), x=0.35, y=0.3, radius=0.8)
        stage.sheet.add(ellipse(px, py - s * 0.95, s * 0.46, s * 0.56, ball))


def _draw_tower(stage: Stage, view: _View) -> None:
    """A building of three stacked blocks with roof details."""
    hero = stage.brief.hero
    colour = (
        (hero.colour if hero else None)
        or (stage.brief.colours[0] if stage.brief.colours else None)
        or stage.palette.accent
    )
    wall, trim = stage.palette.lit(mix(colour, "#ffffff", 0.25)), stage.palette.lit("#f3ead9")
    view.block(-2.4, -2.6, 0, 4.8, 3.6, 0.22, trim)
    view.block(-2.2, -2.4, 0.22, 4.4, 3.2, 2.0, wall)
    view.windows(-2.2, -2.4, 0.22, 4.4, 3.2, 2.0, 2, 4)
    view.block(-2.3, -2.5, 2.22, 4.6, 3.4, 0.14, trim)
    view.block(-1.7, -2.1, 2.36, 3.2, 2.4, 1.8, brighten(wall, 0.03))
    view.windows(-1.7, -2.1, 2.36, 3.2, 2.4, 1.8, 2, 3)
    view.block(-1.8, -2.2, 4.16, 3.4, 2.6, 0.14, trim)
    view.block(-1.0, -1.8, 4.3, 0.9, 0.8, 0.5, brighten(wall, -0.08))
    view.block(0.4, -1.5, 4.3, 0.6, 0.6, 0.34, trim)
    door = (view.at(-0.5, 0.8, 0.22), view.at(0.3, 0.8, 0.22), view.at(0.3, 0.8, 1.15), view.at(-0.5, 0.8, 1.15))
    stage.sheet.add(polygon(door, stage.palette.lit("#6b4a3c")))
    mast = view.at(1.2, -1.9, 4.3)
    stage.sheet.add(
        path(
            f"M{num(mast[0])} {num(mast[1])}v{num(-view.unit * 1.1)}",
            "none",
            stroke=stage.palette.lit("#59606c"),
            stroke_width=3.5,
        )
    )

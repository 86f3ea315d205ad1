"""Where the subjects of a picture stand: the hero on a third, its companions beside it."""

from __future__ import annotations

from imagebuild_sketch.brief import Figure
from imagebuild_sketch.pen import ellipse
from imagebuild_sketch.stage import Stage
from imagebuild_sketch.wordset import wordset

__all__ = ["AIRBORNE", "FLOATING", "beside", "draw_airborne", "draw_group", "is_airborne", "stand_in"]

AIRBORNE = wordset(
    "balloon hot-air-balloon airplane plane helicopter kite ufo rocket satellite butterfly drone dragonfly "
    "bee dragon airship"
)
"""Names of subjects that fly."""

FLOATING = wordset("boat sailboat ship submarine whale dolphin shark fish turtle octopus jellyfish")
"""Names of subjects that belong into water."""

_HEIGHTS = {"building": 1.2, "space": 1.1, "plant": 1.1, "vehicle": 0.98, "animal": 0.86, "person": 1.0, "food": 0.8}


def is_airborne(figure: Figure) -> bool:
    """Whether a subject flies."""
    return figure.subject.name.replace(" ", "-") in AIRBORNE


def stand_in(stage: Stage, share: float) -> float:
    """The side of the hero's box for its kind."""
    hero = stage.brief.hero
    share *= stage.chance.child("size").between(0.94, 1.05)
    return stage.hero_size(share * _HEIGHTS.get(hero.subject.kind, 0.9) if hero else share)


def beside(hero: Figure, other: Figure) -> bool:
    """Whether a companion is a thing that a person could hold, and so is small beside one."""
    return (
        hero.subject.kind == "person" and other.subject.kind in ("object", "food") and other.subject.name not in _LARGE
    )


_BESIDE = {"building": 0.8, "plant": 0.46}
_LARGE = wordset("sofa bed desk table bench bookshelf door chair server television")


def draw_group(stage: Stage, figures: tuple[Figure, ...], x: float, ground: float, size: float) -> None:
    """The hero at ``x``, further ones and further subjects to its sides, smaller and a little behind."""
    if not figures:
        return
    hero, width = figures[0], stage.frame.width
    room = min(size * 0.82, width * 0.3)
    side = 1 if x < width / 2 else -1
    for index, other in reversed(list(enumerate(figures[1:4]))):
        step = (index // 2 + 1) * room * (side if index % 2 == 0 else -side)
        both = hero.subject.kind == other.subject.kind == "person"
        small = size * (0.4 if beside(hero, other) else _BESIDE.get(other.subject.kind, 0.94 if both else 0.62))
        _one(stage, other, min(max(x + step, small * 0.4), width - small * 0.4), ground - size * 0.035, small)
    extra = min(hero.count, 7) - 1
    for index in reversed(range(extra)):
        far = index // 2 + 1
        step = far * room * 0.92 * (side if index % 2 == 0 else -side)
        small = size * (1 - 0.14 * far)
        if -small * 0.3 < x + step < width + small * 0.3:
            _one(stage, hero, x + step, ground - size * 0.05 * far, small)
    _one(stage, hero, x, ground, size)


def _one(stage: Stage, figure: Figure, x: float, ground: float, size: float) -> None:
    if not is_airborne(figure):
        stage.shadow(x, ground - size * 0.01, size * 0.95, 0.5)
        stage.put(figure, x, ground, size)
        return
    stage.put(figure, x, ground - size * 0.35, size * 0.8)


def draw_airborne(stage: Stage, figure: Figure, horizon: float) -> None:
    """A flying hero in the upper part of the picture, with smaller ones further away."""
    chance = stage.chance.child("air")
    width, height = stage.frame.width, stage.frame.height
    size = stage.hero_size(0.5)
    x, foot = width * chance.between(0.6, 0.68), height * 0.16 + size * 0.92
    extra = min(figure.count, 9) - 1
    places = (
        (0.24, 0.52, 0.5),
        (0.42, 0.3, 0.28),
        (0.88, 0.34, 0.24),
        (0.1, 0.24, 0.2),
        (0.34, 0.66, 0.17),
        (0.78, 0.72, 0.3),
        (0.52, 0.6, 0.14),
        (0.94, 0.6, 0.16),
    )
    for px, py, share in reversed(places[:extra]):
        small = size * share
        stage.put(
            figure,
            width * px,
            horizon * py + small,
            small,
            colour=_varied(stage, figure, int(px * 100)),
            distance=0.5 * (1 - share * 1.6),
        )
    glow = stage.sheet.glow(stage.palette.lamp, 0.22)
    stage.sheet.add(ellipse(x, foot - size * 0.5, size * 0.9, size * 0.8, glow))
    stage.put(figure, x, foot, size)


def _varied(stage: Stage, figure: Figure, seed: int) -> str | None:
    if figure.colour:
        return None
    return (stage.palette.accent, stage.palette.second, "#3f8fb0", "#e9b949", "#c8556b")[seed % 5]

"""A stylised bust: face, hair, clothes in the colour the prompt names, a calm ground with a disc of light."""

from __future__ import annotations

from msgspec import Struct

from imagebuild_sketch.brief.token import colour_at
from imagebuild_sketch.brief.vocabulary import COLOURS, PERSONS
from imagebuild_sketch.colour import brighten, from_oklch, mix
from imagebuild_sketch.pen import circle, ellipse, path, rect
from imagebuild_sketch.scene.spot import soft_ground
from imagebuild_sketch.stage import Stage
from imagebuild_sketch.wordset import wordset

__all__ = ["draw_bust", "draw_portrait"]

_HAIR_WORDS = frozenset(("hair", "haired", "beard", "curls"))
_CLOTHES = wordset("jacket shirt coat dress sweater hoodie suit scarf jumper blouse pullover raincoat hat top")
_MALE = wordset("man boy gentleman father grandfather king prince wizard businessman actor pirate")
_OLD = wordset("old elderly grandmother grandfather grandma grandpa senior wizard")
_HAIRS = ("#2b2220", "#4a2f22", "#6e4327", "#a9682f", "#d0a25a", "#1f1c22")
_SKINS = ("#f3cdb0", "#e6b18c", "#c88d66", "#a06a48", "#7a4c34", "#f0c3a0")


class _Looks(Struct, frozen=True):
    skin: str
    hair: str
    cloth: str
    style: str
    beard: bool
    glasses: bool


def draw_portrait(stage: Stage) -> None:
    """A bust before a plain ground; animals and things stand in its place when the prompt has them."""
    width, height, sheet = stage.frame.width, stage.frame.height, stage.sheet
    ground, shape = soft_ground(stage)
    looks = _looks(stage)
    shape = mix(shape, from_oklch(0.8, 0.07, 220), 0.35) if stage.brief.hero is None else shape
    if looks.cloth == stage.palette.accent:
        ground = stage.palette.paper
    sheet.add(
        rect(
            0,
            0,
            width,
            height,
            sheet.radial(
                (0, brighten(ground, 0.03), 1),
                (1, brighten(mix(ground, shape, 0.5), -0.03), 1),
                x=0.35,
                y=0.3,
                radius=0.9,
            ),
        )
    )
    unit = min(width, height)
    x, y = width / 2, height - unit * 0.56
    sheet.add(
        circle(
            x, y, unit * 0.38, sheet.linear((0, brighten(shape, 0.04), 1), (1, brighten(shape, -0.04), 1), slant=0.6)
        )
    )
    draw_bust(stage, x, height, unit)


def draw_bust(stage: Stage, x: float, foot: float, size: float) -> None:
    """The person, or the hero when it is no person, cut off by the lower edge at ``foot``."""
    hero = stage.brief.hero
    if hero is not None and hero.subject.kind != "person" and not stage.brief.features & PERSONS:
        stage.shadow(x, foot - size * 0.1, size * 0.6, 0.35)
        stage.put(hero, x, foot - size * 0.09, size * 0.72)
        return
    stage.sheet.add(stage.standing(_person(stage, _looks(stage)), x, foot, size))


def _looks(stage: Stage) -> _Looks:
    words, chance = stage.brief.words, stage.chance.child("looks")
    found: dict[str, str] = {}
    for at in range(len(words)):
        named = colour_at(words, at)
        if not named:
            continue
        for word in words[at + named[1] : at + named[1] + 3]:
            if word in _HAIR_WORDS:
                found.setdefault("hair", COLOURS[named[0]])
            elif word in _CLOTHES:
                found.setdefault("cloth", COLOURS[named[0]])
    for word, colour in (
        ("blonde", "#dcb268"),
        ("blond", "#dcb268"),
        ("brunette", "#4a2f22"),
        ("redhead", "#b4532a"),
        ("ginger", "#b4532a"),
    ):
        if word in words:
            found.setdefault("hair", colour)
    male = any(word in _MALE for word in words)
    old = any(word in _OLD for word in words)
    hair = found.get("hair") or ("#d5d3d0" if old else chance.pick(_HAIRS))
    rest = [colour for colour in stage.brief.colours if colour != found.get("hair")]
    style = "short" if male else "child" if "child" in words or "kid" in words else chance.pick(("bob", "long", "bun"))
    for word, name in (("long", "long"), ("bun", "bun"), ("bob", "bob"), ("short", "short"), ("bald", "bald")):
        style = name if word in words else style
    return _Looks(
        skin=stage.palette.lit(chance.pick(_SKINS)),
        hair=stage.palette.lit(hair),
        cloth=stage.palette.lit(found.get("cloth") or (rest[0] if rest else stage.palette.accent)),
        style=style,
        beard="beard" in words or "bearded" in words or (male and old),
        glasses="glasses" in words or "spectacles" in words or (old and not male),
    )


def _person(stage: Stage, looks: _Looks) -> str:
    skin, hair, cloth = looks.skin, looks.hair, looks.cloth
    shade = brighten(mix(skin, "#b0503c", 0.22), -0.07)
    linear, flat = stage.sheet.linear, stage.flat
    face = (
        skin
        if flat
        else linear((0, brighten(skin, 0.02), 1), (0.6, skin, 1), (1, mix(skin, shade, 0.6), 1), across=True)
    )
    locks = (
        hair
        if flat
        else linear((0, brighten(hair, 0.09), 1), (0.6, hair, 1), (1, brighten(hair, -0.04), 1), across=True)
    )
    coat = cloth if flat else linear((0, brighten(cloth, 0.05), 1), (1, brighten(cloth, -0.09), 1), across=True)
    parts = [_hair_behind(looks, locks)]
    parts.append(path("M43 52L42.5 68Q50 76 57.5 68L57 52Z", shade))
    parts.append(path("M8 100Q10 77 27 72.5L42 66Q50 75 58 66L73 72.5Q90 77 92 100Z", coat))
    parts.append(path("M42 65.5Q50 77 58 65.5L59.5 69Q50 82 40.5 69Z", skin))
    inner = mix("#fbf7ef", cloth, 0.12)
    parts.append(path("M40.5 69Q50 82 59.5 69L61 76L50 100L39 76Z", inner))
    collar = brighten(cloth, 0.07)
    parts.append(
        path("M40.8 66.5L33 71.5L41 87L50 100L44 82Z", collar)
        + path("M59.2 66.5L67 71.5L59 87L50 100L56 82Z", brighten(cloth, -0.02))
    )
    fold = brighten(cloth, -0.11)
    parts.append(
        path("M22 88Q25 94 24 100M78 88Q75 94 76 100", "none", stroke=fold, stroke_width=0.9, stroke_linecap="round")
    )
    parts.append(ellipse(34.6, 45, 2.6, 3.6, skin) + ellipse(65.4, 45, 2.6, 3.6, shade))
    parts.append(
        path(
            "M34.5 37Q34 22 50 22Q66 22 65.5 37Q66 48 61.5 55Q55.5 62.5 50 62.5Q44.5 62.5 38.5 55Q34 48 34.5 37Z", face
        )
    )
    parts.append(_features(looks, shade))
    parts.append(_hair_before(looks, locks))
    return "".join(parts)


def _features(looks: _Looks, shade: str) -> str:
    hair, dark = looks.hair, "#33262a"
    brow = brighten(hair, -0.08)
    parts = [
        ellipse(40.2, 50.5, 3.6, 2.3, "#e8746a", fill_opacity=0.26),
        ellipse(59.8, 50.5, 3.6, 2.3, "#e8746a", fill_opacity=0.3),
    ]
    for x in (43, 57):
        parts.append(
            ellipse(x, 44.4, 2.5, 1.75, "#fffdf8")
            + circle(x + 0.2, 44.5, 1.5, dark)
            + circle(x - 0.3, 44.0, 0.45, "#ffffff")
        )
        parts.append(
            path(
                f"M{x - 2.8} 43.9Q{x} 41.6 {x + 2.8} 43.9",
                "none",
                stroke=dark,
                stroke_width=0.75,
                stroke_linecap="round",
            )
        )
        parts.append(
            path(
                f"M{x - 3.3} 39.7Q{x} 37.9 {x + 3.2} 39.5",
                "none",
                stroke=brow,
                stroke_width=1.15,
                stroke_linecap="round",
            )
        )
    parts.append(
        path(
            "M50.4 43.5Q52.6 49.4 51.6 51Q50.2 51.9 48.6 51.1",
            "none",
            stroke=shade,
            stroke_width=1,
            stroke_linecap="round",
        )
    )
    if looks.beard:
        parts.append(
            path("M35 47Q37 53 43 53Q50 51 57 53Q63 53 65 47Q66 58 60 64Q50 71 40 64Q34 58 35 47Z", looks.hair)
        )
    parts.append(
        path(
            "M45.4 55.4Q50 58.9 54.6 55.4Q50 57 45.4 55.4Z",
            "#b4484a",
            stroke="#b4484a",
            stroke_width=0.8,
            stroke_linejoin="round",
        )
    )
    if looks.glasses:
        line: dict[str, str | float] = {"stroke": "#4a3a3a", "stroke_width": 0.8}
        parts.append(circle(43, 44.5, 4.7, "none", **line) + circle(57, 44.5, 4.7, "none", **line))
        parts.append(path("M47.7 44Q50 42.8 52.3 44", "none", **line))
    return "".join(parts)


def _hair_behind(looks: _Looks, fill: str) -> str:
    if looks.style == "long":
        return path("M31 40Q29 16 50 16Q71 16 69 40Q69 58 74 74Q66 80 60 76L40 76Q34 80 26 74Q31 58 31 40Z", fill)
    if looks.style in ("bob", "child"):
        return path("M31 40Q29 16 50 16Q71 16 69 40Q71 54 67 62Q58 66 50 64Q42 66 33 62Q29 54 31 40Z", fill)
    if looks.style == "bun":
        return circle(52, 14.5, 8.2, fill) + path("M32 40Q31 18 50 17Q69 18 68 40L66 48H34Z", fill)
    return ""


def _hair_before(looks: _Looks, fill: str) -> str:
    if looks.style == "bald":
        return ""
    if looks.style == "short":
        return path("M33.4 41Q30.5 17 50.5 16.5Q70 17 66.6 41Q65.5 34 62 30Q52 33 41 28.5Q35.5 32 33.4 41Z", fill)
    if looks.style == "child":
        return path("M33 41Q32 18 50 17Q68 18 67 41Q64 32 61 32.5Q50 35.5 39 32.5Q35.5 33 33 41Z", fill)
    return path("M32.6 46Q30.5 18 50 17.5Q69.5 18 67.4 46Q66 33 55 25.5Q47 36 32.6 46Z", fill)

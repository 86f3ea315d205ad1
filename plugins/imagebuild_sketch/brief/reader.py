"""Reads a prompt: words, then what each of them says about the picture. Pure, quick, and never at a loss."""

from __future__ import annotations

from collections.abc import Sequence

from imagebuild_sketch.brief.brief import Brief, Figure
from imagebuild_sketch.brief.noun import figures_in, land_colour, taken_places
from imagebuild_sketch.brief.token import meanings, tokens
from imagebuild_sketch.brief.vocabulary import (
    COLOURS,
    FEATURES,
    FORMS,
    MOODS,
    PERSONS,
    PLACES,
    SEASONS,
    STYLES,
    TIMES,
    WEATHER,
    Table,
)
from imagebuild_sketch.subject import Subject
from imagebuild_sketch.wordset import wordset

__all__ = ["read"]


def read(prompt: str) -> Brief:
    """What the prompt asks for."""
    words = tokens(prompt)
    places = list(meanings(words, PLACES))
    form = next((meaning for _, meaning in meanings(words, FORMS)), None)
    style = _first(words, STYLES) or "illustration"
    figures, free_colours = figures_in(words, taken_places(words))
    weather = _first(words, WEATHER)
    season = _first(words, SEASONS)
    features = frozenset(meaning for _, meaning in meanings(words, FEATURES))
    scene = _scene(words, form, [meaning for _, meaning in places], figures, style)
    mood = _first(words, MOODS)
    if scene == "portrait":
        features |= frozenset(word for word in words if word in PERSONS)
    return Brief(
        prompt=prompt,
        words=words,
        scene=scene,
        figures=_without_setting(figures, scene, features),
        colours=tuple(COLOURS[name] for name in free_colours),
        colour_names=tuple(free_colours),
        time=_first(words, TIMES)
        or ("dusk" if mood == "magical" and scene in ("forest", "landscape", "city") else "day"),
        timed=_first(words, TIMES) is not None,
        season=season,
        weather=weather,
        style=style,
        mood=mood,
        features=features,
        ground=land[1] if (land := land_colour(words)) else None,
    )


def _first(words: Sequence[str], table: Table) -> str | None:
    return next((meaning for _, meaning in meanings(words, table)), None)


def _scene(words: Sequence[str], form: str | None, places: Sequence[str], figures: Sequence[Figure], style: str) -> str:
    strong = [place for place in places if place != "landscape"]
    figures = [figure for figure in figures if figure.subject.name not in _SETTING] or figures
    hero = figures[0].subject if figures else None
    if form and not (form == "abstract" and hero):
        return form
    if style == "isometric":
        return "isometric"
    if hero is None and any(word in PERSONS for word in words) and not strong:
        return "portrait"
    if strong[:1] == ["table"] and hero and hero.kind == "person":
        return "landscape" if "picnic" in words else "interior"
    if strong:
        return strong[0]
    if places:
        return "sea" if hero and hero.habitat and hero.habitat[0] == "sea" and hero.kind != "animal" else "landscape"
    if hero is None or style in ("line", "minimal") or (style == "watercolor" and not _outdoors(words)):
        return "spot"
    still = all(figure.subject.kind in ("object", "symbol", "nature", "food") for figure in figures)
    if _outdoors(words) and hero.habitat[:1] == ("landscape",):
        return "landscape"
    if hero.kind in ("object", "symbol", "nature") or (still and len(figures) > 1):
        return "spot" if "space" not in hero.habitat[:1] else "space"
    if hero.kind == "food":
        return "table"
    if hero.kind == "person":
        alone = len(figures) == 1 and figures[0].count == 1 and hero.name in _ANYBODY
        if alone and any(word in PERSONS for word in words):
            return "portrait"
        return "spot" if hero.habitat[0] == "interior" and not _outdoors(words) else _open_place(hero)
    if hero.kind == "plant" and not _outdoors(words):
        return "spot"
    return hero.habitat[0] if hero.habitat and hero.habitat[0] != "product" else "spot"


_ANYBODY = wordset("woman man child girl boy person portrait")
"""People told by nothing but their looks: alone they sit for a portrait."""


def _open_place(hero: Subject) -> str:
    return hero.habitat[0] if hero.habitat[0] in ("space", "forest", "city") else "landscape"


def _outdoors(words: Sequence[str]) -> bool:
    return any(True for table in (TIMES, SEASONS, WEATHER) for _ in meanings(words, table))


_SETTING = wordset(
    "sun moon star mountain cloud planet sea lake room desk table hill rainbow snowflake galaxy beach island "
    "bookshelf window fireplace"
)
"""Subjects that are the setting where a scene has one."""


def _without_setting(figures: Sequence[Figure], scene: str, features: frozenset[str]) -> tuple[Figure, ...]:
    """Leave to the scene what it draws itself, unless nothing else is there to be the hero of a close view."""
    if scene == "portrait" and features & PERSONS:
        return tuple(figure for figure in figures if figure.subject.kind == "person")
    if scene in ("emblem", "pattern", "spot", "diagram", "product"):
        rest = tuple(figure for figure in figures if figure.subject.name not in _SETTING)
        return rest or tuple(figures)
    return tuple(
        figure
        for figure in figures
        if figure.subject.name not in _SETTING and not (scene == "forest" and figure.subject.name in ("tree", "pine"))
    )

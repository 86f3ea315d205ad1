"""The nouns of a prompt: which subjects it names, in which colours, and how many."""

from __future__ import annotations

from collections.abc import Sequence

from imagebuild_sketch import subject
from imagebuild_sketch.brief.brief import Figure
from imagebuild_sketch.brief.token import colour_at, matches
from imagebuild_sketch.brief.vocabulary import COLOURS, FORMS, NUMBERS, PLACES, STYLES
from imagebuild_sketch.wordset import wordset

__all__ = ["figures_in", "land_colour", "taken_places"]

_LOOK_AHEAD = 4
_JOINTS = wordset("in on at by with under over near behind before against of and from is are , . ; :")
_KEPT = wordset("market farm skyscraper skyscrapers sofa cactus bottle volcano palm")


def taken_places(words: Sequence[str]) -> set[int]:
    """Places of words that say form, style or setting and therefore name no subject: the app of an app icon."""
    taken: set[int] = set()
    for table in (FORMS, STYLES, PLACES):
        for at, length, _ in matches(words, table):
            taken.update(at + step for step in range(length) if words[at + step] not in _KEPT)
    return taken


_LAND = wordset("hill hills grass field fields meadow meadows land mountains valley dunes desert ground lawn pasture")


def land_colour(words: Sequence[str]) -> tuple[int, str] | None:
    """Where a colour is that belongs to the land, and the colour: green hills."""
    for at in range(len(words)):
        named = colour_at(words, at)
        if named and any(word in _LAND for word in words[at + named[1] : at + named[1] + 2]):
            return at, COLOURS[named[0]]
    return None


def figures_in(words: tuple[str, ...], taken: set[int]) -> tuple[list[Figure], list[str]]:
    """The subjects with their colours and counts, and the names of the colours that belong to none."""
    land = land_colour(words)
    colours: dict[str, str] = {}
    counts: dict[str, int] = {}
    free: list[str] = []
    at = 0
    while at < len(words):
        named = colour_at(words, at)
        if named and not (named[0] == words[at] and _is_noun(words, at)):
            owner = _owner(words, at + named[1]) or _described(words, at)
            if owner and owner.name not in colours:
                colours[owner.name] = named[0]
            elif not owner and named[0] not in free and not (land and land[0] == at):
                free.append(named[0])
            at += named[1]
            continue
        if words[at] in NUMBERS and (owner := _owner(words, at + 1)):
            counts.setdefault(owner.name, NUMBERS[words[at]])
        at += 1
    found = subject.find([word if at not in taken and not _owns(words, at) else "," for at, word in enumerate(words)])
    if any(one.name in _BUSY for one in found):
        found = [one for one in found if one.name not in _ANYBODY]
    figures: list[Figure] = []
    for one in found:
        name = colours.get(one.name)
        several = _HERDS.get(one.name, 3) if _is_plural(words, one) else 1
        alive = one.kind in ("person", "animal") and not figures
        count = counts.get(one.name) or (several if len(found) == 1 else min(several, 2) if alive else 1)
        figures.append(Figure(one, COLOURS[name] if name else None, name, count))
    return figures, free


_BUSY = frozenset(
    ("desk worker", "team", "meditation", "cyclist", "dancer", "family", "handshake", "teacher", "barista", "chef")
)
"""People at something: a woman with them is the one who does it."""
_ANYBODY = wordset("woman man person child girl boy")


def _is_noun(words: Sequence[str], at: int) -> bool:
    """Whether the word of a colour is part of a name: an orange, a cherry tree."""
    alone = [words[at]] if at + 1 == len(words) else words[at : at + 2]
    return bool(subject.find([words[at]])) or subject.find(alone) != subject.find(words[at + 1 : at + 2])


def _owns(words: Sequence[str], at: int) -> bool:
    """Whether a person is named only for what is theirs: the knight of "a knight's shield"."""
    theirs = words[at + 2 : at + 4]
    named = subject.find([words[at]]) if tuple(words[at + 1 : at + 2]) == ("s",) and theirs else []
    return bool(named) and named[0].kind == "person" and bool(subject.find(theirs))


def _owner(words: Sequence[str], start: int) -> subject.Subject | None:
    """The subject that an adjective before ``start`` belongs to: the next noun, not beyond a preposition."""
    ahead: list[str] = []
    for word in words[start : start + _LOOK_AHEAD]:
        if word in _JOINTS:
            break
        ahead.append(word)
    found = subject.find(ahead)
    return found[0] if found else None


def _described(words: Sequence[str], at: int) -> subject.Subject | None:
    """The subject before ``at`` in "the car is red" and "a car painted blue"."""
    if at and words[at - 1] in ("is", "are", "painted", "coloured", "colored"):
        found = subject.find(words[max(0, at - _LOOK_AHEAD) : at - 1])
        return found[-1] if found else None
    return None


_HERDS = {"flower": 5, "tulip": 5, "rose": 5, "tree": 4, "hot air balloon": 6, "fish": 5, "bird": 5, "balloon": 5}
"""How many a plural without a number means."""


def _is_plural(words: Sequence[str], one: subject.Subject) -> bool:
    last_words = {name.replace("-", " ").split()[-1] for name in one.words}
    forms = {word for last in last_words for word in (last + "s", last + "es", last[:-1] + "ies", last[:-1] + "ves")}
    return any(word in forms and word not in last_words for word in words) or (
        one.name == "fish" and "underwater" in words
    )

"""One sentence saying what was understood, for the record's revised prompt."""

from __future__ import annotations

from imagebuild_sketch.brief.brief import Brief, Figure
from imagebuild_sketch.brief.vocabulary import PERSONS

__all__ = ["describe"]

_SCENES = {
    "landscape": "in a landscape", "forest": "in a forest", "city": "in a city", "sea": "by the sea",
    "space": "in space", "interior": "in a room", "table": "on a table", "portrait": "as a portrait",
    "product": "as a product picture", "emblem": "as an emblem", "pattern": "as a repeating pattern",
    "abstract": "as an abstract composition", "diagram": "as a diagram", "isometric": "in isometric view",
    "spot": "as a spot illustration",
}  # fmt: skip
_ALONE = {
    "landscape": "a landscape", "forest": "a forest", "city": "a city", "sea": "the sea", "space": "open space",
    "interior": "a room", "abstract": "flowing shapes", "isometric": "an isometric building",
}  # fmt: skip
"""What a scene is when nothing stands in it."""
_TIMES = {"night": "at night", "dusk": "at dusk", "sunset": "at sunset", "dawn": "at dawn"}
_NUMBERS = ("no", "a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def describe(brief: Brief, *, transparent: bool = False) -> str:
    """Such as: a red car, in a city, at night, flat style."""
    person = next((word for word in brief.words if word in PERSONS), None) if brief.scene == "portrait" else None
    subjects = f"a {person}" if person else " and ".join(_figure(figure) for figure in brief.figures[:3])
    place = "on a transparent ground" if transparent else _SCENES[brief.scene]
    if not subjects and brief.scene in _ALONE and not transparent:
        scenery = [feature for feature in ("mountain", "lake", "desert", "garden", "village") if brief.has(feature)]
        ground = next(
            (word for word in ("texture", "gradient") if word in brief.words and brief.scene == "abstract"), None
        )
        parts = [
            f"a {ground}" if ground else _ALONE[brief.scene] + (f" with {' and '.join(scenery)}" if scenery else "")
        ]
    else:
        parts = [subjects or "a motif of its own", place]
    if brief.colour_names:
        parts.append("in " + " and ".join(name.replace("-", " ") for name in brief.colour_names[:4]))
    parts += [_TIMES[brief.time]] if brief.time in _TIMES else []
    parts += [f"in {brief.season}"] if brief.season else []
    parts += [f"{brief.weather} weather"] if brief.weather else []
    parts += [f"{brief.mood} mood"] if brief.mood else []
    parts += [f"{brief.style} style"] if brief.style != "illustration" else []
    return ", ".join(parts)


def _figure(figure: Figure) -> str:
    name = " ".join(part for part in (figure.colour_name, figure.subject.name) if part).replace("-", " ")
    if figure.subject.name in _WITHOUT_ARTICLE:
        return name
    if figure.count == 1:
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
    number = _NUMBERS[figure.count] if figure.count < len(_NUMBERS) else "many"
    return f"{number} {_plural(name)}"


_WITHOUT_ARTICLE = frozenset(("headphones", "books", "building blocks", "meditation", "bread"))
_IRREGULAR = {"child": "children", "man": "men", "woman": "women", "person": "people"}


def _plural(name: str) -> str:
    *before, last = name.split()
    if last in _IRREGULAR:
        return " ".join((*before, _IRREGULAR[last]))
    if name.endswith(("s", "sh", "deer", "sheep")):
        return name
    return name[:-1] + "ves" if name.endswith("leaf") else name + ("es" if name.endswith(("x", "ch")) else "s")

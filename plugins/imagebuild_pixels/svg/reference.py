"""How large a drawing becomes once all that it refers to is put in place: the bound on drawings that multiply."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from imagebuild.errors import StepError
from imagebuild_pixels.svg import css
from imagebuild_pixels.svg.cleaner import Cleaned
from imagebuild_pixels.svg.node import Element

__all__ = ["MAX_DRAWN", "MAX_NESTED", "check_references"]

MAX_DRAWN = 1_000_000
"""Elements, counting each as often as it is referred to."""

MAX_NESTED = 200
"""How deep elements may stand in each other, references included."""

_EXPANDING = frozenset(["use", "pattern", "linearGradient", "radialGradient", "filter", "feImage", "textPath"])
"""Elements whose link puts another one in their place or makes it part of them."""

_UNPAINTED = re.compile(r"stop|linearGradient|radialGradient|filter|fe[A-Z].*|defs|title|desc|style")
"""Elements on which a paint or an effect has no bearing, though a rule for all elements names them."""

_LAST = re.compile(r"[^\s>+~]+$")
_PART = re.compile(r"([.#]?)([\w-]+)")
_IN_BRACKETS = re.compile(r"\[[^\]]*\]|:[\w-]+(?:\([^()]*\))?")


def check_references(cleaned: Cleaned, target: str) -> None:
    """Raises ``StepError`` for a drawing that refers to itself or multiplies beyond the bounds."""
    named: dict[str, Element] = {}
    for element in cleaned.root.all():
        named.setdefault(element.attributes.get("id", ""), element)
    rules = [(selector, named[name]) for selector, name in cleaned.style_uses if name in named]
    drawn: dict[int, tuple[int, int]] = {}
    opened: set[int] = set()
    waiting: list[tuple[Element, list[Element] | None]] = [(cleaned.root, None)]
    while waiting:
        element, within = waiting.pop()
        if id(element) in drawn:
            continue
        if within is None:
            if id(element) in opened:
                continue
            opened.add(id(element))
            within = [*element.elements(), *_targets(element, named, rules)]
            waiting.append((element, within))
            for other in within:
                if id(other) in opened and id(other) not in drawn:
                    name = other.attributes.get("id", other.name)
                    raise StepError(f"'{target}' holds '{name[:40]}', which refers to itself", hint="end the circle")
                waiting.append((other, None))
        else:
            drawn[id(element)] = _sum([drawn[id(other)] for other in within], target)


def _sum(parts: Sequence[tuple[int, int]], target: str) -> tuple[int, int]:
    count = 1 + sum(part[0] for part in parts)
    depth = 1 + max((part[1] for part in parts), default=0)
    if count > MAX_DRAWN:
        raise StepError(f"'{target}' draws more than {MAX_DRAWN} elements", hint="simplify what it repeats")
    if depth > MAX_NESTED:
        raise StepError(f"'{target}' is nested deeper than {MAX_NESTED} elements", hint="simplify what it refers to")
    return count, depth


def _targets(element: Element, named: dict[str, Element], rules: Iterable[tuple[str, Element]]) -> list[Element]:
    """The elements that are drawn wherever this one is."""
    names: list[str] = []
    for name, value in element.attributes.items():
        if name in ("href", "xlink:href"):
            names += [value[1:]] if element.name in _EXPANDING and value.startswith("#") else []
        elif not _UNPAINTED.fullmatch(element.name):
            names += css.fragments(value)
    found = [named[name] for name in names if name in named]
    if _UNPAINTED.fullmatch(element.name):
        return found
    return found + [other for selector, other in rules if _matches(selector, element)]


def _matches(selector: str, element: Element) -> bool:
    """Whether a rule may apply: by the last part of each selector, and never too seldom."""
    classes = element.attributes.get("class", "").split()
    for single in _IN_BRACKETS.sub("", selector).split(","):
        last = _LAST.search(single.strip())
        parts = _PART.findall(last[0] if last else "")
        if all(
            name in classes if sign == "." else name == (element.attributes.get("id") if sign else element.name)
            for sign, name in parts
        ):
            return True
    return False

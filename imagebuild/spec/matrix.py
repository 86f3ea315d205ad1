"""Variants of a target: every combination of its axes, less what is excluded."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Mapping as Map

from msgspec import Struct

from imagebuild.digest import Json
from imagebuild.spec.limit import Budget
from imagebuild.spec.node import Mapping, Node, Scalar, Sequence, kind_of
from imagebuild.spec.problem import Problems
from imagebuild.spec.shape import check_variable

__all__ = ["MOST_VARIANTS", "Variant", "slug_of", "variants_of"]

MOST_VARIANTS = 10_000
_LONGEST_VALUE = 200
_STEPS = 30  # what making one variant costs, in steps of templates
_OUTSIDE = re.compile(r"[^\w.-]+")


class Variant(Struct, frozen=True):
    """One combination: the value of each axis, axes in alphabetical order, and each value as the spec writes it."""

    values: Map[str, Json]
    texts: Map[str, str]

    def id(self, name: str) -> str:
        """``hero[season=spring]``, or just the name where there are no axes."""
        return f"{name}[{','.join(f'{axis}={text}' for axis, text in self.texts.items())}]" if self.texts else name

    def slug(self, name: str) -> str:
        """The id as file names carry it: ``hero-spring``."""
        return "-".join((name, *map(slug_of, self.texts.values())))


_SINGLE = Variant({}, {})


def slug_of(text: str) -> str:
    """``text``, composed (NFC), with everything but letters, digits, ``.``, ``_`` and ``-`` replaced by ``-``."""
    return _OUTSIDE.sub("-", unicodedata.normalize("NFC", text))


def variants_of(node: Node | None, name: str, problems: Problems, budget: Budget) -> list[Variant]:
    """The variants of target ``name``; none where its matrix is wrong."""
    if node is None or not isinstance(node, Mapping):
        budget.spend(_STEPS, 0)
        return [_SINGLE]
    axes = {axis: found for axis in sorted(node.entries) if (found := _axis(node, axis, problems)) is not None}
    broken = len(axes) < len(node.entries) - ("exclude" in node.entries)
    if not axes and not broken:
        problems.add(
            f"the matrix of target '{name}' has no axis", node, "for example: matrix: {season: [spring, autumn]}"
        )
        return []
    count = math.prod(map(len, axes.values()))
    if count > MOST_VARIANTS:
        hint = f"at most {MOST_VARIANTS} are allowed; split the target"
        problems.add(f"the matrix of target '{name}' has {count} variants", node, hint)
        return []
    if broken:
        return []
    budget.spend(count * _STEPS, 0)
    excluded = _exclusions(node.get("exclude"), axes, problems)
    used = [False] * len(excluded)
    variants = []
    for combination in itertools.product(*axes.values()):
        chosen = dict(zip(axes, combination, strict=True))
        out = False
        for index, (partial, _) in enumerate(excluded):
            if all(_same(chosen[axis], value) for axis, value in partial.items()):
                used[index] = out = True
        if not out:
            values: dict[str, Json] = {axis: scalar.value for axis, scalar in chosen.items()}
            variants.append(Variant(values, {axis: _written(scalar) for axis, scalar in chosen.items()}))
    for (_, entry), was_used in zip(excluded, used, strict=True):
        if not was_used:
            problems.add(
                f"this exclusion matches no variant of target '{name}'", entry, "compare it with the axes' values"
            )
    if not variants:
        problems.add(f"the matrix of target '{name}' excludes every variant", node)
    return variants


def _same(left: Scalar, right: Scalar) -> bool:
    return left.value == right.value and isinstance(left.value, str) == isinstance(right.value, str)


def _written(scalar: Scalar) -> str:
    return str(scalar.value).lower() if isinstance(scalar.value, bool) else scalar.text


def _axis(node: Mapping, axis: str, problems: Problems) -> list[Scalar] | None:
    if axis == "exclude":
        return None
    key, values = node.entries[axis]
    if not check_variable(key, "an axis", problems):
        return None
    if not isinstance(values, Sequence):
        problems.add(
            f"the axis '{axis}' must be a list of values, found {kind_of(values)}", values, f"write {axis}: [a, b]"
        )
        return None
    if not values.items:
        problems.add(f"the axis '{axis}' has no values", values, "give it one at least, or leave the axis out")
        return None
    if len(values.items) > MOST_VARIANTS:
        problems.add(
            f"the axis '{axis}' has {len(values.items)} values", values, f"at most {MOST_VARIANTS} are allowed"
        )
        return None
    seen: dict[Json, Scalar] = {}
    good = [item for item in values.items if isinstance(item, Scalar) and _is_value(item, axis, seen, problems)]
    for item in values.items:
        if not isinstance(item, Scalar):
            problems.add(f"a value of axis '{axis}' must be a text or number, found {kind_of(item)}", item)
    return good if len(good) == len(values.items) else None


def _is_value(item: Scalar, axis: str, seen: dict[Json, Scalar], problems: Problems) -> bool:
    text = _written(item)
    if item.value is None:
        problems.add(f"a value of axis '{axis}' is empty", item, "put 'null' in quotes if the word is meant")
    elif text in seen:
        problems.add(f"the value '{text[:60]}' of axis '{axis}' is given twice", item)
    elif not text or text != text.strip() or len(text) > _LONGEST_VALUE or any(map(_is_bad, text)):
        hint = f"values are at most {_LONGEST_VALUE} characters, without brackets, line breaks and space at the ends"
        problems.add(f"the value {text[:60]!r} cannot be part of an id", item, hint)
    else:
        seen[text] = item
        return True
    return False


def _is_bad(char: str) -> bool:
    return char in "[]" or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _exclusions(
    node: Node | None, axes: Map[str, list[Scalar]], problems: Problems
) -> list[tuple[dict[str, Scalar], Mapping]]:
    """Partial combinations that are right, each with its node."""
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return []
    if not isinstance(node, Sequence):
        problems.add(
            f"'exclude' must be a list of combinations, found {kind_of(node)}", node, "write exclude: [{axis: value}]"
        )
        return []
    found = []
    if len(node.items) * math.prod(map(len, axes.values())) > 100 * MOST_VARIANTS:
        problems.add("there are too many exclusions", node, "leave values out of the axes instead")
        return []
    for item in node.items:
        if not isinstance(item, Mapping) or not item.entries:
            problems.add(f"an exclusion must name values of axes, found {kind_of(item)}", item, "write {axis: value}")
            continue
        partial = {}
        for axis, (key, value) in item.entries.items():
            if axis not in axes:
                hint = problems.suggest(axis, axes, "axes: " + ", ".join(axes))
                problems.add(f"unknown axis '{axis[:60]}' in an exclusion", key, hint)
            elif not isinstance(value, Scalar):
                problems.add(f"an exclusion names one value an axis, found {kind_of(value)}", value)
            else:
                partial[axis] = value
        if len(partial) == len(item.entries):
            found.append((partial, item))
    return found

"""The filters and tests that a template may use: those that cannot make something large out of something small."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from imagebuild.digest import Json
from imagebuild.spec.limit import LONGEST_TEXT, TemplateError
from imagebuild.spec.value import Undefined, Value, bounded, compare, name_of, number, scalar, text_of

__all__ = ["FILTERS", "TESTS"]


def _items(value: Value, what: str) -> list[Json]:
    if isinstance(value, list | tuple | str):
        return list(value)
    if isinstance(value, Mapping):
        return list(value)
    raise TemplateError(f"'{what}' works on lists, and this is {name_of(value)}")


def _default(value: Value, other: Json = "", also_empty: bool = False) -> Json:
    if isinstance(value, Undefined):
        return other
    return other if also_empty and not value else value


def _join(value: Value, between: str = "") -> str:
    parts = [text_of(part) for part in _items(value, "join")]
    between = text_of(between)
    bounded(sum(map(len, parts)) + len(between) * max(0, len(parts) - 1))
    return between.join(parts)


def _replace(value: Value, old: str, new: str, count: int = -1) -> str:
    text, old, new = text_of(value), text_of(old), text_of(new)
    times = text.count(old)
    if count >= 0:
        times = min(times, count)
    bounded(len(text) + times * max(0, len(new) - len(old)))
    return text.replace(old, new, count)


def _truncate(value: Value, length: int = 255, killwords: bool = False, end: str = "...", leeway: int = 5) -> str:
    text, end = text_of(value), text_of(end)
    if len(text) <= length + leeway:
        return text
    cut = text[: max(0, length - len(end))]
    bounded(len(cut) + len(end))
    return (cut if killwords else cut.rsplit(" ", 1)[0]) + end


def _indent(value: Value, width: int = 4, first: bool = False, blank: bool = False) -> str:
    lines = text_of(value).splitlines()
    bounded(sum(map(len, lines)) + len(lines) * (max(0, min(width, LONGEST_TEXT + 1)) + 1))
    pad = " " * width
    return "\n".join(pad + line if (first or index) and (line or blank) else line for index, line in enumerate(lines))


def _center(value: Value, width: int = 80) -> str:
    bounded(width)
    return text_of(value).center(width)


def _title(value: Value) -> str:
    return "".join(
        part[:1].upper() + part[1:].lower() if part[:1].isalnum() else part for part in _words(text_of(value))
    )


def _words(text: str) -> list[str]:
    import re

    return re.split(r"([-\s({\[<]+)", text)


def _int(value: Value, default: int = 0) -> int:
    plain = scalar(value, "'int'")
    try:
        if isinstance(plain, str):
            if len(plain) > 64:
                return default
            return int(plain) if plain.strip().lstrip("+-").isdigit() else int(float(plain))
        return default if plain is None else int(plain)
    except (ValueError, OverflowError):
        return default


def _float(value: Value, default: float = 0.0) -> float:
    plain = scalar(value, "'float'")
    try:
        return default if plain is None or (isinstance(plain, str) and len(plain) > 64) else float(plain)
    except (ValueError, OverflowError):
        return default


def _round(value: Value, precision: int = 0, method: str = "common") -> float:
    import math

    if method not in ("common", "ceil", "floor") or not -20 <= precision <= 20:
        raise TemplateError("'round' takes 0 to 20 digits and 'common', 'ceil' or 'floor'")
    plain = number(value, "'round'")
    if method == "common":
        return float(round(plain, precision))
    way = math.ceil if method == "ceil" else math.floor
    return float(way(plain * 10**precision) / 10**precision)


def _key(*, case_sensitive: bool) -> Callable[[Json], str | int | float]:
    def key(item: Json) -> str | int | float:
        plain = scalar(item, "sorting")
        if isinstance(plain, str):
            return plain if case_sensitive else plain.lower()
        return number(plain, "sorting")

    return key


def _ordered(items: list[Json], *, case_sensitive: bool = False) -> list[Json]:
    try:
        return sorted(items, key=_key(case_sensitive=case_sensitive))
    except TypeError:
        raise TemplateError("numbers and texts cannot be put in order") from None


def _sort(value: Value, reverse: bool = False, case_sensitive: bool = False) -> list[Json]:
    items = _ordered(_items(value, "sort"), case_sensitive=case_sensitive)
    return items[::-1] if reverse else items


def _unique(value: Value, case_sensitive: bool = False) -> list[Json]:
    key = _key(case_sensitive=case_sensitive)
    seen: dict[str | int | float, Json] = {}
    for item in _items(value, "unique"):
        seen.setdefault(key(item), item)
    return list(seen.values())


def _end(value: Value, index: int, what: str) -> Value:
    items = _items(value, what)
    return items[index] if items else Undefined("the list is empty", 0, what)


def _extreme(value: Value, index: int, what: str) -> Value:
    return _end(_ordered(_items(value, what)), index, what)


def _length(value: Value) -> int:
    if isinstance(value, str | list | tuple | Mapping):
        return len(value)
    raise TemplateError(f"'length' works on texts, lists and blocks, and this is {name_of(value)}")


def _reverse(value: Value) -> Json:
    return value[::-1] if isinstance(value, str) else _items(value, "reverse")[::-1]


def _pairs(value: Value) -> list[Json]:
    if isinstance(value, Mapping):
        return [[key, item] for key, item in value.items()]
    raise TemplateError(f"'items' works on blocks of keys, and this is {name_of(value)}")


def _trim(value: Value, characters: str | None = None) -> str:
    return text_of(value).strip(characters)


def _text_filter(change: Callable[[str], str]) -> Callable[[Value], str]:
    def apply(value: Value) -> str:
        result = change(text_of(value))
        bounded(len(result))
        return result

    return apply


def _abs(value: Value) -> int | float:
    return abs(number(value, "'abs'"))


def _sum(value: Value) -> int | float:
    return sum(number(item, "'sum'") for item in _items(value, "sum"))


FILTERS: dict[str, Callable[..., Value]] = {
    "abs": _abs,
    "capitalize": _text_filter(str.capitalize),
    "center": _center,
    "count": _length,
    "d": _default,
    "default": _default,
    "first": lambda value: _end(value, 0, "first"),
    "float": _float,
    "indent": _indent,
    "int": _int,
    "items": _pairs,
    "join": _join,
    "last": lambda value: _end(value, -1, "last"),
    "length": _length,
    "list": lambda value: _items(value, "list"),
    "lower": _text_filter(str.lower),
    "max": lambda value: _extreme(value, -1, "max"),
    "min": lambda value: _extreme(value, 0, "min"),
    "replace": _replace,
    "reverse": _reverse,
    "round": _round,
    "sort": _sort,
    "string": text_of,
    "sum": _sum,
    "title": _title,
    "trim": _trim,
    "truncate": _truncate,
    "unique": _unique,
    "upper": _text_filter(str.upper),
    "wordcount": lambda value: len(text_of(value).split()),
}

TESTS: dict[str, Callable[..., bool]] = {
    "defined": lambda value: not isinstance(value, Undefined),
    "divisibleby": lambda value, by: compare("eq", number(value, "a test") % (number(by, "a test") or 1), 0),
    "eq": lambda value, other: compare("eq", value, other),
    "equalto": lambda value, other: compare("eq", value, other),
    "even": lambda value: number(value, "'even'") % 2 == 0,
    "false": lambda value: value is False,
    "ge": lambda value, other: compare("gteq", value, other),
    "gt": lambda value, other: compare("gt", value, other),
    "in": lambda value, box: compare("in", value, box),
    "iterable": lambda value: isinstance(value, str | list | tuple | Mapping),
    "le": lambda value, other: compare("lteq", value, other),
    "lt": lambda value, other: compare("lt", value, other),
    "mapping": lambda value: isinstance(value, Mapping),
    "ne": lambda value, other: compare("ne", value, other),
    "none": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float),
    "odd": lambda value: number(value, "'odd'") % 2 == 1,
    "sequence": lambda value: isinstance(value, str | list | tuple | Mapping),
    "string": lambda value: isinstance(value, str),
    "true": lambda value: value is True,
    "undefined": lambda value: isinstance(value, Undefined),
}

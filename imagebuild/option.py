"""Options of steps, checks and publishers as a table: reading, defaults, problems and documentation come from it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, Literal, TypeAlias

from msgspec import Struct

from imagebuild.colour import parse_colour
from imagebuild.digest import Json
from imagebuild.request import OptionProblem

__all__ = ["MAIN", "Configurable", "Option", "OptionKind", "ResolvedOptions", "read_ratio", "read_size"]

MAIN = ""
"""The name under which a bare value arrives (``crop: "16:9"``); it stands for the option that is ``main``."""

OptionKind: TypeAlias = Literal[
    "text", "number", "integer", "boolean", "choice", "size", "ratio", "bytes", "length", "colour", "file", "block"
]
"""What an option takes, and what ``apply`` finds:

text a ``str`` · number a ``float`` or ``int`` · integer an ``int`` · boolean a ``bool`` · choice one of ``choices`` ·
size ``1200x630`` in pixels, see :func:`read_size` · ratio ``16:9``, see :func:`read_ratio` · bytes ``300kB``, found as
an ``int`` · length pixels as an ``int`` or ``5%`` of the picture's shorter edge as a ``str`` · colour ``#rrggbb`` or
``#rrggbbaa`` · file ``{file: PATH}`` or ``{target: NAME}``, found in the context's ``files`` · block names with values.
"""

_UNITS = {"": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "kib": 1024, "mib": 1_048_576}
_BYTES = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmM]?i?[bB]?)")
_SIZE = re.compile(r"(\d{1,5})\s*[xX×]\s*(\d{1,5})")
_RATIO = re.compile(r"(\d{1,5}(?:\.\d{1,4})?)\s*[:/]\s*(\d{1,5}(?:\.\d{1,4})?)")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)\s*%")


class Option(Struct, frozen=True):
    """One option: its name, what it takes, what it is for in a sentence, and what holds when it is left out.

    ``default`` is as a spec would write it; None means that the option is then not set. ``least`` and ``most`` bound
    numbers, integers, bytes and lengths in pixels, and the length of a list where ``many``, which takes a list of such
    values or a single one. ``main`` is the option that a bare value stands for; at most one of a table is.
    ``trusted_only`` is one that names an address, a program, a key or a variable of the environment: an untrusted spec
    may not give it.
    """

    name: str
    kind: OptionKind
    doc: str
    default: Json = None
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    many: bool = False
    required: bool = False
    main: bool = False
    example: str = ""
    trusted_only: bool = False


class ResolvedOptions(Struct, frozen=True):
    """Options with every default explicit, and what is wrong with them. Options that are not set are left out."""

    options: Mapping[str, Json]
    problems: tuple[OptionProblem, ...] = ()


class Configurable:
    """What the spec can give options to.

    ``options`` is the table; :meth:`resolve` reads by it. Override :meth:`judge` for what a table cannot say.
    ``trusted_only`` says that it runs what the spec names, or acts in the name of whoever runs the build: an untrusted
    spec may not use it at all.
    """

    name: str
    options: ClassVar[tuple[Option, ...]] = ()
    trusted_only: ClassVar[bool] = False

    def resolve(self, options: Mapping[str, Json]) -> ResolvedOptions:
        """Make defaults explicit and find problems. Quick and pure; resolving what is resolved changes nothing."""
        found = _read(self.name, self.options, options)
        if not found.problems:
            return ResolvedOptions(found.options, tuple(self.judge(found.options)))
        return found

    def judge(self, options: Mapping[str, Json]) -> tuple[OptionProblem, ...] | list[OptionProblem]:
        """What is wrong with options that are each right, such as two that exclude each other."""
        return ()


def read_size(value: Json) -> tuple[int, int]:
    """Width and height of a size option: ``1200x630``. Raises ``ValueError``."""
    match = _SIZE.fullmatch(str(value).strip())
    if match is None or not int(match[1]) or not int(match[2]):
        raise ValueError(f"expected a size like 1200x630, found '{value}'")
    return int(match[1]), int(match[2])


def read_ratio(value: Json) -> float:
    """Width divided by height of a ratio option: ``16:9``. Raises ``ValueError``."""
    match = _RATIO.fullmatch(str(value).strip())
    number = float(match[1]) / float(match[2]) if match and float(match[2]) else _as_number(value)
    if number is None or not 0.001 <= number <= 1000:
        raise ValueError(f"expected a ratio like 16:9, found '{value}'")
    return number


def _read(owner: str, table: tuple[Option, ...], given: Mapping[str, Json]) -> ResolvedOptions:
    known = {option.name: option for option in table}
    options: dict[str, Json] = {}
    problems: list[OptionProblem] = []
    for name, value in _named(owner, table, given, problems).items():
        option = known.get(name)
        if option is None:
            problems.append(_unknown(owner, name, known))
        elif value is None:
            continue
        else:
            try:
                options[name] = _value(option, value)
            except ValueError as error:
                problems.append(OptionProblem(name, f"'{name}' of '{owner}': {error}", _hint(option)))
    broken = {problem.field for problem in problems}
    for option in table:
        if option.name in options or option.name in broken:
            continue
        if option.required:
            problems.append(OptionProblem(option.name, f"'{owner}' needs '{option.name}'", _hint(option)))
        elif option.default is not None:
            options[option.name] = _value(option, option.default)
    return ResolvedOptions(options, tuple(problems))


def _named(
    owner: str, table: tuple[Option, ...], given: Mapping[str, Json], problems: list[OptionProblem]
) -> dict[str, Json]:
    """The options by name, a bare value under that of the main option."""
    named = dict(given)
    if MAIN in named:
        value = named.pop(MAIN)
        main = next((option.name for option in table if option.main), None)
        if main is None:
            names = ", ".join(option.name for option in table)
            hint = f"its options: {names}" if names else "it takes no options"
            problems.append(OptionProblem(MAIN, f"'{owner}' takes a block of options, found '{value}'", hint))
        else:
            named[main] = value
    return named


def _unknown(owner: str, name: str, known: Mapping[str, Option]) -> OptionProblem:
    close = _near(name, known)
    hint = f"did you mean '{close[0]}'?" if close else f"options of {owner}: {', '.join(known)}" if known else None
    return OptionProblem(name, f"unknown option '{name}' of '{owner}'", hint, unknown=True)


def _near(name: str, known: Iterable[str]) -> list[str]:
    from difflib import get_close_matches  # only mistakes need it

    return get_close_matches(name[:100], list(known), 1)


def _hint(option: Option) -> str | None:
    return f"for example: {option.example}" if option.example else None


def _value(option: Option, value: Json) -> Json:
    if not option.many:
        return _single(option, value)
    items = list(value) if isinstance(value, list | tuple) else [value]
    least, most = option.least or 0, option.most
    if option.kind in _BOUNDED:
        return [_single(option, item) for item in items]
    if len(items) < least or (most is not None and len(items) > most):
        raise ValueError(f"expected {_range(least, most)} values, found {len(items)}")
    return [_single(option, item) for item in items]


def _single(option: Option, value: Json) -> Json:
    read = _READERS[option.kind](option, value)
    if option.kind in _BOUNDED and isinstance(read, int | float):
        low, high = option.least, option.most
        if (low is not None and read < low) or (high is not None and read > high):
            raise ValueError(f"expected {_range(low, high)}, found {value}")
    return read


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"{high:g} or less" if low is None else f"{low:g} or more"
    return f"{low:g} to {high:g}"


def _as_number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def _text(option: Option, value: Json) -> Json:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"expected a text, found {_noun(value)}")


def _number(option: Option, value: Json) -> Json:
    number = _as_number(value)
    if number is None:
        raise ValueError(f"expected a number, found {_noun(value)}")
    return number


def _integer(option: Option, value: Json) -> Json:
    number = _as_number(value)
    if number is None or number != int(number):
        raise ValueError(f"expected a whole number, found {_noun(value)}")
    return int(number)


def _boolean(option: Option, value: Json) -> Json:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, found {_noun(value)}")
    return value


def _choice(option: Option, value: Json) -> Json:
    if isinstance(value, str) and value in option.choices:
        return value
    close = _near(value, option.choices) if isinstance(value, str) else []
    meant = f"; did you mean '{close[0]}'?" if close else ""
    raise ValueError(f"expected one of {', '.join(option.choices)}, found {_noun(value)}{meant}")


def _size(option: Option, value: Json) -> Json:
    return "{}x{}".format(*read_size(value))


def _ratio(option: Option, value: Json) -> Json:
    read_ratio(value)
    match = _RATIO.fullmatch(str(value).strip())
    return f"{float(match[1]):g}:{float(match[2]):g}" if match else value


def _bytes(option: Option, value: Json) -> Json:
    number = _as_number(value)
    if number is not None and number == int(number) and number >= 0:
        return int(number)
    match = _BYTES.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or match[2].lower() not in _UNITS:
        raise ValueError(f"expected a size in bytes like 300kB, found {_noun(value)}")
    return round(float(match[1]) * _UNITS[match[2].lower()])


def _length(option: Option, value: Json) -> Json:
    number = _as_number(value)
    if number is not None and number == int(number) and number >= 0:
        return int(number)
    match = _PERCENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or float(match[1]) > 100:
        raise ValueError(f"expected pixels or a percentage like 5%, found {_noun(value)}")
    return f"{float(match[1]):g}%"


def _colour(option: Option, value: Json) -> Json:
    colour = parse_colour(value) if isinstance(value, str) else None
    if colour is None:
        raise ValueError(f"expected a colour like '#1e90ff' or 'white', found {_noun(value)}")
    return colour


def _file(option: Option, value: Json) -> Json:
    if isinstance(value, Mapping) and len(value) == 1 and isinstance(value.get("file", value.get("target")), str):
        return dict(value)
    raise ValueError(f"expected {{file: PATH}} or {{target: NAME}}, found {_noun(value)}")


def _block(option: Option, value: Json) -> Json:
    if not isinstance(value, Mapping):
        raise ValueError(f"expected a block of names with values, found {_noun(value)}")
    return dict(value)


def _noun(value: Json) -> str:
    if isinstance(value, Mapping):
        return "a block of keys"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None:
        return "nothing"
    return f"'{str(value).lower()}'" if isinstance(value, bool) else f"'{str(value)[:60]}'"


_READERS: Mapping[OptionKind, Callable[[Option, Json], Json]] = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "choice": _choice,
    "size": _size,
    "ratio": _ratio,
    "bytes": _bytes,
    "length": _length,
    "colour": _colour,
    "file": _file,
    "block": _block,
}
_BOUNDED = ("number", "integer", "bytes", "length")

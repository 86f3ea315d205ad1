"""The options of a request: aliases, defaults and what is wrong with them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from msgspec import Struct

from imagebuild import OptionProblem, Request

__all__ = ["MEDIA_TYPES", "Settings", "resolve_options"]

MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
QUALITIES = ("auto", "low", "medium", "high", "xhigh", "max")
BACKGROUNDS = ("auto", "opaque", "transparent")
SMALLEST, LARGEST = 16, 4096
_DEFAULT_COMPRESSION = 85
_NAMES = ("background", "output_compression", "output_format", "quality", "size")
_ALIASES = {"format": "output_format", "compression": "output_compression"}
_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")


class Settings(Struct, frozen=True):
    """Resolved options. ``size`` is None where an edit keeps its parent's."""

    size: tuple[int, int] | None
    quality: str
    background: str
    output_format: str
    output_compression: int | None

    @classmethod
    def of(cls, options: Mapping[str, object]) -> Settings:
        """The settings that resolved options stand for."""
        size = _SIZE.fullmatch(str(options["size"]))
        compression = options.get("output_compression")
        return cls(
            size=(int(size[1]), int(size[2])) if size else None,
            quality=str(options["quality"]),
            background=str(options["background"]),
            output_format=str(options["output_format"]),
            output_compression=compression if isinstance(compression, int) else None,
        )


def resolve_options(request: Request) -> tuple[dict[str, str | int], list[OptionProblem]]:
    """Every option made explicit, and the problems found; a bad value is replaced by its default."""
    problems: list[OptionProblem] = []
    given = _named(request.options, problems)
    form = _choice(given, "output_format", {**{name: name for name in MEDIA_TYPES}, "jpg": "jpeg"}, "png", problems)
    options: dict[str, str | int] = {
        "size": _size(given.get("size", "auto"), request.parent is not None, problems),
        "quality": _choice(given, "quality", {name: name for name in QUALITIES}, "medium", problems),
        "background": _choice(given, "background", {name: name for name in BACKGROUNDS}, "auto", problems),
        "output_format": form,
    }
    if options["quality"] == "auto":
        options["quality"] = "medium"
    if form == "jpeg" and options["background"] == "transparent":
        message = "'background' is 'transparent', but jpeg has no transparency"
        problems.append(OptionProblem("background", message, "use output_format png or webp, or background opaque"))
    _compression(given, form, options, problems)
    return options, problems


def _named(options: Mapping[str, object], problems: list[OptionProblem]) -> dict[str, object]:
    """The options under their own names; unknown and doubled ones become problems."""
    given: dict[str, object] = {}
    for name, value in options.items():
        real = _ALIASES.get(name, name)
        if real not in _NAMES:
            close = difflib.get_close_matches(name, (*_NAMES, *_ALIASES), n=1)
            hint = (f"did you mean '{close[0]}'? " if close else "") + f"known options: {', '.join(_NAMES)}"
            problems.append(OptionProblem(name, f"unknown option '{name}'", hint, unknown=True))
        elif real in given and given[real] != value:
            problems.append(OptionProblem(name, f"'{real}' is given twice, also as '{name}'", "keep one of them"))
        elif value is not None:
            given[real] = value
    return given


def _choice(
    given: Mapping[str, object], name: str, values: Mapping[str, str], default: str, problems: list[OptionProblem]
) -> str:
    value = given.get(name, default)
    if isinstance(value, str) and value.lower() in values:
        return values[value.lower()]
    close = difflib.get_close_matches(str(value).lower(), values, n=1)
    message = f"'{name}' is '{value}', expected one of {', '.join(values)}"
    problems.append(OptionProblem(name, message, f"did you mean '{close[0]}'?" if close else None))
    return default


def _size(value: object, is_edit: bool, problems: list[OptionProblem]) -> str:
    default = "auto" if is_edit else "1024x1024"
    if value == "auto":
        return default
    match = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        problems.append(OptionProblem("size", f"'size' is '{value}', expected WIDTHxHEIGHT or auto", "try 1024x1024"))
        return default
    width, height = int(match[1]), int(match[2])
    if not all(SMALLEST <= side <= LARGEST for side in (width, height)):
        message = f"'size' is '{value}', expected sides from {SMALLEST} to {LARGEST} pixels"
        problems.append(OptionProblem("size", message))
        return default
    return f"{width}x{height}"


def _compression(
    given: Mapping[str, object], form: str, options: dict[str, str | int], problems: list[OptionProblem]
) -> None:
    value = given.get("output_compression")
    if form == "png":
        if value is not None:
            message = "'output_compression' is for jpeg and webp, but 'output_format' is 'png'"
            problems.append(OptionProblem("output_compression", message, "leave it out, or choose another format"))
        return
    options["output_compression"] = _DEFAULT_COMPRESSION
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100:
        options["output_compression"] = value
    elif value is not None:
        message = f"'output_compression' is '{value}', expected a whole number from 0 to 100"
        problems.append(OptionProblem("output_compression", message))

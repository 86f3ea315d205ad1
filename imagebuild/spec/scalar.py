"""What a plain YAML scalar means by YAML 1.2's core schema: ``16:9``, ``no`` and dates stay text."""

from __future__ import annotations

import math
import re

from imagebuild.spec.node import Plain

__all__ = ["BadScalarError", "plain_value", "tagged_value"]

_WORDS: dict[str, Plain] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_STARTS = frozenset("0123456789+-.")
_INT = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_LONGEST = 64

_TAG = "tag:yaml.org,2002:"
_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "null": (type(None),),
}


class BadScalarError(Exception):
    """A value that no target can use; the message says why."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def plain_value(text: str) -> Plain:
    """The meaning of an unquoted scalar. Raises `BadScalarError`."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _STARTS:
        return text
    if _INT.match(text):
        return int(_short(text))
    if _FLOAT.match(text):
        number = float(_short(text))
        if not math.isfinite(number):
            raise BadScalarError(f"the number {text} is too large", "put it in quotes if it is meant as text")
        return number
    if _BASED.match(text):
        return int(_short(text), 0)
    if _SPECIAL.match(text):
        raise BadScalarError(f"'{text}' is not a finite number", "put it in quotes if it is meant as text")
    return text


def tagged_value(text: str, tag: str, *, plain: bool) -> Plain:
    """The meaning of a scalar with an explicit tag. Raises `BadScalarError`."""
    if tag in ("!", _TAG + "str"):
        return text
    types = _TYPES.get(tag.removeprefix(_TAG)) if tag.startswith(_TAG) else None
    if types is None:
        raise BadScalarError(*unknown_tag(tag))
    value = plain_value(text)
    if type(value) not in types:
        raise BadScalarError(f"{text[:40]!r} is not what its tag '!!{tag.removeprefix(_TAG)}' says")
    return value


def unknown_tag(tag: str) -> tuple[str, str]:
    """Message and hint about a tag that a spec may not use."""
    shown = "!!" + tag.removeprefix(_TAG) if tag.startswith(_TAG) else tag
    return (
        f"the tag '{shown[:60]}' is not available in a spec",
        "leave the tag out; put the value in quotes to make it text",
    )


def _short(text: str) -> str:
    if len(text) > _LONGEST:
        raise BadScalarError(f"a number of {len(text)} digits is too long", "put it in quotes if it is meant as text")
    return text

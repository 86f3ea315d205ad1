"""Values inside a template, and the operations on them, each bounded before it builds anything."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import TypeAlias

from imagebuild.digest import Json
from imagebuild.spec.limit import LONGEST_TEXT, MOST_ITEMS, TemplateError

__all__ = ["Undefined", "Value", "binary", "bounded", "compare", "is_same", "name_of", "number", "scalar", "text_of"]

_LARGEST = 1 << 256


class Undefined:
    """A name or key that is not there; ``words`` say which, ``hint`` finds what was meant perhaps, once it matters."""

    __slots__ = ("hint", "line", "token", "words")

    def __init__(self, words: str, line: int, token: str, hint: Callable[[], str | None] = lambda: None) -> None:
        self.words, self.line, self.token, self.hint = words, line, token, hint

    def error(self) -> TemplateError:
        """The error that using it is."""
        return TemplateError(self.words, self.hint(), line=self.line, token=self.token)


Value: TypeAlias = "Json | Undefined"


def name_of(value: Value) -> str:
    """The kind of ``value``, for messages."""
    if isinstance(value, Undefined):
        raise value.error()
    kinds = {type(None): "nothing", bool: "a yes or no", int: "a number", float: "a number", str: "a text"}
    return kinds.get(type(value)) or ("a block of keys" if isinstance(value, Mapping) else "a list")


def scalar(value: Value, what: str) -> None | bool | int | float | str:
    """``value``, which must be no list, no block and defined."""
    if isinstance(value, Undefined):
        raise value.error()
    if value is None or isinstance(value, str | int | float):
        return value
    raise TemplateError(f"{what} works on single values, and this is {name_of(value)}")


def text_of(value: Value) -> str:
    """``value`` as a template prints it."""
    if isinstance(value, str):
        return value
    if isinstance(value, Undefined):
        raise value.error()
    if value is None or isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        raise TemplateError("a block of keys cannot be printed", "name one of its keys: '{{ block.key }}'")
    raise TemplateError("a list cannot be printed", "write '{{ list | join(\", \") }}'")


def number(value: Value, what: str) -> int | float:
    """``value``, which must be a number."""
    if isinstance(value, int | float):
        return value
    raise TemplateError(f"{what} needs a number, and this is {name_of(value)}")


def bounded(length: int) -> int:
    """``length`` characters, which must be allowed in one text."""
    if length > LONGEST_TEXT:
        raise TemplateError(f"a text of a template grows beyond {LONGEST_TEXT} characters")
    return length


def _power(left: int | float, right: int | float) -> int | float:
    whole = isinstance(left, int) and isinstance(right, int) and right > 0 and abs(left) > 1
    if whole and (right > 256 or int(abs(left)).bit_length() * right > 512):
        raise TemplateError("a number of a template grows too large")
    result = left**right
    if isinstance(result, complex):
        raise TemplateError("the root of a negative number cannot be taken")
    return result


_ARITHMETIC: dict[str, Callable[[int | float, int | float], int | float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": _power,
}


def binary(sign: str, left: Value, right: Value) -> Json:
    """``left sign right`` for numbers; texts can be joined by ``+`` and repeated by ``*``."""
    if isinstance(left, str) and isinstance(right, str) and sign == "+":
        bounded(len(left) + len(right))
        return left + right
    if sign == "*" and isinstance(right, str):
        left, right = right, left
    if sign == "*" and isinstance(left, str) and isinstance(right, int):
        bounded(len(left) * max(0, right))
        return left * min(right, LONGEST_TEXT)
    if sign == "+" and isinstance(left, list | tuple) and isinstance(right, list | tuple):
        if len(left) + len(right) > MOST_ITEMS:
            raise TemplateError(f"a list of a template grows beyond {MOST_ITEMS} items")
        return [*left, *right]
    what = f"'{sign}'"
    try:
        result = _ARITHMETIC[sign](number(left, what), number(right, what))
    except ZeroDivisionError:
        raise TemplateError("a template divides by zero") from None
    except OverflowError:
        raise TemplateError("a number of a template grows too large") from None
    if abs(result) > _LARGEST or (isinstance(result, float) and not math.isfinite(result)):
        raise TemplateError("a number of a template grows too large")
    return result


def is_same(left: Value, right: Value) -> bool:
    """Equality of single values; a list or block equals nothing but an empty one of its kind."""
    if isinstance(left, list | tuple | Mapping) and isinstance(right, list | tuple | Mapping):
        if left and right:
            raise TemplateError("lists and blocks cannot be compared")
        return not left and not right and isinstance(left, Mapping) == isinstance(right, Mapping)
    if isinstance(left, Undefined):
        raise left.error()
    if isinstance(right, Undefined):
        raise right.error()
    return left == right


_ORDER: dict[str, Callable[[int | float | str, int | float | str], bool]] = {
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}


def compare(sign: str, left: Value, right: Value) -> bool:
    """``left sign right`` with Jinja's names of the signs."""
    if sign == "eq":
        return is_same(left, right)
    if sign == "ne":
        return not is_same(left, right)
    if sign in ("in", "notin"):
        return _contains(right, left) == (sign == "in")
    if isinstance(left, str) != isinstance(right, str):
        raise TemplateError(f"{name_of(left)} and {name_of(right)} cannot be put in order")
    if isinstance(left, str) and isinstance(right, str):
        return _ORDER[sign](left, right)
    return _ORDER[sign](number(left, "a comparison"), number(right, "a comparison"))


def _contains(box: Value, item: Value) -> bool:
    wanted = scalar(item, "'in'")
    if isinstance(box, str):
        return text_of(wanted) in box
    if isinstance(box, Mapping):
        return wanted in box
    if isinstance(box, list | tuple):
        return any(not isinstance(each, list | tuple | Mapping) and each == wanted for each in box)
    raise TemplateError(f"'in' looks into texts, lists and blocks, and this is {name_of(box)}")

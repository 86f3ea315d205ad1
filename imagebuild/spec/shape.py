"""Checks of single values: texts, names, numbers, and keys of blocks."""

from __future__ import annotations

import re

from imagebuild.spec.name import RESERVED, name_fault
from imagebuild.spec.node import Mapping, Node, Scalar, kind_of
from imagebuild.spec.problem import Problems

__all__ = ["check_keys", "check_name", "check_number", "check_text", "check_variable", "is_null", "unquote"]

_AXIS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_QUOTES = "put it in quotes to make it text"


def is_null(node: Node) -> bool:
    """Whether ``node`` says nothing."""
    return isinstance(node, Scalar) and node.value is None


def check_text(node: Node, what: str, problems: Problems, *, empty: bool = False) -> bool:
    """Whether ``node`` is a text, noting what it is instead."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        if empty or node.value.strip():
            return True
        problems.add(f"{what} is empty", node)
        return False
    hint = _QUOTES if isinstance(node, Scalar) and node.value is not None else None
    problems.add(f"{what} must be a text, found {kind_of(node)}", node, hint)
    return False


def check_name(node: Node, what: str, problems: Problems) -> bool:
    """Whether a scalar can name a target, style or provider."""
    text = node.text if isinstance(node, Scalar) else ""
    if fault := name_fault(text):
        problems.add(f"{what} {text[:60]!r} {fault}" if text else f"{what} {fault}", node, "choose another name")
        return False
    return True


def check_number(node: Node, what: str, problems: Problems, *, whole: bool = False, positive: bool = False) -> bool:
    """Whether ``node`` is a number that is not negative."""
    kinds = int if whole else int | float
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, kinds) and not isinstance(value, bool) and (value > 0 or (value == 0 and not positive)):
        return True
    expected = ("a whole number" if whole else "a number") + (" above 0" if positive else ", 0 or more")
    problems.add(f"{what} must be {expected}, found {kind_of(node)}", node, unquote(node))
    return False


def unquote(node: Node) -> str | None:
    """The hint for a number that somebody put in quotes."""
    if isinstance(node, Scalar) and isinstance(node.value, str) and re.match(r"-?[0-9.]+\Z", node.text):
        return "leave the quotes out"
    return None


def check_keys(node: Mapping, what: str, problems: Problems) -> bool:
    """Whether no key is empty."""
    if "" in node.entries:
        problems.add(f"a name in {what} is empty", node.entries[""][0])
        return False
    return True


def check_variable(key: Scalar, what: str, problems: Problems) -> bool:
    """Whether templates can ask for a value by this name."""
    if key.text in RESERVED:
        problems.add(
            f"{what} cannot be called '{key.text}': templates use that name themselves", key, "choose another name"
        )
        return False
    if _AXIS.match(key.text):
        return True
    hint = "names in templates hold letters, digits and '_', and start with a letter"
    problems.add(f"{what} cannot be called {key.text[:60]!r}", key, hint)
    return False

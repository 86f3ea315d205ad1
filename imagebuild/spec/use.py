"""Shapes of what uses a plugin's thing by its name: items of ``steps``, ``checks`` and ``publish``."""

from __future__ import annotations

from imagebuild.spec.field import Field
from imagebuild.spec.node import Mapping, Node, Scalar, Sequence, kind_of
from imagebuild.spec.problem import Problems
from imagebuild.spec.shape import check_keys, check_name, check_text, is_null, unquote

__all__ = ["RETRY", "check_uses", "use_of"]

RETRY = "retry"
"""The key that a check may have beside its name."""

MOST_RETRIES = 5


def check_uses(node: Node, field: Field, noun: str, problems: Problems) -> bool:
    """Whether ``node`` is a list of names and of names with options; all of its items are looked at."""
    if not isinstance(node, Sequence):
        problems.add(f"'{field.name}' must be a list, found {kind_of(node)}", node, f"for example: {field.example}")
        return False
    return not [item for item in node.items if not _check_use(item, noun, problems)]


def use_of(node: Node) -> tuple[str, Node | None, int]:
    """The name of an item that is right, what stands after it, and how often a check that fails is tried again."""
    if not isinstance(node, Mapping):
        return (node.text if isinstance(node, Scalar) else ""), None, 0
    retry = node.get(RETRY) if len(node.entries) > 1 else None
    name = next(name for name in node.entries if name != RETRY or retry is None)
    value = node.get(name)
    times = retry.value if isinstance(retry, Scalar) and isinstance(retry.value, int) else 0
    return name, None if value is None or is_null(value) else value, times


def _check_use(node: Node, noun: str, problems: Problems) -> bool:
    if not isinstance(node, Mapping):
        return check_text(node, f"a {noun}", problems) and check_name(node, f"a {noun}'s name", problems)
    entries = dict(node.entries)
    retry = entries.pop(RETRY, None) if noun == "check" and len(entries) == 2 else None
    if len(entries) != 1:
        names = ", ".join(list(node.entries)[:5])
        hint = f"start each {noun} with its own '- ', and indent its options below its name"
        problems.add(f"a {noun} has one name, found {len(node.entries)}: {names}", node, hint)
        return False
    (key, value), *_ = entries.values()
    if not check_name(key, f"a {noun}'s name", problems):
        return False
    if isinstance(value, Mapping) and not check_keys(value, f"{noun} '{key.text}'", problems):
        return False
    return retry is None or _check_retry(retry[1], problems)


def _check_retry(node: Node, problems: Problems) -> bool:
    if isinstance(node, Scalar) and type(node.value) is int and 0 <= node.value <= MOST_RETRIES:
        return True
    message = f"'{RETRY}' must be a whole number from 0 to {MOST_RETRIES}, found {kind_of(node)}"
    problems.add(message, node, unquote(node))
    return False

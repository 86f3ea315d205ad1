"""Checks the shape of blocks against the table of fields: unknown keys, kinds of values, what is not there yet."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as Map

from imagebuild.spec.field import BLOCKS, OPTION_NAMES, Field
from imagebuild.spec.name import RESERVED, name_fault
from imagebuild.spec.node import Mapping, Node, Scalar, Sequence, kind_of
from imagebuild.spec.problem import Problems

__all__ = ["Fields", "check_block", "is_null"]

Fields = Map[str, Node]
"""The values of a block that passed, by key. What is null is left in: it takes away what a weaker layer says."""

_AXIS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_QUOTES = "put it in quotes to make it text"
MOST_CANDIDATES = 10


def is_null(node: Node) -> bool:
    """Whether ``node`` says nothing."""
    return isinstance(node, Scalar) and node.value is None


def check_block(block_name: str, node: Node, where: str, problems: Problems, *, partial: bool = False) -> Fields | None:
    """The fields of ``node`` that are right; None when it is no block at all. Required keys may miss if ``partial``."""
    block = BLOCKS[block_name]
    if not isinstance(node, Mapping):
        keys = ", ".join(name for name, field in block.fields.items() if field.available)
        problems.add(f"{where} must be a block of keys, found {kind_of(node)}", node, f"keys of {block.noun}: {keys}")
        return None
    found: dict[str, Node] = {}
    misspelt = False
    for name, (key, value) in node.entries.items():
        field = block.fields.get(name)
        if field is None:
            misspelt = True
            _unknown(block_name, key, value, where, problems)
        elif not field.available:
            hint = "this release does not know it yet; leave it out"
            problems.add(f"'{name}' is not available yet", key, hint)
        elif is_null(value) or _KINDS[field.kind](value, field, problems):
            found[name] = value
    if not partial and not misspelt:  # what is missing may be what is misspelt
        for field in block.fields.values():
            if field.required and (field.name not in found or is_null(found[field.name])) and not _stands(node, field):
                problems.add(f"{where} has no '{field.name}'", node, f"for example: {field.example}")
    return found


def _stands(node: Mapping, field: Field) -> bool:
    """Whether a field is there, if only with a wrong value that has been told already."""
    value = node.get(field.name)
    return value is not None and not is_null(value)


def _unknown(block_name: str, key: Scalar, value: Node, where: str, problems: Problems) -> None:
    block = BLOCKS[block_name]
    known = [name for name, field in block.fields.items() if field.available]
    hint = problems.suggest(key.text, block.fields)
    if key.text in OPTION_NAMES and "options" in block.fields:
        written = value.text if isinstance(value, Scalar) else "..."
        hint = f"it is an option: write 'options: {{{key.text}: {written}}}'"
    if hint is None:
        hint = f"keys of {block.noun}: {', '.join(known)}"
    problems.add(f"unknown key '{key.text[:60]}' in {where}", key, hint)


def _text(node: Node, field: Field, problems: Problems) -> bool:
    return check_text(node, f"'{field.name}'", problems)


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


def _alt(node: Node, field: Field, problems: Problems) -> bool:
    if isinstance(node, Mapping):
        check_block("alt", node, "'alt'", problems)
        return False
    return check_text(node, "'alt'", problems, empty=True)


def _prompt(node: Node, field: Field, problems: Problems) -> bool:
    if isinstance(node, Mapping):
        return _whole("prompt", node, "'prompt'", problems)
    return _text(node, field, problems)


def _whole(block_name: str, node: Node, where: str, problems: Problems) -> bool:
    """Whether a block inside a field is right in all its parts."""
    before = len(problems)
    fields = check_block(block_name, node, where, problems)
    return fields is not None and len(problems) == before


def _name(node: Node, field: Field, problems: Problems) -> bool:
    return check_text(node, f"'{field.name}'", problems) and check_name(node, f"'{field.name}'", problems)


def check_name(node: Node, what: str, problems: Problems) -> bool:
    """Whether a scalar can name a target, style or provider."""
    text = node.text if isinstance(node, Scalar) else ""
    if fault := name_fault(text):
        problems.add(f"{what} {text[:60]!r} {fault}" if text else f"{what} {fault}", node, "choose another name")
        return False
    return True


def _texts(node: Node, field: Field, problems: Problems) -> bool:
    items = node.items if isinstance(node, Sequence) else [node]
    if isinstance(node, Mapping):
        problems.add(f"'{field.name}' must be a text or a list of texts, found {kind_of(node)}", node)
        return False
    return not [item for item in items if not check_text(item, f"'{field.name}'", problems)]


def _boolean(node: Node, field: Field, problems: Problems) -> bool:
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return True
    hint = None
    if isinstance(node, Scalar) and node.text.lower() in ("yes", "on", "y", "true"):
        hint = "write true"
    elif isinstance(node, Scalar) and node.text.lower() in ("no", "off", "n", "false"):
        hint = "write false"
    problems.add(f"'{field.name}' must be true or false, found {kind_of(node)}", node, hint)
    return False


def _version(node: Node, field: Field, problems: Problems) -> bool:
    if isinstance(node, Scalar) and type(node.value) is int and node.value == 1:
        return True
    hint = "write 'version: 1'"
    if isinstance(node, Scalar) and isinstance(node.value, int | float) and node.value > 1:
        hint = "this release reads version 1; a newer release of imagebuild may read this spec"
    problems.add(f"unknown version: found {kind_of(node)}, expected 1", node, hint)
    return False


def _candidates(node: Node, field: Field, problems: Problems) -> bool:
    if isinstance(node, Scalar) and type(node.value) is int and 1 <= node.value <= MOST_CANDIDATES:
        return True
    message = f"'candidates' must be a whole number from 1 to {MOST_CANDIDATES}, found {kind_of(node)}"
    problems.add(message, node, _unquote(node))
    return False


def _accept(node: Node, field: Field, problems: Problems) -> bool:
    if isinstance(node, Scalar) and node.text in ("exact", "any"):
        return True
    problems.add(f"'accept' must be 'exact' or 'any', found {kind_of(node)}", node, f"for example: {field.example}")
    return False


def check_number(node: Node, what: str, problems: Problems, *, whole: bool = False, positive: bool = False) -> bool:
    """Whether ``node`` is a number that is not negative."""
    kinds = int if whole else int | float
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, kinds) and not isinstance(value, bool) and (value > 0 or (value == 0 and not positive)):
        return True
    expected = ("a whole number" if whole else "a number") + (" above 0" if positive else ", 0 or more")
    problems.add(f"{what} must be {expected}, found {kind_of(node)}", node, _unquote(node))
    return False


def _unquote(node: Node) -> str | None:
    if isinstance(node, Scalar) and isinstance(node.value, str) and re.match(r"-?[0-9.]+\Z", node.text):
        return "leave the quotes out"
    return None


def _money(node: Node, field: Field, problems: Problems) -> bool:
    hint_dollar = isinstance(node, Scalar) and isinstance(node.value, str) and re.search(r"[$€]|USD", node.text)
    if hint_dollar:
        problems.add(
            f"'{field.name}' must be a number, found {kind_of(node)}", node, "write US dollars as a bare number: 5.00"
        )
        return False
    return check_number(node, f"'{field.name}'", problems)


def _options(node: Node, field: Field, problems: Problems) -> bool:
    if isinstance(node, Mapping):
        return _filled_keys(node, f"'{field.name}'", problems)
    problems.add(
        f"'{field.name}' must be names with values, found {kind_of(node)}", node, f"for example: {field.example}"
    )
    return False


def _filled_keys(node: Mapping, what: str, problems: Problems) -> bool:
    if "" in node.entries:
        problems.add(f"a name in {what} is empty", node.entries[""][0])
        return False
    return True


def _vars(node: Node, field: Field, problems: Problems) -> bool:
    if not _options(node, field, problems) or not isinstance(node, Mapping):
        return False
    return not [key for key, _ in node.entries.values() if not check_variable(key, "a variable", problems)]


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


def _inputs(node: Node, field: Field, problems: Problems) -> bool:
    if not isinstance(node, Sequence):
        problems.add(f"'{field.name}' must be a list, found {kind_of(node)}", node, f"for example: {field.example}")
        return False
    return _each("input", node, "an input", problems)


def _each(block_name: str, node: Sequence, what: str, problems: Problems) -> bool:
    """Whether every item is a text or a block that is right; all of them are looked at."""
    good = True
    for item in node.items:
        if isinstance(item, Mapping):
            good &= _whole(block_name, item, what, problems)
        else:
            good &= check_text(item, what, problems)
    return good


def _edits(node: Node, field: Field, problems: Problems) -> bool:
    if not isinstance(node, Sequence):
        problems.add(f"'{field.name}' must be a list, found {kind_of(node)}", node, f"for example: {field.example}")
        return False
    return _each("edit", node, "an edit", problems)


def _steps(node: Node, field: Field, problems: Problems) -> bool:
    if not isinstance(node, Sequence):
        problems.add(f"'{field.name}' must be a list, found {kind_of(node)}", node, f"for example: {field.example}")
        return False
    return not [item for item in node.items if not _step(item, problems)]


def _step(node: Node, problems: Problems) -> bool:
    if not isinstance(node, Mapping):
        return check_text(node, "a step", problems) and check_name(node, "a step's name", problems)
    if len(node.entries) != 1:
        names = ", ".join(list(node.entries)[:5])
        hint = "start each step with its own '- ', and indent its options below its name"
        problems.add(f"a step has one name, found {len(node.entries)}: {names}", node, hint)
        return False
    (key, value), *_ = node.entries.values()
    if not check_name(key, "a step's name", problems):
        return False
    if isinstance(value, Mapping) or is_null(value):
        return not isinstance(value, Mapping) or _filled_keys(value, f"step '{key.text}'", problems)
    hint = f"write '{key.text}: {{option: value}}'"
    problems.add(f"the options of step '{key.text}' must be a block of keys, found {kind_of(value)}", value, hint)
    return False


def _block(node: Node, field: Field, problems: Problems) -> bool:
    if isinstance(node, Mapping):
        return True
    problems.add(
        f"'{field.name}' must be a block of keys, found {kind_of(node)}", node, f"for example: {field.example}"
    )
    return False


_KINDS: Map[str, Callable[[Node, Field, Problems], bool]] = {
    "version": _version,
    "text": _text,
    "name": _name,
    "names": _texts,
    "texts": _texts,
    "path": _text,
    "prompt": _prompt,
    "alt": _alt,
    "output": _text,
    "boolean": _boolean,
    "candidates": _candidates,
    "accept": _accept,
    "money": _money,
    "options": _options,
    "vars": _vars,
    "matrix": _block,  # its axes are checked where the variants are made
    "inputs": _inputs,
    "edits": _edits,
    "steps": _steps,
    "providers": _block,
    "budget": _block,
    "styles": _block,
    "defaults": _block,
    "targets": _block,
}

"""Checks the shape of blocks against the table of fields: unknown keys, kinds of values."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as Map

from imagebuild.spec.field import BLOCKS, OPTION_NAMES, Field
from imagebuild.spec.node import Mapping, Node, Scalar, Sequence, kind_of
from imagebuild.spec.problem import Problems
from imagebuild.spec.shape import check_keys, check_name, check_number, check_text, check_variable, is_null, unquote
from imagebuild.spec.use import check_uses

__all__ = ["STORE_MODES", "Fields", "check_block"]

Fields = Map[str, Node]
"""The values of a block that passed, by key. What is null is left in: it takes away what a weaker layer says."""

MOST_CANDIDATES = 10

STORE_MODES = ("read", "write")


def check_block(block_name: str, node: Node, where: str, problems: Problems, *, partial: bool = False) -> Fields | None:
    """The fields of ``node`` that are right; None when it is no block at all. Required keys may miss if ``partial``."""
    block = BLOCKS[block_name]
    if not isinstance(node, Mapping):
        keys = ", ".join(block.fields)
        problems.add(f"{where} must be a block of keys, found {kind_of(node)}", node, f"keys of {block.noun}: {keys}")
        return None
    found: dict[str, Node] = {}
    misspelt = False
    for name, (key, value) in node.entries.items():
        field = block.fields.get(name)
        if field is None:
            misspelt = True
            _unknown(block_name, key, value, where, problems)
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
    hint = problems.suggest(key.text, block.fields)
    if key.text in OPTION_NAMES and "options" in block.fields:
        written = value.text if isinstance(value, Scalar) else "..."
        hint = f"it is an option: write 'options: {{{key.text}: {written}}}'"
    if hint is None:
        hint = f"keys of {block.noun}: {', '.join(block.fields)}"
    problems.add(f"unknown key '{key.text[:60]}' in {where}", key, hint)


def _text(node: Node, field: Field, problems: Problems) -> bool:
    return check_text(node, f"'{field.name}'", problems)


def _alt(node: Node, field: Field, problems: Problems) -> bool:
    if isinstance(node, Mapping):
        if not _whole("alt", node, "'alt'", problems):
            return False
        generate = node.get("generate")
        if isinstance(generate, Scalar) and generate.value is True:
            return True
        hint = "write 'alt: {generate: true}', a text, or leave 'alt' out"
        problems.add("'alt' with a block needs 'generate: true'", generate or node, hint)
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
    problems.add(message, node, unquote(node))
    return False


def _provenance(node: Node, field: Field, problems: Problems) -> bool:
    if isinstance(node, Scalar) and node.text in ("iptc", "none"):
        return True
    problems.add(f"'provenance' must be 'iptc' or 'none', found {kind_of(node)}", node, f"for example: {field.example}")
    return False


def _accept(node: Node, field: Field, problems: Problems) -> bool:
    if isinstance(node, Scalar) and node.text in ("exact", "any"):
        return True
    problems.add(f"'accept' must be 'exact' or 'any', found {kind_of(node)}", node, f"for example: {field.example}")
    return False


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
        return check_keys(node, f"'{field.name}'", problems)
    problems.add(
        f"'{field.name}' must be names with values, found {kind_of(node)}", node, f"for example: {field.example}"
    )
    return False


def _vars(node: Node, field: Field, problems: Problems) -> bool:
    if not _options(node, field, problems) or not isinstance(node, Mapping):
        return False
    return not [key for key, _ in node.entries.values() if not check_variable(key, "a variable", problems)]


def _inputs(node: Node, field: Field, problems: Problems) -> bool:
    if not isinstance(node, Sequence):
        problems.add(f"'{field.name}' must be a list, found {kind_of(node)}", node, f"for example: {field.example}")
        return False
    return _each("input", node, "an input", problems)


def _sources(node: Node, field: Field, problems: Problems) -> bool:
    """One picture or a list of them, in the same words as inputs, and whole groups by their tag."""
    for item in node.items if isinstance(node, Sequence) else [node]:
        if isinstance(item, Mapping) and "tag" in item.entries:
            if not _whole("source", item, "a source", problems):
                return False
        elif isinstance(item, Mapping):
            if not _whole("input", item, "a source", problems):
                return False
        elif not check_text(item, "a source", problems):
            return False
    return not isinstance(node, Sequence) or _any_items(node, field, problems)


def _any_items(node: Sequence, field: Field, problems: Problems) -> bool:
    if not node.items:
        problems.add(f"'{field.name}' is empty", node, f"for example: {field.example}")
    return bool(node.items)


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


def _block(node: Node, field: Field, problems: Problems) -> bool:
    if isinstance(node, Mapping):
        return True
    problems.add(
        f"'{field.name}' must be a block of keys, found {kind_of(node)}", node, f"for example: {field.example}"
    )
    return False


def _store(node: Node, field: Field, problems: Problems) -> bool:
    if not _options(node, field, problems) or not isinstance(node, Mapping):
        return False
    remote, mode = node.get("remote"), node.get("mode")
    if remote is None:
        problems.add("'store' has no 'remote'", node, f"for example: {field.example}")
        return False
    if not check_text(remote, "'remote'", problems):
        return False
    if mode is not None and not (isinstance(mode, Scalar) and mode.text in STORE_MODES):
        problems.add(f"'mode' must be 'read' or 'write', found {kind_of(mode)}", mode, f"for example: {field.example}")
        return False
    return True


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
    "steps": lambda node, field, problems: check_uses(node, field, "step", problems),
    "checks": lambda node, field, problems: check_uses(node, field, "check", problems),
    "publish": lambda node, field, problems: check_uses(node, field, "publisher", problems),
    "sources": _sources,
    "provenance": _provenance,
    "store": _store,
    "providers": _block,
    "budget": _block,
    "styles": _block,
    "defaults": _block,
    "targets": _block,
}

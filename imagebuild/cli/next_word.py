"""Completes names of commands and of options for the shell: by itself, for it is asked at each press of a key.

Values, targets and everything that is not as plain are left to the command line's own library, whose scripts ask here
and whose answers these are.
"""

from __future__ import annotations

import os

from imagebuild.cli.catalog import COMMANDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["next_word"]

_FILE = os.path.join(os.path.dirname(__file__), "options.txt")  # made from the commands by docs/generate.py
_LINES = {"bash": "plain,{name}", "zsh": "plain\n{name}\n{text}", "fish": "plain,{name}\t{text}"}


def next_word(asked: str, environ: Mapping[str, str]) -> str | None:
    """The answer to ``asked``, such as ``bash_complete``; None where this is about something else."""
    shell, _, what = asked.partition("_")
    split = _split(shell, environ.get("COMP_WORDS", ""), environ.get("COMP_CWORD", ""))
    if shell not in _LINES or what != "complete" or split is None:
        return None
    found = _names(*split)
    if found is None:
        return None
    return "\n".join(_LINES[shell].format(name=name, text=text) for name, text in found) + "\n"


def _split(shell: str, given: str, at: str) -> tuple[list[str], str] | None:
    """The words before the one that is completed, and what there is of that; None where they are quoted."""
    if not set(given + at).isdisjoint("\\'\"\n\t#"):
        return None
    words = given.split()
    if shell == "fish":
        return words[1 : -1 if at and words[-1:] == [at] else None], at
    if not at.isdecimal() or not 0 < int(at) <= len(words):
        return None
    return words[1 : int(at)], words[int(at)] if int(at) < len(words) else ""


def _names(before: list[str], start: str) -> Iterable[tuple[str, str]] | None:
    """Names with their help that go on with ``start``."""
    if not before:
        return None if start.startswith("-") else _starting(COMMANDS, start)
    name, *rest = before
    options, below = _known(name)
    if below and not start.startswith("-"):
        return None if rest else _starting(below, start)
    if below and rest:
        options, _ = _known(f"{name} {rest[0]}")
        rest = rest[1:]
    if not start.startswith("-") or "=" in start or not options:
        return None
    given = _given(rest, {option: "v" in marks for names, marks, _ in options for option in names})
    if given is None:
        return None
    left = [
        (names, text)
        for names, marks, text in options
        if "h" not in marks and ("m" in marks or given.isdisjoint(names))
    ]
    return [(option, text) for names, text in left for option in names if option.startswith(start)]


def _known(command: str) -> tuple[list[tuple[list[str], str, str]], dict[str, str]]:
    """The options of a command, each with its names, marks and help, and its own commands; see ``completion``."""
    options: list[tuple[list[str], str, str]] = []
    below: dict[str, str] = {}
    with open(_FILE, encoding="utf-8") as file:
        for line in file:
            name, names, marks, text = line.rstrip("\n").split("\t")
            if name == command and marks == "c":
                below[names] = text
            elif name == command:
                options.append((names.split(" "), marks, text))
    return options, below


def _given(words: list[str], takes_value: Mapping[str, bool]) -> set[str] | None:
    """The options among some words; None where it takes more than a glance to tell."""
    given, rest = set(), iter(words)
    for word in rest:
        if not word.startswith("-"):
            continue
        if word not in takes_value:
            return None
        given.add(word)
        if takes_value[word] and next(rest, "-").startswith("-"):
            return None
    return given


def _starting(names: Mapping[str, str], start: str) -> list[tuple[str, str]]:
    return [(name, text) for name, text in names.items() if name.startswith(start)]

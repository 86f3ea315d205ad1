"""Completes the name of a command for the shell: printed by itself, for it is asked at each press of a key.

What comes after the name, and everything that is not as plain, is left to the command line's own library, whose scripts
ask here and whose answers these are.
"""

from __future__ import annotations

from imagebuild.cli.catalog import COMMANDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["first_word"]

_LINES = {"bash": "plain,{name}", "zsh": "plain\n{name}\n{text}", "fish": "plain,{name}\t{text}"}


def first_word(asked: str, environ: Mapping[str, str]) -> str | None:
    """The answer to ``asked``, such as ``bash_complete``; None where this is not about the first word."""
    shell, _, what = asked.partition("_")
    given, at = environ.get("COMP_WORDS", ""), environ.get("COMP_CWORD", "")
    words = given.split(" ")
    if shell not in _LINES or what != "complete" or not set(given + at).isdisjoint("\\'\"\n\t"):
        return None
    if len(words) != 2 or (words[1] != at if shell == "fish" else at != "1") or words[1].startswith("-"):
        return None
    found = (_LINES[shell].format(name=name, text=text) for name, text in COMMANDS.items() if name.startswith(words[1]))
    return "\n".join(found) + "\n"

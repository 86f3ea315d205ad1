"""Text of strangers inside Markdown and HTML: shown as it is, and nothing else.

GitHub looks for mentions, references and addresses in the finished page, after entities are read. Only a character in
between stops it: a space without width (U+200B).
"""

from __future__ import annotations

import re

from imagebuild.cli.text import clean

__all__ = ["html_text", "markdown_text"]

_MARKS = frozenset('|`*_[]()!~\\@:#$"^{}')
_GAP = "&#8203;"
_LINKED = re.compile(r"(?<=[@#])(?=[^\s@#])|(?<=:)(?=[/\w+-])|(?<=www)(?=\.)|(?<=GH)(?=-)", re.IGNORECASE)


def markdown_text(text: str, most: int = 0) -> str:
    """``text`` on one line, so that Markdown and GitHub show it literally; at most so many characters of it."""
    short = _shortened(" ".join(clean(text).split()), most)
    parts = _LINKED.split(short)
    return _GAP.join("".join(map(_escaped, part)) for part in parts)


def html_text(text: str, most: int = 0) -> str:
    """``text`` on one line for a place between or inside tags; what the runner of GitHub would obey is broken up."""
    short = _shortened(" ".join(clean(text).split()), most)
    return _entities(short).replace("##[", "#&#35;[")


def _entities(text: str) -> str:
    from html import escape  # its table of all names takes a while to load

    return escape(text)


def _escaped(letter: str) -> str:
    if letter in "<>&":
        return _entities(letter)
    return f"&#{ord(letter)};" if letter in _MARKS else letter


def _shortened(text: str, most: int) -> str:
    return text if not most or len(text) <= most else text[: most - 1] + "…"

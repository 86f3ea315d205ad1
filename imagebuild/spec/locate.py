"""Where in a file a part of a template stands, given its line in the template and a word to look for."""

from __future__ import annotations

import re

from imagebuild.errors import Place
from imagebuild.spec.node import Scalar

__all__ = ["locate"]

_OPENING = re.compile(r"\{[{%#]")
_BLOCKS = ("|", ">")


def locate(node: Scalar, line: int | None, token: str) -> Place:
    """The place of ``token``, or of the template's first mark, on ``line`` of ``node``'s text."""
    source = node.source
    if node.style == "file" or node.style == "|":
        first = source.line_of(node.start) + (node.style == "|")
        start, end = source.line_span(first + (line or 1) - 1)
        start, end = min(start, node.end), max(end, start)
    else:
        start, end = node.start, node.end
        if node.style in _BLOCKS:
            start = min(source.line_span(source.line_of(node.start) + 1)[0], node.end)
    text = source.text[start:end]
    opening = _OPENING.search(text)
    inside = opening.start() if opening else 0
    if token and (found := re.compile(rf"(?<!\w){re.escape(token)}(?!\w)").search(text, inside)):
        return source.place(start + found.start(), start + found.end())
    if opening:
        return source.place(start + inside, start + inside + 2)
    shift = len(text) - len(text.lstrip())
    return source.place(start + shift if shift < len(text) else start, end)

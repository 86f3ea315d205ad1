"""Says in words of the spec's author what the YAML parser objects to."""

from __future__ import annotations

from typing import Any

from imagebuild.errors import Place
from imagebuild.spec.source import Source

__all__ = ["explain"]

# Words of libyaml's and of PyYAML's own message, what to say instead, and what to do about it.
_WORDS: tuple[tuple[str, str | None, str], ...] = (
    ("tab character", "a tab indents this line", "indent with spaces"),
    ("mapping values are not allowed", "a second ': ' on one line", "put a text that contains ': ' in quotes"),
    (
        "did not find expected key",
        "this line does not fit the block it stands in",
        "keys of one block start in the same column",
    ),
    (
        "expected <block end>",
        "this line does not fit the block it stands in",
        "keys of one block start in the same column",
    ),
    (
        "did not find expected '-'",
        "this line does not fit the list it stands in",
        "items of one list start with '- ' in the same column",
    ),
    ("could not find expected ':'", "a key without ': ' after it", "write 'key: value', with a space after the colon"),
    (
        "unexpected end of stream",
        "a quote is opened and never closed",
        "close it, or double a quote that belongs to the text",
    ),
    (
        "unexpected document indicator",
        "a quote is opened and never closed",
        "close it, or double a quote that belongs to the text",
    ),
    (
        "expected ',' or ']'",
        "a '[' is opened and never closed, or a ',' is missing",
        "close the list with ']'; a text with brackets or braces in it stands in quotes",
    ),
    (
        "expected ',' or '}'",
        "a '{' is opened and never closed, or a ',' is missing",
        "close the block with '}'; a text with brackets or braces in it stands in quotes",
    ),
    (
        "unknown escape character",
        None,
        "in double quotes a backslash starts an escape: double it, or use single quotes",
    ),
    ("escape", None, "in double quotes a backslash starts an escape: double it, or use single quotes"),
    (
        "expected <document start>",
        "text follows where the spec has ended",
        "keys of one block start in the same column",
    ),
    ("undefined tag handle", None, "put a text that starts with '!' in quotes"),
    ("tag", None, "put a text that starts with '!' in quotes"),
    (
        "block sequence entries are not allowed",
        "a list cannot start here",
        "start the list on its own line, or write it as [a, b]",
    ),
    ("comment or line break", "text follows '|' or '>' on the same line", "the text starts on the next line, indented"),
    ("incompatible YAML", None, "leave the %YAML line out"),
    ("node content", "a value is missing or starts with a character it may not start with", "put the text in quotes"),
    ("block mapping", None, "keys of one block start in the same column"),
    ("anchor", None, "put a text that starts with '&' in quotes"),
    ("alias", None, "put a text that starts with '*' in quotes"),
    ("directive", None, "put a text that starts with '%' in quotes"),
    ("block scalar", None, "after '|' or '>' the text starts on the next line, indented"),
    ("flow node", None, "put a text that starts with this character in quotes"),
)
_CANNOT_START = "cannot start any token"
_COMMON = "put the text in quotes, and check the indentation of this line and the one before"


def explain(source: Source, error: Exception) -> tuple[str, Place, str]:
    """Message, place and hint for an exception of the YAML library."""
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    position = getattr(error, "position", 0)
    index = mark.index if mark is not None else position if isinstance(position, int) else 0
    text = source.text
    if _CANNOT_START in said or "cannot start" in said:
        found = text[index : index + 1]
        if found == "\t":
            return "a tab indents this line", source.place(index), "indent with spaces"
        return f"a text cannot start with '{found}' here", source.place(index), "put the text in quotes"
    line_start = source.line_span(source.line_of(min(index, len(text))))[0]
    if text[line_start : index + 1].strip(" \t") == "" and "\t" in text[line_start : index + 1]:
        return "a tab indents this line", source.place(line_start), "indent with spaces"
    if (
        "expected" in said
        and text[:index].rstrip(" ").endswith(("'", '"'))
        and text[index : index + 1] not in ("", "\n", "\r")
    ):
        return (
            "text follows after a closing quote",
            source.place(index),
            "double a quote that belongs to the text, or quote the whole text",
        )
    context = str(getattr(error, "context", None) or "")
    place = _place(source, index, said, getattr(error, "context_mark", None))
    for words, message, hint in _WORDS:
        if words in said:
            return message or f"this is no YAML: {said}", place, hint
    return f"this is no YAML: {said}" + (f" ({context})" if context else ""), place, _COMMON


def _place(source: Source, index: int, said: str, context: Any) -> Place:
    """Where to point: at the opening of what is not closed, at the colon too many, or at the offending text."""
    if context is not None and ("end of stream" in said or "document indicator" in said or "expected ',' or" in said):
        return source.place(context.index)
    return source.place(index)

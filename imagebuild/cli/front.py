"""The first page of the help: printed by itself, so that asking for it costs little more than a start of Python."""

from __future__ import annotations

import os

from imagebuild.cli.catalog import ABOUT, COMMANDS, EPILOG, OPTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TextIO

__all__ = ["WIDEST", "columns", "front_page"]

WIDEST = 100  # columns: longer lines are hard to read


def columns(stream: TextIO, environ: Mapping[str, str]) -> int | None:
    """Columns of the terminal behind ``stream``; None when it is a file or a pipe."""
    if not stream.isatty():
        return None
    if (given := environ.get("COLUMNS", "")).isdecimal() and int(given) > 0:
        return int(given)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError, AttributeError):
        return 80


def front_page(width: int | None) -> str:
    """The help of the program itself, for a terminal of that many columns; None for a file or a pipe."""
    width = min(width or WIDEST, WIDEST)
    lines = [
        "Usage: imagebuild [OPTIONS] [COMMAND] [ARGS]...",
        "",
        *_paragraph(ABOUT, width),
        "",
        "Options:",
        *_table(OPTIONS, width),
        "",
        "Commands:",
        *_table(COMMANDS, width),
        "",
        *_paragraph(EPILOG, width),
    ]
    return "\n".join(lines) + "\n"


def _paragraph(text: str, width: int) -> Iterable[str]:
    return (f"  {line}" for line in _wrapped(text, max(width, 20) - 2))


def _table(rows: Mapping[str, str], width: int) -> Iterable[str]:
    """Names on the left, and beside them what they are for."""
    first = max(map(len, rows)) + 2
    for name, text in rows.items():
        beside, *more = _wrapped(text, max(width - first - 2, 10))
        yield f"  {name:{first}}{beside}"
        yield from (" " * (first + 2) + line for line in more)


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of whole words. The standard library's needs regular expressions, which take as long as Python's start."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines

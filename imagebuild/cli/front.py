"""The first page of the help: printed by itself, so that asking for it costs little more than a start of Python."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from textwrap import wrap

from imagebuild.cli.catalog import ABOUT, COMMANDS, EPILOG, OPTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
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
    return wrap(text, max(width, 20), initial_indent="  ", subsequent_indent="  ")


def _table(rows: Mapping[str, str], width: int) -> Iterable[str]:
    """Names on the left, and beside them what they are for."""
    first = max(map(len, rows)) + 2
    for name, text in rows.items():
        beside, *more = wrap(text, max(width - first - 2, 10))
        yield f"  {name:{first}}{beside}"
        yield from (" " * (first + 2) + line for line in more)

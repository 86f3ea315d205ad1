"""Text on its way to a terminal: made harmless, measured in cells, put into columns.

A line is a sequence of pieces; a piece is plain text, or text with a style such as ``"bold red"``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from imagebuild.spec.secret import mask

__all__ = ["Line", "Piece", "cells", "clean", "columns", "count", "crop", "encodable", "plain"]

Piece: TypeAlias = str | tuple[str, str]
Line: TypeAlias = Sequence[Piece]

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # marks and overrides of writing direction, line separators
    "\ud800-\udfff]"  # halves of characters, which no stream can encode
)
_ASCII = str.maketrans({"–": "-", "—": "--", "…": "...", "→": "->", "·": "-", "×": "x", "✓": "ok", "✗": "x", "’": "'"})


def clean(text: str) -> str:
    r"""``text`` with every character that could steer a terminal shown as ``\x1b``, and keys of services masked."""
    text = mask(text)
    return text if text.isprintable() else _CONTROL.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def encodable(text: str, encoding: str, *, ascii_only: bool) -> str:
    """``text`` in characters that the stream can carry, our own signs spelt in ASCII where they must be."""
    if text.isascii():
        return text
    if ascii_only:
        text, encoding = text.translate(_ASCII), "ascii"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def plain(line: Line) -> str:
    """A line's text without its styles."""
    return "".join(piece if isinstance(piece, str) else piece[0] for piece in line)


def cells(text: str) -> int:
    """How many columns of a terminal ``text`` takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def crop(text: str, width: int) -> str:
    """``text`` in at most ``width`` columns, with ``…`` where something is left out."""
    if cells(text) <= width:
        return text
    if text.isascii():
        return text[: max(0, width - 1)] + "…"
    from rich.cells import set_cell_size

    return set_cell_size(text, max(0, width - 1)).rstrip() + "…"


def columns(rows: Iterable[Sequence[Piece]], *, width: int | None = None, flexible: int = 0) -> list[list[Piece]]:
    """Rows with their cells padded to columns; ``flexible`` is the one that is cropped to keep to ``width``."""
    table = [[_split(piece) for piece in row] for row in rows]
    if not table:
        return []
    widths = [max((cells(row[at][0]) for row in table if at < len(row)), default=0) for at in range(len(table[0]))]
    if width is not None and (over := sum(widths) + 2 * (len(widths) - 1) - width) > 0:
        widths[flexible] = max(12, widths[flexible] - over)
    return [_padded(row, widths) for row in table]


def _padded(row: list[tuple[str, str]], widths: list[int]) -> list[Piece]:
    line: list[Piece] = []
    while row and not row[-1][0]:
        row = row[:-1]
    for at, (text, style) in enumerate(row):
        text = crop(text, widths[at])
        line.append((text, style) if style else text)
        if at < len(row) - 1:
            line.append(" " * (widths[at] - cells(text) + 2))
    return line


def _split(piece: Piece) -> tuple[str, str]:
    text, style = (piece, "") if isinstance(piece, str) else piece
    return " ".join(clean(text).split()), style


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 picture``, ``3 pictures``."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"

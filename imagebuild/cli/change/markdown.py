"""A comparison as Markdown for a comment on a pull request: short, within GitHub's bounds, and safe with any text."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from urllib.parse import quote

from msgspec import Struct

from imagebuild.cli.change.compared import Compared
from imagebuild.cli.change.words import KIND_WORDS, headline, money_line, notes_of, price
from imagebuild.cli.markup import markdown_text
from imagebuild.comparison.change import Change, Shown
from imagebuild.digest import digest_bytes
from imagebuild.media import EXTENSIONS

__all__ = ["MOST", "Addresses", "change_markdown", "marker"]

MOST = 60_000
"""Characters of a whole comment: GitHub takes 65,536, and whoever posts it may add a line."""

_ROWS = 30  # shown at once; the others fold
_NAME, _NOTE, _NOTES, _URL = 120, 160, 6, 1000
_WIDTH = 200
_HEAD = ["| picture | before | after | what changed | cost |", "|---|---|---|---|--:|"]


class Addresses(Struct, frozen=True):
    """Where raw files of the repository are on each side, with a slash at the end; empty where nobody said."""

    before: str = ""
    after: str = ""


def marker(folder: str) -> str:
    """The hidden first line, by which a comment is found again: another one for each project of a repository."""
    name = folder.strip("/")
    return f"<!-- imagebuild-diff{f' {digest_bytes(os.fsencode(name))[:12]}' if name else ''} -->"


def change_markdown(compared: Compared, addresses: Addresses) -> str:
    """The whole comment. Beyond thirty pictures a table folds, beyond the bound the rest is only counted."""
    comparison = compared.comparison
    head = headline(comparison)
    where = f" in {markdown_text(posixpath.normpath(compared.folder), _NAME)}" if compared.folder else ""
    lines = [marker(compared.folder), f"### imagebuild: {markdown_text(head)}{where}", ""]
    told = [f"Compared with {markdown_text(compared.name, _NAME)}"]
    told += [part for part in (money_line(comparison.cost),) if part]
    lines += [f"{'; '.join(told).replace('$', '&#36;')}.", ""]
    if compared.note is not None:
        lines += [f"Files are not compared: {markdown_text(compared.note.message, _NOTE)}.", ""]
    rows, room = [], MOST - sum(len(line) + 1 for line in lines) - 600
    for change in comparison.changes:
        row = _row(change, compared.folder, addresses)
        room -= len(row) + 1
        if room < 0:
            break
        rows.append(row)
    lines += _tables(rows)
    if left := len(comparison.changes) - len(rows):
        lines += [f"And {left} more, which 'imagebuild diff' lists.", ""]
    return "\n".join(lines)


def _tables(rows: Sequence[str]) -> list[str]:
    lines = [*_HEAD, *rows[:_ROWS], ""] if rows else []
    if more := rows[_ROWS:]:
        lines += [f"<details><summary>{len(more)} more</summary>", "", *_HEAD, *more, "", "</details>", ""]
    return lines


def _row(change: Change, folder: str, addresses: Addresses) -> str:
    after = _cell(change.after, folder, addresses.after)
    if change.waiting:
        after += f"<br>waits for review:<br>{_cell(change.waiting, folder, '')}"
    notes = notes_of(change)
    shown = [markdown_text(note, _NOTE) for note in notes[:_NOTES]]
    shown += [f"and {len(notes) - _NOTES} more"] if len(notes) > _NOTES else []
    name = f"**{markdown_text(change.target, _NAME)}**<br>{KIND_WORDS[change.kinds[0]]}"
    cells = [name, _cell(change.before, folder, addresses.before), after, "<br>".join(shown), price(change.cost)]
    cells[-1] = cells[-1].replace("$", "&#36;")
    return f"| {' | '.join(cells)} |"


def _cell(shown: Shown | None, folder: str, address: str) -> str:
    """The picture where it can be had, else its file's name and the beginning of its digest."""
    if shown is None:
        return "–"
    digest = f"<code>{shown.digest[:8]}</code>"
    if shown.path is None:
        return digest
    name = markdown_text(shown.path, _NAME)
    # What quote leaves as it is means nothing to Markdown in a tag; '~' and '_' pair up in text alone.
    url = address + quote(os.fsencode(folder + shown.path), safe="/")
    if not (address and shown.raw and shown.media_type in EXTENSIONS) or len(url) > _URL:
        return f"{name}<br>{digest}"
    return f'<a href="{url}"><img src="{url}" width="{_WIDTH}" alt="{shown.digest[:8]}"></a><br>{name}'

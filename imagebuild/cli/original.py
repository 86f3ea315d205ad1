"""The pictures that a target had, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from imagebuild.cli.review import review_word
from imagebuild.cli.summary import charged, money
from imagebuild.cli.text import Line, Piece, cells, columns, count, crop
from imagebuild.digest import Json
from imagebuild.history import Original, Standing

__all__ = ["history_json", "history_lines"]

_STANDINGS: dict[Standing, tuple[str, str]] = {
    "live": ("live", "bold green"),
    "base": ("in use", "green"),
    "waiting": ("waits", "bold yellow"),
    "candidate": ("candidate", ""),
    "": ("", ""),
}
_TITLES = ("#", "when (UTC)", "what", "by", "cost", "review", "now", "prompt")
_LEAST = 16  # columns of a prompt that are worth showing
_SHORT = 60  # columns of a prompt where no terminal bounds them


def history_lines(originals: Sequence[Original], *, width: int | None, verbose: bool) -> list[Line]:
    """A row for each picture, and what all of them cost."""
    head: list[Piece] = [(title, "bold") for title in _TITLES]
    every: list[list[Piece]] = [head, *(_row(each, originals) for each in originals)]
    if all(each.review == "unreviewed" for each in originals):
        every = _without(every, "review")
    for spare in ("by", "prompt"):
        if width is not None and _least(every) > width:
            every = _without(every, spare)
    table = columns(every, width=width, flexible=len(every[0]) - 1)
    lines: list[Line] = [table[0]]
    for row, original in zip(table[1:], originals, strict=True):
        lines += [row, *(_details(original) if verbose else [])]
    return [*lines, [], [(_total(originals), "bold")]]


def _without(rows: list[list[Piece]], title: str) -> list[list[Piece]]:
    """The table less a column."""
    at = [cell[0] for cell in rows[0]].index(title)
    return [[*row[:at], *row[at + 1 :]] for row in rows]


def _least(rows: list[list[Piece]]) -> int:
    """The columns of a terminal that the table takes, with prompts cut short."""
    texts = [[piece if isinstance(piece, str) else piece[0] for piece in row] for row in rows]
    widths = [max(map(cells, column)) for column in zip(*texts, strict=True)]
    if rows[0][-1][0] == "prompt":
        widths[-1] = min(widths[-1], _LEAST)
    return sum(widths) + 2 * (len(widths) - 1)


def _row(original: Original, originals: Sequence[Original]) -> list[Piece]:
    word, style = _STANDINGS[original.standing]
    if not original.here:
        word = f"{word} (not in the store)".strip()
    several = len({each.provider for each in originals if not each.adopted}) > 1
    names = [original.provider, original.model] if several else [original.model or original.provider]
    said = review_word(original.review)
    prompt = original.prompt or original.revised_prompt or ""
    return [
        str(original.number),
        original.time[:16].replace("T", " "),
        _what(original, originals),
        "" if original.adopted else " ".join(name for name in names if name),
        "unknown" if original.cost_usd is None else money(original.cost_usd) if original.cost_usd else "",
        "" if original.review == "unreviewed" and original.standing not in ("live", "waiting") else said,
        (word, style if original.here else "dim"),
        crop(" ".join(prompt.split()), _SHORT),
    ]


def _what(original: Original, originals: Sequence[Original]) -> str:
    """``candidate 2``, ``edit 1, take 3``, ``adopted``."""
    if original.adopted:
        return "adopted"
    what = f"edit {original.stage}" if original.stage else "picture"
    if not original.stage and any(each.candidate > 1 for each in originals):
        what = f"candidate {original.candidate}"
    return f"{what}, take {original.take}" if original.take > 1 else what


def _details(original: Original) -> list[Line]:
    named = {
        "digest": original.digest,
        "key": original.key,
        "by": None if original.adopted else f"{original.provider} {original.model or ''}".strip(),
        "prompt": original.prompt,
        "revised": original.revised_prompt,
        "request": original.request_id,
    }
    return [[(f"    {name} ", "dim"), " ".join(value.split())] for name, value in named.items() if value]


def _total(originals: Sequence[Original]) -> str:
    known = sum(each.cost_usd for each in originals if each.cost_usd)
    unpriced = any(each.cost_usd is None for each in originals)
    spent = f"{charged(known, unpriced=unpriced)} spent" if known or unpriced else "nothing spent"
    return f"{count(len(originals), 'picture')}, {spent} on {'it' if len(originals) == 1 else 'them'}"


def history_json(originals: Sequence[Original]) -> dict[str, Json]:
    """The pictures for programs, oldest first; ``cost_usd`` of all is null when one of them is unknown."""
    costs = [each.cost_usd for each in originals]
    return {
        "pictures": [_json(each) for each in originals],
        "cost_usd": None if None in costs else round(sum(cost for cost in costs if cost is not None), 6),
    }


def _json(original: Original) -> dict[str, Json]:
    return {
        "number": original.number,
        "target": original.target,
        "stage": original.stage,
        "candidate": original.candidate,
        "take": original.take,
        "key": original.key,
        "digest": original.digest,
        "media_type": original.media_type,
        "time": original.time,
        "cost_usd": original.cost_usd,
        "provider": original.provider,
        "model": original.model,
        "prompt": original.prompt,
        "revised_prompt": original.revised_prompt,
        "request_id": original.request_id,
        "adopted": original.adopted,
        "review": original.review,
        "standing": original.standing or None,
        "in_store": original.here,
    }

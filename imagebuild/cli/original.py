"""The pictures that a target had, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from imagebuild.cli.review import review_word
from imagebuild.cli.summary import charged, money
from imagebuild.cli.text import Line, Piece, columns, count, crop
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
_SHORT = 60  # columns of a prompt where no terminal bounds them


def history_lines(originals: Sequence[Original], *, width: int | None, verbose: bool) -> list[Line]:
    """A row for each picture, and what all of them cost."""
    titles = ["#", "when (UTC)", "what", "by", "cost", "review", "now", "prompt"]
    rows = [_row(each, originals) for each in originals]
    if all(each.review == "unreviewed" for each in originals):
        at = titles.index("review")
        titles, rows = [*titles[:at], *titles[at + 1 :]], [[*row[:at], *row[at + 1 :]] for row in rows]
    head: list[Piece] = [(title, "bold") for title in titles]
    table = columns([head, *rows], width=width, flexible=len(head) - 1)
    lines: list[Line] = [table[0]]
    for row, original in zip(table[1:], originals, strict=True):
        lines += [row, *(_details(original) if verbose else [])]
    return [*lines, [], [(_total(originals), "bold")]]


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

"""A comparison for the terminal and for programs."""

from __future__ import annotations

from imagebuild.cli.change.compared import Compared
from imagebuild.cli.change.words import KIND_WORDS, headline, money_line, notes_of, price
from imagebuild.cli.published import cost_json, reason_json
from imagebuild.cli.text import Line, Piece, columns
from imagebuild.comparison.change import Change, Comparison, FileChange, Kind, Shown
from imagebuild.digest import Json

__all__ = ["change_lines", "comparison_json"]

_STYLES: dict[Kind, str] = {"added": "green", "removed": "red", "changed": "yellow", "waiting": "cyan"}


def change_lines(compared: Compared, *, width: int | None = None) -> list[Line]:
    """A row for each picture with what changed below each other, and the totals."""
    rows = [row for change in compared.comparison.changes for row in _rows(change)]
    lines: list[Line] = [*columns(rows, width=width, flexible=2)]
    return [*lines, *([[]] if lines else []), [(_totals(compared), "bold")]]


def _totals(compared: Compared) -> str:
    parts = [headline(compared.comparison), money_line(compared.comparison.cost)]
    first, *rest = (part for part in parts if part)
    found, _, kinds = first.partition(":")
    return "; ".join([f"{found} from {compared.name}{':' if kinds else ''}{kinds}", *rest])


def _rows(change: Change) -> list[list[Piece]]:
    notes = notes_of(change) or [""]
    kind = change.kinds[0]
    first: list[Piece] = [(KIND_WORDS[kind], _STYLES.get(kind, "bold")), change.target, notes[0], price(change.cost)]
    rest: list[list[Piece]] = [["", "", note, ""] for note in notes[1:]]
    return [first, *rest]


def comparison_json(compared: Compared) -> dict[str, Json]:
    """A comparison as ``docs/reference/json.md`` promises it."""
    comparison: Comparison = compared.comparison
    totals: dict[str, Json] = {"changed": len(comparison.changes), "unchanged": comparison.unchanged}
    return {
        "version": 1,
        "base": {"revision": compared.base, "commit": compared.commit},
        "changes": [_change_json(change) for change in comparison.changes],
        "totals": {
            **totals,
            "kinds": {str(kind): number for kind, number in comparison.counts().items()},
            "cost": cost_json(comparison.cost),
        },
    }


def _change_json(change: Change) -> dict[str, Json]:
    return {
        "target": change.target,
        "was": change.was,
        "kinds": list(change.kinds),
        "before": _shown_json(change.before),
        "after": _shown_json(change.after),
        "waiting": _shown_json(change.waiting),
        "reasons": [reason_json(reason) for reason in change.reasons],
        "cost": cost_json(change.cost),
        "files": [_file_json(each) for each in change.files],
    }


def _shown_json(shown: Shown | None) -> dict[str, Json] | None:
    return {"digest": shown.digest, "media_type": shown.media_type, "path": shown.path} if shown else None


def _file_json(each: FileChange) -> dict[str, Json]:
    return {"path": each.path, "before": each.before, "after": each.after}

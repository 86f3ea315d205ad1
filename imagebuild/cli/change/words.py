"""A change in the words of tables and pages."""

from __future__ import annotations

from imagebuild.cli.text import count
from imagebuild.comparison.change import Change, Comparison, Kind
from imagebuild.cost import Cost

__all__ = ["KIND_WORDS", "headline", "money_line", "notes_of", "price"]

KIND_WORDS: dict[Kind, str] = {
    "added": "new",
    "removed": "removed",
    "renamed": "renamed",
    "changed": "changed",
    "waiting": "waits for review",
    "picked": "another pick",
    "adopted": "adopted",
    "reviewed": "reviewed",
    "frozen": "frozen",
    "unfrozen": "no longer frozen",
    "described": "other alt text",
    "files": "other files",
}


def headline(comparison: Comparison) -> str:
    """``3 pictures differ: 1 new, 2 changed``; a picture to which several things happened counts for the first."""
    number = len(comparison.changes)
    if not number:
        return "no picture differs"
    firsts = [change.kinds[0] for change in comparison.changes]
    parts = [f"{firsts.count(kind)} {word}" for kind, word in KIND_WORDS.items() if kind in firsts]
    return f"{count(number, 'picture differs', 'pictures differ')}: {', '.join(parts)}"


def money_line(cost: Cost) -> str:
    """What was bought since; empty where nothing was."""
    return "" if cost == Cost.free() else f"bought for {price(cost)}"


def price(cost: Cost) -> str:
    """``$0.12``; empty for what costs nothing."""
    if cost == Cost.free():
        return ""
    return str(cost) if cost.known or cost.high else "unknown cost"


def notes_of(change: Change) -> list[str]:
    """What happened beside the first kind, and what differs, a line each."""
    notes = [f"was {change.was}"] if change.was else []
    notes += [KIND_WORDS[kind] for kind in change.kinds[1:] if kind not in ("reviewed", "picked", "described", "files")]
    notes += [str(reason) for reason in change.reasons]
    if change.waiting:
        notes.append("the approved picture stays until the new one is picked")
    return notes + _files(change)


def _files(change: Change) -> list[str]:
    """How many files of it are other ones, where more than the one that is shown is to be told."""
    both = sum(each.before is not None and each.after is not None for each in change.files)
    new = sum(each.before is None for each in change.files)
    gone = sum(each.after is None for each in change.files)
    if len(change.files) < 2 and change.kinds != ("files",):
        return []
    parts = [f"{number} {word}" for number, word in ((both, "changed"), (new, "new"), (gone, "gone")) if number]
    return [f"files: {', '.join(parts)}"] if parts else []

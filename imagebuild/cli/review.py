"""Reviews in words: what people said of pictures, and new ones that wait for somebody to say it."""

from __future__ import annotations

from collections.abc import Sequence

from imagebuild.cli.text import Line, Piece
from imagebuild.lockfile import Review
from imagebuild.status import TargetStatus
from imagebuild.target import in_shell

__all__ = ["REVIEWS", "named", "review_word", "waiting_lines", "waits"]

REVIEWS: dict[Review, tuple[str, str]] = {
    "approved": ("approved", "green"),
    "unreviewed": ("needs review", "yellow"),
    "rejected": ("rejected", "bold red"),
}
_MOST = 5


def review_word(review: Review | None) -> Piece:
    """``approved``, ``needs review``, ``rejected``; empty for what stands in no lock."""
    return REVIEWS[review] if review else ""


def waits(status: TargetStatus) -> bool:
    """Whether a new picture waits beside an approved one."""
    return any(reason.code == "review" for reason in status.reasons)


def named(targets: Sequence[str]) -> str:
    """Targets as a shell takes them, the first few."""
    return " ".join(in_shell(target) for target in targets[:_MOST])


def waiting_lines(targets: Sequence[str]) -> list[Line]:
    """Which new pictures wait beside approved ones, and the commands that settle it."""
    if not targets:
        return []
    one = len(targets) == 1
    what = (
        "a new picture waits for review, and the approved one stays"
        if one
        else (f"{len(targets)} new pictures wait for review, and the approved ones stay")
    )
    shown, more = named(targets), f" (and {len(targets) - _MOST} more)" if len(targets) > _MOST else ""
    pick = f"'imagebuild pick {shown}' lets it go live, " if one else ""
    good = "says that it is good, too" if one else "lets them go live"
    settle = f"{pick}'imagebuild approve {shown}' {good}{more}"
    return [[("note:", "bold cyan"), f" {what}"], [("hint:", "bold cyan"), f" {settle}"]]

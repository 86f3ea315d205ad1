"""Lines of locks whose pictures are told by a number, for tests of merges."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from imagebuild.lockfile.line import LockLine
from imagebuild.lockfile.merge import Lines
from imagebuild.target import Slot

__all__ = ["approved", "line", "lines", "rerolled", "told"]


def line(target: str, picture: int, **fields: Any) -> LockLine:
    """The first picture of a target, picked; ``fields`` are other than that."""
    number = f"{picture:064x}"
    made: dict[str, Any] = {
        "target": target,
        "stage": 0,
        "candidate": 1,
        "key": number,
        "take": 1,
        "digest": number,
        "media_type": "image/png",
        "picked": True,
        "review": "unreviewed",
        "provider": "recorder",
        "time": "2026-11-23T10:00:00Z",
        "cost_usd": 0.04,
    }
    return LockLine(**{**made, **fields})


def lines(*each: LockLine) -> dict[Slot, LockLine]:
    """A lock."""
    return {one.slot: one for one in each}


def rerolled(before: LockLine, picture: int) -> LockLine:
    """Another picture in the place of one."""
    number = f"{picture:064x}"
    said = {"take": before.take + 1, "review": "unreviewed", "replaces": before.digest}
    return replace(before, key=number, digest=number, **said)  # type: ignore[arg-type]  # fields of different types


def approved(before: LockLine) -> LockLine:
    """The same picture, which somebody found good."""
    return replace(before, review="approved")


def told(lock: Lines) -> dict[str, str]:
    """What stands where, in short: ``{"hero": "7*", "hero 2": "8"}``; the star marks what is picked."""
    return {
        f"{target}{f' edit {stage}' if stage else ''}{f' {candidate}' if candidate > 1 else ''}": (
            f"{int(one.digest, 16)}{'*' if one.picked and not stage else ''}"
        )
        for (target, stage, candidate), one in sorted(lock.items())
    }

"""A lock in conflict as people and programs see it: both sides of each target, and what was let go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from imagebuild.cli.summary import money
from imagebuild.cli.text import Line, Piece, columns
from imagebuild.digest import Json
from imagebuild.lockfile.line import LockLine, slot_name
from imagebuild.lockfile.merge import Conflict, Merge, Side

__all__ = ["conflict_json", "conflict_lines", "dropped_lines"]

_SIDES: tuple[Side, Side] = ("ours", "theirs")
_SELDOM = ("frozen", "delivered still")
_ALWAYS = ("picture", "in the store")

Has = Callable[[LockLine], bool]
"""Whether the bytes of a line's picture are on this machine."""


def conflict_lines(
    conflicts: Sequence[Conflict], names: tuple[str, str], has: Has, *, width: int | None = None
) -> list[Line]:
    """A small table for each line in which the sides of a target differ, with what differs, in ``width`` columns."""
    heads = [f"{side} ({name})" if name not in ("", side) else side for side, name in zip(_SIDES, names, strict=True)]
    lines: list[Line] = []
    for each in conflicts:
        lines += [*([[]] if lines else []), [(each.target, "bold"), f": {each.what}"]]
        rows: list[list[Piece]] = []
        ours, theirs = ({line.slot: line for line in side} for side in (each.ours, each.theirs))
        for slot in sorted(ours.keys() | theirs.keys()):
            if ours.get(slot) != theirs.get(slot):
                rows.append([(slot_name(("", *slot[1:])).strip(), "bold"), *((head, "cyan") for head in heads)])
                rows += _differing(_told(ours.get(slot), has), _told(theirs.get(slot), has))
        lines += [["  ", *line] for line in columns(rows, width=width and width - 2, flexible=1)]
    return lines


def _differing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[list[Piece]]:
    """All that is told of two pictures; of one on both sides, what the sides do not agree on."""
    one = ours.get("picture") == theirs.get("picture")
    names = [
        name
        for name in {**ours, **theirs}
        if name in _ALWAYS or ours.get(name) != theirs.get(name) or not (one or name in _SELDOM)
    ]
    return [[name, ours.get(name, "none"), theirs.get(name, "none")] for name in names]


def dropped_lines(merge: Merge, has: Has) -> list[Line]:
    """The pictures that the lock holds no longer, of either side."""
    return [
        [
            f"dropped of {side}: ",
            (slot_name(line.slot), "bold"),
            f", picture {line.digest[:12]} by {_maker(line)}, cost {_cost(line)}, ",
            "in the store" if has(line) else ("not in the store of this machine", "yellow"),
        ]
        for side, line in merge.dropped
    ]


def conflict_json(merge: Merge, has: Has, *, written: bool) -> dict[str, Json]:
    """All of a merge for programs."""
    return {
        "conflicts": [
            {
                "target": each.target,
                "what": each.what,
                "ours": [_json(line, has) for line in each.ours],
                "theirs": [_json(line, has) for line in each.theirs],
            }
            for each in merge.conflicts
        ],
        "settled": list(merge.settled),
        "dropped": [{"side": side, **_json(line, has)} for side, line in merge.dropped],
        "written": written,
    }


def _told(line: LockLine | None, has: Has) -> dict[str, str]:
    """A line in words; nothing of one that is not there."""
    if line is None:
        return {}
    return {
        "picture": line.digest[:12],
        "take": str(line.take),
        "made by": _maker(line),
        "cost": _cost(line),
        "when (UTC)": line.time[:16].replace("T", " "),
        "review": line.review,
        "picked": "yes" if line.picked else "no",
        "frozen": "yes" if line.frozen else "no",
        "delivered still": line.live.digest[:12] if line.live else "no other",
        "in the store": "yes" if has(line) else "no",
    }


def _maker(line: LockLine) -> str:
    by = line.provider if line.model is None else f"{line.provider} {line.model}"
    return f"{by}, adopted" if line.adopted else by


def _cost(line: LockLine) -> str:
    return "unknown" if line.cost_usd is None else money(line.cost_usd)


def _json(line: LockLine, has: Has) -> dict[str, Json]:
    return {
        "target": line.target,
        "stage": line.stage,
        "candidate": line.candidate,
        "key": line.key,
        "digest": line.digest,
        "take": line.take,
        "provider": line.provider,
        "model": line.model,
        "cost_usd": line.cost_usd,
        "time": line.time,
        "review": line.review,
        "picked": line.picked,
        "stored": has(line),
    }

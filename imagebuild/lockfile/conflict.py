"""A lock in conflict, taken apart: what stood on either side.

git either marks what it could not merge, or (``merge=union``) keeps the lines of both sides, so that one stands twice.
The file itself says which lines there are, as somebody may have settled a part by hand; git says whose they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from imagebuild.errors import LockError
from imagebuild.lockfile.ancestry import Ancestry, ancestry_of, certain_lines
from imagebuild.lockfile.line import LAST, LockLine, line_text, lock_text, slot_name
from imagebuild.lockfile.merge import Lines, Merge, merge_locks
from imagebuild.lockfile.reader import MARKER, Row, inner_rows, is_header, line_of, read_lines, rows_of
from imagebuild.repository import Repository
from imagebuild.target import Slot

__all__ = ["ATTRIBUTES", "Conflicted", "conflicted_text", "take_apart"]

ATTRIBUTES = "imagebuild.lock text eol=lf merge=union linguist-generated"
"""The line of ``.gitattributes`` by which git keeps the lines of both sides, and reviews fold the file."""

_MARKERS = "'git checkout --merge imagebuild.lock' puts the conflict back as it was"
_BY_HAND = "remove all but two of them by hand, then run 'imagebuild resolve' again"
_ONE_SIDE = "keep one of the two by hand, then run 'imagebuild resolve' again"
_NEXT = {"": "<", "<": "|=", "|": "=", "=": ">"}  # which marker may follow


class Conflicted(Struct, frozen=True):
    """Both sides of a lock, and what they began as; ``names`` is what git calls the sides, where it says."""

    base: Lines
    ours: Lines
    theirs: Lines
    names: tuple[str, str] = ("", "")

    def merged(self) -> Merge:
        """Both sides made one, as far as that is clear."""
        return merge_locks(self.base, self.ours, self.theirs)


def take_apart(data: bytes, name: str, repository: Repository | None) -> Conflicted | None:
    """Both sides of a lock; None when it is in no conflict. ``name`` is its file's. Raises LockError when it is broken.

    A file that git took whole from one side, as its attributes forbid a merge, is in conflict too.
    """
    rows = rows_of(data, name)
    if any(MARKER.fullmatch(row.source) for row in rows):
        return _of_markers(rows, ancestry_of(repository, name))
    try:
        whole = read_lines(data, name)
    except LockError:
        return _of_union(rows, ancestry_of(repository, name))
    if repository is None or repository.attribute("merge", name) != "unset":
        return None
    known = ancestry_of(repository, name)
    if known.ours is None or known.theirs is None or whole not in (known.ours, known.theirs):
        return None
    return Conflicted(known.base, known.ours, known.theirs) if known.ours != known.theirs else None


def conflicted_text(merge: Merge, names: tuple[str, str]) -> str:
    """A lock with what is settled, and each target that is not between markers: refused until somebody chooses."""
    blocks = [(slot, [line_text(line)]) for slot, line in merge.lines.items()]
    for each in merge.conflicts:
        block = [
            f"<<<<<<< {names[0] or 'ours'}",
            *map(line_text, each.ours),
            "=======",
            *map(line_text, each.theirs),
            f">>>>>>> {names[1] or 'theirs'}",
        ]
        blocks.append(((each.target, -1, 0), block))
    return lock_text([row for _, block in sorted(blocks) for row in block])


def _of_markers(rows: Sequence[Row], known: Ancestry) -> Conflicted:
    """Markers with more signs stand within the base of a conflict: they are of an older merge, and passed over."""
    parts: dict[str, list[Row]] = {"": [], "<": [], "|": [], "=": []}
    names = {"<": "", ">": ""}
    part, size, begun = "", 0, rows[0]
    for row in rows:
        mark = MARKER.fullmatch(row.source)
        if not mark or (size and len(mark[1]) != size):
            parts[part].append(row)
            continue
        sign = mark[1][0]
        if sign not in _NEXT[part]:
            raise row.error("this marker of a conflict is without the others", hint=_MARKERS)
        names[sign] = names.get(sign) or mark[2] or ""
        part, size, begun = ("", 0, row) if sign == ">" else (sign, len(mark[1]), row)
    if part:
        raise begun.error("this conflict does not end", hint=_MARKERS)
    ours, theirs = _in_order(parts[""], parts["<"]), _in_order(parts[""], parts["="])
    base = known.base or certain_lines([*parts[""], *parts["|"]])
    return _conflicted(base, *_sides(ours, theirs, known), (names["<"], names[">"]))


def _in_order(*parts: Sequence[Row]) -> Lines:
    """The lines of one side. Raises LockError."""
    rows = sorted((row for part in parts for row in part), key=lambda row: row.number)
    lines: dict[Slot, LockLine] = {}
    for row in inner_rows(rows):
        line = line_of(row)
        if lines.setdefault(line.slot, line) != line:
            raise row.error(f"'{slot_name(line.slot)}' stands twice on one side", hint=_ONE_SIDE)
    return lines


def _sides(ours: Lines, theirs: Lines, known: Ancestry) -> tuple[Lines, Lines]:
    """Both sides, where git merged a part of the file: what it took from one of them is not the other's."""
    sides = {
        slot: _whose(slot, [ours[slot]], known)
        if ours.get(slot) == theirs.get(slot)
        else (ours.get(slot), theirs.get(slot))
        for slot in {**ours, **theirs}
    }
    return _present(sides, 0), _present(sides, 1)


def _present(sides: Mapping[Slot, tuple[LockLine | None, LockLine | None]], side: int) -> dict[Slot, LockLine]:
    return {slot: line for slot, both in sides.items() if (line := both[side]) is not None}


def _of_union(rows: Sequence[Row], known: Ancestry) -> Conflicted:
    """Where git does not say whose a line is, the first of two is ours: so it writes them."""
    found: dict[Slot, list[LockLine]] = {}
    for row in inner_rows(rows):
        if is_header(row) or row.source == LAST:  # both sides wrote them anew
            continue
        line = line_of(row)
        lines = found.setdefault(line.slot, [])
        if line not in lines:
            lines.append(line)
        if len(lines) > 2:
            lines[:] = _latest(lines)
        if len(lines) > 2:
            raise row.error(f"'{slot_name(line.slot)}' stands here for the third time", hint=_BY_HAND)
    sides = {slot: _whose(slot, lines, known) for slot, lines in found.items()}
    ours, theirs = _present(sides, 0), _present(sides, 1)
    return _conflicted(known.base, ours, theirs)


def _conflicted(base: Lines, ours: Lines, theirs: Lines, names: tuple[str, str] = ("", "")) -> Conflicted:
    """Of two picks of a target that nobody knows more of, the first is ours."""
    first, second = _with_one_pick(reversed([*ours.items()])), _with_one_pick(theirs.items())
    return Conflicted(base, first, second, names)


def _whose(slot: Slot, lines: Sequence[LockLine], known: Ancestry) -> tuple[LockLine | None, LockLine | None]:
    """What ours and theirs had at a slot of which one or two lines were kept."""
    if known.ours is None or known.theirs is None:
        return lines[0], lines[-1]
    base, ours, theirs = (side.get(slot) for side in (known.base, known.ours, known.theirs))
    if len(lines) == 2:
        swapped = theirs == lines[0] or ours == lines[1]
        return (lines[1], lines[0]) if swapped and ours != lines[0] and theirs != lines[1] else (lines[0], lines[1])
    only = lines[0]
    if only not in (ours, theirs):
        return only, only
    # The line of a side that did not change it is not kept, nor is one that somebody took out by hand.
    return ours if ours in (only, base, None) else only, theirs if theirs in (only, base, None) else only


def _latest(lines: Sequence[LockLine]) -> list[LockLine]:
    """The lines less those that another one was made in place of: a rebase brings each state of a branch."""
    return [
        line
        for line in lines
        if not any(other.replaces == line.digest and line.replaces != other.digest for other in lines)
    ]


def _with_one_pick(lines: Iterable[tuple[Slot, LockLine]]) -> Lines:
    """The lines with the last pick of each target alone."""
    result = dict(lines)
    picks = {line.target: slot for slot, line in result.items() if line.picked and line.stage == 0}
    return {
        slot: replace(line, picked=slot == picks[line.target]) if line.stage == 0 and line.target in picks else line
        for slot, line in result.items()
    }

"""Merges two locks that began as one, slot by slot. What only one side changed wins; the rest is for people to say.

``picked`` is one choice for each target, and what people said of a picture goes with that picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from imagebuild.lockfile.line import LockLine, slot_name
from imagebuild.target import Slot

__all__ = ["Conflict", "Lines", "Merge", "Side", "merge_locks"]

Lines: TypeAlias = Mapping[Slot, LockLine]
Side: TypeAlias = Literal["ours", "theirs"]


class Conflict(Struct, frozen=True):
    """A target that both sides changed, each in another way: all its lines on both, and what differs."""

    target: str
    what: str
    ours: tuple[LockLine, ...]
    theirs: tuple[LockLine, ...]

    def side(self, side: Side) -> tuple[LockLine, ...]:
        """The lines of one side."""
        return self.ours if side == "ours" else self.theirs


class Merge(Struct, frozen=True):
    """What came of a merge: the lines of all targets that are settled, and those that are not.

    ``settled`` are the targets that differed between the sides. ``dropped`` are the lines of either side that stand no
    more, though they were not in the common base: their pictures were made for what was merged.
    """

    lines: Lines
    conflicts: tuple[Conflict, ...]
    settled: tuple[str, ...]
    dropped: tuple[tuple[Side, LockLine], ...]

    def choose(self, side: Side, targets: Iterable[str]) -> Merge:
        """This merge with the conflicts of some targets settled: each has all its lines of one side."""
        wanted = set(targets)
        chosen = [each for each in self.conflicts if each.target in wanted]
        other: Side = "theirs" if side == "ours" else "ours"
        lines = {**self.lines, **{line.slot: line for each in chosen for line in each.side(side)}}
        there = _digests(lines.values())
        lost = [(other, line) for each in chosen for line in each.side(other) if line.digest not in there]
        return Merge(
            lines,
            tuple(each for each in self.conflicts if each.target not in wanted),
            (*self.settled, *(each.target for each in chosen)),
            (*self.dropped, *lost),
        )


def merge_locks(base: Lines, ours: Lines, theirs: Lines) -> Merge:
    """Merge two locks; ``base`` is the one that both began as, without lines where it is unknown."""
    base, ours, theirs = _renamed(base, ours, theirs)
    lines: dict[Slot, LockLine] = {}
    conflicts: list[Conflict] = []
    settled: list[str] = []
    old, mine, other = (_by_target(each) for each in (base, ours, theirs))
    for target in sorted(mine.keys() | other.keys()):
        first, second = mine.get(target, {}), other.get(target, {})
        try:
            merged = _merge_target(old.get(target, {}), first, second)
        except _Unclear as unclear:
            conflicts.append(Conflict(target, unclear.what(first, second), _sorted(first), _sorted(second)))
            continue
        lines.update(merged)
        if first != second:
            settled.append(target)
    open_targets = {each.target for each in conflicts}
    there = _digests(lines.values()) | _digests(base.values())
    sides: tuple[tuple[Side, Lines], ...] = (("ours", ours), ("theirs", theirs))
    dropped = [
        (side, line)
        for side, each in sides
        for line in _sorted(each)
        if line.target not in open_targets and line.digest not in there
    ]
    return Merge(lines, tuple(conflicts), tuple(settled), tuple(dropped))


class _Unclear(Exception):
    """Both sides changed one thing differently; ``sentence`` has a gap for its name."""

    def __init__(self, sentence: str, slot: Slot) -> None:
        super().__init__(sentence)
        self._sentence = sentence
        self._slot = slot

    def what(self, ours: Lines, theirs: Lines) -> str:
        """The sentence with the name of what differs."""
        _, stage, candidate = self._slot
        several = any(slot[1] == 0 and slot[2] > 1 for lines in (ours, theirs) for slot in lines)
        name = f"candidate {candidate}" if several else "picture"
        return self._sentence.format(name if stage == 0 else slot_name(("", stage, 0)).strip())


def _merge_target(base: Lines, ours: Lines, theirs: Lines) -> dict[Slot, LockLine]:
    """The lines of one target. Raises ``_Unclear``."""
    if ours == theirs:
        return dict(ours)
    merged: dict[Slot, LockLine] = {}
    for slot in sorted(ours.keys() | theirs.keys()):
        line = _merge_line(base.get(slot), ours.get(slot), theirs.get(slot))
        if line is not None:
            merged[slot] = line
    picked = _merge_pick(base, ours, theirs, merged)
    return {slot: replace(line, picked=slot == picked) if line.stage == 0 else line for slot, line in merged.items()}


def _merge_line(base: LockLine | None, ours: LockLine | None, theirs: LockLine | None) -> LockLine | None:
    """What stands at one slot; of a first picture, whether it is picked is not looked at. Raises ``_Unclear``."""
    if ours is None or theirs is None:
        there = ours or theirs
        return None if there == base else there
    plain_base, plain_ours, plain_theirs = (_unpicked(each) for each in (base, ours, theirs))
    if plain_ours == plain_theirs or plain_base == plain_theirs:
        return ours
    if plain_base == plain_ours:
        return theirs
    if _stands_over(theirs, ours, base):
        return theirs.after(ours)
    if _stands_over(ours, theirs, base):
        return ours.after(theirs)
    if _picture(ours) == _picture(theirs):
        return _merge_words(base, ours, theirs)
    raise _Unclear("each side has another {}", ours.slot)


def _stands_over(new: LockLine, old: LockLine, base: LockLine | None) -> bool:
    """Whether ``new`` is a picture that nobody has judged yet, made in place of what the other side has.

    There the other side said no more than how good the old picture is. Its approval is not for the new one, but keeps
    the old one live until the new one is picked. Without a base, ``new`` itself says what it was made in place of.
    """
    if new.digest == old.digest or new.review != "unreviewed" or new.frozen != old.frozen:
        return False
    if base is None:
        return new.replaces == old.digest and old.replaces != new.digest
    return _picture(old) == _picture(base)


def _merge_words(base: LockLine | None, ours: LockLine, theirs: LockLine) -> LockLine:
    """One picture of which both sides say something: what only one of them changed counts. Raises ``_Unclear``.

    When the base has another picture or is unknown, nobody had said a word.
    """
    before = base if base and _picture(base) == _picture(ours) else _picture(ours)
    line = ours
    if ours.review == before.review:
        line = replace(line, review=theirs.review)
    elif theirs.review not in (before.review, ours.review):
        raise _Unclear("each side has another review of the {}", ours.slot)
    return replace(line, frozen=theirs.frozen if ours.frozen == before.frozen else ours.frozen)


def _merge_pick(base: Lines, ours: Lines, theirs: Lines, merged: Lines) -> Slot | None:
    """The slot of the candidate that is picked. Raises ``_Unclear``."""
    before, first, second = _pick(base), _pick(ours), _pick(theirs)
    if first == second:
        return first
    if first is None or second is None:
        only, side, lacks = (first, ours, theirs) if second is None else (second, theirs, ours)
        if only == before:  # the other side took the pick away, unless it is the target that it took away
            return None if any(line.stage == 0 for line in lacks.values()) or only not in merged else only
    elif before in (first, second):
        only, side = (second, theirs) if before == first else (first, ours)
    else:
        raise _Unclear("each side picked another candidate", first)
    if only is not None and (only not in merged or merged[only].digest != side[only].digest):
        raise _Unclear("one side picked {}, the other has another picture there", only)
    return only


def _pick(lines: Lines) -> Slot | None:
    return next((slot for slot, line in sorted(lines.items()) if line.stage == 0 and line.picked), None)


def _unpicked(line: LockLine | None) -> LockLine | None:
    return replace(line, picked=False) if line and line.stage == 0 else line


def _picture(line: LockLine) -> LockLine:
    """The line without what people said of it."""
    return replace(line, picked=False, review="unreviewed", frozen=False)


def _renamed(base: Lines, ours: Lines, theirs: Lines) -> tuple[Lines, Lines, Lines]:
    """The three with the names that targets got on one side, so that what the other side did to them goes along."""
    moves = [(_moves(base, side), {line.target for line in side.values()}) for side in (ours, theirs)]
    names = {
        old: new
        for moved, _ in moves
        for old, new in moved.items()
        if all(other.get(old) == new or (old in there and new not in there) for other, there in moves)
    }
    return (_under(base, names), _under(ours, names), _under(theirs, names)) if names else (base, ours, theirs)


def _moves(base: Lines, side: Lines) -> dict[str, str]:
    """Targets of the base that have another name on one side: the same pictures stand under it, and it is new."""
    before, now = _by_target(base), _by_target(side)
    gone = [(_signature(lines), name) for name, lines in before.items() if name not in now]
    fresh = [(_signature(lines), name) for name, lines in now.items() if name not in before]
    once = Counter(sign for signs in (gone, fresh) for sign, _ in signs)
    names = dict(fresh)
    return {old: names[sign] for sign, old in gone if sign in names and once[sign] == 2}


def _signature(lines: Lines) -> frozenset[tuple[int, int, str, str]]:
    return frozenset((line.stage, line.candidate, line.key, line.digest) for line in lines.values())


def _under(lines: Lines, names: Mapping[str, str]) -> Lines:
    moved = (replace(line, target=names.get(line.target, line.target)) for line in lines.values())
    return {line.slot: line for line in moved}


def _by_target(lines: Lines) -> dict[str, dict[Slot, LockLine]]:
    found: dict[str, dict[Slot, LockLine]] = {}
    for slot, line in lines.items():
        found.setdefault(line.target, {})[slot] = line
    return found


def _sorted(lines: Lines) -> tuple[LockLine, ...]:
    return tuple(lines[slot] for slot in sorted(lines))


def _digests(lines: Iterable[LockLine]) -> set[str]:
    return {each.digest for line in lines for each in (line, line.live) if each}

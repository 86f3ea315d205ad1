"""What became of the pictures between two locks, and between the files of both sides. Pure: reads nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from imagebuild.comparison.change import KINDS, Change, Comparison, FileChange, Kind, Shown
from imagebuild.comparison.wording import Parts, line_differences
from imagebuild.cost import Cost
from imagebuild.difference import differences
from imagebuild.lockfile import Lock, LockLine
from imagebuild.media import EXTENSIONS
from imagebuild.reason import Reason
from imagebuild.target import ALT_STAGE

__all__ = ["compare"]

_TYPES = {ending: media_type for media_type, ending in EXTENSIONS.items()} | {"jpeg": "image/jpeg"}
_Lines: TypeAlias = Mapping[tuple[int, int], LockLine]
_Side: TypeAlias = Literal["before", "after"]


def compare(
    before: Lock,
    after: Lock,
    *,
    files: Sequence[FileChange] = (),
    wanted: Collection[str] = (),
    stood: Collection[str] = (),
    parts: Parts = lambda key: None,
    made: Parts = lambda digest: None,
) -> Comparison:
    """Every target whose lines or files differ.

    ``wanted`` are the targets of the spec as it is now, and ``stood`` those that had output files before: what leaves
    the lock or comes into it is neither gone nor new by that.
    ``parts`` gives what keys were made of, and ``made`` what pictures that stand in no lock were made of, by their
    digest; both say what changed in words.
    """
    old, new = _by_target(before), _by_target(after)
    owned: dict[str, list[FileChange]] = {}
    for each in files:
        owned.setdefault(each.target or each.path, []).append(each)
    renamed = _renamed({name: old[name] for name in old.keys() - set(wanted)}, new, old)
    spent = _Spent(before)
    changes: list[Change] = []
    for target in sorted({*old, *new, *owned} - set(renamed.values())):
        was = renamed.get(target, target)
        mine = [*owned.get(target, ()), *(owned.get(was, ()) if was != target else ())]
        sides = _Sides(old.get(was, {}), new.get(target, {}), mine, was in stood, target in wanted)
        change = _change(sides, target, _Words(parts, made))
        if was != target:
            change = replace(change, was=was, kinds=("renamed", *(kind for kind in change.kinds if kind != "files")))
        if change.kinds:
            changes.append(replace(change, cost=spent.on(new.get(target, {}).values())))
    changed = {change.target for change in changes}
    return Comparison(tuple(changes), sum(target not in changed for target in new))


class _Spent:
    """Adds up what was bought since, each picture once."""

    def __init__(self, before: Lock) -> None:
        lines = before.lines.values()
        self._known = {line.digest for line in lines} | {line.live.digest for line in lines if line.live}
        self._known |= {line.replaces for line in lines if line.replaces}
        self._counted: set[str] = set()

    def on(self, lines: Iterable[LockLine]) -> Cost:
        cost = Cost.free()
        for line in lines:
            if line.adopted or line.digest in self._known or line.key in self._counted:
                continue
            self._counted.add(line.key)
            cost += Cost.of_unknown() if line.cost_usd is None else Cost.exactly(line.cost_usd)
        return cost


def _by_target(lock: Lock) -> dict[str, _Lines]:
    found: dict[str, dict[tuple[int, int], LockLine]] = {}
    for line in lock.lines.values():
        found.setdefault(line.target, {})[line.stage, line.candidate] = line
    return dict(found)


def _renamed(gone: Mapping[str, _Lines], new: Mapping[str, _Lines], old: Mapping[str, _Lines]) -> dict[str, str]:
    """New names of targets with what they were called: the same key gave them the same picture."""
    found: dict[tuple[str, str], list[str]] = {}
    for target in sorted(gone.keys() - new.keys(), reverse=True):
        if line := _master(gone[target]):
            found.setdefault((line.key, line.digest), []).append(target)
    names: dict[str, str] = {}
    for target in sorted(new.keys() - old.keys()):
        line = _master(new[target])
        if line and found.get((line.key, line.digest)):
            names[target] = found[line.key, line.digest].pop()
    return names


def _master(lines: _Lines) -> LockLine | None:
    """The line of the picture before any step: of the last edit, else of the candidate that is picked."""
    stages = [stage for stage, _ in lines if stage != ALT_STAGE]
    if not stages:
        return None
    last = [line for (stage, _), line in sorted(lines.items()) if stage == max(stages)]
    return next((line for line in last if line.picked), last[0])


class _Sides(Struct, frozen=True):
    """All there is of one target: its lines in both locks, and the files of it that differ."""

    old: _Lines
    new: _Lines
    files: Sequence[FileChange]
    stood: bool
    wanted: bool

    def has(self, side: _Side) -> bool:
        """Whether there is a picture on that side, as far as can be seen."""
        lines, known = (self.old, self.stood) if side == "before" else (self.new, self.wanted)
        return known or _master(lines) is not None or any(getattr(each, side) is not None for each in self.files)

    def file(self, side: _Side) -> Shown | None:
        """The first file that is a picture; the same one on both sides where that is possible."""
        for each in sorted(self.files, key=lambda each: each.before is None or each.after is None):
            digest: str | None = getattr(each, side)
            media_type = _TYPES.get(each.path.rpartition(".")[2].lower())
            if digest is not None and media_type:
                return Shown(digest, media_type, each.path, bool(getattr(each, f"{side}_raw")))
        return None


class _Words(Struct, frozen=True):
    """What is known of keys, and of pictures that stand in no lock."""

    parts: Parts
    made: Parts

    def of_files(self, before: Shown | None, after: Shown | None) -> list[Reason]:
        """What differs between two pictures that cost nothing, where both are known here."""
        old = self.made(before.digest) if before else None
        new = self.made(after.digest) if after else None
        return differences(old, new) if old and new else []


def _change(sides: _Sides, target: str, words: _Words) -> Change:
    was, now = _master(sides.old), _master(sides.new)
    kinds: list[Kind] = []
    reasons: list[Reason] = []
    if not sides.has("before"):
        kinds.append("added")
    elif not sides.has("after"):
        kinds.append("removed")
    elif was and now:
        reasons = _requests(sides.old, sides.new, words.parts)
        kinds += ["changed"] if reasons else []
    elif was or (now and not (now.adopted or now.frozen)):
        kinds.append("changed")
        reasons.append(Reason("changed", "in the lock", *(("yes", "no") if was else ("no", "yes"))))
    elif not now and sides.files:
        kinds.append("changed")
        reasons += words.of_files(sides.file("before"), sides.file("after"))
    if now:
        more, told = _choices(was, now, is_same=not reasons)
        kinds = [kind for kind in kinds if kind != "changed" or "waiting" not in more] + more
        reasons += told
    texts = _texts(sides.old, sides.new)
    kinds += ["described"] if texts and was else []
    kinds += ["files"] if sides.files and not kinds else []
    return Change(
        target,
        tuple(kind for kind in KINDS if kind in kinds),
        sides.file("before") or _pinned(was and (was.live or was)),
        sides.file("after") or _pinned(now and (now.live or now)),
        _pinned(now) if now and now.live else None,
        reasons=(*reasons, *texts),
        files=tuple(sides.files),
    )


def _requests(old: _Lines, new: _Lines, parts: Parts) -> list[Reason]:
    """What was asked otherwise, call by call; what is alike for all candidates of a call is told once."""
    found: dict[Reason, None] = {}
    on_other = False
    stages = sorted({stage for stage, _ in (*old, *new) if stage != ALT_STAGE})
    for stage in stages:
        before = {number: line for (at, number), line in old.items() if at == stage}
        after = {number: line for (at, number), line in new.items() if at == stage}
        if len(before) != len(after) and stage:
            found[Reason("changed", f"edit {stage}", *(("yes", "no") if before else ("no", "yes")))] = None
        elif len(before) != len(after):
            found[Reason("changed", "candidates", str(len(before)), str(len(after)))] = None
        told = [
            reason
            for number in sorted(before.keys() & after.keys())
            for reason in line_differences(before[number], after[number], parts, on_other=on_other)
        ]
        on_other = on_other or any(
            before[number].digest != after[number].digest for number in before.keys() & after.keys()
        )
        where = f"edit {stage} " if stage and len(stages) > 1 else ""
        found.update(dict.fromkeys(replace(reason, field=f"{where}{reason.field}") for reason in told))
    return list(found)


def _choices(was: LockLine | None, now: LockLine, *, is_same: bool) -> tuple[list[Kind], list[Reason]]:
    """What people decided: the pick, the review, what stands in for another, what stays."""
    kinds: list[Kind] = []
    reasons: list[Reason] = []
    if was and was.stage == now.stage and was.candidate != now.candidate:
        kinds.append("picked")
        reasons.append(Reason("changed", "candidate", str(was.candidate), str(now.candidate)))
    if was and was.live and not now.live and was.digest == now.digest:
        kinds.append("picked")
    if now.live and (was is None or (was.live, was.digest) != (now.live, now.digest)):
        kinds.append("waiting")
    if now.adopted and not (was and was.adopted and was.digest == now.digest):
        kinds.append("adopted")
    said = was.review if was and is_same else "unreviewed"
    if said != now.review:
        kinds.append("reviewed")
        reasons.append(Reason("changed", "review", said, now.review))
    if (was is not None and was.frozen) != now.frozen:
        kinds.append("frozen" if now.frozen else "unfrozen")
    return kinds, reasons


def _texts(old: _Lines, new: _Lines) -> list[Reason]:
    """The alt text, where it is another one."""
    before = next((line.text for (stage, _), line in old.items() if stage == ALT_STAGE), None)
    after = next((line.text for (stage, _), line in new.items() if stage == ALT_STAGE), None)
    if before == after or after is None:
        return []
    return [Reason("changed", "alt text", f"'{before}'" if before else "(none)", f"'{after}'")]


def _pinned(line: LockLine | None) -> Shown | None:
    return Shown(line.digest, line.media_type) if line else None

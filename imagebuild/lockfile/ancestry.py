"""Finds in git what a lock in conflict came from: the common base and both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from imagebuild.errors import LockError, UsageError
from imagebuild.lockfile.line import LockLine
from imagebuild.lockfile.merge import Lines
from imagebuild.lockfile.reader import MARKER, Row, line_of, read_lines, rows_of
from imagebuild.repository import Repository
from imagebuild.target import Slot

__all__ = ["Ancestry", "ancestry_of", "certain_lines"]

_FAR = 200  # commits that are looked at for the last one whose lock could be read
_UNDER_WAY = (
    ("CHERRY_PICK_HEAD", "CHERRY_PICK_HEAD^", "CHERRY_PICK_HEAD"),
    ("REBASE_HEAD", "REBASE_HEAD^", "REBASE_HEAD"),
    ("REVERT_HEAD", "REVERT_HEAD", "REVERT_HEAD^"),
)
"""What git calls the commit that it carries over, and the two between which the change lies."""


class Ancestry(Struct, frozen=True):
    """The three locks of a merge; a side is None where nothing is known of it, and an unknown base has no lines."""

    base: Lines
    ours: Lines | None = None
    theirs: Lines | None = None


def ancestry_of(repository: Repository | None, path: str) -> Ancestry:
    """What git knows of the lock at ``path``, which is in conflict now."""
    if repository is None:
        return Ancestry({})
    base, ours, theirs = (repository.side(number, path) for number in (1, 2, 3))
    if ours is not None or theirs is not None:  # git could not finish
        return Ancestry(_certain(base), _certain(ours), _certain(theirs))

    def at(revision: str) -> bytes | None:
        try:
            return repository.file_at(revision, path)
        except UsageError:
            return None

    # git took the merge for done, since it kept the lines of both sides
    return _under_way(repository, at) if _is_sound(at("HEAD")) else _committed(repository, at)


def _under_way(repository: Repository, at: Callable[[str], bytes | None]) -> Ancestry:
    """From a commit that git is about to bring in."""
    if base := repository.merge_base("HEAD", "MERGE_HEAD"):
        return Ancestry(_certain(at(base)), _certain(at("HEAD")), _certain(at("MERGE_HEAD")))
    for name, before, after in _UNDER_WAY:
        if at(name) is not None:
            return Ancestry(_certain(at(before)), _certain(at("HEAD")), _certain(at(after)))
    return Ancestry({}, _certain(at("HEAD")))


def _committed(repository: Repository, at: Callable[[str], bytes | None]) -> Ancestry:
    """From the commit since which the lock cannot be read: a merge, or one that was carried over."""
    for number in range(1, _FAR):
        last, theirs = f"HEAD~{number}", f"HEAD~{number - 1}^2"
        if repository.merge_base(last, "HEAD") is None:  # there are no more commits
            break
        if not _is_sound(data := at(last)):
            continue
        base = repository.merge_base(last, theirs)
        if base is None:  # no merge; before a rebase, git remembers what the branch was
            theirs = "ORIG_HEAD"
            base = repository.merge_base("HEAD", theirs)
            if base is None or base == repository.commit_of(theirs):
                return Ancestry({}, _certain(data))
        return Ancestry(_certain(at(base)), _certain(data), _certain(at(theirs)))
    return Ancestry({})


def _is_sound(data: bytes | None) -> bool:
    try:
        return data is None or read_lines(data, "") is not None
    except LockError:
        return False


def _certain(data: bytes | None) -> Lines:
    try:
        return certain_lines(rows_of(data or b"", ""))
    except LockError:  # no lock, or no text
        return {}


def certain_lines(rows: Iterable[Row]) -> Lines:
    """The lines that stand once and outside of every conflict.

    The common base of two branches that merged each other before is a merge itself, and may hold conflicts.
    """
    found: dict[Slot, LockLine] = {}
    twice: set[Slot] = set()
    size = 0
    for row in rows:
        mark = MARKER.fullmatch(row.source)
        if mark and mark[1][0] in "<>" and size in (0, len(mark[1])):
            size = len(mark[1]) if mark[1][0] == "<" else 0
        if mark or size:
            continue
        try:
            line = line_of(row)
        except LockError:  # the first line, the last one, and what is broken
            continue
        if found.setdefault(line.slot, line) != line:
            twice.add(line.slot)
    return {slot: line for slot, line in found.items() if slot not in twice}

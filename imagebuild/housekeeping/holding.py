"""Which pictures have to stay: those that the locks of all known projects hold, now, on any branch, and when last seen.

A known project is one that a build or a choice was made in on this machine. What its lock held then stays held when its
folder is gone: it may have been moved, or lie on a disk that is not there.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct, field

from imagebuild.errors import ImageBuildError, LockError, Place
from imagebuild.lockfile import Lock, LockLine
from imagebuild.repository import Repository
from imagebuild.store import KnownProject, Usage

__all__ = ["Holder", "Holdings", "Where", "find_holdings"]

Where: TypeAlias = Literal["lock", "replaced", "branch", "seen"]
"""The lock has it as its picture · as the one before · a lock in git has it · the lock had it when last seen."""

_LOCK = "imagebuild.lock"
_AT_ONCE = 8
_HEX = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_TARGET = re.compile(rb'\[("(?:[^"\\]|\\.)*"),')


class Holder(Struct, frozen=True):
    """Who holds a picture: a project by its folder, and the target where it is known."""

    project: str
    target: str | None
    where: Where


class Holdings(Struct, frozen=True):
    """What is held, by digest of the picture or by key of its action.

    ``lines`` are those of the locks as they are now, with their project's folder; ``gone`` the projects whose folder is
    no longer there; ``faults`` says which locks or repositories cannot be read, so that nobody knows what they hold.
    """

    holders: Mapping[str, tuple[Holder, ...]] = field(default_factory=dict)
    lines: tuple[tuple[str, LockLine], ...] = ()
    gone: tuple[KnownProject, ...] = ()
    faults: tuple[ImageBuildError, ...] = ()

    def of(self, name: str) -> tuple[Holder, ...]:
        """Who holds a digest or key; nobody holds what is garbage."""
        return self.holders.get(name, ())

    def require_readable(self) -> None:
        """Raise ``LockError`` when some lock cannot be read: then nothing is known to be garbage."""
        if self.faults:
            first = self.faults[0]
            more = f", and {len(self.faults) - 1} more" if len(self.faults) > 1 else ""
            raise LockError(f"nothing was removed: {first.message}{more}", place=first.place, hint=first.hint)


class _Found(Struct):
    """What one project holds."""

    held: dict[tuple[str, str | None], Where] = field(default_factory=dict)
    lines: list[LockLine] = field(default_factory=list)
    faults: list[ImageBuildError] = field(default_factory=list)


def find_holdings(usage: Usage, roots: Iterable[Path] = ()) -> Holdings:
    """Look at every known project and at those in ``roots``. Raises ``StoreError``."""
    known = {project.root: project for project in usage.projects()}
    folders = sorted({*known, *(os.fspath(root) for root in roots)})
    holders: dict[str, list[Holder]] = {}
    lines: list[tuple[str, LockLine]] = []
    faults: list[ImageBuildError] = []
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="imagebuild-holdings") as threads:
        for root, found in zip(folders, threads.map(_look, folders), strict=True):
            certain = {name for name, _ in found.held}
            seen = known[root].pins if root in known else frozenset[str]()
            found.held.update({(name, None): "seen" for name in seen - certain})
            for (name, target), where in found.held.items():
                holders.setdefault(name, []).append(Holder(root, target, where))
            lines += [(root, line) for line in found.lines]
            faults += found.faults
    gone = tuple(project for root, project in known.items() if not os.path.isdir(root))
    return Holdings({name: tuple(each) for name, each in holders.items()}, tuple(lines), gone, tuple(faults))


def _look(root: str) -> _Found:
    found = _Found()
    if not os.path.isdir(root):
        return found
    try:
        lock = Lock.read(Path(root) / _LOCK)
    except LockError as error:
        found.faults.append(_unreadable(root, error))
    else:
        for line in lock.lines.values():
            found.lines.append(line)
            for name, where in _held_by(line):
                if found.held.get((name, line.target)) != "lock":
                    found.held[name, line.target] = where
    try:
        for data in _locks_in_git(root):
            for name, target in _names_in(data):
                found.held.setdefault((name, target), "branch")
    except (OSError, subprocess.SubprocessError) as error:
        hint = "make 'git log' work there; for a folder of another user, 'git config --global --add safe.directory DIR'"
        found.faults.append(LockError(f"git cannot say what the branches of '{root}' hold: {error}", hint=hint))
    return found


def _unreadable(root: str, error: LockError) -> LockError:
    at = error.place
    place = Place(os.path.join(root, _LOCK), at.line, at.column, at.source, at.length) if at else None
    return LockError(f"what the lock of '{root}' holds is not known: {error.message}", place=place, hint=error.hint)


def _held_by(line: LockLine) -> Iterator[tuple[str, Where]]:
    for each in (line, line.live):
        if each is not None:
            if each.replaces:
                yield each.replaces, "replaced"
            yield each.key, "lock"
            yield each.digest, "lock"


def _locks_in_git(root: str) -> list[bytes]:
    """The locks at the tip of every branch. Raises OSError when there is a repository that cannot be asked."""
    repository = Repository.around(Path(root))
    if repository is not None:
        return repository.files_at(repository.heads(), _LOCK)
    if any(os.path.exists(os.path.join(folder, ".git")) for folder in (root, *map(str, Path(root).parents))):
        raise OSError("it is not there, or it refuses the repository")
    return []


def _names_in(data: bytes) -> Iterator[tuple[str, str | None]]:
    """All that may be a digest or key in a lock of whatever version, whole or not, with the target of its line."""
    for row in data.splitlines():
        target = None
        if start := _TARGET.match(row):
            try:
                target = str(json.loads(start[1]))
            except ValueError:
                target = None
        for name in _HEX.findall(row):
            yield name.decode(), target

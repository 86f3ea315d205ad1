"""What of a project's derivatives and of free pictures is in use, as the last builds left word of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from imagebuild.cli.store.place import Place
from imagebuild.errors import ImageBuildError, LockError
from imagebuild.housekeeping.garbage import Derivative, find_derivatives
from imagebuild.housekeeping.holding import Holdings
from imagebuild.housekeeping.inventory import names_in_parts
from imagebuild.lockfile import Lock
from imagebuild.project import Project
from imagebuild.session import LOCK_FILE, STATE_FOLDER
from imagebuild.store import State

__all__ = ["find_all_derivatives", "free_in_use", "targets_by_key"]


def targets_by_key(place: Place) -> dict[str, list[str]]:
    """The targets that the last builds had actions for, by key; only those of the spec, where it can be read."""
    project, _ = place.require_project("derivatives")
    slots, _ = State.peek(project.root / STATE_FOLDER)
    wanted = _targets(project)
    found: dict[str, list[str]] = {}
    for slot in slots:
        if (wanted is None or slot[0] in wanted) and (key := slots.key(slot)) and slot[0] not in found.get(key, ()):
            found.setdefault(key, []).append(slot[0])
    return found


def find_all_derivatives(place: Place) -> list[Derivative]:
    """The project's derivatives, oldest first, with what is current and what is never taken.

    Current is what the last builds used. Never taken is what a paid call rests on, since other bytes in its place would
    be another request, and what the lock pins and the store of originals has not got.
    """
    project, store = place.require_project("derivatives")
    _, outputs = State.peek(project.root / STATE_FOLDER)
    wanted = _targets(project)
    files = {row.digest for row in outputs.values() if wanted is None or row.target in wanted}
    current = {*targets_by_key(place), *files}
    paid = names_in_parts(record.parts for record in place.originals.stock.records() if record.paid)
    return find_derivatives(store, current=current, kept={*paid, *_last_copies(place, project.root)})


def free_in_use(place: Place, holdings: Holdings) -> set[str]:
    """Digests and keys of free originals that the last builds of known projects used, or that a paid call rests on."""
    used = names_in_parts(record.parts for record in place.originals.stock.records() if record.paid)
    roots = {*(root for root, _ in holdings.lines), *(each.root for each in place.originals.usage.projects())}
    for root in {*roots, *(str(root) for root in place.roots)}:
        slots, outputs = State.peek(Path(root) / STATE_FOLDER)
        used.update(_keys(slots.key(slot) for slot in slots))
        used.update(row.digest for row in outputs.values())
    return used


def _keys(keys: Iterable[str | None]) -> set[str]:
    return {key for key in keys if key}


def _last_copies(place: Place, root: Path) -> set[str]:
    """What the lock pins that the originals lack. A lock that cannot be read says nothing; then gc takes nothing."""
    try:
        lines = Lock.read(root / LOCK_FILE).lines.values()
    except LockError:
        return set()
    return {line.digest for line in lines if not place.originals.objects.has(line.digest)}


def _targets(project: Project) -> set[str] | None:
    try:
        return set(project.spec().targets)
    except ImageBuildError:
        return None

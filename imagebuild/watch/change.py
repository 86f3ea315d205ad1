"""What differs between two looks at a project: which targets have to be judged anew."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct
from msgspec.structs import replace

from imagebuild.lockfile import Lock, LockLine
from imagebuild.project import Project
from imagebuild.spec import Spec, files_of
from imagebuild.target import Slot

__all__ = ["Change", "Look", "look_at"]


class Look(Struct, frozen=True):
    """Spec and lock of a project at one time."""

    spec: Spec
    lock: Lock

    def with_lock(self, project: Project) -> Look:
        """The same spec with the lock as it is now. Raises ``LockError``."""
        return replace(self, lock=project.lock())


def look_at(project: Project) -> Look:
    """Both as they are now. Raises ``SpecError`` and ``LockError``."""
    return Look(project.spec(), project.lock())


class Change(Struct, frozen=True):
    """``targets`` are new or other than before, in the order of the spec; ``gone`` are no more.

    ``is_whole`` says that something changed on which all of them rest, such as a provider's settings or a plugin.
    """

    targets: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    is_whole: bool = False

    def __bool__(self) -> bool:
        return bool(self.targets or self.gone or self.is_whole)

    @classmethod
    def between(cls, before: Look | None, now: Look, paths: Collection[str]) -> Change:
        """What lies between two looks, and what takes in a file at one of ``paths``, which were saved."""
        if before is None or _frame(before.spec) != _frame(now.spec):
            return cls(is_whole=True)
        old, new = before.spec.targets, now.spec.targets
        other = _relocked(before.lock, now.lock)
        files = {path for path in paths if path not in now.spec.files}
        changed = tuple(
            name
            for name, target in new.items()
            if (old.get(name) is not target and old.get(name) != target)
            or name in other
            or (files and not files.isdisjoint(files_of(target)))
        )
        return cls(changed, tuple(name for name in old if name not in new))


def _frame(spec: Spec) -> tuple[object, ...]:
    """What a spec says beside its targets, as far as it can change what is built."""
    return (spec.providers, spec.plugins, spec.publish, spec.store, spec.default_provider)


def _relocked(before: Lock, now: Lock) -> set[str]:
    """Targets of which two locks say different things."""
    if before is now:
        return set()
    slots = before.lines.keys() | now.lines.keys()
    return {slot[0] for slot in slots if _line(before, slot) != _line(now, slot)}


def _line(lock: Lock, slot: Slot) -> LockLine | None:
    return lock.lines.get(slot)

"""imagebuild.lock: which picture each paid action gave, committed with the project.

One JSON document with one line for each action. Every line ends with a comma and a ``null`` closes the list, so that to
add a line never changes another: diffs and merges are by line.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

from imagebuild.disk import write_file
from imagebuild.errors import LockError, Place
from imagebuild.lockfile.line import LockLine, line_text, lock_text
from imagebuild.lockfile.reader import read_lines
from imagebuild.target import Slot

__all__ = ["Lock", "read_bytes"]


def read_bytes(path: Path) -> bytes | None:
    """The bytes of the lock at ``path``, None without a file. Raises LockError for a link, and what cannot be read."""
    if path.is_symlink():
        raise LockError("the lock is a link", place=Place(path.name), hint="put the file itself in its place")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LockError(f"cannot read the lock: {error.strerror}", place=Place(path.name)) from error


class Lock(Struct, frozen=True, dict=True):
    """The lines of a lock, by slot. Immutable: a change gives another lock."""

    lines: Mapping[Slot, LockLine] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def read(cls, path: Path) -> Lock:
        """The lock at ``path``; without a file, one without lines.

        Raises LockError with the place for a file that is broken, holds a merge conflict or is of another version, and
        for a link: what it leads to may be somebody's secret, and an error shows a line of it.
        """
        data = read_bytes(path)
        return cls() if data is None else cls.parse(data, path.name)

    @classmethod
    def parse(cls, data: bytes, name: str) -> Lock:
        """The lock that ``data`` is; ``name`` is what errors call the file. Raises LockError as :meth:`read`."""
        return cls(read_lines(data, name))

    def with_lines(self, lines: Iterable[LockLine]) -> Lock:
        """This lock with ``lines`` in it, in place of those of the same slots."""
        new = {line.slot: line for line in lines}
        return self._inheriting(Lock(MappingProxyType({**self.lines, **new})), new)

    def without(self, slots: Iterable[Slot]) -> Lock:
        """This lock less some slots; those that it has not are no error."""
        gone = set(slots)
        return self._inheriting(
            Lock(MappingProxyType({slot: line for slot, line in self.lines.items() if slot not in gone})), {}
        )

    def renamed(self, names: Mapping[str, str]) -> Lock:
        """This lock with the lines of some targets under their new names, ``names`` by the old ones."""
        lines = (replace(line, target=names.get(line.target, line.target)) for line in self.lines.values())
        return Lock(MappingProxyType({line.slot: line for line in lines}))

    def holds_choice(self, slot: Slot, provider: str) -> bool:
        """Whether there is a line for a picture of that provider; free ones have a line only once somebody chose."""
        line = self.lines.get(slot)
        return line is not None and line.provider == provider

    def delivered(self, target: str) -> LockLine | None:
        """The line of the picture that a target had when the lock was written: of its last call, or the picked one."""
        return self._delivered.get(target)

    def approved(self, slot: Slot, key: str | None) -> LockLine | None:
        """The approved picture that goes on at a target's last call when this gets ``key``; None when there is none.

        The slot is another one than before when the chain has grown or shrunk, or has fewer candidates.
        """
        line, last = self.lines.get(slot), self.delivered(slot[0])
        if line is not None and any(each.is_approved_as(key) for each in (line, line.live) if each):
            return None
        moved = last.standing(key) if last is not None and last.slot != slot else None
        return moved or (line.standing(key) if line is not None else None)

    def replaced(self, slot: Slot, digest: str) -> str | None:
        """The digest of what stood at a slot before the picture with ``digest``; None for the first.

        Where nothing stood, a line elsewhere that pins the same picture says it: its target was renamed.
        """
        line = self.lines.get(slot)
        if line is None:
            moved = self._by_digest.get(digest)
            return moved.replaces if moved else None
        if line.live and line.live.digest == digest:
            return line.live.replaces
        if line.digest == digest:
            return line.replaces
        return line.live.digest if line.live else line.digest

    @cached_property
    def digests(self) -> frozenset[str]:
        """All pictures and texts that it rests on: pinned ones, approved ones that stay live, and those replaced."""
        every = [each for line in self.lines.values() for each in (line, line.live) if each]
        return frozenset(digest for each in every for digest in (each.digest, each.replaces) if digest)

    @cached_property
    def _delivered(self) -> Mapping[str, LockLine]:
        found: dict[str, LockLine] = {}
        for line in self.lines.values():
            last = found.get(line.target)
            if line.stage >= 0 and (line.stage or line.picked) and (last is None or last.slot < line.slot):
                found[line.target] = line
        return found

    @cached_property
    def _by_digest(self) -> Mapping[str, LockLine]:
        return {line.digest: line for line in self.lines.values()}

    def text(self) -> str:
        """The lock as it is written: the same lines give the same text on every system.

        Raises ValueError or TypeError for what JSON cannot hold.
        """
        return self._text

    @cached_property
    def _text(self) -> str:
        texts = self._texts
        return lock_text([texts[slot] for slot in sorted(self.lines)])

    @cached_property
    def _texts(self) -> dict[Slot, str]:
        return {slot: line_text(line) for slot, line in self.lines.items()}

    def _inheriting(self, lock: Lock, new: Mapping[Slot, LockLine]) -> Lock:
        """``lock`` with the texts of lines that are as they are here: one line of 10,000 is written in no time."""
        if "_texts" in self.__dict__:
            lock.__dict__["_texts"] = self._texts | {slot: line_text(line) for slot, line in new.items()}
        return lock

    def write(self, path: Path) -> bool:
        """Put the lock at ``path``, on the disk before this returns; whether it was changed.

        A file that says the same is left alone, line ends of Windows included. Raises LockError.
        """
        data = self.text().encode()
        try:
            with contextlib.suppress(FileNotFoundError):
                if path.read_bytes().replace(b"\r\n", b"\n") == data:
                    return False
            write_file(str(path), data, durable=True)
        except OSError as error:
            raise LockError(
                f"cannot write the lock: {(error.strerror or str(error)).lower()}",
                place=Place(path.name),
                hint="the pictures are kept; make the file writable and build again, at no cost",
            ) from error
        return True

"""What people may choose about the pictures of a project, each a change of its lock."""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

from msgspec.structs import replace

from imagebuild.adoption import adopt, restore
from imagebuild.curation import Curator
from imagebuild.errors import UsageError
from imagebuild.event import Event
from imagebuild.history import Original, find_original, history_of, remember
from imagebuild.lockfile import Lock, LockLine
from imagebuild.registration import register
from imagebuild.report import Report
from imagebuild.session import Session
from imagebuild.spec import Spec
from imagebuild.upkeep import Upkeep, upkeep_of

__all__ = ["Choices", "Listen"]

Listen: TypeAlias = Callable[[Event], None]


class Choices(ABC):
    """The part of :class:`~imagebuild.project.Project` that people curate with.

    Every choice is about the picture of the request as it is now, changes the lock alone, and is taken back by putting
    the lock back. Raised are ``UsageError`` for what makes no sense and ``LockError`` for what is not built.
    """

    root: Path

    @abstractmethod
    def spec(self) -> Spec:
        """The spec as it is now."""

    @abstractmethod
    def session(self, targets: Sequence[str] = (), *, resting: bool = False) -> AbstractContextManager[Session]:
        """What these targets need open for a closer look, or everything; ``resting``: also what rests on them."""

    @abstractmethod
    def alone(self, tell: Listen = lambda event: None) -> AbstractContextManager[None]:
        """Hold the project's build lock."""

    @abstractmethod
    def free_build(self, targets: Sequence[str], listen: Listen) -> Report:
        """Build some targets without buying anything."""

    def pick(self, target: str, candidate: int | None = None, *, listen: Listen = lambda event: None) -> None:
        """Choose a candidate of a target, or without a number the new picture that waits beside an approved one.

        The next build delivers what was chosen, for free unless edits have to be made anew.
        """

        def work(session: Session) -> Lock:
            name = _one(session, target)
            return session.lock.with_lines(Curator(session, [name]).pick(name, candidate))

        self._curate(listen, [target], work)

    def approve(
        self, targets: Sequence[str], *, alt: bool = False, listen: Listen = lambda event: None
    ) -> tuple[str, ...]:
        """Say that pictures are good, with their alt texts, or with ``alt`` these alone; the ids of the targets."""
        return self._curate_each(targets, listen, lambda curator, name: curator.approve(name, alt=alt))

    def reject(
        self,
        targets: Sequence[str],
        *,
        candidate: int | None = None,
        alt: bool = False,
        listen: Listen = lambda event: None,
    ) -> tuple[str, ...]:
        """Say that pictures are no good, or one candidate of each, or with ``alt`` their alt texts."""
        return self._curate_each(targets, listen, lambda curator, name: curator.reject(name, candidate, alt=alt))

    def freeze(
        self, targets: Sequence[str], *, frozen: bool = True, listen: Listen = lambda event: None
    ) -> tuple[str, ...]:
        """Keep the pictures that are delivered now, whatever changes; or no longer."""
        return self._curate_each(targets, listen, lambda curator, name: curator.freeze(name, frozen=frozen))

    def adopt(self, target: str, file: str | os.PathLike[str], *, listen: Listen = lambda event: None) -> None:
        """Take a file as the picture of a target, as it is asked for now, without a call."""
        try:
            data = Path(file).read_bytes()
        except OSError as error:
            raise UsageError(f"'{os.fspath(file)}' cannot be read: {(error.strerror or str(error)).lower()}") from error
        name = os.fspath(file)
        now = time.time()
        self._curate(listen, [target], lambda session: adopt(session, _one(session, target), data, name=name, now=now))

    def deliver(self, targets: Sequence[str], *, completes: bool = True, listen: Listen = lambda event: None) -> Upkeep:
        """Bring the files of some targets, and of what rests on them, up to date as far as nothing has to be bought.

        It is followed by :meth:`complete`, unless that is left to a later time.
        """
        with self.session(targets, resting=True) as session:
            upkeep = upkeep_of(session, session.spec.select(targets))
            is_everything = len(upkeep.free) == len(session.spec.targets)
        if not upkeep.free:
            return upkeep
        report = self.free_build(() if is_everything else upkeep.free, listen)
        if report.ok and completes and not is_everything:
            self.complete(listen)
        return replace(upkeep, report=report)

    def complete(self, listen: Listen = lambda event: None) -> None:
        """Run the local publishers after a build of some targets, if nothing is left to do for the others."""
        if not self.spec().publish:
            return
        with self.session() as session:
            is_complete = session.resolver.publishers and session.plan(session.spec.select(())).empty
        if is_complete:
            self.free_build((), listen)

    def history(self, target: str) -> list[Original]:
        """Every picture that a target ever had, oldest first."""
        with self.session([target]) as session:
            return history_of(session, _one(session, target))

    def restore(self, target: str, picture: str, *, listen: Listen = lambda event: None) -> Original:
        """Bring back a picture of :meth:`history`, by its number or the beginning of its digest."""
        found: list[Original] = []

        def work(session: Session) -> Lock:
            found.append(find_original(history_of(session, _one(session, target)), picture))
            if session.mirror and not found[0].here:
                session.mirror.fetch_objects({found[0].digest})
            return restore(session, found[0], now=time.time())

        self._curate(listen, [target], work)
        return found[0]

    def _curate_each(
        self, targets: Sequence[str], listen: Listen, choose: Callable[[Curator, str], list[LockLine]]
    ) -> tuple[str, ...]:
        """All of the targets or none."""
        chosen: list[str] = []

        def work(session: Session) -> Lock:
            chosen.extend(session.spec.select(targets))
            curator = Curator(session, chosen)
            return session.lock.with_lines(line for name in chosen for line in choose(curator, name))

        self._curate(listen, targets, work)
        return tuple(chosen)

    def _curate(self, listen: Listen, targets: Sequence[str], work: Callable[[Session], Lock]) -> None:
        """Change the lock as ``work`` says of some targets."""
        with self.alone(listen), self.session(targets) as session:
            lock = work(session)
            if session.renamed or lock.lines != session.lock.lines:
                remember(session, {line.target for slot, line in lock.lines.items() if slot not in session.lock.lines})
                session.write_lock(lock)
            register(session.originals, str(self.root), lock, before=session.lock, now=time.time())


def _one(session: Session, name: str) -> str:
    """The id of the one target that a name means. Raises ``UsageError``."""
    found = session.spec.select([name])
    if len(found) > 1:
        shown = ", ".join(found[:5]) + (", ..." if len(found) > 5 else "")
        raise UsageError(f"'{name}' means {len(found)} pictures", hint=f"name one of {shown}")
    return found[0]

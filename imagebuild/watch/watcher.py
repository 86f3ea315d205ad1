"""The loop of watch mode: a change is seen, what hangs on it is built, and what would cost money waits or is bought."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from imagebuild.budget import Budget
from imagebuild.cost import Cost
from imagebuild.errors import ImageBuildError, LockError, PluginError, SpecError, UsageError
from imagebuild.event import (
    ChangesSeen,
    Event,
    Notice,
    PurchasesWaiting,
    SpecBroken,
    SpecMended,
    WatchStarted,
)
from imagebuild.graph import resting_on
from imagebuild.interrupt import Interrupt
from imagebuild.project import Project
from imagebuild.report import Report
from imagebuild.session import LOCK_FILE
from imagebuild.target import Target
from imagebuild.upkeep import Purchase
from imagebuild.watch.change import Change, Look, look_at
from imagebuild.watch.interest import Interest
from imagebuild.watch.lane import Lane
from imagebuild.watch.observation import Observation

__all__ = ["Watcher"]

Answer = TypeVar("Answer")

_TICK = 0.2  # seconds between looks at signals
_INTERRUPTED = 130
_OF_THE_SPEC = (SpecError, PluginError, LockError, UsageError)
_SETTLED = 0.5  # seconds without a change after which the whole project is finished


class Watcher:
    """Keeps the pictures of a project as its files say, until it is told to stop.

    ``targets`` and ``tags`` name what is kept, by default everything. ``budget`` is what may be spent meanwhile, shared
    with whoever else spends in this session; without one nothing is bought. ``draft`` draws what would be paid for.
    ``listen`` hears events, from any thread but one at a time; ``changed`` is told which targets may stand otherwise
    now, None for all.
    """

    def __init__(
        self,
        project: Project,
        *,
        targets: Sequence[str] = (),
        tags: Sequence[str] = (),
        budget: Budget | None = None,
        draft: bool = False,
        listen: Callable[[Event], None] = lambda event: None,
        changed: Callable[[tuple[str, ...] | None], None] = lambda ids: None,
    ) -> None:
        self._project = project
        self._names, self._tags = tuple(targets), tuple(tags)
        self._budget = budget or Budget(0.0)
        self._draft = draft
        self._listen = listen
        self._changed = changed
        self._guard = threading.RLock()
        self._stopped = threading.Event()
        self._look: Look | None = None
        self._broken: str | None = None
        self._lanes: list[Lane] = []
        self._tried: set[str] = set()
        self._dear: dict[str, Purchase] = {}
        self._pending: set[str] = set()
        self._told: tuple[tuple[str, ...], Cost] = ((), Cost.free())
        self._unfinished = False
        self._seconds = 0.0

    def stop(self) -> None:
        """End :meth:`run` from any thread, or from within an event."""
        self._stopped.set()

    def run(self) -> None:
        """Build what is stale, then follow every change. Ends by :meth:`stop` or Ctrl-C; keeps pictures in flight.

        Raises ``UsageError`` for targets or tags that a good spec does not have; from then on errors are events.
        """
        self._project.keep_warm()
        self._observation = Observation(self._project.root, say=lambda text: self._tell(Notice(text)))
        try:
            with Interrupt() as interrupted:
                self._begin()
                while not (self._stopped.is_set() or interrupted()):
                    self._turn()
                self._finish(interrupted)
        finally:
            for lane in self._lanes:
                lane.stop = 2
            self._observation.close()

    def _begin(self) -> None:
        spec = self._attempt(self._project.spec)
        if spec is not None:
            spec.select(self._names, self._tags)  # a name that is misspelt ends it: nothing would ever be built
            self._observation.follow(Interest.of(spec, home=self._project.home))
        self._tell(WatchStarted(self._project.root.name, len(spec.targets) if spec else 0))
        if not self._project.untrusted:
            self._attempt(lambda: self._project.collect(self._tell))
        self._round(frozenset())

    def _turn(self) -> None:
        """Wait for a change and answer it; without one, take in what was bought and finish what is unfinished."""
        quiet = max(_SETTLED, 2 * self._seconds) if self._unfinished and not self._lanes else None
        began = time.monotonic()
        paths: frozenset[str] | None = None
        while paths is None and not self._stopped.is_set():
            paths = self._observation.wait(_TICK)
            if paths is None and quiet is not None and time.monotonic() - began >= quiet:
                self._complete()
                return
            if paths is None and quiet is None:
                return
        if paths:
            self._tell(ChangesSeen(tuple(sorted(paths))))
            self._round(paths)
        self._take_in()

    def _round(self, paths: frozenset[str]) -> None:
        """Read what there is now, and bring up to date what it changes."""
        before, was_broken = self._look, self._broken is not None
        look = self._attempt(lambda: look_at(self._project))
        if look is None:
            return
        self._look = look
        self._observation.follow(Interest.of(look.spec, home=self._project.home))
        change = Change.between(before, look, paths)
        self._unfinished |= bool(change.gone) or bool(look.spec.publish and change)
        for name in change.gone:
            self._forget(name)
        wanted = self._attempt(lambda: look.spec.select(self._names, self._tags))
        if wanted is None:
            return
        self._tried -= resting_on(change.targets, look.spec.targets) if not change.is_whole else self._tried
        self._pending.intersection_update(look.spec.targets)
        self._pending.update(wanted if change.is_whole else set(wanted).intersection(change.targets))
        is_good = self._bring_up()
        if is_good and was_broken:
            self._broken = None
            self._tell(SpecMended())
        if change.gone or was_broken:
            self._changed(None)

    def _bring_up(self) -> bool:
        """Build what is pending, and what rests on it, as far as that is free; what is dear is bought or waits.

        False when it could not even be judged; then it stays pending.
        """
        look = self._look
        if look is None or not self._pending:
            return True
        began = time.monotonic()
        names = [name for name in look.spec.targets if name in self._pending]
        affected = resting_on(names, look.spec.targets)
        for name in affected:
            self._dear.pop(name, None)
        is_everything = len(names) == len(look.spec.targets)
        if self._attempt(lambda: self._build(() if is_everything else names)) is None:
            return False
        self._pending.clear()
        self._seconds = time.monotonic() - began
        self._note_own()
        self._buy()
        self._changed(None if is_everything else tuple(name for name in look.spec.targets if name in affected))
        return True

    def _build(self, names: Sequence[str]) -> bool:
        """True at its end, whatever came of single pictures."""
        if self._draft:
            report: Report | None = self._project.build(names, draft=True, listen=self._tell)
        else:
            upkeep = self._project.deliver(names, completes=False, listen=self._tell)
            self._dear.update(upkeep.dear)
            report = upkeep.report
        if report is not None and report.exit_code == _INTERRUPTED:
            self.stop()
        return True

    def _buy(self) -> None:
        """Begin to buy what fits into the budget, unless it was tried as it is; say what waits."""
        look = self._look
        assert look is not None
        for lane in self._lanes:
            if any(look.spec.targets.get(name) != target for name, target in lane.targets.items()):
                lane.stop = 1
        under_way = {name for lane in self._lanes if not lane.stop for name in lane.targets}
        chosen: dict[str, Target] = {}
        planned = Cost.free()
        for name, purchase in self._dear.items():
            tried = name in under_way or name in self._tried
            if not tried and self._budget.fits(planned + purchase.cost):
                planned += purchase.cost
                chosen[name] = look.spec.targets[name]
        if chosen and self._budget.cap:
            self._tried.update(chosen)
            self._lanes.append(
                Lane(self._project, chosen, budget=self._budget, listen=self._tell, done=self._observation.wake)
            )
        self._tell_waiting({name for lane in self._lanes for name in lane.targets})

    def _tell_waiting(self, under_way: set[str]) -> None:
        waiting = {name: each for name, each in self._dear.items() if name not in under_way}
        cost = sum((each.cost for each in waiting.values()), Cost.free())
        news = (tuple(waiting), cost)
        if news != self._told:
            self._told = news
            left = max(0.0, (self._budget.cap or 0.0) - self._budget.spent)
            if waiting:
                self._tell(PurchasesWaiting(tuple(waiting), cost, left))

    def _take_in(self) -> None:
        """Deliver what lanes have bought, as far as the spec still asks for it; the rest is kept in the store."""
        ended = [lane for lane in self._lanes if not lane.is_running]
        self._lanes = [lane for lane in self._lanes if lane.is_running]
        for lane in ended:
            if lane.error is not None:
                self._tell(Notice(lane.error.message, lane.error.hint))
            look = self._look
            names = [name for name in lane.targets if look and name in look.spec.targets]
            if lane.stop or (lane.result.bought and not lane.result.failures):
                self._tried.difference_update(names)  # a later part of a chain may be bought now
            self._pending.update(names)
            self._unfinished |= bool(look and look.spec.publish)

        if ended:
            self._bring_up()

    def _complete(self) -> None:
        """Finish the whole project: lines of what is gone leave the lock, publishers run."""
        self._unfinished = False
        began = time.monotonic()
        if not (self._names or self._tags or self._draft or self._broken):
            self._attempt(lambda: self._project.deliver((), listen=self._tell))
            self._note_own()
        self._seconds = time.monotonic() - began

    def _note_own(self) -> None:
        """What a build has written into the lock is no change to follow."""
        self._observation.note([LOCK_FILE])
        if self._look is not None:
            look = self._look
            self._look = self._attempt(lambda: look.with_lock(self._project)) or look

    def _forget(self, name: str) -> None:
        self._tried.discard(name)
        self._dear.pop(name, None)
        self._pending.discard(name)

    def _attempt(self, work: Callable[[], Answer]) -> Answer | None:
        """Do something that may fail: an error is told, once while it is the same, and all stays as it was."""
        try:
            return work()
        except ImageBuildError as error:
            if isinstance(error, _OF_THE_SPEC):
                self._observation.follow(None)
                if (told := str(error)) != self._broken:
                    self._broken = told
                    self._tell(SpecBroken(error))
            else:
                self._tell(Notice(error.message, error.hint))
            return None

    def _finish(self, interrupted: Callable[[], int]) -> None:
        """Wait for the calls in flight and deliver what comes."""
        for lane in self._lanes:
            lane.stop = max(lane.stop, 1)
        if self._lanes:
            self._tell(Notice("stopping: waiting for calls in flight to keep their pictures (Ctrl-C gives them up)"))
        while any(lane.is_running for lane in self._lanes):
            if interrupted() > 1:
                return
            self._lanes[0].join(_TICK)
            time.sleep(0.01)
        self._take_in()

    def _tell(self, event: Event) -> None:
        with self._guard:
            self._listen(event)

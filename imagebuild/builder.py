"""Runs a plan: starts what is ready, hears what is done, stops what hangs on a failure. Emits events, never prints."""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from imagebuild.action import Action
from imagebuild.artifact import Artifact, Picture
from imagebuild.budget import Budget
from imagebuild.cost import Cost
from imagebuild.delivery import Delivery
from imagebuild.errors import ImageBuildError, InternalError, ProviderError, SpendingRefused
from imagebuild.event import ActionFailed, ActionFinished, ActionStarted, Event, Notice
from imagebuild.executor import Done, Executor, Job
from imagebuild.graph import Graph
from imagebuild.plan import Judge, Judgement
from imagebuild.pool import Cancelled, Pool
from imagebuild.store import Record

__all__ = ["Builder", "Failure", "Outcome"]

_TICK = 0.2  # seconds between looks at signals and at the group to be written
_BATCH = 64  # actions judged between looks at what is done


@dataclass(frozen=True, slots=True)
class Failure:
    """One action that failed, and how many others could not run because of it."""

    target: str
    error: ImageBuildError
    label: str = ""
    stopped: int = 0


@dataclass(slots=True)
class Outcome:
    """What came of running a plan; counts are of actions."""

    bought: int = 0
    made: int = 0
    cached: int = 0
    failures: list[Failure] = field(default_factory=list)
    blocked: list[Judgement] = field(default_factory=list)
    skipped: int = 0
    spent_usd: float = 0.0
    unknown_cost: bool = False

    def after(self, first: Outcome) -> Outcome:
        """This outcome of a second pass over the same targets, with what the first one did."""
        return Outcome(
            bought=first.bought + self.bought,
            made=first.made + self.made,
            cached=first.cached,
            failures=first.failures + self.failures,
            blocked=self.blocked,
            skipped=self.skipped,
            spent_usd=self.spent_usd,
            unknown_cost=self.unknown_cost,
        )


class Builder:
    """One run over the nodes that some targets need.

    ``interrupted`` counts the user's Ctrl-C: at 1 nothing new begins and what is in flight is awaited, at 2 it is given
    up. ``max_failures`` stops in the same way after so many failed actions; 0 goes on for ever.
    """

    def __init__(
        self,
        graph: Graph,
        actions: Sequence[Action],
        *,
        judge: Judge,
        executor: Executor,
        pool_of: Callable[[Action], Pool],
        delivery: Delivery,
        budget: Budget,
        listen: Callable[[Event], None],
        record_of: Callable[[str], Record | None],
        partial: Callable[[Action, int, Picture], Event],
        frozen: Callable[[str], bool],
        interrupted: Callable[[], int] = lambda: 0,
        max_failures: int = 0,
    ) -> None:
        self._graph = graph
        self._actions = actions
        self._judge = judge
        self._executor = executor
        self._pool_of = pool_of
        self._delivery = delivery
        self._budget = budget
        self._listen = listen
        self._record_of = record_of
        self._partial = partial
        self._frozen = frozen
        self._interrupted = interrupted
        self._max_failures = max_failures
        self._made: dict[int, tuple[Artifact, ...]] = {}
        self._drafts: set[int] = set()
        self._running: dict[str, tuple[int, Judgement, float]] = {}
        self._followers: dict[str, list[tuple[int, Judgement]]] = {}
        self._too_dear: deque[tuple[int, Judgement]] = deque()
        self._dead: set[int] = set()
        self._heard: queue.SimpleQueue[tuple[str, Future[Done]] | Event] = queue.SimpleQueue()
        self._broken: set[str] = set()
        self._begun: set[str] = set()
        self._told_stop = False
        self.outcome = Outcome()

    def run(self, targets: Sequence[str]) -> Outcome:
        """Bring the targets up to date, as far as failures, budget and the user allow."""
        wanted = self._graph.closure(targets)
        needed = set(wanted)
        self._dependents = [[each for each in group if each in needed] for group in self._graph.dependents()]
        self._finals = {self._graph.finals[target]: target for target in targets}
        self._missing = {index: len(set(self._graph.nodes[index].needs)) for index in wanted}
        self._ready = deque(index for index in wanted if not self._missing[index])
        while self._ready or self._running or self._too_dear:
            if not self._stopping():
                self._start_ready()
            self._tell_stop()
            if self._running:
                self._hear(wait=not self._ready or self._stopping())
            elif not self._ready or self._stopping():
                break
            self._delivery.flush()
        self._give_up_rest()
        self._delivery.flush(now=True)
        self.outcome.skipped = len(needed) - len(self._made) - len(self._dead)
        self.outcome.spent_usd = self._budget.spent
        self.outcome.unknown_cost = self._budget.unknown > 0
        return self.outcome

    def hear(self, event: Event) -> None:
        """Take an event from any thread; it is told in the thread that runs the build."""
        self._heard.put(event)

    def _stopping(self) -> bool:
        failed = len(self.outcome.failures)
        return self._interrupted() > 0 or bool(self._max_failures and failed >= self._max_failures)

    def _tell_stop(self) -> None:
        """Once, when the user has asked to stop: what is waited for."""
        if self._told_stop or not self._interrupted():
            return
        self._told_stop = True
        in_flight = sum(
            judgement.verdict == "buy" for key, (_, judgement, _) in self._running.items() if key in self._begun
        )
        if in_flight:
            what = (
                "a call in flight to keep its picture"
                if in_flight == 1
                else f"{in_flight} calls in flight to keep their pictures"
            )
            it = "it" if in_flight == 1 else "them"
            self._listen(Notice(f"stopping: waiting for {what} (Ctrl-C again to give {it} up)"))
        else:
            self._listen(Notice("stopping"))

    def _start_ready(self) -> None:
        for _ in range(len(self._too_dear)):
            self._begin_or_hold(*self._too_dear.popleft())
        for _ in range(_BATCH):
            if not self._ready:
                return
            index = self._ready.popleft()
            judgement = self._judged(index)
            if judgement is None:
                continue
            key = judgement.identity.key
            if judgement.artifacts is not None:
                self.outcome.cached += 1
                self._finish(index, judgement, judgement.artifacts)
            elif key in self._running:
                self._followers.setdefault(key, []).append((index, judgement))
            elif judgement.verdict == "blocked":
                self.outcome.blocked.append(judgement)
                self._kill(index)
            else:
                self._begin_or_hold(index, judgement)

    def _judged(self, index: int) -> Judgement | None:
        action = self._actions[index]
        try:
            if self._frozen(action.node.target) and (frozen := self._judge.frozen(action)):
                return frozen
            on_draft = any(need in self._drafts for need in action.node.needs)
            return self._judge.judge(action, [self._made[need] for need in action.node.needs], on_draft=on_draft)
        except ImageBuildError as error:
            self._fail(index, "", error)
            return None

    def _begin_or_hold(self, index: int, judgement: Judgement) -> None:
        """Begin an action, or hold it back until calls in flight turn out cheaper than reserved."""
        if judgement.identity.key in self._running:
            self._followers.setdefault(judgement.identity.key, []).append((index, judgement))
        elif judgement.action.plugin in self._broken and judgement.verdict == "buy":
            self._kill(index)
        elif judgement.verdict != "buy" or self._budget.fits(judgement.cost):
            self._begin(index, judgement)
        elif self._budget.could_fit(judgement.cost):
            self._too_dear.append((index, judgement))
        else:
            self._fail(index, judgement.identity.key, self._refusal(judgement))

    def _begin(self, index: int, judgement: Judgement) -> None:
        node, key = judgement.action.node, judgement.identity.key
        if judgement.verdict == "buy":
            self._budget.reserve(judgement.cost)
        self._running[key] = (index, judgement, time.monotonic())
        action = judgement.action
        job = Job(
            action,
            judgement.identity,
            [self._made[need] for need in node.needs],
            judgement.draft,
            partial=lambda at, picture: self._heard.put(self._partial(action, at, picture)),
            cancelled=lambda: self._interrupted() > 1,
        )

        def work() -> Done:
            if self._must_not_begin(judgement):
                raise Cancelled
            self._begun.add(key)
            self._heard.put(ActionStarted(node.target, node.kind, action.plugin, node.stage, key, node.candidate))
            return self._run(job, judgement)

        future = self._pool_of(action).submit(work)
        future.add_done_callback(lambda done: self._heard.put((key, done)))

    def _run(self, job: Job, judgement: Judgement) -> Done:
        """In the worker: run a job, and settle what it cost before this thread takes another."""
        if judgement.verdict != "buy":
            return self._executor.run(job)
        try:
            done = self._executor.run(job)
        except ProviderError as error:
            if error.billed:
                self._budget.settle(judgement.cost, None)
            else:
                self._budget.release(judgement.cost)
            raise
        except BaseException:
            self._budget.settle(judgement.cost, None)
            raise
        self._budget.settle(judgement.cost, done.cost_usd)
        return done

    def _must_not_begin(self, judgement: Judgement) -> bool:
        """Asked in the worker, last of all: much may have happened while an action waited for its turn."""
        is_paid = judgement.verdict == "buy"
        return self._stopping() or (is_paid and (judgement.action.plugin in self._broken or self._budget.overdrawn))

    def _hear(self, *, wait: bool) -> None:
        """Take all the news there is; ``wait`` for some, a tick at most."""
        try:
            news = self._heard.get(timeout=_TICK) if wait else self._heard.get_nowait()
            while True:
                if isinstance(news, tuple):
                    self._take(*news)
                else:
                    self._listen(news)
                news = self._heard.get_nowait()
        except queue.Empty:
            return

    def _take(self, key: str, future: Future[Done]) -> None:
        index, judgement, began = self._running.pop(key)
        followers = self._followers.pop(key, [])
        if future.cancelled() or isinstance(future.exception(), Cancelled):
            self._take_back(index, judgement, followers)
            return
        error = future.exception()
        if error is not None:
            self._take_error(index, judgement, error)
            for follower, _ in followers:
                self._kill(follower)
            return
        done = future.result()
        self._count(done)
        node = judgement.action.node
        artifacts = done.record.artifacts
        self._listen(
            ActionFinished(
                node.target,
                node.kind,
                judgement.action.plugin,
                node.stage,
                key,
                done.verdict,
                tuple(artifact.digest for artifact in artifacts),
                done.cost_usd,
                time.monotonic() - began,
                node.candidate,
            )
        )
        self._finish(index, judgement, artifacts)
        for follower, same in followers:
            self._finish(follower, same, artifacts)

    def _take_back(self, index: int, judgement: Judgement, followers: list[tuple[int, Judgement]]) -> None:
        """An action that did not begin: it is judged by the budget once more, unless the build is stopping."""
        if judgement.verdict == "buy":
            self._budget.release(judgement.cost)
        if not self._stopping():
            self._too_dear += [(index, judgement), *followers]

    def _take_error(self, index: int, judgement: Judgement, error: BaseException) -> None:
        if not isinstance(error, ImageBuildError):
            error = InternalError(f"unexpected {type(error).__name__}: {error}").with_traceback(error.__traceback__)
        if isinstance(error, ProviderError) and error.stops_run:
            self._broken.add(judgement.action.plugin)
        self._fail(index, judgement.identity.key, error)

    def _count(self, done: Done) -> None:
        if done.verdict == "bought":
            self.outcome.bought += 1
        elif done.verdict == "made":
            self.outcome.made += 1
        else:
            self.outcome.cached += 1

    def _finish(self, index: int, judgement: Judgement, artifacts: tuple[Artifact, ...]) -> None:
        node = self._graph.nodes[index]
        self._made[index] = artifacts
        if judgement.draft:
            self._drafts.add(index)
        picked = node.stage > 0 or index == self._graph.masters[node.target] or bool(self._dependents[index])
        record = None if judgement.action.free else self._record_of(judgement.identity.key)
        self._delivery.finished(judgement, record, picked=picked)
        if index in self._finals:
            self._delivery.deliver(self._finals[index], artifacts, draft=judgement.draft)
        for dependent in self._dependents[index]:
            self._missing[dependent] -= 1
            if not self._missing[dependent]:
                self._ready.append(dependent)

    def _fail(self, index: int, key: str, error: ImageBuildError) -> None:
        node = self._graph.nodes[index]
        stopped = self._kill(index)
        self.outcome.failures.append(Failure(node.target, error, node.label, stopped))
        action = self._actions[index]
        self._listen(ActionFailed(node.target, node.kind, action.plugin, node.stage, key, error, node.candidate))

    def _kill(self, index: int) -> int:
        """Nothing that needs this node can run; returns how many others that stops."""
        fresh, pending = 0, [index]
        while pending:
            each = pending.pop()
            if each not in self._dead:
                self._dead.add(each)
                fresh += 1
                pending += self._dependents[each]
        return max(0, fresh - 1)

    def _give_up_rest(self) -> None:
        if not self._stopping():
            for index, judgement in self._too_dear:
                self._fail(index, judgement.identity.key, self._refusal(judgement))
            self._too_dear.clear()

    def _refusal(self, judgement: Judgement) -> SpendingRefused:
        label, budget = judgement.action.node.label, self._budget
        if not judgement.cost.known and not budget.allow_unknown:
            return SpendingRefused(
                f"the price of '{label}' is unknown",
                hint=f"state one: providers: {{{judgement.action.plugin}: {{price: 0.05}}}}",
            )
        price, cap = Cost.exactly(budget.expected(judgement.cost)), budget.cap or 0
        return SpendingRefused(
            f"'{label}' would cost up to {price}, and ${budget.spent:.2f} of ${cap:.2f} are spent",
            hint="raise 'budget.max_cost' or '--max-cost'; all that was bought is kept",
        )

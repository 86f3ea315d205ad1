"""Runs a plan: starts what is ready, hears what is done, stops what hangs on a failure. Emits events, never prints."""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import Future
from types import MappingProxyType

from imagebuild.action import Action, Call
from imagebuild.artifact import Artifact, Picture
from imagebuild.budget import Budget
from imagebuild.delivery import Receiver
from imagebuild.errors import (
    CheckFailed,
    DifferentError,
    ImageBuildError,
    InternalError,
    ProviderError,
    StoreError,
    UnavailableError,
)
from imagebuild.event import ActionFailed, ActionFinished, ActionStarted, Event, Notice
from imagebuild.executor import Done, Executor, InFlight, Job
from imagebuild.facts import answer_of
from imagebuild.graph import Graph, Node
from imagebuild.judge import Judge, Judgement
from imagebuild.local_run import CheckRun, check_fault
from imagebuild.outcome import Failure, Outcome, refusal
from imagebuild.pool import Cancelled, Pool
from imagebuild.retry import RetryPolicy
from imagebuild.schedule import Schedule
from imagebuild.store import Record
from imagebuild.worker import Worker

__all__ = ["Builder"]

_CHANGE = "change the prompt, a step or the rule"
_TRY = "'retry: 2' beside the check has the picture made anew"
_TICK = 0.2  # seconds between looks at signals and at the group to be written
_BATCH = 64  # actions judged between looks at what is done


class Builder:
    """One run over the nodes that ``targets`` need.

    ``interrupted`` counts the user's Ctrl-C: at 1 nothing new begins and what is in flight is awaited, at 2 it is
    given up. ``max_failures`` stops in the same way after so many failed actions; 0 goes on for ever. ``failed``
    are calls, by key, whose answers came before this run and were failures: they are told and not made again by it;
    ``leaves`` says what this run does not do, though it could be done; ``given_up`` are targets and keys of what
    failed in an earlier pass of this build, and was told. With ``in_batches`` calls that are paid for are not made
    but left in the outcome's ``wave``.
    """

    def __init__(
        self,
        graph: Graph,
        actions: Sequence[Action],
        targets: Sequence[str],
        *,
        judge: Judge,
        executor: Executor,
        policy: RetryPolicy,
        pool_of: Callable[[Action], Pool],
        delivery: Receiver,
        budget: Budget,
        listen: Callable[[Event], None],
        record_of: Callable[[str], Record | None],
        partial: Callable[[Action, int, Picture], Event],
        frozen: Callable[[str], bool],
        leaves: Callable[[Action], bool] = lambda action: False,
        failed: Mapping[str, ProviderError] = MappingProxyType({}),
        given_up: Set[tuple[str, str]] = frozenset(),
        in_batches: bool = False,
        interrupted: Callable[[], int] = lambda: 0,
        max_failures: int = 0,
    ) -> None:
        self._graph = graph
        self._actions = actions
        self._judge = judge
        self._pool_of = pool_of
        self._delivery = delivery
        self._budget = budget
        self._listen = listen
        self._record_of = record_of
        self._partial = partial
        self._frozen = frozen
        self._leaves = leaves
        self._failed = failed
        self._given_up = given_up
        self._buying: set[str] = set()
        self._in_batches = in_batches
        self._wave: set[str] = set()
        self._interrupted = interrupted
        self._max_failures = max_failures
        self._schedule = Schedule(graph, targets)
        self._drafts: set[int] = set()
        self._absent: dict[int, Node] = {}
        self._running: dict[str, tuple[int, Judgement]] = {}
        self._followers: dict[str, list[tuple[int, Judgement]]] = {}
        self._too_dear: deque[tuple[int, Judgement]] = deque()
        self._heard: queue.SimpleQueue[tuple[str, Future[Done]] | Event] = queue.SimpleQueue()
        self._started: deque[ActionStarted] = deque()  # a thread that begins something does not wake the main one
        self._broken: set[str] = set()
        self._cannot_keep = False
        self._failing = 0
        self._paid = {action.plugin for action in actions if not action.free}
        self._begun: dict[str, float] = {}
        self._told_stop = False
        self._worker = Worker(executor, budget, policy, self._heard.put, self._stopping, self._is_broken)
        self.outcome = Outcome()

    def run(self) -> Outcome:
        """Bring the targets up to date, as far as failures, budget and the user allow."""
        ready = self._schedule.ready
        while ready or self._running or self._too_dear:
            if not self._stopping():
                self._start_ready()
            self._tell_stop()
            if self._running:
                self._hear(wait=not ready or self._stopping())
            elif not ready or self._stopping():
                break
            self._delivery.flush()
        self._give_up_rest()
        self._delivery.flush(now=True)
        self._hear(wait=False)
        self.outcome.skipped = self._schedule.untouched
        self.outcome.results.update(self._schedule.done)
        self.outcome.charged_usd = self._budget.charged
        self.outcome.unknown_cost = self._budget.unknown > 0
        return self.outcome

    def hear(self, event: Event) -> None:
        """Take an event from any thread; it is told in the thread that runs the build."""
        self._heard.put(event)

    def _stopping(self) -> bool:
        failed = max(len(self.outcome.failures), self._failing)
        return self._interrupted() > 0 or bool(self._max_failures and failed >= self._max_failures)

    def _tell_stop(self) -> None:
        """Once, when the user has asked to stop: what is waited for."""
        if self._told_stop or not self._interrupted():
            return
        self._told_stop = True
        begun = [judgement for key, (_, judgement) in self._running.items() if key in self._begun]
        in_flight = sum(judgement.verdict == "buy" for judgement in begun)
        calls, pictures, them = ("a call", "its picture", "it")
        if in_flight > 1:
            calls, pictures, them = (f"{in_flight} calls", "their pictures", "them")
        waiting = f": waiting for {calls} in flight to keep {pictures} (Ctrl-C again to give {them} up)"
        self._listen(Notice(f"stopping{waiting if in_flight else ''}"))

    def _start_ready(self) -> None:
        for _ in range(len(self._too_dear)):
            self._begin_or_hold(*self._too_dear.popleft())
        for _ in range(_BATCH):
            if not self._schedule.ready:
                return
            index = self._schedule.ready.popleft()
            judgement = self._judged(index)
            if judgement is None:
                continue
            key = judgement.identity.key
            if (self._graph.nodes[index].target, key) in self._given_up:
                self._schedule.kill(index)
            elif judgement.artifacts is not None:
                if judgement.verdict != "blocked" and key not in self._begun:  # else this build made it, as another's
                    self.outcome.count(self._graph.nodes[index], "cached")
                self._finish(index, judgement, judgement.artifacts)
            elif key in self._running:
                self._followers.setdefault(key, []).append((index, judgement))
            elif judgement.verdict == "waiting" or key in self._wave:
                self.outcome.waiting.append(judgement)
                self._schedule.kill(index)
            elif judgement.verdict == "blocked":
                self.outcome.blocked.append(judgement)
                self._schedule.kill(index)
            elif judgement.verdict == "make" and self._leaves(judgement.action):
                self._schedule.kill(index)
            elif judgement.verdict == "buy" and key in self._failed:
                self._fail(index, key, self._failed[key])
            else:
                self._begin_or_hold(index, judgement)

    def _judged(self, index: int) -> Judgement | None:
        action = self._actions[index]
        try:
            if self._frozen(action.node.target) and (frozen := self._judge.frozen(action)):
                return frozen
            on_draft = any(need in self._drafts for need in action.node.needs)
            judgement = self._judge.judge(action, self._schedule.made(action.node.needs), on_draft=on_draft)
            return self._judge.starved(judgement, self._absent)
        except ImageBuildError as error:
            self._fail(index, "", error)
            return None

    def _begin_or_hold(self, index: int, judgement: Judgement) -> None:
        """Begin an action, or hold it back until calls in flight turn out cheaper than reserved."""
        if judgement.identity.key in self._running:
            self._followers.setdefault(judgement.identity.key, []).append((index, judgement))
        elif judgement.verdict == "buy" and self._is_broken(judgement.action.plugin):
            self._schedule.kill(index)
        elif self._in_batches and judgement.verdict == "buy" and self._budget.try_reserve(judgement.cost):
            self._wave.add(judgement.identity.key)
            self.outcome.wave.append(judgement)
            self._schedule.kill(index)
        elif judgement.verdict != "buy" or (not self._in_batches and self._budget.fits(judgement.cost)):
            self._begin(index, judgement)
        elif self._budget.could_fit(judgement.cost) and not self._in_batches:
            self._too_dear.append((index, judgement))
        else:
            self._fail(index, judgement.identity.key, refusal(judgement, self._budget))

    def _begin(self, index: int, judgement: Judgement) -> None:
        node, key = judgement.action.node, judgement.identity.key
        if judgement.verdict == "buy":
            self._budget.reserve(judgement.cost)
            self._buying.add(key)
        self._running[key] = (index, judgement)
        action = judgement.action
        pool = self._pool_of(action)
        job = Job(
            action,
            judgement.identity,
            self._schedule.made(node.needs),
            judgement.draft,
            accepts=self._judge.facts.accepts(node.target),
            partial=lambda at, picture: self._show(action, at, picture),
            notice=lambda message: self._heard.put(Notice(message, target=node.target)),
            cancelled=lambda: self._interrupted() > 1,
        )
        reserved = judgement.cost if judgement.verdict == "buy" else None

        def work() -> Done:
            if self._must_not_begin(judgement):
                raise Cancelled
            self._begun[key] = time.monotonic()
            self._started.append(ActionStarted(node.target, node.kind, action.plugin, node.stage, key, node.candidate))
            try:
                return self._worker.run(job, pool.throttle, reserved)
            except (ProviderError, StoreError) as error:
                # Here, for this thread's next action may begin before the main thread hears of it.
                self._failing += 1
                if isinstance(error, StoreError):
                    self._cannot_keep = self._cannot_keep or reserved is not None
                elif error.stops_run:
                    self._broken.add(action.plugin)
                raise

        future = pool.submit(work, self._stopping)
        future.add_done_callback(lambda done: self._heard.put((key, done)))

    def _show(self, action: Action, at: int, picture: Picture) -> None:
        """In the worker, in the middle of a call: nothing that fails here may cost the picture that is to come."""
        try:
            self._heard.put(self._partial(action, at, picture))
        except (OSError, KeyError) as error:
            self._heard.put(Notice(f"a partial picture cannot be shown: {error}", target=action.node.target))

    def _is_broken(self, plugin: str) -> bool:
        """Whether no call to that provider may be made: none can succeed, or what came of it could not be kept."""
        return plugin in self._broken or (self._cannot_keep and plugin in self._paid)

    def _must_not_begin(self, judgement: Judgement) -> bool:
        """Asked in the worker, last of all: much may have happened while an action waited for its turn."""
        is_paid = judgement.verdict == "buy"
        return self._stopping() or (is_paid and (self._is_broken(judgement.action.plugin) or self._budget.overdrawn))

    def _hear(self, *, wait: bool) -> None:
        """Take all the news there is; ``wait`` for some, a tick at most."""
        try:
            news = self._heard.get(timeout=_TICK) if wait else self._heard.get_nowait()
            while True:
                self._tell_started()
                if isinstance(news, tuple):
                    self._take(*news)
                else:
                    self._listen(news)
                news = self._heard.get_nowait()
        except queue.Empty:
            self._tell_started()

    def _tell_started(self) -> None:
        """What began is told before what came of it."""
        while self._started:
            self._listen(self._started.popleft())

    def _take(self, key: str, future: Future[Done]) -> None:
        index, judgement = self._running.pop(key)
        followers = self._followers.pop(key, [])
        if future.cancelled() or isinstance(future.exception(), Cancelled):
            self._take_back(index, judgement, followers)
            return
        error = future.exception()
        if error is not None:
            if isinstance(error, InFlight):
                self._take_in_flight(index, judgement, followers)
                return
            self._take_error(index, judgement, error)
            for follower, _ in followers:
                if isinstance(error, DifferentError):
                    self._schedule.ready.append(follower)
                else:
                    self._schedule.kill(follower)
            return
        done = future.result()
        node = judgement.action.node
        if done.verdict != "bought":
            self._buying.discard(key)
        artifacts = answer_of(done.record)
        if node.kind != "check" or not check_fault(artifacts):
            self.outcome.count(node, done.verdict)
            self._listen(
                ActionFinished(
                    node.target,
                    node.kind,
                    judgement.action.plugin,
                    node.stage,
                    key,
                    done.verdict,
                    tuple(artifact.digest for artifact in done.record.artifacts),
                    done.cost_usd,
                    time.monotonic() - self._begun[key],
                    node.candidate,
                )
            )
        self._finish(index, judgement, artifacts)
        for follower, same in followers:
            if done.record.faults:  # who shares the action need not accept the same
                self._schedule.ready.append(follower)
            else:
                self._finish(follower, same, artifacts)

    def _take_back(self, index: int, judgement: Judgement, followers: list[tuple[int, Judgement]]) -> None:
        """An action that did not begin: it is judged by the budget once more, unless the build is stopping."""
        if judgement.verdict == "buy":
            self._budget.release(judgement.cost)
        if not self._stopping():
            self._too_dear += [(index, judgement), *followers]

    def _take_in_flight(self, index: int, judgement: Judgement, followers: list[tuple[int, Judgement]]) -> None:
        """Another build has bought it meanwhile: it comes with the next build."""
        node, action = judgement.action.node, judgement.action
        coming = UnavailableError("another build is buying this picture", hint="build again to collect it")
        key = judgement.identity.key
        self._listen(ActionFailed(node.target, node.kind, action.plugin, node.stage, key, coming, node.candidate))
        for each, waiting in ((index, judgement), *followers):
            self.outcome.waiting.append(waiting)
            self._schedule.kill(each)

    def _take_error(self, index: int, judgement: Judgement, error: BaseException) -> None:
        if not isinstance(error, ImageBuildError):
            error = InternalError(f"unexpected {type(error).__name__}: {error}").with_traceback(error.__traceback__)
        self._fail(index, judgement.identity.key, error)

    def _finish(self, index: int, judgement: Judgement, artifacts: tuple[Artifact, ...]) -> None:
        node = self._graph.nodes[index]
        if judgement.draft:
            self._drafts.add(index)
        if judgement.is_elsewhere:
            self._absent[index] = node
        if judgement.identity.key in self._buying:  # for another target, perhaps
            self.outcome.bought_for.add(node.target)
        picked = node.stage != 0 or index == self._graph.starts[node.target]
        action = judgement.action
        pinned = isinstance(action, Call) and self._delivery.is_pinned(action)
        record = self._record_of(judgement.identity.key) if pinned else None
        self._delivery.finished(judgement, artifacts[0], record, picked=picked)
        if isinstance(action, CheckRun) and (fault := check_fault(artifacts)):
            self.outcome.rejected.append((action, fault))
            hint = _CHANGE if action.retry else f"{_CHANGE}; {_TRY}"
            failed = CheckFailed(f"'{node.target}' fails the check {fault}", hint=hint)
            self._fail(index, judgement.identity.key, failed)
            return
        onward = judgement.live or artifacts
        if index in self._schedule.finals:
            self._delivery.deliver(self._schedule.finals[index], onward, draft=judgement.draft)
        self._schedule.finish(index, onward)

    def _fail(self, index: int, key: str, error: ImageBuildError) -> None:
        node = self._graph.nodes[index]
        stopped = self._schedule.kill(index)
        self.outcome.failures.append(Failure(node.target, error, node.label, stopped))
        if not isinstance(error, StoreError):
            self.outcome.given_up.add((node.target, key))
        action = self._actions[index]
        self._listen(ActionFailed(node.target, node.kind, action.plugin, node.stage, key, error, node.candidate))

    def _give_up_rest(self) -> None:
        if not self._stopping():
            for index, judgement in self._too_dear:
                self._fail(index, judgement.identity.key, refusal(judgement, self._budget))
            self._too_dear.clear()

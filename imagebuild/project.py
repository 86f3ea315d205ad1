"""A project on disk, wired together: open it, plan, build, ask for its status."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from imagebuild.action import Action
from imagebuild.artifact import Picture
from imagebuild.budget import Budget
from imagebuild.builder import Builder, Failure, Outcome
from imagebuild.cost import Cost
from imagebuild.delivery import Delivery
from imagebuild.digest import digest_bytes
from imagebuild.errors import ImageBuildError, InternalError, LockError, SpendingRefused, StoreError, UsageError
from imagebuild.event import BuildFinished, BuildStarted, Event, Notice, PartialImage
from imagebuild.executor import LocalExecutor, partial_name
from imagebuild.interrupt import Interrupt
from imagebuild.lockfile import Lock
from imagebuild.plan import Judgement, Plan, PlannedAction
from imagebuild.pool import Pool
from imagebuild.registry import Registry
from imagebuild.session import LOCK_FILE, STATE_FOLDER, Session
from imagebuild.spec import Spec, find_root, load_spec
from imagebuild.stamp import write_stamp
from imagebuild.status import TargetStatus, status_of
from imagebuild.store import default_home

__all__ = ["Project", "Report"]

Listen = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did. ``cost_usd`` is None when some charge is unknown; ``kept`` are outputs edited by hand."""

    bought: int = 0
    made: int = 0
    cached: int = 0
    failures: tuple[Failure, ...] = ()
    written: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    skipped: int = 0
    cost_usd: float | None = 0.0
    seconds: float = 0.0
    exit_code: int = 0
    plan: Plan = field(default_factory=lambda: Plan((), ()))

    @property
    def ok(self) -> bool:
        """Whether everything asked for is there."""
        return self.exit_code == 0


class Project:
    """One folder with an ``imagebuild.yaml``.

    The same object serves many plans and builds; each reads the spec anew. Plugins are found once.
    """

    def __init__(self, root: Path, *, home: Path, registry: Registry | None = None, environ: Mapping[str, str]) -> None:
        self.root = root
        self.home = home
        self._registry = registry
        self._environ = environ

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str] = ".",
        *,
        home: str | os.PathLike[str] | None = None,
        registry: Registry | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Project:
        """Find the project at or above ``path``.

        ``home`` holds the originals (default: ``IMAGEBUILD_HOME``, else the user's data folder), ``registry`` the
        plugins (default: those installed), ``environ`` the environment (default: this process's). Raises ``UsageError``
        when there is no spec.
        """
        environ = os.environ if environ is None else environ
        root = find_root(Path(path))
        return cls(root, home=Path(home) if home else default_home(environ), registry=registry, environ=environ)

    @property
    def registry(self) -> Registry:
        """The plugins, found at first use."""
        if self._registry is None:
            self._registry = Registry.load()
        return self._registry

    def spec(self) -> Spec:
        """The spec as it is now. Raises ``SpecError`` with all its problems."""
        return load_spec(self.root, environ=self._environ)

    def plan(
        self,
        targets: Sequence[str] = (),
        *,
        tags: Sequence[str] = (),
        draft: bool = False,
        offline: bool = False,
    ) -> Plan:
        """What a build would do; changes nothing and calls nobody. Raises as :meth:`build` before it starts."""
        with self._session(draft=draft, offline=offline) as session:
            return session.plan(session.spec.select(targets, tags))

    def status(self, targets: Sequence[str] = (), *, tags: Sequence[str] = ()) -> dict[str, TargetStatus]:
        """The state of each target and why."""
        with self._session() as session:
            selected = session.spec.select(targets, tags)
            return status_of(session.plan(selected), session.spec, session.facts.outputs)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Everything open for a closer look, as the command line's ``graph`` and ``why`` take it."""
        with self._session() as session:
            yield session

    def build(
        self,
        targets: Sequence[str] = (),
        *,
        tags: Sequence[str] = (),
        listen: Listen = lambda event: None,
        confirm: Callable[[Plan], bool] | None = None,
        approved: Plan | None = None,
        max_cost: float | None = None,
        jobs: int | None = None,
        max_failures: int = 0,
        draft: bool = False,
        locked: bool = False,
        offline: bool = False,
        overwrite: bool = False,
    ) -> Report:
        """Make what is missing or stale, of all targets or those named or tagged.

        ``listen`` hears every event, in this thread. Paid calls need ``max_cost`` or the spec's budget (USD), a yes
        from ``confirm``, or the ``approved`` plan they stand in. ``max_failures`` stops early (0: never), ``draft``
        draws paid targets with the offline provider, ``locked`` buys nothing, ``offline`` needs no network,
        ``overwrite`` replaces outputs edited by hand.

        Failed targets are in the report; raised are ``SpecError``, ``PluginError``, ``LockError``, ``StoreError``,
        ``SpendingRefused`` and ``UsageError``, all before anything was called.
        """
        began, began_ns = time.monotonic(), time.time_ns()

        def tell(event: Event) -> None:
            listen(event)
            self.registry.notify(event)

        with self.alone(tell), self._session(draft=draft, offline=offline) as session:
            selected = session.spec.select(targets, tags)
            plan = session.plan(selected)
            if locked:
                _require_locked(plan, session)
            if approved is not None:
                _require_same(approved, plan)
            budget = _budget(plan, max_cost if max_cost is not None else session.spec.max_cost, confirm, approved)
            paid = [action for action in plan.actions if action.cost != Cost.free()]
            running = sum(action.will_run for action in plan.actions)
            tell(BuildStarted(self.root.name, len(selected), running, plan.cost if paid else None))
            for note in session.resolver.notes:
                tell(Notice(note))
            _report_maybe_paid(session, tell)
            session.sweep()
            run = _Run(self, session, plan, budget, tell, locked=locked, overwrite=overwrite)
            outcome, delivery, interrupts = run.go(jobs, max_failures)
            if not targets and not tags and not outcome.failures and not interrupts and not locked:
                delivery.forget(session.graph)
            report = _report(plan, outcome, delivery, interrupts, time.monotonic() - began)
            if not (targets or tags or draft):
                self._stamp(session, report, delivery, began_ns)
            tell(
                BuildFinished(
                    report.bought,
                    report.made,
                    report.cached,
                    len(report.failures),
                    len(report.written),
                    report.cost_usd,
                    report.seconds,
                    report.exit_code,
                )
            )
            return report

    def _stamp(self, session: Session, report: Report, delivery: Delivery, began_ns: int) -> None:
        """After a build of everything that left nothing to do, note what it rested on, so that the next is quick."""
        if not report.ok or report.kept or session.registry.has_observers:
            return
        files: dict[str, str | None] = {**dict.fromkeys((*session.spec.files, *session.spec.folders))}
        files.update(session.sources)
        files.update(delivery.delivered)
        absent = []
        if session.lock_path.exists():
            files[LOCK_FILE] = digest_bytes(delivery.lock.text().encode())
        else:
            absent.append(LOCK_FILE)
        write_stamp(
            str(self.root),
            targets=len(session.spec.targets),
            files=files,
            absent=absent,
            packages=session.registry.packages,
            environ=self._environ,
            began_ns=began_ns,
        )

    def _session(self, *, draft: bool = False, offline: bool = False) -> Session:
        return Session(self.spec(), self.registry, self.home, draft=draft, offline=offline)

    @contextmanager
    def alone(self, tell: Listen = lambda event: None) -> Iterator[None]:
        """Hold the project's build lock; say so while another build has it."""
        folder = self.root / STATE_FOLDER
        if folder.is_symlink():
            raise StoreError(f"'{STATE_FOLDER}' is a link", hint="remove it; a folder of that name is made anew")
        folder.mkdir(exist_ok=True)
        lock = FileLock(folder / "build.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            tell(Notice("another build of this project is running; waiting for it to end"))
            lock.acquire()
        try:
            yield
        finally:
            lock.release()


@dataclass(frozen=True, slots=True)
class _Run:
    """One build under way: the builder with all its doors."""

    project: Project
    session: Session
    plan: Plan
    budget: Budget
    tell: Listen
    locked: bool
    overwrite: bool

    def go(self, jobs: int | None, max_failures: int) -> tuple[Outcome, Delivery, int]:
        """Run the plan; once more when stored bytes turned out damaged, for then they have been set aside."""
        session = self.session
        delivery = Delivery(
            stores=(session.originals, session.derivatives),
            outputs=session.outputs,
            state=session.state,
            lock=session.lock,
            write_lock=self._write_lock,
            paths=session.facts.paths,
            inspect=session.facts.inspect,
            overwrite=self.overwrite,
            listen=self.tell,
        )
        pool_of = session.pools(jobs)
        with Interrupt() as interrupted:
            try:
                outcome = self._pass(delivery, pool_of, interrupted, max_failures)
                if session.damages and not interrupted():
                    outcome.failures = [each for each in outcome.failures if not isinstance(each.error, StoreError)]
                    delivery.failed.clear()
                    again = self._pass(delivery, pool_of, interrupted, max_failures)
                    outcome = again.after(outcome)
            finally:
                session.stop_pools()
        return outcome, delivery, interrupted()

    def _pass(
        self, delivery: Delivery, pool_of: Callable[[Action], Pool], interrupted: Interrupt, max_failures: int
    ) -> Outcome:
        session = self.session
        builder = Builder(
            session.graph,
            session.actions,
            judge=session.judge,
            executor=LocalExecutor(session.originals, session.derivatives),
            pool_of=pool_of,
            delivery=delivery,
            budget=self.budget,
            listen=self.tell,
            record_of=session.originals.records.get,
            partial=self._partial,
            frozen=session.is_frozen,
            interrupted=interrupted,
            max_failures=max_failures,
        )
        session.on_damage(lambda text: builder.hear(Notice(text)))
        return builder.run(self.plan.targets)

    def _write_lock(self, lock: Lock) -> None:
        if not self.locked:
            lock.write(self.session.lock_path)

    def _partial(self, action: Action, index: int, picture: Picture) -> Event:
        folder = self.project.root / STATE_FOLDER / "partials"
        folder.mkdir(parents=True, exist_ok=True)
        node = action.node
        path = folder / partial_name(node.target, node.stage, index, picture)
        path.write_bytes(picture.data)
        return PartialImage(node.target, node.stage, index, path.relative_to(self.project.root).as_posix())


def _budget(plan: Plan, cap: float | None, confirm: Callable[[Plan], bool] | None, approved: Plan | None) -> Budget:
    """The money this build may spend. Raises ``SpendingRefused`` before anything is called."""
    cost = plan.cost
    if cost == Cost.free():
        return Budget(0.0)
    if approved is not None:
        return Budget(cost.high if cost.known else None, allow_unknown=True)
    if cap is not None:
        if not cost.known:
            raise SpendingRefused(
                f"the price of {cost.unknown} of the pictures is unknown, and there is a cap of ${cap:.2f}",
                hint="state a price in the spec: 'providers: {NAME: {price: 0.05}}'",
            )
        if cost.low > cap + 1e-9:
            raise SpendingRefused(
                f"this build would cost {cost}, over the cap of ${cap:.2f}",
                hint="raise 'budget.max_cost' or '--max-cost', name fewer targets, or build with '--draft'",
            )
        return Budget(cap)
    if confirm is not None and confirm(plan):
        return Budget(cost.high if cost.known else None, allow_unknown=True)
    raise SpendingRefused(
        f"this build would cost {cost}, and nobody has agreed to that",
        hint="give a cap with '--max-cost USD' or 'budget: {max_cost: USD}', or build with '--draft' for free",
    )


def _require_locked(plan: Plan, session: Session) -> None:
    """Raise ``LockError`` unless every paid picture the plan needs is pinned as it is."""
    missing: list[str] = []
    for action in plan.actions:
        node = action.node
        line = session.lock.lines.get(node.slot)
        paid = action.cost != Cost.free() or action.verdict == "blocked"
        unpinned = action.key is not None and not _is_free(session, action) and (line is None or line.key != action.key)
        if action.verdict != "frozen" and (paid or unpinned):
            missing.append(f"{node.label}: {action.reasons[0]}")
    if missing:
        shown = "\n  ".join(missing[:20]) + (f"\n  and {len(missing) - 20} more" if len(missing) > 20 else "")
        raise LockError(
            f"the lock does not hold all that this build needs\n  {shown}",
            hint="run 'imagebuild build' where spending is allowed and commit imagebuild.lock",
        )


def _is_free(session: Session, action: PlannedAction) -> bool:
    settings = session.resolver.providers.get(action.plugin)
    return action.node.kind == "step" or (settings is not None and settings.provider.free)


def _require_same(approved: Plan, plan: Plan) -> None:
    """Raise ``UsageError`` when the plan is no longer what somebody agreed to."""

    def wanted(each: Plan) -> set[tuple[object, ...]]:
        return {(action.node.slot, action.key, action.verdict) for action in each.actions if action.will_run}

    if wanted(approved) != wanted(plan):
        raise UsageError(
            "the saved plan no longer matches the project", hint="make a new one with 'imagebuild plan -o FILE'"
        )


def _report_maybe_paid(session: Session, tell: Listen) -> None:
    """Book what was in flight when an earlier build died, and say so."""
    for intent in session.originals.abandoned():
        session.originals.records.settle(intent.key, "maybe_paid", started=intent.started)
        tell(
            Notice(
                f"a call to '{intent.provider}' for '{intent.target}' was in flight when an earlier build ended; "
                "it may have been paid, and its picture is lost",
                target=intent.target,
            )
        )


def _report(plan: Plan, outcome: Outcome, delivery: Delivery, interrupts: int, seconds: float) -> Report:
    failures = [*outcome.failures]
    failures += [Failure(target, error, target) for target, error in delivery.failed]
    failures += [_lost(judgement) for judgement in outcome.blocked]
    return Report(
        bought=outcome.bought,
        made=outcome.made,
        cached=outcome.cached,
        failures=tuple(failures),
        written=tuple(delivery.written),
        kept=tuple(delivery.kept),
        skipped=outcome.skipped,
        cost_usd=None if outcome.unknown_cost else outcome.spent_usd,
        seconds=seconds,
        exit_code=_exit_code([failure.error for failure in failures], interrupts),
        plan=plan,
    )


def _lost(judgement: Judgement) -> Failure:
    node = judgement.action.node
    if judgement.reasons[0].code == "offline":
        error = LockError(f"'{node.label}' is not in the store, and {judgement.reasons[0]}")
    else:
        error = LockError(
            f"the picture of '{node.label}' was bought, but the store no longer has it",
            hint="bring the store's folder back, or take its line out of imagebuild.lock to buy it anew",
        )
    return Failure(node.target, error, node.label)


def _exit_code(errors: list[ImageBuildError], interrupts: int) -> int:
    if interrupts:
        return 130
    codes = {error.exit_code for error in errors}
    return next((code for code in (InternalError.exit_code, 1, 2, 4, 3) if code in codes), 0)

"""A project on disk, wired together: open it, plan, build, ask for its status."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from imagebuild.audit import Fault, audit
from imagebuild.budget import Budget
from imagebuild.closing import publish_locally, stamp_build
from imagebuild.cost import Cost
from imagebuild.disk import store_errors
from imagebuild.errors import ImageBuildError, StoreError, UsageError
from imagebuild.event import BuildFinished, BuildStarted, Event, Notice, Published
from imagebuild.gate import agreed_budget, require_finished, require_locked, require_same
from imagebuild.plan import Plan
from imagebuild.publishing import Press, manifest_of
from imagebuild.registry import Registry
from imagebuild.report import Report, report_of
from imagebuild.retry import RetryPolicy
from imagebuild.run import Run
from imagebuild.session import BUILD_LOCK, STATE_FOLDER, Session
from imagebuild.spec import Spec, find_root, load_spec
from imagebuild.status import TargetStatus, status_of
from imagebuild.store import default_home
from imagebuild.wave import BatchView

__all__ = ["EXECUTORS", "Project"]

EXECUTORS = ("local", "batch")
"""Where paid calls can run."""

Listen = Callable[[Event], None]


class Project:
    """One folder with an ``imagebuild.yaml``.

    The same object serves many plans and builds; each reads the spec anew. Plugins are found once.
    """

    def __init__(
        self,
        root: Path,
        *,
        home: Path,
        registry: Registry | None = None,
        environ: Mapping[str, str],
        retry: RetryPolicy | None = None,
    ) -> None:
        if (root / STATE_FOLDER).resolve() in (home.resolve(), *home.resolve().parents):
            raise UsageError(
                f"the store of originals, '{home}', lies in {STATE_FOLDER}/, which may be removed at any time",
                hint="set IMAGEBUILD_HOME to a folder outside of it",
            )
        self.root = root
        self.home = home
        self._registry = registry
        self._environ = environ
        self._retry = retry or RetryPolicy()

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str] = ".",
        *,
        home: str | os.PathLike[str] | None = None,
        registry: Registry | None = None,
        environ: Mapping[str, str] | None = None,
        retry: RetryPolicy | None = None,
    ) -> Project:
        """Find the project at or above ``path``.

        ``home`` holds the originals (default: ``IMAGEBUILD_HOME``, else the user's data folder), ``registry`` the
        plugins (default: those installed), ``environ`` the environment (default: this process's), ``retry`` says
        which failed calls are made again. Raises ``UsageError`` when there is no spec.
        """
        environ = os.environ if environ is None else environ
        root = find_root(Path(path))
        home = Path(home) if home else default_home(environ)
        return cls(root, home=home, registry=registry, environ=environ, retry=retry)

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
        executor: str = "local",
    ) -> Plan:
        """What a build would do; changes nothing and calls nobody. Raises as :meth:`build` before it starts."""
        with self._session(draft=draft, offline=offline, executor=executor) as session:
            return session.plan(session.spec.select(targets, tags))

    def status(self, targets: Sequence[str] = (), *, tags: Sequence[str] = ()) -> dict[str, TargetStatus]:
        """The state of each target and why."""
        with self._session() as session:
            selected = session.spec.select(targets, tags)
            return status_of(session.plan(selected), session.spec, session.facts.outputs)

    def batches(self, *, online: bool = True) -> list[BatchView]:
        """The open batches of this machine's store, and how they stand where the service can be asked."""
        with self._session() as session:
            return session.waves.views(online=online)

    def cancel_batch(self, name: str) -> BatchView:
        """Give a batch up, by its id or the beginning of it. Raises ``UsageError`` and ``ProviderError``."""
        with self._session() as session:
            return session.waves.cancel(name)

    def collect(self, listen: Listen = lambda event: None) -> None:
        """Bring in what earlier builds paid for and what batches have done; :meth:`build` begins with it, too."""
        with self.alone(listen), self._session() as session:
            session.collect(listen, online=True)
            session.tell_failed(listen)

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
        executor: str = "local",
        give_up: bool = False,
    ) -> Report:
        """Make what is missing or stale, of all targets or those named or tagged.

        ``listen`` hears every event, in this thread. Paid calls need ``max_cost`` or the spec's budget (USD), a yes
        from ``confirm``, or the ``approved`` plan they stand in. ``max_failures`` stops early (0: never), ``draft``
        draws paid targets with the offline provider, ``locked`` buys nothing, ``offline`` needs no network,
        ``overwrite`` replaces outputs edited by hand. ``executor`` is ``local``, or ``batch`` to send paid calls in
        batches, which later builds collect: half the price, within a day. ``give_up`` books pictures in flight that
        cannot be collected now as maybe paid, and makes them anew.

        Failed targets are in the report; raised are ``SpecError``, ``PluginError``, ``LockError``, ``StoreError``,
        ``SpendingRefused`` and ``UsageError``, all before anything was called.
        """
        if executor not in EXECUTORS:
            raise UsageError(f"unknown executor '{executor}'", hint=f"installed: {', '.join(EXECUTORS)}")
        if draft and locked:
            raise UsageError("a draft and a locked build exclude each other: a draft stands in no lock")
        began_ns = time.time_ns()
        observers = self.registry

        def tell(event: Event) -> None:
            listen(event)
            observers.notify(event)

        with self.alone(tell), self._session(draft=draft, offline=offline, locked=locked, executor=executor) as session:
            observers = session.registry
            session.collect(tell, online=not (offline or locked))
            selected = session.spec.select(targets, tags)
            plan = session.plan(selected)
            if give_up and not (offline or locked):
                session.give_up(plan, tell)
                plan = session.plan(selected)
            try:
                if locked:
                    require_locked(plan, session)
                if approved is not None:
                    require_same(approved, plan)
                cap = max_cost if max_cost is not None else session.spec.max_cost
                budget = Budget(0.0) if locked else agreed_budget(plan, cap, confirm, approved)
            except ImageBuildError:
                session.tell_failed(tell)
                raise
            began = time.monotonic()
            paid = [action for action in plan.actions if action.cost != Cost.free()]
            running = sum(action.will_run and not action.is_shared for action in plan.actions)
            tell(BuildStarted(self.root.name, len(selected), running, plan.cost if paid else None))
            for note in session.resolver.notes:
                tell(Notice(note))
            session.sweep()
            run = Run(session, plan, budget, tell, self._retry, locked=locked, overwrite=overwrite)
            outcome, delivery, interrupts = run.go(jobs, max_failures)
            if not (targets or tags or outcome.failures or interrupts or locked or draft):
                delivery.forget(session.pinned)
            report = report_of(plan, outcome, delivery, interrupts, time.monotonic() - began, session.collected)
            press: Press | None = None
            if session.resolver.publishers and not (targets or tags) and report.ok:
                press, report = publish_locally(session, outcome, report, tell, self._environ, draft=draft)
            for text in session.state.notices:
                tell(Notice(text))
            if not (targets or tags or draft or (press and press.noticed)):
                there = {**delivery.delivered, **(press.files if press else {})}
                stamp_build(session, report, delivery.lock, there, self._environ, began_ns)
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
                    report.collected,
                    report.collected_usd,
                    report.sent,
                    len(report.waiting),
                )
            )
            return report

    def check(self, targets: Sequence[str] = (), *, tags: Sequence[str] = ()) -> list[Fault]:
        """What does not agree: stale or missing pictures, files changed by hand, broken rules, lost credentials."""
        with self._session() as session:
            return audit(session, session.plan(session.spec.select(targets, tags)))

    def publish(
        self, publishers: Sequence[str] = (), *, dry_run: bool = False, listen: Listen = lambda event: None
    ) -> list[Published]:
        """Run the publishers of the spec, or those named, over a finished build.

        Those that do not run are asked for the names of their files, for those that come after. Raises ``LockError``
        when something is not built, ``CheckFailed`` when pictures break a rule, and ``PublishError``.
        """
        with self.alone(listen), self._session() as session:
            known = {each.publisher.name for each in session.resolver.publishers}
            for name in publishers:
                if name not in known:
                    listed = f"this spec has {', '.join(sorted(known))}" if known else "this spec has none"
                    raise UsageError(f"the spec names no publisher '{name}'", hint=listed)
            if not known:
                raise UsageError(
                    "the spec names no publishers", hint="for example: publish: [{folder: {path: public}}]"
                )
            plan = session.plan(session.spec.select(()))
            require_finished(plan, session)
            manifest = manifest_of(session, plan.made)
            press = Press(session, manifest, listen, self._environ, dry_run=dry_run)
            return press.run(session.resolver.publishers, only=publishers or None)

    def _session(
        self, *, draft: bool = False, offline: bool = False, locked: bool = False, executor: str = "local"
    ) -> Session:
        return Session(
            self.spec(),
            self.registry,
            self.home,
            environ=self._environ,
            draft=draft,
            offline=offline,
            locked=locked,
            in_batches=executor == "batch",
        )

    @contextmanager
    def alone(self, tell: Listen = lambda event: None) -> Iterator[None]:
        """Hold the project's build lock; say so while another build has it."""
        folder = self.root / STATE_FOLDER
        if folder.is_symlink():
            raise StoreError(f"'{STATE_FOLDER}' is a link", hint="remove it; a folder of that name is made anew")
        with store_errors(f"make '{STATE_FOLDER}'", lambda error: "make the project's folder writable"):
            folder.mkdir(exist_ok=True)
            lock = FileLock(folder / BUILD_LOCK)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                tell(Notice("another build of this project is running; waiting for it to end"))
                lock.acquire()
        try:
            yield
        finally:
            lock.release()

"""A project on disk, wired together: open it, plan, build, ask for its status."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from imagebuild import custody
from imagebuild.audit import Fault, audit
from imagebuild.bench import Bench
from imagebuild.budget import Budget
from imagebuild.building import Order, carry_out
from imagebuild.buying import Purchases, buy_ahead
from imagebuild.choices import Choices, Listen
from imagebuild.collecting import collect, tell_failed
from imagebuild.disk import store_errors
from imagebuild.errors import StoreError, UsageError
from imagebuild.event import Event, Notice, Published
from imagebuild.gate import require_finished, require_local_publishers, require_rerollable
from imagebuild.graph import resting_on
from imagebuild.lockfile import Lock
from imagebuild.plan import Plan
from imagebuild.publishing import Press, manifest_of
from imagebuild.registry import Registry
from imagebuild.report import Report
from imagebuild.retry import RetryPolicy
from imagebuild.session import BUILD_LOCK, LOCK_FILE, STATE_FOLDER, Session
from imagebuild.spec import Spec, find_root
from imagebuild.status import TargetStatus, status_of
from imagebuild.store import default_home
from imagebuild.trust import READ_FIRST, distrusting, is_untrusted
from imagebuild.wave import BatchView

__all__ = ["EXECUTORS", "Project"]

EXECUTORS = ("local", "batch")
"""Where paid calls can run."""


class Project(Choices):
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
        self._are_installed = registry is None  # plugins that were handed over may be others without a file changing
        self._environ = environ
        self._owns_state = False
        self._retry = retry or RetryPolicy()
        self._bench = Bench()
        self._turn = threading.Lock()

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str] = ".",
        *,
        home: str | os.PathLike[str] | None = None,
        registry: Registry | None = None,
        environ: Mapping[str, str] | None = None,
        retry: RetryPolicy | None = None,
        untrusted: bool = False,
    ) -> Project:
        """Find the project at or above ``path``.

        ``home`` holds the originals (default: ``IMAGEBUILD_HOME``, else the user's data folder), ``registry`` the
        plugins (default: those installed), ``environ`` the environment (default: this process's), ``retry`` says
        which failed calls are made again. ``untrusted``, or ``IMAGEBUILD_UNTRUSTED`` in the environment, is for a
        project that nobody has read yet, such as a pull request: none of its code runs, nobody is called and nothing is
        spent. Raises ``UsageError`` when there is no spec.
        """
        environ = os.environ if environ is None else environ
        environ = distrusting(environ) if untrusted else environ
        root = find_root(Path(path))
        home = Path(home) if home else default_home(environ)
        return cls(root, home=home, registry=registry, environ=environ, retry=retry)

    @property
    def registry(self) -> Registry:
        """The plugins, found at first use."""
        if self._registry is None:
            self._registry = Registry.load()
        return self._registry

    @property
    def untrusted(self) -> bool:
        """Whether this is a stranger's project."""
        return is_untrusted(self._environ)

    def keep_warm(self) -> None:
        """Keep in memory what was read, for many looks in one process: a file is read anew when its bytes differ."""
        self._bench = Bench(warm=True)

    def spec(self) -> Spec:
        """The spec as it is now. Raises ``SpecError`` with all its problems."""
        return self._bench.spec(self.root, self._environ)

    def lock(self) -> Lock:
        """The lock as it is now. Raises ``LockError``."""
        return self._bench.lock(self.root / LOCK_FILE)

    def plan(
        self,
        targets: Sequence[str] = (),
        *,
        tags: Sequence[str] = (),
        draft: bool = False,
        offline: bool = False,
        executor: str = "local",
        reroll: bool = False,
        edit: int | None = None,
    ) -> Plan:
        """What a build would do; makes nothing and calls nobody. Raises as :meth:`build` before it starts.

        What this machine lacks is fetched from the remote store, if there is one.
        """
        with self._session(targets, tags, draft=draft, offline=offline, executor=executor) as session:
            selected = session.spec.select(targets, tags)
            if reroll:
                require_rerollable(session, selected, edit)
                session.reroll(selected, edit)
            return session.plan(selected)

    def status(self, targets: Sequence[str] = (), *, tags: Sequence[str] = ()) -> dict[str, TargetStatus]:
        """The state of each target and why."""
        with self._session(targets, tags) as session:
            selected = session.spec.select(targets, tags)
            plan = session.plan(selected)
            return status_of(plan, session.spec, session.facts.outputs, session.graph, session.lock)

    def batches(self, *, online: bool = True) -> list[BatchView]:
        """The open batches of this machine's store, and how they stand where the service can be asked."""
        with self._session() as session:
            return session.waves.views(online=online and not self.untrusted)

    def cancel_batch(self, name: str) -> BatchView:
        """Give a batch up, by its id or the beginning of it. Raises ``UsageError`` and ``ProviderError``."""
        self.require_trust("give up a batch")
        with self._session() as session:
            return session.waves.cancel(name)

    def collect(self, listen: Listen = lambda event: None) -> None:
        """Bring in what earlier builds paid for and what batches have done; :meth:`build` begins with it, too."""
        self.require_trust("collect pictures")
        with self.alone(listen), self._session() as session:
            collect(session, listen, online=True)
            tell_failed(session, listen)

    @contextmanager
    def session(self, targets: Sequence[str] = (), *, resting: bool = False) -> Iterator[Session]:
        """Everything open for a closer look: at all of the project, or at some targets and what these need.

        Targets are named as for :meth:`build`; with ``resting`` those that take something from them are there, too.
        """
        with self._session(targets, resting=resting) as session:
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
        reroll: bool = False,
        edit: int | None = None,
    ) -> Report:
        """Make what is missing or stale, of all targets or those named or tagged.

        ``listen`` hears every event, in this thread. Paid calls need ``max_cost`` or the spec's budget (USD), a yes
        from ``confirm``, or the ``approved`` plan they stand in. ``max_failures`` stops early (0: never), ``draft``
        draws paid targets with the offline provider, ``locked`` buys nothing, ``offline`` needs no network,
        ``overwrite`` replaces outputs edited by hand. ``executor`` is ``local``, or ``batch`` to send paid calls in
        batches, which later builds collect: half the price, within a day. ``give_up`` books pictures in flight that
        cannot be collected now as maybe paid, and makes them anew. ``reroll`` asks for another attempt at the pictures
        of the targets, which have to be named; from their edit number ``edit`` on, or from their first call.

        Failed targets are in the report; raised are ``SpecError``, ``PluginError``, ``LockError``, ``StoreError``,
        ``SpendingRefused`` and ``UsageError``, all before anything was called.
        """
        if executor not in EXECUTORS:
            raise UsageError(f"unknown executor '{executor}'", hint=f"installed: {', '.join(EXECUTORS)}")
        if reroll and (draft or locked or not (targets or tags)):
            raise UsageError("another attempt is bought for targets that are named, and no draft or locked build buys")
        if draft and locked:
            raise UsageError("a draft and a locked build exclude each other: a draft stands in no lock")
        order = Order(
            tuple(targets),
            tuple(tags),
            confirm=confirm,
            approved=approved,
            max_cost=max_cost,
            jobs=jobs,
            max_failures=max_failures,
            draft=draft,
            locked=locked,
            online=not (offline or locked or self.untrusted),
            overwrite=overwrite,
            give_up=give_up,
            reroll=reroll,
            edit=edit,
        )
        began_ns = time.time_ns()
        observers: Registry | None = None

        def tell(event: Event) -> None:
            listen(event)
            (observers or self.registry).notify(event)

        modes = {"draft": draft, "offline": offline, "locked": locked}
        special = targets or tags or draft or locked or overwrite or give_up or approved or executor != "local"
        quick = self._are_installed and not special
        with (
            self.alone(tell),
            self._session(targets, tags, executor=executor, alone=True, quick=quick, **modes) as session,
        ):
            observers = session.registry
            return carry_out(session, order, tell, environ=self._environ, retry=self._retry, began_ns=began_ns)

    def buy(
        self,
        targets: Sequence[str],
        *,
        budget: Budget,
        reroll: bool = False,
        edit: int | None = None,
        listen: Listen = lambda event: None,
        stop: Callable[[], int] = lambda: 0,
    ) -> Purchases:
        """Pay for what a build of these targets would buy, and keep it in the store: the project stays as it is.

        A build that follows delivers it for nothing. It takes no build lock, so that a person can go on choosing and
        other pictures be built meanwhile; when the spec has changed by then, what was bought stays in the store for
        whoever asks for it. ``reroll`` and ``edit`` are those of :meth:`build`. ``budget`` is drawn on, and may be
        shared. ``stop`` is asked again and again: from 1 on no call begins, from 2 on none is waited for.

        What failed is in the result; raised are the errors of :meth:`build`, before anything was called.
        """
        self.require_trust("buy pictures")
        with self._session(targets) as session:
            selected = session.spec.select(targets)
            if reroll:
                require_rerollable(session, selected, edit)
                session.reroll(selected, edit)
            return buy_ahead(session, selected, budget, listen, retry=self._retry, stop=stop)

    def free_build(self, targets: Sequence[str], listen: Listen) -> Report:
        """Build some targets without buying anything."""
        return self.build(targets, listen=listen, max_cost=0.0)

    def check(
        self,
        targets: Sequence[str] = (),
        *,
        tags: Sequence[str] = (),
        reviewed: bool = False,
        listen: Listen = lambda event: None,
    ) -> list[Fault]:
        """What does not agree: stale or missing pictures, files changed by hand, broken rules, lost credentials.

        With ``reviewed``, pictures that nobody has approved are faults, too.
        """
        with self._session() as session:
            plan = session.plan(session.spec.select(targets, tags))
            for note in plan.notes:
                listen(Notice(note))
            return audit(session, plan, reviewed=reviewed)

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
            require_local_publishers(session, publishers)
            plan = session.plan(session.spec.select(()))
            require_finished(plan, session)
            manifest = manifest_of(session, plan.made)
            press = Press(session, manifest, listen, self._environ, dry_run=dry_run)
            return press.run(session.resolver.publishers, only=publishers or None)

    def _session(
        self,
        targets: Sequence[str] = (),
        tags: Sequence[str] = (),
        *,
        resting: bool = False,
        draft: bool = False,
        offline: bool = False,
        locked: bool = False,
        executor: str = "local",
        alone: bool = False,
        quick: bool = False,
    ) -> Session:
        """Open all, or what some targets need; ``alone`` says that the build lock is held.

        ``quick``: or what must be looked at since the last complete build, where that is known.
        """
        self.require_own_state()
        spec = (self._bench.excerpt(self.root, self._environ) if quick else None) or self.spec()
        only = set(spec.select(targets, tags)) if targets or tags else None
        return Session(
            spec,
            self._bench.indexed(spec) or self.registry,
            self.home,
            environ=self._environ,
            draft=draft,
            offline=offline,
            locked=locked,
            in_batches=executor == "batch",
            only=resting_on(only, spec.targets) if only and resting else only,
            bench=self._bench,
            keeps_state=alone or not self._bench.warm,
        )

    def require_own_state(self) -> None:
        """Raise ``StoreError`` when an untrusted project brought its state along; asked once, for later it is ours."""
        if self.untrusted and not self._owns_state:
            custody.require_own_state(self.root / STATE_FOLDER)
            self._owns_state = True

    def require_trust(self, what: str) -> None:
        """Raise ``UsageError`` for what an untrusted project may not have done."""
        if self.untrusted:
            raise UsageError(f"an untrusted project may not {what}", hint=READ_FIRST)

    @contextmanager
    def alone(self, tell: Listen = lambda event: None) -> Iterator[None]:
        """Hold the project's build lock; say so while another process has it. Threads wait their turn in silence."""
        folder = self.root / STATE_FOLDER
        self.require_own_state()
        with self._turn:
            yield from self._alone(folder, tell)

    def _alone(self, folder: Path, tell: Listen) -> Iterator[None]:
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

"""One look at a project: spec, stores, state and lock opened together, every action resolved."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from msgspec.structs import replace

from imagebuild.action import Action, Call
from imagebuild.artifact import Artifact
from imagebuild.batching import Batching
from imagebuild.bench import Bench
from imagebuild.cost import Cost
from imagebuild.digest import Json, digest_bytes
from imagebuild.errors import PluginError, ProviderError, StoreError
from imagebuild.facts import ProjectFacts
from imagebuild.graph import PASSING, Graph, build_graph
from imagebuild.judge import Judge
from imagebuild.lockfile import Lock
from imagebuild.media import probe
from imagebuild.memory import Memory
from imagebuild.plan import Plan, make_plan
from imagebuild.pool import Pool, processors
from imagebuild.provider import Provider
from imagebuild.recovery import recover
from imagebuild.registry import Registry
from imagebuild.renaming import find_renames
from imagebuild.request import Reference, Request
from imagebuild.resolver import Resolver
from imagebuild.share.sharing import Sharing, mirror_of
from imagebuild.spec import Spec
from imagebuild.store import Outputs, Record, Store
from imagebuild.target import Slot
from imagebuild.wave import Waves

__all__ = ["BUILD_LOCK", "DRAFT_PROVIDER", "LOCK_FILE", "STATE_FOLDER", "Session"]

STATE_FOLDER = ".imagebuild"
BUILD_LOCK = "build.lock"
LOCK_FILE = "imagebuild.lock"
DRAFT_PROVIDER = "sketch"
_STORE_LEFT_OUT = "the remote store of an untrusted spec is not asked; IMAGEBUILD_STORE may name the one to read from"
_HEADER = 1 << 16  # bytes of a file that tell its type


class Session:
    """Everything open for one plan or build; close it when done.

    With ``only``, some ids, it holds the actions that these targets need and no others: a look at a few of 10,000 costs
    little. ``is_whole`` says whether it holds all. ``bench`` keeps what was read for the next session of this process.
    Without ``keeps_state`` nothing that is learned about files is saved, so that it may run beside a build.

    Raises ``SpecError`` with all that providers and steps object to, ``PluginError`` for a broken plugin, ``LockError``
    for a lock that cannot be read, ``StoreError`` for a store that cannot be opened.
    """

    def __init__(
        self,
        spec: Spec,
        registry: Registry,
        home: Path,
        *,
        environ: Mapping[str, str],
        draft: bool = False,
        offline: bool = False,
        locked: bool = False,
        in_batches: bool = False,
        only: Collection[str] | None = None,
        bench: Bench | None = None,
        keeps_state: bool = True,
    ) -> None:
        self._bench = bench = bench or Bench()
        registry = bench.registry(registry, spec.plugins)
        registry.require_sound()
        self.spec = spec
        self.standing = bench.standing(spec)
        """What is left of the last complete build, where this holds only what has changed since."""
        self.registry = registry
        self.sources: dict[str, str] = {}
        self.in_batches = in_batches
        self._keeps_state = keeps_state
        self.failed: dict[str, ProviderError] = {}
        self.collected: list[Record] = []
        folder = spec.root / STATE_FOLDER
        self.lock_path = spec.root / LOCK_FILE
        self.lock = bench.lock(self.lock_path)
        self.originals = Store.originals(home)
        self.derivatives = Store.derivatives(folder)
        self.state = bench.state(folder / "state.db")
        self.outputs = Outputs(spec.root)
        self.publications = Memory(folder)
        kept = {home: "the store of this machine", folder: f"{STATE_FOLDER}/, which may be removed at any time"}
        if only is not None and any(line.target not in spec.targets for line in self.lock.lines.values()):
            only = None  # one of those may have been renamed, which only a look at all of them tells
        self.is_whole = only is None and not spec.elsewhere
        self._resolve(environ, kept, draft=draft, only=only)
        self.renamed = False
        while (
            self.is_whole
            and not locked
            and (renames := find_renames(self.lock, spec.targets, self.graph, self.actions))
        ):
            self.lock, self.renamed = self.lock.renamed(renames), True
            for each in self.resolver.providers.values():
                each.provider.close()
            self._resolve(environ, kept, draft=draft, only=only)
        stores = {"originals": self.originals, "derivatives": self.derivatives}
        self.facts = ProjectFacts(spec, **stores, state=self.state, lock=self.lock, outputs=self.outputs)
        lines = [line for line in self.lock.lines.values() if line.target in self.graph.finals]
        standing = [line.live for line in lines if line.live]
        recover([*lines, *standing], spec, self.outputs, self.originals)
        self.masters = {self.graph.nodes[index].slot for index in self.graph.masters.values()}
        self.curated: set[str] = set()
        self.mirror = mirror_of(self.resolver.store, self.originals, self.derivatives, environ, offline=offline)
        self.sharing = Sharing(self.mirror, self.graph, self.lock, self.actions, targets=spec.targets, asks=not draft)
        self.waves = Waves(self.originals, self._batching, self._address)
        self.judge = Judge(
            self.facts,
            self.estimate,
            masters=self.masters,
            passing={each.node.slot for each in self.actions if each.node.kind in PASSING} - self.masters,
            draft=self._draft if draft else None,
            offline=offline,
            locked=locked,
            unfit=self._unfit if in_batches else lambda call: None,
            shortage=self.sharing.shortage,
        )

    def _resolve(
        self, environ: Mapping[str, str], kept: Mapping[Path, str], *, draft: bool, only: Collection[str] | None
    ) -> None:
        """Make every action explicit, with the attempts and picks of the lock."""
        spec, lines = self.spec, self.lock.lines.values()
        self.graph: Graph = build_graph(
            spec.targets,
            picks={line.target: line.candidate for line in lines if line.picked and line.stage == 0},
            place=spec.place,
            draft=draft,
            only=only,
        )
        self.resolver = Resolver(
            spec,
            self.registry,
            targets=self.graph.finals,
            open_file=self._open_file,
            takes={**self._free_takes(), **{(line.target, line.stage): line.take for line in lines}},
            replaced=self._replaced,
            environ=environ,
            kept=kept,
        )
        if spec.untrusted and spec.store_node is not None:
            self.resolver.notes[_STORE_LEFT_OUT] = None
        self._frozen = {line.target for line in lines if line.frozen}
        self.actions: list[Action] = self.resolver.resolve(self.graph)

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Save what was learned about files and close the databases."""
        for each in self.resolver.providers.values():
            each.provider.close()
        if self._keeps_state:
            self.state.commit()
        self.state.close()
        self.originals.close()
        self.derivatives.close()
        self.sharing.close()

    def plan(self, targets: Sequence[str]) -> Plan:
        """What a build of these targets would do, once the remote store was asked for what this machine lacks."""
        self.sharing.fetch_pinned(self.sharing.lines_of(targets))
        plan = self.sharing.look_up(self.planned(targets), self.actions, self.planned)
        return replace(plan, notes=(*self.resolver.notes, *self.sharing.notes()))

    def prepare(self, plan: Plan) -> Plan:
        """The plan, once the remote store was asked for what it makes, too."""
        return self.sharing.look_up(plan, self.actions, self.planned, makes=True)

    def write_lock(self, lock: Lock) -> None:
        """Put a lock into its file. Raises ``LockError``."""
        lock.write(self.lock_path)
        self._bench.written(lock)

    def keep_outline(self, lock: Lock) -> None:
        """After a complete build, let the next one open only what changes, where it need not look at all. Raises
        ``OSError``.
        """
        lines = lock.lines.values()
        if self.resolver.publishers or any(line.live or not self.spec.has(line.target) for line in lines):
            self._bench.drop_outline(self.spec.root)
            return
        counts = Counter(node.target for node in self.graph.nodes)
        self._bench.keep_outline(
            self.spec, {target: count for target, count in counts.items() if count != 1}, self.registry
        )

    def planned(self, targets: Sequence[str]) -> Plan:
        """What a build would do with what this machine has."""
        return make_plan(targets, self.graph, self.actions, self.judge, frozen=self.is_frozen, paths=self.facts.paths)

    @property
    def untrusted(self) -> bool:
        """Whether the project is a stranger's: nobody is called for it, and nothing is written to a remote store."""
        return self.spec.untrusted

    @property
    def variables(self) -> frozenset[str]:
        """The variables of the environment that settings name, and those that used providers rest on."""
        used = (name for each in self.resolver.providers.values() for name in each.provider.environment)
        return self.spec.variables.union(used)

    @property
    def pinned(self) -> set[Slot]:
        """The slots that a lock can have lines for: of paid calls, of free ones chosen by hand, of frozen targets.

        Those that it has of targets which were left out of an excerpt stand as they do.
        """
        elsewhere = {slot for slot, line in self.lock.lines.items() if line.target in self.spec.elsewhere}
        return elsewhere | {
            each.node.slot
            for each in self.actions
            if isinstance(each, Call)
            and (
                not each.free or self.is_frozen(each.node.target) or self.lock.holds_choice(each.node.slot, each.plugin)
            )
        }

    def is_frozen(self, target: str) -> bool:
        """Whether the spec or the lock says to keep the target's picture whatever changes."""
        return self.spec.targets[target].frozen or target in self._frozen

    def pools(self, jobs: int | None) -> Callable[[Action], Pool]:
        """The pool for each action: one a provider, and one for all that runs on this machine."""
        local = Pool("local", jobs or processors())
        pools: dict[str, Pool] = {"": local}

        def pool_of(action: Action) -> Pool:
            if not isinstance(action, Call) or action.provider.local:
                return local
            if action.plugin not in pools:
                settings = self.resolver.providers[action.plugin]
                width = min(jobs or settings.concurrency, settings.concurrency)
                throttle = self._bench.throttle(action.plugin, width, settings.images_per_minute)
                pools[action.plugin] = Pool(action.plugin, width, throttle)
            return pools[action.plugin]

        self._pools = pools
        return pool_of

    def stop_pools(self) -> None:
        """Begin nothing more in any pool."""
        for pool in self._pools.values():
            pool.stop()

    def sweep(self) -> None:
        """Remove the temporary files of killed builds; only under the project's build lock."""
        self.outputs.sweep({"", STATE_FOLDER, *(os.path.dirname(path) for path in self.facts.outputs)})
        self.derivatives.objects.sweep(time.time())

    def _batching(self, name: str) -> Batching | None:
        provider = self.provider(name)
        return provider.batching() if provider else None

    def _address(self, name: str) -> str:
        provider = self.provider(name)
        return provider.address if provider else ""

    def provider(self, name: str) -> Provider | None:
        """The provider of that name with the spec's settings; None where there is none."""
        configured = self.resolver.configured(name)
        return configured.provider if configured else None

    @property
    def damages(self) -> int:
        """How many stored objects turned out damaged since this was opened; they have been set aside."""
        return len(self.originals.objects.damages) + len(self.derivatives.objects.damages)

    def on_damage(self, tell: Callable[[str], None]) -> None:
        """Hear of each, on the thread that finds it."""
        for store in (self.originals, self.derivatives):
            store.objects.on_damage = lambda damage: tell(str(damage))

    def read(self, artifact: Artifact) -> bytes:
        """Bytes of an artifact from whichever store holds it."""
        return self.facts.read(artifact)

    def read_digest(self, digest: str) -> bytes:
        """Bytes by their digest, from whichever store holds them. Raises ``StoreError``.

        What the stores have lost is taken from an output file that still holds it, and put back.
        """
        try:
            return self.facts.read(Artifact(digest, "", 0))
        except StoreError:
            for path, row in self.state.outputs().items():
                if row.digest == digest and self.outputs.digest(path) == digest:
                    self.derivatives.objects.put((self.spec.root / path).read_bytes())
                    return self.facts.read(Artifact(digest, "", 0))
            raise

    def find_digest(self, digest: str) -> Path:
        """The file that holds the bytes of a digest, in whichever store has them. Raises ``StoreError``."""
        artifact = Artifact(digest, "", 0)
        if not self.facts.store_of(artifact).objects.has(digest):
            self.read_digest(digest)
        return self.facts.store_of(artifact).find(digest)

    def reroll(self, targets: Iterable[str], edit: int | None = None) -> None:
        """Ask for another attempt at the pictures of some targets, from their first call or one of their edits on."""
        for target in targets:
            self.resolver.reroll(target, edit)
        self.actions = self.resolver.resolve(self.graph)

    def _free_takes(self) -> dict[tuple[str, int], int]:
        """Attempts at free pictures that a check had made anew: they stand in no lock."""
        takes: dict[tuple[str, int], int] = {}
        for name in self.graph.finals:
            target = self.spec.targets[name]
            stage = target.first_call
            if stage is not None and any(check.retry for check in target.checks):
                known = self.state.slot((name, stage, 1))
                take = known[1].get("take") if known else None
                if isinstance(take, int):
                    takes[name, stage] = take
        return takes

    def _replaced(self, target: str, digest: str) -> Artifact | None:
        """The picture that the one with a digest took the place of, as far as the lock and the store know."""
        action = self.actions[self.graph.masters[target]]
        if not isinstance(action, Call) or (action.free and not self.is_frozen(target)):
            return None  # what costs nothing stands in no lock
        before = self.lock.replaced(action.node.slot, digest)
        if before is None or not self.originals.objects.has(before):
            return None
        return Artifact(before, "application/octet-stream", 0)

    def _open_file(self, path: str) -> Reference:
        """A reference to a picture file, whose bytes are checked when they are used."""
        full = self.spec.root / path
        digest = self.sources[path] = self.state.files.digest_of(full)
        with full.open("rb") as file:
            found = probe(file.read(_HEADER))
        return Reference(path, digest, found.media_type if found else None, lambda: _read_unchanged(full, path, digest))

    def estimate(self, call: Call) -> Cost:
        """What a call will cost, in the way it would be made."""
        cost = self.resolver.providers[call.plugin].estimate(call.request, call.describer)
        if call.describer:
            return cost
        batching = self.waves.batching(call.plugin) if self.in_batches else None
        return cost.times(batching.factor) if batching else cost

    def _unfit(self, call: Call) -> str | None:
        """Why a call cannot go into a batch."""
        if call.describer:
            return "alt texts are not written in batches"
        batching = self.waves.batching(call.plugin)
        return batching.problem(call.request) if batching else f"provider '{call.plugin}' takes no batches"

    def _draft(self, call: Call) -> Call:
        """The same request as the offline provider would take it; options it does not know are left out."""
        configured = self.resolver.configured(DRAFT_PROVIDER)
        if configured is None:
            raise PluginError(f"--draft needs the provider '{DRAFT_PROVIDER}', which is not installed")
        options: dict[str, Json] = dict(call.request.options)
        while True:
            request: Request = replace(call.request, options=options)
            resolution = configured.provider.resolve(request)
            refused = {problem.field for problem in resolution.problems} & set(options)
            if not refused:
                return Call(call.node, configured.provider, resolution.request, resolution.media_type)
            options = {name: value for name, value in options.items() if name not in refused}


def _read_unchanged(full: Path, path: str, digest: str) -> bytes:
    data = full.read_bytes()
    if digest_bytes(data) != digest:
        raise StoreError(f"'{path}' changed while the build ran", hint="build again to use it as it is now")
    return data

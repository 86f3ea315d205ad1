"""What a project asks of its remote store and what it sends there: pinned pictures, others' purchases, derivatives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from imagebuild.action import Action, Call
from imagebuild.event import Event, Notice
from imagebuild.graph import Graph
from imagebuild.local_run import CheckRun
from imagebuild.lockfile import Lock, LockLine
from imagebuild.plan import Plan, PlannedAction
from imagebuild.share.mirror import Mirror
from imagebuild.share.name import Layer
from imagebuild.share.resolver import ConfiguredStore
from imagebuild.share.transfer import Cargo, Transfer
from imagebuild.store import Record, Store

__all__ = ["Sharing", "cargo_of", "mirror_of", "shown_size", "tell_sent", "whole_cargo"]

_LAYERS: dict[str, Layer] = {
    "generate": "originals",
    "edit": "originals",
    "describe": "originals",
    "step": "derivatives",
}
"""Where what an action makes is shared, by its kind; pictures taken in and verdicts of checks are not."""


class Sharing:
    """A project and its remote store, if it has one.

    ``targets`` are all that the spec has, where the graph may have fewer. ``asks`` is false for drafts: they want
    nobody's pictures.
    """

    def __init__(
        self,
        mirror: Mirror | None,
        graph: Graph,
        lock: Lock,
        actions: Iterable[Action],
        *,
        targets: Collection[str],
        asks: bool = True,
    ) -> None:
        self.mirror = mirror
        checks = (action for action in actions if isinstance(action, CheckRun))
        self._compared = {check.node.target for check in checks if "previous" in check.check.wants}
        self._graph = graph
        self._lock = lock
        self._targets = targets
        self._asks = asks
        if mirror:
            mirror.pinned = _pinned(lock.lines.values())

    def fetch_pinned(self, lines: Iterable[LockLine]) -> list[LockLine]:
        """Bring the pictures of lock lines here that are not, with what is known of them; the lines that still lack.

        Nobody is asked when all are here.
        """
        if self.mirror is None:
            return []
        objects = self.mirror.stores["originals"].objects
        pins = [pin for pin in _pins_of(lines) if pin.text is None]
        missing = [pin for pin in pins if not objects.has(pin.digest)]
        compared = {pin.replaces for pin in pins if pin.replaces and pin.target in self._compared}
        self.mirror.fetch_objects({digest for digest in compared if not objects.has(digest)})
        if missing:
            here = self.mirror.fetch_objects({pin.digest for pin in missing})
            self.mirror.fetch_records("originals", {pin.key for pin in missing if pin.digest in here})
            missing = [pin for pin in missing if pin.digest not in here]
        return missing

    def look_up(
        self, plan: Plan, actions: Sequence[Action], again: Callable[[Sequence[str]], Plan], *, makes: bool = False
    ) -> Plan:
        """The plan, once the remote was asked for what it would buy, or with ``makes`` make.

        It is made ``again`` for its targets as long as something comes, since that shows new keys. What is free is
        asked for in any case where a paid call waits for it: the price of a plan hangs on that.
        """
        while self.asked:
            found = [self.asked.fetch_records(*each) for each in self._keys(self.asked, plan, actions, makes=makes)]
            if not any(found):
                break
            plan = replace(again(plan.targets), notes=plan.notes)
        return plan

    def _keys(
        self, mirror: Mirror, plan: Plan, actions: Sequence[Action], *, makes: bool
    ) -> list[tuple[Layer, list[str]]]:
        indexes = self._graph.closure(plan.targets)
        before_paid = _before_paid(indexes, plan, self._graph, actions)
        keys: dict[Layer, list[str]] = {}
        for index, planned in zip(indexes, plan.actions, strict=True):
            layer = _LAYERS.get(planned.node.kind)
            wanted = _is_wanted(planned, makes=makes or index in before_paid)
            if layer and planned.key and wanted and not mirror.was_asked(layer, planned.key):
                keys.setdefault(layer, []).append(planned.key)
        return list(keys.items())

    def lines_of(self, targets: Iterable[str], lock: Lock | None = None) -> list[LockLine]:
        """The lines of a lock, by default the project's, for targets and all that they need.

        A line whose target the spec does not have may be that of one which was renamed.
        """
        needed = {self._graph.nodes[index].target for index in self._graph.closure(targets)}
        lines = (lock or self._lock).lines.values()
        return [line for line in lines if line.target in needed or line.target not in self._targets]

    @property
    def asked(self) -> Mirror | None:
        """The remote, where builds ask it for what they would make."""
        return self.mirror if self._asks else None

    def hear(self, tell: Callable[[Event], None], *, may_make: bool = False) -> None:
        """Hear what there is to say of the remote; with ``may_make`` a place that is missing is made, if builds write.

        It is told on the threads that find it out, if they ask for one thing, else on that which asks.
        """
        if self.mirror:
            self.mirror.connection.may_make = self.mirror.connection.may_make or (may_make and self.mirror.write)
            self.mirror.hear(tell)

    def tell_fetched(self) -> None:
        """Say what has come since this was told last."""
        fetched = self.mirror.take_fetched() if self.mirror else None
        if self.mirror and fetched and fetched.pictures:
            many = "1 picture" if fetched.pictures == 1 else f"{fetched.pictures} pictures"
            self.mirror.connection.say(f"fetched {many} ({shown_size(fetched.size)}) from {self.mirror.location}")
            self.mirror.connection.flush()

    def notes(self) -> list[str]:
        """What there is to say, where nobody hears it: for a plan, which has no events."""
        if self.mirror is None or self.mirror.is_heard:
            return []
        self.tell_fetched()
        said = self.mirror.notices()
        return [f"{notice.message}; {notice.hint}" if notice.hint else notice.message for notice in said]

    def shortage(self) -> str:
        """Why what is gone did not come from the remote."""
        return self.mirror.shortage if self.mirror else ""

    def close(self) -> None:
        """Let go of the remote."""
        if self.mirror:
            self.mirror.close()


def mirror_of(
    store: ConfiguredStore | None, originals: Store, derivatives: Store, environ: Mapping[str, str], *, offline: bool
) -> Mirror | None:
    """The remote store of a project, not opened yet."""
    if store is None:
        return None
    return Mirror(partial(store.open, environ), originals, derivatives, write=store.write, offline=offline)


def _pinned(lines: Iterable[LockLine]) -> dict[str, set[str]]:
    """The digests that are pinned for each key; what somebody chose for one target says nothing of the key."""
    found: dict[str, set[str]] = {}
    for pin in _pins_of(lines):
        if not pin.adopted:
            found.setdefault(pin.key, set()).add(pin.digest)
    return found


def _pins_of(lines: Iterable[LockLine]) -> list[LockLine]:
    """Each line, and the approved one that is delivered in its place."""
    return [each for line in lines for each in (line.live, line) if each]


def _is_wanted(planned: PlannedAction, *, makes: bool) -> bool:
    if planned.draft:
        return False
    if planned.verdict == "blocked":
        return planned.reasons[0].code in ("lost", "offline")
    return planned.verdict == "buy" or (makes and planned.verdict == "make")


def _before_paid(indexes: Iterable[int], plan: Plan, graph: Graph, actions: Sequence[Action]) -> set[int]:
    """What comes before the paid calls whose keys are not known yet."""
    found: set[int] = set()
    pending = [
        index
        for index, planned in zip(indexes, plan.actions, strict=True)
        if planned.key is None and isinstance(actions[index], Call) and not actions[index].free
    ]
    while pending:
        node = graph.nodes[pending.pop()]
        new = {*node.needs, *node.after} - found
        found |= new
        pending += new
    return found


def cargo_of(plan: Plan, lines: Iterable[LockLine], originals: Store, derivatives: Store) -> Cargo:
    """What the finished targets of a plan rest on, and what lock lines pin."""
    pins = _pins_of(lines)
    pinned = _pinned(pins)
    done = [each for each in plan.actions if each.verdict in ("cached", "frozen") and each.key and not each.draft]
    calls = {str(each.key) for each in done if _LAYERS.get(each.node.kind) == "originals"}
    steps = {str(each.key) for each in done if _LAYERS.get(each.node.kind) == "derivatives"}
    bought = [
        record
        for record in _whole(originals, {*calls, *pinned})
        if record.artifacts[0].digest in pinned.get(record.key, {record.artifacts[0].digest})
    ]
    pictures = [pin for pin in pins if pin.text is None]
    before = {pin.replaces for pin in pictures if pin.replaces and originals.objects.has(pin.replaces)}
    return Cargo([*bought, *_whole(derivatives, steps)], {pin.digest for pin in pictures} | before)


def whole_cargo(originals: Store, derivatives: Store) -> Cargo:
    """Everything that two stores hold."""
    records = [*_whole(originals, originals.records.keys()), *_whole(derivatives, derivatives.records.keys())]
    return Cargo(records, set(originals.objects.digests()))


def _whole(store: Store, keys: Iterable[str]) -> list[Record]:
    return list(store.lookup_many(sorted(keys)).values())


def tell_sent(transfer: Transfer, tell: Callable[[Event], None]) -> None:
    """Say what was sent, and whether something is left; why has been told."""
    if transfer.pictures:
        many = "1 picture" if transfer.pictures == 1 else f"{transfer.pictures} pictures"
        tell(Notice(f"sent {many} ({shown_size(transfer.size)}) to {transfer.location}"))
    if transfer.error is not None:
        message = f"not everything was sent to {transfer.location}"
        tell(Notice(message, "the next build tries again; every picture is kept here"))


def shown_size(size: int) -> str:
    """``412 bytes``, ``3.4 kB``, ``1.2 MB``."""
    for unit, least in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return f"{size} bytes"

"""Decides about one action: bought, made, cached, frozen, blocked or waiting, and why. Pure: nothing runs here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from imagebuild.action import Action, Call
from imagebuild.artifact import Artifact
from imagebuild.cost import Cost
from imagebuild.difference import differences
from imagebuild.digest import Json
from imagebuild.graph import Node
from imagebuild.identity import Identity
from imagebuild.local_run import CheckRun, check_fault
from imagebuild.reason import Reason
from imagebuild.target import Slot

__all__ = ["Facts", "Judge", "Judgement", "Verdict"]

Verdict: TypeAlias = Literal["buy", "make", "cached", "frozen", "blocked", "waiting"]

_LOST = (Reason("lost", detail="the store no longer has its bytes"),)
_APPROVED_LOST = (Reason("lost", detail="the store no longer has the bytes of the approved picture"),)
_ELSEWHERE = (Reason("elsewhere", detail="pinned by the lock; its bytes are not here, and nothing needs them"),)
_WAITS = (Reason("review", detail="waits for review; the approved picture stays in its place"),)


class Facts(Protocol):
    """What is known of the world, asked while judging; a door to stores, state and lock."""

    def made(self, key: str, slot: Slot, *, draft: bool) -> tuple[Artifact, ...] | None:
        """What the action of that key made, if its record and all its bytes are there; as it is pinned at a slot."""

    def derived(self, key: str) -> tuple[Artifact, ...] | None:
        """As :meth:`made`, for what runs on this machine and costs nothing to make again."""

    def lost(self, key: str, slot: Slot) -> bool:
        """Whether the action was done, or the lock pins it, but the bytes are gone."""

    def approved(self, slot: Slot, key: str | None) -> tuple[Artifact, ...] | None:
        """The picture at a slot that somebody approved for another key than ``key``; None where there is none.

        It is delivered until another one is picked. Empty when its bytes are gone.
        """

    def adopted(self, key: str, slot: Slot) -> bool:
        """Whether somebody chose the picture of that key, so that no call could make it again."""

    def pinned(self, key: str, slot: Slot) -> tuple[Artifact, ...]:
        """The picture of that key as the lock pins it, whether or not its bytes are here; empty when it does not."""

    def differs(self, key: str, slot: Slot) -> str | None:
        """How the picture of that key differs from what was asked for; None when it does not, or there is none."""

    def accepts(self, target: str) -> bool:
        """Whether the target takes a picture that differs from what was asked for."""

    def in_flight(self, key: str) -> str | None:
        """Where a picture is that was paid for and has not come yet, for people; None when there is none."""

    def doubtful(self, key: str) -> bool:
        """Whether a call for it was cut off, so that it may have been paid already."""

    def standing(self, slot: Slot, *, pinned: bool = False) -> str | None:
        """The key of what was last accepted at a slot, whether or not its parts are known here.

        With ``pinned`` only the lock counts, as it does for all that was paid for: it is the same on every machine.
        """

    def last(self, slot: Slot) -> tuple[str, Mapping[str, Json]] | None:
        """Key and parts of what stood at a slot when it was last finished here."""

    def read(self, artifact: Artifact) -> bytes:
        """Bytes of an artifact; raises ``StoreError``."""

    def output(self, path: str, artifact: Artifact) -> Reason | None:
        """Why the file at an output path must be written or left alone (``edited``); None when it is right."""

    def drafted(self, target: str) -> bool:
        """Whether a draft lies at the target's output paths."""


class Judgement(Struct, frozen=True):
    """What should happen to one action, all it needs being there; ``artifacts`` when it need not run.

    ``live`` is the approved picture that goes on from here until this one is picked.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    action: Action
    identity: Identity
    artifacts: tuple[Artifact, ...] | None = None
    cost: Cost = field(default_factory=Cost)
    draft: bool = False
    live: tuple[Artifact, ...] | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether only the digest of the picture is here."""
        return self.reasons[0].code == "elsewhere"


class Judge(Struct, frozen=True):
    """Decides about one action at a time; the plan asks it beforehand, the builder once more when inputs exist.

    ``masters`` are the slots whose pictures the targets deliver; ``passing`` are calls on the way to these, and
    candidates beside the picked ones, whose bytes nobody needs while what follows is there. ``estimate`` prices a call;
    ``draft`` turns a call that would be paid into a free one, None when pictures are to be bought; ``offline`` blocks
    calls that need a network, ``locked`` all that would be paid for; ``unfit`` says why a call cannot be made in the
    way that was asked for, such as in a batch; ``shortage`` why what is gone did not come from elsewhere.
    """

    facts: Facts
    estimate: Callable[[Call], Cost]
    masters: Set[Slot] = frozenset()
    passing: Set[Slot] = frozenset()
    draft: Callable[[Call], Call] | None = None
    offline: bool = False
    locked: bool = False
    unfit: Callable[[Call], str | None] = lambda call: None
    shortage: Callable[[], str] = lambda: ""

    def frozen(self, action: Action) -> Judgement | None:
        """For a frozen target: the picture it has, whatever its request has become; None if it has none yet.

        One that was bought and is lost stays so: another in its place would be what freezing is there to prevent.
        Steps and checks go on from what there is all the same: they are as the spec says on every machine.
        """
        if not isinstance(action, Call):
            return None
        key = self.facts.standing(action.node.slot, pinned=not action.free)
        last = self.facts.last(action.node.slot)
        if key is None or (last is not None and not _is_same_kind(action, last[1])):
            return None
        artifacts = self.facts.made(key, action.node.slot, draft=False)
        live = self.live(action, key)
        if artifacts is not None and live != ():
            return Judgement("frozen", (Reason("frozen"),), action, Identity(key, {}), artifacts, live=live)
        if live == ():
            return Judgement("blocked", self._lost(_APPROVED_LOST), action, Identity(key, {}))
        if self.facts.lost(key, action.node.slot) and not action.free:
            return self._gone(action, Identity(key, {}))
        return None

    def live(self, action: Action, key: str | None) -> tuple[Artifact, ...] | None:
        """The approved picture that goes on from an action in place of what its ``key`` gives, None when none does.

        The key is None while it is not known. Empty when the bytes are gone.
        """
        return self.facts.approved(action.node.slot, key) if action.node.slot in self.masters else None

    def judge(self, action: Action, made: Sequence[Sequence[Artifact]], *, on_draft: bool = False) -> Judgement:
        """Decide. ``on_draft`` says that some input is itself a draft, so that the result is one."""
        judgement = self._judge(action, made, on_draft=on_draft)
        live = None if judgement.draft else self.live(action, judgement.identity.key)
        if live is None:
            return judgement
        if not live:
            return Judgement("blocked", self._lost(_APPROVED_LOST), action, judgement.identity)
        reasons = _WAITS if judgement.verdict == "cached" else judgement.reasons
        return replace(judgement, live=live, reasons=reasons)

    def _judge(self, action: Action, made: Sequence[Sequence[Artifact]], *, on_draft: bool) -> Judgement:
        identity, slot = action.identify(made, self.facts.read), action.node.slot
        is_call = isinstance(action, Call)
        artifacts = self.facts.made(identity.key, slot, draft=False) if is_call else self.facts.derived(identity.key)
        if artifacts is not None and action.node.kind == "check" and (fault := check_fault(artifacts)):
            return Judgement("blocked", (Reason("failed", action.plugin, detail=fault),), action, identity, artifacts)
        if artifacts is not None:
            other = self.facts.differs(identity.key, slot)
            if other and not self.facts.accepts(action.node.target):
                return Judgement("blocked", (Reason("differs", detail=other),), action, identity)
            return Judgement("cached", (Reason("fresh"),), action, identity, artifacts, draft=on_draft)
        if not action.free and self.draft is not None and isinstance(action, Call):
            return self._judge_draft(self.draft(action), made)
        if on_draft and isinstance(action, Call):
            return self._judge_draft(action, made)
        if not action.free and (where := self.facts.in_flight(identity.key)):
            return Judgement("waiting", (Reason("in_flight", detail=where),), action, identity)
        if self.facts.lost(identity.key, slot) and (not action.free or self.facts.adopted(identity.key, slot)):
            return self._gone(action, identity)
        reasons = self._reasons(action, identity)
        if isinstance(action, Call) and self.offline and not action.provider.local:
            why = Reason("offline", detail=f"provider '{action.plugin}' needs the network")
            return Judgement("blocked", (why, *reasons), action, identity)
        if action.free:
            return Judgement("make", reasons, action, identity, draft=on_draft)
        assert isinstance(action, Call)
        if self.locked:
            return Judgement("blocked", (*reasons, Reason("locked", detail="not in the lock")), action, identity)
        if unfit := self.unfit(action):
            return Judgement("blocked", (Reason("unfit", detail=unfit), *reasons), action, identity)
        return Judgement("buy", reasons, action, identity, cost=self.estimate(action))

    def _gone(self, action: Action, identity: Identity) -> Judgement:
        """For a picture that was accepted, and whose bytes are gone: its digest is enough for what does not read it."""
        slot = action.node.slot
        pinned = self.facts.pinned(identity.key, slot) if slot in self.passing else ()
        if pinned:
            return Judgement("cached", _ELSEWHERE, action, identity, pinned)
        return Judgement("blocked", self._lost(_LOST), action, identity)

    def starved(self, judgement: Judgement, absent: Mapping[int, Node]) -> Judgement:
        """The judgement, or that it is blocked: what would run reads pictures of which only the digest is here."""
        action = judgement.action
        if judgement.verdict not in ("buy", "make") or judgement.draft:
            return judgement
        needs = action.reads if isinstance(action, CheckRun) else action.node.needs
        gone = next((absent[need] for need in needs if need in absent), None)
        if gone is None:
            return judgement
        reason = Reason("lost", gone.label, detail=f"the store no longer has the bytes of {gone.label}")
        return Judgement("blocked", self._lost((reason,)), action, judgement.identity, live=judgement.live)

    def _lost(self, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
        """Reasons for what is gone, with why it cannot be fetched either."""
        more = f", {shortage}" if (shortage := self.shortage()) else ""
        return tuple(replace(each, detail=each.detail + more) for each in reasons)

    def _judge_draft(self, action: Call, made: Sequence[Sequence[Artifact]]) -> Judgement:
        identity = action.identify(made, self.facts.read)
        artifacts = self.facts.made(identity.key, action.node.slot, draft=True)
        verdict: Verdict = "make" if artifacts is None else "cached"
        return Judgement(verdict, (Reason("draft", detail="draft"),), action, identity, artifacts, draft=True)

    def _reasons(self, action: Action, identity: Identity) -> tuple[Reason, ...]:
        if self.facts.lost(identity.key, action.node.slot):
            return _LOST
        if not action.free and self.facts.doubtful(identity.key):
            return (Reason("new", detail="a call for it was cut off, and may have been paid"),)
        if self.facts.drafted(action.node.target):
            return (Reason("draft", detail="only a draft exists"),)
        last = self.facts.last(action.node.slot)
        if last is None or not _is_same_kind(action, last[1]):
            return (Reason("new", detail="never made"),)
        return tuple(differences(last[1], identity.parts, action.names)) or _LOST


def _is_same_kind(action: Action, parts: Mapping[str, Json]) -> bool:
    """Whether what stood at an action's slot was of its kind: a chain that grows or shrinks moves its later ones."""
    return parts.get("kind", action.node.kind) == action.node.kind

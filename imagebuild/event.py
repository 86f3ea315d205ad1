"""What a reporter and observer plugins hear while a build runs. Events say what happened; they decide nothing."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from msgspec import Struct

from imagebuild.cost import Cost

__all__ = [
    "ActionFailed",
    "ActionFinished",
    "ActionRetried",
    "ActionStarted",
    "BuildFinished",
    "BuildStarted",
    "ChangesSeen",
    "Event",
    "Notice",
    "OutputWritten",
    "PartialImage",
    "Published",
    "PurchasesWaiting",
    "SpecBroken",
    "SpecMended",
    "WatchStarted",
]

Kind: TypeAlias = Literal["generate", "edit", "source", "step", "check", "describe"]
"""What an action does: it makes a picture, changes one, takes pictures in, runs a step or a check, or describes one."""

Verdict: TypeAlias = Literal["bought", "made", "cached"]


class BuildStarted(Struct, frozen=True):
    """The plan stands. ``actions`` counts what will run; ``cost`` is None when nothing of it is paid for."""

    name: ClassVar[str] = "build_started"
    project: str
    targets: int
    actions: int
    cost: Cost | None = None


class ActionStarted(Struct, frozen=True):
    """A provider call, a step or a check begins. ``stage`` is its place in the target's chain, from 0; -1 describes."""

    name: ClassVar[str] = "action_started"
    target: str
    kind: Kind
    plugin: str
    stage: int
    key: str
    candidate: int = 1


class ActionFinished(Struct, frozen=True):
    """It is done and what it made is durable. ``digests`` are those of its pictures, ``seconds`` wall time."""

    name: ClassVar[str] = "action_finished"
    target: str
    kind: Kind
    plugin: str
    stage: int
    key: str
    verdict: Verdict
    digests: tuple[str, ...]
    cost_usd: float | None
    seconds: float
    candidate: int = 1


class ActionFailed(Struct, frozen=True):
    """It failed; what depends on it will not run."""

    name: ClassVar[str] = "action_failed"
    target: str
    kind: Kind
    plugin: str
    stage: int
    key: str
    error: Exception
    candidate: int = 1


class ActionRetried(Struct, frozen=True):
    """A call failed and is made again after ``wait`` seconds; ``attempt`` is the number of the coming one, from 2."""

    name: ClassVar[str] = "action_retried"
    target: str
    kind: Kind
    plugin: str
    stage: int
    key: str
    error: Exception
    wait: float
    attempt: int
    candidate: int = 1


class PartialImage(Struct, frozen=True):
    """A picture that is not final yet; it lies at ``path`` and is in no store."""

    name: ClassVar[str] = "partial_image"
    target: str
    stage: int
    index: int
    path: str
    candidate: int = 1


class OutputWritten(Struct, frozen=True):
    """The bytes at ``path`` (relative to the project, forward slashes) are new."""

    name: ClassVar[str] = "output_written"
    target: str
    path: str
    digest: str


class Published(Struct, frozen=True):
    """A publisher has delivered to ``location`` and ``changed`` so many files there."""

    name: ClassVar[str] = "published"
    publisher: str
    location: str
    changed: int


class Notice(Struct, frozen=True):
    """Something a person should know that stops nothing."""

    name: ClassVar[str] = "notice"
    message: str
    hint: str | None = None
    target: str | None = None


class BuildFinished(Struct, frozen=True):
    """The end, whatever it was. ``cost_usd`` is what was charged, None when some charge is unknown.

    ``collected`` counts answers of earlier builds that came in, ``collected_usd`` is what those cost, which is not in
    ``cost_usd``. ``sent`` counts pictures sent in batches, ``waiting`` those that have not come yet.
    """

    name: ClassVar[str] = "build_finished"
    bought: int
    made: int
    cached: int
    failed: int
    written: int
    cost_usd: float | None
    seconds: float
    exit_code: int
    collected: int = 0
    collected_usd: float | None = 0.0
    sent: int = 0
    waiting: int = 0


class WatchStarted(Struct, frozen=True):
    """From now on saves lead to builds."""

    name: ClassVar[str] = "watch_started"
    project: str
    targets: int


class ChangesSeen(Struct, frozen=True):
    """Files that matter were saved, added or removed; ``paths`` are project-relative with forward slashes."""

    name: ClassVar[str] = "changes_seen"
    paths: tuple[str, ...]


class SpecBroken(Struct, frozen=True):
    """The spec, or a plugin file, is wrong as it is now: pictures stay as they are until it is right again."""

    name: ClassVar[str] = "spec_broken"
    error: Exception


class SpecMended(Struct, frozen=True):
    """The spec that was broken is right again."""

    name: ClassVar[str] = "spec_mended"


class PurchasesWaiting(Struct, frozen=True):
    """Targets that are not built, since what they would cost has not been agreed to.

    ``left_usd`` is what may still be spent in this session, 0 where nothing may.
    """

    name: ClassVar[str] = "purchases_waiting"
    targets: tuple[str, ...]
    cost: Cost
    left_usd: float


Event: TypeAlias = (
    BuildStarted
    | ActionStarted
    | ActionFinished
    | ActionRetried
    | ActionFailed
    | PartialImage
    | OutputWritten
    | Published
    | Notice
    | BuildFinished
    | WatchStarted
    | ChangesSeen
    | SpecBroken
    | SpecMended
    | PurchasesWaiting
)

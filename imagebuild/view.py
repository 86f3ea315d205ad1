"""What a viewer shows: a project, its targets and each one's pictures, as plain data for a page or a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, field

from imagebuild.cost import Cost
from imagebuild.digest import Json

__all__ = [
    "CandidateView",
    "CheckView",
    "HistoryView",
    "OutputView",
    "Overview",
    "PictureView",
    "PriceView",
    "ProblemView",
    "StageView",
    "TargetCard",
    "TargetView",
]

CardState: TypeAlias = Literal["fresh", "stale", "missing", "draft", "frozen"]


class PictureView(Struct, frozen=True):
    """A picture by its digest. ``width`` and ``height`` are in pixels, None where the header does not tell."""

    digest: str
    media_type: str
    width: int | None = None
    height: int | None = None
    bytes: int = 0


class TargetCard(Struct, frozen=True):
    """One target in brief.

    ``picture`` is what is delivered now, None where there is none; ``review`` is ``approved``, ``rejected`` or
    ``unreviewed``, None for what stands in no lock. ``reasons`` say why it is not fresh. ``waits`` is what a build
    would pay for it, as text, None when nothing is to be bought; ``candidates`` is how many there are to choose from,
    ``newer`` whether a new picture waits beside an approved one. ``failing`` are the names of checks that it fails.
    """

    id: str
    name: str
    state: CardState
    review: str | None
    reasons: tuple[str, ...] = ()
    picture: PictureView | None = None
    tags: tuple[str, ...] = ()
    alt: str | None = None
    provider: str = ""
    prompt: str = ""
    candidates: int = 1
    newer: bool = False
    frozen: bool = False
    waits: str | None = None
    failing: tuple[str, ...] = ()
    axes: Mapping[str, Json] = field(default_factory=dict)


class ProblemView(Struct, frozen=True):
    """Something wrong with the project, as a message with its place (``imagebuild.yaml:14:9``) and a hint."""

    message: str
    place: str | None = None
    hint: str | None = None
    excerpt: str | None = None


class Overview(Struct, frozen=True):
    """A project in brief, its targets in the order of the spec.

    ``problems`` are those of the spec as it is now: while there are any, the targets are those of the last good one.
    ``cap_usd`` is what may be spent while this is open, None when nothing may; ``spent_usd`` is what was. ``watching``
    says that saves lead to builds. ``version`` grows with every change.
    """

    project: str
    version: int
    targets: tuple[TargetCard, ...]
    problems: tuple[ProblemView, ...] = ()
    cap_usd: float | None = None
    spent_usd: float = 0.0
    watching: bool = False


class CandidateView(Struct, frozen=True):
    """One of the pictures that a call gave to choose from; ``number`` counts from 1."""

    number: int
    picture: PictureView | None
    picked: bool
    review: str | None = None
    cost_usd: float | None = None


class StageView(Struct, frozen=True):
    """One action of a target's chain as it stands, in order.

    ``kind`` is ``generate``, ``edit``, ``source``, ``step`` or ``describe``; ``name`` the provider's or step's.
    ``written`` is the prompt as it stands in the spec, ``prompt`` as it is sent, ``revised`` as the service changed it.
    ``verdict`` is the plan's, with its ``reasons``; ``pictures`` are what it gave, the first of which goes on.
    ``inputs`` are names of reference pictures.
    """

    stage: int
    kind: str
    name: str
    verdict: str
    reasons: tuple[str, ...] = ()
    written: str | None = None
    prompt: str | None = None
    revised: str | None = None
    options: Mapping[str, Json] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    model: str | None = None
    cost_usd: float | None = None
    price: str | None = None
    pictures: tuple[PictureView, ...] = ()
    candidates: tuple[CandidateView, ...] = ()
    take: int = 1


class CheckView(Struct, frozen=True):
    """One check: ``state`` is ``passed``, ``failed`` or ``open`` (not yet known); ``text`` says why it failed."""

    name: str
    state: Literal["passed", "failed", "open"]
    text: str = ""
    options: Mapping[str, Json] = field(default_factory=dict)


class OutputView(Struct, frozen=True):
    """One output file. ``path`` is project-relative; ``state`` is ``written``, ``missing``, ``old`` or ``edited``."""

    path: str
    state: Literal["written", "missing", "old", "edited"]
    picture: PictureView
    labels: Mapping[str, str | int] = field(default_factory=dict)


class HistoryView(Struct, frozen=True):
    """A picture that the target had; see :class:`imagebuild.history.Original`. ``picture`` is None when not here."""

    number: int
    digest: str
    time: str
    stage: int
    candidate: int
    take: int
    standing: str
    review: str
    provider: str
    model: str | None = None
    prompt: str | None = None
    revised: str | None = None
    cost_usd: float | None = None
    adopted: bool = False
    picture: PictureView | None = None


class TargetView(Struct, frozen=True):
    """All there is to see of one target. ``waiting`` is the new picture beside an approved one."""

    card: TargetCard
    stages: tuple[StageView, ...] = ()
    checks: tuple[CheckView, ...] = ()
    outputs: tuple[OutputView, ...] = ()
    history: tuple[HistoryView, ...] = ()
    waiting: PictureView | None = None
    alt_review: str | None = None
    alt_generated: bool = False
    decorative: bool = False
    spec_place: str | None = None


class PriceView(Struct, frozen=True):
    """What a purchase would cost, and whether the cap of this session has room for it; ``text`` is for people."""

    cost: Cost
    text: str
    affordable: bool
    calls: int

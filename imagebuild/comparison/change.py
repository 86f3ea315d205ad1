"""What became of a target between two versions of a project: immutable data, for people and for programs."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from msgspec import Struct, field

from imagebuild.cost import Cost
from imagebuild.reason import Reason

__all__ = ["KINDS", "Change", "Comparison", "FileChange", "Kind", "Shown"]

Kind: TypeAlias = Literal[
    "added",
    "removed",
    "renamed",
    "changed",
    "waiting",
    "picked",
    "adopted",
    "reviewed",
    "frozen",
    "unfrozen",
    "described",
    "files",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order in which they are told."""


class FileChange(Struct, frozen=True):
    """An output file that is another one now. A digest is None where there is no such file on that side.

    ``target`` is whose it is, empty where nobody knows. ``before_raw`` and ``after_raw`` say whether git itself holds
    these bytes: at the revision, and at the commit that is checked out.
    """

    path: str
    before: str | None
    after: str | None
    target: str = ""
    before_raw: bool = False
    after_raw: bool = False


class Shown(Struct, frozen=True):
    """A picture on one side; ``path`` is the file that holds it there, ``raw`` whether git itself has that."""

    digest: str
    media_type: str
    path: str | None = None
    raw: bool = False


class Change(Struct, frozen=True):
    """What became of one target.

    ``before`` and ``after`` are what is delivered, ``waiting`` the picture that takes its place once it is picked.
    ``kinds`` are all that happened, the first one above all; ``was`` is the name before. ``reasons`` say what differs,
    ``cost`` what the pictures cost that were bought since.
    """

    target: str
    kinds: tuple[Kind, ...]
    before: Shown | None = None
    after: Shown | None = None
    waiting: Shown | None = None
    was: str | None = None
    reasons: tuple[Reason, ...] = ()
    cost: Cost = field(default_factory=Cost)
    files: tuple[FileChange, ...] = ()


class Comparison(Struct, frozen=True):
    """All changes by target, and how many targets of the lock are as they were."""

    changes: tuple[Change, ...] = ()
    unchanged: int = 0

    @property
    def cost(self) -> Cost:
        """What all that was bought since cost."""
        return sum((change.cost for change in self.changes), Cost.free())

    def counts(self) -> dict[Kind, int]:
        """How many targets each kind is told of, those that there are."""
        found = {kind: sum(kind in change.kinds for change in self.changes) for kind in KINDS}
        return {kind: number for kind, number in found.items() if number}

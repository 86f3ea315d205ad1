"""What a check is: a rule that finished pictures must obey. Plugins subclass :class:`Check`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, TypeAlias

from msgspec import Struct, field

from imagebuild.artifact import Picture
from imagebuild.digest import Json
from imagebuild.option import Configurable

__all__ = ["Check", "CheckContext", "CheckResult", "Wanted"]

Wanted: TypeAlias = Literal["original", "candidates", "previous"]
"""What a check may ask for beside the finished pictures."""


class CheckResult(Struct, frozen=True):
    """Whether the pictures obey; ``measured`` and ``wanted`` say how in a few words each (``300x200``)."""

    passed: bool
    measured: str
    wanted: str


class CheckContext(Struct, frozen=True):
    """What a check may use: the resolved options, and who asks, for messages.

    ``files`` are those that options of kind ``file`` name, by option. The rest is there where the check ``wants`` it:
    ``original`` is the picture before any step, ``candidates`` are all that were made to choose from, ``previous`` is
    the one that the present original took the place of, None where there was none.
    """

    target: str
    options: Mapping[str, Json] = field(default_factory=dict)
    files: Mapping[str, Picture] = field(default_factory=dict)
    original: Picture | None = None
    candidates: tuple[Picture, ...] = ()
    previous: Picture | None = None


class Check(Configurable, ABC):
    """Judges what is finished; changes nothing.

    ``name`` is what the spec says under ``checks:``; ``version`` is raised by the author whenever the same pictures
    would be judged otherwise. ``wants`` names what it needs of the context. A verdict is kept and not asked for again
    while the pictures and options are the same.
    """

    name: str
    version: str
    wants: ClassVar[frozenset[Wanted]] = frozenset()

    @abstractmethod
    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        """Judge the finished pictures of one target. Deterministic; called from several threads.

        Raises :class:`~imagebuild.errors.StepError` where it cannot judge.
        """

"""What a step is: a local, free, named and versioned transformation. Plugins subclass :class:`Step`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from imagebuild.artifact import Picture
from imagebuild.digest import Json
from imagebuild.request import OptionProblem

__all__ = ["Step", "StepContext", "StepResolution"]


@dataclass(frozen=True, slots=True)
class StepResolution:
    """A step's options with every default explicit, and what is wrong with them."""

    options: Mapping[str, Json]
    problems: tuple[OptionProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class StepContext:
    """What a step may use: the resolved options, and who asks, for messages."""

    target: str
    options: Mapping[str, Json] = field(default_factory=dict)


class Step(ABC):
    """Changes pictures locally.

    ``name`` is what the spec says under ``steps:``; ``version`` is raised by the author whenever the same options would
    give other bytes.
    """

    name: str
    version: str

    @abstractmethod
    def resolve(self, options: Mapping[str, Json]) -> StepResolution:
        """Make defaults explicit and find problems. Must be quick and pure."""

    @abstractmethod
    def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
        """Pictures in, pictures out; one in and many out is normal. Deterministic; called from several threads.

        Raises :class:`~imagebuild.errors.StepError`.
        """

"""What the spec wants, resolved: one immutable object a variant, every layer applied and every template rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from imagebuild.digest import Json

__all__ = ["Edit", "InputFile", "InputTarget", "Slot", "StepUse", "Target"]

Slot: TypeAlias = tuple[str, int, int]
"""Target id, stage in its chain from 0, candidate from 1: where an action stands, whatever its key is."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A picture file of the project; ``path`` is relative to the project's folder, with forward slashes."""

    path: str

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class InputTarget:
    """Another target's picture, as it stands after that target's edits and before its steps."""

    target: str

    def __str__(self) -> str:
        return self.target


@dataclass(frozen=True, slots=True)
class Edit:
    """A provider call that changes the previous picture."""

    prompt: str
    provider: str
    options: Mapping[str, Json] = field(default_factory=dict)
    inputs: tuple[InputFile | InputTarget, ...] = ()
    mask: InputFile | None = None
    markup: InputFile | None = None


@dataclass(frozen=True, slots=True)
class StepUse:
    """A local step by name, with its options as the spec gives them."""

    name: str
    options: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """One picture that the spec wants: a target, or one variant of it.

    ``id`` is ``hero`` or ``hero[season=spring]`` with axes in alphabetical order, ``name`` the part before the bracket,
    ``slug`` the id as file names carry it (``hero-spring``). ``output`` is the template of the output path, rendered
    once the picture is there; ``ext`` comes from its media type. ``alt`` is None where the spec says nothing.
    ``accept`` is ``exact``, or ``any`` when a picture that differs from what was asked for will do.
    """

    id: str
    name: str
    slug: str
    provider: str
    prompt: str
    options: Mapping[str, Json] = field(default_factory=dict)
    inputs: tuple[InputFile | InputTarget, ...] = ()
    mask: InputFile | None = None
    markup: InputFile | None = None
    edits: tuple[Edit, ...] = ()
    candidates: int = 1
    steps: tuple[StepUse, ...] = ()
    alt: str | None = None
    output: str = "images/{{ id }}.{{ ext }}"
    tags: tuple[str, ...] = ()
    frozen: bool = False
    accept: str = "exact"
    variant: Mapping[str, Json] = field(default_factory=dict)

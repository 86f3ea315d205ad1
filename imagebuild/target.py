"""What the spec wants, resolved: one immutable object a variant, every layer applied and every template rendered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct, field

from imagebuild.digest import Json
from imagebuild.discreet import Discreet

__all__ = [
    "ALT_STAGE",
    "DEFAULT_OUTPUT",
    "AltUse",
    "CheckUse",
    "Edit",
    "Input",
    "InputFile",
    "InputTag",
    "InputTarget",
    "PublishUse",
    "Slot",
    "StepUse",
    "StoreUse",
    "Target",
    "in_shell",
]

DEFAULT_OUTPUT = "images/{{ id }}{% if name %}-{{ name }}{% endif %}{% if width %}-{{ width }}{% endif %}.{{ ext }}"
"""Where pictures go unless the spec says otherwise; steps that make several give them the labels it asks for."""

Slot: TypeAlias = tuple[str, int, int]
"""Target id, stage in its chain from 0, candidate from 1: where an action stands, whatever its key is."""

ALT_STAGE = -1
"""The stage of an alt text, which no change to the chain's length moves."""


class InputFile(Struct, frozen=True):
    """A picture file of the project; ``path`` is relative to the project's folder, with forward slashes."""

    path: str

    def __str__(self) -> str:
        return self.path


class InputTarget(Struct, frozen=True):
    """Another target's picture.

    For a provider call it is the one after that target's edits and before its steps; for a step, a check or a target
    that begins with it, what is finished.
    """

    target: str

    def __str__(self) -> str:
        return self.target


class InputTag(Struct, frozen=True):
    """The pictures of all targets with a tag; a resolved target has none of these."""

    tag: str


Input: TypeAlias = InputFile | InputTarget


class Edit(Struct, frozen=True):
    """A provider call that changes the previous picture."""

    prompt: str
    provider: str
    options: Mapping[str, Json] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()
    mask: InputFile | None = None
    markup: InputFile | None = None


class StepUse(Struct, frozen=True):
    """A local step by name, with its options as the spec gives them; a bare value stands under the empty name.

    ``references`` are the files and targets that options name, by option.
    """

    name: str
    options: Mapping[str, Json] = field(default_factory=dict)
    references: Mapping[str, Input] = field(default_factory=dict)


class CheckUse(Struct, frozen=True):
    """A check by name, as :class:`StepUse`; ``retry`` is how often a picture that fails is made anew in one build."""

    name: str
    options: Mapping[str, Json] = field(default_factory=dict)
    references: Mapping[str, Input] = field(default_factory=dict)
    retry: int = 0


class PublishUse(Discreet, frozen=True):
    """A publisher by name, with its options. They may hold secrets and stand in no repr."""

    hidden = ("options",)

    name: str
    options: Mapping[str, Json] = field(default_factory=dict)


class StoreUse(Discreet, frozen=True):
    """A remote store by its address, and whether builds also write to it.

    A path is relative to the project. ``options`` are for the kind of store; they may hold secrets, as the address may,
    and stand in no repr.
    """

    hidden = ("remote", "options")

    remote: str
    write: bool = False
    options: Mapping[str, Json] = field(default_factory=dict)


class AltUse(Struct, frozen=True):
    """A provider that writes the alt text."""

    provider: str
    prompt: str = ""
    options: Mapping[str, Json] = field(default_factory=dict)


class Target(Struct, frozen=True):
    """One picture that the spec wants: a target, or one variant of it.

    ``id`` is ``hero`` or ``hero[season=spring]`` with axes in alphabetical order, ``name`` the part before the bracket,
    ``slug`` the id as file names carry it (``hero-spring``). ``output`` is the template of the output path, rendered
    once the picture is there; ``ext`` comes from its media type. ``alt`` is None where the spec says nothing.
    ``accept`` is ``exact``, or ``any`` when a picture that differs from what was asked for will do. ``sources`` are
    pictures that the chain begins with in place of a prompt. ``provenance`` is ``iptc``, ``none``, or empty where the
    spec says nothing.
    """

    id: str
    name: str
    slug: str
    provider: str
    prompt: str
    options: Mapping[str, Json] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()
    mask: InputFile | None = None
    markup: InputFile | None = None
    edits: tuple[Edit, ...] = ()
    candidates: int = 1
    steps: tuple[StepUse, ...] = ()
    checks: tuple[CheckUse, ...] = ()
    alt: str | None = None
    describe: AltUse | None = None
    output: str = DEFAULT_OUTPUT
    sources: tuple[Input | InputTag, ...] = ()
    provenance: str = ""
    tags: tuple[str, ...] = ()
    frozen: bool = False
    accept: str = "exact"
    variant: Mapping[str, Json] = field(default_factory=dict)

    @property
    def first_call(self) -> int | None:
        """The stage of the first call for a picture; None when it begins with pictures and no call changes them."""
        if self.sources:
            return 1 if self.edits else None
        return 0

    @property
    def calls(self) -> tuple[str, ...]:
        """The providers that it calls, in the chain's order."""
        first = () if self.sources else (self.provider,)
        last = (self.describe.provider,) if self.describe else ()
        return (*first, *(edit.provider for edit in self.edits), *last)


def in_shell(target: str) -> str:
    """The id of a target as a shell takes it, which would read the brackets of a variant as a pattern."""
    return f'"{target}"' if set(target) & set("[]=*?, ") else target

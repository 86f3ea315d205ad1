"""Actions that cost nothing and need nobody: pictures taken in, steps, and checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import ClassVar

from msgspec import Struct, field
from msgspec.structs import replace

from imagebuild.artifact import Artifact
from imagebuild.check import Check
from imagebuild.digest import Json, digest_value
from imagebuild.graph import Node
from imagebuild.identity import KEY_FORMAT, Identity, Read
from imagebuild.request import Reference
from imagebuild.step import Step

__all__ = ["CheckRun", "SourceRun", "StepRun", "check_fault"]


class StepRun(Struct, frozen=True):
    """One step with its resolved options.

    ``files`` are project files that options name; ``targets`` are options for which another target's picture comes with
    what is made, between the pictures it changes and the originals.
    """

    node: Node
    step: Step
    options: Mapping[str, Json]
    files: Mapping[str, Reference] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    source_type: str | None = None
    free: ClassVar[bool] = True

    @property
    def plugin(self) -> str:
        """The step's name."""
        return self.step.name

    @property
    def version(self) -> str:
        """The version its author declares."""
        return self.step.version

    @property
    def names(self) -> Mapping[str, str]:
        """The files that options name."""
        return _names(self.files)

    def identify(self, made: Sequence[Sequence[Artifact]], read: Read) -> Identity:
        """The key, once the pictures it changes exist."""
        pictures, *others, originals = made
        parts: dict[str, Json] = {
            "format": KEY_FORMAT,
            "kind": "step",
            "step": self.step.name,
            "version": self.step.version,
            "options": dict(self.options),
            "inputs": _labelled(pictures),
        }
        if self.files or self.targets:
            parts["references"] = _referred(self.files, self.targets, others)
        if self.step.marks:
            parts["source_type"] = self.source_type
        if self.step.wants_originals:
            parts["originals"] = [artifact.digest for artifact in originals]
        return Identity(digest_value(parts), parts)


class SourceRun(Struct, frozen=True):
    """Takes in the pictures a chain begins with: files, and the finished pictures of other targets, in order.

    ``places`` holds a reference for each file and, for each target, what its pictures are called.
    """

    node: Node
    places: tuple[Reference | str, ...]
    plugin: ClassVar[str] = "from"
    version: ClassVar[str] = "1"
    free: ClassVar[bool] = True

    @property
    def names(self) -> Mapping[str, str]:
        """The files it takes in; where they stand after another target is known only when that has its pictures."""
        files = takewhile(lambda place: isinstance(place, Reference), self.places)
        return {f"inputs[{at}]": each.name for at, each in enumerate(files) if isinstance(each, Reference)}

    def identify(self, made: Sequence[Sequence[Artifact]], read: Read) -> Identity:
        """The key, once the pictures of other targets exist."""
        parts: dict[str, Json] = {
            "format": KEY_FORMAT,
            "kind": "source",
            "inputs": [[artifact.digest, dict(artifact.labels)] for artifact in self.pictures(made)],
        }
        return Identity(digest_value(parts), parts)

    def pictures(self, made: Sequence[Sequence[Artifact]]) -> list[Artifact]:
        """What it takes in. Of several, each is labelled with the name of where it is from."""
        rest = iter(made)
        found: list[Artifact] = []
        for place in self.places:
            if isinstance(place, str):
                given = [replace(artifact, facts={}) for artifact in next(rest)]
            else:
                given = [Artifact(place.digest or "", place.media_type or "", 0)]
            name = place if isinstance(place, str) else _stem(place.name)
            labels = {"name": name} if len(self.places) > 1 else {}
            found += [replace(artifact, labels={**artifact.labels, **labels}) for artifact in given]
        return found


class CheckRun(Struct, frozen=True):
    """One check with its resolved options; ``files`` and ``targets`` as for a step.

    ``replaced`` gives the picture that one with a digest took the place of. ``retry`` is how often in one build a
    picture that fails is made anew; it is in no key.
    """

    node: Node
    check: Check
    options: Mapping[str, Json]
    files: Mapping[str, Reference] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    replaced: Callable[[str], Artifact | None] = lambda digest: None
    retry: int = 0
    free: ClassVar[bool] = True

    @property
    def plugin(self) -> str:
        """The check's name."""
        return self.check.name

    @property
    def version(self) -> str:
        """The version its author declares."""
        return self.check.version

    @property
    def names(self) -> Mapping[str, str]:
        """The files that options name."""
        return _names(self.files)

    @property
    def reads(self) -> tuple[int, ...]:
        """The nodes whose pictures it looks at: all that it needs, but candidates only where it wants them."""
        needs = self.node.needs
        return needs if "candidates" in self.check.wants else needs[: 2 + len(self.targets)]

    def identify(self, made: Sequence[Sequence[Artifact]], read: Read) -> Identity:
        """The key, once the pictures it judges exist."""
        others = made[1 : 1 + len(self.targets)]
        master, *candidates = (artifacts[0] for artifacts in made[1 + len(self.targets) :])
        parts: dict[str, Json] = {
            "format": KEY_FORMAT,
            "kind": "check",
            "check": self.check.name,
            "version": self.check.version,
            "options": dict(self.options),
            "inputs": _labelled(made[0]),
        }
        if self.files or self.targets:
            parts["references"] = _referred(self.files, self.targets, others)
        if "original" in self.check.wants:
            parts["original"] = master.digest
        if "candidates" in self.check.wants:
            parts["candidates"] = [artifact.digest for artifact in candidates]
        if "previous" in self.check.wants:
            previous = self.replaced(master.digest)
            parts["previous"] = previous.digest if previous else None
        return Identity(digest_value(parts), parts)


def check_fault(artifacts: Sequence[Artifact]) -> str | None:
    """How what a check made says that the pictures fail it; None when they pass."""
    facts = artifacts[0].facts
    if facts.get("passed"):
        return None
    return f"{facts.get('check')}: measured {facts.get('measured')}, wanted {facts.get('wanted')}"


def _labelled(artifacts: Sequence[Artifact]) -> list[Json]:
    return [[artifact.digest, dict(artifact.labels)] for artifact in artifacts]


def _referred(
    files: Mapping[str, Reference], targets: Sequence[str], made: Sequence[Sequence[Artifact]]
) -> dict[str, Json]:
    """Digests of what options name, by option; of a target's pictures the first."""
    named = {option: artifacts[0].digest for option, artifacts in zip(targets, made, strict=True)}
    return {**{option: file.digest for option, file in files.items()}, **named}


def _names(files: Mapping[str, Reference]) -> dict[str, str]:
    return {option: file.name for option, file in files.items()}


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]

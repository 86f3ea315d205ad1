"""An action and its key: all that can change the bytes, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, TypeAlias

from imagebuild.artifact import Artifact
from imagebuild.digest import Json, digest_value
from imagebuild.graph import Node
from imagebuild.provider import Provider
from imagebuild.reason import Reason
from imagebuild.request import Reference, Request
from imagebuild.step import Step

__all__ = ["KEY_FORMAT", "Action", "Call", "Identity", "StepRun", "differences", "request_of"]

KEY_FORMAT = 1
"""Raised when the same action gets another key; the lock is migrated with it."""

Read: TypeAlias = Callable[[Artifact], bytes]


@dataclass(frozen=True, slots=True)
class Identity:
    """A key with its parts and, for a provider call, the request whose references all have their bytes."""

    key: str
    parts: Mapping[str, Json]
    request: Request | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One provider call, resolved.

    References that another action makes have no digest in ``request``; :meth:`identify` fills them in.
    """

    node: Node
    provider: Provider
    request: Request
    media_type: str

    @property
    def plugin(self) -> str:
        """The provider's name."""
        return self.provider.name

    @property
    def version(self) -> str:
        """The version its author declares."""
        return self.provider.version

    @property
    def free(self) -> bool:
        """Whether it costs nothing."""
        return self.provider.free

    @property
    def names(self) -> Mapping[str, str]:
        """What stands at the fields of which a key holds digests, for people."""
        names = {f"inputs[{index}]": reference.name for index, reference in enumerate(self.request.inputs)}
        if self.request.mask:
            names["mask"] = self.request.mask.name
        if self.request.markup:
            names["markup"] = self.request.markup.name
        if self.request.parent:
            names["parent"] = self.request.parent.name
        return names

    def identify(self, made: Sequence[Sequence[Artifact]], read: Read) -> Identity:
        """The key, once all it needs exists: ``made`` holds the artifacts of ``node.needs`` in that order."""
        request = self._filled([artifacts[0] for artifacts in made], read)
        parts: dict[str, Json] = {
            "format": KEY_FORMAT,
            "kind": self.node.kind,
            "provider": self.provider.name,
            "version": self.provider.version,
            "prompt": request.prompt,
            "options": dict(request.options),
            "parent": request.parent.digest if request.parent else None,
            "inputs": [reference.digest for reference in request.inputs],
            "mask": request.mask.digest if request.mask else None,
            "candidate": request.candidate,
            "take": request.take,
        }
        if request.markup is not None:
            parts["markup"] = request.markup.digest
        return Identity(digest_value(parts), parts, request)

    def _filled(self, made: list[Artifact], read: Read) -> Request:
        rest = iter(made)
        parent = _reference(self.request.parent, next(rest), read) if self.request.parent else None
        inputs = tuple(
            reference if reference.digest else _reference(reference, next(rest), read)
            for reference in self.request.inputs
        )
        return replace(self.request, parent=parent, inputs=inputs)


@dataclass(frozen=True, slots=True)
class StepRun:
    """One step with its resolved options."""

    node: Node
    step: Step
    options: Mapping[str, Json]
    free: ClassVar[bool] = True
    names: ClassVar[Mapping[str, str]] = {}

    @property
    def plugin(self) -> str:
        """The step's name."""
        return self.step.name

    @property
    def version(self) -> str:
        """The version its author declares."""
        return self.step.version

    def identify(self, made: Sequence[Sequence[Artifact]], read: Read) -> Identity:
        """The key, once the pictures it changes exist."""
        parts: dict[str, Json] = {
            "format": KEY_FORMAT,
            "kind": "step",
            "step": self.step.name,
            "version": self.step.version,
            "options": dict(self.options),
            "inputs": [[artifact.digest, dict(artifact.labels)] for artifacts in made for artifact in artifacts],
        }
        return Identity(digest_value(parts), parts)


Action: TypeAlias = Call | StepRun


def _reference(reference: Reference, artifact: Artifact, read: Read) -> Reference:
    return Reference(reference.name, artifact.digest, artifact.media_type, lambda: read(artifact))


def request_of(parts: Mapping[str, Json]) -> Request:
    """The request that a call's key was made of. Its references know their digests, and have no bytes."""
    inputs, options = parts.get("inputs"), parts.get("options")

    def reference(name: str, digest: Json) -> Reference | None:
        return Reference(name, str(digest)) if digest else None

    return Request(
        prompt=str(parts["prompt"]),
        options=options if isinstance(options, Mapping) else {},
        parent=reference("the picture before it", parts.get("parent")),
        inputs=tuple(Reference(f"input {at}", str(each)) for at, each in enumerate(inputs, 1))
        if isinstance(inputs, list)
        else (),
        mask=reference("mask", parts.get("mask")),
        markup=reference("markup", parts.get("markup")),
        candidate=int(str(parts.get("candidate", 1))),
        take=int(str(parts.get("take", 1))),
    )


def differences(
    old: Mapping[str, Json], new: Mapping[str, Json], names: Mapping[str, str] | None = None
) -> list[Reason]:
    """What changed between the parts of two keys, field by field; options one by one.

    ``names`` says what stands at ``parent``, ``mask`` and ``inputs[0]``, for which the parts hold only digests.
    """
    reasons: list[Reason] = []
    for field in dict.fromkeys([*new, *old]):
        before, after = old.get(field), new.get(field)
        if before == after and type(before) is type(after):
            continue
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            reasons += [
                _changed(name, before.get(name), after.get(name), {})
                for name in dict.fromkeys([*after, *before])
                if before.get(name) != after.get(name)
            ]
        elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            reasons += [
                _changed(f"{field}[{index}]", was, now, names or {})
                for index, (was, now) in enumerate(zip(before, after, strict=True))
                if was != now
            ]
        elif isinstance(before, list) and isinstance(after, list):
            reasons.append(Reason("changed", field, str(len(before)), str(len(after))))
        else:
            reasons.append(_changed(field, before, after, names or {}))
    return reasons


def _changed(field: str, before: Json, after: Json, names: Mapping[str, str]) -> Reason:
    if field == "prompt" and isinstance(before, str) and isinstance(after, str):
        return Reason("changed", field, *_around(before, after))
    if field not in ("parent", "mask", "markup") and not field.startswith("inputs["):
        return Reason("changed", field, _plain(before), _plain(after))
    other = f"{names.get(field, 'it')} has other bytes" if before and after else ""
    return Reason("changed", field, _short_digest(before), _short_digest(after), other)


def _plain(value: Json) -> str:
    if value is None:
        return "(none)"
    text = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _short_digest(value: Json) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    return value[:8] if isinstance(value, str) else "(none)"


def _around(before: str, after: str, width: int = 60) -> tuple[str, str]:
    """Both texts, cut to the words about the first place where they differ."""
    pairs = enumerate(zip(before, after, strict=False))
    same = next((at for at, (old, new) in pairs if old != new), min(len(before), len(after)))
    start = max(0, before.rfind(" ", 0, max(0, same - width // 3)) + 1) if same > width // 2 else 0
    return _cut(before, start, width), _cut(after, start, width)


def _cut(text: str, start: int, width: int) -> str:
    shown = " ".join(text[start : start + width].split())
    return f"'{'…' if start else ''}{shown}{'…' if start + width < len(text) else ''}'"

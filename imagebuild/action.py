"""An action and its key: all that can change the bytes, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from imagebuild.artifact import Artifact
from imagebuild.describer import Describer
from imagebuild.digest import Json, digest_value
from imagebuild.graph import Node
from imagebuild.identity import KEY_FORMAT, Identity, Read
from imagebuild.local_run import CheckRun, SourceRun, StepRun
from imagebuild.provider import Provider
from imagebuild.request import Reference, Request

__all__ = ["Action", "Call", "request_of"]


class Call(Struct, frozen=True):
    """One provider call, resolved; with a ``describer`` it asks for words about a picture.

    References that another action makes have no digest in ``request``; :meth:`identify` fills them in.
    """

    node: Node
    provider: Provider
    request: Request
    media_type: str
    describer: Describer | None = None

    @property
    def plugin(self) -> str:
        """The provider's name."""
        return self.provider.name

    @property
    def version(self) -> str:
        """The version its author declares."""
        return self.describer.version if self.describer else self.provider.version

    @property
    def free(self) -> bool:
        """Whether it costs nothing."""
        return self.provider.free

    @property
    def stays_here(self) -> bool:
        """Whether it costs nothing and reaches nobody, so that an untrusted project may make it."""
        return self.provider.free and self.provider.local

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
            "version": self.version,
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
        if not made:
            return self.request
        rest = iter(made)
        parent = _reference(self.request.parent, next(rest), read) if self.request.parent else None
        inputs = tuple(
            reference if reference.digest else _reference(reference, next(rest), read)
            for reference in self.request.inputs
        )
        return replace(self.request, parent=parent, inputs=inputs)


Action: TypeAlias = Call | StepRun | SourceRun | CheckRun


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

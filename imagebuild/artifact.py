"""Pictures: bytes on their way between plugins, and what a store knows about bytes it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from imagebuild.digest import Json

__all__ = ["Artifact", "Picture"]

Label = str | int


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of one picture, as a provider or step hands them over.

    ``labels`` tell several results of one step apart and name their files (``{"width": 800}``). ``facts`` are what a
    step has found out for the manifest (``{"thumbhash": "..."}``); they belong to the target and change no bytes.
    """

    data: bytes = field(repr=False)
    media_type: str
    labels: Mapping[str, Label] = field(default_factory=dict)
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Artifact:
    """Immutable bytes that a store holds: their SHA-256, media type, length in bytes and size in pixels if known."""

    digest: str
    media_type: str
    size: int
    width: int | None = None
    height: int | None = None
    labels: Mapping[str, Label] = field(default_factory=dict)
    facts: Mapping[str, Json] = field(default_factory=dict)

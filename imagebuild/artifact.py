"""Pictures: bytes on their way between plugins, and what a store knows about bytes it holds."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from imagebuild.digest import Json
from imagebuild.discreet import Discreet

__all__ = ["Artifact", "Picture"]

Label = str | int


class Picture(Discreet, frozen=True):
    """The bytes of one picture, as a provider or step hands them over.

    ``labels`` tell several results of one step apart and name their files (``{"width": 800}``). ``facts`` are what a
    step has found out for the manifest (``{"thumbhash": "..."}``); they belong to the target and change no bytes.
    """

    hidden = ("data",)

    data: bytes
    media_type: str
    labels: Mapping[str, Label] = field(default_factory=dict)
    facts: Mapping[str, Json] = field(default_factory=dict)


class Artifact(Struct, frozen=True):
    """Immutable bytes that a store holds: their SHA-256, media type, length in bytes and size in pixels if known."""

    digest: str
    media_type: str
    size: int
    width: int | None = None
    height: int | None = None
    labels: Mapping[str, Label] = field(default_factory=dict)
    facts: Mapping[str, Json] = field(default_factory=dict)

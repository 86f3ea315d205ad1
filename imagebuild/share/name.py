"""What things are called at a remote store: two trees, so that a rule of the service can age out derivatives alone.

``v1/originals/objects/ab/abcd...`` and ``v1/originals/records/ab/abcd....json``; the same under ``v1/derivatives/``.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from msgspec import Struct

__all__ = ["MARKER", "PREFIX", "Layer", "RemoteName", "object_name", "parse_name", "record_name"]

Layer: TypeAlias = Literal["originals", "derivatives"]

PREFIX = "v1/"
"""Under which all names stand; another layout gets another one, and both can stand side by side."""

MARKER = f"{PREFIX}imagebuild.json"
"""Says what the place is for; written where a place has to be made before anything can be asked of it."""

_NAME = re.compile(r"v1/(originals|derivatives)/(objects|records)/([0-9a-f]{2})/(\3[0-9a-f]{62})(\.json)?")


class RemoteName(Struct, frozen=True):
    """A name taken apart: ``id`` is the digest of an object, the key of a record."""

    layer: Layer
    kind: Literal["objects", "records"]
    id: str


def object_name(layer: Layer, digest: str) -> str:
    """Where the bytes of a digest stand."""
    return f"{PREFIX}{layer}/objects/{digest[:2]}/{digest}"


def record_name(layer: Layer, key: str) -> str:
    """Where the record of a key stands."""
    return f"{PREFIX}{layer}/records/{key[:2]}/{key}.json"


def parse_name(name: str) -> RemoteName | None:
    """What stands under a name; None when it is none of ours."""
    match = _NAME.fullmatch(name)
    if match is None or (match[2] == "records") != bool(match[5]):
        return None
    layer: Layer = "originals" if match[1] == "originals" else "derivatives"
    return RemoteName(layer, "objects" if match[2] == "objects" else "records", match[4])

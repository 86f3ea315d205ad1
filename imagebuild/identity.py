"""What an action is known by: its key, and the parts the key is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct

from imagebuild.artifact import Artifact
from imagebuild.digest import Json
from imagebuild.request import Request

__all__ = ["KEY_FORMAT", "Identity", "Read"]

KEY_FORMAT = 1
"""Raised when the same action gets another key; the lock is migrated with it."""

Read: TypeAlias = Callable[[Artifact], bytes]


class Identity(Struct, frozen=True):
    """A key with its parts and, for a provider call, the request whose references all have their bytes."""

    key: str
    parts: Mapping[str, Json]
    request: Request | None = None

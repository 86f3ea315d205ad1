"""Names of what a remote store keeps: the same rule for folders and buckets, so that none leads out of its place."""

from __future__ import annotations

import re

from imagebuild.errors import StoreError

__all__ = ["is_object_name", "require_object_name", "require_prefix"]

_LONGEST = 512
_PART = r"[A-Za-z0-9_-](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9_-])?"  # no dot at its ends: '..', hidden files, Windows
_NAME = re.compile(rf"{_PART}(?:/{_PART})*")


def is_object_name(name: str) -> bool:
    """Whether a name is parts of letters, digits, ``-``, ``_`` and ``.`` with slashes between."""
    return len(name) <= _LONGEST and _NAME.fullmatch(name) is not None


def require_object_name(name: str) -> None:
    """Raise ``StoreError`` for what can be no name."""
    if not is_object_name(name):
        raise StoreError(f"{name[:80]!r} can be no name in a remote store")


def require_prefix(prefix: str) -> None:
    """Raise ``StoreError`` for what can be no prefix: it is empty, or a name with a slash at its end."""
    if prefix and not (prefix.endswith("/") and is_object_name(prefix[:-1])):
        raise StoreError(f"{prefix[:80]!r} can be no prefix in a remote store")

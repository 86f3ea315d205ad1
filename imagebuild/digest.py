"""Digests and the canonical encoding beneath them: equal meaning gives equal bytes on every system."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from typing import TypeAlias

__all__ = ["Json", "canonical", "digest_bytes", "digest_file", "digest_value"]

Json: TypeAlias = "None | bool | int | float | str | list[Json] | tuple[Json, ...] | Mapping[str, Json]"
"""What options and key parts are made of."""


def canonical(value: Json) -> bytes:
    """Encode ``value`` as JSON in UTF-8 with sorted keys and no white space.

    Numbers keep their kind: ``1`` and ``1.0`` differ. Raises ``ValueError`` for NaN, infinity and lone surrogates,
    ``TypeError`` for anything that JSON cannot hold.
    """
    return _encoded(value).encode("utf-8")


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be part of a key")


_encoded = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain
).encode


def digest_bytes(data: bytes) -> str:
    """SHA-256 of ``data``: 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest_value(value: Json) -> str:
    """SHA-256 of the canonical encoding of ``value``. Raises as :func:`canonical`."""
    return digest_bytes(canonical(value))


def digest_file(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a file's bytes, read in pieces. Raises ``OSError``."""
    with open(path, "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

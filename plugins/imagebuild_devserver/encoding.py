"""JSON with megabytes of base64 in it, written without looking at each of their characters."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import TypeAlias

__all__ = ["Base64", "Tree", "encode"]

_MARK = secrets.token_hex(12)
_PLACES = re.compile(f"<{_MARK}:(\\d+)>".encode())


class Base64:
    """Bytes that stand in JSON as base64; encoded once. ``text`` is that form, damaged where a fault says so."""

    __slots__ = ("data", "text")

    def __init__(self, data: bytes, text: bytes | None = None) -> None:
        self.data = data
        self.text = base64.b64encode(data) if text is None else text


Tree: TypeAlias = "None | bool | int | float | str | Base64 | Sequence[Tree] | Mapping[str, Tree]"
"""What replies are made of."""


def encode(value: Tree) -> bytes:
    """``value`` as JSON in one line."""
    blobs: list[bytes] = []

    def stand_in(thing: object) -> object:
        if isinstance(thing, Base64):
            blobs.append(thing.text)
            return f"<{_MARK}:{len(blobs) - 1}>"
        if isinstance(thing, Mapping):
            return dict(thing)
        raise TypeError(f"{type(thing).__name__} cannot be part of a reply")

    text = json.dumps(value, separators=(",", ":"), default=stand_in).encode()
    if not blobs:
        return text
    parts = _PLACES.split(text)
    parts[1::2] = [blobs[int(number)] for number in parts[1::2]]
    return b"".join(parts)

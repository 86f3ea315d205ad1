"""The container of a favicon: several pictures in one file. Format: Microsoft, "Icons", .ico with PNG entries."""

from __future__ import annotations

import struct
from collections.abc import Mapping

__all__ = ["MEDIA_TYPE", "pack"]

MEDIA_TYPE = "image/x-icon"

_HEAD = struct.Struct("<HHH")
_ENTRY = struct.Struct("<BBBBHHII")
_ICON = 1
_BITS = 32


def pack(pictures: Mapping[int, bytes]) -> bytes:
    """An icon file of square PNG pictures with alpha, by their edge in pixels (1 to 256), smallest first."""
    at = _HEAD.size + _ENTRY.size * len(pictures)
    entries, bodies = [], []
    for edge, data in sorted(pictures.items()):
        # A byte holds 1 to 255; 0 stands for 256.
        entries.append(_ENTRY.pack(edge % 256, edge % 256, 0, 0, 1, _BITS, len(data), at))
        bodies.append(data)
        at += len(data)
    return _HEAD.pack(0, _ICON, len(pictures)) + b"".join(entries + bodies)

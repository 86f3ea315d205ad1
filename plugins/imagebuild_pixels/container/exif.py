"""The smallest EXIF: nothing but which way is up (CIPA DC-008; TIFF 6.0)."""

from __future__ import annotations

import struct

__all__ = ["upright"]


def upright(orientation: int) -> bytes:
    """A TIFF structure with the one tag 0x0112; empty for a picture that stands upright."""
    if orientation == 1:
        return b""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)

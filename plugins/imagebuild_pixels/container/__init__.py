"""Picture files as containers: all metadata out, our own XMP packet in, and every pixel as it was."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from imagebuild_pixels.container import avif, gif, jpeg, png, webp

__all__ = ["BY_HAND", "gif_packet", "rewritten"]

BY_HAND = frozenset({"png", "gif"})
"""Formats whose packets libvips does not write as they should be: it compresses a PNG's, and has none for a GIF."""

gif_packet = gif.packet_of

_REWRITERS: Mapping[str, Callable[[bytes, bytes, int], bytes]] = {
    "png": png.rewritten,
    "jpeg": jpeg.rewritten,
    "webp": webp.rewritten,
    "avif": avif.rewritten,
    "gif": gif.rewritten,
}


def rewritten(data: bytes, form: str, packet: bytes, *, orientation: int = 1) -> bytes:
    """A picture of this format with the same pixels, no metadata but a colour profile, and this packet unless empty.

    ``orientation`` is that of its EXIF, which stays where it is not 1. Raises ``ValueError`` for a broken container.
    """
    try:
        return _REWRITERS[form](data, packet, orientation)
    except (IndexError, OverflowError, struct.error) as error:
        raise ValueError(f"broken {form}") from error

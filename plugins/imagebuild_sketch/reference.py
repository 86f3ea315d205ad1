"""Reference pictures: the colours they lend to the palette."""

from __future__ import annotations

from collections.abc import Sequence

from imagebuild import Reference
from imagebuild_sketch import raster
from imagebuild_sketch.colour import hex_of, to_oklch

__all__ = ["tints_of"]

_SIDE = 8


def tints_of(references: Sequence[Reference]) -> tuple[str, ...]:
    """The leading colours of each picture, the most vivid of the first picture first."""
    found: list[str] = []
    for reference in references:
        image = raster.decode(reference.read(), reference.name)
        small = image.flatten(background=[255, 255, 255]).thumbnail_image(_SIDE, height=_SIDE, size="force")
        pixels = bytes(small.extract_band(0, n=3).write_to_memory())
        colours = [hex_of(*pixels[at : at + 3]) for at in range(0, len(pixels), 3)]
        colours.sort(key=lambda colour: (-round(to_oklch(colour)[1], 3), colour))
        found += colours[:: len(colours) // 3][:3]
    return tuple(found)

"""A colour behind a picture."""

from __future__ import annotations

from imagebuild_pixels.colour import rgba
from imagebuild_pixels.raster import Image

__all__ = ["beneath"]


def beneath(image: Image, colour: str) -> Image:
    """The picture laid on a ground of its own size; the ground's own alpha counts."""
    if not image.hasalpha():
        return image
    *levels, alpha = rgba(colour)
    if alpha == 255:
        return image.flatten(background=levels).copy(interpretation="srgb")
    ground = image.new_from_image([*levels, alpha]).cast("uchar").copy(interpretation="srgb")
    return ground.composite2(image, "over").cast("uchar").copy(interpretation="srgb")

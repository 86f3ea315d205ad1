"""Shapes as masks: how much of each pixel lies inside."""

from __future__ import annotations

from imagebuild_pixels.canvas import with_alpha
from imagebuild_pixels.geometry import Size
from imagebuild_pixels.raster import Image, vips

__all__ = ["cut_out", "mixed", "rounded"]


def rounded(size: Size, radius: int) -> Image:
    """A rectangle with round corners, as one band from 0 outside to 255 inside, smooth along the edge."""
    width, height = size
    radius = min(radius, width // 2, height // 2)
    if radius == 0:
        return (vips().Image.black(width, height) + 255).cast("uchar")
    place = vips().Image.xyz(width, height)
    # Distance from the rectangle of the corners' centres, so that only what lies in a corner is far from it.
    across = ((place[0] - (width - 1) / 2).abs() - (width / 2 - radius)).cast("float")
    down = ((place[1] - (height - 1) / 2).abs() - (height / 2 - radius)).cast("float")
    across, down = (across > 0).ifthenelse(across, 0), (down > 0).ifthenelse(down, 0)
    distance = (across * across + down * down) ** 0.5
    # Casting stops at 0 and 255.
    return ((radius + 0.5 - distance) * 255 + 0.5).cast("uchar")


def cut_out(image: Image, mask: Image) -> Image:
    """What of a picture lies inside a mask; the rest is transparent."""
    image = with_alpha(image)
    alpha = (image.extract_band(3) * mask / 255 + 0.5).cast("uchar")
    return image.extract_band(0, n=3).bandjoin(alpha).copy(interpretation="srgb")


def mixed(mask: Image, inside: Image, outside: Image) -> Image:
    """``inside`` where the mask is 255, ``outside`` where it is 0, and between them along its edge; all with alpha."""
    blended = mask.ifthenelse(inside.premultiply(), outside.premultiply(), blend=True)
    return (blended.unpremultiply() + 0.5).cast("uchar").copy(interpretation="srgb")

"""Grounds and windows: a picture put on a larger ground, or seen through a smaller window."""

from __future__ import annotations

from imagebuild.errors import StepError
from imagebuild_pixels.colour import rgba
from imagebuild_pixels.geometry import SMART, Size, place
from imagebuild_pixels.raster import MAX_PIXELS, Image, vips

__all__ = ["must_hold", "on_ground", "window", "with_alpha"]


def must_hold(size: Size, target: str) -> None:
    """Refuse a picture that would have too many pixels."""
    if size[0] * size[1] > MAX_PIXELS:
        limit = f"expected at most {MAX_PIXELS // 1_000_000} megapixels"
        raise StepError(f"'{target}' would become {size[0]}x{size[1]}, {limit}", hint="choose a smaller size")


def with_alpha(image: Image) -> Image:
    """The picture with an alpha, opaque where it had none."""
    return image if image.hasalpha() else image.bandjoin(255).copy(interpretation="srgb")


def on_ground(image: Image, size: Size, at: tuple[int, int], colour: str) -> Image:
    """The picture with its left and top ``at`` a ground of ``size`` and ``colour``; what stands over is cut off."""
    red, green, blue, alpha = rgba(colour)
    if alpha < 255:
        image = with_alpha(image)
    ground = [red, green, blue, alpha][: image.bands]
    return image.embed(*at, *size, extend="background", background=ground)


def window(image: Image, size: Size, gravity: str) -> tuple[int, int]:
    """Left and top of what a crop of ``size`` keeps, by a name of ``GRAVITIES`` or ``SMART``."""
    if size == (image.width, image.height):
        return 0, 0
    if gravity not in SMART:
        return place((image.width, image.height), size, gravity)
    # Seen on a middle grey, light and dark drawings on a transparent ground both stand out.
    seen = image.flatten(background=[128, 128, 128]) if image.hasalpha() else image
    found = vips().Image.smartcrop(seen, *size, interesting=gravity)
    return -found.xoffset, -found.yoffset

"""The step `border`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild_pixels.canvas import must_hold, on_ground, with_alpha
from imagebuild_pixels.colour import rgba
from imagebuild_pixels.geometry import length
from imagebuild_pixels.given import Given
from imagebuild_pixels.raster import Image
from imagebuild_pixels.rewrite import rewrite_all
from imagebuild_pixels.shape import cut_out, mixed, rounded

__all__ = ["Border"]


class Border(Step):
    """Draws a border around each picture, and rounds its corners.

    The border stands outside the picture, which becomes that much larger. Corners are cut out of picture and border:
    transparent where the format can be, white in a jpeg. The format stays; an animation stays one.
    """

    name = "border"
    version = "1"
    marks = True
    options = (
        Option(
            "width",
            "length",
            "Width of the border, in pixels or as a part of the shorter edge.",
            0,
            most=5_000,
            main=True,
            example="width: 8",
        ),
        Option("color", "colour", "Colour of the border.", "black", example="color: '#1e90ff'"),
        Option(
            "radius",
            "length",
            "Radius of the outer corners, in pixels or as a part of the shorter edge with its border.",
            0,
            most=10_000,
            example="radius: 24",
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """There must be something to draw."""
        if any(options[name] not in (0, "0%") for name in ("width", "radius")):
            return []
        return [OptionProblem("width", "'border' needs 'width', 'radius' or both", "for example: width: 8")]

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """Draw around each."""
        return rewrite_all(pictures, context, lambda: partial(_border, context=context))


def _border(frame: Image, context: StepContext) -> Image:
    given = Given(context.options)
    size = frame.width, frame.height
    width = length(given.length("width") or 0, size)
    outer = size[0] + 2 * width, size[1] + 2 * width
    must_hold(outer, context.target)
    radius = length(given.length("radius") or 0, outer)
    colour = given.text("color") or "#000000"
    if radius == 0:
        return on_ground(frame, outer, (width, width), colour)
    bordered = on_ground(with_alpha(frame), outer, (width, width), colour)
    if radius > width > 0:
        inside = rounded(size, radius - width).embed(width, width, *outer)
        bordered = mixed(inside, bordered, bordered.new_from_image(list(rgba(colour))).copy(interpretation="srgb"))
    return cut_out(bordered, rounded(outer, radius))

"""The step `pad`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext, read_ratio, read_size
from imagebuild.errors import StepError
from imagebuild_pixels.canvas import must_hold, on_ground
from imagebuild_pixels.geometry import GRAVITIES, Size, around, length, place
from imagebuild_pixels.given import Given
from imagebuild_pixels.raster import Image
from imagebuild_pixels.rewrite import rewrite_all

__all__ = ["Pad"]

_SIDES = ("left", "top", "right", "bottom")


class Pad(Step):
    """Puts each picture on a larger ground: by a margin, to a shape, or to a size in pixels.

    Nothing is scaled or cut. The format stays, so a transparent ground is white in a jpeg; an animation stays one.
    """

    name = "pad"
    version = "1"
    marks = True
    options = (
        Option(
            "margin",
            "length",
            "Ground on all sides, in pixels or as a part of the shorter edge.",
            most=10_000,
            main=True,
            example="margin: 5%",
        ),
        *(
            Option(
                side, "length", f"Ground at the {side}; `margin` where left out.", most=10_000, example=f"{side}: 40"
            )
            for side in _SIDES
        ),
        Option("aspect", "ratio", "Width to height of the ground.", example='aspect: "1:1"'),
        Option("size", "size", "Width and height of the ground, in pixels.", example="size: 1200x630"),
        Option(
            "gravity",
            "choice",
            "Where the picture stands, with `aspect` and `size`.",
            "center",
            GRAVITIES,
            example="gravity: south",
        ),
        Option("color", "colour", "Colour of the ground.", "transparent", example="color: '#fdf6e3'"),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """There is one way to say how large the ground is."""
        given = Given(options)
        ways = [name for name in ("aspect", "size") if given.has(name)]
        ways += ["margins"] * given.has("margin", *_SIDES)
        if len(ways) == 1:
            return []
        found = f"found {' and '.join(ways)}" if ways else "found none"
        message = f"'pad' needs one of margins, 'aspect' and 'size', {found}"
        return [OptionProblem("margin" if not ways else ways[0], message, "for example: margin: 5%")]

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """Pad each."""
        return rewrite_all(pictures, context, lambda: partial(_pad, context=context))


def _pad(frame: Image, context: StepContext) -> Image:
    given = Given(context.options)
    size = frame.width, frame.height
    ground, at = _ground(size, given)
    if ground[0] < size[0] or ground[1] < size[1]:
        message = f"'{context.target}' is {size[0]}x{size[1]}, too large for a ground of {ground[0]}x{ground[1]}"
        raise StepError(message, hint="use a larger 'size', or 'resize' with 'fit: contain'")
    must_hold(ground, context.target)
    return on_ground(frame, ground, at, given.text("color") or "#00000000")


def _ground(size: Size, given: Given) -> tuple[Size, tuple[int, int]]:
    """Size of the ground, and where the picture stands on it."""
    aspect, fixed = given.text("aspect"), given.text("size")
    if aspect or fixed:
        ground = around(size, read_ratio(aspect)) if aspect else read_size(fixed)
        return ground, place(ground, size, given.text("gravity") or "center")
    left, top, right, bottom = (
        length(given.length(side if given.has(side) else "margin") or 0, size) for side in _SIDES
    )
    return (size[0] + left + right, size[1] + top + bottom), (left, top)

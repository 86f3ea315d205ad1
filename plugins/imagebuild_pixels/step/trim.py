"""The step `trim`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from imagebuild import Option, Picture, Step, StepContext
from imagebuild.errors import StepError
from imagebuild_pixels.canvas import must_hold, on_ground
from imagebuild_pixels.geometry import length
from imagebuild_pixels.given import Given
from imagebuild_pixels.raster import Image, each_frame, stills
from imagebuild_pixels.rewrite import has_pixels, rewrite

__all__ = ["Trim"]


class Trim(Step):
    """Cuts off a border of one colour, or one that is transparent.

    The border is what looks like the upper left corner. `padding` leaves some of it on all sides. The format stays; of
    an animation, all frames are cut alike.
    """

    name = "trim"
    version = "1"
    marks = True
    options = (
        Option(
            "threshold",
            "integer",
            "How far a colour may be from that of the corner, 0 to 255, and still be border.",
            10,
            least=0,
            most=255,
            main=True,
            example="threshold: 20",
        ),
        Option(
            "padding",
            "length",
            "How much border is left, in pixels or as a part of the shorter edge of what remains.",
            0,
            most=5_000,
            example="padding: 5%",
        ),
    )

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """Trim each."""
        change = partial(_trim, context=context)
        return [rewrite(picture, context, change) if has_pixels(picture) else picture for picture in pictures]


def _trim(image: Image, context: StepContext) -> Image:
    given = Given(context.options)
    frames = stills(image)
    corner = [round(value) for value in frames[0](0, 0)]
    threshold = given.integer("threshold") or 0
    boxes = [box for frame in frames if (box := _content(frame, corner, threshold))]
    if not boxes:
        raise StepError(f"'{context.target}' is all border: nothing would remain", hint="lower 'threshold'")
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    size = max(box[2] for box in boxes) - left, max(box[3] for box in boxes) - top
    padding = length(given.length("padding") or 0, size)
    outer = size[0] + 2 * padding, size[1] + 2 * padding
    must_hold(outer, context.target)
    ground = "#" + bytes(corner).hex()
    return each_frame(image, lambda frame: on_ground(frame.crop(left, top, *size), outer, (padding, padding), ground))


def _content(frame: Image, corner: list[int], threshold: int) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom of what is no border; None where all of it is."""
    if len(corner) == 4 and corner[3] <= threshold:
        seen, ground = frame.extract_band(3), [0]
    else:
        seen, ground = frame, corner
    # Differences first: libvips' own search flattens, so that a clear hole in a white picture would count as border.
    differs = ((seen - ground).abs() > threshold).bandor()
    left, top, width, height = differs.find_trim(threshold=0, background=[0], line_art=True)
    return (left, top, left + width, top + height) if width and height else None

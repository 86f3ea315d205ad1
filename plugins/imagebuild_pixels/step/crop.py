"""The step `crop`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext, read_ratio, read_size
from imagebuild.errors import StepError
from imagebuild_pixels.canvas import window
from imagebuild_pixels.geometry import GRAVITIES, SMART, Size, within
from imagebuild_pixels.given import Given
from imagebuild_pixels.raster import Image
from imagebuild_pixels.rewrite import rewrite_all

__all__ = ["Crop"]

_BOX = ("x", "y", "width", "height")


class Crop(Step):
    """Cuts each picture to a shape, a size in pixels, or a box at a place.

    `aspect` keeps as much as it can, `size` exactly so many pixels, both where `gravity` says; a box is given by `x`,
    `y`, `width` and `height`. Nothing is scaled: `resize` does that. The format stays; an animation stays one.
    """

    name = "crop"
    version = "1"
    marks = True
    options = (
        Option("aspect", "ratio", "Width to height of what is kept.", main=True, example='aspect: "16:9"'),
        Option("size", "size", "Width and height of what is kept, in pixels.", example="size: 1200x630"),
        Option(
            "gravity",
            "choice",
            "What is kept by `aspect` and `size`; `attention` and `entropy` look at the pixels.",
            "center",
            (*GRAVITIES, *SMART),
            example="gravity: attention",
        ),
        Option("x", "integer", "Left edge of a box, in pixels.", least=0, example="x: 100"),
        Option("y", "integer", "Upper edge of a box, in pixels.", least=0, example="y: 50"),
        Option("width", "integer", "Width of a box, in pixels.", least=1, example="width: 640"),
        Option("height", "integer", "Height of a box, in pixels.", least=1, example="height: 480"),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """There is one way to say what is kept."""
        given = Given(options)
        ways = [name for name in ("aspect", "size") if given.has(name)] + ["a box"] * given.has(*_BOX)
        if len(ways) != 1:
            found = f"found {' and '.join(ways)}" if ways else "found none"
            message = f"'crop' needs one of 'aspect', 'size' and a box, {found}"
            return [OptionProblem(ways[-1] if ways else "aspect", message, 'for example: aspect: "16:9"')]
        if ways == ["a box"] and not (given.has("width") and given.has("height")):
            missing = "height" if given.has("width") else "width"
            return [OptionProblem(missing, f"the box of 'crop' needs '{missing}'", f"for example: {missing}: 480")]
        return []

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """Cut each."""
        return rewrite_all(pictures, context, lambda: _Change(context))


class _Change:
    """Cuts frame by frame; where pixels decide the place, those of the first frame do."""

    def __init__(self, context: StepContext) -> None:
        self._given = Given(context.options)
        self._target = context.target
        self._box: tuple[int, int, int, int] | None = None

    def __call__(self, frame: Image) -> Image:
        if self._box is None:
            self._box = self._find(frame)
        return frame.crop(*self._box)

    def _find(self, frame: Image) -> tuple[int, int, int, int]:
        size = frame.width, frame.height
        aspect, fixed = self._given.text("aspect"), self._given.text("size")
        if aspect is None and fixed is None:
            box = tuple(self._given.integer(name) or 0 for name in _BOX)
            return self._must_hold(size, (box[0], box[1]), (box[2], box[3]))
        kept = within(size, read_ratio(aspect)) if aspect else read_size(fixed)
        self._must_hold(size, (0, 0), kept)
        return (*window(frame, kept, self._given.text("gravity") or "center"), *kept)

    def _must_hold(self, size: Size, at: tuple[int, int], kept: Size) -> tuple[int, int, int, int]:
        if at[0] + kept[0] > size[0] or at[1] + kept[1] > size[1]:
            wanted = f"{kept[0]}x{kept[1]}" + (f" at {at[0]},{at[1]}" if at != (0, 0) else "")
            message = f"'{self._target}' is {size[0]}x{size[1]}, too small for a crop of {wanted}"
            raise StepError(message, hint="use 'aspect', a smaller crop, or 'resize' with 'fit: cover'")
        return (*at, *kept)

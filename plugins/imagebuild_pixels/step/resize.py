"""The step `resize`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild_pixels.canvas import must_hold, on_ground, window
from imagebuild_pixels.geometry import FITS, GRAVITIES, SMART, Fitted, fitted, place
from imagebuild_pixels.given import Given
from imagebuild_pixels.raster import Image, each_frame, resized, size_of
from imagebuild_pixels.rewrite import has_pixels, rewrite

__all__ = ["Resize"]


class Resize(Step):
    """Scales each picture to a width, a height, or a box of both.

    With one of the two, the shape stays. With both, `fit` says how the picture meets the box: `cover` fills it and cuts
    off what stands over, `contain` shows all of it on a ground, `inside` and `outside` keep the shape within or around
    the box, `fill` stretches. A picture is not enlarged unless `enlarge` says so: what is too small for the box is
    then cut to the shape of the box at its own size. The format stays; an animation stays one.
    """

    name = "resize"
    version = "1"
    marks = True
    options = (
        Option("width", "integer", "Width in pixels.", least=1, most=10_000, main=True, example="width: 800"),
        Option("height", "integer", "Height in pixels.", least=1, most=10_000, example="height: 600"),
        Option(
            "fit", "choice", "How the picture meets a box of width and height.", "cover", FITS, example="fit: inside"
        ),
        Option(
            "gravity",
            "choice",
            "What `cover` keeps, or where `contain` puts the picture; `attention` and `entropy` look at the pixels.",
            "center",
            (*GRAVITIES, *SMART),
            example="gravity: attention",
        ),
        Option("enlarge", "boolean", "Whether a small picture is scaled up.", False, example="enlarge: true"),
        Option(
            "background",
            "colour",
            "The ground of `contain`; a transparent one is white in a jpeg.",
            "transparent",
            example="background: '#1e90ff'",
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """There must be something to scale to."""
        given = Given(options)
        problems = []
        if not given.has("width", "height"):
            problems.append(
                OptionProblem("width", "'resize' needs 'width', 'height' or both", "for example: width: 800")
            )
        if given.text("fit") == "contain" and given.text("gravity") in SMART:
            message = f"'gravity: {given.text('gravity')}' is for 'fit: cover'; 'contain' cuts nothing off"
            problems.append(OptionProblem("gravity", message, f"one of {', '.join(GRAVITIES)}"))
        return problems

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """Scale each."""
        return [_resize(picture, context) if has_pixels(picture) else picture for picture in pictures]


def _resize(picture: Picture, context: StepContext) -> Picture:
    given = Given(context.options)
    width, height, fit = given.integer("width"), given.integer("height"), given.text("fit") or "cover"
    size = size_of(picture, context.target)
    plan = fitted(size, width, height, fit, enlarge=given.flag("enlarge"))
    for wanted in (plan.scale, plan.box):
        must_hold(wanted, context.target)
    change = _Change(plan, given.text("gravity") or "center", given.text("background") or "#00000000")
    return rewrite(picture, context, partial(each_frame, change=change), at_least=plan.scale)


class _Change:
    """Scales frame by frame; where pixels decide the window, those of the first frame do."""

    def __init__(self, plan: Fitted, gravity: str, background: str) -> None:
        self._plan = plan
        self._gravity = gravity
        self._background = background
        self._window: tuple[int, int] | None = None

    def __call__(self, frame: Image) -> Image:
        plan = self._plan
        scaled = resized(frame, *plan.scale)
        if plan.box == plan.scale:
            return scaled
        if plan.box[0] > plan.scale[0] or plan.box[1] > plan.scale[1]:
            return on_ground(scaled, plan.box, place(plan.box, plan.scale, self._gravity), self._background)
        if self._window is None:
            self._window = window(scaled, plan.box, self._gravity)
        return scaled.crop(*self._window, *plan.box)

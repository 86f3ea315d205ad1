"""The step `rasterize`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild_pixels.backdrop import beneath
from imagebuild_pixels.encode import Settings, encode
from imagebuild_pixels.given import Given
from imagebuild_pixels.svg.drawing import is_svg, safe
from imagebuild_pixels.svg.node import Element
from imagebuild_pixels.svg.renderer import MAX_EDGE, render
from imagebuild_pixels.svg.viewport import natural_size

__all__ = ["Rasterize"]

_DPI = 96
"""CSS pixels an inch (CSS Values 4, 6.2)."""


class Rasterize(Step):
    """Draws an SVG as pixels, at the size that is asked for.

    With one of `width` and `height` the other follows; with both, the drawing is fitted in and centred. `scale` and
    `dpi` go by its own size. It is made safe first, as by `sanitize`, so that it can fetch nothing. Text is refused,
    since its fonts differ between machines: turn it into outlines. A picture of pixels passes unchanged.
    """

    name = "rasterize"
    version = "1"
    marks = True
    options = (
        Option("width", "integer", "Width in pixels.", least=1, most=MAX_EDGE, main=True, example="width: 1024"),
        Option("height", "integer", "Height in pixels.", least=1, most=MAX_EDGE, example="height: 512"),
        Option(
            "scale", "number", "Times the drawing's own size in CSS pixels.", least=0.01, most=100, example="scale: 2"
        ),
        Option(
            "dpi",
            "number",
            "Pixels an inch, for drawings in millimetres or inches.",
            least=1,
            most=9600,
            example="dpi: 300",
        ),
        Option(
            "format",
            "choice",
            "The format of the result.",
            default="png",
            choices=("png", "webp", "avif", "jpeg"),
            example="format: webp",
        ),
        Option(
            "quality",
            "integer",
            "Quality of webp, jpeg (80 by itself) and avif (50).",
            least=1,
            most=100,
            example="quality: 85",
        ),
        Option(
            "background",
            "colour",
            "A colour behind the drawing; without one it stays transparent, white in a jpeg.",
            example="background: white",
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """A size is given in one way, and png has no quality."""
        given = Given(options)
        problems = []
        ways = [name for name in ("scale", "dpi") if given.has(name)]
        if len(ways) + given.has("width", "height") > 1:
            message = f"'{self.name}' takes one of width and height, 'scale' and 'dpi', found '{ways[0]}' and another"
            problems.append(OptionProblem(ways[0], message, "leave one out"))
        if given.has("quality") and given.text("format") == "png":
            problems.append(
                OptionProblem("quality", "'quality' means nothing for png", "it is for webp, avif and jpeg")
            )
        return problems

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """Each SVG drawn, the others as they are."""
        return [_drawn(picture, context) if is_svg(picture) else picture for picture in pictures]


def _drawn(picture: Picture, context: StepContext) -> Picture:
    given = Given(context.options)
    root = safe(picture.data, context.target)
    size = _size(root, given, context.target)
    (image,) = render(root, [size], context.target)
    background = given.text("background")
    if background is not None:
        image = beneath(image, background)
    return encode(
        image,
        given.text("format") or "png",
        target=context.target,
        source_type=context.source_type,
        settings=Settings(quality=given.integer("quality")),
        labels=picture.labels,
    )


def _size(root: Element, given: Given, target: str) -> tuple[int, int]:
    """Width and height in pixels that the options ask for."""
    width, height = given.integer("width"), given.integer("height")
    if width and height:
        return width, height
    own_width, own_height = natural_size(root, target)
    if width:
        factor = width / own_width
    elif height:
        factor = height / own_height
    else:
        factor = given.number("scale") or (given.number("dpi") or _DPI) / _DPI
    return width or max(1, round(own_width * factor)), height or max(1, round(own_height * factor))

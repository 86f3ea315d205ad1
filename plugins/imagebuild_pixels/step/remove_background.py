"""The step `remove-background`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imagebuild import Configurable, Option, OptionProblem, Picture, Step, StepContext
from imagebuild.errors import StepError
from imagebuild_pixels.colour import rgb
from imagebuild_pixels.cutout import cut_out
from imagebuild_pixels.encode import Settings, encode, fields_of
from imagebuild_pixels.given import Given
from imagebuild_pixels.ground import Edge, Ground, measure, named
from imagebuild_pixels.raster import Image, load
from imagebuild_pixels.rewrite import has_pixels

__all__ = ["RemoveBackground"]

_KINDS = ("auto", "plain", "checkerboard")
_LEAST_LEFT = 0.001
"""What is left of a picture, as a share, below which its subject has gone with the ground."""


class _Colour(Configurable):
    """Reads a colour as options of kind colour are read."""

    name = "remove-background"
    options = (Option("ground", "colour", "A colour."),)


class RemoveBackground(Step):
    """Makes the plain ground of a picture transparent, or the checkerboard that a model painted for transparency.

    The ground is measured along the picture's edge, and goes where it is joined to the edge. The border of the subject
    becomes as soft as it was, and loses the ground's colour, so that it shows no rim on another ground. Soft shadows
    and glows stay as they are. A picture whose edge is transparent already passes unchanged.
    """

    name = "remove-background"
    version = "1"
    marks = True
    options = (
        Option(
            "ground",
            "text",
            "What the subject stands on: `plain`, `checkerboard`, a colour, or `auto` for what is measured.",
            default="auto",
            main=True,
            example="ground: checkerboard",
        ),
        Option(
            "tolerance",
            "number",
            "How far from the ground's colour a pixel may be and still be ground, in percent.",
            default=8,
            least=0,
            most=50,
            example="tolerance: 12",
        ),
        Option(
            "feather",
            "integer",
            "How many pixels on both sides of the border are mixed of subject and ground; 0 for a hard edge.",
            default=2,
            least=0,
            most=20,
            example="feather: 3",
        ),
        Option(
            "inside",
            "boolean",
            "Remove what looks like the ground within the subject, too, such as between the spokes of a wheel.",
            default=False,
            example="inside: true",
        ),
        Option(
            "format",
            "choice",
            "The format of the result.",
            default="png",
            choices=("png", "webp"),
            example="format: webp",
        ),
        Option("quality", "integer", "Quality of webp; 80 by itself.", least=1, most=100, example="quality: 90"),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """The ground is one of three words or a colour."""
        given = Given(options)
        problems = []
        if given.text("ground") not in _KINDS and _colour(options["ground"]) is None:
            message = f"expected {', '.join(_KINDS)} or a colour like '#00ff00', found '{options['ground'][:40]}'"
            problems.append(OptionProblem("ground", message, "for example: ground: '#00ff00'"))
        if given.has("quality") and given.text("format") == "png":
            problems.append(OptionProblem("quality", "'quality' means nothing for png", "it is for webp"))
        return problems

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """Each without its ground."""
        return [_removed(picture, context) if has_pixels(picture) else picture for picture in pictures]


def _removed(picture: Picture, context: StepContext) -> Picture:
    given = Given(context.options)
    image = load(picture, context.target)
    if image.hasalpha() and _edge_alpha(image) < 128:
        return picture
    tolerance = round((given.number("tolerance") or 0) * 2.55)
    ground = _ground(image, given.text("ground") or "auto", tolerance, context.target)
    made, mask = cut_out(
        image, ground, tolerance=tolerance, feather=given.integer("feather") or 0, inside=given.flag("inside")
    )
    _judge(mask.avg() / 255, ground, image, tolerance, context.target)
    if image.hasalpha():
        alpha = (made.extract_band(3) * image.extract_band(3) / 255 + 0.5).cast("uchar")
        made = made.extract_band(0, n=3).bandjoin(alpha).copy(interpretation="srgb")
    form = given.text("format") or "png"
    labels = {**picture.labels, "format": form} if "format" in picture.labels else picture.labels
    return encode(
        made,
        form,
        target=context.target,
        source_type=context.source_type,
        fields=fields_of(picture, context.target),
        settings=Settings(quality=given.integer("quality")),
        labels=labels,
    )


def _edge_alpha(image: Image) -> float:
    """The mean alpha along the edge, 0 to 255."""
    alpha = image.extract_band(3)
    boxes = (
        (0, 0, image.width, 1),
        (0, image.height - 1, image.width, 1),
        (0, 0, 1, image.height),
        (image.width - 1, 0, 1, image.height),
    )
    return sum(float(alpha.crop(*box).avg()) for box in boxes) / len(boxes)


def _ground(image: Image, wanted: str, tolerance: int, target: str) -> Ground:
    colour = _colour(wanted) if wanted not in _KINDS else None
    if colour is not None:
        return Ground((rgb(colour),))
    edge = measure(image, tolerance)
    found = {"auto": edge.board or edge.plain, "plain": edge.plain, "checkerboard": edge.board}[wanted]
    if found is not None:
        return found
    kind = "neither one colour nor a checkerboard" if wanted == "auto" else f"not {_MEANING[wanted]}"
    raise StepError(
        f"'{target}' has a ground that is {kind}: {edge}",
        hint="ask for a plain background in the prompt, or give its colour as 'ground' or a larger 'tolerance'",
    )


_MEANING = {"plain": "of one colour", "checkerboard": "a checkerboard"}


def _judge(share: float, ground: Ground, image: Image, tolerance: int, target: str) -> None:
    """Refuse a result that nobody wants: nothing removed, or nothing left."""
    colours = " and ".join(named(colour) for colour in ground.colours)
    if share == 0:
        edge: Edge = measure(image, tolerance)
        raise StepError(f"'{target}' has no ground of {colours} at its edge: {edge}", hint="try 'ground: auto'")
    if share > 1 - _LEAST_LEFT:
        raise StepError(f"'{target}' is all ground of {colours}, nothing would be left", hint="lower 'tolerance'")


def _colour(value: str) -> str | None:
    """``#rrggbb`` for what is a colour."""
    resolution = _Colour().resolve({"ground": value})
    return Given(resolution.options).text("ground") if not resolution.problems else None

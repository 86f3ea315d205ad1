"""The step `sanitize`."""

from __future__ import annotations

from collections.abc import Sequence

from imagebuild import Option, Picture, Step, StepContext
from imagebuild_pixels.given import Given
from imagebuild_pixels.svg.drawing import MEDIA_TYPE, is_svg, safe, written

__all__ = ["Sanitize"]


class Sanitize(Step):
    """Takes out of an SVG all that is no drawing: scripts, event handlers, links, foreign content, metadata.

    What may stay is listed; everything else goes. Links may name parts of the drawing itself, pictures may be embedded
    as png, jpeg or webp, styles may use known properties and functions. A file that declares entities, refers to itself
    or multiplies beyond a million elements is refused. A file that is no SVG passes unchanged. The drawing looks as
    before, and the same drawing always gives the same bytes.
    """

    name = "sanitize"
    version = "1"
    marks = True
    options = (
        Option(
            "strict",
            "boolean",
            "Refuse an SVG that holds anything dangerous, instead of taking it out.",
            default=False,
            example="strict: true",
        ),
    )

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """Each SVG made safe, the others as they are."""
        return [_sanitized(picture, context) if is_svg(picture) else picture for picture in pictures]


def _sanitized(picture: Picture, context: StepContext) -> Picture:
    root = safe(picture.data, context.target, strict=Given(context.options).flag("strict"))
    return Picture(written(root, context.source_type), MEDIA_TYPE, picture.labels)

"""The check ``blank``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from imagebuild import Check, CheckContext, CheckResult, Option, Picture
from imagebuild_pixels.check.finished import first_frame, largest, rasters_of
from imagebuild_pixels.raster import Image

__all__ = ["Blank"]

_SIDE = 256
_WAVER = 8
"""Levels of 255 by which a compression lets one colour waver."""
_LEAST = 0.1
"""Percent of the pixels that must differ: at 256 pixels, a dot of eight by eight."""


class Blank(Check):
    """The picture is not empty: neither of one colour, or nearly so, nor transparent all over.

    The largest finished picture is looked at, of an animation its first frame. SVG and files that are no pictures are
    passed over.
    """

    name = "blank"
    version = "1"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "wanted",
            "boolean",
            "Whether the picture must be blank; false says that it must not.",
            default=False,
            main=True,
            example="wanted: false",
        ),
    )

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        """Judge by a small copy."""
        wanted = context.options["wanted"] is True
        words = "one colour" if wanted else "more than one colour"
        found = largest(rasters_of(pictures, context.target))
        if found is None:
            return CheckResult(True, "no picture made of pixels", words)
        image = first_frame(found[0], at_least=(_SIDE, _SIDE))
        image = image.thumbnail_image(_SIDE, height=_SIDE, size="down", no_rotate=True)
        if image.hasalpha() and image.extract_band(3).max() <= _WAVER:
            return CheckResult(wanted, "transparent all over", words)
        share = _other_colours(image)
        measured = f"{100 - share:.4g} % of one colour"
        return CheckResult((share < _LEAST) == wanted, measured, words)


def _other_colours(image: Image) -> float:
    """Percent of the pixels that are not of the median colour; where a pixel is clear, its colour does not count."""
    if image.hasalpha():
        image = image.premultiply().cast("uchar")
    differs = None
    for band in image.bandsplit():
        apart = (band - band.percent(50)).abs() > _WAVER
        differs = apart if differs is None else differs | apart
    assert differs is not None
    return float(differs.avg()) / 255 * 100

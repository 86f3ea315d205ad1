"""The check ``min_size``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from imagebuild import Check, CheckContext, CheckResult, Option, Picture, read_size
from imagebuild_pixels.check.finished import largest, rasters_of

__all__ = ["MinSize"]


class MinSize(Check):
    """The largest finished picture is at least this wide and this high.

    Smaller ones beside it do no harm: a page takes the one that fits. SVG, which has any size, and files that are no
    pictures are passed over.
    """

    name = "min_size"
    version = "1"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "size",
            "size",
            "Width and height in pixels that the largest finished picture must reach.",
            required=True,
            main=True,
            example="size: 1200x600",
        ),
    )

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        """Judge by the headers alone."""
        width, height = read_size(context.options["size"])
        wanted = f"at least {width}x{height}"
        found = largest(rasters_of(pictures, context.target))
        if found is None:
            return CheckResult(True, "no picture made of pixels", wanted)
        across, down = found[1]
        return CheckResult(across >= width and down >= height, f"{across}x{down}", wanted)

"""The check ``max_size``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from imagebuild import Check, CheckContext, CheckResult, Option, Picture, read_size
from imagebuild_pixels.check.finished import rasters_of
from imagebuild_pixels.raster import size_of

__all__ = ["MaxSize"]


class MaxSize(Check):
    """No finished picture is wider or higher than this.

    SVG, which has any size, and files that are no pictures are passed over.
    """

    name = "max_size"
    version = "1"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "size",
            "size",
            "Width and height in pixels that no finished picture may exceed.",
            required=True,
            main=True,
            example="size: 4000x4000",
        ),
    )

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        """Judge by the headers alone."""
        width, height = read_size(context.options["size"])
        wanted = f"at most {width}x{height}"
        files = rasters_of(pictures, context.target)
        if not files:
            return CheckResult(True, "no picture made of pixels", wanted)
        sizes = [(size_of(file.picture, file.name), file.name) for file in files]
        (across, down), name = max(sizes, key=lambda each: max(each[0][0] / width, each[0][1] / height))
        size = f"{across}x{down}"
        return CheckResult(across <= width and down <= height, f"{size} ({name})" if len(files) > 1 else size, wanted)

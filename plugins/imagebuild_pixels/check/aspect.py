"""The check ``aspect``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from imagebuild import Check, CheckContext, CheckResult, Option, Picture, read_ratio
from imagebuild_pixels.check.finished import listed, rasters_of
from imagebuild_pixels.raster import size_of

__all__ = ["Aspect"]


class Aspect(Check):
    """Every finished picture has this ratio of width to height.

    A pixel more or less is no fault, however small the picture. SVG and files that are no pictures are passed over.
    """

    name = "aspect"
    version = "1"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "ratio",
            "ratio",
            "Width to height.",
            required=True,
            main=True,
            example='ratio: "16:9"',
        ),
        Option(
            "tolerance",
            "number",
            "By how many percent a picture may be wider or narrower.",
            default=1,
            least=0,
            most=100,
            example="tolerance: 5",
        ),
    )

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        """Judge by the headers alone."""
        options: Mapping[str, Any] = context.options
        ratio, tolerance = read_ratio(options["ratio"]), options["tolerance"]
        wanted = f"{options['ratio']} within {tolerance:g} %"
        sizes = {file.name: size_of(file.picture, file.name) for file in rasters_of(pictures, context.target)}
        bad = {name: size for name, size in sizes.items() if not _has(size, ratio, tolerance)}
        shown = dict.fromkeys(f"{width}x{height}" for width, height in (bad or sizes).values())
        measured = listed(list(shown)) or "no picture made of pixels"
        if bad and len(sizes) > 1:
            measured += f" ({listed(list(bad))})"
        return CheckResult(not bad, measured, wanted)


def _has(size: tuple[int, int], ratio: float, tolerance: float) -> bool:
    width, height = size
    if abs(width - height * ratio) < 1 or abs(height - width / ratio) < 1:
        return True
    return abs(width / height / ratio - 1) <= tolerance / 100

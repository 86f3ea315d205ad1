"""The step `sheet`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild_pixels.mosaic_option import MOSAIC_OPTIONS, judge_mosaic

__all__ = ["Sheet"]


class Sheet(Step):
    """Puts all pictures of the target on one page, uncropped, in rows that fill its width.

    The pictures are those of `from`, in order. Rows are broken so that their heights are as near to `row_height` as
    can be; the last row is left unfilled where filling it would make it much higher. Small pictures are enlarged to
    their row.
    """

    name = "sheet"
    version = "1"
    marks = True
    options = (
        Option(
            "width",
            "integer",
            "Width of the page in pixels, its padding included.",
            1600,
            least=16,
            most=16_000,
            main=True,
            example="width: 2000",
        ),
        Option(
            "row_height",
            "integer",
            "How high rows are, more or less, in pixels.",
            300,
            least=4,
            most=8_000,
            example="row_height: 220",
        ),
        Option("gap", "integer", "Pixels between pictures.", 12, least=0, most=2_000, example="gap: 8"),
        Option("padding", "integer", "Pixels around all.", 12, least=0, most=4_000, example="padding: 24"),
        *MOSAIC_OPTIONS,
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """Labels come from one place, and the page has room for pictures."""
        problems = judge_mosaic(options)
        width, padding = options.get("width"), options.get("padding")
        if isinstance(width, int) and isinstance(padding, int) and width <= 2 * padding:
            message = f"'padding' on both sides takes all of 'width', {width} px"
            problems.append(OptionProblem("padding", message, "lower it"))
        return problems

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """All of them as one."""
        # Loaded with the first sheet: a build that makes none pays for no fonts and lines.
        from imagebuild_pixels.tiling import sheet

        return sheet(pictures, context)

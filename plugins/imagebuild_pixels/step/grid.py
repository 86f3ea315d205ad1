"""The step `grid`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild_pixels.geometry import GRAVITIES, SMART
from imagebuild_pixels.mosaic_option import MOSAIC_OPTIONS, judge_mosaic

__all__ = ["Grid"]


class Grid(Step):
    """Puts all pictures of the target into one, in cells of one size.

    The pictures are those of `from`, in order, row by row. A cell shows the whole picture, or is filled by it with
    `fit: cover`. Nothing is enlarged unless `enlarge` says so; an SVG is drawn at the size it gets.
    """

    name = "grid"
    version = "1"
    marks = True
    options = (
        Option(
            "columns",
            "integer",
            "How many pictures stand side by side. Left out: as many as rows, or one more.",
            least=1,
            most=200,
            main=True,
            example="columns: 3",
        ),
        Option(
            "cell",
            "size",
            "Size of a cell. Left out: as wide as the widest picture and as high as the highest.",
            example="cell: 400x300",
        ),
        Option(
            "fit",
            "choice",
            "Whether a cell shows the whole picture (`contain`), is filled by it and cuts off what stands over "
            "(`cover`), or stretches it (`fill`).",
            "contain",
            ("contain", "cover", "fill"),
            example="fit: cover",
        ),
        Option(
            "gravity",
            "choice",
            "What `cover` keeps, or where a smaller picture stands; `attention` and `entropy` look at the pixels.",
            "center",
            (*GRAVITIES, *SMART),
            example="gravity: attention",
        ),
        Option("enlarge", "boolean", "Whether small pictures are scaled up.", False, example="enlarge: true"),
        Option(
            "gap",
            "length",
            "Room between cells; a percentage is of a cell's shorter edge, as with `padding`.",
            "4%",
            example="gap: 16",
        ),
        Option("padding", "length", "Room around all.", "4%", example="padding: 32"),
        *MOSAIC_OPTIONS,
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """Labels come from one place, and pixels decide only where something is cut off."""
        problems = judge_mosaic(options)
        if options.get("gravity") in SMART and options.get("fit") != "cover":
            message = f"'gravity: {options['gravity']}' is for 'fit: cover'; '{options['fit']}' cuts nothing off"
            problems.append(OptionProblem("gravity", message, f"one of {', '.join(GRAVITIES)}"))
        return problems

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """All of them as one."""
        # Loaded with the first grid: a build that makes none pays for no fonts and lines.
        from imagebuild_pixels.tiling import grid

        return grid(pictures, context)

"""The step `text`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild_pixels.geometry import GRAVITIES
from imagebuild_pixels.given import Given
from imagebuild_pixels.lettering.option import FACE_OPTIONS, judge_face
from imagebuild_pixels.rewrite import rewrite_all

__all__ = ["Text"]

_SIZE = re.compile(r"fit|\d{1,4}|\d{1,3}(\.\d{1,3})?%")


class Text(Step):
    """Writes a text on each picture: a title, a caption, a credit line.

    The text is wrapped at words into a box and set at the largest size that fits, or at the size that is given. Long
    words are broken only where they must be. A text that does not fit is an error, unless `overflow` lets it shrink or
    end in an ellipsis; it is never cut off. Arabic and Hebrew run to the left, Chinese and Japanese wrap between
    characters; a character that no font of the step has is an error that names it.
    """

    name = "text"
    version = "1"
    marks = True
    options = (
        Option("text", "text", "What is written; line breaks stay.", required=True, main=True, example='text: "Hello"'),
        Option(
            "size",
            "text",
            "Size of the letters: pixels, a percentage of the picture's shorter edge, or `fit`: as large as the box "
            "allows.",
            "fit",
            example="size: 6%",
        ),
        Option("least", "length", "The smallest size for `fit` and `shrink`.", "3%", least=1, example="least: 24"),
        Option("most", "length", "The largest size for `fit`.", "14%", least=1, example="most: 96"),
        Option("gravity", "choice", "Where the text stands.", "center", GRAVITIES, example="gravity: south"),
        Option(
            "width",
            "length",
            "Width of the box, a percentage being of the picture's width. Left out: all that `margin` leaves.",
            least=1,
            example="width: 60%",
        ),
        Option(
            "height",
            "length",
            "Height of the box, a percentage being of the picture's height. Left out: all that `margin` leaves.",
            least=1,
            example="height: 40%",
        ),
        Option("margin", "length", "Room between the box and the picture's edges.", "5%", example="margin: 40"),
        Option(
            "align",
            "choice",
            "How lines stand to each other; `start` goes by how a line is read. Left out: as `gravity` has it.",
            choices=("start", "left", "center", "right"),
            example="align: left",
        ),
        Option(
            "line_height",
            "number",
            "From line to line, in sizes of the text.",
            1.15,
            least=0.6,
            most=4,
            example="line_height: 1.3",
        ),
        Option("lines", "integer", "How many lines there may be.", least=1, most=200, example="lines: 2"),
        Option("balance", "boolean", "Whether lines are made about equally long.", True, example="balance: false"),
        Option(
            "overflow",
            "choice",
            "What becomes of a text that does not fit: an `error`, smaller letters down to `least` (`shrink`), or an "
            "`ellipsis`.",
            "error",
            ("error", "shrink", "ellipsis"),
            example="overflow: ellipsis",
        ),
        Option("color", "colour", "Colour of the letters.", "white", example="color: '#ffd166'"),
        Option(
            "shadow",
            "colour",
            "A soft shadow behind the letters. Left out: a dark one where there is neither `background` nor `outline`; "
            "`transparent` for none.",
            example="shadow: '#00000080'",
        ),
        Option("outline", "colour", "A line around the letters.", example="outline: black"),
        Option(
            "outline_width",
            "number",
            "How wide the outline is, in sizes of the text.",
            0.06,
            least=0,
            most=0.5,
            example="outline_width: 0.1",
        ),
        Option("background", "colour", "A panel behind the text.", example="background: black"),
        Option(
            "background_opacity",
            "number",
            "How opaque the panel is, 0 to 1.",
            1,
            least=0,
            most=1,
            example="background_opacity: 0.6",
        ),
        Option(
            "panel",
            "choice",
            "How large the panel is: as the `text`, as the `box`, or a `band` across the picture.",
            "text",
            ("text", "box", "band"),
            example="panel: band",
        ),
        Option("padding", "length", "Room between text and panel edge.", "2.5%", example="padding: 16"),
        Option("radius", "length", "Radius of the panel's corners.", 0, example="radius: 12"),
        *FACE_OPTIONS,
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """Sizes and language must be such."""
        size = str(options.get("size", "fit")).strip()
        problems = judge_face(options)
        if not _SIZE.fullmatch(size) or size.rstrip("%").strip("0.") == "":
            hint = "for example: size: 48, size: 6% or size: fit"
            problems.append(OptionProblem("size", f"expected a size of letters, found '{size}'", hint))
        least, most = options.get("least"), options.get("most")
        if isinstance(least, int) and isinstance(most, int) and least > most:
            problems.append(OptionProblem("least", f"'least' is {least}, more than 'most', {most}", "lower it"))
        return problems

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """Write on each; without any text they stay as they are."""
        if not (Given(context.options).text("text") or "").strip():
            return list(pictures)
        # Loaded with the first text: a build that writes none pays for no fonts and lines.
        from imagebuild_pixels.lettering.caption import Caption

        caption = Caption(context)
        return rewrite_all(pictures, context, lambda: caption)

"""The step `watermark`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild_pixels.geometry import GRAVITIES
from imagebuild_pixels.given import Given
from imagebuild_pixels.lettering.option import FACE_OPTIONS, judge_face
from imagebuild_pixels.overlay import BLENDS
from imagebuild_pixels.rewrite import rewrite_all

__all__ = ["Watermark"]


class Watermark(Step):
    """Puts a logo or a line of text on each picture, once or all over it.

    The mark is as large as `width` or `size` says, smaller where it would not fit, and an image of pixels is never
    enlarged. An SVG is drawn at the size it gets.
    """

    name = "watermark"
    version = "1"
    marks = True
    options = (
        Option("image", "file", "The mark: png, jpeg, webp, avif or svg.", example="image: {file: refs/logo.svg}"),
        Option("text", "text", "The mark as text, in place of an image.", main=True, example='text: "© Studio"'),
        Option(
            "position",
            "choice",
            "Where the mark stands; `tile` repeats it all over the picture.",
            "southeast",
            (*GRAVITIES, "tile"),
            example="position: tile",
        ),
        Option(
            "width",
            "length",
            "Width of the mark, a percentage being of the picture's width. Left out: 20 % for an image, and for a text "
            "what its `size` makes it.",
            least=1,
            example="width: 15%",
        ),
        Option(
            "size", "length", "Size of a text's letters, where no `width` is given.", "4%", least=6, example="size: 24"
        ),
        Option("margin", "length", "Room between mark and picture edge.", "3%", example="margin: 24"),
        Option("gap", "length", "Room between the marks of a `tile`.", "8%", example="gap: 60"),
        Option("opacity", "number", "How opaque the mark is, 0 to 1.", 0.7, least=0, most=1, example="opacity: 0.4"),
        Option("rotate", "number", "Degrees it is turned, clockwise.", 0, least=-360, most=360, example="rotate: -30"),
        Option(
            "blend",
            "choice",
            "How its colours meet the picture's: laid `over`, darkening (`multiply`) or lightening (`screen`).",
            "over",
            BLENDS,
            example="blend: screen",
        ),
        Option("color", "colour", "Colour of the text.", "white", example="color: black"),
        Option(
            "shadow",
            "colour",
            "A soft shadow behind the text; `transparent` for none.",
            "#00000080",
            example="shadow: transparent",
        ),
        *FACE_OPTIONS,
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """It is an image or a text."""
        problems = judge_face(options)
        if ("image" in options) == bool(str(options.get("text", "")).strip()):
            found = "both" if "image" in options else "neither"
            hint = 'for example: image: {file: refs/logo.png}, or text: "© Studio"'
            problems.append(OptionProblem("image", f"'watermark' takes 'image' or 'text', found {found}", hint))
        return problems

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """Mark each."""
        if Given(context.options).number("opacity") == 0:
            return list(pictures)
        # Loaded with the first mark: a build that sets none pays for no fonts and lines.
        from imagebuild_pixels.mark import Watermarking

        marking = Watermarking(context)
        return rewrite_all(pictures, context, lambda: marking)

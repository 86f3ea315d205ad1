"""The options that `grid` and `sheet` share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagebuild import Option, OptionProblem
from imagebuild_pixels.lettering.option import FACE_OPTIONS, judge_face

__all__ = ["MOSAIC_OPTIONS", "judge_mosaic"]

MOSAIC_OPTIONS = (
    Option("radius", "length", "Radius of the pictures' corners.", 0, example="radius: 12"),
    Option(
        "background", "colour", "The ground behind all; `transparent` for none.", "white", example="background: black"
    ),
    Option("labels", "text", "Texts below the pictures, in order.", many=True, example="labels: [Before, After]"),
    Option(
        "names",
        "boolean",
        "Whether the pictures' names stand below them: of a target its id, of a file its name.",
        False,
        example="names: true",
    ),
    Option(
        "label_size",
        "length",
        "Size of these letters; a percentage is of a cell's shorter edge, on a sheet of `row_height`.",
        "6%",
        least=6,
        most=400,
        example="label_size: 28",
    ),
    Option(
        "label_lines",
        "integer",
        "How many lines a label may have; a longer one ends in an ellipsis.",
        2,
        least=1,
        most=10,
        example="label_lines: 1",
    ),
    Option(
        "label_color",
        "colour",
        "Colour of these letters. Left out: dark on a light ground, light on a dark one.",
        example="label_color: '#555'",
    ),
    Option(
        "format",
        "choice",
        "The format of the result.",
        "png",
        ("png", "webp", "jpeg", "avif"),
        example="format: webp",
    ),
    Option(
        "quality",
        "integer",
        "Quality of webp, jpeg and avif; each has a default of its own.",
        least=1,
        most=100,
        example="quality: 85",
    ),
    *FACE_OPTIONS,
)


def judge_mosaic(options: Mapping[str, Any]) -> list[OptionProblem]:
    """Labels come from one place."""
    problems = judge_face(options)
    if options.get("labels") and options.get("names"):
        problems.append(OptionProblem("names", "'labels' and 'names' are both given", "leave one out"))
    return problems

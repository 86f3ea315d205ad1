"""The step `responsive`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild_pixels.encode import QUALITY, Settings, encode, fields_of
from imagebuild_pixels.geometry import scaled
from imagebuild_pixels.given import Given
from imagebuild_pixels.memory import give_back
from imagebuild_pixels.parallel import all_of
from imagebuild_pixels.raster import Image, load, resized
from imagebuild_pixels.rewrite import has_pixels

__all__ = ["Responsive"]

_FORMATS = ("avif", "webp", "jpeg", "png")


class Responsive(Step):
    """Makes each picture in several widths and formats, for `<picture>` and `srcset`.

    Nothing is enlarged: of all widths above the picture's own, its own is made once. Each width is scaled from the
    picture itself, and looks the same whatever other widths there are. Results have the labels `width` and `format`.
    """

    name = "responsive"
    version = "1"
    marks = True
    options = (
        Option(
            "widths",
            "integer",
            "Widths in pixels.",
            [400, 800, 1600],
            least=1,
            most=16_383,
            many=True,
            main=True,
            example="widths: [400, 800, 1600]",
        ),
        Option(
            "formats",
            "choice",
            "Formats, best first.",
            ["avif", "webp", "jpeg"],
            _FORMATS,
            many=True,
            example="formats: [avif, webp, jpeg]",
        ),
        Option(
            "quality",
            "block",
            "Quality by format, 1 to 100; 80 for jpeg and webp and 50 for avif where left out.",
            example="quality: {avif: 60, jpeg: 85}",
        ),
        Option(
            "effort",
            "integer",
            "How long avif looks for fewer bytes, 0 to 9; 4 takes four times as long as 3 for some 5 % fewer.",
            3,
            least=0,
            most=9,
            example="effort: 4",
        ),
        Option(
            "background",
            "colour",
            "What a jpeg shows where the picture is transparent.",
            "white",
            example="background: '#fdf6e3'",
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """Lists must hold something, and the block of qualities name what has one."""
        given = Given(options)
        problems = [
            OptionProblem(name, f"'{name}' is empty", "leave it out for the default")
            for name in ("widths", "formats")
            if not options[name]
        ]
        for name, value in given.block("quality").items():
            if name not in QUALITY:
                message = f"'{name}' has no quality, expected {', '.join(QUALITY)}"
                problems.append(OptionProblem("quality", message, "for example: quality: {avif: 60, jpeg: 85}"))
            elif isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 100:
                problems.append(OptionProblem("quality", f"quality of '{name}': expected 1 to 100, found '{value}'"))
        return problems

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """All widths and formats of each picture, the smallest width first."""
        results: list[Picture] = []
        for picture in pictures:
            results += _variants(picture, context) if has_pixels(picture) else [picture]
        return results


def _variants(picture: Picture, context: StepContext) -> list[Picture]:
    given = Given(context.options)
    fields = fields_of(picture, context.target)
    image = load(picture, context.target)
    widths = sorted({min(width, image.width) for width in given.integers("widths")})
    forms = list(dict.fromkeys(given.texts("formats")))
    sizes = {width: resized(image, *scaled((image.width, image.height), width=width)) for width in widths}
    # The widest first: a build of one picture waits for it.
    order = [(width, form) for width in reversed(widths) for form in forms]
    made = all_of(partial(_encode, picture, context, fields, sizes[width], form) for width, form in order)
    give_back()
    results = dict(zip(order, made, strict=True))
    return [results[width, form] for width in widths for form in forms]


def _encode(picture: Picture, context: StepContext, fields: dict[str, str], image: Image, form: str) -> Picture:
    given = Given(context.options)
    return encode(
        image,
        form,
        target=context.target,
        source_type=context.source_type,
        fields=fields,
        settings=Settings(
            quality=given.block("quality").get(form),
            effort=given.integer("effort") if form == "avif" else None,
            background=given.text("background") or "#ffffff",
        ),
        labels={**picture.labels, "width": image.width, "format": form},
    )

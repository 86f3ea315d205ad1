"""The step `convert`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild_pixels.encode import FORMATS, Settings, encode, fields_of
from imagebuild_pixels.given import Given
from imagebuild_pixels.raster import load
from imagebuild_pixels.rewrite import has_pixels

__all__ = ["Convert"]

_KNOWS = {
    "quality": ("jpeg", "webp", "avif"),
    "lossless": ("webp", "avif"),
    "effort": ("webp", "avif"),
    "subsampling": ("jpeg", "avif"),
    "background": ("jpeg",),
    "progressive": ("jpeg",),
}


class Convert(Step):
    """Writes each picture in another format, or in the same with another quality.

    An animation can become a webp or a gif. What is transparent shows the `background` in a jpeg.
    """

    name = "convert"
    version = "1"
    marks = True
    options = (
        Option(
            "format", "choice", "The format.", None, tuple(FORMATS), required=True, main=True, example="format: webp"
        ),
        Option(
            "quality",
            "integer",
            "1 to 100; 80 for jpeg and webp and 50 for avif where it is left out, which look about the same.",
            least=1,
            most=100,
            example="quality: 85",
        ),
        Option("lossless", "boolean", "For webp and avif: every pixel stays as it is.", example="lossless: true"),
        Option(
            "effort",
            "integer",
            "How long to look for fewer bytes: 0 to 9 for avif, else 3; 0 to 6 for webp, else 4.",
            least=0,
            most=9,
            example="effort: 4",
        ),
        Option(
            "subsampling",
            "choice",
            "For jpeg and avif: colours at full (`4:4:4`) or half resolution; by itself full from quality 90 on.",
            None,
            ("4:4:4", "4:2:0"),
            example='subsampling: "4:4:4"',
        ),
        Option(
            "progressive",
            "boolean",
            "For jpeg: a rough picture first; on where left out.",
            example="progressive: false",
        ),
        Option(
            "background",
            "colour",
            "For jpeg: what shows where the picture is transparent; white where left out.",
            example="background: '#fdf6e3'",
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """An option that the format does not know is a mistake, not a wish to be passed over."""
        given = Given(options)
        form = given.text("format") or ""
        problems = [
            OptionProblem(name, f"'{name}' means nothing for {form}", f"it is for {', '.join(knowing)}")
            for name, knowing in _KNOWS.items()
            if given.has(name) and form not in knowing
        ]
        if given.flag("lossless") and given.has("quality"):
            problems.append(OptionProblem("quality", "'quality' means nothing with 'lossless: true'", "leave one out"))
        if form == "webp" and (given.integer("effort") or 0) > 6:
            problems.append(OptionProblem("effort", f"expected 0 to 6 for webp, found {given.integer('effort')}"))
        return problems

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """Convert each."""
        return [_convert(picture, context) if has_pixels(picture) else picture for picture in pictures]


def _convert(picture: Picture, context: StepContext) -> Picture:
    given = Given(context.options)
    form = given.text("format") or ""
    labels = {**picture.labels, "format": form} if "format" in picture.labels else picture.labels
    return encode(
        load(picture, context.target, frames=form in ("gif", "webp")),
        form,
        target=context.target,
        source_type=context.source_type,
        fields=fields_of(picture, context.target),
        settings=Settings(
            quality=given.integer("quality"),
            lossless=given.flag("lossless"),
            effort=given.integer("effort"),
            background=given.text("background") or "#ffffff",
            progressive=not given.has("progressive") or given.flag("progressive"),
            subsampling=given.text("subsampling") or "auto",
        ),
        labels=labels,
    )

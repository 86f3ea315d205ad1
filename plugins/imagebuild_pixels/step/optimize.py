"""The step `optimize`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild.errors import StepError
from imagebuild_pixels import xmp
from imagebuild_pixels.container import rewritten
from imagebuild_pixels.encode import FORMATS, Settings, encode, fields_of, format_of
from imagebuild_pixels.given import Given
from imagebuild_pixels.raster import frames_of, load, orientation_of
from imagebuild_pixels.recompress import recompressed
from imagebuild_pixels.rewrite import has_pixels

__all__ = ["Optimize"]

_PALETTES = (2, 4, 16, 256)


class Optimize(Step):
    """Makes files smaller without touching a pixel.

    A png is compressed again, as well as can be; all formats lose their metadata but for a colour profile and our own
    mark. With `colors` a png gets a palette of so many colours, which is smaller still and not quite the same.
    """

    name = "optimize"
    version = "1"
    marks = True
    options = (
        Option(
            "colors",
            "integer",
            "For png: colours of a palette, 2, 4, 16 or 256.",
            least=2,
            most=256,
            main=True,
            example="colors: 256",
        ),
        Option(
            "dither",
            "number",
            "How much the colours of a palette are mixed, 0 to 1; 1 where left out.",
            least=0,
            most=1,
            example="dither: 0.5",
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """PNG knows four sizes of palettes, and only a palette is dithered."""
        given = Given(options)
        colours = given.integer("colors")
        if colours is None and given.has("dither"):
            return [OptionProblem("dither", "'dither' means nothing without 'colors'", "for example: colors: 256")]
        if colours is not None and colours not in _PALETTES:
            return [OptionProblem("colors", f"expected 2, 4, 16 or 256, found {colours}", "for example: colors: 256")]
        return []

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """Optimize each."""
        return [_optimize(picture, context) if has_pixels(picture) else picture for picture in pictures]


def _optimize(picture: Picture, context: StepContext) -> Picture:
    given, target = Given(context.options), context.target
    form, fields = format_of(picture, target), fields_of(picture, target)
    if given.has("colors"):
        if form != "png":
            raise StepError(f"'{target}' is {form}, expected png for a palette", hint="leave out 'colors'")
        dither = given.number("dither")
        settings = Settings(colours=given.integer("colors"), dither=1.0 if dither is None else dither)
        return encode(
            load(picture, target),
            form,
            target=target,
            source_type=context.source_type,
            fields=fields,
            settings=settings,
            labels=picture.labels,
        )
    packet, orientation = xmp.build(fields, context.source_type), orientation_of(picture, target)
    try:
        data = rewritten(picture.data, form, packet, orientation=orientation)
        if form == "png" and frames_of(picture, target) == 1:
            again = rewritten(recompressed(picture, target), form, packet, orientation=orientation)
            data = min(data, again, key=len)
    except ValueError as error:
        raise StepError(f"'{target}' cannot be read: {error}", hint="replace the file") from error
    return Picture(data, FORMATS[form], picture.labels)

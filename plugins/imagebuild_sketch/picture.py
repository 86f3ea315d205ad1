"""From a request to encoded bytes: compose, render, finish, encode."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from imagebuild import Request
from imagebuild_sketch import raster
from imagebuild_sketch.brief import Brief, describe, read
from imagebuild_sketch.compose import Drawing, compose
from imagebuild_sketch.option import MEDIA_TYPES, Settings
from imagebuild_sketch.reference import tints_of

__all__ = ["Sketched", "draw", "drawing_of"]


_UNDER_THE_SKY = frozenset(("landscape", "city", "sea", "forest"))
_HOURS = ("day", "day", "dawn", "sunset", "day")
"""The hour of each attempt at a prompt that names none."""


class Sketched(Struct, frozen=True):
    """A finished picture and the sentence that says what was understood."""

    data: bytes
    media_type: str
    sentence: str


def drawing_of(brief: Brief, settings: Settings, *, candidate: int, take: int, tints: tuple[str, ...] = ()) -> Drawing:
    """The composed drawing of a brief; attempts beyond the first differ in composition, light and palette."""
    attempt = (candidate - 1) + 101 * (take - 1)
    if not brief.timed and brief.time == "day" and brief.scene in _UNDER_THE_SKY:
        brief = replace(brief, time=_HOURS[attempt % len(_HOURS)])
    return compose(
        brief,
        size=settings.size or (1024, 1024),
        seed=f"sketch-1|{' '.join(brief.words)}|{attempt}",
        quality=settings.quality,
        transparent=settings.background == "transparent",
        mirrored=attempt % 2 == 1,
        tints=tints,
    )


def draw(request: Request) -> Sketched:
    """Generate a picture from nothing but the request."""
    settings = Settings.of(request.options)
    brief = read(request.prompt)
    transparent = settings.background == "transparent"
    tints = tints_of(request.inputs)
    drawing = drawing_of(brief, settings, candidate=request.candidate, take=request.take, tints=tints)
    image = drawing.style.finish(raster.render(drawing.svg))
    if not transparent:
        image = image.extract_band(0, n=3)
    media_type = MEDIA_TYPES[settings.output_format]
    data = raster.encode(image, media_type, settings.output_compression, alpha=transparent)
    return Sketched(data, media_type, describe(brief, transparent=transparent))

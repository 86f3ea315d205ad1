"""What most steps have in common: pixels out of a picture, something done to them, and back into the same format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from imagebuild import Picture, StepContext
from imagebuild_pixels.container.webp import is_lossless
from imagebuild_pixels.encode import FORMATS, Settings, encode, fields_of, format_of
from imagebuild_pixels.raster import Image, each_frame, load

__all__ = ["has_pixels", "kept", "rewrite", "rewrite_all"]

_KEPT_QUALITY = {"jpeg": 92, "webp": 92, "avif": 75}
"""Where a step keeps the format: high, because another step may follow; `convert` and `responsive` choose the last."""


def has_pixels(picture: Picture) -> bool:
    """Whether a step on pixels is for this picture at all: not for a style sheet or an icon that a step before made."""
    return picture.media_type in (*FORMATS.values(), "image/svg+xml")


def kept(picture: Picture, form: str) -> Settings:
    """How to write a changed picture in the format it came in: lossless where it was, else with little loss."""
    lossless = form == "webp" and is_lossless(picture.data)
    return Settings(quality=_KEPT_QUALITY.get(form), lossless=lossless)


def rewrite(
    picture: Picture, context: StepContext, change: Callable[[Image], Image], *, at_least: tuple[int, int] | None = None
) -> Picture:
    """The picture changed, in the same format, with the mark and our own fields; see :func:`raster.load`."""
    target = context.target
    image = change(load(picture, target, frames=True, at_least=at_least))
    form = format_of(picture, target)
    return encode(
        image,
        form,
        target=target,
        source_type=context.source_type,
        fields=fields_of(picture, target),
        settings=kept(picture, form),
        labels=picture.labels,
    )


def rewrite_all(
    pictures: Sequence[Picture], context: StepContext, make: Callable[[], Callable[[Image], Image]]
) -> list[Picture]:
    """Each picture that has pixels changed frame by frame, the others as they are; each gets a change by ``make``."""
    return [
        rewrite(picture, context, partial(each_frame, change=make())) if has_pixels(picture) else picture
        for picture in pictures
    ]

"""A sprite as a whole: many icons in one picture for each scale, with the style sheet and the index that name them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence

from msgspec.structs import replace

from imagebuild import Picture, StepContext
from imagebuild.errors import StepError
from imagebuild.media import extension
from imagebuild_pixels.canvas import must_hold
from imagebuild_pixels.encode import Settings, encode
from imagebuild_pixels.geometry import Size, scaled
from imagebuild_pixels.given import Given
from imagebuild_pixels.mosaic import name_of, pictures_of
from imagebuild_pixels.overlay import nothing
from imagebuild_pixels.packing import Packed, pack
from imagebuild_pixels.raster import Image
from imagebuild_pixels.source import Source
from imagebuild_pixels.stylesheet import Face, Icon, identifiers, index_of, style_of

__all__ = ["atlas"]

_LARGEST_EDGE = 16_383


def atlas(pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
    """The pictures of each scale, the style sheet and the index; with what else there was. Raises ``StepError``."""
    given = Given(context.options)
    seen, others = pictures_of(pictures, "sprite")
    names = identifiers([name_of(picture, index) for index, picture in enumerate(seen)])
    sources = [Source(picture, name) for picture, name in zip(seen, names, strict=True)]
    scales = sorted(set(given.integers("scale")))
    sizes = [_size(source, given.integer("size"), scales[-1]) for source in sources]
    packed = pack(sizes, given.integer("padding") or 0)
    made = _pictures(sources, sizes, packed, scales, context)
    faces = [
        Face(scale, _address(picture, scale, given.text("url")), (packed.size[0] * scale, packed.size[1] * scale))
        for scale, picture in zip(scales, made, strict=True)
    ]
    icons = [Icon(name, *place, size) for name, place, size in sorted(zip(names, packed.places, sizes, strict=True))]
    style = style_of(
        icons, faces if given.has("url") else [_held(made[-1], faces[-1])], packed.size, given.text("prefix") or "icon"
    )
    index = index_of(icons, faces, packed.size)
    return [
        *made,
        Picture(style.encode(), "text/css"),
        Picture(index.encode(), "application/json"),
        *others,
    ]


def _size(source: Source, edge: int | None, most: int) -> Size:
    """An icon's size in CSS pixels. Raises ``StepError`` where it has too few pixels for it."""
    own = source.size
    if edge is None:
        return own if source.is_drawing else (max(1, own[0] // most), max(1, own[1] // most))
    size = scaled(own, width=edge) if own[0] >= own[1] else scaled(own, height=edge)
    if not source.is_drawing and max(own) < edge * most:
        message = f"'{source.name}' is {own[0]}x{own[1]}, expected {edge * most} pixels for size {edge} at scale {most}"
        raise StepError(message, hint="lower 'size' or 'scale', or take a larger picture")
    return size


def _pictures(
    sources: Sequence[Source], sizes: Sequence[Size], packed: Packed, scales: Sequence[int], context: StepContext
) -> list[Picture]:
    for scale in scales:
        whole = packed.size[0] * scale, packed.size[1] * scale
        must_hold(whole, context.target)
        if max(whole) > _LARGEST_EDGE:
            message = f"the sprite would be {whole[0]}x{whole[1]}, at most {_LARGEST_EDGE} pixels an edge"
            raise StepError(message, hint="lower 'size' or 'scale', or make two sprites")
    sheets = [nothing((packed.size[0] * scale, packed.size[1] * scale)).copy_memory() for scale in scales]
    for source, size, (left, top) in zip(sources, sizes, packed.places, strict=True):
        drawn = source.at(*((size[0] * scale, size[1] * scale) for scale in scales))
        for index, scale in enumerate(scales):
            sheets[index] = sheets[index].insert(drawn[index], left * scale, top * scale)
    return [_encoded(sheet, scale, context) for sheet, scale in zip(sheets, scales, strict=True)]


def _encoded(sheet: Image, scale: int, context: StepContext) -> Picture:
    return encode(
        sheet.copy(interpretation="srgb"),
        Given(context.options).text("format") or "png",
        target=context.target,
        source_type=context.source_type,
        settings=Settings(lossless=True),
        labels={} if scale == 1 else {"name": f"{scale}x"},
    )


def _address(picture: Picture, scale: int, url: str | None) -> str | None:
    """Where a page finds a picture. What the target is called is no part of it: a new name would not make it anew."""
    values = {
        "scale": "" if scale == 1 else f"-{scale}x",
        "hash": hashlib.sha256(picture.data).hexdigest()[:8],
        "ext": extension(picture.media_type),
    }
    return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], url) if url is not None else None


def _held(picture: Picture, face: Face) -> Face:
    """The picture as part of the style sheet."""
    return replace(face, url=f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}")

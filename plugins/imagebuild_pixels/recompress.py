"""PNG in fewer bytes with the same pixels: better filters, no needless alpha or colour, a palette if that will do."""

from __future__ import annotations

import sys

from imagebuild import Picture
from imagebuild_pixels.container import png
from imagebuild_pixels.raster import Image, header, vips

__all__ = ["recompressed"]

_FILTERS = ("none", "sub", "up", "paeth", "all")


def recompressed(picture: Picture, target: str) -> bytes:
    """The smallest PNG found with these very pixels; it may be larger than the one that came."""
    image = header(picture, target).copy_memory()
    colours = png.colour_chunks(picture.data)
    image = _without_alpha(image)
    if not colours:
        image = _without_colour(image)
    image = image.copy()
    for name in image.get_fields():
        if name.startswith(("png-comment", "exif", "xmp", "icc", "iptc", "palette", "bits-per-sample", "orientation")):
            image.remove(name)
    candidates = [_filtered(image)]
    if colourful := _palette(image):
        candidates.append(colourful)
    return png.with_chunks(min(candidates, key=len), colours)


def _filtered(image: Image) -> bytes:
    """The filter that does best at a quick compression does so at a thorough one, or nearly."""
    best = min(_FILTERS, key=lambda name: len(_write(image, filter=name, compression=3)))
    return _write(image, filter=best, compression=9)


def _palette(image: Image) -> bytes:
    """The same as a PNG with a palette; nothing where there are more than 256 colours, or no colours."""
    if image.format != "uchar" or image.bands < 3:
        return b""
    pixels = memoryview((image if image.bands == 4 else image.bandjoin(255)).write_to_memory()).cast("I")
    colours = _colours(pixels, image.width)
    if not colours:
        return b""
    bits = next(bits for bits in (1, 2, 4, 8) if len(colours) <= 1 << bits)
    numbers = {colour: number for number, colour in enumerate(colours)}
    indices = bytes(map(numbers.__getitem__, pixels))
    grey = vips().Image.new_from_memory(indices, image.width, image.height, 1, "uchar").copy(interpretation="b-w")
    written = (_write(grey, filter=name, bitdepth=bits, compression=9) for name in ("none", "all"))
    values = [tuple(colour.to_bytes(4, sys.byteorder)) for colour in colours]
    return png.with_palette(min(written, key=len), values)


def _colours(pixels: memoryview, width: int) -> list[int]:
    """All colours of a picture, transparent ones first; none where there are more than 256."""
    seen: set[int] = set()
    step = width * 16
    for at in range(0, len(pixels), step):
        seen.update(pixels[at : at + step])
        if len(seen) > 256:
            return []
    return sorted(seen, key=lambda colour: tuple(reversed(colour.to_bytes(4, sys.byteorder))))


def _without_alpha(image: Image) -> Image:
    if not image.hasalpha():
        return image
    most = 65_535 if image.format == "ushort" else 255
    opaque = image.extract_band(image.bands - 1).min() == most
    return image.extract_band(0, n=image.bands - 1) if opaque else image


def _without_colour(image: Image) -> Image:
    if image.bands < 3:
        return image
    grey = (image[0] == image[1]).min() == 255 and (image[0] == image[2]).min() == 255
    if not grey:
        return image
    bands = image[0].bandjoin(image[3]) if image.bands == 4 else image[0]
    return bands.copy(interpretation="grey16" if image.format == "ushort" else "b-w")


def _write(image: Image, **options: object) -> bytes:
    return bytes(image.pngsave_buffer(keep="none", **options))

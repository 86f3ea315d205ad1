"""Pixels to bytes: one place that says how each format is written, and that nothing but our own XMP goes along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec import Struct

from imagebuild import Picture
from imagebuild.errors import StepError
from imagebuild_pixels import xmp
from imagebuild_pixels.colour import rgb
from imagebuild_pixels.container import BY_HAND, gif_packet, rewritten
from imagebuild_pixels.raster import Image, header, media_type_of, vips

__all__ = ["FORMATS", "QUALITY", "Settings", "encode", "fields_of", "format_of"]

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "png": "image/png",
        "jpeg": "image/jpeg",
        "webp": "image/webp",
        "avif": "image/avif",
        "gif": "image/gif",
    }
)
"""The formats that can be written, with their media types."""

QUALITY: Mapping[str, int] = MappingProxyType({"jpeg": 80, "webp": 80, "avif": 50})
"""The quality where none is asked for: about the same to the eye in all three."""

_EFFORT: Mapping[str, int] = MappingProxyType({"webp": 4, "avif": 3})
_LARGEST = {"jpeg": 65_535, "webp": 16_383, "avif": 16_384, "gif": 65_535}
"""The longest edge that a format can hold (T.81, RFC 9649, libheif's limit, GIF89a)."""


class Settings(Struct, frozen=True):
    """How to write; what a format does not know is not used.

    ``quality`` 1 to 100; ``effort`` 0 to 9 (avif), 0 to 6 (webp); ``background`` is what a JPEG shows where the picture
    is transparent; ``colours`` turns a png into one with a palette, mixed by ``dither`` (0 to 1).
    """

    quality: int | None = None
    lossless: bool = False
    effort: int | None = None
    background: str = "#ffffff"
    progressive: bool = True
    subsampling: str = "auto"
    colours: int | None = None
    dither: float = 1.0


_PLAIN = Settings()


def format_of(picture: Picture, target: str) -> str:
    """The format of a picture by its bytes, to be kept by a step. Raises ``StepError``."""
    media_type = media_type_of(picture, target)
    return next(name for name, known in FORMATS.items() if known == media_type)


def fields_of(picture: Picture, target: str) -> dict[str, str]:
    """The fields of a packet that we wrote into this picture, to be written again; empty for any other, and none."""
    if format_of(picture, target) == "gif":
        return xmp.parse(gif_packet(picture.data))[0]
    image = header(picture, target)
    return xmp.parse(image.get("xmp-data"))[0] if image.get_typeof("xmp-data") else {}


def encode(
    image: Image,
    form: str,
    *,
    target: str,
    source_type: str | None = None,
    fields: Mapping[str, str] | None = None,
    settings: Settings = _PLAIN,
    labels: Mapping[str, str | int] | None = None,
) -> Picture:
    """Bytes of a picture as :func:`imagebuild_pixels.raster.load` gives it: untagged sRGB with our XMP alone.

    ``source_type`` and ``fields`` (of :func:`fields_of`) are what the packet says. An alpha that is opaque everywhere
    is left out. Raises ``StepError``.
    """
    _must_fit(image, form, target)
    packet = xmp.build(fields or {}, source_type)
    within = packet if form not in BY_HAND else b""
    pyvips = vips()
    try:
        image = _ready(image, form, settings)
        if within:
            image.set_type(pyvips.GValue.blob_type, "xmp-data", within)
        data: bytes = _WRITERS[form](image, settings, "xmp" if within else "none")
    except pyvips.Error as error:
        raise StepError(f"'{target}' cannot be written as {form}", hint="try another format") from error
    if packet and form in BY_HAND:
        data = rewritten(data, form, packet)
    return Picture(data, FORMATS[form], dict(labels or {}))


def _ready(image: Image, form: str, settings: Settings) -> Image:
    # Looked at more than once: whatever is still to be worked out is worked out now.
    image = image.copy_memory()
    if image.hasalpha() and image.extract_band(3).min() == 255:
        image = image.extract_band(0, n=3)
    if image.hasalpha() and form == "jpeg":
        image = image.flatten(background=list(rgb(settings.background)))
    return image.copy(interpretation="srgb")


def _must_fit(image: Image, form: str, target: str) -> None:
    height = image.get("page-height") if image.get_typeof("page-height") else image.height
    if height < image.height and form not in ("gif", "webp"):
        raise StepError(f"'{target}' is an animation, which {form} cannot hold", hint="use webp or gif")
    limit = _LARGEST.get(form)
    if limit and max(image.width, height) > limit:
        size = f"{image.width}x{height}"
        raise StepError(f"'{target}' is {size}, {form} holds at most {limit} pixels an edge", hint="make it smaller")


def _png(image: Image, settings: Settings, keep: str) -> bytes:
    if settings.colours is None:
        # Photographs want filters, flat drawings none: up to twice the bytes for the wrong one.
        written = (bytes(image.pngsave_buffer(filter=name, compression=6, keep=keep)) for name in ("all", "none"))
        return min(written, key=len)
    bits = next(bits for bits in (1, 2, 4, 8) if settings.colours <= 1 << bits)
    return bytes(image.pngsave_buffer(palette=True, bitdepth=bits, dither=settings.dither, compression=9, keep=keep))


def _jpeg(image: Image, settings: Settings, keep: str) -> bytes:
    quality = settings.quality or QUALITY["jpeg"]
    return bytes(
        image.jpegsave_buffer(
            Q=quality,
            interlace=settings.progressive,
            optimize_coding=True,
            subsample_mode=_subsampling(settings, quality),
            keep=keep,
        )
    )


def _webp(image: Image, settings: Settings, keep: str) -> bytes:
    effort = _EFFORT["webp"] if settings.effort is None else min(6, settings.effort)
    quality = settings.quality or QUALITY["webp"]
    return bytes(image.webpsave_buffer(Q=quality, lossless=settings.lossless, effort=effort, keep=keep))


def _avif(image: Image, settings: Settings, keep: str) -> bytes:
    effort = _EFFORT["avif"] if settings.effort is None else settings.effort
    quality = settings.quality or QUALITY["avif"]
    return bytes(
        image.heifsave_buffer(
            Q=quality,
            lossless=settings.lossless,
            effort=effort,
            compression="av1",
            bitdepth=8,
            subsample_mode="off" if settings.lossless else _subsampling(settings, quality),
            keep=keep,
        )
    )


def _gif(image: Image, settings: Settings, keep: str) -> bytes:
    return bytes(image.gifsave_buffer(dither=settings.dither, keep=keep))


def _subsampling(settings: Settings, quality: int) -> str:
    """Colour at half the resolution (4:2:0) or at full (4:4:4)."""
    if settings.subsampling == "auto":
        return "off" if quality >= 90 else "on"
    return "off" if settings.subsampling == "4:4:4" else "on"


_WRITERS: Mapping[str, Callable[[Image, Settings, str], bytes]] = {
    "png": _png,
    "jpeg": _jpeg,
    "webp": _webp,
    "avif": _avif,
    "gif": _gif,
}

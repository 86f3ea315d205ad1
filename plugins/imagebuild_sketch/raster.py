"""The only door to pyvips: SVG to pixels, picture bytes to pixels and back. pyvips is loaded at first use."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING, Any, TypeAlias

from imagebuild.errors import ProviderError
from imagebuild.media import probe

if TYPE_CHECKING:
    import pyvips

    Image: TypeAlias = pyvips.Image
else:
    Image = Any

__all__ = [
    "Image",
    "blend",
    "decode",
    "encode",
    "grain",
    "join_alpha",
    "plain_alpha",
    "render",
    "screen",
    "vips",
    "white_mask",
]

MAX_PIXELS = 64_000_000
"""Pictures with more pixels are not decoded."""

_LOADERS = {"image/png": "pngload_buffer", "image/jpeg": "jpegload_buffer", "image/webp": "webpload_buffer"}
_ready = threading.Event()
_setting_up = threading.Lock()


def vips() -> Any:
    """The module pyvips, set up once a process.

    One thread a picture, because the pool already runs several; no cache of operations, because requests rarely share
    any and memory is dear; and no loader that libvips holds to be unsafe for strangers' bytes. SVG is one of these: it
    is let in again because nothing but our own text ever reaches it (see :func:`decode`).
    """
    import pyvips

    if not _ready.is_set():
        with _setting_up:
            if not _ready.is_set():
                pyvips.concurrency_set(1)
                pyvips.cache_set_max(0)
                pyvips.block_untrusted_set(True)
                _ready.set()
    return pyvips


def render(svg: str) -> Image:
    """Draw an SVG text at the size its root states: 8 bit sRGB with alpha, kept in memory."""
    pyvips = vips()
    data = svg.encode("utf-8")
    for last in (False, False, True):
        # Again each time: another plugin of this process may have blocked all untrusted loaders since, or do so now.
        pyvips.operation_block_set("VipsForeignLoadSvg", False)
        try:
            return pyvips.Image.svgload_buffer(data).copy_memory()
        except pyvips.Error:
            if last:
                raise
    raise AssertionError


def decode(data: bytes, name: str) -> Image:
    """Pixels of a PNG, JPEG or WebP: upright 8 bit sRGB with alpha. Raises ``ProviderError``."""
    pyvips = vips()
    header = probe(data)
    loader = _LOADERS.get(header.media_type) if header else None
    if loader is None:
        found = header.media_type if header else "an unknown type"
        raise ProviderError(f"'{name}' is {found}, expected png, jpeg or webp", hint="convert it first")
    try:
        image = getattr(pyvips.Image, loader)(data, fail_on="truncated")
        if image.width * image.height > MAX_PIXELS:
            raise ProviderError(
                f"'{name}' is {image.width}x{image.height}, expected at most {MAX_PIXELS // 1_000_000} megapixels",
                hint="make it smaller first",
            )
        image = image.autorot().colourspace("srgb")
        if image.format != "uchar":
            image = image.cast("uchar")
        return (image if image.hasalpha() else image.addalpha()).copy_memory()
    except pyvips.Error as error:
        raise ProviderError(f"'{name}' cannot be read as a picture", hint="is the file damaged?") from error


def encode(image: Image, media_type: str, quality: int | None, *, alpha: bool) -> bytes:
    """Bytes of a picture without any metadata; what is transparent turns white unless ``alpha``."""
    if image.hasalpha():
        image = image if alpha else image.flatten(background=[255, 255, 255])
    image = image.copy(interpretation="srgb")
    data: bytes
    if media_type == "image/jpeg":
        data = image.jpegsave_buffer(
            Q=max(1, quality or 85), keep="none", subsample_mode="off" if (quality or 85) >= 90 else "on"
        )
    elif media_type == "image/webp":
        data = image.webpsave_buffer(Q=quality if quality is not None else 85, keep="none", effort=2)
    else:
        data = image.pngsave_buffer(filter="none", compression=6, keep="none")
    return data


_BAYER = ((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))


def screen(image: Image, step: int) -> Image:
    """Tones in steps of ``step`` levels, those between mixed by a 4 by 4 screen (Bayer, 1973); black and white stay.

    Gradients show no bands, and a PNG takes half the bytes: what repeats every four pixels, deflate writes once.
    ``step`` divides 255.
    """
    pyvips = vips()
    tile = pyvips.Image.new_from_array([[place * step // 16 for place in row] for row in _BAYER]).cast("uchar")
    whole = tile.replicate(-(-image.width // 4), -(-image.height // 4)).crop(0, 0, image.width, image.height)
    table = pyvips.Image.new_from_array([[level // step * step for level in range(255 + step)]]).cast("uchar")
    colours = (image.extract_band(0, n=3) + whole).maplut(table)
    return join_alpha(colours, image.extract_band(3)) if image.hasalpha() else colours.copy(interpretation="srgb")


def grain(image: Image, seed: str, strength: int) -> Image:
    """Paper grain over the colours: a tile of noise from SHAKE-256, ``strength`` levels up or down."""
    pyvips = vips()
    side = 192
    noise = hashlib.shake_256(seed.encode("utf-8", "surrogatepass")).digest(side * side)
    tile = pyvips.Image.new_from_memory(noise, side, side, 1, "uchar")
    levels = (tile * (2 * strength + 1) / 256).floor() - strength
    across, down = -(-image.width // side), -(-image.height // side)
    whole = levels.cast("char").replicate(across, down).crop(0, 0, image.width, image.height)
    colours = (image.extract_band(0, n=3) + whole).cast("uchar")
    return join_alpha(colours, image.extract_band(3)) if image.hasalpha() else colours.copy(interpretation="srgb")


def join_alpha(colours: Image, alpha: Image) -> Image:
    """Three bands of colour and one of alpha as one picture."""
    return colours.bandjoin(alpha).copy(interpretation="srgb")


def plain_alpha(image: Image, value: int = 255) -> Image:
    """A band of one value, as large as ``image``."""
    return (image.extract_band(0) * 0 + value).cast("uchar")


def white_mask(image: Image, svg: str) -> Image:
    """The alpha of a drawing as one band."""
    return render(svg).extract_band(3)


def blend(under: Image, over: Image) -> Image:
    """``over`` (with alpha) laid on ``under`` (with alpha)."""
    return under.composite2(over, "over").cast("uchar").copy(interpretation="srgb")

"""The only door to pyvips here: picture bytes to upright 8 bit sRGB pixels. pyvips is loaded at first use."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from imagebuild import Picture
from imagebuild.errors import StepError
from imagebuild.media import probe

if TYPE_CHECKING:
    import pyvips

    Image: TypeAlias = pyvips.Image
else:
    Image = Any

__all__ = [
    "MAX_PIXELS",
    "Image",
    "each_frame",
    "frames_of",
    "header",
    "load",
    "media_type_of",
    "orientation_of",
    "resized",
    "size_of",
    "stills",
    "vips",
]

MAX_PIXELS = 200_000_000
"""Pictures with more pixels, all frames together, are not decoded."""

_LOADERS = {
    "image/png": "pngload_buffer",
    "image/jpeg": "jpegload_buffer",
    "image/webp": "webpload_buffer",
    "image/avif": "heifload_buffer",
    "image/gif": "gifload_buffer",
}
_SCREEN = 72 / 25.4
"""Pixels a millimetre that files state, as most do: it means nothing on a screen."""

_SWAPPED = (5, 6, 7, 8)
"""EXIF orientations that lie on their side (CIPA DC-008, 4.6.4)."""

_PIXELS = {"width", "height", "bands", "format", "coding", "interpretation", "xoffset", "yoffset", "xres", "yres"}
"""What a picture in memory says of itself; all other fields are metadata."""

_ready = threading.Event()
_setting_up = threading.Lock()


def vips() -> Any:
    """The module pyvips, set up once a process.

    One thread a picture, because the pool already runs several and AVIF's bytes depend on their number; no cache of
    operations, because pictures rarely share any and memory is dear; and no loader that libvips holds to be unsafe for
    strangers' bytes.
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


def media_type_of(picture: Picture, target: str) -> str:
    """The type of a picture that can be decoded, by its bytes. Raises ``StepError`` for all else, and for SVG."""
    found = probe(picture.data)
    if found is not None and found.media_type == "image/svg+xml":
        raise StepError(f"'{target}' is svg, expected pixels", hint="put a step 'rasterize' before")
    if found is None or found.media_type not in _LOADERS:
        raise StepError(f"'{target}' is no picture that can be read", hint="expected png, jpeg, webp, avif or gif")
    return found.media_type


def header(picture: Picture, target: str, **options: object) -> Image:
    """A picture opened but not decoded, with all its metadata; ``options`` are those of its loader.

    Raises ``StepError`` for what is no picture, is an SVG, or has more than ``MAX_PIXELS``.
    """
    media_type = media_type_of(picture, target)
    pyvips = vips()
    try:
        image = getattr(pyvips.Image, _LOADERS[media_type])(picture.data, fail_on="error", **options)
    except pyvips.Error as error:
        raise _damaged(target, media_type) from error
    if image.width * image.height > MAX_PIXELS:
        limit = f"expected at most {MAX_PIXELS // 1_000_000} megapixels"
        raise StepError(f"'{target}' is {image.width}x{image.height}, {limit}", hint="make it smaller first")
    return image


def frames_of(picture: Picture, target: str) -> int:
    """How many frames a picture has; 1 for a still, 2 for an animated avif, which does not say how many."""
    image = header(picture, target)
    return _pages(image, picture.data)


def orientation_of(picture: Picture, target: str) -> int:
    """The EXIF orientation that a picture states beside its pixels, 1 to 8; 1 is upright."""
    found = _field(header(picture, target), "orientation")
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def size_of(picture: Picture, target: str) -> tuple[int, int]:
    """Width and height of a picture as it is seen, from its header alone. Raises ``StepError``."""
    image = header(picture, target)
    swapped = _field(image, "orientation") in _SWAPPED
    return (image.height, image.width) if swapped else (image.width, image.height)


def load(picture: Picture, target: str, *, frames: bool = False, at_least: tuple[int, int] | None = None) -> Image:
    """The pixels of a picture, in memory: upright, sRGB, 8 bit, three bands or four with straight alpha, no metadata.

    With ``frames`` all frames of an animation are decoded, one below the other, and ``page-height``, ``delay`` and
    ``loop`` stay (see :func:`each_frame`); without, an animation is refused. ``at_least`` allows a JPEG to come smaller
    than it is, quicker, but never less than twice as large in both directions. Raises ``StepError``.
    """
    image = header(picture, target)
    pages = _pages(image, picture.data)
    if pages > 1 and not frames:
        count = "more than one frame" if picture.data[4:8] == b"ftyp" else f"{pages} frames"
        raise StepError(f"'{target}' has {count}, expected a still picture", hint="make a still of it first")
    if pages > 1:
        image = _all_frames(picture, target)
    elif at_least is not None and (shrink := _shrink(image, at_least)) > 1:
        image = header(picture, target, shrink=shrink)
    pyvips = vips()
    try:
        return _plain(_to_srgb(each_frame(image, _upright)), animated=pages > 1).copy_memory()
    except pyvips.Error as error:
        raise _damaged(target, media_type_of(picture, target)) from error


def stills(image: Image) -> list[Image]:
    """The frames of an animation, or the still itself."""
    height = _field(image, "page-height") or image.height
    if height >= image.height:
        return [image]
    return [image.crop(0, top, image.width, height) for top in range(0, image.height, height)]


def each_frame(image: Image, change: Callable[[Image], Image]) -> Image:
    """``change`` applied to a still, or to each frame of an animation by itself; all results must be of one size."""
    changed = [change(still) for still in stills(image)]
    if len(changed) == 1:
        return changed[0]
    joined = vips().Image.arrayjoin(changed, across=1).copy()
    joined.set_type(vips().GValue.gint_type, "page-height", changed[0].height)
    for name in ("delay", "loop"):
        if image.get_typeof(name):
            joined.set_type(image.get_typeof(name), name, image.get(name))
    return joined


def resized(image: Image, width: int, height: int) -> Image:
    """A still at exactly this size (Lanczos), in memory. What is transparent lends its colour to no neighbour."""
    if (width, height) == (image.width, image.height):
        return image
    return image.thumbnail_image(width, height=height, size="force", no_rotate=True).copy_memory()


def _damaged(target: str, media_type: str) -> StepError:
    kind = media_type.removeprefix("image/")
    return StepError(f"'{target}' cannot be read: damaged or cut off {kind}", hint="replace the file")


def _upright(image: Image) -> Image:
    turned: Image = image.autorot()
    return turned


def _field(image: Image, name: str) -> Any:
    return image.get(name) if image.get_typeof(name) else None


def _pages(image: Image, data: bytes) -> int:
    if data[4:12] == b"ftypavis":
        return max(2, _field(image, "n-pages") or 2)
    if data.startswith(b"\x89PNG"):
        at = data.find(b"acTL", 0, max(0, data.find(b"IDAT")))
        return int.from_bytes(data[at + 4 : at + 8], "big") if at > 0 else 1
    return int(_field(image, "n-pages") or 1)


def _all_frames(picture: Picture, target: str) -> Image:
    media_type = media_type_of(picture, target)
    if media_type not in ("image/gif", "image/webp"):
        kind = media_type.removeprefix("image/")
        raise StepError(f"'{target}' is an animated {kind}, expected a still one", hint="animate it as gif or webp")
    return header(picture, target, n=-1)


def _shrink(image: Image, at_least: tuple[int, int]) -> int:
    """By how much a JPEG may shrink while it is decoded (its DCT allows 2, 4 and 8)."""
    if not str(_field(image, "vips-loader")).startswith("jpeg"):
        return 1
    width, height = reversed(at_least) if _field(image, "orientation") in _SWAPPED else at_least
    room = min(image.width / max(1, width), image.height / max(1, height)) / 2
    return next((factor for factor in (8, 4, 2) if room >= factor), 1)


def _to_srgb(image: Image) -> Image:
    """8 bit sRGB by the picture's own profile where that works, else by what its kind of numbers usually means."""
    pyvips = vips()
    profile = "cmyk" if image.interpretation == "cmyk" else "srgb"
    if profile == "cmyk" or image.get_typeof("icc-profile-data"):
        try:
            image = image.icc_transform(
                "srgb", embedded=True, input_profile=profile, intent="perceptual", black_point_compensation=True
            )
        except pyvips.Error:
            image = image.copy()
            image.remove("icc-profile-data")
    if image.interpretation != "srgb":
        image = image.colourspace("srgb")
    if image.bands > 4:
        image = image.extract_band(0, n=4)
    return image if image.format == "uchar" else image.cast("uchar")


def _plain(image: Image, *, animated: bool) -> Image:
    """Without metadata, but for what makes an animation."""
    keep = {*_PIXELS, "page-height", "delay", "loop"} if animated else _PIXELS
    image = image.copy(interpretation="srgb", xres=_SCREEN, yres=_SCREEN)
    for name in image.get_fields():
        if name not in keep and image.get_typeof(name):
            image.remove(name)
    return image

"""Pictures to test with, made on the spot, and short ways to run a step and to look at what came out."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image as Pillow

from imagebuild import Picture, Step, StepContext
from imagebuild_pixels.raster import Image, load, vips

PROMPT = "a secret prompt about a dragon"


def from_pixels(rows: list[list[tuple[int, ...]]]) -> Image:
    """A picture of these pixels."""
    bands = len(rows[0][0])
    data = bytes(value for row in rows for pixel in row for value in pixel)
    image = vips().Image.new_from_memory(data, len(rows[0]), len(rows), bands, "uchar")
    return image.copy(interpretation="srgb" if bands > 2 else "b-w")


def plain(width: int, height: int, colour: tuple[int, ...] = (200, 80, 40)) -> Image:
    """A picture of one colour."""
    return vips().Image.black(width, height).new_from_image(list(colour)).cast("uchar").copy(interpretation="srgb")


def gradient(width: int = 64, height: int = 48) -> Image:
    """Red grows to the right, green downwards, blue is 90."""
    place = vips().Image.xyz(width, height)
    bands = [place[0] * 255 / max(1, width - 1), place[1] * 255 / max(1, height - 1), plain(width, height)[0] * 0 + 90]
    return bands[0].bandjoin(bands[1:]).cast("uchar").copy(interpretation="srgb")


def noise(width: int = 64, height: int = 48) -> Image:
    """What no format makes small."""
    bands = [vips().Image.gaussnoise(width, height, mean=128, sigma=50, seed=seed) for seed in (1, 2, 3)]
    return bands[0].bandjoin(bands[1:]).cast("uchar").copy(interpretation="srgb")


def spot(width: int, height: int, box: tuple[int, int, int, int], alpha: bool = False) -> Image:
    """A red box (left, top, width, height) on white, or on nothing."""
    ground = plain(width, height, (255, 255, 255, 0) if alpha else (255, 255, 255))
    return ground.draw_rect([200, 0, 0, 255] if alpha else [200, 0, 0], *box, fill=True)


def png(image: Image, **options: Any) -> Picture:
    return Picture(image.pngsave_buffer(**{"keep": "none", **options}), "image/png")


def jpeg(image: Image, **options: Any) -> Picture:
    return Picture(image.jpegsave_buffer(**{"keep": "none", "Q": 95, **options}), "image/jpeg")


def webp(image: Image, **options: Any) -> Picture:
    return Picture(image.webpsave_buffer(**{"keep": "none", **options}), "image/webp")


def avif(image: Image, **options: Any) -> Picture:
    return Picture(image.heifsave_buffer(**{"keep": "none", "compression": "av1", **options}), "image/avif")


def gif(image: Image, **options: Any) -> Picture:
    return Picture(image.gifsave_buffer(**{"keep": "none", **options}), "image/gif")


WRITERS = {"png": png, "jpeg": jpeg, "webp": webp, "avif": avif, "gif": gif}


def animation(form: str = "gif", frames: int = 3, size: tuple[int, int] = (12, 8)) -> Picture:
    """Frames in different colours, 100 ms, 200 ms ... each, played three times."""
    stills = [Pillow.new("RGB", size, (60 * index, 200, 40)) for index in range(frames)]
    file = io.BytesIO()
    durations = [100 * (index + 1) for index in range(frames)]
    stills[0].save(file, form, save_all=True, append_images=stills[1:], duration=durations, loop=3)
    return Picture(file.getvalue(), f"image/{form}")


def with_metadata(form: str, image: Image | None = None, orientation: int = 1) -> Picture:
    """A picture that tells more than it should: a prompt in a PNG text, EXIF, a comment, and a stranger's XMP."""
    image = (image or gradient()).copy()
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{PROMPT}</x:xmpmeta>"
    image.set_type(vips().GValue.blob_type, "xmp-data", xmp.encode())
    image.set_type(vips().GValue.gint_type, "orientation", orientation)
    image.set_type(vips().GValue.gstr_type, "exif-ifd0-ImageDescription", f"{PROMPT} (x, ASCII, 1 components, 1 bytes)")
    if form == "png":
        image.set_type(vips().GValue.gstr_type, "png-comment-0-parameters", PROMPT)
    lossless = {"webp": {"lossless": True}, "avif": {"lossless": True}, "jpeg": {"subsample_mode": "off", "Q": 100}}
    return WRITERS[form](image, keep="all", **lossless.get(form, {}))


def apply(
    step: Step,
    options: Mapping[str, Any],
    *pictures: Picture,
    source_type: str | None = None,
    files: Mapping[str, Picture] | None = None,
) -> list[Picture]:
    """What a step makes of pictures with options as a spec states them; there must be nothing wrong with these."""
    resolved = step.resolve(options)
    assert resolved.problems == ()
    return list(step.apply(pictures, StepContext("hero", resolved.options, files or {}, source_type)))


def problems(step: Step, options: Mapping[str, Any]) -> list[str]:
    """Messages about options."""
    return [problem.message for problem in step.resolve(options).problems]


def pixels(picture: Picture) -> Image:
    return load(picture, "test", frames=True)


def size(picture: Picture) -> tuple[int, int]:
    image = pixels(picture)
    return image.width, image.height


def at(picture: Picture | Image, x: int, y: int) -> tuple[int, ...]:
    """The pixel at a place."""
    image = pixels(picture) if isinstance(picture, Picture) else picture
    return tuple(round(value) for value in image(x, y))


def near(found: tuple[int, ...], wanted: tuple[int, ...], distance: int = 3) -> bool:
    return len(found) == len(wanted) and all(abs(a - b) <= distance for a, b in zip(found, wanted, strict=True))


def same(one: Image, other: Image) -> bool:
    return (one.width, one.height, one.bands) == (other.width, other.height, other.bands) and (
        bytes(one.write_to_memory()) == bytes(other.write_to_memory())
    )


def with_pillow(picture: Picture) -> Pillow.Image:
    """The picture as another library reads it."""
    return Pillow.open(io.BytesIO(picture.data))

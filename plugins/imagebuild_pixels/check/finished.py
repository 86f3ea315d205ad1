"""The finished files of a target as checks see them: by name, and by whether they are pictures and have pixels."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from imagebuild import Picture
from imagebuild.media import EXTENSIONS
from imagebuild_pixels.raster import Image, frames_of, load, size_of

__all__ = ["Finished", "finished", "first_frame", "largest", "listed", "pictures_of", "rasters_of"]

_SVG = "image/svg+xml"
_PICTURES = frozenset(("image/png", "image/jpeg", "image/webp", "image/avif", "image/gif", _SVG))


class Finished(Struct, frozen=True):
    """A finished file, with a name for messages that looks like that of its file: ``hero-800.webp``."""

    name: str
    picture: Picture


def finished(pictures: Sequence[Picture], target: str) -> list[Finished]:
    """All files, named after the target and their labels."""
    return [Finished(_name(picture, target), picture) for picture in pictures]


def pictures_of(pictures: Sequence[Picture], target: str) -> list[Finished]:
    """Those that are pictures: no icon container, style sheet or data."""
    return [file for file in finished(pictures, target) if file.picture.media_type in _PICTURES]


def rasters_of(pictures: Sequence[Picture], target: str) -> list[Finished]:
    """Those that are pictures and made of pixels: no SVG."""
    return [file for file in pictures_of(pictures, target) if file.picture.media_type != _SVG]


def largest(files: Sequence[Finished]) -> tuple[Finished, tuple[int, int]] | None:
    """The file with the most pixels, the first of several, and its width and height. Raises ``StepError``."""
    sizes = [(file, size_of(file.picture, file.name)) for file in files]
    return max(sizes, key=lambda each: each[1][0] * each[1][1], default=None)


def listed(names: Sequence[str]) -> str:
    """Up to three names, and how many more there are."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def first_frame(file: Finished, *, at_least: tuple[int, int] | None = None) -> Image:
    """The pixels of a still, or of an animation's first frame; as ``load`` gives them. Raises ``StepError``."""
    if frames_of(file.picture, file.name) == 1:
        return load(file.picture, file.name, at_least=at_least)
    image = load(file.picture, file.name, frames=True)
    return image.crop(0, 0, image.width, image.get("page-height"))


def _name(picture: Picture, target: str) -> str:
    labels = [str(value) for label, value in picture.labels.items() if label != "format"]
    kind = picture.media_type.partition("/")[2].partition("+")[0]
    return f"{'-'.join([target, *labels])}.{EXTENSIONS.get(picture.media_type, kind)}"

"""The step `placeholder`."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from imagebuild import Option, Picture, Step, StepContext
from imagebuild_pixels import blurhash, thumbhash
from imagebuild_pixels.canvas import with_alpha
from imagebuild_pixels.dominant import dominant
from imagebuild_pixels.encode import Settings, encode
from imagebuild_pixels.geometry import inside
from imagebuild_pixels.given import Given
from imagebuild_pixels.raster import Image, load, resized

__all__ = ["Placeholder"]

_EDGE = 64
"""All is found from a picture this small: hashes keep seven waves at most, and their cost grows with the pixels."""

_LQIP_EDGE = 20
_LQIP = Settings(quality=50, effort=6)


class Placeholder(Step):
    """Finds what a page can show while the picture loads, and notes it in the manifest; the picture stays as it is.

    `lqip` is a data URL of a 20 pixel picture, ready to be a CSS background without any JavaScript. `color` is the
    colour that the picture is mostly made of. `thumbhash` and `blurhash` are short texts that a script turns into a
    blurred picture; a thumbhash keeps transparency. A picture that is transparent everywhere has no `color`.
    """

    name = "placeholder"
    version = "1"
    options = (
        Option(
            "kind",
            "choice",
            "What to find: one or several.",
            default=["lqip", "color"],
            choices=("lqip", "color", "thumbhash", "blurhash"),
            least=1,
            many=True,
            main=True,
            example="kind: [lqip, color, thumbhash]",
        ),
    )

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """The same pictures; the first one carries the facts."""
        first, *rest = pictures
        small = _small(first, context.target)
        kinds = Given(context.options).texts("kind")
        found = {kind: find(small, context.target) for kind, find in _FINDERS.items() if kind in kinds}
        facts = {kind: value for kind, value in found.items() if value is not None}
        return [replace(first, facts={**first.facts, **facts}), *rest]


def _small(picture: Picture, target: str) -> Image:
    """The picture, or its first frame, within ``_EDGE`` pixels, with alpha."""
    image = load(picture, target, frames=True, at_least=(_EDGE, _EDGE))
    height = image.get("page-height") if image.get_typeof("page-height") else image.height
    return with_alpha(_within(image.crop(0, 0, image.width, height), _EDGE)).copy_memory()


def _within(image: Image, edge: int) -> Image:
    size = image.width, image.height
    return resized(image, *inside(size, (edge, edge))) if max(size) > edge else image


def _lqip(small: Image, target: str) -> str:
    tiny = encode(_within(small, _LQIP_EDGE), "webp", target=target, settings=_LQIP)
    return f"data:{tiny.media_type};base64,{base64.b64encode(tiny.data).decode()}"


def _color(small: Image, target: str) -> str | None:
    return dominant(bytes(small.write_to_memory()))


def _thumbhash(small: Image, target: str) -> str:
    return base64.b64encode(thumbhash.encode(small.width, small.height, bytes(small.write_to_memory()))).decode()


def _blurhash(small: Image, target: str) -> str:
    """A blurhash has no alpha: what is transparent takes the mean colour, against which it shows least."""
    opaque = small.flatten(background=_mean(small))
    data = bytes(opaque.write_to_memory())
    bands = [data[band::3] for band in range(3)]
    return blurhash.encode(small.width, small.height, bands, *blurhash.components(small.width, small.height))


def _mean(small: Image) -> list[int]:
    """Mean colour, weighed by alpha; white where all is transparent."""
    alpha = small.extract_band(3)
    weight = alpha.avg()
    return [round((small.extract_band(band) * alpha).avg() / weight) if weight else 255 for band in range(3)]


_FINDERS: Mapping[str, Callable[[Image, str], str | None]] = MappingProxyType(
    {"lqip": _lqip, "color": _color, "thumbhash": _thumbhash, "blurhash": _blurhash}
)

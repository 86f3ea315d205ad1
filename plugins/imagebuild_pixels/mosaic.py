"""What `grid` and `sheet` share: tiles in rows, labels below them, and a ground behind all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from msgspec import Struct

from imagebuild import Picture, StepContext
from imagebuild.errors import StepError
from imagebuild_pixels.canvas import must_hold
from imagebuild_pixels.colour import rgb, rgba
from imagebuild_pixels.encode import Settings, encode
from imagebuild_pixels.geometry import Size, length
from imagebuild_pixels.given import Given
from imagebuild_pixels.lettering.face import typeface_of
from imagebuild_pixels.lettering.label import Labels
from imagebuild_pixels.overlay import lay_over
from imagebuild_pixels.raster import Image, vips
from imagebuild_pixels.rewrite import has_pixels
from imagebuild_pixels.shape import cut_out, rounded

__all__ = ["Mosaic", "Tile", "name_of", "pictures_of"]

_MOST_PICTURES = 2_000
_LEGIBLE = 8
"""No percentage stands for letters of fewer pixels."""


class Tile(Struct, frozen=True):
    """One picture's place: its size, and what paints it, with alpha, at just that size."""

    size: Size
    label: str
    paint: Callable[[], Image]


def pictures_of(pictures: Sequence[Picture], step: str) -> tuple[list[Picture], list[Picture]]:
    """The pictures to be united, and what else a step before has made. Raises ``StepError`` for none, or too many."""
    seen = [picture for picture in pictures if has_pixels(picture)]
    if not 0 < len(seen) <= _MOST_PICTURES:
        hint = "list them under the target's 'from'"
        raise StepError(f"'{step}' got {len(seen)} pictures, expected 1 to {_MOST_PICTURES}", hint=hint)
    return seen, [picture for picture in pictures if not has_pixels(picture)]


def name_of(picture: Picture, index: int) -> str:
    """What a picture is called: by its label `name`, else by its place from 1."""
    return str(picture.labels.get("name") or index + 1)


class Mosaic:
    """Puts rows of tiles together, as the options of the step say."""

    def __init__(self, context: StepContext) -> None:
        self._context = context
        self._given = Given(context.options)

    def texts(self, pictures: Sequence[Picture]) -> list[str]:
        """The label of each picture; empty where it has none. Raises ``StepError`` for labels too many."""
        labels = self._given.texts("labels")
        if len(labels) > len(pictures):
            message = f"'labels' has {len(labels)} texts, there are {len(pictures)} pictures"
            raise StepError(message, hint="one text for each picture, in order")
        if self._given.flag("names"):
            return [name_of(picture, index) for index, picture in enumerate(pictures)]
        return [*labels, *[""] * (len(pictures) - len(labels))]

    def cut(self, image: Image) -> Image:
        """A picture with its corners as round as asked for."""
        size = image.width, image.height
        radius = length(self._given.length("radius") or 0, size)
        return cut_out(image, rounded(size, radius)) if radius else image

    def picture(self, rows: Sequence[Sequence[Tile]], unit: Size, *, gap: int, padding: int) -> Picture:
        """The finished picture; ``unit`` is the size that percentages for labels go by. Raises ``StepError``."""
        target = self._context.target
        width = max(sum(tile.size[0] + gap for tile in row) - gap for row in rows)
        height = sum(max(tile.size[1] for tile in row) + gap for row in rows) - gap
        must_hold((width + 2 * padding, height + 2 * padding), target)
        labels = self._labels(unit) if any(tile.label for row in rows for tile in row) else None
        strips = [_row(row, gap, labels) for row in rows]
        joined = reduce(lambda above, below: above.join(below, "vertical", shim=gap, expand=True), strips)
        must_hold((joined.width + 2 * padding, joined.height + 2 * padding), target)
        whole = joined.embed(padding, padding, joined.width + 2 * padding, joined.height + 2 * padding)
        form = self._given.text("format") or "png"
        return encode(
            self._grounded(whole.copy(interpretation="srgb")),
            form,
            target=target,
            source_type=self._context.source_type,
            settings=Settings(quality=self._given.integer("quality"), background=self._ground),
        )

    @property
    def _ground(self) -> str:
        return self._given.text("background") or "#ffffff"

    def _labels(self, unit: Size) -> Labels:
        given = self._given
        red, green, blue, alpha = rgba(self._ground)
        is_dark = alpha > 127 and red * 299 + green * 587 + blue * 114 < 128_000
        colour = given.text("label_color") or ("#f2f2f2" if is_dark else "#222222")
        typeface = typeface_of(self._context, "regular")
        size = max(_LEGIBLE, length(given.length("label_size") or "6%", unit))
        return Labels(typeface, size, colour, given.integer("label_lines") or 2)

    def _grounded(self, image: Image) -> Image:
        alpha = rgba(self._ground)[3]
        if alpha == 255:
            return image.flatten(background=list(rgb(self._ground))).copy(interpretation="srgb")
        if alpha == 0:
            return image
        ground = vips().Image.black(image.width, image.height, bands=4) + list(rgba(self._ground))
        return lay_over(ground.cast("uchar").copy(interpretation="srgb"), image, 0, 0)


def _row(row: Sequence[Tile], gap: int, labels: Labels | None) -> Image:
    height = max(tile.size[1] for tile in row)
    images = [tile.paint().embed(0, 0, tile.size[0], height) for tile in row]
    if labels and any(tile.label for tile in row):
        strips = labels.strips([tile.label for tile in row], [tile.size[0] for tile in row])
        images = [image.join(strip, "vertical") for image, strip in zip(images, strips, strict=True)]
    joined = reduce(lambda left, right: left.join(right, "horizontal", shim=gap), images)
    return joined.copy(interpretation="srgb").copy_memory()

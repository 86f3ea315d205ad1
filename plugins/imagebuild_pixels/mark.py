"""A logo or a text at the size, turn and places that a watermark's options ask for."""

from __future__ import annotations

from math import ceil, cos, radians, sin
from typing import Protocol

from imagebuild import StepContext
from imagebuild.errors import StepError
from imagebuild_pixels.colour import rgba
from imagebuild_pixels.geometry import Size, length, place, scaled
from imagebuild_pixels.given import Given
from imagebuild_pixels.lettering.drawing import Ink, draw
from imagebuild_pixels.lettering.face import typeface_of
from imagebuild_pixels.lettering.layout import Block, Box, set_largest
from imagebuild_pixels.lettering.shaping import paragraphs_of
from imagebuild_pixels.overlay import dimmed, lay_over, nothing
from imagebuild_pixels.raster import Image, vips
from imagebuild_pixels.source import Source

__all__ = ["Watermarking"]

_DRAFT = 100
_LEGIBLE = 6
"""Letters of fewer pixels are refused."""


class _Mark(Protocol):
    """``size`` gives its shape; ``width_on`` how wide it is by default on a picture of some size."""

    @property
    def size(self) -> Size: ...

    def width_on(self, size: Size) -> int: ...

    def at_width(self, width: int) -> Image: ...


class _Logo:
    def __init__(self, source: Source) -> None:
        self._source = source
        self.size = source.size

    def width_on(self, size: Size) -> int:
        return length("20%", (size[0], size[0]))

    def at_width(self, width: int) -> Image:
        if not self._source.is_drawing:
            width = min(width, self.size[0])
        return self._source.at(scaled(self.size, width=width))[0]


class _Line:
    """A text without wrapping; set once, and scaled to any width."""

    def __init__(self, context: StepContext) -> None:
        given = Given(context.options)
        typeface = typeface_of(context, "semibold")
        paragraphs = paragraphs_of(given.text("text") or "", typeface)
        endless = Box(1e9, 1e9, 1.15)
        block = set_largest(paragraphs, typeface.fonts, endless, _DRAFT, _DRAFT, ellipsis=False)
        assert block is not None
        self._block: Block = block
        self.size = max(1, ceil(self._block.width)), max(1, ceil(self._block.height))
        self._letters = given.length("size") or "4%"
        shadow = given.text("shadow")
        self._ink = Ink(given.text("color") or "#ffffff", shadow=shadow if shadow and rgba(shadow)[3] else None)

    def width_on(self, size: Size) -> int:
        letters = max(_LEGIBLE, length(self._letters, size))
        return ceil(self._block.width * letters / _DRAFT)

    def at_width(self, width: int) -> Image:
        block = self._block.scaled(width / self.size[0])
        if block.size < _LEGIBLE:
            hint = "enlarge 'width' or shorten the text"
            raise StepError(f"the watermark's letters would be {block.size:.1f} px, at least {_LEGIBLE}", hint=hint)
        layers, (left, top, right, bottom) = draw(block, self._ink, "center")
        left, top, right, bottom = min(0, left), min(0, top), max(block.width, right), max(block.height, bottom)
        image = nothing((ceil(right - left), ceil(bottom - top)))
        for layer in layers:
            image = lay_over(image, layer.image, layer.left - int(left), layer.top - int(top))
        return image.copy_memory()


class Watermarking:
    """The mark of the step's options, to be laid on pictures of any size; frames of one size share the work."""

    def __init__(self, context: StepContext) -> None:
        self._given = Given(context.options)
        file = context.files.get("image")
        self._mark: _Mark = _Logo(Source(file, "image")) if file else _Line(context)
        self._layers: dict[Size, tuple[Image, int, int]] = {}

    def __call__(self, image: Image) -> Image:
        """The picture with the mark on it. Raises ``StepError``."""
        size = image.width, image.height
        if size not in self._layers:
            self._layers[size] = self._compose(size)
        layer, left, top = self._layers[size]
        return lay_over(image, layer, left, top, blend=self._given.text("blend") or "over")

    def _compose(self, size: Size) -> tuple[Image, int, int]:
        given = self._given
        position = given.text("position") or "southeast"
        margin = 0 if position == "tile" else length(given.length("margin") or 0, size)
        room = size[0] - 2 * margin, size[1] - 2 * margin
        if min(room) < 1:
            raise StepError(f"'margin' leaves no room on {size[0]}x{size[1]} pixels", hint="lower it")
        mark = dimmed(self._turned(self._width(size, room)), given.number("opacity") or 0)
        if position == "tile":
            return self._tiled(mark, size), 0, 0
        left, top = place(room, (mark.width, mark.height), position)
        return mark, margin + left, margin + top

    def _width(self, size: Size, room: Size) -> int:
        """As wide as asked for, or less where the turned mark would not fit."""
        asked = self._given.length("width")
        wanted = self._mark.width_on(size) if asked is None else length(asked, (size[0], size[0]))
        width, height = scaled(self._mark.size, width=max(1, wanted))
        turn = radians(self._given.number("rotate") or 0)
        across = width * abs(cos(turn)) + height * abs(sin(turn))
        down = width * abs(sin(turn)) + height * abs(cos(turn))
        return max(1, int(width * min(1.0, room[0] / across, room[1] / down) + 1e-9))

    def _turned(self, width: int) -> Image:
        image = self._mark.at_width(width)
        degrees = (self._given.number("rotate") or 0) % 360
        if degrees % 90 == 0:
            return image.rot(f"d{degrees:g}") if degrees else image
        smooth = vips().Interpolate.new("bicubic")
        turned = image.premultiply().similarity(angle=degrees, interpolate=smooth).unpremultiply()
        return (turned + 0.5).cast("uchar").copy(interpretation="srgb").copy_memory()

    def _tiled(self, mark: Image, size: Size) -> Image:
        """Rows of marks, every other row moved by half a step, as bricks are laid."""
        gap = length(self._given.length("gap") or 0, size)
        across, down = mark.width + gap, mark.height + gap
        row = mark.embed(gap // 2, gap // 2, across, down)
        moved = row.wrap(x=across // 2, y=0)
        bricks = vips().Image.arrayjoin([row, moved], across=1)
        tiles = bricks.replicate(-(-size[0] // across), -(-size[1] // (2 * down)))
        return tiles.crop(0, 0, *size).copy(interpretation="srgb").copy_memory()

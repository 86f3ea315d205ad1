"""A text on a picture: where its box lies, how large its letters are, and the panel behind them."""

from __future__ import annotations

from math import ceil

from msgspec import Struct
from msgspec.structs import replace

from imagebuild import StepContext
from imagebuild.errors import StepError
from imagebuild_pixels.colour import rgba
from imagebuild_pixels.geometry import Size, length, place
from imagebuild_pixels.given import Given
from imagebuild_pixels.lettering.drawing import Ink, Layer, draw
from imagebuild_pixels.lettering.face import typeface_of
from imagebuild_pixels.lettering.layout import Block, Box, measure, set_largest
from imagebuild_pixels.lettering.shaping import paragraphs_of
from imagebuild_pixels.overlay import lay_over, rounded_box
from imagebuild_pixels.raster import Image

__all__ = ["Caption"]

_SHADOW = "#000000b3"
_LEGIBLE = 8
"""No percentage stands for letters of fewer pixels."""


class _Area(Struct, frozen=True):
    """A place on the picture, in pixels."""

    left: int
    top: int
    width: int
    height: int

    def inner(self, size: Size, gravity: str) -> _Area:
        """A smaller place in this one."""
        left, top = place((self.width, self.height), size, gravity)
        return _Area(self.left + left, self.top + top, *size)

    def inset(self, by: int) -> _Area:
        """This place without a strip of ``by`` pixels along each edge."""
        return _Area(self.left + by, self.top + by, self.width - 2 * by, self.height - 2 * by)


class Caption:
    """The text of the step's options, to be laid on pictures of any size; frames of one size share the work."""

    def __init__(self, context: StepContext) -> None:
        self._given = Given(context.options)
        self._typeface = typeface_of(context, "semibold")
        self._paragraphs = paragraphs_of(self._given.text("text") or "", self._typeface)
        self._layers: dict[Size, list[Layer]] = {}

    def __call__(self, image: Image) -> Image:
        """The picture with the text on it. Raises ``StepError`` where it does not fit."""
        size = image.width, image.height
        if size not in self._layers:
            self._layers[size] = self._compose(size)
        for layer in self._layers[size]:
            image = lay_over(image, layer.image, layer.left, layer.top)
        return image

    def _compose(self, size: Size) -> list[Layer]:
        given = self._given
        gravity = given.text("gravity") or "center"
        pad = length(given.length("padding") or 0, size) if given.has("background") else 0
        box = self._box(size, gravity)
        room = box.inset(pad)
        if room.width < 1 or room.height < 1:
            hint = "lower 'margin' or 'padding', or enlarge the box"
            raise StepError(f"there is no room for text on {size[0]}x{size[1]} pixels", hint=hint)
        block = self._block(room, size)
        taken = room.inner((ceil(block.width), ceil(block.height)), gravity)
        layers, covered = draw(block, self._ink(block), self._align(gravity))
        _must_be_seen(taken, covered, size)
        placed = [replace(layer, left=taken.left + layer.left, top=taken.top + layer.top) for layer in layers]
        return [*self._panel(taken.inset(-pad), box, size), *placed]

    def _box(self, size: Size, gravity: str) -> _Area:
        whole = _Area(0, 0, *size).inset(length(self._given.length("margin") or 0, size))
        width = self._edge("width", size[0], whole.width)
        height = self._edge("height", size[1], whole.height)
        return whole.inner((width, height), gravity)

    def _edge(self, name: str, whole: int, most: int) -> int:
        value = self._given.length(name)
        return most if value is None else min(most, length(value, (whole, whole)))

    def _block(self, room: _Area, size: Size) -> Block:
        given = self._given
        lines, line_height = given.integer("lines"), given.number("line_height") or 1.15
        box = Box(room.width, room.height, line_height, lines, balanced=given.flag("balance"))
        least, most = self._sizes(size)
        fonts, cut = self._typeface.fonts, given.text("overflow") == "ellipsis"
        block = set_largest(self._paragraphs, fonts, box, least, most, ellipsis=cut)
        if block is None:
            taken = measure(self._paragraphs, fonts, box, least)
            limit = f" in {lines} line{'s' if lines != 1 else ''}" if lines is not None else ""
            message = f"the text does not fit: at {least} px it takes {taken}, there is room for "
            hint = "shorten it, enlarge the box, lower its size or 'least', or say 'overflow: ellipsis'"
            raise StepError(f"{message}{room.width}x{room.height} px{limit}", hint=hint)
        return block

    def _sizes(self, size: Size) -> tuple[int, int]:
        """The smallest and largest size of letters that may be tried."""
        given = self._given
        asked = (given.text("size") or "fit").strip()
        least = _letters(given.length("least") or "3%", size)
        if asked == "fit":
            return least, max(least, _letters(given.length("most") or "14%", size))
        fixed = _letters(asked if asked.endswith("%") else int(asked), size)
        return (min(least, fixed), fixed) if given.text("overflow") == "shrink" else (fixed, fixed)

    def _align(self, gravity: str) -> str:
        side = "left" if gravity.endswith("west") else "right" if gravity.endswith("east") else "center"
        return self._given.text("align") or side

    def _ink(self, block: Block) -> Ink:
        given = self._given
        outline = given.text("outline")
        shadow = given.text("shadow") or (None if given.has("background", "outline") else _SHADOW)
        width = (given.number("outline_width") or 0) * block.size if outline else 0
        return Ink(given.text("color") or "#ffffff", outline, width, shadow if shadow and rgba(shadow)[3] else None)

    def _panel(self, around: _Area, box: _Area, size: Size) -> list[Layer]:
        colour = self._given.text("background")
        if colour is None:
            return []
        kind = self._given.text("panel")
        area = box if kind == "box" else _Area(0, around.top, size[0], around.height) if kind == "band" else around
        alpha = rgba(colour)[3] * (self._given.number("background_opacity") or 0)
        faded = f"{colour[:7]}{int(alpha + 0.5):02x}"
        radius = length(self._given.length("radius") or 0, size)
        return [Layer(rounded_box(faded, area.width, area.height, radius), area.left, area.top)]


def _letters(value: int | str, size: Size) -> int:
    pixels = length(value, size)
    return max(_LEGIBLE, pixels) if isinstance(value, str) else max(1, pixels)


def _must_be_seen(taken: _Area, covered: tuple[float, float, float, float], size: Size) -> None:
    """High marks and wide swashes may stand out of their line, but not out of the picture."""
    left, top, right, bottom = covered
    beyond = max(-taken.left - left, -taken.top - top, taken.left + right - size[0], taken.top + bottom - size[1])
    if beyond > 1:
        hint = "enlarge 'margin' or lower the size"
        raise StepError(f"the text stands {ceil(beyond)} px over the edge of the picture", hint=hint)

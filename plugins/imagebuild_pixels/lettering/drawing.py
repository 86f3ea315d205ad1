"""Lines to pixels: outlines are filled, with an edge or a soft shadow around them for legibility."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from imagebuild_pixels.colour import rgba
from imagebuild_pixels.lettering.font import UNITS, Font
from imagebuild_pixels.lettering.layout import Block, Line
from imagebuild_pixels.lettering.outline import Command, outline_of, path_of
from imagebuild_pixels.overlay import filled, paint
from imagebuild_pixels.raster import Image

__all__ = ["Ink", "Layer", "draw"]

_BLUR = 0.07
_DROP = 0.03
"""How soft a shadow is and how far it falls, in sizes of the text."""

_SHARP = 4
"""A blur of this many pixels hides what resolution it was made at."""


class Ink(Struct, frozen=True):
    """What letters look like: colours as options have them, the outline's width in pixels around the letter."""

    colour: str
    outline: str | None = None
    outline_width: float = 0
    shadow: str | None = None


class Layer(Struct, frozen=True):
    """Pixels with alpha, and where they go: left and top from the block's own corner."""

    image: Image
    left: int
    top: int


class _Bounds(Struct, frozen=True):
    left: float
    top: float
    right: float
    bottom: float


def draw(block: Block, ink: Ink, align: str) -> tuple[list[Layer], tuple[float, float, float, float]]:
    """Layers from back to front, and what the letters cover: left, top, right, bottom from the block's own corner.

    ``align`` is ``left``, ``center``, ``right`` or ``start``: where a line begins by its direction.
    """
    pieces = list(_placed(block, align))
    if not pieces:
        return [], (0, 0, 0, 0)
    bounds = _bounds(pieces, block.size / UNITS)
    blur = max(1.0, _BLUR * block.size) if ink.shadow else 0.0
    drop = round(_DROP * block.size) if ink.shadow else 0
    room = ink.outline_width + 3 * blur + drop + 1
    left, top = int(bounds.left - room) - 1, int(bounds.top - room) - 1
    width, height = int(bounds.right + room) + 1 - left, int(bounds.bottom + room) + 1 - top
    path = "".join(path_of(commands, x - left, y - top, block.size / UNITS) for commands, x, y in pieces)
    layers = []
    if ink.shadow:
        layers.append(Layer(_shadow(path, ink, width, height, blur), left, top + drop))
    markup = f"{_edge(path, ink)}<path{filled(ink.colour, d=path)}/>"
    layers.append(Layer(paint(markup, width, height), left, top))
    return layers, (bounds.left, bounds.top, bounds.right, bounds.bottom)


def _placed(block: Block, align: str) -> Iterator[tuple[list[Command], float, float]]:
    """The outline of each glyph that is seen, with its origin in pixels."""
    outlines: dict[tuple[Font, int], list[Command]] = {}
    scale = block.size / UNITS
    for index, line in enumerate(block.lines):
        # Baselines stand on whole pixels: the feet of letters are then equally sharp in all lines.
        baseline = round(block.ascent + index * block.pitch)
        start = _indent(block, line, align)
        for glyph in line.run.glyphs:
            key = (glyph.font, glyph.number)
            if key not in outlines:
                outlines[key] = outline_of(*key)
            if outlines[key]:
                yield outlines[key], start + glyph.x * scale, baseline - glyph.y * scale


def _indent(block: Block, line: Line, align: str) -> float:
    side = ("right" if line.leftward else "left") if align == "start" else align
    return (block.width - line.run.width * block.size / UNITS) * {"left": 0, "center": 0.5, "right": 1}[side]


def _bounds(pieces: list[tuple[list[Command], float, float]], scale: float) -> _Bounds:
    across, down = [], []
    for commands, x, y in pieces:
        for _, points in commands:
            across += [x + left * scale for left, _ in points]
            down += [y - up * scale for _, up in points]
    return _Bounds(min(across), min(down), max(across), max(down))


def _edge(path: str, ink: Ink, colour: str | None = None) -> str:
    """The line around the letters; half of it lies under them."""
    drawn = colour or ink.outline
    if not ink.outline or not ink.outline_width or not drawn:
        return ""
    opacity = rgba(drawn)[3] / 255
    stroke = {
        "stroke": drawn[:7],
        "stroke_opacity": f"{opacity:.4f}",
        "stroke_width": f"{2 * ink.outline_width:.2f}",
        "stroke_linejoin": "round",
    }
    return f"<path{filled('#00000000', d=path, **stroke)}/>"


def _shadow(path: str, ink: Ink, width: int, height: int, blur: float) -> Image:
    red, green, blue, alpha = rgba(ink.shadow or "#000000")
    # What is blurred anyway is drawn and blurred small: large letters would take a hundred times as long.
    shrink = max(1, int(blur / _SHARP))
    dark = paint(f"{_edge(path, ink, '#000000')}<path{filled('#000000', d=path)}/>", width, height, shrink=shrink)
    soft = dark.extract_band(3).gaussblur(blur / shrink, precision="integer")
    if shrink > 1:
        soft = soft.resize(width / soft.width, vscale=height / soft.height, kernel="linear").crop(0, 0, width, height)
    # Blurring thins out what is thin: twice as dense, hairlines still have a shadow.
    dense = soft.linear(2 * alpha / 255, 0, uchar=True)
    ground = dense.new_from_image([red, green, blue]).cast("uchar")
    return ground.bandjoin(dense).copy(interpretation="srgb").copy_memory()

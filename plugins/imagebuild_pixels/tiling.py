"""Where each picture goes in a grid, and on a sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from imagebuild import Picture, StepContext, read_size
from imagebuild_pixels.canvas import on_ground, window
from imagebuild_pixels.geometry import SMART, Size, fitted, length, place
from imagebuild_pixels.given import Given
from imagebuild_pixels.justify import justified
from imagebuild_pixels.mosaic import Mosaic, Tile, pictures_of
from imagebuild_pixels.raster import Image
from imagebuild_pixels.source import Source

__all__ = ["grid", "sheet"]


def grid(pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
    """All pictures as one, in cells of one size; with what else there was. Raises ``StepError``."""
    given, mosaic = Given(context.options), Mosaic(context)
    seen, others = pictures_of(pictures, "grid")
    sources = [Source(picture, context.target) for picture in seen]
    cell = _cell(given, sources)
    columns = given.integer("columns") or next(n for n in range(1, len(seen) + 1) if n * n >= len(seen))
    texts = mosaic.texts(seen)
    tiles = [
        Tile(cell, text, _in_cell(source, cell, given, mosaic)) for source, text in zip(sources, texts, strict=True)
    ]
    rows = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    gap, padding = (length(given.length(name) or 0, cell) for name in ("gap", "padding"))
    return [mosaic.picture(rows, cell, gap=gap, padding=padding), *others]


def sheet(pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
    """All pictures as one, uncropped in rows; with what else there was. Raises ``StepError``."""
    given, mosaic = Given(context.options), Mosaic(context)
    width, height = given.integer("width") or 1600, given.integer("row_height") or 300
    gap, padding = given.integer("gap") or 0, given.integer("padding") or 0
    seen, others = pictures_of(pictures, "sheet")
    sources = [Source(picture, context.target) for picture in seen]
    sizes = justified([source.size for source in sources], width - 2 * padding, height, gap)
    waiting = list(zip(sources, mosaic.texts(seen), strict=True))[::-1]
    rows = []
    for row in sizes:
        placed = [(size, *waiting.pop()) for size in row]
        rows.append([Tile(size, text, _whole(source, size, mosaic)) for size, source, text in placed])
    return [mosaic.picture(rows, (height, height), gap=gap, padding=padding), *others]


def _cell(given: Given, sources: Sequence[Source]) -> Size:
    asked = given.text("cell")
    if asked:
        return read_size(asked)
    sizes = [source.size for source in sources]
    return max(size[0] for size in sizes), max(size[1] for size in sizes)


def _in_cell(source: Source, cell: Size, given: Given, mosaic: Mosaic) -> Callable[[], Image]:
    fit, gravity = given.text("fit") or "contain", given.text("gravity") or "center"
    enlarge = given.flag("enlarge") or source.is_drawing

    def paint() -> Image:
        plan = fitted(source.size, *cell, fit, enlarge=enlarge)
        image = source.at(plan.scale)[0]
        if plan.box[0] < plan.scale[0] or plan.box[1] < plan.scale[1]:
            image = image.crop(*window(image, plan.box, gravity), *plan.box)
        image = mosaic.cut(image)
        inner = image.width, image.height
        at = place(cell, inner, "center" if gravity in SMART else gravity)
        return image if inner == cell else on_ground(image, cell, at, "#00000000")

    return paint


def _whole(source: Source, size: Size, mosaic: Mosaic) -> Callable[[], Image]:
    return lambda: mosaic.cut(source.at(size)[0])

"""Short texts below pictures, all in one size: wrapped, and with an ellipsis where they are too long."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from imagebuild.errors import StepError
from imagebuild_pixels.geometry import Size
from imagebuild_pixels.lettering.drawing import Ink, draw
from imagebuild_pixels.lettering.layout import Block, Box, set_largest
from imagebuild_pixels.lettering.shaping import Typeface, paragraphs_of
from imagebuild_pixels.overlay import lay_over, nothing
from imagebuild_pixels.raster import Image

__all__ = ["Labels"]

_LINE_HEIGHT = 1.2


class Labels:
    """The labels of a sheet: how they are set, and how many lines each may take."""

    def __init__(self, typeface: Typeface, size: int, colour: str, lines: int) -> None:
        self._typeface = typeface
        self._size = size
        self._ink = Ink(colour)
        self._lines = lines

    def strips(self, texts: Sequence[str], widths: Sequence[int]) -> list[Image]:
        """A transparent strip for each text, as wide as its picture and all equally high, with the text centred."""
        blocks = [self._block(text, width) for text, width in zip(texts, widths, strict=True)]
        height = max((ceil(block.height) for block in blocks if block), default=0)
        room = height + 2 * (self._size // 3) if height else 0
        return [self._strip(block, (width, room)) for block, width in zip(blocks, widths, strict=True)]

    def _block(self, text: str, width: int) -> Block | None:
        if not text.strip():
            return None
        box = Box(width, 1e9, _LINE_HEIGHT, self._lines)
        paragraphs = paragraphs_of(text, self._typeface)
        block = set_largest(paragraphs, self._typeface.fonts, box, self._size, self._size, ellipsis=True)
        if block is None:
            hint = "lower 'label_size' or enlarge the pictures"
            raise StepError(f"no letter of the label '{text[:40]}' fits below {width} px", hint=hint)
        return block

    def _strip(self, block: Block | None, size: Size) -> Image:
        image = nothing((size[0], max(1, size[1])))
        if block is None:
            return image
        left, top = int((size[0] - block.width) / 2), self._size // 3
        for layer in draw(block, self._ink, "center")[0]:
            image = lay_over(image, layer.image, left + layer.left, top + layer.top)
        return image.copy_memory()

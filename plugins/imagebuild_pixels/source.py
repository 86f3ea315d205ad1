"""Pictures that are drawn into another at a size of its choosing: pixels are scaled, an SVG is drawn at that size."""

from __future__ import annotations

from functools import cached_property

from imagebuild import Picture
from imagebuild_pixels.canvas import with_alpha
from imagebuild_pixels.geometry import Size
from imagebuild_pixels.raster import Image, load, resized, size_of
from imagebuild_pixels.svg.drawing import is_svg, safe
from imagebuild_pixels.svg.node import Element
from imagebuild_pixels.svg.renderer import render
from imagebuild_pixels.svg.viewport import natural_size

__all__ = ["Source"]


class Source:
    """One picture, still undecoded; ``name`` is what messages call it."""

    def __init__(self, picture: Picture, name: str) -> None:
        self.name = name
        self.is_drawing = is_svg(picture)
        self._picture = picture

    @cached_property
    def size(self) -> Size:
        """Width and height as it is seen; of an SVG, its own in CSS pixels. Raises ``StepError``."""
        if not self.is_drawing:
            return size_of(self._picture, self.name)
        width, height = natural_size(self._drawing, self.name)
        return max(1, round(width)), max(1, round(height))

    def at(self, *sizes: Size) -> list[Image]:
        """Its pixels at each of these sizes, with alpha, in memory. Raises ``StepError``."""
        if self.is_drawing:
            return render(self._drawing, sizes, self.name)
        largest = max(size[0] for size in sizes), max(size[1] for size in sizes)
        image = load(self._picture, self.name, at_least=largest)
        return [with_alpha(resized(image, *size)) for size in sizes]

    @cached_property
    def _drawing(self) -> Element:
        return safe(self._picture.data, self.name)

"""One picture as an icon: square, at any size, and with what is known about its edge."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from imagebuild import Picture
from imagebuild.errors import StepError
from imagebuild_pixels.canvas import on_ground
from imagebuild_pixels.geometry import inside, place
from imagebuild_pixels.ground import measure, named
from imagebuild_pixels.raster import Image, load, resized
from imagebuild_pixels.svg.node import Element
from imagebuild_pixels.svg.renderer import render
from imagebuild_pixels.svg.viewport import natural_size

__all__ = ["LEAST_EDGE", "Icon", "icon_of"]

LEAST_EDGE = 512
_DRAWN_EDGE = 1024
_MOST_OBLONG = 1.25
_SAME = 3
"""Levels by which an edge of one colour may differ: so few that more of it beside it shows no seam."""

_SMALL = (16, 32, 48)
"""Sizes that a drawing is drawn at, since scaling down to so few pixels leaves less of it."""


class Icon(Struct, frozen=True):
    """A square picture. ``ground`` is the colour of its edge where that is opaque and of one colour.

    ``drawn`` holds it at some sizes, by their edge.
    """

    pixels: Image
    ground: str | None = None
    drawn: Mapping[int, Image] = field(default_factory=dict)

    @property
    def opaque(self) -> bool:
        """Whether it has a ground of its own."""
        return not self.pixels.hasalpha()

    @property
    def fills(self) -> bool:
        """Whether a picture goes up to its edge."""
        return self.opaque and self.ground is None

    def at(self, edge: int, margin: int = 0) -> Image:
        """Its pixels within ``edge``, with ``margin`` on all sides: of its ground, transparent where it has none."""
        inner_edge = edge - 2 * margin
        inner = self.drawn.get(inner_edge) or resized(self.pixels, inner_edge, inner_edge)
        return on_ground(inner, (edge, edge), (margin, margin), self.ground or "#00000000") if margin else inner


def icon_of(picture: Picture, root: Element | None, target: str) -> Icon:
    """The icon of a picture, or of its drawing where it is one. Raises ``StepError`` for what is small or oblong."""
    if root is not None:
        _must_be_square(*natural_size(root, target), target)
        large, *small = render(root, [(edge, edge) for edge in (_DRAWN_EDGE, *_SMALL)], target)
        return replace(_squared(large), drawn=dict(zip(_SMALL, small, strict=True)))
    image = load(picture, target, at_least=(_DRAWN_EDGE, _DRAWN_EDGE))
    _must_be_square(image.width, image.height, target)
    if min(image.width, image.height) < LEAST_EDGE:
        raise StepError(
            f"'{target}' is {image.width}x{image.height}, expected at least {LEAST_EDGE}x{LEAST_EDGE} for icons",
            hint="use a larger picture, or an svg",
        )
    return _squared(image)


def _must_be_square(width: float, height: float, target: str) -> None:
    if max(width, height) > _MOST_OBLONG * min(width, height):
        raise StepError(
            f"'{target}' is {width:g}x{height:g}, expected a square for icons", hint='crop it first: crop: "1:1"'
        )


def _squared(image: Image) -> Icon:
    """The middle of an opaque picture; all of one with transparency, on a transparent square."""
    if image.hasalpha() and image.extract_band(3).min() == 255:
        image = image.extract_band(0, n=3)
    size = image.width, image.height
    edge = max(size) if image.hasalpha() else min(size)
    if image.hasalpha():
        return Icon(on_ground(image, (edge, edge), place((edge, edge), size, "center"), "#00000000").copy_memory())
    square = inside((1, 1), size)
    image = image.crop(*place(size, square, "center"), *square).copy_memory()
    plain = measure(image, _SAME).plain
    return Icon(image, named(plain.colours[0]) if plain else None)

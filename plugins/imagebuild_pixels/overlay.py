"""One picture laid on another, and drawings of our own (never a stranger's SVG) as such pictures."""

from __future__ import annotations

from imagebuild.errors import StepError
from imagebuild_pixels.colour import rgba
from imagebuild_pixels.geometry import Size
from imagebuild_pixels.raster import Image, vips

__all__ = ["BLENDS", "dimmed", "filled", "lay_over", "nothing", "paint", "rounded_box"]

BLENDS = ("over", "multiply", "screen")
"""How the colours of a layer meet those below it."""

_LONGEST_EDGE = 32_000
"""What librsvg draws at most is 32,767 pixels an edge."""


def lay_over(image: Image, layer: Image, left: int, top: int, *, blend: str = "over") -> Image:
    """The image with ``layer`` (with alpha) on it; what stands over the edges is cut off, all other pixels stay."""
    right, bottom = min(image.width, left + layer.width), min(image.height, top + layer.height)
    x, y = max(0, left), max(0, top)
    if x >= right or y >= bottom:
        return image
    piece = image.crop(x, y, right - x, bottom - y)
    seen = layer.crop(x - left, y - top, right - x, bottom - y)
    mixed = piece.composite2(seen, blend)
    if not image.hasalpha():
        mixed = mixed.extract_band(0, n=3)
    return image.insert(mixed, x, y).copy(interpretation="srgb")


def paint(markup: str, width: int, height: int, *, shrink: int = 1) -> Image:
    """A drawing in SVG, in memory: 8 bit sRGB with alpha; ``shrink`` times smaller, rounded up, than it says.

    Raises ``StepError`` where it is too large.
    """
    if max(width, height) > _LONGEST_EDGE:
        hint = "make the picture smaller first"
        raise StepError(f"cannot draw on {width}x{height} pixels, at most {_LONGEST_EDGE} an edge", hint=hint)
    size = f'width="{-(-width // shrink)}" height="{-(-height // shrink)}"'
    box = f'viewBox="0 0 {width} {height}" preserveAspectRatio="none"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>{markup}</svg>'.encode()
    pyvips = vips()
    for last in (False, True):
        # Again each time: SVG counts as untrusted, and another thread or plugin may just have blocked all such loaders.
        pyvips.operation_block_set("VipsForeignLoadSvg", False)
        try:
            return pyvips.Image.svgload_buffer(svg, unlimited=True).copy_memory()
        except pyvips.Error as error:
            if last:
                raise StepError("the drawing library refuses a text or frame", hint="is it too large?") from error
    raise AssertionError


def filled(colour: str, **attributes: str | float) -> str:
    """The start of an element's attributes: fill in a colour of options, and whatever else is given."""
    *_, alpha = rgba(colour)
    opacity = f' fill-opacity="{alpha / 255:.4f}"' if alpha < 255 else ""
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f' fill="{colour[:7]}"{opacity}{more}'


def nothing(size: Size) -> Image:
    """A transparent picture."""
    return vips().Image.black(*size, bands=4).copy(interpretation="srgb")


def rounded_box(colour: str, width: int, height: int, radius: int) -> Image:
    """A filled box with round corners."""
    round_by = min(radius, width // 2, height // 2)
    return paint(f"<rect{filled(colour, width=width, height=height, rx=round_by)}/>", width, height)


def dimmed(layer: Image, opacity: float) -> Image:
    """The layer, its alpha times ``opacity``."""
    if opacity >= 1:
        return layer
    return layer.linear([1, 1, 1, opacity], [0, 0, 0, 0.5], uchar=True).copy(interpretation="srgb")

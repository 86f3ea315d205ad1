"""Regions of a picture: what is background, and what has the hue that matters most. As 8 bit masks of one band."""

from __future__ import annotations

import math

from msgspec import Struct

from imagebuild_sketch import raster
from imagebuild_sketch.colour import channels, hex_of
from imagebuild_sketch.edit.subject_mask import central
from imagebuild_sketch.raster import Image

__all__ = ["Salient", "backdrop", "background", "mean_colour", "member", "mix_in", "recolour", "salient"]

_SIDE = 48
_BASE = 0.05
"""What a cell far from the middle still weighs."""


class Salient(Struct, frozen=True):
    """The leading hue as a direction in the plane of chroma, how light it is (0 to 255), where and how far it lies.

    ``x``, ``y`` and ``spread`` are shares of the picture; ``fringe`` says how much of the border has this hue too.
    """

    u: float
    v: float
    luma: float
    strength: float
    x: float
    y: float
    spread: float
    fringe: float
    vivid: bool


def _plane(red: float, green: float, blue: float) -> tuple[float, float]:
    return red - (green + blue) / 2, (green - blue) * 0.866


def salient(image: Image, source: str | None = None, *, within: Image | None = None) -> Salient:
    """The most striking hue around the middle, or of what ``within`` marks, or the region nearest to a named colour."""
    small = image.flatten(background=[255, 255, 255]).thumbnail_image(_SIDE, height=_SIDE, size="force")
    data = bytes(small.extract_band(0, n=3).write_to_memory())
    alpha = _small_mask(image.extract_band(3))
    marked = _small_mask(within) if within is not None else alpha
    cells: list[tuple[float, float, float, float, float, float, bool]] = []
    for index in range(_SIDE * _SIDE):
        red, green, blue = data[index * 3 : index * 3 + 3]
        u, v = _plane(red, green, blue)
        x, y = (index % _SIDE + 0.5) / _SIDE, (index // _SIDE + 0.5) / _SIDE
        near = max(0.0, 1 - 2.1 * ((x - 0.52) ** 2 + (y - 0.58) ** 2) ** 0.5) if marked[index] > 100 else -_BASE
        edge = min(x, y, 1 - x, 1 - y) < 0.07
        strength = math.sqrt(u * u + v * v) if alpha[index] > 100 else 0.0
        luma = 0.299 * red + 0.587 * green + 0.114 * blue
        cells.append((u, v, strength, near, luma, float(index), edge))
    goal = _plane(*channels(source)) if source else None
    axis = goal if goal and math.sqrt(goal[0] ** 2 + goal[1] ** 2) > 12 else _leading(cells)
    size = math.sqrt(axis[0] ** 2 + axis[1] ** 2) or 1.0
    axis = (axis[0] / size, axis[1] / size)
    inside = [c for c in cells if c[2] > 26 and (c[0] * axis[0] + c[1] * axis[1]) / c[2] > 0.9]
    weight = sum(c[2] * (_BASE + c[3]) for c in inside)
    if weight <= 0:
        return Salient(axis[0], axis[1], 128, 60, 0.5, 0.55, 0.3, 0.0, vivid=False)

    def mean(values: list[float]) -> float:
        return sum(value * c[2] * (_BASE + c[3]) for value, c in zip(values, inside, strict=True)) / weight

    xs, ys = [(c[5] % _SIDE + 0.5) / _SIDE for c in inside], [(c[5] // _SIDE + 0.5) / _SIDE for c in inside]
    x, y = mean(xs), mean(ys)
    spread = mean([abs(value - x) for value in xs])
    fringe = sum(1 for c in inside if c[6]) / max(1, sum(1 for c in cells if c[6]))
    return Salient(
        axis[0], axis[1], mean([c[4] for c in inside]), mean([c[2] for c in inside]), x, y, spread, fringe, vivid=True
    )


def _small_mask(mask: Image) -> bytes:
    return bytes(mask.thumbnail_image(_SIDE, height=_SIDE, size="force").write_to_memory())


def _leading(cells: list[tuple[float, float, float, float, float, float, bool]]) -> tuple[float, float]:
    """The direction with most colour about the middle that the border does not have; cells left out are below 0."""
    best, best_score = (1.0, 0.0), -1.0
    for step in range(24):
        direction = (math.cos(step * math.pi / 12), math.sin(step * math.pi / 12))
        score = 0.0
        for u, v, strength, near, _, _, edge in cells:
            if near >= 0 and strength > 26 and (u * direction[0] + v * direction[1]) > 0.93 * strength:
                score += strength * strength * (near - (0.55 if edge else 0.0))
        if round(score, 3) > best_score:
            best, best_score = direction, round(score, 3)
    return best


def member(image: Image, found: Salient, *, width: float = 0.78) -> Image:
    """How far each pixel belongs to a hue, 0 to 255."""
    red, green, blue = (image.extract_band(band).cast("float") for band in range(3))
    u, v = red - (green + blue) / 2, (green - blue) * 0.866
    strength = (u * u + v * v) ** 0.5
    along = (u * found.u + v * found.v) / (strength + 0.5)
    width = max(width, 0.9) if found.fringe > 0.2 else width
    close = (along - width) * (255 / (0.98 - width))
    floor = found.strength * (0.77 if found.fringe > 0.3 else 0.66 if found.fringe > 0.2 else 0.42)
    strong = (strength - max(16.0, floor)) * (6.0 if found.fringe > 0.2 else 8.0)
    both = (close < strong).ifthenelse(close, strong)
    mask = both.rint().cast("uchar")
    if found.fringe > 0.12:
        mask = central(mask)
    if found.fringe > 0.3 and found.spread < 0.34:
        mask = (mask.cast("float") * _about(image, found) / 255).rint().cast("uchar")
    return mask


def _about(image: Image, found: Salient) -> Image:
    """A soft disc around the region, for when the surroundings have its hue as well."""
    radius = min(0.75, max(0.36, found.spread * 3.2))
    stops = '<stop offset="0.7" stop-color="#fff"/><stop offset="1" stop-color="#fff" stop-opacity="0"/>'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{image.width}" height="{image.height}" viewBox="0 0 100 100" '
        f'preserveAspectRatio="none"><defs><radialGradient id="a">{stops}</radialGradient></defs><ellipse '
        f'cx="{found.x * 100:.1f}" cy="{found.y * 100:.1f}" rx="{radius * 100:.1f}" ry="{radius * 90:.1f}" '
        'fill="url(#a)"/></svg>'
    )
    return raster.white_mask(image, svg)


def mix_in(image: Image, colours: Image, mask: Image) -> Image:
    """``colours`` (three bands) where ``mask`` is set, the picture elsewhere."""
    new = colours.rint().cast("uchar").copy(interpretation="srgb")
    mixed = mask.ifthenelse(new, image.extract_band(0, n=3), blend=True)
    return raster.join_alpha(mixed, image.extract_band(3))


def recolour(image: Image, found: Salient, colour: str, mask: Image) -> Image:
    """The masked region in another colour: its light and shade stay."""
    luma = image.extract_band(0) * 0.299 + image.extract_band(1) * 0.587 + image.extract_band(2) * 0.114
    middle = min(230.0, max(25.0, found.luma))
    goal = channels(colour)
    shade = luma / middle
    light = (luma - middle) * (1 / (255 - middle))
    bands = []
    for value in goal:
        dark_side = shade * value
        light_side = light * (255 - value) * 0.8 + value
        bands.append((luma < middle).ifthenelse(dark_side, light_side))
    return mix_in(image, bands[0].bandjoin(bands[1:]), mask)


def background(image: Image, *, sky: bool = False) -> Image:
    """What can be reached from the border without crossing an edge, 255 there and 0 elsewhere; ``sky``: from above."""
    calm = image.flatten(background=[255, 255, 255]).gaussblur(1.0, precision="integer")
    red, green, blue = (calm.extract_band(band).sobel() for band in range(3))
    edges = red.bandrank([green, blue], index=2)
    wall = edges > 13
    labels = wall.labelregions().copy_memory()
    width, height = image.width, image.height
    spots = [(x, 0) for x in (0, width // 4, width // 2, 3 * width // 4, width - 1)]
    if sky:
        spots += [(x, height // 5) for x in (0, width - 1)]
    else:
        spots += _sides(width, height)
    outside = None
    for label in sorted({int(labels.getpoint(x, y)[0]) for x, y in spots if wall.getpoint(x, y)[0] == 0}):
        part = labels == label
        outside = part if outside is None else outside | part
    if outside is None:
        return raster.plain_alpha(image, 0)
    grown = outside.rank(5, 5, 24) if min(width, height) >= 5 else outside
    return grown.cast("uchar")


def _sides(width: int, height: int) -> list[tuple[int, int]]:
    """Places along the sides, close enough that each strip of land has one; what stands on the lower edge stays."""
    return [(x, min(height - 1, height * step // 24)) for x in (0, width - 1) for step in range(1, 25)]


def backdrop(image: Image, *, sky: bool) -> tuple[Salient, Image]:
    """The background, or the sky alone, as what is to be changed, with its mean light."""
    mask = background(image, sky=sky)
    luma = image.extract_band(0) * 0.299 + image.extract_band(1) * 0.587 + image.extract_band(2) * 0.114
    share = max(mask.avg(), 0.5)
    mean = (luma * mask).avg() / share
    return Salient(1.0, 0.0, round(mean, 1), 60, 0.5, 0.3, 0.3, 0.0, vivid=True), mask


def mean_colour(image: Image) -> str:
    """The mean of the visible colours."""
    one = image.flatten(background=[255, 255, 255]).thumbnail_image(1, height=1, size="force")
    return hex_of(*one.getpoint(0, 0)[:3])

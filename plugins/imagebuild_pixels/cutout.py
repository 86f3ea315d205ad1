"""A subject cut out of a known ground: which pixels are ground, how much of each at the border, and its own colour."""

from __future__ import annotations

from imagebuild_pixels.board import find_grid, of_its_field
from imagebuild_pixels.ground import Colour, Ground, distance
from imagebuild_pixels.raster import Image

__all__ = ["cut_out"]

_FAINT, _FULL = 0.05, 0.96
"""Shares below and above which a pixel is taken for ground or subject alone: what lies beyond is noise."""

_SPECK = 12
"""Pixels up to which what stands alone on the ground is a fault of the picture."""

_SURE = 2
"""A pixel so many pixels within the subject holds nothing of the ground: edges are smoothed over less."""


def cut_out(image: Image, ground: Ground, *, tolerance: int, feather: int, inside: bool) -> tuple[Image, Image]:
    """The picture with alpha where the ground was, and its ground as a mask (255); both in memory.

    ``tolerance`` is in levels. Ground is what looks like it and is joined to the edge; with ``inside`` all that looks
    like it. Within ``feather`` pixels of the border a pixel is taken for a mixture of the ground beside it and of the
    subject beside it: its alpha is the subject's share, its colour what the ground is taken from.
    """
    colours = image.extract_band(0, n=3)
    like = _like(colours, ground, tolerance).copy_memory()
    mask = _without_specks((_opened(like) if inside else _joined(like)).copy_memory())
    if not feather:
        return _with_alpha(colours, mask.invert()), mask
    beside = _spread(colours, mask, feather)
    share = _share(colours, beside, mask, feather)
    border = (_grown(mask, feather) & _grown(mask.invert(), feather)).copy_memory()
    alpha = border.ifthenelse((share * 255 + 0.5).cast("uchar"), mask.invert())
    own = border.ifthenelse(_own(colours, beside, share, mask, feather), colours)
    return _with_alpha(own, alpha), mask


def _with_alpha(colours: Image, alpha: Image) -> Image:
    """What is transparent everywhere is black, so that it takes few bytes and hides nothing."""
    clear = (alpha == 0).ifthenelse(0, colours)
    return clear.bandjoin(alpha).copy(interpretation="srgb").copy_memory()


def _share(colours: Image, beside: Image, mask: Image, feather: int) -> Image:
    """How much of each pixel near the border is subject, 0 to 1.

    By how far it lies from the ground towards the subject's colour; where the subject is too thin to have one of its
    own, or has that of the ground, by how far it lies from the ground, as a share of the farthest pixel nearby.
    """
    away = (colours - beside).cast("float").copy_memory()
    far = away.abs().bandmean().cast("uchar").copy_memory()
    most = _grown(far, feather + 1)
    share = far / (most + 0.001)
    sure = _shrunk(mask.invert(), _SURE)
    towards = (_spread(colours, sure, feather + _SURE) - beside).copy_memory()
    known = (_grown(sure, feather + _SURE) > 0) & (towards.abs().bandmean() * 2 > most)
    length = (towards * towards).bandmean()
    along = (away * towards).bandmean() / (length + 0.001)
    share = known.ifthenelse(along, share)
    return (share < _FAINT).ifthenelse(0, (share > _FULL).ifthenelse(1, share)).copy_memory()


def _own(colours: Image, beside: Image, share: Image, mask: Image, feather: int) -> Image:
    """Each pixel without the ground's part, but never beyond the colours of the subject around it."""
    own = (colours - beside) / (share == 0).ifthenelse(1, share) + beside
    side = feather + 1
    subject = mask.invert()
    highest = _grown((subject == 0).ifthenelse(0, colours), side)
    lowest = _shrunk((subject == 0).ifthenelse(255, colours), side)
    own = (own > highest).ifthenelse(highest, own)
    own = (own < lowest).ifthenelse(lowest, own)
    return (share == 0).ifthenelse(colours, own + 0.5).cast("uchar")


def _like(colours: Image, ground: Ground, tolerance: int) -> Image:
    """255 where a pixel looks like ground."""
    if len(ground.colours) == 1:
        return _near(colours, ground.colours[0], tolerance)
    one, other = ground.colours
    room = min(tolerance, distance(one, other) // 3)
    first, second = _near(colours, one, room).copy_memory(), _near(colours, other, room).copy_memory()
    grid = find_grid(colours, ground)
    fields = (first | second if grid is None else of_its_field(first, second, grid)).copy_memory()
    # Between two fields lies a line of mixed colours: what is closed in by fields on both sides is one.
    reach = max(1, min(3, ground.field // 6))
    return _shrunk(_grown(fields, reach), reach) & _between(colours, one, other, tolerance) | fields


def _near(colours: Image, colour: Colour, tolerance: int) -> Image:
    bands = [(colours.extract_band(band) - level).abs() <= tolerance for band, level in enumerate(colour)]
    return bands[0] & bands[1] & bands[2]


def _between(colours: Image, one: Colour, other: Colour, tolerance: int) -> Image:
    """255 where each band lies between those of two colours, or not far from it."""
    low = [min(pair) - tolerance for pair in zip(one, other, strict=True)]
    high = [max(pair) + tolerance for pair in zip(one, other, strict=True)]
    bands = [
        (colours.extract_band(band) >= low[band]) & (colours.extract_band(band) <= high[band]) for band in range(3)
    ]
    return bands[0] & bands[1] & bands[2]


def _joined(mask: Image) -> Image:
    """The part of a mask that is joined to the picture's edge."""
    framed = mask.embed(1, 1, mask.width + 2, mask.height + 2, extend="background", background=255)
    labels = framed.copy_memory().labelregions()
    return (labels == labels.getpoint(0, 0)[0]).crop(1, 1, mask.width, mask.height)


def _opened(mask: Image) -> Image:
    """A mask without what is thinner than three pixels, but for what is joined to the edge."""
    return _grown(_shrunk(mask, 1), 1) & mask | _joined(mask)


def _without_specks(mask: Image) -> Image:
    """A mask that covers what stands alone and is no larger than a speck, too."""
    labels = mask.labelregions().copy_memory()
    if labels.max() > 65_535:
        return mask
    one = (mask.copy() * 0 + 1).cast("uint")
    areas = one.hist_find_indexed(labels.cast("ushort"), combine="sum")
    small = labels.cast("ushort").maplut((areas <= _SPECK).copy_memory())
    return (mask | small).copy_memory()


def _grown(mask: Image, reach: int) -> Image:
    """The greatest value in a square around each pixel: along rows, then along columns."""
    side = 2 * reach + 1
    return mask.rank(side, 1, side - 1).copy_memory().rank(1, side, side - 1).copy_memory()


def _shrunk(mask: Image, reach: int) -> Image:
    """The least value in a square around each pixel."""
    side = 2 * reach + 1
    return mask.rank(side, 1, 0).copy_memory().rank(1, side, 0).copy_memory()


def _spread(colours: Image, mask: Image, reach: int) -> Image:
    """The mean colour of what a mask shows around each pixel, near ones counting more; its own where there is none."""
    sigma = reach * 0.75 + 0.5
    weight = _blurred(mask, sigma)
    sums = _blurred((mask == 0).ifthenelse(0, colours), sigma) * 255
    return (weight < 0.01).ifthenelse(colours, sums / (weight + (weight == 0))).copy_memory()


def _blurred(image: Image, sigma: float) -> Image:
    return image.cast("float").gaussblur(sigma, precision="float", min_ampl=0.01).copy_memory()

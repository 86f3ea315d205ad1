"""Changes of tone: every pixel by the same rule. Pictures are RGBA, 8 bit; alpha is left alone."""

from __future__ import annotations

from collections.abc import Sequence

from imagebuild_sketch import raster
from imagebuild_sketch.colour import channels
from imagebuild_sketch.raster import Image

__all__ = [
    "blocks",
    "blur",
    "contrast",
    "curve",
    "grey",
    "invert",
    "lines",
    "poster",
    "saturate",
    "sepia",
    "sharpen",
    "tinted",
    "washed",
]

_LUMA = ((0.299, 0.587, 0.114),) * 3


def _colours(image: Image) -> Image:
    return image.extract_band(0, n=3)


def _with(image: Image, colours: Image) -> Image:
    whole = colours.rint().cast("uchar").copy(interpretation="srgb")
    return raster.join_alpha(whole, image.extract_band(3))


def curve(image: Image, gain: Sequence[float], offset: Sequence[float]) -> Image:
    """Each channel times its gain plus its offset."""
    return _with(image, _colours(image).linear(list(gain), list(offset)))


def tinted(image: Image, colour: str, share: float) -> Image:
    """Every colour moved towards one."""
    return curve(image, [1 - share] * 3, [value * share for value in channels(colour)])


def contrast(image: Image, factor: float) -> Image:
    """Spread about middle grey, or drawn together below 1."""
    return curve(image, [factor] * 3, [128 * (1 - factor)] * 3)


def _mixed(image: Image, rows: Sequence[Sequence[float]]) -> Image:
    matrix = raster.vips().Image.new_from_array([list(row) for row in rows])
    return _with(image, _colours(image).cast("float").recomb(matrix))


def saturate(image: Image, factor: float) -> Image:
    """Colours away from grey, or towards it below 1."""
    rows = [
        [_LUMA[row][column] * (1 - factor) + (factor if row == column else 0) for column in range(3)]
        for row in range(3)
    ]
    return _mixed(image, rows)


def grey(image: Image) -> Image:
    """Black and white, with a little more contrast."""
    return contrast(_mixed(image, _LUMA), 1.08)


def blocks(image: Image, count: int) -> Image:
    """Pixel art: the short side is ``count`` squares, each of one colour."""
    width, height = image.width, image.height
    step = max(1, min(width, height) // count)
    columns, rows = max(1, -(-width // step)), max(1, -(-height // step))
    small = image.thumbnail_image(columns, height=rows, size="force")
    colours = ((_colours(small) / 17.0).rint() * 17.0).cast("uchar")
    alpha = (small.extract_band(3) > 127).ifthenelse(255, 0).cast("uchar")
    whole = raster.join_alpha(colours.copy(interpretation="srgb"), alpha)
    return whole.zoom(step, step).crop(0, 0, width, height).copy(interpretation="srgb")


def washed(image: Image, seed: int) -> Image:
    """Watercolour: edges that wander, pigment that gathers here and there."""
    pyvips = raster.vips()
    width, height = image.width, image.height
    unit = min(width, height)
    small = (max(2, width // 4), max(2, height // 4))

    def noise(cell: float, number: int) -> Image:
        field = pyvips.Image.perlin(*small, cell_size=max(2, round(cell)), seed=seed + number)
        whole = field.resize(width / small[0], vscale=height / small[1], kernel="linear")
        return whole.crop(0, 0, min(width, whole.width), min(height, whole.height))

    cell = unit * 0.014
    shift = [(noise(cell, number) * (unit * 0.0075) * 8).rint() / 8 for number in (1, 2)]
    rim = max(2, round(unit * 0.012))
    wide = image.embed(rim, rim, width + 2 * rim, height + 2 * rim, extend="copy")
    moved = wide.mapim(pyvips.Image.xyz(width, height) + rim + shift[0].bandjoin(shift[1]))
    pool = noise(unit * 0.05, 3) * 17 + noise(unit * 0.008, 4) * 9
    paper = _colours(moved) * 0.9 + [25, 25, 23] + pool
    return _with(moved, paper)


def sepia(image: Image) -> Image:
    """Brown as an old print, with paler blacks."""
    brown = _mixed(image, ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131)))
    return curve(brown, (0.84, 0.84, 0.84), (22, 18, 12))


def invert(image: Image) -> Image:
    """The negative."""
    return curve(image, (-1, -1, -1), (255, 255, 255))


def blur(image: Image, share: float = 0.009) -> Image:
    """Soft, by a share of the short side."""
    sigma = max(0.8, min(image.width, image.height) * share)
    soft = image.premultiply().gaussblur(sigma, precision="integer").unpremultiply()
    return soft.rint().cast("uchar").copy(interpretation="srgb")


def sharpen(image: Image) -> Image:
    """Crisper edges: what a blur takes away, added twice."""
    colours = _colours(image)
    soft = colours.gaussblur(max(0.8, min(image.width, image.height) * 0.0014), precision="integer")
    return _with(image, colours * 2.4 - soft * 1.4)


def poster(image: Image) -> Image:
    """Few, flat, strong colours."""
    calm = _colours(image).median(3) if min(image.width, image.height) > 8 else _colours(image)
    return saturate(_with(image, (calm / 51.0).rint() * 51.0), 1.25)


def lines(image: Image) -> Image:
    """Dark lines on paper where colours meet."""
    calm = _colours(image).gaussblur(max(0.7, min(image.width, image.height) * 0.0012), precision="integer")
    red, green, blue = (calm.extract_band(band).sobel() for band in range(3))
    strength = red.bandrank([green, blue], index=2)
    ink = (strength.cast("float") - 26) * 3.2
    shown = (ink < 0).ifthenelse(0, ink)
    paper = [(252 - shown * 0.85), (249 - shown * 0.85), (241 - shown * 0.8)]
    return _with(image, paper[0].bandjoin(paper[1:]))

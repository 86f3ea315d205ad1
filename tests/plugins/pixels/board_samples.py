"""Painted checkerboards as image models make them, and pictures that only look like some."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from imagebuild import Picture, ProviderContext, Request
from imagebuild_sketch import SketchProvider

SIDE = 512
Colour = tuple[int, int, int]


def grey(level: int) -> Colour:
    return (level, level, level)


LIGHT, DARK = grey(255), grey(204)


def board(
    side: float, light: Colour = LIGHT, dark: Colour = DARK, *, size: int = SIDE, wobble: float = 0
) -> Image.Image:
    """Squares that fill the picture; with ``wobble`` none is quite as large as the next."""
    chance = random.Random(side)
    columns, rows = _cuts(chance, side, size, wobble), _cuts(chance, side, size, wobble)
    image = Image.new("RGB", (size, size))
    draw = ImageDraw.Draw(image)
    for row, (top, bottom) in enumerate(pairwise(rows)):
        for column, (left, right) in enumerate(pairwise(columns)):
            draw.rectangle((left, top, right - 1, bottom - 1), fill=dark if (row + column) % 2 else light)
    return image


def _cuts(chance: random.Random, side: float, size: int, wobble: float) -> list[int]:
    cuts, at = [0.0], side
    while cuts[-1] < size:
        cuts.append(at)
        at += side * (1 + wobble * (2 * chance.random() - 1))
    return [round(cut) for cut in cuts]


def with_subject(image: Image.Image, scale: float = 0.7, *, shadow: bool = False) -> Image.Image:
    """The picture with a robot cut out by the sketch provider in its middle."""
    cut_out = _subject().resize((round(image.width * scale), round(image.height * scale)))
    left, top = (image.width - cut_out.width) // 2, (image.height - cut_out.height) // 2
    image = image.copy()
    if shadow:
        dark = Image.new("RGBA", cut_out.size, (0, 0, 0, 0))
        dark.putalpha(cut_out.getchannel("A").filter(ImageFilter.GaussianBlur(12)).point(lambda alpha: alpha // 3))
        image.paste(dark, (left + 10, top + 14), dark)
    image.paste(cut_out, (left, top), cut_out)
    return image


_CUT_OUT: list[Image.Image] = []


def _subject() -> Image.Image:
    if not _CUT_OUT:
        data = sketched("a friendly robot", background="transparent").data
        _CUT_OUT.append(Image.open(io.BytesIO(data)).convert("RGBA"))
    return _CUT_OUT[0]


def sketched(prompt: str, size: int = 384, **options: Any) -> Picture:
    """What the offline provider draws."""
    provider = SketchProvider()
    request = provider.resolve(Request(prompt, {"size": f"{size}x{size}", **options})).request
    return provider.generate(request, ProviderContext("test", "key")).pictures[0]


def saved(image: Image.Image, form: str = "PNG", quality: int = 80) -> Picture:
    file = io.BytesIO()
    image.save(file, form, quality=quality)
    return Picture(file.getvalue(), f"image/{form.lower()}")


def noisy(image: Image.Image, sigma: float) -> Image.Image:
    chance = random.Random(7)
    tile = Image.new("L", (64, 64))
    tile.putdata([round(min(255, max(0, chance.gauss(128, sigma)))) for _ in range(64 * 64)])
    whole = Image.new("L", image.size)
    for top in range(0, image.height, 64):
        for left in range(0, image.width, 64):
            whole.paste(tile, (left, top))
    return ImageChops.add(image, Image.merge("RGB", [whole] * 3), 1, -128)


def bent(image: Image.Image, by: float) -> Image.Image:
    """As if drawn by hand: no line is straight."""

    def moved(x: float, y: float) -> tuple[float, float]:
        return x + by * math.sin(y / 50), y + by * math.cos(x / 40)

    mesh = []
    for top in range(0, image.height, 16):
        for left in range(0, image.width, 16):
            corners = ((left, top), (left, top + 16), (left + 16, top + 16), (left + 16, top))
            mesh.append(((left, top, left + 16, top + 16), [value for x, y in corners for value in moved(x, y)]))
    return image.transform(image.size, Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)


def shaded(image: Image.Image) -> Image.Image:
    light = Image.linear_gradient("L").resize(image.size).point(lambda level: 255 - level // 8)
    return ImageChops.multiply(image, Image.merge("RGB", [light] * 3))


def tilted(side: float, degrees: float) -> Image.Image:
    edge = (720 - SIDE) // 2
    turned = board(side, size=720).rotate(degrees, resample=Image.Resampling.BICUBIC)
    return turned.crop((edge, edge, edge + SIDE, edge + SIDE))


def framed(inner: Image.Image, ground: Colour) -> Image.Image:
    image = Image.new("RGB", (SIDE, SIDE), ground)
    image.paste(inner, ((SIDE - inner.width) // 2, (SIDE - inner.height) // 2))
    return image


def woven(base: Colour, over: Colour, width: int = 20) -> Image.Image:
    """Gingham: stripes that can be seen through, both ways."""
    image, cloth = Image.new("RGB", (SIDE, SIDE), base), Image.new("RGB", (SIDE, SIDE), over)
    for upright in (True, False):
        mask = Image.new("L", image.size, 0)
        draw = ImageDraw.Draw(mask)
        for at in range(0, SIDE, 2 * width):
            draw.rectangle((at, 0, at + width - 1, SIDE) if upright else (0, at, SIDE, at + width - 1), fill=128)
        image.paste(cloth, (0, 0), mask)
    return image


def plaid() -> Image.Image:
    image = Image.new("RGB", (SIDE, SIDE), (90, 90, 96))
    draw = ImageDraw.Draw(image, "RGBA")
    for upright in (True, False):
        for at in range(0, SIDE, 60):
            for begin, width, colour in ((0, 24, (200, 200, 200, 128)), (30, 5, (250, 250, 250, 150))):
                first, last = at + begin, at + begin + width
                draw.rectangle((first, 0, last, SIDE) if upright else (0, first, SIDE, last), fill=colour)
    return image


def boxes(step: tuple[int, int], box: tuple[int, int], ground: Colour, colour: Colour, shift: int = 0) -> Image.Image:
    """Rows of boxes at equal distances, every second row shifted."""
    image = Image.new("RGB", (SIDE, SIDE), ground)
    draw = ImageDraw.Draw(image)
    for row, top in enumerate(range(4, SIDE, step[1])):
        for left in range(4 - step[0] + row % 2 * shift, SIDE, step[0]):
            draw.rectangle((left, top, left + box[0] - 1, top + box[1] - 1), fill=colour)
    return image


def stripes(width: int = 16) -> Image.Image:
    return boxes((2 * width, SIDE), (width, SIDE), grey(250), grey(204))


def floor(light: Colour, dark: Colour) -> Image.Image:
    """Tiles seen from the door."""
    image = Image.new("RGB", (SIDE, SIDE), (225, 225, 220))
    draw = ImageDraw.Draw(image)
    horizon = 180
    for y in range(horizon, SIDE):
        depth = 4000 / (y - horizon + 8)
        for x in range(SIDE):
            across = (x - SIDE / 2) * depth / 400
            draw.point((x, y), light if (math.floor(across) + math.floor(depth)) % 2 else dark)
    return image


def scattered(one: int, other: int) -> Image.Image:
    chance = random.Random(1)
    image = Image.new("RGB", (SIDE // 8, SIDE // 8))
    image.putdata([grey(chance.choice((one, other))) for _ in range(image.width * image.height)])
    return image.resize((SIDE, SIDE), Image.Resampling.NEAREST)


def houndstooth() -> Image.Image:
    rows = ("11110001", "11110011", "11101111", "11111110", "00010000", "00111000", "10001110", "11100000")
    tooth = Image.new("L", (8, 8))
    tooth.putdata([255 if digit == "1" else 120 for row in rows for digit in row])
    tooth = tooth.resize((32, 32), Image.Resampling.NEAREST)
    image = Image.new("L", (SIDE, SIDE))
    for top in range(0, SIDE, 32):
        for left in range(0, SIDE, 32):
            image.paste(tooth, (left, top))
    return image.convert("RGB")


def painted() -> Iterator[tuple[str, float, Callable[[], Picture]]]:
    """Name, side of the squares and picture of each painted checkerboard."""
    for side in (4, 6, 8, 10, 13, 16, 20, 25, 32, 40, 48):
        yield f"squares of {side}", side, lambda side=side: saved(with_subject(board(side)))
        yield f"squares of {side}, jpeg", side, lambda side=side: saved(with_subject(board(side)), "JPEG", 70)
    for light, dark in ((255, 230), (255, 242), (245, 235), (204, 153), (255, 128), (64, 40), (60, 30)):
        two = grey(light), grey(dark)
        yield f"tones {light} and {dark}", 14, lambda two=two: saved(with_subject(board(14, *two)), "JPEG", 75)
    for form, quality in (("WEBP", 50), ("AVIF", 40), ("JPEG", 25)):
        for side in (8, 16):
            yield (
                f"{form} of quality {quality}, squares of {side}",
                side,
                lambda side=side, form=form, quality=quality: saved(
                    with_subject(board(side, dark=grey(220)), shadow=True), form, quality
                ),
            )
    for wobble in (0.1, 0.25):
        yield (
            f"unequal by {wobble}",
            18,
            lambda wobble=wobble: saved(
                with_subject(noisy(board(18, grey(250), grey(208), wobble=wobble), 4), shadow=True), "JPEG"
            ),
        )
    for by in (2, 5):
        yield f"bent by {by}", 18, lambda by=by: saved(with_subject(bent(board(18), by)), "JPEG")
    for degrees in (0.5, 1.5):
        yield f"tilted by {degrees}", 18, lambda degrees=degrees: saved(with_subject(tilted(18, degrees)))
    yield "bluish", 16, lambda: saved(with_subject(board(16, (250, 252, 255), (205, 208, 216))), "JPEG")
    yield "shaded", 16, lambda: saved(with_subject(shaded(board(16))), "JPEG")
    yield "soft", 20, lambda: saved(with_subject(board(20).filter(ImageFilter.GaussianBlur(3))))
    yield "nothing on it", 16, lambda: saved(board(16))
    yield "a subject that leaves little", 16, lambda: saved(with_subject(board(16), 1.3))
    yield "a resized picture", 12, lambda: saved(with_subject(board(16)).resize((384, 384)), "JPEG")


INNOCENT: Mapping[str, Callable[[], Picture]] = {
    "a chess board that fills the picture": lambda: saved(board(64, grey(240), grey(30))),
    "a grey chess board that fills the picture": lambda: saved(board(64, LIGHT, DARK)),
    "a chess board on a table": lambda: saved(framed(board(50, LIGHT, grey(120), size=400), (120, 80, 50))),
    "a small board on white": lambda: saved(framed(board(10, LIGHT, DARK, size=200), LIGHT)),
    "a draughts board of wood": lambda: saved(board(51.2, (240, 217, 181), (181, 136, 99))),
    "a racing flag": lambda: saved(with_subject(board(24, LIGHT, grey(0)))),
    "blue tiles": lambda: saved(with_subject(board(16, (240, 240, 255), (90, 140, 220)))),
    "beige tiles": lambda: saved(with_subject(board(20, (245, 235, 215), (215, 195, 165)))),
    "large kitchen tiles": lambda: saved(with_subject(board(60, LIGHT, grey(225)))),
    "a tiled floor": lambda: saved(floor(LIGHT, grey(190)), "JPEG"),
    "a strip of floor below": lambda: saved(
        ImageChops.offset(framed(board(16, size=512).crop((0, 0, 512, 120)), DARK), 0, 196)
    ),
    "white tiles with joints": lambda: saved(boxes((24, 24), (22, 22), DARK, grey(250))),
    "a brick wall": lambda: saved(boxes((24, 12), (22, 10), DARK, grey(240), 12)),
    "dots in a grid": lambda: saved(boxes((24, 24), (12, 12), DARK, grey(250))),
    "dots in shifted rows": lambda: saved(boxes((24, 16), (9, 12), DARK, grey(250), 12)),
    "rows of windows": lambda: saved(with_subject(boxes((26, 32), (14, 20), (190, 190, 195), (90, 95, 105)))),
    "gingham": lambda: saved(woven(LIGHT, grey(128))),
    "light gingham": lambda: saved(woven(LIGHT, grey(200))),
    "red gingham": lambda: saved(woven(LIGHT, (200, 30, 30))),
    "plaid": lambda: saved(plaid()),
    "houndstooth": lambda: saved(houndstooth()),
    "stripes": lambda: saved(stripes()),
    "diamonds": lambda: saved(tilted(20, 45)),
    "a code of squares": lambda: saved(scattered(40, 230)),
    "grey squares at random": lambda: saved(scattered(204, 255)),
    "a white ground": lambda: saved(with_subject(Image.new("RGB", (SIDE, SIDE), LIGHT)), "JPEG"),
    "noise": lambda: saved(noisy(Image.new("RGB", (SIDE, SIDE), grey(128)), 40)),
    "a dithered gradient": lambda: saved(Image.linear_gradient("L").resize((SIDE, SIDE)).convert("1").convert("RGB")),
}
SCENES = (
    "a chess board",
    "a tiled bathroom floor",
    "a skyscraper with many windows",
    "a plaid shirt",
    "a city skyline at night",
    "a calculator",
    "a polar bear in the snow, greyscale",
    "a newspaper, black and white",
)

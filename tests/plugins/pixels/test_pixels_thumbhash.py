from __future__ import annotations

import base64
import math
import random
from collections.abc import Callable

import pytest
from hash_decoder import read_thumbhash

from imagebuild_pixels import thumbhash

Pixel = tuple[int, int, int, int]


def drawn(width: int, height: int, paint: Callable[[float, float], Pixel]) -> bytes:
    return bytes(v for y in range(height) for x in range(width) for v in paint(x / width, y / height))


def sunset(x: float, y: float) -> Pixel:
    return round(250 - 120 * y), round(90 + 80 * x), round(40 + 150 * y * x), 255


def by_the_formula(width: int, height: int, rgba: bytes) -> bytes:
    """The hash by the format's own double sums, in floating point."""
    pixels = [tuple(v / 255 for v in rgba[at : at + 4]) for at in range(0, len(rgba), 4)]
    weight = sum(p[3] for p in pixels)
    mean = [sum(p[band] * p[3] for p in pixels) / weight if weight else 0.0 for band in range(3)]
    transparent = any(p[3] < 1 for p in pixels)
    laid = [[p[band] * p[3] + mean[band] * (1 - p[3]) for band in range(3)] for p in pixels]
    planes = [
        [sum(p) / 3 for p in laid],
        [(p[0] + p[1]) / 2 - p[2] for p in laid],
        [p[0] - p[1] for p in laid],
        [p[3] for p in pixels],
    ]
    limit = 5 if transparent else 7
    across = max(1, math.floor(limit * width / max(width, height) + 0.5))
    down = max(1, math.floor(limit * height / max(width, height) + 0.5))

    def channel(plane: list[float], nx: int, ny: int) -> tuple[float, float, list[int]]:
        terms = []
        for cy in range(ny):
            for cx in range(nx):
                if cx * ny < nx * (ny - cy):
                    total = 0.0
                    for at, value in enumerate(plane):
                        y, x = divmod(at, width)
                        total += (
                            value
                            * math.cos(math.pi / width * cx * (x + 0.5))
                            * math.cos(math.pi / height * cy * (y + 0.5))
                        )
                    terms.append(total / (width * height))
        scale = max(abs(term) for term in terms[1:])
        return terms[0], scale, [math.floor(15 * (0.5 + 0.5 * term / scale) + 0.5) for term in terms[1:]]

    channels = [channel(planes[0], max(3, across), max(3, down)), channel(planes[1], 3, 3), channel(planes[2], 3, 3)]
    (l_dc, l_scale, l_ac), (p_dc, p_scale, p_ac), (q_dc, q_scale, q_ac) = channels
    landscape = width > height
    first = math.floor(63 * l_dc + 0.5) | math.floor(31.5 + 31.5 * p_dc + 0.5) << 6
    first |= math.floor(31.5 + 31.5 * q_dc + 0.5) << 12 | math.floor(31 * l_scale + 0.5) << 18 | transparent << 23
    second = (down if landscape else across) | math.floor(63 * p_scale + 0.5) << 3
    second |= math.floor(63 * q_scale + 0.5) << 9 | landscape << 15
    data = bytearray(first.to_bytes(3, "little") + second.to_bytes(2, "little"))
    nibbles = [*l_ac, *p_ac, *q_ac]
    if transparent:
        a_dc, a_scale, a_ac = channel(planes[3], 5, 5)
        data.append(math.floor(15 * a_dc + 0.5) | math.floor(15 * a_scale + 0.5) << 4)
        nibbles += a_ac
    nibbles += [0] * (len(nibbles) % 2)
    return bytes(data) + bytes(a | b << 4 for a, b in zip(nibbles[::2], nibbles[1::2], strict=True))


@pytest.mark.parametrize("size", [(16, 16), (20, 10), (7, 19), (31, 4)])
@pytest.mark.parametrize("alpha", [True, False])
def test_a_hash_is_what_the_formats_own_sums_give(size: tuple[int, int], alpha: bool) -> None:
    chance = random.Random(repr((size, alpha)))
    data = bytearray(chance.randrange(256) for _ in range(size[0] * size[1] * 4))
    if not alpha:
        data[3::4] = b"\xff" * (size[0] * size[1])
    found, wanted = thumbhash.encode(*size, bytes(data)), by_the_formula(*size, bytes(data))
    head = 6 if alpha else 5
    assert found[:head] == wanted[:head]
    # Nothing lies between the steps 7 and 8: which of them it falls in is left to rounding.
    assert found[head:].hex().replace("7", "8") == wanted[head:].hex().replace("7", "8")


def test_a_hash_turns_back_into_a_picture_close_to_the_original() -> None:
    width, height, pixels = read_thumbhash(thumbhash.encode(60, 40, drawn(60, 40, sunset)))
    assert abs(width / height - 1.5) < 0.15
    for at, (red, green, blue, alpha) in enumerate(pixels):
        y, x = divmod(at, width)
        wanted = sunset(x / width, y / height)
        assert abs(red * 255 - wanted[0]) < 36
        assert abs(green * 255 - wanted[1]) < 36
        assert abs(blue * 255 - wanted[2]) < 36
        assert alpha == 1


def test_transparency_is_in_the_hash() -> None:
    hole = thumbhash.encode(
        32, 32, drawn(32, 32, lambda x, y: (20, 120, 220, 0 if math.hypot(x - 0.5, y - 0.5) < 0.3 else 255))
    )
    width, height, pixels = read_thumbhash(hole)
    assert pixels[height // 2 * width + width // 2][3] < 0.35
    assert min(pixels[0][3], pixels[-1][3]) > 0.8
    red, green, blue, _ = pixels[0]
    assert abs(red * 255 - 20) < 20
    assert abs(green * 255 - 120) < 20
    assert abs(blue * 255 - 220) < 20


@pytest.mark.parametrize("colour", [(255, 255, 255, 255), (0, 0, 0, 255), (200, 30, 90, 255), (0, 0, 0, 0)])
def test_a_plain_picture_has_no_terms_but_its_mean(colour: Pixel) -> None:
    hashed = thumbhash.encode(30, 20, bytes(colour) * 600)
    _, _, pixels = read_thumbhash(hashed)
    assert all(abs(a - b / 255) < 0.05 for pixel in pixels for a, b in zip(pixel, colour, strict=True))
    assert set(hashed[6 if colour[3] < 255 else 5 : -1]) == {0x88}


def test_published_hashes_turn_back_into_what_their_pictures_show() -> None:
    """The reader is right: a sunrise with its bright sky, and two icons of browsers on nothing."""
    width, height, sunrise = read_thumbhash(base64.b64decode("1QcSHQRnh493V4dIh4eXh1h4kJUI"))
    assert width < height
    assert sunrise[0][3] == 1
    _, _, firefox = read_thumbhash(base64.b64decode("YJqGPQw7sFlslqhFafSE+Q6oJ1h2iHB2Rw=="))
    assert firefox[0][3] < 0.2
    assert max(pixel[3] for pixel in firefox) == 1

"""ThumbHash and BlurHash turned back into pixels, term by term as their formats say, with nothing of the encoders."""

from __future__ import annotations

import math

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"


def read_thumbhash(data: bytes) -> tuple[int, int, list[tuple[float, float, float, float]]]:
    """Width and height, 32 pixels at most, and straight RGBA of 0 to 1."""
    head = int.from_bytes(data[:5], "little")
    transparent, landscape = bool(head >> 23 & 1), bool(head >> 39 & 1)
    most, other = (5 if transparent else 7), head >> 24 & 7
    shape = (most, other) if landscape else (other, most)
    nibbles = [half for byte in data[6 if transparent else 5 :] for half in (byte & 15, byte >> 4)]
    lengths = max(3, shape[0]), max(3, shape[1])
    channels = [((head & 63) / 63, (head >> 18 & 31) / 31, lengths)]
    channels.append(((head >> 6 & 63) / 31.5 - 1, (head >> 27 & 63) / 63 * 1.25, (3, 3)))
    channels.append(((head >> 12 & 63) / 31.5 - 1, (head >> 33 & 63) / 63 * 1.25, (3, 3)))
    if transparent:
        channels.append(((data[5] & 15) / 15, (data[5] >> 4) / 15, (5, 5)))
    terms = []
    for mean, scale, (across, down) in channels:
        places = [(x, y) for y in range(down) for x in range(across) if x * down < across * (down - y)]
        values = [(nibbles.pop(0) / 7.5 - 1) * scale for _ in places[1:]]
        terms.append(list(zip(places, [mean, *values], strict=True)))
    longest = max(shape)
    width, height = (round(32 * side / longest) for side in shape)
    pixels = []
    for y in range(height):
        for x in range(width):
            light, yellow, ruddy, *veil = (_sum(term, (x + 0.5) / width, (y + 0.5) / height) for term in terms)
            blue = light - 2 / 3 * yellow
            red = (3 * light - blue + ruddy) / 2
            levels = (red, red - ruddy, blue, veil[0] if veil else 1.0)
            red, green, blue, alpha = (max(0.0, min(1.0, level)) for level in levels)
            pixels.append((red, green, blue, alpha))
    return width, height, pixels


def read_blurhash(text: str, width: int, height: int) -> list[tuple[float, float, float]]:
    """Rows of linear RGB of 0 to 1."""
    down, across = (part + 1 for part in divmod(_number(text[0]), 9))
    scale = (_number(text[1]) + 1) / 166
    mean = _number(text[2:6])
    terms = [[_linear(mean >> shift & 255) for shift in (16, 8, 0)]]
    for at in range(6, len(text), 2):
        value = _number(text[at : at + 2])
        shares = (value // 361, value // 19 % 19, value % 19)
        terms.append([math.copysign(((share - 9) / 9) ** 2, share - 9) * scale for share in shares])
    assert len(terms) == across * down
    pixels = []
    for y in range(height):
        for x in range(width):
            weights = [
                math.cos(math.pi * i * x / width) * math.cos(math.pi * j * y / height)
                for j in range(down)
                for i in range(across)
            ]
            red, green, blue = (
                sum(weight * term[band] for weight, term in zip(weights, terms, strict=True)) for band in range(3)
            )
            pixels.append((red, green, blue))
    return pixels


def _sum(terms: list[tuple[tuple[int, int], float]], x: float, y: float) -> float:
    return sum(
        value * (math.cos(math.pi * i * x) * math.cos(math.pi * j * y) * 2 if i or j else 1) for (i, j), value in terms
    )


def _number(text: str) -> int:
    value = 0
    for sign in text:
        value = value * 83 + DIGITS.index(sign)
    return value


def _linear(level: int) -> float:
    value = level / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

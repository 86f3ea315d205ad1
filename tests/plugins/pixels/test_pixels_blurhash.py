from __future__ import annotations

from collections.abc import Callable

import pytest
from hash_decoder import read_blurhash

from imagebuild_pixels import blurhash

Paint = Callable[[int, int], tuple[int, int, int]]

VECTORS: list[tuple[str, int, int, Paint, int, int, str]] = [
    ("black", 4, 4, lambda x, y: (0, 0, 0), 4, 3, "L00000fQfQfQfQfQfQfQfQfQfQfQ"),
    ("white", 4, 4, lambda x, y: (255, 255, 255), 4, 3, "L~TSUA~qfQ~q~q%MfQ%MfQfQfQfQ"),
    ("lime", 8, 8, lambda x, y: (200, 255, 60), 4, 3, "LfN39P?:fQ?:?:oxfQoxfQfQfQfQ"),
    (
        "squares",
        16,
        16,
        lambda x, y: (255, 0, 0) if (x // 4 + y // 4) % 2 else (0, 0, 255),
        4,
        3,
        "LLLjfL,efQ,e,eFPfQ2NfQfQfQfQ",
    ),
    ("one term", 5, 7, lambda x, y: (x * 50, y * 30, 200), 1, 1, "00Ee,D"),
    (
        "ramps",
        8,
        6,
        lambda x, y: ((x + 8 * y) * 5, 255 - (x + 8 * y) * 5, (x + 8 * y) * 3),
        5,
        2,
        "D|G9x}k-X5tPX5HJXhj@XOj@",
    ),
]
"""Pictures by a formula with the hashes that encoders of others give for them (npm blurhash, go-blurhash)."""


def bands(width: int, height: int, paint: Paint) -> list[bytes]:
    pixels = [paint(x, y) for y in range(height) for x in range(width)]
    return [bytes(pixel[band] for pixel in pixels) for band in range(3)]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector[0] for vector in VECTORS])
def test_a_hash_is_the_one_that_other_encoders_give(vector: tuple[str, int, int, Paint, int, int, str]) -> None:
    _, width, height, paint, across, down, wanted = vector
    assert blurhash.encode(width, height, bands(width, height, paint), across, down) == wanted


def test_a_hash_turns_back_into_a_picture_close_to_the_original() -> None:
    def paint(x: int, y: int) -> tuple[int, int, int]:
        return 120 + 4 * x, 200 - 5 * y, 90

    text = blurhash.encode(32, 24, bands(32, 24, paint), 4, 3)
    pixels = read_blurhash(text, 32, 24)
    for x, y in ((4, 4), (16, 12), (28, 20), (28, 4)):
        found = pixels[y * 32 + x]
        wanted = [(level / 255) ** 2.2 for level in paint(x, y)]
        assert all(abs(a - b) < 0.12 for a, b in zip(found, wanted, strict=True)), (x, y)


def test_the_reader_gives_what_the_reference_decoder_gives() -> None:
    """For the hash of the format's own description, by npm blurhash, at 4 by 3 pixels: the first and the last."""
    pixels = read_blurhash("LEHV6nWB2yk8pyo0adR*.7kCMdnj", 4, 3)

    def levels(pixel: tuple[float, float, float]) -> list[int]:
        return [int((1.055 * value ** (1 / 2.4) - 0.055) * 255 + 0.5) for value in pixel]

    assert levels(pixels[0]) == [135, 164, 177]
    assert levels(pixels[-1]) == [148, 140, 134]


@pytest.mark.parametrize(
    ("size", "wanted"),
    [((100, 100), (4, 4)), ((150, 100), (4, 3)), ((1920, 1080), (4, 3)), ((9, 100), (3, 4)), ((100, 90), (4, 4))],
)
def test_terms_follow_the_shape(size: tuple[int, int], wanted: tuple[int, int]) -> None:
    assert blurhash.components(*size) == wanted

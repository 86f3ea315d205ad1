from __future__ import annotations

import pytest
from sketching import apart, disc, drawn, edit, pixels, plain

BLUE, RED = (bytes(plain(*colour).pngsave_buffer()) for colour in ((30, 60, 220), (220, 50, 40)))


def warmth(data: bytes) -> float:
    image = pixels(data).cast("float")
    return float((image.extract_band(0) - image.extract_band(2)).avg())


@pytest.mark.parametrize(
    "prompt", ["a house on a hill", "a key", "a city at dusk", "abstract waves", "a cup on a table"]
)
def test_a_reference_tints_the_picture_modestly(prompt: str) -> None:
    without, blue, red = drawn(prompt), drawn(prompt, inputs=(BLUE,)), drawn(prompt, inputs=(RED,))
    assert 1 < apart(without, red) < 90
    assert warmth(blue) < warmth(red)


def test_a_reference_tints_an_edit() -> None:
    parent = disc((200, 200, 205), (210, 40, 40))
    assert warmth(edit(parent, "blur", inputs=(BLUE,))) < warmth(edit(parent, "blur"))


def test_the_order_of_references_matters() -> None:
    assert drawn("a key", inputs=(BLUE, RED)) != drawn("a key", inputs=(RED, BLUE))

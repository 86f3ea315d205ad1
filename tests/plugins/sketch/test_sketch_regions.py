from __future__ import annotations

from sketching import colour, drawn, edit, pixels, plain


def crowded(side: int = 192) -> bytes:
    """A red disc on grey, with a red block in a corner, inside a red frame."""
    red = [210, 40, 40]
    image = plain(*red, width=side, height=side).draw_rect(
        [200, 200, 205], side // 12, side // 12, side - side // 6, side - side // 6, fill=True
    )
    image = image.draw_circle(red, side // 2, side // 2, side // 5, fill=True)
    return bytes(image.draw_rect(red, side // 8, side // 8, side // 10, side // 10, fill=True).pngsave_buffer())


def test_recolouring_leaves_neighbours_of_the_same_hue() -> None:
    after = edit(crowded(), "make it blue")
    assert colour(after, 0.5, 0.5)[2] > 150
    for x, y in ((0.02, 0.5), (0.17, 0.17)):
        assert colour(after, x, y)[:3] == (210, 40, 40)


def test_removing_the_background_takes_stray_things_with_it() -> None:
    after = edit(drawn("a mug, product photo", size="256x256"), "remove the background")
    alpha = pixels(after).extract_band(3)
    assert alpha.crop(0, 0, 256, 40).max() == 0
    assert alpha.crop(110, 120, 30, 30).min() == 255


def test_what_stands_on_the_lower_edge_is_no_background() -> None:
    after = edit(drawn("portrait of a woman in a yellow jacket", size="256x256"), "remove the background")
    assert colour(after, 0.3, 0.97)[3] == 255
    assert colour(after, 0.02, 0.05)[3] == 0

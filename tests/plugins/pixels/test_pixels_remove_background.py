from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pixel_samples import apply, at, gradient, jpeg, near, noise, pixels, plain, png, problems, spot, webp, with_pillow

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels import xmp
from imagebuild_pixels.board import find_grid
from imagebuild_pixels.ground import Ground, measure
from imagebuild_pixels.raster import Image, vips
from imagebuild_pixels.step.remove_background import RemoveBackground

WHITE, GREY, RED = (255, 255, 255), (204, 204, 204), (200, 30, 30)
TOLERANCE = 20


class TestRemoveBackground(StepContract):
    def step(self) -> Step:
        return RemoveBackground()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"ground": "auto", "format": "webp", "quality": 90}

    def pictures(self) -> Sequence[Picture]:
        return (png(laid(board(96, 96, 8), disc(96, 30))),)


def disc(edge: int, radius: int, hole: int = 0) -> Image:
    """How much of each pixel a disc or ring covers, 0 to 255, smooth at its border."""
    fine = vips().Image.black(edge * 4, edge * 4)
    fine = fine.draw_circle(255, edge * 2, edge * 2, radius * 4, fill=True)
    if hole:
        fine = fine.draw_circle(0, edge * 2, edge * 2, hole * 4, fill=True)
    return fine.shrink(4, 4).cast("uchar").copy_memory()


def laid(ground: Image, cover: Image, colour: tuple[int, int, int] = RED) -> Image:
    """A subject of one colour on a ground."""
    subject = plain(ground.width, ground.height, colour)
    mixed = ground + (subject - ground) * (cover / 255)
    return (mixed + 0.5).cast("uchar").copy(interpretation="srgb").copy_memory()


def board(width: int, height: int, field: int, one: tuple[int, ...] = WHITE, other: tuple[int, ...] = GREY) -> Image:
    fields = vips().Image.new_from_array([[255, 0], [0, 255]]).cast("uchar").zoom(field, field)
    fields = fields.replicate(width // field + 1, height // field + 1).crop(field // 3, field // 2, width, height)
    return fields.ifthenelse(list(one), list(other)).cast("uchar").copy(interpretation="srgb").copy_memory()


def removed(image: Image, **options: object) -> Image:
    (made,) = apply(RemoveBackground(), options, png(image))
    return pixels(made)


def error(found: Image, cover: Image) -> float:
    """How far alphas are from the true ones: the mean of the differences that are there at all, per border pixel."""
    difference = (found.extract_band(3) - cover).abs()
    border = ((cover > 0) & (cover < 255)).avg() / 255
    return float(difference.avg() / max(border, 1e-6))


@pytest.mark.parametrize("colour", [WHITE, (0, 0, 0), (40, 200, 70), (0, 60, 255)])
def test_a_plain_ground_goes_and_the_border_stays_as_soft_as_it_was(colour: tuple[int, int, int]) -> None:
    cover = disc(160, 50)
    found = removed(laid(plain(160, 160, colour), cover))
    assert at(found, 0, 0) == (0, 0, 0, 0)
    assert at(found, 80, 80) == (*RED, 255)
    assert error(found, cover) < 10


@pytest.mark.parametrize("colour", [WHITE, (0, 0, 0), (40, 200, 70)])
def test_no_rim_of_the_ground_is_left_in_the_border(colour: tuple[int, int, int]) -> None:
    found = removed(laid(plain(160, 160, colour), disc(160, 50)))
    alpha = found.extract_band(3)
    seen = (alpha > 40) & (alpha < 255)
    assert seen.max() == 255
    for band, level in enumerate(RED):
        off = seen.ifthenelse((found.extract_band(band) - level).abs(), 0)
        assert off.max() <= 12, band


@pytest.mark.parametrize(("field", "most"), [(7, 45), (16, 25), (31, 25)])
@pytest.mark.parametrize("light", [(WHITE, GREY), ((240, 240, 240), (225, 225, 225)), ((90, 90, 90), (60, 60, 60))])
def test_a_painted_checkerboard_goes(field: int, most: int, light: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    cover = disc(240, 70)
    found = removed(laid(board(240, 240, field, *light), cover))
    outside = (cover == 0).ifthenelse(found.extract_band(3), 0)
    assert outside.avg() < 0.25
    assert at(found, 120, 120) == (*RED, 255)
    assert error(found, cover) < most


def test_a_checkerboard_with_the_noise_of_a_jpeg_goes() -> None:
    cover = disc(240, 70)
    (made,) = apply(RemoveBackground(), {}, jpeg(laid(board(240, 240, 16), cover), Q=85))
    outside = (cover == 0).ifthenelse(pixels(made).extract_band(3), 0)
    assert outside.avg() < 1


def test_a_subject_with_the_colours_of_the_board_stays() -> None:
    cover = disc(320, 100)
    found = removed(laid(board(320, 320, 16), cover, GREY))
    inner = disc(320, 90)
    assert ((inner == 255).ifthenelse(found.extract_band(3), 255)).min() == 255
    outer = disc(320, 120)
    assert ((outer == 0).ifthenelse(found.extract_band(3), 0)).max() == 0


def test_a_board_of_unequal_fields_goes_too() -> None:
    steps = [11, 15, 12, 16, 13, 11, 16, 14, 12, 15, 11, 14, 16, 12, 12]
    line = [index % 2 for index, length in enumerate(steps) for _ in range(length)][:200]
    rows = bytes(255 if (a ^ b) else 210 for a in line for b in line for _ in range(3))
    ground = vips().Image.new_from_memory(rows, 200, 200, 3, "uchar").copy(interpretation="srgb")
    assert find_grid(ground, Ground((WHITE, (210, 210, 210)), 14)) is None
    cover = disc(200, 60)
    found = removed(laid(ground, cover))
    assert ((cover == 0).ifthenelse(found.extract_band(3), 0)).avg() < 0.5
    assert at(found, 100, 100)[3] == 255


def test_what_lies_within_the_subject_stays_unless_it_is_asked_for() -> None:
    ring = laid(plain(160, 160, WHITE), disc(160, 60, 25))
    assert at(removed(ring), 80, 80) == (*WHITE, 255)
    opened = removed(ring, inside=True)
    assert at(opened, 80, 80)[3] == 0
    assert at(opened, 80, 38) == (*RED, 255)


def test_the_feather_is_how_wide_the_mixed_border_is() -> None:
    picture = laid(plain(160, 160, WHITE), disc(160, 50))
    hard = removed(picture, feather=0).extract_band(3)
    assert ((hard > 0) & (hard < 255)).max() == 0
    blurred = laid(plain(160, 160, WHITE), disc(160, 50).gaussblur(2).cast("uchar"))
    narrow, wide = (removed(blurred, feather=feather).extract_band(3) for feather in (1, 6))
    assert ((wide > 0) & (wide < 255)).avg() > ((narrow > 0) & (narrow < 255)).avg()


def test_the_tolerance_says_what_is_still_ground() -> None:
    picture = plain(100, 100, WHITE).draw_rect([230, 230, 230], 0, 0, 100, 20, fill=True)
    picture = picture.draw_rect(list(RED), 40, 40, 20, 20, fill=True)
    assert at(removed(picture, tolerance=5), 50, 5)[3] == 255
    assert at(removed(picture, tolerance=12), 50, 5)[3] == 0


def test_a_given_colour_is_taken_without_measuring() -> None:
    picture = gradient(80, 80).draw_rect([0, 255, 0], 0, 0, 80, 30, fill=True)
    for colour in ("#00ff00", "lime"):
        found = removed(picture, ground=colour)
        assert at(found, 40, 5)[3] == 0
        assert at(found, 40, 60)[3] == 255


def test_a_subject_may_reach_the_edge() -> None:
    picture = plain(120, 120, WHITE).draw_rect(list(RED), 40, 50, 40, 70, fill=True)
    found = removed(picture)
    assert at(found, 60, 119) == (*RED, 255)
    assert at(found, 5, 119)[3] == 0


def test_specks_on_the_ground_go_with_it_and_small_parts_stay() -> None:
    picture = plain(120, 120, WHITE).draw_rect(list(RED), 40, 40, 40, 40, fill=True)
    picture = picture.draw_rect([0, 0, 0], 10, 10, 2, 2, fill=True).draw_rect([0, 0, 0], 100, 10, 8, 8, fill=True)
    found = removed(picture)
    assert at(found, 10, 10)[3] == 0
    assert at(found, 103, 13) == (0, 0, 0, 255)


def test_a_picture_that_is_transparent_already_passes_unchanged() -> None:
    picture = png(spot(60, 60, (20, 20, 20, 20), alpha=True))
    assert apply(RemoveBackground(), {}, picture)[0] is picture


def test_alpha_within_the_subject_is_kept() -> None:
    image = plain(100, 100, (*WHITE, 255)).draw_rect([*RED, 255], 30, 30, 40, 40, fill=True)
    image = image.draw_rect([*RED, 0], 45, 45, 10, 10, fill=True)
    found = removed(image)
    assert at(found, 50, 50)[3] == 0
    assert at(found, 35, 35)[3] == 255


@pytest.mark.parametrize(
    ("image", "options", "message"),
    [
        (gradient(200, 200), {}, "'hero' has a ground that is neither one colour nor a checkerboard: #"),
        (noise(100, 100), {}, "neither one colour nor a checkerboard"),
        (gradient(200, 200), {"ground": "plain"}, "not of one colour"),
        (plain(100, 100), {"ground": "checkerboard"}, "not a checkerboard: #c85028 on 100% of its edge"),
        (spot(90, 90, (30, 30, 30, 30)), {"ground": "#00ff00"}, "no ground of #00ff00 at its edge: #ffffff on 100%"),
        (plain(100, 100), {}, "'hero' is all ground of #c85028, nothing would be left"),
    ],
)
def test_a_ground_that_cannot_be_removed_is_refused_with_what_was_measured(
    image: Image, options: Mapping[str, object], message: str
) -> None:
    with pytest.raises(StepError, match=message) as caught:
        removed(image, **options)
    assert caught.value.hint


def test_a_ground_of_two_halves_is_no_checkerboard() -> None:
    halves = plain(120, 120, WHITE).draw_rect(list(GREY), 0, 0, 60, 120, fill=True)
    edge = measure(halves, TOLERANCE)
    assert (edge.plain, edge.board) == (None, None)
    assert str(edge) == "#ffffff on 50% and #cccccc on 50% of its edge"


def test_stripes_are_no_checkerboard() -> None:
    stripes = vips().Image.new_from_array([[255, 204]]).cast("uchar").zoom(10, 120).replicate(6, 1)
    edge = measure(stripes.bandjoin([stripes, stripes]).copy(interpretation="srgb"), TOLERANCE)
    assert edge.board is None


def test_a_board_is_measured_with_its_colours_and_fields() -> None:
    found = measure(laid(board(240, 200, 20), disc(240, 60).crop(0, 20, 240, 200)), TOLERANCE).board
    assert found is not None
    assert set(found.colours) == {WHITE, GREY}
    assert found.field == 20


def test_the_grid_of_a_board_is_found_wherever_it_begins() -> None:
    image = board(240, 200, 20)
    grid = find_grid(image, Ground((WHITE, GREY), 20))
    assert grid is not None
    assert near((round(grid.width * 10), round(grid.height * 10)), (200, 200), 1)
    for x, y in ((3, 3), (50, 3), (120, 77), (239, 199)):
        even = (int((x - grid.left) // grid.width) + int((y - grid.top) // grid.height)) % 2 == 0
        assert (at(image, x, y) == WHITE) == (even == grid.first)


def test_the_result_has_the_format_that_was_asked_for_its_label_and_the_mark() -> None:
    picture = webp(laid(plain(80, 80, WHITE), disc(80, 25)))
    labelled = Picture(picture.data, picture.media_type, {"format": "webp", "width": 80})
    (made,) = apply(RemoveBackground(), {}, labelled, source_type="trainedAlgorithmicMedia")
    assert (made.media_type, made.labels) == ("image/png", {"format": "png", "width": 80})
    assert xmp.parse(with_pillow(made).info["xmp"])[1] == "trainedAlgorithmicMedia"
    (made,) = apply(RemoveBackground(), {"format": "webp"}, labelled)
    assert made.media_type == "image/webp"


def test_what_is_no_picture_of_pixels_passes() -> None:
    style = Picture(b"a{}", "text/css")
    assert apply(RemoveBackground(), {}, style) == [style]


def test_options_that_mean_nothing_are_named() -> None:
    assert problems(RemoveBackground(), {"": "whitish"}) == [
        "expected auto, plain, checkerboard or a colour like '#00ff00', found 'whitish'"
    ]
    assert problems(RemoveBackground(), {"quality": 80}) == ["'quality' means nothing for png"]
    assert problems(RemoveBackground(), {"tolerance": 80}) != []

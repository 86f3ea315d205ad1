from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pixel_samples import WRITERS, animation, apply, at, gradient, near, pixels, plain, png, problems
from tiny_font import tiny_font

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.raster import frames_of
from imagebuild_pixels.step.watermark import Watermark

GREY = (90, 90, 90)
LOGO = {"image": {"file": "logo.png"}}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><path d="M0 0h20v10h-20z" fill="#f00"/></svg>'


def ground(width: int = 400, height: int = 200) -> Picture:
    return png(plain(width, height, GREY))


def logo(width: int = 200, height: int = 100, colour: tuple[int, ...] = (255, 0, 0)) -> dict[str, Picture]:
    return {"image": png(plain(width, height, colour))}


def ink(picture: Picture) -> tuple[int, int, int, int]:
    """Left, top, width and height of all that is no longer grey."""
    left, top, width, height = pixels(picture).extract_band(0, n=3).find_trim(background=list(GREY), threshold=8)
    return left, top, width, height


class TestImageContract(StepContract):
    def step(self) -> Step:
        return Watermark()

    def options(self) -> Mapping[str, object]:
        return {**LOGO, "rotate": 20, "position": "tile"}

    def files(self) -> Mapping[str, Picture]:
        return logo()

    def pictures(self) -> Sequence[Picture]:
        return (png(gradient(160, 90)),)


class TestTextContract(StepContract):
    def step(self) -> Step:
        return Watermark()

    def options(self) -> Mapping[str, object]:
        return {"text": "© us"}

    def pictures(self) -> Sequence[Picture]:
        return (png(gradient(160, 90)),)


@pytest.mark.parametrize(
    ("position", "left", "top"),
    [
        ("northwest", 10, 10),
        ("north", 160, 10),
        ("northeast", 310, 10),
        ("west", 10, 80),
        ("center", 160, 80),
        ("east", 310, 80),
        ("southwest", 10, 150),
        ("south", 160, 150),
        ("southeast", 310, 150),
    ],
)
def test_the_mark_stands_where_it_is_put(position: str, left: int, top: int) -> None:
    (made,) = apply(Watermark(), {**LOGO, "position": position, "margin": 10}, ground(), files=logo())
    assert ink(made) == (left, top, 80, 40)


def test_the_mark_is_as_opaque_as_asked_for() -> None:
    (made,) = apply(Watermark(), {**LOGO, "opacity": 0.5, "position": "center"}, ground(), files=logo())
    assert near(at(made, 200, 100), (172, 45, 45), 1)
    picture = ground()
    assert apply(Watermark(), {**LOGO, "opacity": 0}, picture, files=logo())[0] is picture


@pytest.mark.parametrize(
    ("blend", "wanted"), [("over", (128, 128, 128)), ("multiply", (45, 45, 45)), ("screen", (173, 173, 173))]
)
def test_colours_meet_as_asked_for(blend: str, wanted: tuple[int, ...]) -> None:
    options = {**LOGO, "opacity": 1, "blend": blend, "position": "center"}
    (made,) = apply(Watermark(), options, ground(), files=logo(colour=(128, 128, 128)))
    assert near(at(made, 200, 100), wanted, 1)


def test_width_is_pixels_or_a_share_of_the_pictures_width() -> None:
    for width, wanted in ((50, 50), ("25%", 100)):
        (made,) = apply(Watermark(), {**LOGO, "width": width}, ground(), files=logo())
        assert ink(made)[2:] == (wanted, wanted // 2)


def test_a_small_image_is_not_enlarged_but_a_drawing_is() -> None:
    (made,) = apply(Watermark(), {**LOGO, "width": 100}, ground(), files=logo(30, 15))
    assert ink(made)[2:] == (30, 15)
    (made,) = apply(Watermark(), {**LOGO, "width": 100}, ground(), files={"image": Picture(SVG, "image/svg+xml")})
    assert ink(made)[2:] == (100, 50)


def test_a_mark_that_would_not_fit_is_made_smaller() -> None:
    (made,) = apply(Watermark(), {**LOGO, "width": "100%", "margin": 10}, ground(), files=logo(100, 400))
    left, top, width, height = ink(made)
    assert height <= 180
    assert (left + width, top + height) == (390, 190)


@pytest.mark.parametrize(("degrees", "size"), [(90, (40, 80)), (180, (80, 40)), (-90, (40, 80)), (360, (80, 40))])
def test_right_angles_turn_pixel_by_pixel(degrees: int, size: tuple[int, int]) -> None:
    (made,) = apply(Watermark(), {**LOGO, "rotate": degrees, "opacity": 1}, ground(), files=logo())
    left, top, *found = ink(made)
    assert tuple(found) == size
    assert at(made, left, top) == (255, 0, 0)


def test_it_turns_clockwise() -> None:
    options = {**LOGO, "rotate": 30, "position": "center", "width": 200, "opacity": 1}
    (made,) = apply(Watermark(), options, ground(), files=logo(200, 20))
    assert at(made, 130, 60)[0] > 200
    assert at(made, 130, 140) == GREY


def test_tiles_cover_the_picture_as_bricks_do() -> None:
    options = {**LOGO, "position": "tile", "width": 40, "gap": 10, "opacity": 1}
    (made,) = apply(Watermark(), options, ground(), files=logo())
    rows = [[at(made, x, y)[0] == 255 for x in range(0, 400, 5)] for y in (10, 40)]
    assert rows[0].count(True) > 60
    assert rows[0][5:75] == rows[1][0:70]


def test_text_is_as_wide_as_asked_for() -> None:
    (made,) = apply(Watermark(), {"text": "© studio", "width": 120, "shadow": "transparent"}, ground())
    assert 110 <= ink(made)[2] <= 121


def test_text_is_set_in_small_letters_where_no_width_is_given() -> None:
    options = {"text": "aaaa", "shadow": "transparent", "font": {"file": "x.ttf"}}
    files = {"font": tiny_font({"a": 500})}
    assert ink(apply(Watermark(), {**options, "size": 20}, ground(), files=files)[0])[3] == 16
    assert ink(apply(Watermark(), options, ground(800, 500), files=files)[0])[3] == 16


def test_letters_too_small_to_read_are_refused() -> None:
    with pytest.raises(StepError, match=r"letters would be \d\.\d px, at least 6"):
        apply(Watermark(), {"text": "a rather long text", "width": 20}, ground())


def test_a_margin_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(StepError, match="'margin' leaves no room on 400x200"):
        apply(Watermark(), {**LOGO, "margin": 100}, ground(), files=logo())


def test_a_damaged_mark_is_named() -> None:
    with pytest.raises(StepError, match="'image' is no picture"):
        apply(Watermark(), LOGO, ground(), files={"image": Picture(b"no picture", "application/octet-stream")})


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "avif", "gif"])
def test_the_format_stays_and_the_source_type_is_written(form: str) -> None:
    (made,) = apply(Watermark(), LOGO, WRITERS[form](gradient(99, 70)), files=logo(), source_type="algorithmicMedia")
    assert made.media_type == f"image/{form}"
    assert b"digitalsourcetype/algorithmicMedia" in made.data


def test_each_frame_of_an_animation_is_marked() -> None:
    (made,) = apply(Watermark(), {**LOGO, "width": "50%"}, animation(size=(40, 30)), files=logo())
    assert frames_of(made, "test") == 3
    assert all(at(made, 35, top + 25)[0] > 150 for top in (0, 30, 60))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "'image' or 'text', found neither"),
        ({**LOGO, "text": "a"}, "'image' or 'text', found both"),
        ({"text": " "}, "'image' or 'text', found neither"),
        ({"text": "a", "opacity": 2}, "expected 0 to 1"),
        ({"text": "a", "position": "top"}, "expected one of center"),
    ],
)
def test_wrong_options_are_told_before_anything_runs(options: Mapping[str, object], words: str) -> None:
    assert any(words in message for message in problems(Watermark(), options))

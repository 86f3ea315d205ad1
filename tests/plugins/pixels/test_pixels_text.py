from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pixel_samples import WRITERS, animation, apply, at, gradient, near, pixels, plain, png, problems, size
from tiny_font import tiny_font

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.raster import Image, frames_of
from imagebuild_pixels.step.text import Text

GREY = (90, 90, 90)
PLAIN = {"shadow": "transparent", "color": "red"}


def ground(width: int = 400, height: int = 200) -> Picture:
    return png(plain(width, height, GREY))


def ink(picture: Picture) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of all that is no longer grey."""
    left, top, width, height = pixels(picture).extract_band(0, n=3).find_trim(background=list(GREY), threshold=8)
    return left, top, left + width, top + height


def boxes(letters: str = "abcdef", **wider: int) -> Picture:
    return tiny_font({**dict.fromkeys(letters, 500), " ": 250, **wider})


class TestTextContract(StepContract):
    def step(self) -> Step:
        return Text()

    def options(self) -> Mapping[str, object]:
        return {"text": "Hi", "most": "60%"}

    def pictures(self) -> Sequence[Picture]:
        return (png(gradient(160, 90)),)


def test_a_bare_value_is_the_text() -> None:
    assert Text().resolve({"": "Hello"}).options["text"] == "Hello"


def test_text_stands_inside_its_margin() -> None:
    (made,) = apply(Text(), {"text": "Hello world", "margin": 20, **PLAIN}, ground())
    left, top, right, bottom = ink(made)
    assert 20 <= left < right <= 380
    assert 20 <= top < bottom <= 180
    assert abs((left + right) / 2 - 200) < 4


@pytest.mark.parametrize(("gravity", "third"), [("northwest", (0, 0)), ("center", (1, 1)), ("southeast", (2, 2))])
def test_gravity_says_where_it_stands(gravity: str, third: tuple[int, int]) -> None:
    (made,) = apply(Text(), {"text": "Hi", "size": 30, "gravity": gravity, **PLAIN}, ground())
    left, top, right, bottom = ink(made)
    assert (int((left + right) / 2 / 400 * 3), int((top + bottom) / 2 / 200 * 3)) == third


def test_a_short_text_is_set_larger_than_a_long_one() -> None:
    def letter_height(text: str) -> int:
        options = {"text": text, "most": "60%", "lines": 1, "font": {"file": "x.ttf"}, **PLAIN}
        (made,) = apply(Text(), options, ground(), files={"font": boxes()})
        _, top, _, bottom = ink(made)
        return bottom - top

    assert letter_height("aaaaaaaaaaaaaaaa") < letter_height("aaaaaaaa") < letter_height("a")


def test_sizes_are_pixels_or_a_share_of_the_shorter_edge() -> None:
    font = {"font": boxes()}
    for given, tall in ((50, 40), ("50%", 80)):
        options = {"text": "a", "size": given, "font": {"file": "x.ttf"}, **PLAIN}
        (made,) = apply(Text(), options, ground(), files=font)
        _, top, _, bottom = ink(made)
        assert bottom - top == tall


def test_the_largest_size_that_fits_is_taken() -> None:
    options = {"text": "aaaa", "width": 100, "margin": 0, "most": 200, "font": {"file": "x.ttf"}, **PLAIN}
    (made,) = apply(Text(), options, ground(), files={"font": boxes()})
    left, _, right, _ = ink(made)
    # Four boxes of half an em at 50 px, the last of them without its empty eighth.
    assert (left, right) == (150, 150 + 97)


def test_text_that_does_not_fit_is_an_error_with_figures() -> None:
    figures = r"at 40 px it takes 6 lines, \d+ px high, there is room for 360x60 px"
    with pytest.raises(StepError, match=figures) as caught:
        apply(Text(), {"text": "many words " * 8, "size": 40, "height": 60, "margin": 20}, ground())
    assert "overflow: ellipsis" in str(caught.value.hint)


def test_text_that_does_not_fit_may_shrink_or_end_in_an_ellipsis() -> None:
    options = {"text": "many words " * 8, "size": 40, "height": 60, "least": 8, **PLAIN}
    for overflow in ("shrink", "ellipsis"):
        (made,) = apply(Text(), {**options, "overflow": overflow}, ground())
        _, top, _, bottom = ink(made)
        assert 8 < bottom - top <= 60


def test_there_are_no_more_lines_than_asked_for() -> None:
    options = {"text": "aaaa bbbb cccc", "size": 40, "width": 120, **PLAIN}
    with pytest.raises(StepError, match="in 2 lines"):
        apply(Text(), {**options, "lines": 2}, ground())
    assert apply(Text(), {**options, "lines": 3}, ground())


def test_a_picture_without_room_says_so() -> None:
    with pytest.raises(StepError, match="there is no room for text on 400x200"):
        apply(Text(), {"text": "a", "margin": 100}, ground())


def test_high_marks_may_not_stand_over_the_edge() -> None:
    options = {"text": "a", "size": 60, "gravity": "north", "margin": 0, "font": {"file": "x.ttf"}}
    tall = {"font": tiny_font({"a": 500}, height=1500)}
    with pytest.raises(StepError, match=r"stands 3[67] px over the edge"):
        apply(Text(), options, ground(), files=tall)
    assert apply(Text(), {**options, "margin": 40}, ground(), files=tall)


def test_without_text_the_picture_is_handed_on_untouched() -> None:
    picture = ground()
    (made,) = apply(Text(), {"text": "  \n"}, picture)
    assert made is picture


def test_what_has_no_pixels_is_handed_on_untouched() -> None:
    style = Picture(b".a {}", "text/css")
    assert apply(Text(), {"text": "a"}, style) == [style]


def test_lines_align_by_gravity_by_choice_and_by_direction() -> None:
    def lower_line(**more: object) -> tuple[int, int]:
        options = {"text": "aaaa\na", "size": 40, "font": {"file": "x.ttf"}, **PLAIN, **more}
        (made,) = apply(Text(), options, ground(), files={"font": boxes()})
        left, top, right, _ = ink(made)
        lower = pixels(made).crop(0, top + 40, 400, 60).extract_band(0, n=3)
        start, _, width, _ = lower.find_trim(background=list(GREY), threshold=8)
        return start - left, right - start - width

    assert lower_line()[0] > 20
    assert lower_line(gravity="west") == (0, 60)
    assert lower_line(align="right") == (60, 0)
    assert lower_line(align="start") == (0, 60)
    assert lower_line(align="start", direction="rtl") == (60, 0)


def test_right_to_left_text_begins_at_the_right() -> None:
    font = tiny_font({"א": 500, "ב": 1500, "a": 500, " ": 250})
    options = {"text": "אב", "size": 40, "font": {"file": "x.ttf"}, **PLAIN}
    (made,) = apply(Text(), options, ground(), files={"font": font})
    left, top, right, _ = ink(made)
    # The second letter, three times as wide, stands at the left, with a gap behind it.
    row = [at(made, x, top + 10)[1] < 60 for x in range(left, right)]
    assert row.index(False) in (52, 53)
    assert row[60:-1] == [True] * (len(row) - 61)


def test_a_panel_lies_behind_the_text_and_nowhere_else() -> None:
    options = {"text": "a", "size": 40, "background": "blue", "padding": 10, "font": {"file": "x.ttf"}, **PLAIN}
    (made,) = apply(Text(), options, ground(), files={"font": boxes()})
    left, top, right, bottom = ink(made)
    assert (right - left, bottom - top) == (40, 60)
    assert at(made, left, top) == (0, 0, 255)
    assert at(made, left - 1, top) == GREY


def test_a_panel_can_be_as_large_as_the_box_or_a_band() -> None:
    options = {"text": "a", "size": 40, "background": "blue", "margin": 20, **PLAIN}
    (box,) = apply(Text(), {**options, "panel": "box"}, ground())
    assert ink(box) == (20, 20, 380, 180)
    (band,) = apply(Text(), {**options, "panel": "band", "gravity": "south", "margin": 0}, ground())
    left, _, right, bottom = ink(band)
    assert (left, right, bottom) == (0, 400, 200)


def test_a_panel_is_as_opaque_and_round_as_asked_for() -> None:
    options = {"text": "a", "size": 40, "background": "blue", "panel": "box", "margin": 20, **PLAIN}
    (made,) = apply(Text(), {**options, "background_opacity": 0.5, "radius": 30}, ground())
    assert near(at(made, 60, 40), (45, 45, 172), 2)
    assert at(made, 21, 21) == GREY
    (clear,) = apply(Text(), {**options, "background_opacity": 0}, ground())
    assert at(clear, 60, 40) == GREY


def test_white_text_has_a_shadow_of_its_own_accord() -> None:
    (made,) = apply(Text(), {"text": "O", "size": 120}, png(plain(400, 200, (255, 255, 255))))
    assert pixels(made).min() < 150
    (bare,) = apply(Text(), {"text": "O", "size": 120, "shadow": "transparent"}, png(plain(400, 200, (255, 255, 255))))
    assert pixels(bare).min() == 255


def test_an_outline_surrounds_the_letters() -> None:
    options = {
        "text": "a",
        "size": 100,
        "color": "white",
        "outline": "black",
        "outline_width": 0.1,
        "font": {"file": "f"},
    }
    (made,) = apply(Text(), options, ground(), files={"font": boxes()})
    left, top, right, bottom = ink(made)
    # Half an em less an eighth, and a tenth more on each side.
    assert abs(right - left - 63.75) < 1.5
    assert bottom - top == 100
    assert at(made, left + 3, (top + bottom) // 2) == (0, 0, 0)
    assert at(made, (left + right) // 2, (top + bottom) // 2) == (255, 255, 255)


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "avif", "gif"])
def test_the_format_stays(form: str) -> None:
    (made,) = apply(Text(), {"text": "Hi"}, WRITERS[form](gradient(200, 100)))
    assert made.media_type == f"image/{form}"


def test_each_frame_of_an_animation_is_written_on() -> None:
    (made,) = apply(Text(), {"text": "Hi", **PLAIN}, animation(size=(80, 60)))
    assert frames_of(made, "test") == 3
    image: Image = pixels(made)
    for top in (0, 60, 120):
        assert near(at(image.crop(0, top, 80, 60), 0, 0), at(image, 0, top))
        assert image.crop(0, top, 80, 60).extract_band(0).max() > 200


def test_transparency_stays_around_the_letters() -> None:
    (made,) = apply(Text(), {"text": "Hi", "color": "red"}, png(plain(200, 100, (0, 0, 0, 0))))
    assert at(made, 0, 0) == (0, 0, 0, 0)
    assert pixels(made).extract_band(3).max() == 255


def test_what_letters_do_not_touch_keeps_its_bits() -> None:
    before = gradient(400, 200)
    (made,) = apply(Text(), {"text": "Hi", "size": 20, "gravity": "southeast"}, png(before))
    assert pixels(made).crop(0, 0, 300, 150).write_to_memory() == before.crop(0, 0, 300, 150).write_to_memory()


def test_the_source_type_is_written_into_the_picture() -> None:
    (made,) = apply(Text(), {"text": "Hi"}, ground(), source_type="trainedAlgorithmicMedia")
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in made.data


def test_labels_stay_and_the_size_too() -> None:
    (made,) = apply(Text(), {"text": "Hi"}, Picture(ground(300, 90).data, "image/png", {"width": 300}))
    assert made.labels == {"width": 300}
    assert size(made) == (300, 90)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "needs 'text'"),
        ({"text": "a", "size": "large"}, "expected a size of letters, found 'large'"),
        ({"text": "a", "size": 0}, "expected a size of letters, found '0'"),
        ({"text": "a", "least": 50, "most": 20}, "'least' is 50, more than 'most', 20"),
        ({"text": "a", "language": "no such!"}, "expected a language"),
        ({"text": "a", "gravity": "attention"}, "expected one of center"),
    ],
)
def test_wrong_options_are_told_before_anything_runs(options: Mapping[str, object], words: str) -> None:
    assert any(words in message for message in problems(Text(), options))


def test_no_font_of_the_machine_is_asked() -> None:
    """Debian's Chromium brings fonts with Chinese; still the step says that its own have none."""
    with pytest.raises(StepError, match="Source Sans Pro Semibold has no glyph for '中'"):
        apply(Text(), {"text": "中"}, ground())

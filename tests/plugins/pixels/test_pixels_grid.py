from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pixel_samples import animation, apply, at, near, pixels, plain, png, problems, size

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.step.grid import Grid

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
BARE = {"gap": 10, "padding": 20}


def named(name: str, colour: tuple[int, ...], width: int = 40, height: int = 30) -> Picture:
    return Picture(png(plain(width, height, colour)).data, "image/png", {"name": name})


def three() -> Sequence[Picture]:
    return named("red", RED), named("green", GREEN), named("blue", BLUE)


class TestGridContract(StepContract):
    def step(self) -> Step:
        return Grid()

    def options(self) -> Mapping[str, object]:
        return {"names": True, "radius": "10%"}

    def pictures(self) -> Sequence[Picture]:
        return three()


def test_pictures_stand_in_rows_in_their_order() -> None:
    (made,) = apply(Grid(), {"": 2, **BARE}, *three())
    assert size(made) == (20 + 40 + 10 + 40 + 20, 20 + 30 + 10 + 30 + 20)
    assert [at(made, 25, 25), at(made, 75, 25), at(made, 25, 65)] == [RED, GREEN, BLUE]
    assert at(made, 75, 65) == at(made, 65, 25) == at(made, 5, 5) == WHITE


def test_left_to_itself_it_is_about_square() -> None:
    pictures = [named(str(index), RED) for index in range(10)]
    assert size(apply(Grid(), {"gap": 0, "padding": 0}, *pictures)[0]) == (160, 90)


def test_a_cell_is_as_large_as_the_largest_picture() -> None:
    (made,) = apply(Grid(), {"gap": 0, "padding": 0}, named("a", RED, 80, 10), named("b", BLUE, 10, 50))
    assert size(made) == (160, 50)
    assert at(made, 40, 25) == RED
    assert at(made, 40, 10) == WHITE
    assert at(made, 120, 2) == BLUE


def test_fit_says_how_a_picture_meets_its_cell() -> None:
    wide = named("wide", RED, 100, 50)
    options = {"cell": "40x40", "gap": 0, "padding": 0}
    contained, covered, filled = (
        apply(Grid(), {**options, "fit": fit}, wide)[0] for fit in ("contain", "cover", "fill")
    )
    assert at(contained, 20, 5) == WHITE
    assert at(contained, 20, 20) == RED
    assert at(covered, 0, 0) == at(filled, 0, 0) == RED
    assert size(contained) == size(covered) == size(filled) == (40, 40)


def test_gravity_says_what_cover_keeps() -> None:
    halves = png(plain(50, 50, RED).join(plain(50, 50, BLUE), "horizontal"))
    options = {"cell": "40x40", "fit": "cover", "gap": 0, "padding": 0}
    assert near(at(apply(Grid(), {**options, "gravity": "west"}, halves)[0], 20, 20), RED)
    assert near(at(apply(Grid(), {**options, "gravity": "east"}, halves)[0], 20, 20), BLUE)


def test_small_pictures_are_enlarged_only_when_asked() -> None:
    options = {"cell": "80x80", "gap": 0, "padding": 0}
    assert at(apply(Grid(), options, named("a", RED, 10, 10))[0], 5, 5) == WHITE
    assert at(apply(Grid(), {**options, "enlarge": True}, named("a", RED, 10, 10))[0], 5, 5) == RED


def test_a_drawing_is_drawn_at_the_size_of_its_cell() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h2v4h-2z" fill="#f00"/></svg>'
    (made,) = apply(Grid(), {"cell": "400x400", "gap": 0, "padding": 0}, Picture(svg, "image/svg+xml"))
    assert [at(made, 199, 200), at(made, 200, 200)] == [RED, WHITE]


def test_a_transparent_ground_stays_transparent() -> None:
    (made,) = apply(Grid(), {"columns": 1, "background": "transparent", **BARE}, *three()[:2])
    assert at(made, 5, 5) == (0, 0, 0, 0)
    assert at(made, 30, 30) == (255, 0, 0, 255)
    (half,) = apply(Grid(), {"columns": 1, "background": "#0000ff80", **BARE}, *three()[:2])
    assert at(half, 5, 5) == (0, 0, 255, 128)


def test_corners_are_round() -> None:
    (made,) = apply(Grid(), {"radius": 12, "gap": 0, "padding": 0}, three()[0])
    assert at(made, 0, 0) == WHITE
    assert at(made, 20, 0) == RED


def test_labels_make_room_below_the_pictures_of_their_row() -> None:
    (bare,) = apply(Grid(), {"columns": 1, "cell": "200x100"}, *three())
    (made,) = apply(Grid(), {"columns": 1, "cell": "200x100", "labels": ["One"]}, *three())
    (all_named,) = apply(Grid(), {"columns": 1, "cell": "200x100", "names": True}, *three())
    assert size(bare)[1] < size(made)[1] < size(all_named)[1]
    assert pixels(made).min() < pixels(bare).extract_band(0).max()


def test_a_label_too_long_ends_in_an_ellipsis() -> None:
    options = {"columns": 1, "cell": "200x100", "label_lines": 1}
    (short,) = apply(Grid(), {**options, "labels": ["One"]}, three()[0])
    (long,) = apply(Grid(), {**options, "labels": ["One " * 50]}, three()[0])
    assert size(short) == size(long)


def test_labels_are_light_on_a_dark_ground() -> None:
    options = {"labels": ["W"], "label_size": 40, "gap": 0, "padding": 0, "cell": "100x10"}
    (dark,) = apply(Grid(), {**options, "background": "black"}, named("a", (0, 0, 0), 100, 10))
    assert pixels(dark).max() > 200
    (light,) = apply(Grid(), options, named("a", WHITE, 100, 10))
    assert pixels(light).min() < 60


@pytest.mark.parametrize("form", ["png", "webp", "jpeg", "avif"])
def test_the_result_has_the_format_that_is_asked_for_and_the_mark(form: str) -> None:
    (made,) = apply(Grid(), {"format": form}, *three(), source_type="algorithmicMedia")
    assert made.media_type == f"image/{form}"
    assert dict(made.labels) == {}
    assert b"digitalsourcetype/algorithmicMedia" in made.data


def test_what_has_no_pixels_is_handed_on() -> None:
    style = Picture(b".a {}", "text/css")
    assert apply(Grid(), {}, *three(), style)[1:] == [style]


def test_faults_are_told_in_words() -> None:
    with pytest.raises(StepError, match="'grid' got 0 pictures"):
        apply(Grid(), {}, Picture(b".a {}", "text/css"))
    with pytest.raises(StepError, match="'labels' has 4 texts, there are 3 pictures"):
        apply(Grid(), {"labels": list("abcd")}, *three())
    with pytest.raises(StepError, match="at most 200 megapixels"):
        apply(Grid(), {"cell": "20000x20000"}, *three())
    with pytest.raises(StepError, match="3 frames"):
        apply(Grid(), {}, animation())
    with pytest.raises(StepError, match="no letter of the label"):
        apply(Grid(), {"cell": "8x8", "names": True}, *three())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"labels": ["a"], "names": True}, "'labels' and 'names' are both given"),
        ({"gravity": "attention"}, "'gravity: attention' is for 'fit: cover'"),
        ({"columns": 0}, "expected 1 to 200"),
        ({"cell": "large"}, "expected a size"),
    ],
)
def test_wrong_options_are_told_before_anything_runs(options: Mapping[str, object], words: str) -> None:
    assert any(words in message for message in problems(Grid(), options))

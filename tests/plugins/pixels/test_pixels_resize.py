from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pixel_samples import (
    PROMPT,
    animation,
    apply,
    at,
    gradient,
    jpeg,
    near,
    pixels,
    plain,
    png,
    problems,
    size,
    spot,
    webp,
    with_metadata,
)

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.container.webp import is_lossless
from imagebuild_pixels.encode import fields_of, format_of
from imagebuild_pixels.step.resize import Resize


class TestResize(StepContract):
    def step(self) -> Step:
        return Resize()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"width": 16, "height": 16, "gravity": "attention"}

    def pictures(self) -> Sequence[Picture]:
        return (png(gradient()),)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"": 32}, (32, 24)),
        ({"height": 12}, (16, 12)),
        ({"width": 20, "height": 20}, (20, 20)),
        ({"width": 20, "height": 20, "fit": "contain"}, (20, 20)),
        ({"width": 20, "height": 20, "fit": "inside"}, (20, 15)),
        ({"width": 20, "height": 20, "fit": "outside"}, (27, 20)),
        ({"width": 20, "height": 40, "fit": "fill"}, (20, 40)),
        ({"width": 128}, (64, 48)),
        ({"width": 128, "enlarge": True}, (128, 96)),
        ({"width": 96, "height": 96}, (48, 48)),
        ({"width": 96, "height": 96, "enlarge": True}, (96, 96)),
    ],
)
def test_sizes(options: dict[str, object], wanted: tuple[int, int]) -> None:
    assert size(apply(Resize(), options, png(gradient()))[0]) == wanted


@pytest.mark.parametrize(("gravity", "left"), [("west", 10), ("northwest", 10), ("east", 75), ("attention", 60)])
def test_gravity_says_what_cover_keeps(gravity: str, left: int) -> None:
    picture = png(spot(120, 40, (left, 10, 20, 20)))
    (small,) = apply(Resize(), {"width": 20, "height": 20, "gravity": gravity}, picture)
    assert (200, 0, 0) in {at(small, x, 10) for x in range(20)}


def test_contain_shows_all_on_a_ground() -> None:
    options = {"width": 40, "height": 40, "fit": "contain", "background": "navy", "gravity": "north"}
    (image,) = apply(Resize(), options, png(plain(80, 40)))
    assert at(image, 20, 10) == (200, 80, 40)
    assert at(image, 20, 35) == (0, 0, 128)


def test_the_ground_of_contain_is_transparent_and_white_in_a_jpeg() -> None:
    options = {"width": 40, "height": 40, "fit": "contain"}
    assert at(apply(Resize(), options, png(plain(80, 40)))[0], 2, 2)[3] == 0
    assert near(at(apply(Resize(), options, jpeg(plain(80, 40)))[0], 2, 2), (255, 255, 255))


def test_a_box_too_large_for_a_contained_picture_holds_it_at_its_size() -> None:
    (image,) = apply(Resize(), {"width": 100, "height": 100, "fit": "contain"}, png(plain(20, 10)))
    alpha = pixels(image)[3]
    assert size(image) == (100, 100)
    assert round(alpha.avg() * 100 * 100 / 255) == 200


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "avif", "gif"])
def test_the_format_stays_and_the_mark_is_written(form: str) -> None:
    (small,) = apply(Resize(), {"": 32}, with_metadata(form), source_type="trainedAlgorithmicMedia")
    assert format_of(small, "hero") == form
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in small.data
    assert PROMPT.encode() not in small.data
    assert b"digitalsourcetype" not in apply(Resize(), {"": 32}, with_metadata(form))[0].data


def test_a_picture_that_has_its_size_is_written_anew_all_the_same() -> None:
    (image,) = apply(Resize(), {"": 64}, with_metadata("png"), source_type="algorithmicMedia")
    assert PROMPT.encode() not in image.data
    assert b"algorithmicMedia" in image.data


def test_a_lossless_webp_stays_lossless() -> None:
    assert is_lossless(apply(Resize(), {"": 32}, webp(gradient(), lossless=True))[0].data)
    assert not is_lossless(apply(Resize(), {"": 32}, webp(gradient()))[0].data)


@pytest.mark.parametrize("form", ["gif", "webp"])
@pytest.mark.parametrize("options", [{"": 6}, {"width": 4, "height": 4, "gravity": "entropy"}])
def test_an_animation_stays_one(form: str, options: dict[str, object]) -> None:
    image = pixels(apply(Resize(), options, animation(form))[0])
    assert image.height == 3 * image.get("page-height")
    assert image.get("delay") == [100, 200, 300]


def test_a_jpeg_that_comes_smaller_looks_the_same() -> None:
    picture = jpeg(gradient(640, 480))
    (small,) = apply(Resize(), {"": 64}, picture)
    for place in ((0, 0), (63, 47), (30, 20)):
        assert near(at(small, *place), at(gradient(64, 48), *place), 8)


def test_labels_and_our_own_fields_go_along_and_other_files_pass() -> None:
    from imagebuild_pixels.step.metadata import Metadata

    (named,) = apply(Metadata(), {"title": "Hello"}, Picture(png(gradient()).data, "image/png", {"name": "x"}))
    sheet = Picture(b"a {}", "text/css", {"name": "y"})
    small, passed = apply(Resize(), {"": 32}, named, sheet)
    assert small.labels == {"name": "x"}
    assert fields_of(small, "hero") == {"title": "Hello"}
    assert passed is sheet


def test_options_that_make_no_sense_are_problems() -> None:
    assert problems(Resize(), {}) == ["'resize' needs 'width', 'height' or both"]
    assert problems(Resize(), {"width": 0}) == ["'width' of 'resize': expected 1 to 10000, found 0"]
    contain = {"width": 1, "height": 1, "fit": "contain", "gravity": "attention"}
    assert problems(Resize(), contain) == ["'gravity: attention' is for 'fit: cover'; 'contain' cuts nothing off"]


def test_a_result_with_too_many_pixels_is_refused() -> None:
    with pytest.raises(StepError, match="'hero' would become 10000x480000"):
        apply(Resize(), {"": 10_000, "enlarge": True}, png(plain(1, 48)))

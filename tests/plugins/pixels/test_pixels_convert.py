from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pixel_samples import (
    PROMPT,
    animation,
    apply,
    at,
    gradient,
    near,
    noise,
    pixels,
    plain,
    png,
    problems,
    same,
    with_metadata,
)

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.encode import FORMATS, format_of
from imagebuild_pixels.step.convert import Convert


class TestConvert(StepContract):
    def step(self) -> Step:
        return Convert()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"format": "avif", "quality": 60}

    def pictures(self) -> Sequence[Picture]:
        return (png(gradient()),)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("came", FORMATS)
def test_any_format_becomes_any_other_marked_and_without_prompts(came: str, form: str) -> None:
    (made,) = apply(Convert(), {"": form}, with_metadata(came), source_type="trainedAlgorithmicMedia")
    assert format_of(made, "hero") == form
    assert made.media_type == FORMATS[form]
    assert near(at(made, 30, 20)[:3], at(gradient(), 30, 20), 14)
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in made.data
    assert PROMPT.encode() not in made.data


@pytest.mark.parametrize("form", ["jpeg", "webp", "avif"])
def test_quality_counts(form: str) -> None:
    low, high = (apply(Convert(), {"format": form, "quality": quality}, png(noise()))[0] for quality in (10, 90))
    assert len(low.data) < len(high.data)


@pytest.mark.parametrize("form", ["webp", "avif"])
def test_lossless_is_lossless(form: str) -> None:
    (made,) = apply(Convert(), {"format": form, "lossless": True}, png(noise()))
    assert same(pixels(made), noise())


@pytest.mark.parametrize(("form", "efforts"), [("webp", (0, 6)), ("avif", (0, 4))])
def test_effort_counts(form: str, efforts: tuple[int, int]) -> None:
    one, other = (apply(Convert(), {"format": form, "effort": effort}, png(noise()))[0] for effort in efforts)
    assert one.data != other.data


def test_what_is_left_out_is_as_documented() -> None:
    for form, stated in (
        ("jpeg", {"quality": 80, "progressive": True, "background": "white", "subsampling": "4:2:0"}),
        ("webp", {"quality": 80, "effort": 4}),
        ("avif", {"quality": 50, "effort": 3, "subsampling": "4:2:0"}),
    ):
        plain_, told = (apply(Convert(), {"format": form, **more}, png(noise()))[0] for more in ({}, stated))
        assert plain_.data == told.data


def test_jpeg_takes_its_own_options() -> None:
    clear = png(plain(16, 16, (0, 0, 0, 0)))
    (blue,) = apply(Convert(), {"format": "jpeg", "background": "blue", "progressive": False}, clear)
    assert near(at(blue, 4, 4), (0, 0, 254))
    assert b"\xff\xc0" in blue.data


def test_a_label_that_names_the_format_follows() -> None:
    labelled = Picture(png(gradient()).data, "image/png", {"format": "png", "width": 64})
    assert apply(Convert(), {"": "webp"}, labelled)[0].labels == {"format": "webp", "width": 64}


def test_an_animation_can_change_between_gif_and_webp_alone() -> None:
    image = pixels(apply(Convert(), {"": "webp"}, animation("gif"))[0])
    assert (image.get("page-height"), image.height, image.get("delay")) == (8, 24, [100, 200, 300])
    with pytest.raises(StepError, match="3 frames"):
        apply(Convert(), {"": "jpeg"}, animation("gif"))


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, "'convert' needs 'format'"),
        ({"format": "png", "quality": 5}, "'quality' means nothing for png"),
        ({"format": "jpeg", "lossless": True}, "'lossless' means nothing for jpeg"),
        ({"format": "webp", "progressive": True}, "'progressive' means nothing for webp"),
        ({"format": "webp", "effort": 7}, "expected 0 to 6 for webp, found 7"),
        ({"format": "webp", "lossless": True, "quality": 5}, "'quality' means nothing with 'lossless: true'"),
    ],
)
def test_an_option_that_the_format_does_not_know_is_a_problem(options: dict[str, object], wanted: str) -> None:
    assert problems(Convert(), options) == [wanted]

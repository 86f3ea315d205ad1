from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from board_samples import sketched
from check_samples import STYLE, SVG, judged, labelled
from pixel_samples import animation, gradient, jpeg, noise, plain, png, spot

from imagebuild import Check, Picture
from imagebuild.testing import CheckContract
from imagebuild_pixels.check.blank import Blank
from imagebuild_pixels.raster import Image


class TestBlank(CheckContract):
    def check(self) -> Check:
        return Blank()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": False}

    def passing(self) -> Sequence[Picture]:
        return [png(gradient())]

    def failing(self) -> Sequence[Picture]:
        return [png(plain(64, 48))]


GRAIN = (noise(600, 600) / 25 + 120).cast("uchar").copy(interpretation="srgb")
SILHOUETTE = plain(300, 300, (0, 0, 0, 0)).draw_rect([0, 0, 0, 255], 100, 100, 80, 80, fill=True)


@pytest.mark.parametrize("image", [plain(700, 500), GRAIN, plain(300, 300, (9, 9, 9, 255))])
def test_one_colour_is_blank_however_large_or_grainy(image: Image) -> None:
    verdict = judged(Blank(), {}, jpeg(image) if image.bands == 3 else png(image))
    assert (verdict.passed, verdict.measured, verdict.wanted) == (
        False,
        "100 % of one colour",
        "more than one colour",
    )


def test_a_picture_that_is_clear_all_over_is_blank_whatever_colours_lie_below() -> None:
    below = gradient().bandjoin(0).copy(interpretation="srgb")
    assert judged(Blank(), {}, png(below)).measured == "transparent all over"


@pytest.mark.parametrize(
    "image", [spot(1024, 1024, (500, 500, 60, 60)), SILHOUETTE, gradient(), spot(60, 60, (0, 0, 4, 4))]
)
def test_a_small_thing_on_a_plain_ground_is_something(image: Image) -> None:
    assert judged(Blank(), {}, png(image)).passed


def test_a_speck_of_dust_is_nothing() -> None:
    verdict = judged(Blank(), {}, png(spot(1024, 1024, (500, 500, 12, 12))))
    assert not verdict.passed
    assert verdict.measured.startswith("99.9")


def test_a_drawn_picture_is_not_blank() -> None:
    assert judged(Blank(), {}, sketched("a polar bear in the snow")).passed


def test_the_largest_picture_is_looked_at_and_of_an_animation_the_first_frame() -> None:
    small, large = labelled(png(plain(10, 10)), width=10), labelled(png(gradient()), width=64)
    assert judged(Blank(), {}, small, large, STYLE).passed
    assert not judged(Blank(), {}, animation("gif")).passed


def test_a_blank_picture_can_be_asked_for() -> None:
    assert judged(Blank(), {"": True}, png(plain(20, 20))).passed
    assert judged(Blank(), {"": True}, png(gradient())).wanted == "one colour"
    assert not judged(Blank(), {"": True}, png(gradient())).passed


def test_what_has_no_pixels_is_passed_over() -> None:
    assert judged(Blank(), {}, SVG, STYLE).measured == "no picture made of pixels"

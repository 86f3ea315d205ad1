from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pixel_samples import animation, apply, at, gradient, pixels, png, problems, same, size, spot, with_metadata

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.step.crop import Crop


class TestCrop(StepContract):
    def step(self) -> Step:
        return Crop()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": "16:9", "gravity": "attention"}

    def pictures(self) -> Sequence[Picture]:
        return (png(gradient()),)


@pytest.mark.parametrize(
    ("options", "left", "top", "width", "height"),
    [
        ({"": "1:1"}, 8, 0, 48, 48),
        ({"aspect": "16:9"}, 0, 6, 64, 36),
        ({"aspect": "1:2", "gravity": "east"}, 40, 0, 24, 48),
        ({"size": "10x20", "gravity": "southeast"}, 54, 28, 10, 20),
        ({"x": 3, "y": 5, "width": 7, "height": 9}, 3, 5, 7, 9),
        ({"width": 7, "height": 9}, 0, 0, 7, 9),
    ],
)
def test_exactly_what_was_asked_for_is_kept(
    options: dict[str, object], left: int, top: int, width: int, height: int
) -> None:
    (kept,) = apply(Crop(), options, png(gradient()))
    assert same(pixels(kept), gradient().crop(left, top, width, height))


@pytest.mark.parametrize("gravity", ["attention", "entropy"])
@pytest.mark.parametrize("alpha", [True, False])
@pytest.mark.parametrize("left", [5, 90, 170])
def test_pixels_say_what_matters(gravity: str, alpha: bool, left: int) -> None:
    picture = png(spot(200, 40, (left, 10, 20, 20), alpha))
    (kept,) = apply(Crop(), {"aspect": "1:1", "gravity": gravity}, picture)
    assert size(kept) == (40, 40)
    row = [at(kept, x, 20) for x in range(40)]
    assert sum(pixel[:3] == (200, 0, 0) for pixel in row) == 20


@pytest.mark.parametrize("options", [{"size": "65x10"}, {"size": "10x49"}, {"x": 60, "width": 5, "height": 5}])
def test_a_crop_larger_than_the_picture_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(StepError, match="'hero' is 64x48, too small for a crop of") as caught:
        apply(Crop(), options, png(gradient()))
    assert caught.value.hint


def test_frames_of_an_animation_are_cut_alike() -> None:
    image = pixels(apply(Crop(), {"": "1:1", "gravity": "entropy"}, animation())[0])
    assert (image.width, image.height, image.get("page-height")) == (8, 24, 8)


def test_a_turned_picture_is_cut_as_it_is_seen() -> None:
    assert size(apply(Crop(), {"size": "48x64"}, with_metadata("jpeg", orientation=6))[0]) == (48, 64)


def test_there_must_be_one_way_to_say_what_is_kept() -> None:
    assert problems(Crop(), {}) == ["'crop' needs one of 'aspect', 'size' and a box, found none"]
    both = {"aspect": "1:1", "size": "1x1"}
    assert problems(Crop(), both) == ["'crop' needs one of 'aspect', 'size' and a box, found aspect and size"]
    assert problems(Crop(), {"x": 1, "width": 1}) == ["the box of 'crop' needs 'height'"]

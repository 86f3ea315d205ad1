from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pixel_samples import animation, apply, at, gradient, jpeg, near, pixels, plain, png, problems, same, size

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.step.pad import Pad


class TestPad(StepContract):
    def step(self) -> Step:
        return Pad()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": "5%", "top": 7, "color": "white"}

    def pictures(self) -> Sequence[Picture]:
        return (png(gradient()),)


@pytest.mark.parametrize(
    ("options", "wanted", "place"),
    [
        ({"": 10}, (84, 68), (10, 10)),
        ({"margin": "25%"}, (88, 72), (12, 12)),
        ({"left": 3}, (67, 48), (3, 0)),
        ({"margin": 2, "top": 5, "right": "0%"}, (66, 55), (2, 5)),
        ({"aspect": "1:1"}, (64, 64), (0, 8)),
        ({"aspect": "2:1", "gravity": "east"}, (96, 48), (32, 0)),
        ({"size": "100x100", "gravity": "southeast"}, (100, 100), (36, 52)),
        ({"size": "64x48"}, (64, 48), (0, 0)),
    ],
)
def test_the_picture_stands_whole_on_its_ground(
    options: dict[str, object], wanted: tuple[int, int], place: tuple[int, int]
) -> None:
    (padded,) = apply(Pad(), {**options, "color": "#112233"}, png(gradient()))
    assert size(padded) == wanted
    assert same(pixels(padded).crop(*place, 64, 48), gradient())
    ground = pixels(padded).draw_rect([17, 34, 51], *place, 64, 48, fill=True)
    assert same(ground, plain(*wanted, (17, 34, 51)))


def test_the_ground_is_transparent_by_itself_and_white_in_a_jpeg() -> None:
    assert at(apply(Pad(), {"": 4}, png(plain(8, 8)))[0], 1, 1)[3] == 0
    assert near(at(apply(Pad(), {"": 16}, jpeg(plain(16, 16)))[0], 1, 1), (255, 255, 255))


def test_a_half_transparent_ground_is_one() -> None:
    (padded,) = apply(Pad(), {"": 4, "color": "#ff000080"}, png(plain(8, 8)))
    assert at(padded, 1, 1) == (255, 0, 0, 128)
    assert at(padded, 5, 5) == (200, 80, 40, 255)


def test_a_transparent_picture_stays_transparent_on_its_ground() -> None:
    (padded,) = apply(Pad(), {"": 4, "color": "red"}, png(plain(8, 8, (0, 0, 0, 0))))
    assert at(padded, 1, 1) == (255, 0, 0, 255)
    assert at(padded, 5, 5)[3] == 0


def test_frames_of_an_animation_are_padded_alike() -> None:
    image = pixels(apply(Pad(), {"": 2, "color": "white"}, animation())[0])
    assert (image.width, image.height, image.get("page-height")) == (16, 36, 12)


def test_a_ground_smaller_than_the_picture_is_refused() -> None:
    with pytest.raises(StepError, match="'hero' is 64x48, too large for a ground of 100x40"):
        apply(Pad(), {"size": "100x40"}, png(gradient()))


def test_a_ground_with_too_many_pixels_is_refused() -> None:
    with pytest.raises(StepError, match="'hero' would become 99999x99999"):
        apply(Pad(), {"size": "99999x99999"}, png(gradient()))


def test_there_must_be_one_way_to_say_how_large() -> None:
    assert problems(Pad(), {}) == ["'pad' needs one of margins, 'aspect' and 'size', found none"]
    both = {"aspect": "1:1", "left": 5}
    assert problems(Pad(), both) == ["'pad' needs one of margins, 'aspect' and 'size', found aspect and margins"]

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pixel_samples import animation, apply, at, gradient, jpeg, near, pixels, plain, png, problems, same, size

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.shape import rounded
from imagebuild_pixels.step.border import Border


class TestBorder(StepContract):
    def step(self) -> Step:
        return Border()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": "5%", "radius": 9}

    def pictures(self) -> Sequence[Picture]:
        return (png(gradient()),)


def test_a_border_stands_outside_the_picture() -> None:
    (framed,) = apply(Border(), {"": 3, "color": "#112233"}, png(gradient()))
    assert size(framed) == (70, 54)
    assert same(pixels(framed).crop(3, 3, 64, 48), gradient())
    assert {at(framed, x, y) for x, y in ((0, 0), (2, 30), (67, 30), (69, 53))} == {(17, 34, 51)}


def test_corners_are_cut_out_of_picture_and_border() -> None:
    (framed,) = apply(Border(), {"": 4, "radius": 12, "color": "red"}, png(plain(40, 40)))
    assert at(framed, 0, 0)[3] == 0
    assert at(framed, 24, 1) == (255, 0, 0, 255)
    assert at(framed, 4, 4) == (255, 0, 0, 255)
    assert at(framed, 24, 24) == (200, 80, 40, 255)
    assert near(at(apply(Border(), {"": 4, "radius": 12}, jpeg(plain(40, 40)))[0], 0, 0), (255, 255, 255), 12)


def test_a_radius_alone_rounds_the_picture() -> None:
    (round_,) = apply(Border(), {"radius": "50%"}, png(plain(40, 40)))
    assert size(round_) == (40, 40)
    inside = sum(bytes(pixels(round_)[3].write_to_memory())) / 255
    assert inside == pytest.approx(3.14159 * 20**2, rel=0.01)
    assert {at(round_, x, y)[:3] for x in range(40) for y in range(40) if at(round_, x, y)[3] == 255} == {(200, 80, 40)}


def test_a_border_wider_than_its_radius_leaves_the_pictures_corners() -> None:
    (framed,) = apply(Border(), {"": 10, "radius": 5, "color": "red"}, png(plain(20, 20)))
    assert at(framed, 0, 0)[3] == 0
    assert at(framed, 10, 10) == (200, 80, 40, 255)


def test_a_transparent_picture_stays_so_within_its_border() -> None:
    for radius in (0, 9):
        (framed,) = apply(Border(), {"": 4, "radius": radius, "color": "red"}, png(plain(20, 20, (0, 0, 0, 0))))
        assert at(framed, 14, 14)[3] == 0
        assert at(framed, 14, 1) == (255, 0, 0, 255)


def test_edges_of_a_border_have_no_dark_fringe() -> None:
    (framed,) = apply(Border(), {"": 4, "radius": 12, "color": "red"}, png(plain(40, 40, (255, 0, 0))))
    seen = {at(framed, x, y)[:3] for x in range(48) for y in range(48) if at(framed, x, y)[3] > 0}
    assert seen == {(255, 0, 0)}


def test_a_mask_is_full_inside_and_symmetric() -> None:
    mask = rounded((21, 15), 5)
    assert mask(10, 0) == mask(0, 7) == mask(10, 7) == [255]
    assert mask(0, 0)[0] < 30
    assert same(mask, mask.fliphor())
    assert same(mask, mask.flipver())
    assert rounded((8, 8), 0).min() == 255


def test_frames_of_an_animation_get_the_same_border() -> None:
    image = pixels(apply(Border(), {"": 2}, animation())[0])
    assert (image.width, image.height, image.get("page-height")) == (16, 36, 12)


def test_a_border_too_large_to_hold_is_refused() -> None:
    with pytest.raises(StepError, match="'hero' would become 9"):
        apply(Border(), {"": 4_900}, png(plain(90_000, 1)))


def test_there_must_be_something_to_draw() -> None:
    assert problems(Border(), {}) == ["'border' needs 'width', 'radius' or both"]
    assert problems(Border(), {"width": "0%"}) == ["'border' needs 'width', 'radius' or both"]

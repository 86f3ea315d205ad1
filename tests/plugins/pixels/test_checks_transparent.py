from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest
from board_samples import INNOCENT, SCENES, board, painted, saved, sketched, with_subject
from check_samples import STYLE, SVG, judged, labelled, problems
from pixel_samples import animation, avif, gif, jpeg, pixels, plain, png, spot, webp

from imagebuild import Check, Picture
from imagebuild.testing import CheckContract
from imagebuild_pixels.check.checkerboard import painted_checkerboard
from imagebuild_pixels.check.transparent import Transparent

CUT_OUT = spot(40, 40, (10, 10, 20, 20), alpha=True)
OPAQUE = spot(40, 40, (10, 10, 20, 20))


class TestTransparent(CheckContract):
    def check(self) -> Check:
        return Transparent()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": True}

    def passing(self) -> Sequence[Picture]:
        return [png(CUT_OUT), webp(CUT_OUT)]

    def failing(self) -> Sequence[Picture]:
        return [png(OPAQUE)]


class TestOpaque(CheckContract):
    def check(self) -> Check:
        return Transparent()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": False}

    def passing(self) -> Sequence[Picture]:
        return [png(OPAQUE), jpeg(OPAQUE)]

    def failing(self) -> Sequence[Picture]:
        return [png(OPAQUE), png(CUT_OUT)]


@pytest.mark.parametrize("form", [png, webp, avif, gif])
def test_alpha_is_measured_in_every_type_that_can_have_it(form: Callable[..., Picture]) -> None:
    assert judged(Transparent(), {"": True}, form(CUT_OUT)).measured == "75 % transparent"
    verdict = judged(Transparent(), {"": False}, form(CUT_OUT))
    assert (verdict.passed, verdict.measured, verdict.wanted) == (False, "75 % can be seen through", "opaque all over")


def test_a_picture_without_alpha_is_not_transparent() -> None:
    verdict = judged(Transparent(), {"": True}, png(OPAQUE))
    assert (verdict.passed, verdict.measured, verdict.wanted) == (
        False,
        "opaque all over",
        "at least 1 % transparent",
    )


def test_alpha_that_hides_nothing_is_not_transparency() -> None:
    solid = png(plain(40, 40, (200, 80, 40, 255)))
    assert judged(Transparent(), {"": True}, solid).measured == "0 % transparent"
    assert judged(Transparent(), {"": False}, solid).passed


def test_what_a_lossy_codec_leaves_of_full_alpha_is_opaque() -> None:
    assert judged(Transparent(), {"": False}, png(plain(40, 40, (200, 80, 40, 252)))).passed
    assert not judged(Transparent(), {"": False}, png(plain(40, 40, (200, 80, 40, 240)))).passed


def test_one_pixel_that_can_be_seen_through_is_one_too_many() -> None:
    image = plain(200, 200, (200, 80, 40, 255)).draw_rect([0, 0, 0, 0], 7, 7, 1, 1, fill=True)
    verdict = judged(Transparent(), {"": False}, png(image))
    assert (verdict.passed, verdict.measured) == (False, "0.0025 % can be seen through")


def test_a_glimpse_of_transparency_is_not_enough() -> None:
    image = plain(100, 100, (200, 80, 40, 255)).draw_rect([0, 0, 0, 0], 0, 0, 7, 7, fill=True)
    assert judged(Transparent(), {"": True}, png(image)).measured == "0.49 % transparent"
    assert not judged(Transparent(), {"": True}, png(image)).passed
    assert judged(Transparent(), {"least": 0.4}, png(image)).passed


def test_all_corners_can_be_asked_for() -> None:
    covered = CUT_OUT.draw_rect([200, 0, 0, 255], 35, 35, 5, 5, fill=True)
    assert judged(Transparent(), {"corners": True}, png(CUT_OUT)).passed
    assert judged(Transparent(), {"": True}, png(covered)).passed
    verdict = judged(Transparent(), {"corners": True}, png(covered))
    assert (verdict.passed, verdict.measured, verdict.wanted) == (
        False,
        "the bottom right corner is not clear",
        "at least 1 % transparent, and all corners",
    )


def test_each_picture_is_judged_and_the_one_at_fault_is_named() -> None:
    pictures = [labelled(webp(CUT_OUT), width=800), labelled(webp(OPAQUE), width=400)]
    assert judged(Transparent(), {"": True}, *pictures).measured == "opaque all over (hero-400.webp)"
    assert judged(Transparent(), {"": False}, *pictures).measured == "75 % can be seen through (hero-800.webp)"


def test_a_jpeg_beside_other_types_may_be_opaque() -> None:
    assert judged(Transparent(), {"": True}, webp(CUT_OUT), jpeg(OPAQUE)).passed
    assert not judged(Transparent(), {"": True}, jpeg(OPAQUE)).passed


def test_an_animation_is_judged_by_its_first_frame() -> None:
    assert judged(Transparent(), {"": False}, animation("gif")).passed
    assert judged(Transparent(), {"": False}, animation("webp")).passed


def test_what_has_no_pixels_is_passed_over() -> None:
    assert judged(Transparent(), {"": True}, SVG, STYLE).measured == "no picture made of pixels"
    assert not judged(Transparent(), {"": True}, SVG, png(OPAQUE)).passed


def test_an_opaque_picture_cannot_have_clear_corners() -> None:
    assert problems(Transparent(), {"wanted": False, "corners": True}) == [
        "'corners' of 'transparent' asks for clear corners, but 'wanted' is false"
    ]


def test_a_painted_checkerboard_is_named() -> None:
    for picture in (saved(with_subject(board(16))), saved(with_subject(board(16)), "JPEG")):
        verdict = judged(Transparent(), {"": True}, picture)
        assert (verdict.passed, verdict.measured) == (False, "a painted checkerboard of 16 px squares")


def test_a_painted_checkerboard_under_an_idle_alpha_is_named() -> None:
    idle = pixels(saved(with_subject(board(16)))).bandjoin(255).copy(interpretation="srgb")
    assert judged(Transparent(), {"": True}, png(idle)).measured == "a painted checkerboard of 16 px squares"


@pytest.mark.parametrize(("side", "make"), [pytest.param(*rest, id=name) for name, *rest in painted()])
def test_checkerboards_of_all_kinds_are_recognised(side: float, make: Callable[[], Picture]) -> None:
    found = painted_checkerboard(pixels(make()))
    assert found is not None
    assert abs(found - side) <= max(1, side * 0.07)


@pytest.mark.parametrize("make", INNOCENT.values(), ids=INNOCENT)
def test_boards_tiles_cloth_and_windows_are_no_painted_transparency(make: Callable[[], Picture]) -> None:
    assert painted_checkerboard(pixels(make())) is None


@pytest.mark.parametrize("scene", SCENES)
def test_drawn_scenes_are_no_painted_transparency(scene: str) -> None:
    assert painted_checkerboard(pixels(sketched(scene))) is None


def test_pictures_of_a_few_pixels_are_looked_at_too() -> None:
    for size in ((1, 1), (3, 2), (8, 300)):
        assert painted_checkerboard(plain(*size)) is None

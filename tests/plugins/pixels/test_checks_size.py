from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from check_samples import STYLE, SVG, judged, labelled, problems
from pixel_samples import WRITERS, animation, gradient, png, with_metadata

from imagebuild import Check, Picture
from imagebuild.errors import StepError
from imagebuild.testing import CheckContract
from imagebuild_pixels.check.aspect import Aspect
from imagebuild_pixels.check.max_bytes import MaxBytes
from imagebuild_pixels.check.max_size import MaxSize
from imagebuild_pixels.check.min_size import MinSize


class TestMinSize(CheckContract):
    def check(self) -> Check:
        return MinSize()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": "64x48"}

    def passing(self) -> Sequence[Picture]:
        return [png(gradient(64, 48))]

    def failing(self) -> Sequence[Picture]:
        return [png(gradient(64, 47))]


class TestMaxSize(CheckContract):
    def check(self) -> Check:
        return MaxSize()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": "64x48"}

    def passing(self) -> Sequence[Picture]:
        return [png(gradient(64, 48))]

    def failing(self) -> Sequence[Picture]:
        return [png(gradient(65, 48))]


class TestMaxBytes(CheckContract):
    def check(self) -> Check:
        return MaxBytes()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": "1kB"}

    def passing(self) -> Sequence[Picture]:
        return [Picture(b"." * 1000, "image/png")]

    def failing(self) -> Sequence[Picture]:
        return [Picture(b"." * 1001, "image/png")]


class TestAspect(CheckContract):
    def check(self) -> Check:
        return Aspect()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": "16:9"}

    def passing(self) -> Sequence[Picture]:
        return [png(gradient(160, 90)), png(gradient(53, 30))]

    def failing(self) -> Sequence[Picture]:
        return [png(gradient(160, 90)), png(gradient(160, 100))]


@pytest.mark.parametrize("form", WRITERS)
def test_the_size_of_every_type_is_measured(form: str) -> None:
    verdict = judged(MinSize(), {"": "100x10"}, WRITERS[form](gradient(64, 48)))
    assert (verdict.passed, verdict.measured, verdict.wanted) == (False, "64x48", "at least 100x10")


def test_the_largest_of_several_pictures_has_to_be_large_enough() -> None:
    pictures = [labelled(png(gradient(width, width // 2)), width=width) for width in (40, 80, 20)]
    assert judged(MinSize(), {"": "80x40"}, *pictures).passed
    assert judged(MinSize(), {"": "81x40"}, *pictures).measured == "80x40"


def test_width_and_height_both_count() -> None:
    assert not judged(MinSize(), {"": "64x49"}, png(gradient(64, 48))).passed
    assert not judged(MaxSize(), {"": "64x47"}, png(gradient(64, 48))).passed


def test_a_picture_that_is_too_large_is_named() -> None:
    pictures = [labelled(png(gradient(40, 20)), width=40), labelled(png(gradient(80, 40)), width=80)]
    verdict = judged(MaxSize(), {"": "64x64"}, *pictures)
    assert (verdict.passed, verdict.measured, verdict.wanted) == (False, "80x40 (hero-80.png)", "at most 64x64")


def test_a_long_narrow_picture_is_too_large_beside_one_with_more_pixels() -> None:
    verdict = judged(MaxSize(), {"": "64x64"}, png(gradient(64, 64)), png(gradient(100, 2)))
    assert verdict.measured == "100x2 (hero.png)"


def test_a_picture_that_lies_on_its_side_is_measured_as_it_is_seen() -> None:
    lying = with_metadata("jpeg", gradient(64, 48), orientation=6)
    assert judged(MinSize(), {"": "48x64"}, lying).passed
    assert judged(Aspect(), {"": "3:4"}, lying).passed


def test_an_animation_is_as_high_as_one_frame() -> None:
    assert judged(MaxSize(), {"": "12x8"}, animation("gif")).passed
    assert judged(MaxSize(), {"": "12x8"}, animation("webp")).passed


@pytest.mark.parametrize("check", [MinSize(), MaxSize(), Aspect()])
def test_what_has_no_pixels_has_no_size(check: Check) -> None:
    verdict = judged(check, {"": "1:1" if check.name == "aspect" else "100x100"}, SVG, STYLE)
    assert (verdict.passed, verdict.measured) == (True, "no picture made of pixels")


@pytest.mark.parametrize("check", [MinSize(), MaxSize(), Aspect()])
def test_a_damaged_picture_is_an_error_that_names_it(check: Check) -> None:
    options = {"": "1:1" if check.name == "aspect" else "100x100"}
    with pytest.raises(StepError, match=r"'hero\.png' is no picture that can be read"):
        judged(check, options, Picture(b"not a picture", "image/png"))


def test_every_file_has_to_be_small_enough_whatever_it_is() -> None:
    small, large = Picture(b"." * 900, "image/png"), Picture(b"." * 1001, "text/css", {"name": "sprite"})
    verdict = judged(MaxBytes(), {"": "1kB"}, small, large)
    assert (verdict.passed, verdict.measured, verdict.wanted) == (
        False,
        "1.001 kB (hero-sprite.css)",
        "at most 1 kB",
    )


def test_all_files_together_can_have_one_limit() -> None:
    files = [Picture(b"." * 600, "image/png"), Picture(b"." * 401, "image/webp")]
    assert judged(MaxBytes(), {"bytes": "1001", "per": "total"}, *files).passed
    verdict = judged(MaxBytes(), {"bytes": "1kB", "per": "total"}, *files)
    assert (verdict.passed, verdict.measured, verdict.wanted) == (
        False,
        "1.001 kB in 2 files",
        "at most 1 kB together",
    )


@pytest.mark.parametrize(
    ("size", "tolerance", "passes"),
    [
        ((160, 90), 0, True),
        ((162, 90), 0, False),
        ((162, 90), 2, True),
        ((170, 90), 5, False),
        ((170, 90), 7, True),
        ((16, 9), 0, True),
        ((11, 6), 0, True),
        ((12, 5), 1, False),
    ],
)
def test_an_aspect_holds_within_its_tolerance_and_a_pixel(size: tuple[int, int], tolerance: int, passes: bool) -> None:
    verdict = judged(Aspect(), {"ratio": "16:9", "tolerance": tolerance}, png(gradient(*size)))
    assert verdict.passed == passes
    assert verdict.measured == f"{size[0]}x{size[1]}"
    assert verdict.wanted == f"16:9 within {tolerance} %"


def test_pictures_of_another_aspect_are_named_but_not_all_of_many() -> None:
    pictures = [labelled(png(gradient(width, width)), width=width) for width in (10, 20, 30, 40, 50)]
    verdict = judged(Aspect(), {"": "16:9"}, *pictures, png(gradient(16, 9)))
    assert verdict.measured == ("10x10, 20x20, 30x30 and 2 more (hero-10.png, hero-20.png, hero-30.png and 2 more)")


@pytest.mark.parametrize(
    ("check", "options", "message"),
    [
        (MinSize(), {}, "'min_size' needs 'size'"),
        (MinSize(), {"": "big"}, "'size' of 'min_size': expected a size like 1200x630, found 'big'"),
        (MaxBytes(), {"": "300 apples"}, "'bytes' of 'max_bytes': expected a size in bytes like 300kB"),
        (MaxBytes(), {"": 0}, "'bytes' of 'max_bytes': expected 1 or more, found 0"),
        (Aspect(), {"": "wide"}, "'ratio' of 'aspect': expected a ratio like 16:9, found 'wide'"),
        (Aspect(), {"ratio": 1, "tolerance": -1}, "'tolerance' of 'aspect': expected 0 to 100, found -1"),
    ],
)
def test_what_cannot_be_meant_is_said(check: Check, options: dict[str, object], message: str) -> None:
    (found,) = problems(check, options)
    assert found.startswith(message)

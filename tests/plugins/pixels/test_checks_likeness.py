from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from board_samples import sketched
from check_samples import SVG, judged, problems
from pixel_samples import animation, gradient, jpeg, noise, pixels, plain, png, spot, webp

from imagebuild import Check, CheckContext, Picture
from imagebuild.testing import CheckContract
from imagebuild_pixels.check.distinct import Distinct
from imagebuild_pixels.check.likeness import distance, look_at
from imagebuild_pixels.check.similar import Similar
from imagebuild_pixels.raster import Image, resized

RED, BLUE = plain(90, 90, (200, 30, 30)), plain(90, 90, (30, 30, 200))
LEFT, RIGHT = spot(90, 90, (10, 10, 30, 60)), spot(90, 90, (50, 20, 30, 60))


class TestDistinct(CheckContract):
    def check(self) -> Check:
        return Distinct()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": 8}

    def passing(self) -> Sequence[Picture]:
        return [png(RED), png(LEFT), png(RIGHT)]

    def failing(self) -> Sequence[Picture]:
        return [png(LEFT), png(RED), jpeg(LEFT)]


class TestSimilar(CheckContract):
    def check(self) -> Check:
        return Similar()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": 4}

    def passing(self) -> Sequence[Picture]:
        return [png(LEFT)]

    def failing(self) -> Sequence[Picture]:
        return [png(RIGHT)]

    def context(self, pictures: Sequence[Picture]) -> CheckContext:
        return CheckContext("hero", self.resolved(), original=pictures[0], previous=jpeg(LEFT, Q=60))


def apart(one: Picture | Image, other: Picture | Image) -> int:
    first, second = (each if isinstance(each, Picture) else png(each) for each in (one, other))
    return distance(look_at(first, "one"), look_at(second, "other"))


def test_another_format_size_or_quality_is_the_same_picture() -> None:
    fox = sketched("a red fox in the snow")
    image = pixels(fox)
    assert apart(fox, fox) == 0
    assert apart(fox, webp(image)) == 0
    assert apart(fox, jpeg(image, Q=30)) == 0
    assert apart(fox, resized(image, 150, 150)) == 0
    assert apart(fox, image.crop(3, 3, image.width - 6, image.height - 6)) <= 3


def test_noise_on_a_plain_ground_is_no_difference() -> None:
    grain = (noise(90, 90) / 10 + 180).cast("uchar").copy(interpretation="srgb")
    assert apart(grain, plain(90, 90, (193, 193, 193))) == 0


def test_another_composition_is_far_apart() -> None:
    one, other = (sketched("a lighthouse at dusk", size=256), sketched("a red fox in the snow", size=256))
    assert apart(one, other) > 30


def test_colour_alone_makes_a_difference() -> None:
    assert apart(RED, BLUE) == 64
    fox = pixels(sketched("a red fox in the snow", size=256))
    swapped = fox[2].bandjoin([fox[1], fox[0]]).copy(interpretation="srgb")
    assert apart(fox, swapped) > 10


def test_shape_alone_makes_a_difference() -> None:
    light, lighter = plain(90, 90, (150, 150, 150)), plain(90, 90, (170, 170, 170))
    assert apart(light, lighter) == 0
    assert apart(light, light.draw_rect([185, 185, 185], 30, 30, 30, 30, fill=True)) > 5


def test_where_nothing_is_drawn_a_shape_shows_by_its_alpha() -> None:
    cut_out = spot(90, 90, (10, 10, 30, 60), alpha=True)
    assert apart(cut_out, spot(90, 90, (50, 20, 30, 60), alpha=True)) > 5
    assert apart(cut_out, cut_out) == 0


def test_of_an_animation_the_first_frame_counts() -> None:
    assert apart(animation("gif"), plain(12, 8, (0, 200, 40))) == 0


def test_candidates_that_are_alike_are_named() -> None:
    candidates = (png(RED), png(LEFT), png(BLUE), jpeg(LEFT))
    verdict = judged(Distinct(), {}, candidates=candidates)
    assert (verdict.passed, verdict.measured, verdict.wanted) == (
        False,
        "candidates 2 and 4 are 0 apart",
        "at least 4 of 64 apart",
    )


def test_one_candidate_has_nothing_to_differ_from() -> None:
    verdict = judged(Distinct(), {}, png(RED), candidates=(png(RED), SVG))
    assert (verdict.passed, verdict.measured) == (True, "nothing to compare with")


def test_a_picture_is_compared_with_the_one_before_it_and_not_with_what_steps_made() -> None:
    verdict = judged(Similar(), {"most": 10}, png(RED), original=png(LEFT), previous=jpeg(LEFT))
    assert (verdict.passed, verdict.measured, verdict.wanted) == (
        True,
        "0 of 64 from the one before",
        "at most 10 of 64",
    )
    assert not judged(Similar(), {"most": 10}, png(RED), original=png(RIGHT), previous=jpeg(LEFT)).passed


def test_a_picture_that_must_change_fails_when_it_does_not() -> None:
    verdict = judged(Similar(), {"least": 4}, original=png(LEFT), previous=jpeg(LEFT))
    assert (verdict.passed, verdict.wanted) == (False, "at least 4 of 64")
    assert judged(Similar(), {"least": 4, "most": 64}, original=png(RED), previous=png(BLUE)).passed


@pytest.mark.parametrize("previous", [None, SVG])
def test_the_first_picture_is_like_nothing(previous: Picture | None) -> None:
    verdict = judged(Similar(), {"": 0}, original=png(gradient()), previous=previous)
    assert (verdict.passed, verdict.measured) == (True, "nothing to compare with")


def test_limits_that_cannot_hold_are_said() -> None:
    assert problems(Similar(), {}) == ["'similar' needs 'most' or 'least'"]
    assert problems(Similar(), {"most": 3, "least": 5}) == ["'most' of 'similar' is 3, less than 'least', 5"]
    assert problems(Distinct(), {"": 65}) == ["'least' of 'distinct': expected 1 to 64, found 65"]

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

import pytest
from hash_decoder import read_blurhash, read_thumbhash
from pixel_samples import animation, apply, at, avif, gradient, jpeg, near, pixels, plain, png, problems, size, spot

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.dominant import dominant
from imagebuild_pixels.step.placeholder import Placeholder

ALL = {"kind": ["lqip", "color", "thumbhash", "blurhash"]}


class TestPlaceholder(StepContract):
    def step(self) -> Step:
        return Placeholder()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return ALL

    def pictures(self) -> Sequence[Picture]:
        return (png(gradient(300, 200)),)


def shown(facts: Mapping[str, object]) -> Picture:
    """The picture in a data URL."""
    head, _, body = str(facts["lqip"]).partition(",")
    assert head == "data:image/webp;base64"
    return Picture(base64.b64decode(body), "image/webp")


def test_by_itself_it_finds_a_tiny_picture_and_a_colour_and_leaves_the_picture_alone() -> None:
    first, other = jpeg(gradient(300, 200)), png(plain(9, 9))
    labelled = Picture(first.data, first.media_type, {"width": 300}, {"alt": "a"})
    made, rest = apply(Placeholder(), {}, labelled, other)
    assert (made.data, made.labels) == (first.data, {"width": 300})
    assert rest is other
    assert set(made.facts) == {"alt", "lqip", "color"}


@pytest.mark.parametrize("shape", [(300, 200), (200, 300), (1, 500), (3, 2)])
def test_the_tiny_picture_is_small_in_pixels_and_bytes_and_has_the_same_shape(shape: tuple[int, int]) -> None:
    (made,) = apply(Placeholder(), {"": "lqip"}, png(gradient(*shape)))
    found = size(shown(made.facts))
    assert max(found) == min(20, max(shape))
    assert abs(found[0] * shape[1] - found[1] * shape[0]) <= max(shape)
    assert len(str(made.facts["lqip"])) < 400


def test_the_tiny_picture_shows_what_the_picture_shows() -> None:
    (made,) = apply(Placeholder(), {"": "lqip"}, png(gradient(600, 400)))
    tiny = shown(made.facts)
    assert near(at(tiny, 1, 1), (19, 19, 90), 30)
    assert near(at(tiny, 18, 11), (236, 236, 90), 30)


def test_a_transparent_picture_stays_transparent_while_it_loads() -> None:
    (made,) = apply(Placeholder(), ALL, png(spot(200, 200, (50, 50, 100, 100), alpha=True)))
    tiny = shown(made.facts)
    assert at(tiny, 0, 0)[3] == 0
    assert near(at(tiny, 10, 10), (200, 0, 0, 255), 12)
    assert made.facts["color"] == "#c80000"
    width, height, there = read_thumbhash(base64.b64decode(str(made.facts["thumbhash"])))
    assert there[0][3] < 0.3
    assert there[height // 2 * width + width // 2][3] > 0.8
    # A blurhash knows no transparency: it is red all over, not red on black or white.
    for red, green, blue in read_blurhash(str(made.facts["blurhash"]), 8, 8):
        assert red > 0.4
        assert max(green, blue) < 0.1


def test_a_picture_of_nothing_has_no_colour() -> None:
    (made,) = apply(Placeholder(), ALL, png(plain(40, 40, (9, 9, 9, 0))))
    assert set(made.facts) == {"lqip", "thumbhash", "blurhash"}
    assert pixels(shown(made.facts)).extract_band(3).max() == 0


@pytest.mark.parametrize("kind", ["lqip", "color", "thumbhash", "blurhash"])
def test_each_kind_can_be_had_alone(kind: str) -> None:
    (made,) = apply(Placeholder(), {"": kind}, avif(gradient(64, 64)))
    assert list(made.facts) == [kind]


def test_a_picture_of_one_pixel_has_all_of_them() -> None:
    (made,) = apply(Placeholder(), ALL, png(plain(1, 1, (10, 20, 30))))
    assert made.facts["color"] == "#0a141e"
    assert set(made.facts) == set(ALL["kind"])


def test_an_animation_is_known_by_its_first_frame() -> None:
    (made,) = apply(Placeholder(), {}, animation("gif"))
    assert made.facts["color"] == "#00c828"


def test_the_colour_is_that_of_the_largest_part_not_the_mean() -> None:
    half = spot(100, 100, (0, 0, 100, 40))
    (made,) = apply(Placeholder(), {"": "color"}, png(half))
    assert made.facts["color"] == "#ffffff"


def test_a_sky_with_a_gradient_counts_as_one_colour() -> None:
    sky = [(40 + level // 2, 100 + level // 2, 200, 255) for level in range(60) for _ in range(10)]
    ground = [(90, 60, 30, 255)] * 200
    found = dominant(bytes(value for pixel in sky + ground for value in pixel))
    assert found is not None
    assert found.startswith("#3")
    assert found.endswith("c8")


def test_an_unknown_kind_and_none_at_all_are_refused() -> None:
    assert problems(Placeholder(), {"kind": "lqpi"}) == [
        "'kind' of 'placeholder': expected one of lqip, color, thumbhash, blurhash, found 'lqpi'; did you mean 'lqip'?"
    ]
    assert problems(Placeholder(), {"kind": []}) != []


def test_a_drawing_is_to_be_drawn_first() -> None:
    svg = Picture(b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml")
    with pytest.raises(StepError, match="svg") as caught:
        apply(Placeholder(), {}, svg)
    assert "rasterize" in str(caught.value.hint)

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pixel_samples import (
    PROMPT,
    animation,
    apply,
    from_pixels,
    gradient,
    jpeg,
    noise,
    pixels,
    plain,
    png,
    problems,
    same,
    with_metadata,
    with_pillow,
)

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.encode import FORMATS
from imagebuild_pixels.raster import header, orientation_of
from imagebuild_pixels.step.optimize import Optimize


class TestOptimize(StepContract):
    def step(self) -> Step:
        return Optimize()

    def pictures(self) -> Sequence[Picture]:
        return (png(noise()),)


class TestOptimizeToAPalette(TestOptimize):
    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"colors": 16, "dither": 0.5}


def few_colours(count: int, alpha: bool = False) -> Picture:
    """Twice `count` colours in an order that no filter foretells."""
    tail = (255,) if alpha else ()
    rows = [[(hash((x, y)) % count, hash((y, x)) % 2 * 9, 40, *tail) for x in range(96)] for y in range(64)]
    if alpha:
        rows[0][0] = (0, 0, 0, 0)
    return png(from_pixels(rows), compression=1)


@pytest.mark.parametrize(
    "picture",
    [
        png(noise(), compression=0),
        few_colours(1),
        few_colours(2),
        few_colours(8),
        few_colours(100),
        few_colours(120, alpha=True),
        png(gradient().bandjoin(255).copy(interpretation="srgb"), compression=1),
        png(gradient().colourspace("b-w").colourspace("srgb"), compression=1),
        png(gradient().colourspace("b-w").bandjoin(128), compression=1),
        png(gradient().colourspace("rgb16"), compression=1),
    ],
    ids=["noise", "2", "4", "16", "200", "with alpha", "opaque alpha", "grey", "grey alpha", "16 bit"],
)
def test_a_png_gets_smaller_and_no_pixel_changes(picture: Picture) -> None:
    (small,) = apply(Optimize(), {}, picture)
    assert len(small.data) < len(picture.data)
    one, other = pixels(picture), pixels(small)
    assert same(one if one.bands == other.bands else one.extract_band(0, n=3), other)


def test_needless_alpha_colour_and_depth_go() -> None:
    def kind(picture: Picture) -> int:
        return apply(Optimize(), {}, picture)[0].data[25]

    grey, truecolour, palette = 0, 2, 3
    assert kind(png(noise().bandjoin(255).copy(interpretation="srgb"))) == truecolour
    assert kind(png(noise().colourspace("b-w").colourspace("srgb"))) == grey
    assert kind(few_colours(8)) == palette


def test_16_bit_stays_16_bit() -> None:
    deep = png(noise().colourspace("rgb16"), compression=1)
    assert header(apply(Optimize(), {}, deep)[0], "hero").format == "ushort"


def test_what_cannot_get_smaller_stays_as_it_is() -> None:
    (once,) = apply(Optimize(), {}, png(noise(), compression=1))
    assert apply(Optimize(), {}, once)[0].data == once.data


def test_a_colour_profile_and_what_depends_on_it_stay() -> None:
    wide = plain(64, 64).icc_transform("p3", input_profile="srgb")
    told = png(wide, keep="icc", compression=0)
    (small,) = apply(Optimize(), {}, told)
    assert header(small, "hero").get("icc-profile-data") == header(told, "hero").get("icc-profile-data")
    assert same(pixels(small), pixels(told))


@pytest.mark.parametrize("form", FORMATS)
def test_metadata_goes_and_the_mark_comes_without_a_change_to_pixels(form: str) -> None:
    told = with_metadata(form)
    (clean,) = apply(Optimize(), {}, told, source_type="trainedAlgorithmicMedia")
    assert same(pixels(clean), pixels(told))
    assert PROMPT.encode() not in clean.data
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in clean.data
    assert clean.media_type == FORMATS[form]


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
def test_a_turned_picture_stays_turned(form: str) -> None:
    (clean,) = apply(Optimize(), {}, with_metadata(form, orientation=8))
    assert orientation_of(clean, "hero") == 8
    assert same(pixels(clean), pixels(with_metadata(form, orientation=8)))


@pytest.mark.parametrize("form", ["gif", "webp", "png"])
def test_an_animation_keeps_its_frames(form: str) -> None:
    (clean,) = apply(Optimize(), {}, animation(form))
    assert with_pillow(clean).n_frames == 3  # type: ignore[attr-defined]  # animations have it


@pytest.mark.parametrize("colours", [2, 4, 16, 256])
def test_a_palette_has_no_more_colours_than_asked_for(colours: int) -> None:
    (small,) = apply(Optimize(), {"": colours}, png(noise()))
    assert small.data[25] == 3
    assert len(with_pillow(small).convert("RGB").getcolors(1 << 16) or []) <= colours


def test_dither_counts() -> None:
    made = [apply(Optimize(), {"": 4, "dither": dither}, png(gradient()))[0].data for dither in (0, 1)]
    assert made[0] != made[1]
    assert made[1] == apply(Optimize(), {"": 4}, png(gradient()))[0].data


def test_a_palette_is_for_png_alone() -> None:
    with pytest.raises(StepError, match="'hero' is jpeg, expected png for a palette"):
        apply(Optimize(), {"": 16}, jpeg(gradient()))


@pytest.mark.parametrize("form", FORMATS)
def test_a_damaged_file_is_refused_in_words(form: str) -> None:
    data = with_metadata(form).data
    with pytest.raises(StepError, match="'hero'"):
        apply(Optimize(), {}, Picture(data[: len(data) * 2 // 3], FORMATS[form]))


def test_options_that_make_no_sense_are_problems() -> None:
    assert problems(Optimize(), {"dither": 1}) == ["'dither' means nothing without 'colors'"]
    assert problems(Optimize(), {"colors": 20}) == ["expected 2, 4, 16 or 256, found 20"]

from __future__ import annotations

import pytest
import pyvips
from sketching import apart, drawn, generate, light, pixels

from imagebuild.media import Probe, probe
from imagebuild_sketch.brief import read
from imagebuild_sketch.option import Settings
from imagebuild_sketch.picture import drawing_of
from imagebuild_sketch.raster import screen
from imagebuild_sketch.scene import SCENES

PROMPTS = {
    "abstract": "abstract waves",
    "city": "a bus in the city",
    "diagram": "three boxes connected by arrows",
    "emblem": "logo of a fox",
    "forest": "an owl in a forest",
    "interior": "a cozy living room",
    "isometric": "isometric house",
    "landscape": "a house on a hill",
    "pattern": "pattern of leaves",
    "portrait": "portrait of a man",
    "product": "a bottle of perfume, product photo",
    "sea": "a sailboat on the sea",
    "space": "a rocket in space",
    "spot": "a key",
    "table": "a cup on a table",
}


def test_every_scene_has_a_prompt_here() -> None:
    assert set(PROMPTS) == set(SCENES)


@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS)
@pytest.mark.parametrize("size", ["37x991", "300x40", "96x64"])
def test_every_scene_fills_every_size_exactly(prompt: str, size: str) -> None:
    data = drawn(prompt, size=size, quality="low")
    width, height = map(int, size.split("x"))
    assert probe(data) == Probe("image/png", width, height)
    assert pixels(data).bands == 3
    assert pixels(data).deviate() > 4


@pytest.mark.parametrize(("form", "media"), [("png", "image/png"), ("jpeg", "image/jpeg"), ("webp", "image/webp")])
def test_formats_are_what_they_say(form: str, media: str) -> None:
    picture = generate("a tree", output_format=form).pictures[0]
    found = probe(picture.data)
    assert found is not None
    assert picture.media_type == found.media_type == media


def test_sizes_of_real_use_are_exact() -> None:
    assert probe(drawn("a red car", size="1536x1024")) == Probe("image/png", 1536, 1024)
    assert probe(drawn("a red car", size="16x16")) == Probe("image/png", 16, 16)


@pytest.mark.parametrize("form", ["jpeg", "webp"])
def test_less_compression_quality_makes_fewer_bytes(form: str) -> None:
    many, few = (len(drawn("a forest", output_format=form, output_compression=value)) for value in (95, 20))
    assert few < many


@pytest.mark.parametrize("form", ["png", "webp"])
@pytest.mark.parametrize(
    "prompt", ["a camera", "logo of a fox", "portrait of a woman", "abstract waves", "pattern of leaves", "qwrt"]
)
def test_a_transparent_background_is_real_alpha(form: str, prompt: str) -> None:
    alpha = pixels(drawn(prompt, background="transparent", output_format=form)).extract_band(3)
    assert alpha.min() == 0
    assert alpha.max() == 255


def test_an_opaque_background_has_no_alpha() -> None:
    assert not pixels(drawn("logo of a fox", background="opaque")).hasalpha()


@pytest.mark.parametrize(
    "prompt", ["a red car", "sunset over mountains", "a cup on a table", "pattern of leaves", "a fox"]
)
def test_candidates_and_takes_differ_visibly(prompt: str) -> None:
    first = drawn(prompt)
    others = [drawn(prompt, candidate=2), drawn(prompt, candidate=3), drawn(prompt, take=2)]
    assert all(apart(first, other) > 4 for other in others)
    assert len({first, *others}) == 4


def test_night_is_darker_than_day_and_winter_lighter_than_autumn() -> None:
    assert light(drawn("a house on a hill at night")) < light(drawn("a house on a hill at noon")) - 40
    assert light(drawn("hills in winter")) > light(drawn("hills in autumn")) + 10


def test_quality_changes_the_amount_of_detail() -> None:
    low, medium, high = (drawn("a fox in a forest", quality=quality) for quality in ("low", "medium", "max"))
    assert len({low, medium, high}) == 3
    assert len(low) < len(high)


def test_the_named_colour_is_the_subjects() -> None:
    red, blue = drawn("a red car"), drawn("a blue car")
    image = pixels(red).cast("float")
    assert (image.extract_band(0) - image.extract_band(2)).avg() > (
        pixels(blue).cast("float").extract_band(0) - pixels(blue).cast("float").extract_band(2)
    ).avg()


def test_a_pattern_meets_itself_at_its_edges() -> None:
    image = pixels(drawn("seamless pattern of leaves", size="256x256")).cast("float")
    seam = (image.extract_area(0, 0, 1, 256) - image.extract_area(255, 0, 1, 256)).abs().avg()
    inside = (image.extract_area(128, 0, 1, 256) - image.extract_area(129, 0, 1, 256)).abs().avg()
    assert seam < inside + 12


@pytest.mark.parametrize(
    "style", ["watercolor", "line art", "pixel art", "retro", "neon", "black and white", "flat", "photo"]
)
def test_each_style_looks_different(style: str) -> None:
    assert apart(drawn("a house on a hill"), drawn(f"a house on a hill, {style}")) > 1


def test_the_answer_is_free_and_says_what_was_understood() -> None:
    result = generate("a red car at night")
    assert (result.cost_usd, result.model) == (0.0, "sketch-1")
    assert result.revised_prompt == "a red car, in a city, at night"


def test_markup_in_a_prompt_stays_out_of_the_drawing() -> None:
    assert probe(drawn('a "car" </svg><script>&lt; \x00 \ud800')) == Probe("image/png", 128, 128)


@pytest.mark.parametrize("prompt", ["watercolor flowers", "watercolor fox in a forest", "watercolor house at night"])
@pytest.mark.parametrize("size", ["256x256", "300x200", "191x255"])
def test_the_edge_of_a_watercolour_is_bare_paper(prompt: str, size: str) -> None:
    image = pixels(drawn(prompt, size=size))
    edges = [(0, 0, image.width, 2), (0, image.height - 2, image.width, 2)]
    edges += [(0, 0, 2, image.height), (image.width - 2, 0, 2, image.height)]
    assert min(image.crop(*edge).min() for edge in edges) > 200


@pytest.mark.parametrize("prompt", ["a red car", "cloud computing concept", "a lighthouse at night in a storm"])
def test_a_png_of_common_size_is_small(prompt: str) -> None:
    assert len(drawn(prompt, size="1024x1024")) < 400_000


def test_the_screen_keeps_black_and_white_and_the_mean() -> None:
    ramp = pyvips.Image.identity(bands=3).zoom(1, 32).copy(interpretation="srgb")
    screened = screen(ramp, 15)
    assert screened.crop(0, 0, 1, 32).max() == 0
    assert screened.crop(255, 0, 1, 32).min() == 255
    assert abs(screened.avg() - ramp.avg()) < 1.5


def test_people_of_one_picture_are_different_people() -> None:
    settings = Settings(size=None, quality="medium", background="auto", output_format="png", output_compression=None)
    svg = drawing_of(read("three kids"), settings, candidate=1, take=1).svg
    skins = ("#e3ab84", "#8f5b3d", "#f0c6a4", "#b97f57", "#6f4630", "#d99f78")
    assert sum(f'"{skin}"' in svg for skin in skins) >= 2

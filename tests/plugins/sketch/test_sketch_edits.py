from __future__ import annotations

import pytest
import pyvips
from sketching import apart, colour, disc, drawn, edit, hole, light, pixels, plain

from imagebuild.errors import ProviderError
from imagebuild.media import Probe, probe
from imagebuild_sketch.edit.change import read_changes

RED_ON_GREY = disc((200, 200, 205), (210, 40, 40))


def spread(data: bytes) -> float:
    return float(pixels(data).deviate())


def grey_of(data: bytes) -> pyvips.Image:
    return pixels(data).extract_band(1).cast("float")


def detail(data: bytes) -> float:
    image = grey_of(data)
    return float((image - image.gaussblur(1.5)).abs().avg())


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("Make it blue", ["recolour"]),
        ("change the red car to green", ["recolour"]),
        ("Add racing stripes", ["stripes"]),
        ("lighten it and add a white border", ["lighten", "border"]),
        ("make it night, then add a moon", ["night", "add"]),
        ("remove the background", ["cutout"]),
        ("black and white", ["grey"]),
        ("golden hour", ["sunset"]),
        ("blur it, mirror it, crop it", ["blur", "mirror", "zoom"]),
        ("what a lovely day", []),
    ],
)
def test_changes_are_read_in_the_order_of_the_sentence(prompt: str, names: list[str]) -> None:
    assert [change.name for change in read_changes(prompt)] == names


@pytest.mark.parametrize(("name", "channel"), [("blue", 2), ("green", 1), ("red", 0)])
def test_recolouring_turns_the_leading_hue_and_keeps_greys(name: str, channel: int) -> None:
    parent = disc((200, 200, 205), (220, 190, 40))
    after = edit(parent, f"make it {name}")
    assert max(range(3), key=lambda band: colour(after, 0.5, 0.5)[band]) == channel
    assert colour(after, 0.05, 0.05) == colour(parent, 0.05, 0.05)


def test_recolouring_finds_the_colour_that_is_named() -> None:
    image = (
        plain(240, 240, 240)
        .draw_rect([40, 150, 60], 10, 30, 30, 40, fill=True)
        .draw_rect([210, 40, 40], 56, 30, 30, 40, fill=True)
    )
    after = edit(bytes(image.pngsave_buffer()), "change green to blue")
    assert colour(after, 0.25, 0.5)[2] > 150
    assert colour(after, 0.75, 0.5) == (210, 40, 40)


def test_a_picture_without_colour_is_tinted_as_a_whole() -> None:
    after = edit(bytes(plain(128, 128, 128).pngsave_buffer()), "make it blue")
    assert colour(after, 0.5, 0.5)[2] > colour(after, 0.5, 0.5)[0] + 20


def test_stripes_stay_on_the_subject() -> None:
    after = edit(RED_ON_GREY, "add white racing stripes")
    row = [colour(after, x / 96, 0.5) for x in range(26, 70)]
    assert any(min(pixel) > 190 for pixel in row)
    assert any(pixel[1] < 80 for pixel in row)
    assert colour(after, 0.5, 0.05) == colour(RED_ON_GREY, 0.5, 0.05)


def test_stripes_find_the_subject_that_the_same_sentence_recoloured() -> None:
    after = edit(RED_ON_GREY, "make it white and add black racing stripes")
    row = [colour(after, x / 96, 0.5) for x in range(30, 66)]
    assert any(max(pixel) < 120 for pixel in row)
    assert colour(after, 0.5, 0.05) == colour(RED_ON_GREY, 0.5, 0.05)


@pytest.mark.parametrize(
    ("prompt", "low", "high"),
    [
        ("lighten it", 10, 80),
        ("make it brighter", 10, 80),
        ("darken", -120, -20),
        ("make it night", -150, -40),
        ("winter", 5, 90),
    ],
)
def test_light_changes_as_asked(prompt: str, low: float, high: float) -> None:
    parent = drawn("a house on a hill at noon")
    assert low < light(edit(parent, prompt)) - light(parent) < high


def test_contrast_spreads_and_fading_narrows() -> None:
    parent = drawn("a house on a hill")
    assert spread(edit(parent, "more contrast")) > spread(parent) > spread(edit(parent, "less contrast"))


def test_blur_removes_detail_and_sharpening_adds_it() -> None:
    parent = drawn("a house on a hill", size="256x256")
    assert detail(edit(parent, "blur it")) < detail(parent) < detail(edit(parent, "sharpen"))


def test_black_and_white_has_no_colour() -> None:
    image = pixels(edit(drawn("a red car"), "make it black and white")).cast("float")
    assert (image.extract_band(0) - image.extract_band(2)).abs().max() == 0


@pytest.mark.parametrize("prompt", ["sepia", "golden hour", "make it warmer", "autumn"])
def test_warm_changes_turn_from_blue_to_red(prompt: str) -> None:
    parent = drawn("a house on a hill")
    before, after = (pixels(data).cast("float") for data in (parent, edit(parent, prompt)))
    warmth = [(image.extract_band(0) - image.extract_band(2)).avg() for image in (before, after)]
    assert warmth[1] > warmth[0] + 8


def test_autumn_turns_leaves_and_keeps_what_is_not_green() -> None:
    after = edit(disc((90, 90, 200), (60, 160, 60)), "autumn")
    red, green, blue = colour(after, 0.5, 0.5)
    assert red > green > blue


def test_a_border_frames_and_leaves_the_middle() -> None:
    after = edit(RED_ON_GREY, "add a blue border")
    assert colour(after, 0.02, 0.5)[2] > 150
    assert colour(after, 0.5, 0.5) == colour(RED_ON_GREY, 0.5, 0.5)


def test_removing_the_background_leaves_the_subject_with_real_alpha() -> None:
    after = edit(RED_ON_GREY, "remove the background")
    assert colour(after, 0.03, 0.03)[3] == 0
    assert colour(after, 0.5, 0.5) == (210, 40, 40, 255)


def test_a_transparent_background_can_be_asked_for_as_an_option() -> None:
    assert colour(edit(RED_ON_GREY, "lighten it", background="transparent"), 0.03, 0.03)[3] == 0


def test_a_subject_is_added_and_the_rest_stays() -> None:
    parent = bytes(plain(180, 210, 235, width=160, height=160).pngsave_buffer())
    after = edit(parent, "add a tree")
    assert apart(parent, after) > 3
    assert colour(after, 0.5, 0.05) == colour(parent, 0.5, 0.05)


def test_mirroring_and_flipping_move_pixels_exactly() -> None:
    parent = drawn("a red car")
    assert pixels(edit(parent, "mirror it")).fliphor().write_to_memory() == pixels(parent).write_to_memory()
    assert pixels(edit(parent, "upside down")).flipver().write_to_memory() == pixels(parent).write_to_memory()


def test_a_rotated_picture_stands_upright_on_its_other_side() -> None:
    assert probe(edit(drawn("a red car", size="120x80"), "rotate it")) == Probe("image/png", 80, 120)


@pytest.mark.parametrize(
    "prompt",
    ["zoom in", "pixelate", "vignette", "invert", "add film grain", "posterize", "line art", "rain", "fog", "spring"],
)
def test_each_named_change_is_visible(prompt: str) -> None:
    parent = drawn("a house on a hill")
    assert apart(parent, edit(parent, prompt)) > 2


def test_an_unknown_wish_still_changes_the_picture_visibly_and_always_alike() -> None:
    parent = drawn("a red car")
    first, other = edit(parent, "surprise me please"), edit(parent, "hmm, well then")
    assert apart(parent, first) > 4
    assert first == edit(parent, "surprise me please")
    assert first != other


def test_candidates_of_an_edit_differ() -> None:
    parent = drawn("a red car")
    assert apart(edit(parent, "make it blue"), edit(parent, "make it blue", candidate=2)) > 1


def test_an_edit_keeps_the_parents_size_or_covers_another() -> None:
    parent = drawn("a red car", size="120x80")
    assert probe(edit(parent, "lighten it")) == Probe("image/png", 120, 80)
    assert probe(edit(parent, "lighten it", size="64x96", output_format="webp")) == Probe("image/webp", 64, 96)


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
def test_parents_of_every_format_can_be_edited(form: str) -> None:
    assert probe(edit(drawn("a red car", output_format=form), "blur it")) == Probe("image/png", 128, 128)


@pytest.mark.parametrize(
    "prompt", ["make it blue", "make it night", "mirror it", "add a tree", "surprise me", "pixelate", "blur"]
)
def test_outside_the_mask_no_pixel_changes(prompt: str) -> None:
    parent = drawn("a red car", size="96x96")
    before, after = pixels(parent), pixels(edit(parent, prompt, mask=hole(96)))
    right = (48, 0, 48, 96)
    assert before.crop(*right).write_to_memory() == after.crop(*right).write_to_memory()


def test_inside_the_mask_the_change_is_made() -> None:
    parent = drawn("a red car", size="96x96")
    before, after = pixels(parent), pixels(edit(parent, "invert it", mask=hole(96)))
    assert (before.crop(0, 0, 48, 96) - after.crop(0, 0, 48, 96)).abs().avg() > 20


def test_a_mask_of_another_size_is_refused_with_both_sizes() -> None:
    with pytest.raises(ProviderError, match=r"'mask\.png' is 64x64, but 'parent\.png' is 96x96") as caught:
        edit(RED_ON_GREY, "blur", mask=hole(64))
    assert caught.value.hint == "make the mask 96x96 pixels"


def test_a_mask_that_lets_nothing_change_is_refused() -> None:
    with pytest.raises(ProviderError, match="no transparent pixels"):
        edit(RED_ON_GREY, "blur", mask=RED_ON_GREY)


def test_a_parent_that_is_no_picture_is_refused() -> None:
    with pytest.raises(ProviderError, match=r"'parent\.png' is an unknown type"):
        edit(b"GARBAGE", "blur")
    with pytest.raises(ProviderError, match="cannot be read"):
        edit(RED_ON_GREY[:200], "blur")
    with pytest.raises(ProviderError, match=r"image/svg\+xml, expected png, jpeg or webp"):
        edit(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "blur")


def test_the_sky_alone_takes_the_colour_that_it_is_given() -> None:
    image = plain(90, 150, 220).draw_rect([70, 140, 70], 0, 60, 96, 36, fill=True)
    parent = bytes(image.draw_rect([210, 40, 40], 36, 40, 24, 40, fill=True).pngsave_buffer())
    after = edit(parent, "make the sky pink")
    assert colour(after, 0.5, 0.1)[0] > colour(after, 0.5, 0.1)[1] + 40
    assert [colour(after, 0.5, 0.6), colour(after, 0.1, 0.9)] == [colour(parent, 0.5, 0.6), colour(parent, 0.1, 0.9)]

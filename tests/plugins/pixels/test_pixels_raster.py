from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image as Pillow
from pixel_samples import (
    WRITERS,
    animation,
    at,
    avif,
    from_pixels,
    gif,
    gradient,
    jpeg,
    near,
    noise,
    plain,
    png,
    same,
    with_metadata,
)

from imagebuild import Picture
from imagebuild.errors import StepError
from imagebuild_pixels.raster import (
    MAX_PIXELS,
    each_frame,
    frames_of,
    load,
    orientation_of,
    resized,
    size_of,
    stills,
    vips,
)

COLOUR = (200, 80, 40)
STILL = ("png", "jpeg", "webp", "avif", "gif")


def pillow(image: Pillow.Image, form: str = "png", **options: Any) -> Picture:
    file = io.BytesIO()
    image.save(file, form, **options)
    return Picture(file.getvalue(), f"image/{form}")


def header_only(width: int, height: int) -> Picture:
    """A PNG that claims to be huge and holds next to nothing."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(1000))),
        (b"IEND", b""),
    )
    body = b"".join(struct.pack(">I", len(b)) + n + b + struct.pack(">I", zlib.crc32(n + b)) for n, b in chunks)
    return Picture(b"\x89PNG\r\n\x1a\n" + body, "image/png")


@pytest.mark.parametrize("form", STILL)
def test_each_format_becomes_8_bit_srgb_in_memory_without_metadata(form: str) -> None:
    image = load(with_metadata(form, plain(20, 10)), "hero")
    assert (image.width, image.height, image.format, image.interpretation) == (20, 10, "uchar", "srgb")
    assert near(at(image, 5, 5)[:3], COLOUR, 4)
    assert not {"xmp-data", "exif-data", "icc-profile-data", "png-comment-0-parameters"} & set(image.get_fields())


def test_the_type_is_found_in_the_bytes_and_not_in_the_label() -> None:
    image = load(Picture(jpeg(plain(8, 8)).data, "image/png"), "hero")
    assert near(at(image, 1, 1), COLOUR)


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "avif"])
def test_a_display_p3_profile_is_converted(form: str) -> None:
    wide = plain(16, 16).icc_transform("p3", input_profile="srgb")
    assert at(wide, 0, 0) != COLOUR
    options = {"webp": {"lossless": True}, "avif": {"lossless": True}}.get(form, {})
    assert near(at(WRITERS[form](wide, keep="icc", **options), 3, 3), COLOUR, 3)


@pytest.mark.parametrize("keep", ["icc", "none"])
def test_cmyk_becomes_srgb_with_its_profile_and_without(keep: str) -> None:
    cmyk = plain(16, 16).icc_transform("cmyk", input_profile="srgb")
    found = at(jpeg(cmyk, keep=keep), 3, 3)
    assert len(found) == 3
    assert near(found, COLOUR, 40)


def test_a_broken_profile_is_passed_over() -> None:
    broken = b"this is no profile" * 20
    assert at(pillow(Pillow.new("RGB", (8, 8), COLOUR), icc_profile=broken), 1, 1) == COLOUR
    assert len(at(pillow(Pillow.new("CMYK", (8, 8), (0, 150, 200, 10)), "jpeg", icc_profile=broken), 1, 1)) == 3


def test_a_profile_of_another_kind_of_picture_is_passed_over() -> None:
    profile = vips().Image.profile_load("p3")
    assert at(pillow(Pillow.new("L", (8, 8), 100), icc_profile=bytes(profile)), 1, 1) == (100, 100, 100)


@pytest.mark.parametrize(
    ("mode", "colour", "wanted"),
    [
        ("L", 118, (118, 118, 118)),
        ("LA", (118, 128), (118, 118, 118, 128)),
        ("1", 1, (255, 255, 255)),
        ("P", 7, (7, 7, 7)),
        ("I;16", 118 * 257, (118, 118, 118)),
        ("RGBA", (200, 80, 40, 0), (200, 80, 40, 0)),
    ],
)
def test_grey_palettes_and_16_bit_become_srgb(mode: str, colour: Any, wanted: tuple[int, ...]) -> None:
    image = Pillow.new(mode, (8, 8), colour)
    if mode == "P":
        image.putpalette([level for level in range(256) for _ in range(3)])
    assert at(pillow(image), 1, 1) == wanted


def test_16_bit_colours_and_alpha_keep_their_values() -> None:
    deep = plain(8, 8).colourspace("rgb16").bandjoin(128 * 257).copy(interpretation="rgb16")
    assert at(png(deep, bitdepth=16), 1, 1) == (*COLOUR, 128)
    assert near(at(avif(plain(8, 8).colourspace("rgb16"), bitdepth=10, lossless=True), 1, 1), COLOUR)


def test_a_transparent_colour_of_a_palette_becomes_alpha() -> None:
    image = Pillow.new("P", (8, 8), 0)
    image.putpalette([*COLOUR, 0, 0, 0])
    assert at(pillow(image, transparency=0), 1, 1)[3] == 0


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_or_mirrored_picture_is_set_upright(form: str, orientation: int) -> None:
    levels = [[0, 60], [120, 180], [240, 255]]
    stored = from_pixels([[(level,) * 3 for level in row] for row in levels])
    upright = {
        1: levels,
        2: [row[::-1] for row in levels],
        3: [row[::-1] for row in levels[::-1]],
        4: levels[::-1],
        5: [list(column) for column in zip(*levels, strict=True)],
        6: [list(column)[::-1] for column in zip(*levels, strict=True)],
        7: [list(column)[::-1] for column in zip(*levels, strict=True)][::-1],
        8: [list(column) for column in zip(*levels, strict=True)][::-1],
    }[orientation]
    picture = with_metadata(form, stored, orientation)
    image = load(picture, "hero")
    found = [[at(image, x, y)[0] for x in range(image.width)] for y in range(image.height)]
    assert found == upright
    assert size_of(picture, "hero") == (image.width, image.height)
    assert orientation_of(picture, "hero") == orientation


@pytest.mark.parametrize("form", STILL)
def test_a_file_that_breaks_off_is_refused(form: str) -> None:
    whole = WRITERS[form](noise()).data
    with pytest.raises(StepError, match=r"'hero' cannot be read: damaged or cut off") as caught:
        load(Picture(whole[: len(whole) // 2], f"image/{form}"), "hero")
    assert caught.value.hint


def test_a_png_with_a_flipped_bit_is_refused() -> None:
    data = bytearray(png(noise()).data)
    data[len(data) // 2] ^= 16
    with pytest.raises(StepError, match="damaged"):
        load(Picture(bytes(data), "image/png"), "hero")


@pytest.mark.parametrize("size", [(50_000, 50_000), (2**31 - 1, 2**31 - 1), (0, 0)])
def test_a_header_that_claims_too_much_or_nothing_is_refused_before_decoding(size: tuple[int, int]) -> None:
    with pytest.raises(StepError, match="'hero'"):
        load(header_only(*size), "hero")


def test_the_limit_counts_pixels() -> None:
    with pytest.raises(StepError, match=r"'hero' is 20001x10000, expected at most 200 megapixels"):
        load(header_only(20_001, 10_000), "hero")
    assert MAX_PIXELS == 200_000_000


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"])
def test_what_is_no_picture_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(StepError, match="'hero'"):
        load(Picture(data, "image/png"), "hero")


def test_an_svg_is_refused_with_the_step_that_helps() -> None:
    with pytest.raises(StepError, match="'hero' is svg") as caught:
        load(Picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"), "hero")
    assert "rasterize" in str(caught.value.hint)


@pytest.mark.parametrize("form", ["gif", "webp", "png"])
def test_an_animation_is_refused_where_a_still_is_wanted(form: str) -> None:
    with pytest.raises(StepError, match="'hero' has 3 frames, expected a still picture"):
        load(animation(form), "hero")
    assert frames_of(animation(form), "hero") == 3


def test_an_animated_avif_is_refused_even_where_frames_are_welcome() -> None:
    with pytest.raises(StepError, match="more than one frame"):
        load(animation("avif"), "hero")
    with pytest.raises(StepError, match="animated avif"):
        load(animation("avif"), "hero", frames=True)


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_frames_come_with_their_timing_and_are_changed_one_by_one(form: str) -> None:
    image = load(animation(form), "hero", frames=True)
    assert [frame.height for frame in stills(image)] == [8, 8, 8]
    changed = each_frame(image, lambda frame: resized(frame, 6, 4))
    assert (changed.width, changed.height, changed.get("page-height")) == (6, 12, 4)
    assert changed.get("delay") == [100, 200, 300]
    assert changed.get("loop") == image.get("loop")
    assert [at(changed, 3, 4 * index + 2)[0] for index in range(3)] == pytest.approx([0, 60, 120], abs=8)


def test_a_jpeg_may_come_smaller_but_never_less_than_twice_what_is_needed() -> None:
    picture = jpeg(gradient(640, 480))
    assert load(picture, "hero", at_least=(100, 75)).width == 320
    assert load(picture, "hero", at_least=(41, 30)).width == 160
    assert load(picture, "hero", at_least=(400, 300)).width == 640
    assert load(png(gradient(640, 480)), "hero", at_least=(10, 10)).width == 640


def test_a_jpeg_on_its_side_comes_smaller_by_its_upright_size() -> None:
    picture = with_metadata("jpeg", gradient(640, 160), orientation=6)
    image = load(picture, "hero", at_least=(40, 160))
    assert (image.width, image.height) == (80, 320)


def test_transparent_pixels_lend_their_colour_to_no_neighbour() -> None:
    rows = [[(255, 0, 0, 255)] * 8 + [(0, 255, 0, 0)] * 8 for _ in range(16)]
    small = resized(from_pixels(rows), 3, 3)
    assert at(small, 1, 1)[:3] == pytest.approx((255, 0, 0), abs=2)
    assert 100 < at(small, 1, 1)[3] < 155


def test_resizing_gives_exactly_the_size_asked_for() -> None:
    for size in ((1, 1), (63, 1), (64, 48), (200, 7)):
        small = resized(gradient(), *size)
        assert (small.width, small.height) == size
    assert same(resized(gradient(), 64, 48), gradient())


def test_a_picture_of_one_pixel_is_a_picture() -> None:
    assert at(gif(plain(1, 1)), 0, 0)[:3] == pytest.approx(COLOUR, abs=1)
    assert at(avif(plain(1, 1)), 0, 0) == pytest.approx(COLOUR, abs=4)

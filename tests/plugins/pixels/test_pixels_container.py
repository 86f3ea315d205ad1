from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pixel_samples import (
    PROMPT,
    WRITERS,
    animation,
    gif,
    gradient,
    jpeg,
    noise,
    pixels,
    plain,
    png,
    same,
    webp,
    with_metadata,
    with_pillow,
)

from imagebuild import Picture
from imagebuild_pixels.container import gif_packet, rewritten
from imagebuild_pixels.container.webp import is_lossless
from imagebuild_pixels.encode import FORMATS
from imagebuild_pixels.raster import header, orientation_of, vips
from imagebuild_pixels.xmp import build

PACKET = build({"title": "A"}, "algorithmicMedia")
FORMS = tuple(FORMATS)


def rewrite(picture: Picture, form: str, packet: bytes = PACKET, orientation: int = 1) -> Picture:
    return Picture(rewritten(picture.data, form, packet, orientation=orientation), FORMATS[form])


@pytest.mark.parametrize("form", FORMS)
def test_pixels_stay_and_stories_go(form: str) -> None:
    told = with_metadata(form)
    assert b"dragon" in told.data or form in ("png", "gif")
    clean = rewrite(told, form)
    assert same(pixels(clean), pixels(told))
    assert b"dragon" not in clean.data
    found = header(clean, "hero")
    assert not any(PROMPT in str(found.get(name)) for name in found.get_fields())
    with_pillow(clean).load()


@pytest.mark.parametrize("form", FORMS)
def test_the_packet_is_found_by_both_libraries_and_replaces_the_one_before(form: str) -> None:
    clean = rewrite(rewrite(with_metadata(form), form, build({"title": "old"}, None)), form)
    assert clean.data.count(PACKET) == 1
    assert b"old" not in clean.data
    if form == "gif":
        assert gif_packet(clean.data) == PACKET
    else:
        assert header(clean, "hero").get("xmp-data") == PACKET
        assert with_pillow(clean).info["xmp"] == PACKET


@pytest.mark.parametrize("form", FORMS)
def test_rewriting_twice_changes_nothing_more(form: str) -> None:
    once = rewrite(with_metadata(form), form)
    assert rewrite(once, form).data == once.data
    bare = rewrite(once, form, b"")
    assert b"adobe" not in bare.data.lower()
    assert same(pixels(bare), pixels(once))


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("orientation", [3, 6])
def test_which_way_is_up_stays_when_the_rest_of_exif_goes(form: str, orientation: int) -> None:
    told = with_metadata(form, orientation=orientation)
    clean = rewrite(told, form, orientation=orientation)
    assert orientation_of(clean, "hero") == orientation
    assert same(pixels(clean), pixels(told))
    assert b"dragon" not in clean.data


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "avif"])
def test_a_colour_profile_stays(form: str) -> None:
    wide = plain(16, 16).icc_transform("p3", input_profile="srgb")
    told = WRITERS[form](wide, keep="icc")
    clean = rewrite(told, form)
    assert header(clean, "hero").get("icc-profile-data") == header(told, "hero").get("icc-profile-data")
    assert same(pixels(clean), pixels(told))


@pytest.mark.parametrize("form", ["gif", "webp", "png"])
def test_an_animation_stays_one(form: str) -> None:
    moving = animation(form)
    clean = rewrite(moving, form)
    one, other = with_pillow(moving), with_pillow(clean)
    assert (one.n_frames, one.info.get("loop")) == (other.n_frames, other.info.get("loop"))  # type: ignore[attr-defined]  # animations have it
    for index in range(3):
        one.seek(index)
        other.seek(index)
        assert one.convert("RGBA").tobytes() == other.convert("RGBA").tobytes()
        assert one.info.get("duration") == other.info.get("duration")


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("alpha", [True, False])
def test_a_simple_webp_becomes_an_extended_one_of_the_same_size_and_alpha(lossless: bool, alpha: bool) -> None:
    plain_webp = webp(plain(33, 17, (200, 80, 40, 128) if alpha else (200, 80, 40)), lossless=lossless)
    clean = rewrite(plain_webp, "webp")
    assert clean.data[12:16] == b"VP8X"
    assert same(pixels(clean), pixels(plain_webp))
    assert with_pillow(clean).size == (33, 17)
    assert is_lossless(clean.data) is lossless


def test_an_avif_with_alpha_keeps_it() -> None:
    told = WRITERS["avif"](plain(16, 16, (200, 80, 40, 100)), keep="all")
    clean = rewrite(told, "avif")
    assert same(pixels(clean), pixels(told))
    assert pixels(clean).bands == 4


def test_what_follows_the_end_of_a_picture_goes() -> None:
    for form in ("png", "jpeg", "gif"):
        trailing = Picture(WRITERS[form](noise()).data + PROMPT.encode(), FORMATS[form])
        assert PROMPT.encode() not in rewrite(trailing, form).data


def test_a_progressive_jpeg_with_restarts_and_many_scans_stays_whole() -> None:
    told = jpeg(noise(200, 100), interlace=True, restart_interval=2)
    assert same(pixels(rewrite(told, "jpeg")), pixels(told))


def test_a_comment_in_a_gif_goes() -> None:
    data = gif(gradient()).data
    first = 13 + (3 << ((data[10] & 7) + 1)) if data[10] & 0x80 else 13
    comment = b"\x21\xfe" + bytes((len(PROMPT),)) + PROMPT.encode() + b"\0"
    clean = rewrite(Picture(data[:first] + comment + data[first:], "image/gif"), "gif")
    assert PROMPT.encode() not in clean.data
    assert same(pixels(clean), pixels(gif(gradient())))


def test_a_png_keeps_its_packet_readable_without_unpacking() -> None:
    assert PACKET in rewrite(png(gradient()), "png").data
    assert vips().Image.pngload_buffer(rewrite(png(gradient()), "png").data).get("xmp-data") == PACKET


WHOLE = {form: with_metadata(form).data for form in FORMS}


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_broken_container_is_an_error_in_words(form: str, data: st.DataObject) -> None:
    whole = bytearray(WHOLE[form])
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(12, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(12, len(whole)))])
    with suppress(ValueError):
        rewritten(cut, form, PACKET)

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from pixel_samples import (
    PROMPT,
    animation,
    at,
    from_pixels,
    gradient,
    near,
    noise,
    pixels,
    plain,
    png,
    same,
    with_metadata,
    with_pillow,
)

from imagebuild import Picture
from imagebuild.errors import StepError
from imagebuild.media import probe
from imagebuild_pixels.encode import FORMATS, Settings, encode, fields_of, format_of
from imagebuild_pixels.raster import Image, header, load

FORMS = tuple(FORMATS)
MARK = b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
FIELDS = {
    "title": "Tom & Jerry <1>",
    "description": "Zwei Zeilen\nmit Ümläuten und 😀",
    "creator": "Ada Example",
    "copyright": "© 2026",
    "credit": "Example",
    "license": "https://example.org/buy?a=1&b=2",
    "web_statement": "https://example.org/licence",
    "alt": 'A cat chases "a mouse"',
}


def written(form: str, image: Image | None = None, **settings: object) -> Picture:
    return encode(image or gradient(), form, target="hero", settings=Settings(**settings))  # type: ignore[arg-type]  # as the caller says


@pytest.mark.parametrize("form", FORMS)
def test_each_format_is_written_as_what_it_says(form: str) -> None:
    picture = written(form)
    found = probe(picture.data)
    assert found is not None
    assert found.media_type == picture.media_type == FORMATS[form]
    assert format_of(picture, "hero") == form
    assert near(at(picture, 32, 24), at(gradient(), 32, 24), 12)


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_bears_its_mark_and_fields_and_both_libraries_find_them(form: str) -> None:
    picture = encode(gradient(), form, target="hero", source_type="trainedAlgorithmicMedia", fields=FIELDS)
    assert fields_of(picture, "hero") == FIELDS
    assert picture.data.count(MARK) == 1
    if form != "gif":
        assert MARK in header(picture, "hero").get("xmp-data")
        assert MARK in with_pillow(picture).info["xmp"]
    with_pillow(picture).load()


@pytest.mark.parametrize("form", FORMS)
def test_without_a_mark_and_fields_there_is_no_metadata_at_all(form: str) -> None:
    picture = written(form)
    assert b"adobe" not in picture.data.lower()
    assert not {"xmp-data", "exif-data", "icc-profile-data"} & set(header(picture, "hero").get_fields())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("came", FORMS)
def test_prompts_that_came_with_a_picture_do_not_leave_with_it(came: str, form: str) -> None:
    source = with_metadata(came)
    picture = encode(
        load(source, "hero"), form, target="hero", source_type="algorithmicMedia", fields=fields_of(source, "hero")
    )
    assert b"dragon" not in picture.data
    fields = header(picture, "hero")
    told = [str(fields.get(name)) for name in fields.get_fields()]
    assert not any(PROMPT in text for text in told)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_picture_gives_the_same_bytes_from_many_threads(form: str) -> None:
    image = noise()
    with ThreadPoolExecutor(4) as threads:
        datas = list(threads.map(lambda _: written(form, image).data, range(6)))
    assert len(set(datas)) == 1


@pytest.mark.parametrize("form", ["png", "webp", "avif", "gif"])
def test_alpha_stays_where_the_format_has_one(form: str) -> None:
    image = from_pixels([[(200, 0, 0, 255)] * 16 + [(0, 0, 0, 0)] * 16 for _ in range(32)])
    picture = written(form, image)
    assert at(picture, 2, 2)[3] == 255
    assert at(picture, 30, 30)[3] == 0


def test_a_jpeg_shows_the_ground_where_the_picture_is_transparent() -> None:
    clear = plain(16, 16, (0, 0, 0, 0))
    assert near(at(written("jpeg", clear), 4, 4), (255, 255, 255))
    assert near(at(written("jpeg", clear, background="#1e90ff"), 4, 4), (30, 144, 255))
    assert near(at(written("jpeg", plain(16, 16, (0, 0, 0, 128))), 4, 4), (127, 127, 127))


@pytest.mark.parametrize("form", ["png", "webp", "avif"])
def test_an_alpha_that_hides_nothing_is_left_out(form: str) -> None:
    assert pixels(written(form, plain(16, 16, (200, 80, 40, 255)))).bands == 3


@pytest.mark.parametrize("form", ["png", "webp", "avif"])
def test_lossless_keeps_every_pixel(form: str) -> None:
    assert same(pixels(written(form, noise(), lossless=True)), noise())


@pytest.mark.parametrize("form", ["jpeg", "webp", "avif"])
def test_less_quality_takes_fewer_bytes(form: str) -> None:
    sizes = [len(written(form, noise(), quality=quality).data) for quality in (20, 50, 95)]
    assert sizes == sorted(sizes)


def test_a_png_takes_the_filter_that_suits_it() -> None:
    flat = from_pixels([[((x * y) % 7 * 30, 0, 0) for x in range(200)] for y in range(200)])
    assert len(written("png", flat).data) <= len(png(flat, filter="all", compression=6).data)
    smooth = gradient(200, 200)
    assert len(written("png", smooth).data) <= len(png(smooth, filter="none", compression=6).data)


def test_a_png_is_not_interlaced_and_a_jpeg_is_progressive_unless_told_otherwise() -> None:
    assert written("png").data[28] == 0
    assert b"\xff\xc2" in written("jpeg").data
    assert b"\xff\xc0" in written("jpeg", progressive=False).data


@pytest.mark.parametrize(
    ("settings", "factor"),
    [({}, 2), ({"quality": 90}, 1), ({"subsampling": "4:4:4"}, 1), ({"quality": 95, "subsampling": "4:2:0"}, 2)],
)
def test_colours_have_half_the_resolution_below_quality_90(settings: dict[str, object], factor: int) -> None:
    data = written("jpeg", noise(), **settings).data
    frame = data.index(b"\xff\xc2")
    assert data[frame + 11] >> 4 == factor


def test_a_palette_of_few_colours_is_smaller() -> None:
    picture = written("png", noise(), colours=16)
    assert len(picture.data) < len(written("png", noise()).data)
    assert len(set(bytes(pixels(picture).write_to_memory()))) <= 48


@pytest.mark.parametrize(("form", "edge"), [("webp", 16_383), ("avif", 16_384), ("jpeg", 65_535), ("gif", 65_535)])
def test_a_picture_too_long_for_its_format_is_refused(form: str, edge: int) -> None:
    with pytest.raises(StepError, match=f"'hero' is {edge + 1}x1, {form} holds at most {edge} pixels an edge"):
        written(form, plain(edge + 1, 1))


@pytest.mark.parametrize("form", ["png", "jpeg", "avif"])
def test_an_animation_is_refused_by_formats_that_hold_stills(form: str) -> None:
    image = load(animation(), "hero", frames=True)
    with pytest.raises(StepError, match=f"'hero' is an animation, which {form} cannot hold"):
        encode(image, form, target="hero")


@pytest.mark.parametrize("form", ["gif", "webp"])
@pytest.mark.parametrize("came", ["gif", "webp"])
def test_an_animation_keeps_frames_timing_and_loop(came: str, form: str) -> None:
    image = load(animation(came), "hero", frames=True)
    picture = encode(image, form, target="hero", source_type="algorithmicMedia")
    again = load(picture, "hero", frames=True)
    assert (again.height, again.get("page-height")) == (24, 8)
    assert again.get("delay") == [100, 200, 300]
    assert again.get("loop") == image.get("loop")


def test_labels_go_along() -> None:
    assert encode(gradient(), "png", target="hero", labels={"width": 64}).labels == {"width": 64}

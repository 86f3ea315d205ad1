from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pixel_samples import (
    PROMPT,
    animation,
    apply,
    gradient,
    pixels,
    png,
    problems,
    same,
    with_metadata,
    with_pillow,
)

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.encode import FORMATS, fields_of
from imagebuild_pixels.raster import header, orientation_of
from imagebuild_pixels.step.convert import Convert
from imagebuild_pixels.step.metadata import Metadata
from imagebuild_pixels.step.responsive import Responsive
from imagebuild_pixels.xmp import FIELDS

SAID = {
    "title": "Sunset <over> mountains",
    "description": "Für den Frühling & mehr",
    "creator": "Ada Example",
    "copyright": "© 2026 Ada Example",
    "credit": "Example Press",
    "license": "https://example.org/buy?a=1&b=2",
    "web_statement": "https://example.org/licence",
    "alt": "The sun sets",
}


class TestMetadata(StepContract):
    def step(self) -> Step:
        return Metadata()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return SAID

    def pictures(self) -> Sequence[Picture]:
        return (png(gradient()),)


@pytest.mark.parametrize("form", FORMATS)
def test_fields_and_mark_are_written_and_no_pixel_changes(form: str) -> None:
    told = with_metadata(form)
    (named,) = apply(Metadata(), SAID, told, source_type="trainedAlgorithmicMedia")
    assert fields_of(named, "hero") == SAID
    assert same(pixels(named), pixels(told))
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in named.data
    assert PROMPT.encode() not in named.data
    assert named.media_type == FORMATS[form]
    if form != "gif":
        assert b"Example Press" in header(named, "hero").get("xmp-data")
        assert b"Example Press" in with_pillow(named).info["xmp"]


def test_the_table_offers_each_field_of_a_packet() -> None:
    assert [option.name for option in Metadata.options] == list(FIELDS) == list(SAID)


@pytest.mark.parametrize("form", FORMATS)
def test_fields_are_carried_along_by_what_follows(form: str) -> None:
    (named,) = apply(Metadata(), SAID, with_metadata("png"))
    (made,) = apply(Convert(), {"": form}, named)
    assert fields_of(made, "hero") == SAID
    if form != "gif":
        small = apply(Responsive(), {"widths": [16]}, made)
        assert all(fields_of(each, "hero") == SAID for each in small)


def test_a_second_time_adds_and_replaces() -> None:
    (first,) = apply(Metadata(), {"title": "A", "credit": "B"}, png(gradient()))
    (second,) = apply(Metadata(), {"title": "C"}, first)
    assert fields_of(second, "hero") == {"title": "C", "credit": "B"}
    (third,) = apply(Metadata(), {"title": "", "alt": "D"}, second)
    assert fields_of(third, "hero") == {"alt": "D", "credit": "B"}


def test_a_mark_that_is_no_longer_wanted_goes() -> None:
    (marked,) = apply(Metadata(), {"title": "A"}, png(gradient()), source_type="algorithmicMedia")
    (bare,) = apply(Metadata(), {"title": "A"}, marked)
    assert b"algorithmicMedia" not in bare.data


def test_which_way_is_up_stays() -> None:
    (named,) = apply(Metadata(), SAID, with_metadata("jpeg", orientation=6))
    assert orientation_of(named, "hero") == 6


@pytest.mark.parametrize("form", ["gif", "webp", "png"])
def test_an_animation_keeps_its_frames(form: str) -> None:
    assert with_pillow(apply(Metadata(), SAID, animation(form))[0]).n_frames == 3  # type: ignore[attr-defined]  # animations have it


def test_an_animated_avif_is_refused_in_words() -> None:
    with pytest.raises(StepError, match="'hero' cannot be read: avif is an animation"):
        apply(Metadata(), SAID, animation("avif"))


def test_labels_stay_and_other_files_pass() -> None:
    sheet = Picture(b"a {}", "text/css")
    labelled = Picture(png(gradient()).data, "image/png", {"width": 64})
    named, passed = apply(Metadata(), {"": "A"}, labelled, sheet)
    assert named.labels == {"width": 64}
    assert passed is sheet


def test_options_that_make_no_sense_are_problems() -> None:
    assert problems(Metadata(), {}) == ["'metadata' says nothing"]
    assert problems(Metadata(), {"license": "me"}) == ["expected a URL, found 'me'"]
    assert problems(Metadata(), {"web_statement": "javascript:x"}) == ["expected a URL, found 'javascript:x'"]
    assert problems(Metadata(), {"alt": "x" * 1001}) == ["'alt' has 1001 characters, expected at most 1000"]

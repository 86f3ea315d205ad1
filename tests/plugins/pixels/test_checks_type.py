from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from check_samples import STYLE, SVG, judged, labelled, problems
from pixel_samples import WRITERS, avif, gradient, jpeg, png, webp

from imagebuild import Check, Picture
from imagebuild.testing import CheckContract
from imagebuild_pixels.check.type import Type


class TestType(CheckContract):
    def check(self) -> Check:
        return Type()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": ["webp", "avif"]}

    def passing(self) -> Sequence[Picture]:
        return [webp(gradient()), avif(gradient())]

    def failing(self) -> Sequence[Picture]:
        return [webp(gradient()), png(gradient())]


@pytest.mark.parametrize("form", WRITERS)
def test_each_type_is_known_by_its_bytes(form: str) -> None:
    claimed = Picture(WRITERS[form](gradient()).data, "image/png")
    assert judged(Type(), {"": form}, claimed).passed
    assert judged(Type(), {"": "svg"}, claimed).measured == form


def test_the_pictures_of_another_type_are_named() -> None:
    pictures = [labelled(webp(gradient()), width=800), labelled(png(gradient()), width=800)]
    verdict = judged(Type(), {"": ["webp", "avif"]}, *pictures)
    assert (verdict.measured, verdict.wanted) == ("png (hero-800.png)", "webp or avif")


def test_jpg_is_jpeg() -> None:
    assert judged(Type(), {"": "jpg"}, jpeg(gradient())).passed


def test_svg_is_a_picture_and_a_style_sheet_is_none() -> None:
    assert judged(Type(), {"": "svg"}, SVG, STYLE).passed
    assert not judged(Type(), {"": "png"}, SVG, STYLE).passed
    assert judged(Type(), {"": "png"}, STYLE).measured == "no picture"


def test_bytes_that_are_no_picture_are_of_no_type() -> None:
    verdict = judged(Type(), {"": "png"}, Picture(b"<html>", "image/png"))
    assert (verdict.passed, verdict.measured) == (False, "an unknown type")


def test_a_type_that_there_is_not_is_said() -> None:
    assert problems(Type(), {"": "webpp"}) == [
        "'types' of 'type': expected one of png, jpeg, jpg, webp, avif, gif, svg, found 'webpp'; did you mean 'webp'?"
    ]

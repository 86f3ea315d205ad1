from __future__ import annotations

from typing import Any

import pytest

from imagebuild import OptionProblem, Reference, Request, Resolution
from imagebuild_sketch import SketchProvider


def resolve(parent: bool = False, **options: Any) -> Resolution:
    return SketchProvider().resolve(Request("a car", options, parent=Reference("p") if parent else None))


def problem(**options: Any) -> OptionProblem:
    (found,) = resolve(**options).problems
    return found


def test_every_default_is_explicit() -> None:
    assert resolve().request.options == {
        "size": "1024x1024",
        "quality": "medium",
        "background": "auto",
        "output_format": "png",
    }


def test_auto_means_the_same_as_nothing_said() -> None:
    assert resolve(size="auto", quality="auto", background="auto").request == resolve().request


def test_aliases_become_the_names_they_stand_for() -> None:
    options = resolve(format="jpg", compression=70).request.options
    assert (options["output_format"], options["output_compression"]) == ("jpeg", 70)
    assert not {"format", "compression"} & set(options)


@pytest.mark.parametrize(("form", "media"), [("png", "image/png"), ("jpeg", "image/jpeg"), ("webp", "image/webp")])
def test_the_media_type_is_known_before_the_picture(form: str, media: str) -> None:
    assert resolve(format=form).media_type == media


def test_compression_has_a_default_where_it_matters_and_only_there() -> None:
    assert resolve(format="webp").request.options["output_compression"] == 85
    assert "output_compression" not in resolve(format="png").request.options


def test_an_edit_keeps_its_parents_size_unless_told_otherwise() -> None:
    assert resolve(parent=True).request.options["size"] == "auto"
    assert resolve(parent=True, size="64x64").request.options["size"] == "64x64"


def test_an_unknown_option_is_named_with_what_was_meant() -> None:
    found = problem(qualty="high")
    assert (found.field, found.message) == ("qualty", "unknown option 'qualty'")
    assert found.unknown
    assert found.hint is not None
    assert found.hint.startswith("did you mean 'quality'?")
    assert "output_format" in found.hint


@pytest.mark.parametrize(
    ("options", "field", "expected"),
    [
        ({"quality": "hihg"}, "quality", "'quality' is 'hihg', expected one of auto, low, medium, high, xhigh, max"),
        ({"size": "big"}, "size", "'size' is 'big', expected WIDTHxHEIGHT or auto"),
        ({"size": "8x4000"}, "size", "'size' is '8x4000', expected sides from 16 to 4096 pixels"),
        ({"size": 1024}, "size", "'size' is '1024', expected WIDTHxHEIGHT or auto"),
        ({"background": "blue"}, "background", "'background' is 'blue', expected one of auto, opaque, transparent"),
        ({"format": "gif"}, "output_format", "'output_format' is 'gif', expected one of png, jpeg, webp, jpg"),
        (
            {"format": "webp", "compression": 101},
            "output_compression",
            "'output_compression' is '101', expected a whole number from 0 to 100",
        ),
        (
            {"format": "webp", "compression": True},
            "output_compression",
            "'output_compression' is 'True', expected a whole number from 0 to 100",
        ),
    ],
)
def test_a_bad_value_is_named_with_what_was_expected(options: dict[str, Any], field: str, expected: str) -> None:
    found = problem(**options)
    assert (found.field, found.message) == (field, expected)


def test_png_has_no_compression_to_choose() -> None:
    assert problem(compression=50).field == "output_compression"


def test_jpeg_cannot_be_transparent() -> None:
    assert problem(format="jpeg", background="transparent").field == "background"


def test_one_option_under_two_names_is_a_problem_only_when_they_disagree() -> None:
    assert resolve(format="webp", output_format="webp").problems == ()
    assert "given twice" in problem(output_format="png", format="webp").message


def test_a_mask_needs_a_picture_to_edit() -> None:
    resolution = SketchProvider().resolve(Request("a car", mask=Reference("mask.png")))
    assert [found.field for found in resolution.problems] == ["mask"]


def test_all_problems_are_found_at_once() -> None:
    assert len(resolve(quality="x", size="y", nonsense=1).problems) == 3


def test_a_wrong_value_of_a_known_option_is_not_an_unknown_option() -> None:
    assert not problem(quality="hihg").unknown

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import fields

from imagebuild import OptionProblem, Reference, Request
from imagebuild_openai import OpenAIProvider
from imagebuild_openai.option import ALIASES, OPTIONS
from imagebuild_openai.profile import PROFILES
from imagebuild_openai.settings import Settings

TODAY = date(2026, 11, 23)
PARENT = Reference("the picture before it")
EDIT = Request("x", parent=PARENT)
MASK = Reference("mask.png", media_type="image/png")
IMAGES: dict[str, Any] = {"api": "images"}


def problems(options: dict[str, Any], request: Request = EDIT, **settings: Any) -> tuple[OptionProblem, ...]:
    provider = OpenAIProvider(Settings(**settings), today=lambda: TODAY)
    asked = Request(request.prompt, options, request.parent, request.inputs, request.mask, request.markup)
    return provider.resolve(asked).problems


def problem(options: dict[str, Any], request: Request = EDIT, **settings: Any) -> OptionProblem:
    (found,) = problems(options, request, **settings)
    return found


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("qualty", "quality"),
        ("sise", "size"),
        ("out_format", "output_format"),
        ("formt", "format"),
        ("compresion", "compression"),
        ("backgroud", "background"),
        ("imagemodel", "image_model"),
        ("moderaton", "moderation"),
        ("frames_count", "frame_count"),
        ("complexty", "complexity"),
    ],
)
def test_a_misspelt_name_is_told_with_what_was_meant(name: str, meant: str) -> None:
    found = problem({name: "x"})
    assert (found.field, found.message, found.unknown) == (name, f"unknown option '{name}'", True)
    assert found.hint == f"did you mean '{meant}'?"


def test_a_name_like_no_other_is_told_with_all_there_are() -> None:
    hint = problem({"zzz": 1}).hint or ""
    assert all(name in hint for name in OPTIONS)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("seed", "extra_body: {seed: ...}"),
        ("guidance_scale", "extra_body: {guidance_scale: ...}"),
        ("negative_prompt", "say in the prompt what not to draw"),
        ("style", "describe the style in the prompt"),
        ("response_format", "pictures come in the answer"),
        ("stream", "partial_images: 2"),
        ("user", "safety_identifier"),
        ("mask", "mask: FILE"),
        ("images", "inputs: [FILE]"),
        ("aspect_ratio", "size: 1536x1024"),
        ("transparent", "background: transparent"),
        ("previous_response_id", "continue: response"),
        ("api_key", "OPENAI_API_KEY"),
    ],
)
def test_the_options_of_other_tools_come_with_what_to_do(name: str, hint: str) -> None:
    found = problem({name: 1})
    assert found.unknown
    assert hint in (found.hint or "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"api": "chat"}, "'api' is 'chat', expected one of responses, images"),
        ({"model": ""}, "'model' is '', expected a name"),
        ({"image_model": 2}, "'image_model' is '2', expected a name"),
        ({"size": "big"}, "'size' is 'big', expected WIDTHxHEIGHT or auto"),
        ({"size": 1024}, "'size' is '1024', expected WIDTHxHEIGHT or auto"),
        ({"size": "0x0"}, "'size' is '0x0', expected WIDTHxHEIGHT or auto"),
        ({"quality": "hihg"}, "'quality' is 'hihg', expected one of low, medium, high, xhigh, max, auto"),
        ({"quality": True}, "'quality' is 'True', expected one of low, medium, high, xhigh, max, auto"),
        ({"background": "blue"}, "'background' is 'blue', expected one of auto, opaque, transparent"),
        ({"format": "avif"}, "'format' is 'avif', expected one of png, jpeg, webp, gif, svg"),
        ({"format": "jpeg", "compression": 101}, "'compression' is '101', expected a whole number from 0 to 100"),
        ({"format": "jpeg", "compression": True}, "'compression' is 'True', expected a whole number from 0 to 100"),
        ({"format": "jpeg", "compression": 8.5}, "'compression' is '8.5', expected a whole number from 0 to 100"),
        ({"moderation": "off"}, "'moderation' is 'off', expected one of auto, low"),
        ({"input_fidelity": "max"}, "'input_fidelity' is 'max', expected one of low, high"),
        ({"complexity": "max"}, "'complexity' is 'max', expected one of low, medium, high"),
        ({"format": "gif", "frame_count": 1}, "'frame_count' is '1', expected a whole number from 2 to 16"),
        ({"format": "gif", "frame_count": 17}, "'frame_count' is '17', expected a whole number from 2 to 16"),
        (
            {"format": "gif", "frame_duration_ms": 655_351},
            "'frame_duration_ms' is '655351', expected a whole number from 1 to 655,350",
        ),
        ({"format": "svg", "svg": "gpt"}, "'svg' is 'gpt', expected a block of keys"),
        ({**IMAGES, "n": 0}, "'n' is '0', expected a whole number from 1 to 10"),
        ({**IMAGES, "n": 11}, "'n' is '11', expected a whole number from 1 to 10"),
        ({"action": "draw"}, "'action' is 'draw', expected one of generate, edit, auto"),
        ({"continue": "yes"}, "'continue' is 'yes', expected one of response, picture"),
        ({"instructions": 4}, "'instructions' is '4', expected a text"),
        ({"partial_images": 4}, "'partial_images' is '4', expected a whole number from 0 to 3"),
        ({"timeout": -1}, "'timeout' is '-1', expected a number of seconds, more than 0"),
        ({"extra_body": [1]}, "'extra_body' is 'a list', expected a block of keys"),
    ],
)
def test_a_wrong_value_is_told_with_what_was_expected(options: dict[str, Any], message: str) -> None:
    found = problem(options)
    assert (found.field, found.message, found.unknown) == (list(options)[-1], message, False)


def test_a_value_that_is_nearly_right_is_named() -> None:
    assert problem({"quality": "hihg"}).hint == "did you mean 'high'?"


COMBINATIONS: list[tuple[dict[str, Any], Request, str, str]] = [
    ({"background": "transparent", "format": "jpeg"}, EDIT, "background", "use output_format png or webp"),
    ({"background": "transparent", "format": "gif"}, EDIT, "background", "use output_format png or webp"),
    ({"background": "transparent", "format": "svg"}, EDIT, "background", "use output_format png or webp"),
    ({"compression": 50}, EDIT, "compression", "leave it out, or choose another format"),
    ({"format": "gif", "output_compression": 50}, EDIT, "output_compression", "leave it out"),
    ({"format": "svg", "output_compression": 50}, EDIT, "output_compression", "leave it out"),
    ({"frame_count": 4}, EDIT, "frame_count", "leave it out"),
    ({"format": "svg", "frame_duration_ms": 40}, EDIT, "frame_duration_ms", "leave it out"),
    ({"svg": {"model": "m"}}, EDIT, "svg", "leave it out"),
    ({"format": "svg", "svg": {"modle": "m"}}, EDIT, "svg", "svg: {model: NAME"),
    ({"format": "svg", "svg": {"model": 1}}, EDIT, "svg", "svg: {model: NAME"),
    ({"format": "svg", "svg": {"model": "m", "reasoning": {"effort": "vast"}}}, EDIT, "svg", "svg: {model: NAME"),
    ({"format": "svg", "svg": {"model": "m", "reasoning": "low"}}, EDIT, "svg", "svg: {model: NAME"),
    ({**IMAGES, "format": "svg", "svg": {}}, EDIT, "svg", "svg: {model: NAME"),
    ({**IMAGES, "format": "svg", "n": 2}, EDIT, "n", "candidates"),
    ({"format": "gif", "partial_images": 1}, EDIT, "partial_images", "leave it out"),
    ({"format": "svg", "partial_images": 3}, EDIT, "partial_images", "leave it out"),
    ({"format": "gif"}, Request("x", parent=PARENT, mask=MASK), "mask", "leave one of them out"),
    ({"format": "gif", "size": "1024x1024"}, EDIT, "size", "size: 960x960"),
    ({"image_model": "gpt-image-2", "quality": "xhigh"}, EDIT, "quality", "it has low, medium, high, auto"),
    ({"image_model": "gpt-image-1.5", "quality": "max"}, EDIT, "quality", "it has low, medium, high, auto"),
    ({"image_model": "gpt-image-1.5", "format": "gif"}, EDIT, "format", "it makes png, jpeg, webp"),
    ({"image_model": "gpt-image-1.5", "format": "svg"}, EDIT, "format", "it makes png, jpeg, webp"),
    ({"image_model": "gpt-image-1.5", "size": "2048x1024"}, EDIT, "size", "size: 1536x1024"),
    ({"image_model": "gpt-image-1-mini", "input_fidelity": "high"}, EDIT, "input_fidelity", "it takes low"),
    ({"image_model": "gpt-image-2", "input_fidelity": "high"}, EDIT, "input_fidelity", "leave it out"),
    ({"image_model": "gpt-image-2.5-flare", "input_fidelity": "low"}, EDIT, "input_fidelity", "leave it out"),
    ({"image_model": "gpt-image-2.5-flare", "complexity": "high"}, EDIT, "complexity", "leave it out"),
    ({"size": "1920x1080"}, EDIT, "size", "write 'options: {size: 1920x1088}' and then crop to 1920x1080"),
    ({}, Request("x", mask=MASK), "mask", "put the mask on an edit"),
    ({}, Request("x", parent=PARENT, mask=Reference("m.jpg", media_type="image/jpeg")), "mask", "alpha channel"),
    (IMAGES, Request("x", markup=MASK), "markup", "put the markup on an edit"),
    (IMAGES, Request("x", parent=PARENT, mask=MASK, markup=MASK), "markup", "keep one of them"),
    ({}, Request("x", parent=PARENT, markup=MASK), "markup", "api: images"),
    ({**IMAGES, "model": "gpt-image-2"}, Request("x", parent=PARENT, markup=MASK), "markup", "gpt-image-2.5"),
    (IMAGES, Request("x", inputs=(PARENT,) * 17), "inputs", "the picture that is edited counts"),
    (IMAGES, Request("x", parent=PARENT, inputs=(PARENT,) * 16), "inputs", "the picture that is edited counts"),
    ({}, Request("x", inputs=(PARENT,) * 1501), "inputs", "the picture that is edited counts"),
    ({}, Request("x", inputs=(Reference("a.svg", media_type="image/svg+xml"),)), "inputs", "convert it to png"),
    ({}, Request("x", inputs=(Reference("a.avif", media_type="image/avif"),)), "inputs", "convert it to png"),
    (IMAGES, Request("x", inputs=(Reference("a.gif", media_type="image/gif"),)), "inputs", "convert it to png"),
    (IMAGES, Request("x" * 32_001, parent=PARENT), "prompt", "api: responses"),
    ({"n": 2}, EDIT, "n", "ask for 'candidates' instead"),
    ({**IMAGES, "action": "edit"}, EDIT, "action", "api: responses"),
    ({**IMAGES, "continue": "response"}, EDIT, "continue", "api: responses"),
    ({**IMAGES, "instructions": "x"}, EDIT, "instructions", "api: responses"),
    ({"action": "edit"}, Request("x"), "action", "leave it out, or add 'inputs'"),
    ({"image_model": "gpt-6-luna"}, EDIT, "image_model", "name an image model"),
    ({"model": "gpt-image-2"}, EDIT, "model", "image_model: gpt-image-2"),
    ({"extra_body": {"tools": []}}, EDIT, "extra_body", ""),
    ({"extra_body": {"stream": True}}, EDIT, "extra_body", ""),
    ({"extra_body": {"prompt": "x"}}, EDIT, "extra_body", ""),
    ({"extra_body": {"model": "x"}}, EDIT, "extra_body", "options: {model: ...}"),
    ({"extra_body": {"api_key": "x"}}, EDIT, "extra_body", "OPENAI_API_KEY"),
    ({"extra_body": {"a": {"b": ["sk-proj-" + "Ab3" * 12]}}}, EDIT, "extra_body", "OPENAI_API_KEY"),
    ({"extra_body": {"a": float("inf")}}, EDIT, "extra_body", ""),
]


@pytest.mark.parametrize(("options", "request_", "field", "hint"), COMBINATIONS)
def test_what_cannot_be_together_is_told_where_it_stands(
    options: dict[str, Any], request_: Request, field: str, hint: str
) -> None:
    found = problem(options, request_)
    assert (found.field, found.unknown) == (field, False)
    assert hint in (found.hint or "")


@pytest.mark.parametrize(
    ("options", "request_"),
    [
        ({"background": "transparent", "format": "webp", "compression": 60}, EDIT),
        ({"format": "jpg", "compression": 0}, EDIT),
        ({"format": "gif", "frame_count": 16, "frame_duration_ms": 655_350, "size": "720x720"}, EDIT),
        ({"format": "svg", "svg": {"model": "gpt-6-astra", "reasoning": {"effort": "xhigh"}}}, EDIT),
        ({"format": "svg", "svg": {"reasoning": {"effort": None}}}, EDIT),
        ({"quality": "max", "complexity": "low", "moderation": "low", "size": "3840x2160"}, EDIT),
        ({"image_model": "gpt-image-1.5", "input_fidelity": "high", "size": "1024x1536"}, EDIT),
        ({"image_model": "gpt-image-1.5", "size": "auto"}, EDIT),
        ({"n": 1}, EDIT),
        ({**IMAGES, "n": 10, "partial_images": 3}, EDIT),
        (IMAGES, Request("x" * 32_000, parent=PARENT, inputs=(PARENT,) * 15)),
        (IMAGES, Request("x", parent=PARENT, markup=MASK)),
        ({}, Request("x" * 32_001, inputs=(PARENT,) * 1500, mask=MASK)),
        ({}, Request("x", inputs=(Reference("a.gif", media_type="image/gif"),))),
        ({"action": "edit", "continue": "response", "instructions": "by hand"}, EDIT),
        ({"extra_body": {"seed": 7, "nested": {"tools": 1}}}, EDIT),
        ({"extra_body": {"reasoning": {"effort": "low"}, "max_output_tokens": 9}}, EDIT),
    ],
)
def test_what_goes_together_is_no_problem(options: dict[str, Any], request_: Request) -> None:
    assert problems(options, request_) == ()


def test_an_answer_that_is_not_kept_cannot_be_continued() -> None:
    assert problem({"continue": "response"}, store=False).field == "continue"


def test_one_option_under_two_names_is_a_problem_only_when_they_differ() -> None:
    assert problems({"format": "webp", "output_format": "webp"}) == ()
    found = problem({"output_format": "png", "format": "webp"})
    assert (found.field, found.message) == ("format", "'format' and 'output_format' are one option and differ")


def test_a_key_in_the_extra_body_is_not_shown() -> None:
    key = "sk-proj-" + "Ab3" * 12
    assert key not in str(problem({"extra_body": {"a": key}}))


def test_a_long_value_is_shown_in_part() -> None:
    assert len(problem({"quality": "x" * 5000}).message) < 200


def test_all_problems_are_found_at_once() -> None:
    found = problems({"quality": "x", "nonsense": 1, "background": "transparent", "format": "jpeg", "svg": {}})
    assert {one.field for one in found} == {"quality", "nonsense", "background", "svg"}


def test_every_option_setting_and_profile_is_documented() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "providers" / "openai.md"
    cells = {row.split("|")[1] for row in page.read_text("utf-8").splitlines() if row.startswith("| `")}
    settings = {field.name for field in fields(Settings)} - {"given", "environ"}
    for name in {*OPTIONS, *ALIASES, *PROFILES, *settings}:
        assert any(f"`{name}`" in cell for cell in cells), name

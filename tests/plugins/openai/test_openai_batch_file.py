from __future__ import annotations

import json
from typing import Any

import pytest
from batch_service import MODEL, OPTIONS, key, line, picture

from imagebuild import BatchLine, Reference, Request
from imagebuild_openai.batch_file import group_lines, line_of, problem_of
from imagebuild_openai.model import build_catalog
from imagebuild_openai.profile import PROFILES
from imagebuild_openai.settings import Settings

SETTINGS = Settings()
RESPONSES = {**OPTIONS, "api": "responses", "model": "gpt-6-luna", "image_model": MODEL, "action": "auto"}


def problem(profile: str = "openai", **options: Any) -> str | None:
    return problem_of(Request("a car", {**RESPONSES, **options}), PROFILES[profile], build_catalog())


def body(asked: BatchLine) -> dict[str, Any]:
    written = json.loads(line_of(asked, SETTINGS, lambda reference: f"file-{reference.name}"))
    assert written["custom_id"] == asked.key
    assert written["method"] == "POST"
    return {"url": written["url"], **written["body"]}


def numbers(groups: list[list[BatchLine]]) -> list[list[int]]:
    return [[int(each.key, 16) for each in group] for group in groups]


@pytest.mark.parametrize("model", ["gpt-image-2.6-sunburst", "gpt-image-2.6-flare"])
def test_a_model_that_batches_do_not_offer_is_named_with_those_they_do(model: str) -> None:
    message = (
        f"'{model}' is not offered in batches; 'gpt-image-2.5-sunburst', 'gpt-image-2.5-flare' and 'gpt-image-2' are"
    )
    assert problem(image_model=model) == message
    assert problem(api="images", model=model, image_model=None) == message


@pytest.mark.parametrize(
    "model", ["gpt-image-2.5-flare", "gpt-image-2.5-flare-2026-09-08", "gpt-image-2", "made-tomorrow"]
)
def test_other_models_and_unknown_ones_pass(model: str) -> None:
    assert problem(image_model=model) is None


def test_an_answer_to_go_on_from_keeps_a_request_out_of_batches() -> None:
    assert problem(**{"continue": "response"}) == (
        "'continue: response' goes on from the answer to a live call, which a batch cannot"
    )


def test_a_service_without_batches_says_so() -> None:
    assert problem("generic") == "a service with the profile 'generic' has no batches"


def test_an_edit_asks_by_file_ids_in_the_order_parent_then_inputs() -> None:
    parent, logo, mask = (Reference(name) for name in ("parent", "logo", "mask"))
    asked = body(line(1, "make it blue", parent=parent, inputs=(logo,), mask=mask))
    assert asked["url"] == "/v1/images/edits"
    assert asked["images"] == [{"file_id": "file-parent"}, {"file_id": "file-logo"}]
    assert asked["mask"] == {"file_id": "file-mask"}
    assert asked["moderation"] == "auto"
    assert "image" not in asked
    assert "markup" not in asked


def test_markup_goes_by_its_file_id() -> None:
    asked = body(line(1, "see the arrow", parent=Reference("parent"), markup=Reference("arrow")))
    assert asked["markup"] == {"file_id": "file-arrow"}


def test_a_generation_names_every_option_and_no_picture() -> None:
    asked = body(line(1, options={"n": 2, "extra_body": {"seed": 7}}))
    assert asked["url"] == "/v1/images/generations"
    assert {**asked, "url": ""} == {
        **{name: value for name, value in OPTIONS.items() if name != "api"},
        "prompt": "a car",
        "n": 2,
        "seed": 7,
        "url": "",
    }


def test_a_response_forces_the_tool_and_never_streams_or_runs_behind() -> None:
    request = Request("make it blue", RESPONSES, parent=Reference("parent"), mask=Reference("mask"))
    asked = body(BatchLine(key(1), "car", request))
    assert asked["url"] == "/v1/responses"
    assert asked["model"] == "gpt-6-luna"
    (tool,) = asked["tools"]
    assert (tool["model"], tool["input_image_mask"]) == (MODEL, {"file_id": "file-mask"})
    assert asked["tool_choice"] == {"type": "image_generation"}
    assert [part.get("file_id") for part in asked["input"][0]["content"]] == [None, "file-parent"]
    assert not asked.keys() & {"stream", "background", "conversation", "previous_response_id"}
    assert "partial_images" not in tool


def test_hints_and_tiers_of_live_calls_stay_out_of_a_line() -> None:
    request = Request("a car", RESPONSES, hints={"partial_images": 3})
    written = line_of(
        BatchLine(key(1), "car", request), Settings(service_tier="priority", partial_images=2), lambda _: ""
    )
    assert b"partial_images" not in written
    assert b"service_tier" not in written


def test_each_line_is_one_line_of_ascii() -> None:
    written = line_of(line(1, "a café\nby the sea\u2028now"), SETTINGS, lambda _: "")
    assert written.isascii()
    assert written.count(b"\n") == 1
    assert json.loads(written)["body"]["prompt"] == "a café\nby the sea\u2028now"


def test_a_group_has_one_endpoint_and_one_model_and_keeps_the_order() -> None:
    edit = picture(b"parent")
    lines = [
        line(1),
        line(2, parent=edit),
        line(3, options={"model": "gpt-image-2"}),
        BatchLine(key(4), "car", Request("a car", RESPONSES)),
        line(5),
        line(6, inputs=(edit,)),
        BatchLine(key(7), "car", Request("a car", {**RESPONSES, "image_model": "gpt-image-2"})),
        BatchLine(key(8), "car", Request("a car", {**RESPONSES, "model": "gpt-6-astra"})),
    ]
    assert numbers(group_lines(lines, SETTINGS)) == [[1, 5], [2, 6], [3], [4, 7], [8]]


def test_a_group_holds_no_more_lines_than_a_file_may() -> None:
    groups = group_lines([line(number) for number in range(7)], SETTINGS, most_lines=3)
    assert numbers(groups) == [[0, 1, 2], [3, 4, 5], [6]]


def test_a_group_holds_no_more_bytes_than_a_file_may() -> None:
    lines = [line(number, "x" * 1000) for number in range(5)]
    size = len(line_of(lines[0], SETTINGS, lambda _: ""))
    groups = group_lines(lines, SETTINGS, most_bytes=2 * size)
    assert numbers(groups) == [[0, 1], [2, 3], [4]]


def test_room_is_left_for_file_ids_that_are_not_known_yet() -> None:
    lines = [line(number, inputs=tuple(Reference(str(at)) for at in range(16))) for number in range(2)]
    written = sum(len(line_of(each, SETTINGS, lambda _: "file-" + "a" * 24)) for each in lines)
    assert numbers(group_lines(lines, SETTINGS, most_bytes=written)) == [[0], [1]]


def test_a_line_beyond_the_bound_goes_alone() -> None:
    lines = [line(0), line(1, "x" * 9000), line(2)]
    assert numbers(group_lines(lines, SETTINGS, most_bytes=2000)) == [[0], [1], [2]]


def test_no_lines_are_no_groups() -> None:
    assert group_lines([], SETTINGS) == []

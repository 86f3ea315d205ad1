"""Answers are read strictly, as plain JSON: what is a picture, what differs, what it cost, and why there is none."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from imagebuild import Request, Result
from imagebuild.errors import IncompleteError, NoImageError, ProviderError, RefusedError, TextReplyError
from imagebuild.testing import png
from imagebuild_openai.answer import read_images, read_response
from imagebuild_openai.model import build_catalog
from imagebuild_openai.settings import Settings

CATALOG, SETTINGS = build_catalog(), Settings()
SQUARE = base64.b64encode(png(1024, 1024)).decode()
OPTIONS: dict[str, Any] = {
    "api": "responses",
    "model": "gpt-6-luna",
    "image_model": "gpt-image-2",
    "size": "1024x1024",
    "quality": "low",
    "background": "auto",
    "output_format": "png",
}
IMAGE_USAGE = {"input_tokens_details": {"text_tokens": 10, "image_tokens": 0}, "output_tokens": 1000}
MAIN_USAGE = {"input_tokens": 1000, "output_tokens": 100}


def call(result: object = SQUARE, **more: Any) -> dict[str, Any]:
    return {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": result, **more}


def said(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "message", "role": "assistant", "content": list(parts)}


def response(*output: object, status: str = "completed", **more: Any) -> dict[str, Any]:
    return {"id": "resp_1", "status": status, "model": "gpt-6-luna-1", "output": list(output), **more}


def read(body: dict[str, Any], factor: float = 1.0, **options: Any) -> Result:
    request = Request("a red car", {**OPTIONS, **options})
    return read_response(body, request=request, settings=SETTINGS, catalog=CATALOG, request_id="req_1", factor=factor)


def read_of_images(body: dict[str, Any], **options: Any) -> Result:
    request = Request("a red car", {**OPTIONS, "api": "images", "model": "gpt-image-2", **options})
    return read_images(body, request=request, settings=SETTINGS, catalog=CATALOG, request_id="req_1")


def test_every_picture_of_a_reply_is_taken_and_the_first_is_the_answer() -> None:
    other = base64.b64encode(png(1024, 1024, (1, 2, 3))).decode()
    result = read(response({"type": "reasoning"}, call(revised_prompt="A car"), said(), call(other)))
    assert [picture.data for picture in result.pictures] == [png(1024, 1024), png(1024, 1024, (1, 2, 3))]
    assert (result.revised_prompt, result.response_id, result.request_id) == ("A car", "resp_1", "req_1")


def test_the_price_counts_the_picture_and_the_main_line() -> None:
    body = response(call(), usage=MAIN_USAGE, tool_usage={"image_gen": IMAGE_USAGE})
    result = read(body)
    main = (1000 * 0.10 + 100 * 0.50) / 1e6
    image = (10 * 5 + 1000 * 30) / 1e6
    assert result.cost_usd == pytest.approx(main + image)
    assert read(body, factor=0.5).cost_usd == pytest.approx((main + image) / 2)


def test_a_price_that_cannot_be_known_is_not_zero() -> None:
    assert read(response(call())).cost_usd is None
    assert read(response(call(), usage=MAIN_USAGE)).cost_usd is None


def test_the_image_model_is_the_one_that_the_answer_repeats() -> None:
    tools = [{"type": "image_generation", "model": "gpt-image-2-2026-04-21"}]
    assert read(response(call(), tools=tools)).model == "gpt-image-2-2026-04-21"
    assert read(response(call())).model == "gpt-image-2"


def test_what_the_service_says_it_used_is_kept() -> None:
    result = read(response(call(quality="high", size="1024x1024", action="edit", background=None, extra=[1])))
    assert result.effective == {"quality": "high", "size": "1024x1024", "action": "edit", "model": "gpt-6-luna-1"}


@pytest.mark.parametrize(
    "text",
    [SQUARE[:-4] + "!!!!", SQUARE[:-1], SQUARE[:100] + "\n" + SQUARE[100:], "no picture here", "é" * 8, 17, ["x"]],
)
def test_text_that_is_not_base64_is_no_picture(text: object) -> None:
    with pytest.raises(NoImageError, match="cannot be decoded") as caught:
        read(response(call(text)))
    assert (caught.value.billed, caught.value.request_id) == (True, "req_1")


def test_what_cannot_be_decoded_is_shown_without_control_characters() -> None:
    with pytest.raises(NoImageError) as caught:
        read(response(call("\x1b[31mred\x07")))
    assert "[31mred" in caught.value.message
    assert "\x1b" not in caught.value.message


def test_a_picture_beside_a_broken_one_is_kept_and_the_loss_is_said() -> None:
    result = read(response(call("broken"), call()))
    assert len(result.pictures) == 1
    assert "one of the pictures is lost" in result.faults[0]


def test_bytes_that_are_no_picture_are_handed_over_for_the_quarantine() -> None:
    result = read(response(call(base64.b64encode(b"<html>").decode())))
    assert (result.pictures[0].data, result.pictures[0].media_type) == (b"<html>", "application/octet-stream")


def test_a_picture_of_an_answer_that_failed_afterwards_is_taken() -> None:
    assert read(response(call(), status="incomplete")).pictures
    assert read(response(call(), status="failed", error={"code": "server_error", "message": "x"})).pictures


BLOCKED = {"code": "moderation_blocked", "message": "No.", "type": "x", "moderation_details": {"categories": ["gore"]}}
WITHOUT = [
    (response(call(None, status="failed", error=BLOCKED)), RefusedError, "gore"),
    (response(call(None, status="failed")), NoImageError, "drawing failed"),
    (response(status="failed", error={"code": "invalid_image", "message": "Bad"}), ProviderError, "Bad"),
    (response(status="failed"), NoImageError, "drawing failed"),
    (response(status="incomplete", incomplete_details={"reason": "max_output_tokens"}), IncompleteError, "max_output"),
    (response(status="incomplete"), IncompleteError, "no reason"),
    (response(status="incomplete", incomplete_details={"reason": "content_filter"}), RefusedError, "rules"),
    (response(status="cancelled"), NoImageError, "cancelled"),
    (response(status="in_progress"), IncompleteError, "in_progress"),
    (response(said({"type": "refusal", "refusal": "I will not."})), RefusedError, "I will not"),
    (response(said({"type": "output_text", "text": "Here is a poem"})), TextReplyError, "poem"),
    (response(), NoImageError, "holds no picture"),
    ({"output": None}, NoImageError, "holds no picture"),
    ({"output": ["x", 5, {"type": "message", "content": "text"}]}, NoImageError, "holds no picture"),
    ({}, NoImageError, "holds no picture"),
]


@pytest.mark.parametrize(("body", "kind", "words"), WITHOUT)
def test_an_answer_without_a_picture_says_why(body: dict[str, Any], kind: type[ProviderError], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        read({**body, "usage": MAIN_USAGE})
    assert (caught.value.billed, caught.value.request_id) == (True, "req_1")


def test_the_failure_of_an_answer_has_the_price_of_its_words() -> None:
    with pytest.raises(TextReplyError) as caught:
        read(response(said({"type": "output_text", "text": "Hello"}), usage=MAIN_USAGE))
    assert caught.value.cost_usd == pytest.approx((1000 * 0.10 + 100 * 0.50) / 1e6)


def test_half_characters_in_a_revised_prompt_do_not_reach_the_store() -> None:
    result = read(response(call(revised_prompt="a \ud83d car")))
    assert result.revised_prompt == "a ? car"


DIFFERENT = [
    (png(512, 1024), {}, ("asked for 1024x1024, got 512x1024",)),
    (png(512, 1024), {"size": "auto"}, ()),
    (png(1024, 1024), {"output_format": "webp"}, ("asked for image/webp, got image/png",)),
    (b"<svg xmlns='x'/>", {"output_format": "svg"}, ()),
    (png(1024, 1024), {"background": "transparent"}, ("asked for a transparent background, got no transparent pixel",)),
    (
        png(1024, 1024, (0, 0, 0, 255)),
        {"background": "transparent"},
        ("asked for a transparent background, got no transparent pixel",),
    ),
    (png(1024, 1024, (0, 0, 0, 0)), {"background": "transparent"}, ()),
    (png(1024, 1024, (0, 0, 0, 254)), {"background": "transparent"}, ()),
    (png(1024, 1024, (0, 0, 0, 255))[:60], {"background": "transparent"}, ()),
]


@pytest.mark.parametrize(("data", "options", "faults"), DIFFERENT, ids=range(len(DIFFERENT)))
def test_a_picture_is_compared_with_what_was_asked(
    data: bytes, options: dict[str, Any], faults: tuple[str, ...]
) -> None:
    assert read(response(call(base64.b64encode(data).decode())), **options).faults == faults


def test_the_number_of_pictures_is_compared_too() -> None:
    body = {"data": [{"b64_json": SQUARE}, {"b64_json": SQUARE}]}
    assert read_of_images(body, n=2).faults == ()
    assert read_of_images(body, n=3).faults == ("asked for 3 pictures, got 2",)
    assert read_of_images(body).faults == ("asked for 1 picture, got 2",)


def test_a_data_url_is_a_picture_and_a_link_needs_the_network() -> None:
    assert read_of_images({"data": [{"url": f"data:image/png;base64,{SQUARE}"}]}).pictures
    with pytest.raises(NoImageError, match="link"):
        read_of_images({"data": [{"url": "https://example.com/a.png"}]})
    with pytest.raises(NoImageError, match="cannot be decoded"):
        read_of_images({"data": [{"url": "data:image/png,abc"}]})


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": []}, {"data": [{}]}, {"data": ["x"]}, {"created": 5}])
def test_an_answer_of_the_images_api_may_hold_nothing(body: dict[str, Any]) -> None:
    with pytest.raises(NoImageError, match="holds no picture") as caught:
        read_of_images(body)
    assert (caught.value.billed, caught.value.request_id) == (True, "req_1")


def test_an_error_inside_an_answer_of_the_images_api_is_that_error() -> None:
    with pytest.raises(RefusedError):
        read_of_images({"error": BLOCKED})


def test_usage_effective_options_and_revised_prompt_of_the_images_api_are_kept() -> None:
    body = {"data": [{"b64_json": SQUARE, "revised_prompt": "A car"}], "usage": IMAGE_USAGE, "quality": "low"}
    result = read_of_images(body)
    assert (result.revised_prompt, result.effective) == ("A car", {"quality": "low"})
    assert result.cost_usd == pytest.approx((10 * 5 + 1000 * 30) / 1e6)
    assert result.usage == {"image": IMAGE_USAGE}

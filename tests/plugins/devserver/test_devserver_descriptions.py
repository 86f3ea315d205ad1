"""Responses in words: a picture and no tool gives a description of it, which is billed and breaks as all else does."""

from __future__ import annotations

from typing import Any

import pytest
from asking import respond, shown

from imagebuild.testing import png
from imagebuild_devserver import DevServer, Fault
from imagebuild_devserver.caption import caption
from imagebuild_devserver.convert import convert

RED, BLUE = png(64, 48, (200, 30, 30)), png(32, 64, (40, 60, 200))


def describe(client: Any, data: bytes = RED, prompt: str = "describe it", **more: object) -> Any:
    return client.responses.create(**{"model": "gpt-6-luna", "input": shown(data, prompt), **more})


def test_a_picture_without_a_tool_is_described(client: Any) -> None:
    response = describe(client)
    assert response.status == "completed"
    assert response.output_text == "A wide picture of 64 by 48 pixels, mostly red"
    assert [item.type for item in response.output] == ["message"]
    assert response.usage.input_tokens > response.usage.output_tokens > 0
    assert getattr(response, "tool_usage", None) is None


def test_the_same_picture_is_described_in_the_same_words_and_another_in_others(client: Any) -> None:
    assert describe(client).output_text == describe(client, prompt="again").output_text
    assert describe(client, BLUE).output_text == "A tall picture of 32 by 64 pixels, mostly blue"


def test_a_larger_picture_and_longer_instructions_are_more_tokens(client: Any) -> None:
    small, large = (describe(client, png(size, size)).usage.input_tokens for size in (64, 1024))
    assert large > small
    assert describe(client, instructions="be brief " * 50).usage.input_tokens > describe(client).usage.input_tokens


def test_a_description_is_billed_to_the_model_that_writes(client: Any, server: DevServer) -> None:
    response = describe(client, prompt="what is it?")
    (entry,) = server.ledger
    assert (entry.endpoint, entry.model, entry.prompt) == ("responses", "gpt-6-luna", "what is it?")
    assert (entry.pictures, entry.response_id) == (0, response.id)


def test_words_alone_are_still_not_billed(client: Any, server: DevServer) -> None:
    assert client.responses.create(model="gpt-6-luna", input="hello").output_text
    assert server.paid == 0


def test_a_description_needs_no_image_model(serve: Any, connect: Any) -> None:
    server = serve(models=["gpt-6-luna"])
    assert describe(connect(server)).output_text


def test_a_description_can_run_in_the_background_and_is_billed_once(client: Any, server: DevServer) -> None:
    response = describe(client, background=True)
    assert response.status == "queued"
    assert client.responses.retrieve(response.id).output_text.startswith("A wide picture")
    assert server.paid == 1


def test_a_description_can_be_streamed(client: Any, server: DevServer) -> None:
    events = list(describe(client, stream=True))
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text.startswith("A wide picture")
    assert server.paid == 1


def test_a_description_that_is_not_stored_cannot_be_looked_up(client: Any, openai: Any) -> None:
    response = describe(client, store=False)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(response.id)


def test_a_detail_that_does_not_exist_is_refused(client: Any, server: DevServer, openai: Any) -> None:
    asked = shown(RED)
    asked[0]["content"][1]["detail"] = "hihg"  # type: ignore[index]  # the second part is the picture
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model="gpt-6-luna", input=asked)
    assert (caught.value.code, caught.value.param) == ("invalid_value", "input[0].content[1].detail")
    assert server.paid == 0


@pytest.mark.parametrize("detail", ["low", "high", "auto", "original"])
def test_every_detail_of_the_service_passes(client: Any, detail: str) -> None:
    asked = shown(RED)
    asked[0]["content"][1]["detail"] = detail  # type: ignore[index]  # the second part is the picture
    assert client.responses.create(model="gpt-6-luna", input=asked).output_text


def test_answers_that_are_no_description_are_billed_as_any_other(client: Any, server: DevServer) -> None:
    server.faults.add(Fault("refusal", message="No."))
    assert describe(client).output[0].content[0].refusal == "No."
    server.faults.add(Fault("text_only", message="something else"))
    assert describe(client).output_text == "something else"
    server.faults.add(Fault("incomplete"))
    assert describe(client).incomplete_details.reason == "max_output_tokens"
    server.faults.add(Fault("no_output"))
    assert describe(client).output == []
    server.faults.add(Fault("no_usage"))
    assert describe(client).usage is None
    server.faults.add(Fault("response_failed", code="server_error"))
    assert describe(client).error.code == "server_error"
    assert server.paid == 6


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault("moderation"), "BadRequestError"),
        (Fault("status", status=429), "RateLimitError"),
        (Fault("status", status=500), "InternalServerError"),
        (Fault("drop_before"), "APIConnectionError"),
    ],
)
def test_refused_descriptions_are_not_billed(
    client: Any, server: DevServer, openai: Any, fault: Fault, kind: str
) -> None:
    server.faults.add(fault)
    with pytest.raises(getattr(openai, kind)):
        describe(client)
    assert server.paid == 0


def test_the_rate_counts_descriptions_too(serve: Any, connect: Any, openai: Any) -> None:
    client = connect(serve(rate=60, burst=1))
    describe(client)
    with pytest.raises(openai.RateLimitError):
        describe(client)


def test_a_fault_that_only_a_picture_can_show_waits_for_one(client: Any, server: DevServer) -> None:
    for kind in ("bad_base64", "wrong_size", "two_images", "moderation_item"):
        server.faults.clear()
        server.faults.add(Fault(kind))
        assert describe(client).output_text.startswith("A wide picture")
        assert [fault.kind for fault in server.faults] == [kind]
    respond(client)
    assert list(server.faults) == []


def test_a_prompt_may_ask_for_the_fault_of_a_description(client: Any, server: DevServer) -> None:
    response = describe(client, prompt="what is it? [fault: refusal message='Not this']")
    assert response.output[0].content[0].refusal == "Not this"
    assert server.ledger[0].prompt == "what is it?"


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ((0, 0, 0), "black"),
        ((250, 250, 250), "white"),
        ((130, 130, 130), "grey"),
        ((70, 160, 70), "green"),
        ((230, 210, 90), "yellow"),
        ((0, 0, 0, 0), "white"),
    ],
)
def test_a_caption_names_the_colour_that_is_seen(colour: Any, name: str) -> None:
    assert caption(png(8, 8, colour)) == f"A square picture of 8 by 8 pixels, mostly {name}"


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "gif"])
def test_a_caption_is_of_the_pixels_whatever_the_format(form: str) -> None:
    assert caption(convert(BLUE, form)) == "A tall picture of 32 by 64 pixels, mostly blue"

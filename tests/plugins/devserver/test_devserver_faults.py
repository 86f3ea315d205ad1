"""Every fault, over the wire, with what it costs."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest
from asking import described, first, generate, respond, result
from msgspec.structs import fields

from imagebuild.errors import UsageError
from imagebuild_devserver import DevServer, Fault
from imagebuild_devserver.fault import KINDS, fault_from_text, split_prompt

SHOWN_HERE = {
    "status", "headers", "cut_body", "bad_base64", "empty_base64", "wrong_type", "wrong_size", "opaque",
    "not_a_picture", "truncated_picture", "hang", "slow", "drop", "drop_before", "moderation", "moderation_item",
    "refusal", "text_only", "no_output", "incomplete", "response_failed", "forgotten", "html", "garbage_json",
    "stream_cut", "stream_error", "stream_error_payload", "two_images", "no_usage", "redirect",
    "conversation_refused",
}  # fmt: skip
SHOWN_WITH_BATCHES = {"batch_failed", "batch_expired", "batch_partial", "batch_line_error"}


def test_every_kind_has_its_test() -> None:
    assert KINDS == SHOWN_HERE | SHOWN_WITH_BATCHES


@pytest.mark.parametrize("call", [respond, generate])
@pytest.mark.parametrize(
    ("status", "name", "code"),
    [
        (400, "BadRequestError", "invalid_value"),
        (401, "AuthenticationError", "invalid_api_key"),
        (429, "RateLimitError", "rate_limit_exceeded"),
        (500, "InternalServerError", "server_error"),
        (503, "InternalServerError", "server_is_overloaded"),
    ],
)
def test_status_answers_in_place_of_the_work(client, server, openai, call, status, name, code) -> None:
    server.faults.add(Fault("status", status=status, headers={"retry-after-ms": "7"}))
    with pytest.raises(getattr(openai, name)) as caught:
        call(client)
    assert (caught.value.status_code, caught.value.code) == (status, code)
    assert caught.value.response.headers["retry-after-ms"] == "7"
    assert server.paid == 0
    call(client)
    assert server.paid == 1


def test_status_says_what_it_is_told_to(client, server, openai) -> None:
    server.faults.add(
        Fault("status", status=429, code="insufficient_quota", type="insufficient_quota", message="empty")
    )
    with pytest.raises(openai.RateLimitError, match="empty") as caught:
        generate(client)
    assert (caught.value.code, caught.value.type) == ("insufficient_quota", "insufficient_quota")


def test_a_status_can_be_billed(client, server, openai) -> None:
    server.faults.add(Fault("status", status=502, paid=True))
    with pytest.raises(openai.InternalServerError):
        generate(client)
    assert server.paid == 1


def test_headers_are_added_to_a_good_answer(client, server) -> None:
    server.faults.add(Fault("headers", headers={"x-ratelimit-remaining-requests": "3"}))
    raw = client.images.with_raw_response.generate(model="gpt-image-2", prompt="a fox")
    assert raw.headers["x-ratelimit-remaining-requests"] == "3"
    assert raw.parse().data
    assert server.paid == 1


@pytest.mark.parametrize("kind", ["cut_body", "drop", "drop_before"])
@pytest.mark.parametrize("call", [respond, generate])
def test_a_connection_breaks(client, server, openai, call, kind) -> None:
    server.faults.add(Fault(kind))
    with pytest.raises(openai.APIConnectionError):
        call(client)
    assert server.paid == (0 if kind == "drop_before" else 1)


def test_hang_is_billed_and_never_answers(server, connect, openai) -> None:
    server.faults.add(Fault("hang"))
    with pytest.raises(openai.APITimeoutError):
        generate(connect(server, timeout=0.3))
    assert server.paid == 1


def test_slow_takes_longer_and_answers(serve, connect, clock) -> None:
    server = serve(clock=clock)
    client = connect(server)
    server.faults.add(Fault("slow", after=60))
    response = respond(client, background=True)
    assert client.responses.retrieve(response.id).status == "queued"
    clock.now += 61
    assert client.responses.retrieve(response.id).status == "completed"


def test_a_page_of_html_and_broken_json_are_no_answers(client, server, openai) -> None:
    server.faults.add(Fault("html"))
    with pytest.raises(openai.InternalServerError) as caught:
        generate(client)
    assert (caught.value.status_code, caught.value.code) == (502, None)
    assert server.paid == 0
    server.faults.add(Fault("garbage_json"))
    with pytest.raises((openai.APIError, json.JSONDecodeError)):
        generate(client)
    assert server.paid == 1


def test_a_redirect_leads_elsewhere(client, server, openai) -> None:
    server.faults.add(Fault("redirect"))
    with openai.DefaultHttpx2Client(follow_redirects=False) as still, pytest.raises(openai.APIStatusError) as caught:
        generate(client.with_options(http_client=still))
    assert caught.value.status_code == 302
    assert caught.value.response.headers["location"] == f"{server.root}/elsewhere"
    assert server.paid == 0


@pytest.mark.parametrize(
    ("kind", "options", "came"),
    [
        ("wrong_type", {}, ("image/webp", 1024, 1024)),
        ("wrong_type", {"output_format": "webp"}, ("image/png", 1024, 1024)),
        ("wrong_size", {"size": "1536x1024"}, ("image/png", 768, 512)),
        ("not_a_picture", {}, None),
        ("empty_base64", {}, None),
    ],
)
def test_the_picture_is_another_than_asked_for(client, server, kind, options, came) -> None:
    server.faults.add(Fault(kind, times=2))
    assert described(first(generate(client, **options))) == came
    assert described(result(respond(client, tool=options))) == came
    assert server.paid == 2


def test_base64_is_broken(client, server) -> None:
    server.faults.add(Fault("bad_base64"))
    text = generate(client).data[0].b64_json
    with pytest.raises(ValueError, match="base64"):
        base64.b64decode(text, validate=True)


def test_a_picture_is_cut_short(client, server) -> None:
    server.faults.add(Fault("truncated_picture"))
    assert b"IEND" not in first(generate(client))
    assert b"IEND" in first(generate(client))


def test_a_transparent_picture_comes_opaque(client, server) -> None:
    server.faults.add(Fault("opaque"))
    kinds = [first(generate(client, background="transparent"))[25] for _ in range(2)]
    assert kinds == [2, 6]


@pytest.mark.parametrize("call", [respond, generate])
def test_moderation_refuses_with_stage_and_categories(client, server, openai, call) -> None:
    server.faults.add(Fault("moderation", match="car"))
    with pytest.raises(openai.BadRequestError) as caught:
        call(client)
    assert (caught.value.code, caught.value.type) == ("moderation_blocked", "image_generation_user_error")
    assert caught.value.body["moderation_details"] == {"moderation_stage": "input", "categories": ["violence"]}
    assert server.paid == 0


def test_an_item_fails_in_a_response_that_is_complete(client, server) -> None:
    server.faults.add(Fault("moderation_item"))
    response = respond(client)
    assert (response.status, response.output[0].status, response.output[0].result) == ("completed", "failed", None)
    assert response.output[0].error.moderation_details.moderation_stage == "output"
    assert server.paid == 1


def test_answers_in_words_hold_no_picture(client, server) -> None:
    server.faults.add(Fault("refusal", message="no"))
    server.faults.add(Fault("text_only", message="words"))
    server.faults.add(Fault("no_output"))
    refused, worded, empty = (respond(client) for _ in range(3))
    assert refused.output[0].content[0].refusal == "no"
    assert worded.output_text == "words"
    assert empty.output == []
    assert server.paid == 3


def test_images_may_be_none_or_one_too_many(client, server) -> None:
    server.faults.add(Fault("no_output"))
    server.faults.add(Fault("two_images"))
    assert [len(generate(client).data) for _ in range(3)] == [0, 2, 1]
    server.faults.add(Fault("two_images"))
    response = respond(client)
    assert len({item.id for item in response.output}) == len({item.result for item in response.output}) == 2


def test_a_response_ends_incomplete_or_failed(client, server) -> None:
    server.faults.add(Fault("incomplete", code="content_filter"))
    server.faults.add(Fault("response_failed", code="image_content_policy_violation", message="not that"))
    incomplete, failed = respond(client), respond(client)
    assert (incomplete.status, incomplete.incomplete_details.reason) == ("incomplete", "content_filter")
    assert (failed.status, failed.error.code) == ("failed", "image_content_policy_violation")
    assert server.paid == 2


def test_usage_may_be_missing(client, server) -> None:
    server.faults.add(Fault("no_usage", times=2))
    response = respond(client)
    assert (response.usage, response.tool_usage) == (None, None)
    assert generate(client).usage is None


def test_a_response_is_forgotten_when_it_is_looked_for(client, server, openai) -> None:
    response = respond(client)
    server.faults.add(Fault("forgotten", times=2))
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(response.id)
    with pytest.raises(openai.BadRequestError) as caught:
        respond(client, previous_response_id=response.id)
    assert caught.value.code == "previous_response_not_found"
    assert client.responses.retrieve(response.id).status == "completed"
    assert server.paid == 1


def test_conversations_are_refused(client, server, openai) -> None:
    conversation = client.conversations.create()
    server.faults.add(Fault("conversation_refused", times=2))
    with pytest.raises(openai.BadRequestError, match=r"[Cc]onversation"):
        client.conversations.create()
    with pytest.raises(openai.BadRequestError, match=r"[Cc]onversation"):
        respond(client, conversation=conversation.id)
    assert server.paid == 0


def test_a_stream_ends_without_its_last_event_and_the_response_is_there(client, server) -> None:
    server.faults.add(Fault("stream_cut"))
    events = list(respond(client, stream=True))
    assert events[-1].type == "response.output_item.done"
    assert client.responses.retrieve(events[0].response.id).status == "completed"
    assert server.paid == 1


def test_a_stream_ends_in_an_error_event_and_the_response_has_failed(client, server) -> None:
    server.faults.add(Fault("stream_error", code="server_error", message="broken"))
    events = list(respond(client, stream=True))
    assert (events[-1].type, events[-1].message) == ("error", "broken")
    assert client.responses.retrieve(events[0].response.id).status == "failed"
    assert server.paid == 1


@pytest.mark.parametrize("call", [respond, generate])
def test_a_stream_ends_in_an_error_payload(client, server, openai, call) -> None:
    server.faults.add(Fault("stream_error_payload", message="broken"))
    with pytest.raises(openai.APIError, match="broken"):
        list(call(client, stream=True))
    assert server.paid == 1


def test_a_stream_of_images_breaks_off(client, server) -> None:
    server.faults.add(Fault("stream_cut"))
    server.faults.add(Fault("stream_error"))
    cut = [event.type for event in generate(client, stream=True, partial_images=1)]
    assert cut == ["image_generation.partial_image"]
    assert [event.type for event in generate(client, stream=True, partial_images=0)] == ["error"]
    assert server.paid == 2


def test_a_stream_is_cut_in_the_middle_of_an_event(client, server, openai) -> None:
    server.faults.add(Fault("cut_body"))
    with pytest.raises(openai.APIConnectionError):
        list(respond(client, stream=True))
    assert server.paid == 1


@pytest.mark.parametrize("call", [respond, generate])
@pytest.mark.parametrize("fault", [Fault("drop"), Fault("garbage_json"), Fault("status", status=500, paid=True)])
def test_a_stream_that_never_arrives_is_billed(client, server, openai, call, fault) -> None:
    server.faults.add(fault)
    with pytest.raises((openai.APIError, json.JSONDecodeError)):
        list(call(client, stream=True))
    assert server.paid == 1


def test_a_batch_is_made_though_its_reply_is_lost(client, server, openai) -> None:
    file = client.files.create(file=("in.jsonl", b"{}", "application/jsonl"), purpose="batch")
    asked = {"input_file_id": file.id, "endpoint": "/v1/responses", "completion_window": "24h"}
    for kind in ("drop", "drop_before"):
        server.faults.add(Fault(kind, endpoint="batches"))
        with pytest.raises(openai.APIConnectionError):
            client.batches.create(**asked, metadata={"lost": kind})
    assert [batch.metadata for batch in client.batches.list()] == [{"lost": "drop"}]


def test_faults_meant_for_streams_wait_for_one(client, server) -> None:
    server.faults.add(Fault("stream_cut"))
    assert generate(client).data
    assert len(list(server.faults)) == 1


def test_a_fault_strikes_as_often_as_it_says_after_what_it_skips(client, server, openai) -> None:
    server.faults.add(Fault("status", status=500, match="fox", times=2, skip=1))
    outcomes = []
    for prompt in ("a fox", "an owl", "a fox", "a fox", "a fox"):
        try:
            outcomes.append(len(generate(client, prompt).data))
        except openai.InternalServerError:
            outcomes.append(0)
    assert outcomes == [1, 1, 0, 0, 1]


def test_a_fault_for_ever_ends_when_faults_are_cleared(client, server, openai) -> None:
    server.faults.add(Fault("status", status=500, times=None))
    for _ in range(3):
        with pytest.raises(openai.InternalServerError):
            generate(client)
    server.faults.clear()
    assert generate(client).data


def test_a_fault_is_meant_for_one_endpoint_or_path(client, server, openai) -> None:
    server.faults.add(Fault("status", status=503, endpoint="responses/retrieve"))
    server.faults.add(Fault("drop", match="/v1/models"))
    response = respond(client)
    with pytest.raises(openai.InternalServerError):
        client.responses.retrieve(response.id)
    with pytest.raises(openai.APIConnectionError):
        client.models.list()
    assert client.responses.retrieve(response.id).status == "completed"
    assert server.paid == 1


def test_without_an_endpoint_only_calls_for_pictures_are_struck(client, server, openai) -> None:
    server.faults.add(Fault("status", status=500))
    client.conversations.create()
    client.models.list()
    with pytest.raises(openai.InternalServerError):
        respond(client)


def test_a_prompt_asks_for_its_fault_and_is_drawn_without_it(client, server, openai) -> None:
    prompt = "a fox [fault: status=500 times=2]"
    for _ in range(2):
        with pytest.raises(openai.InternalServerError):
            generate(client, prompt)
    assert generate(client, prompt).data
    assert [entry.prompt for entry in server.ledger] == ["a fox"]


def test_a_prompts_fault_without_times_always_strikes(client, server, openai) -> None:
    for _ in range(3):
        with pytest.raises(openai.BadRequestError):
            respond(client, "a fox [fault: moderation]")


def test_a_prompts_fault_that_does_not_exist_is_told(client, openai) -> None:
    with pytest.raises(openai.BadRequestError, match="unknown fault 'explode'"):
        generate(client, "a fox [fault: explode]")


def test_faults_are_read_from_text() -> None:
    read = fault_from_text('status,status=429,times=always,header.retry-after=2,message="too fast",after=1.5,paid=yes')
    assert read == Fault(
        "status", status=429, times=None, headers={"retry-after": "2"}, message="too fast", after=1.5, paid=True
    )
    assert fault_from_text("drop") == Fault("drop")
    assert split_prompt("a fox [fault: drop times=1] at night") == ("a fox at night", "drop times=1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("explode", "unknown fault 'explode'"),
        ("drop,colour=red", "unknown field 'colour'"),
        ("drop,times=often", "field 'times' of a fault is 'often'"),
        ("times=2", "a fault has no kind"),
        ('drop,message="', "cannot be read"),
    ],
)
def test_text_that_is_no_fault_is_an_error(text, said) -> None:
    with pytest.raises(UsageError, match=said):
        fault_from_text(text)


def test_the_reference_tells_of_every_kind_field_and_endpoint() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "dev-server.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_/0-9]+)`", page))
    assert named >= KINDS
    assert {field.name for field in fields(Fault)} - {"kind"} <= named
    with DevServer(draw="plain") as server:
        assert {name for _, _, name, _ in server._app._routes} <= named

"""Streams of both APIs: partial pictures arrive, the final one is the answer, and what breaks off is looked up."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any

import httpx2
import pytest

from imagebuild.errors import ProviderError, RateLimitError, UnavailableError
from imagebuild.media import probe
from imagebuild.testing import png
from imagebuild_devserver import DevServer, Fault
from imagebuild_openai import OpenAIProvider
from imagebuild_openai.client import Connection

BASE64 = base64.b64encode(png(1024, 1024)).decode()


def posts(server: DevServer, path: str = "/v1/responses") -> int:
    return sum(seen.method == "POST" and seen.path == path for seen in server.requests)


@pytest.mark.parametrize("api", ["responses", "images"])
def test_partial_pictures_arrive_before_the_final_one(server, provider, ask, heard, api: str) -> None:
    openai = provider(server, api=api)
    result = openai.generate(ask(openai, partial_images=3), heard.context)
    assert [index for index, _ in heard.partials] == [0, 1, 2]
    assert {picture.media_type for _, picture in heard.partials} == {"image/png"}
    assert len(result.pictures) == 1
    assert (result.faults, server.paid) == ((), 1)
    assert result.cost_usd is not None
    assert result.request_id is not None


def test_an_edit_is_streamed_too(server, provider, ask, heard, reference) -> None:
    openai = provider(server, api="images")
    result = openai.generate(ask(openai, parent=reference(png(64, 64)), partial_images=2), heard.context)
    assert (len(heard.partials), len(result.pictures), posts(server, "/v1/images/edits")) == (2, 1, 1)


def test_the_id_of_a_streamed_answer_is_noted_once_and_with_its_first_event(server, provider, ask, heard) -> None:
    openai = provider(server)
    order: list[str] = []
    context = type(heard.context)(
        "hero", "k", note_id=lambda name: order.append(name[:5]), partial=lambda index, _: order.append(str(index))
    )
    openai.generate(ask(openai, partial_images=2), context)
    assert order == ["conv_", "resp_", "0", "1"]


def test_a_streamed_answer_has_all_that_another_has(server, provider, ask, heard) -> None:
    openai = provider(server)
    plain = openai.generate(ask(openai), heard.context)
    streamed = openai.generate(ask(openai, partial_images=1), heard.context)
    assert streamed.revised_prompt == plain.revised_prompt
    assert streamed.effective == plain.effective
    assert streamed.model == plain.model
    assert streamed.response_id == heard.ids[-1]


@pytest.mark.parametrize("kind", ["stream_cut", "drop", "garbage_json"])
def test_a_stream_of_a_stored_answer_that_breaks_off_is_looked_up(server, provider, ask, heard, kind: str) -> None:
    server.faults.add(Fault(kind, endpoint="responses"))
    openai = provider(server)
    result = openai.generate(ask(openai, partial_images=2), heard.context)
    assert probe(result.pictures[0].data) is not None
    assert (posts(server), server.paid) == (1, 1)


def test_an_error_in_the_stream_of_a_stored_answer_is_looked_up(server, provider, ask, heard) -> None:
    openai = provider(server)
    server.faults.add(Fault("stream_error_payload", endpoint="responses"))
    assert openai.generate(ask(openai, partial_images=1), heard.context).pictures
    server.faults.add(Fault("stream_error", endpoint="responses"))
    with pytest.raises(UnavailableError) as caught:
        openai.generate(ask(openai, partial_images=1), heard.context)
    assert (caught.value.billed, posts(server)) == (True, 2)


@pytest.mark.parametrize("kind", ["stream_cut", "stream_error", "stream_error_payload", "drop", "garbage_json"])
def test_a_stream_of_the_images_api_that_breaks_off_may_have_been_paid(server, provider, ask, heard, kind: str) -> None:
    server.faults.add(Fault(kind))
    openai = provider(server, api="images")
    with pytest.raises(ProviderError) as caught:
        openai.generate(ask(openai, partial_images=1), heard.context)
    assert caught.value.billed
    assert posts(server, "/v1/images/generations") == 1


def test_a_refusal_before_the_stream_begins_is_an_error_as_any(server, provider, ask, heard) -> None:
    server.faults.add(Fault("status", status=429, endpoint="responses"))
    openai = provider(server)
    with pytest.raises(RateLimitError) as caught:
        openai.generate(ask(openai, partial_images=1), heard.context)
    assert (caught.value.billed, posts(server)) == (False, 1)


def test_a_stream_that_nobody_waits_for_any_longer_is_left_to_be_collected(provider, ask, heard) -> None:
    with DevServer(draw="plain", seconds=30) as server:
        openai = provider(server)
        heard.cancelled = lambda: len(heard.ids) == 2
        with pytest.raises(UnavailableError, match="the next build collects it") as caught:
            openai.generate(ask(openai, partial_images=1), heard.context)
        assert (caught.value.billed, caught.value.retryable, posts(server)) == (True, False, 1)


Streamed = Callable[..., OpenAIProvider]


@pytest.fixture
def streamed(server, provider) -> Streamed:
    """A provider whose every call is answered with just these events."""

    def make(events: Iterable[dict[str, Any]], **settings: Any) -> OpenAIProvider:
        text = "".join(f"event: {event.get('type')}\ndata: {json.dumps(event)}\n\n" for event in events)
        headers = {"content-type": "text/event-stream", "x-request-id": "req_9"}
        openai = provider(server, **{"conversation": False, "store": False, "background": False, **settings})
        openai.connection.close()
        answer = httpx2.MockTransport(lambda request: httpx2.Response(200, headers=headers, text=text))
        openai.connection = Connection(openai.settings, transport=answer)
        return openai

    return make


ITEM = {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": BASE64}
DONE = {"type": "response.completed", "response": {"id": "resp_1", "status": "completed", "output": [ITEM]}}


def test_events_nobody_knows_are_passed_over(streamed, ask, heard) -> None:
    openai = streamed([{"type": "response.telepathy"}, {"no": "type"}, {"type": 7, "response": 5}, DONE])
    assert len(openai.generate(ask(openai, partial_images=1), heard.context).pictures) == 1


def test_a_picture_that_only_its_item_holds_is_taken(streamed, ask, heard) -> None:
    final = {"type": "response.completed", "response": {"id": "resp_1", "status": "completed", "output": []}}
    openai = streamed([{"type": "response.output_item.done", "item": ITEM}, final])
    assert len(openai.generate(ask(openai, partial_images=1), heard.context).pictures) == 1


def test_what_comes_after_the_end_is_not_waited_for(streamed, ask, heard) -> None:
    openai = streamed([DONE, {"type": "error", "code": "server_error", "message": "late"}])
    assert openai.generate(ask(openai, partial_images=1), heard.context).pictures


def test_a_partial_that_is_no_picture_is_passed_over(streamed, ask, heard) -> None:
    kind = "response.image_generation_call.partial_image"
    events = [
        {"type": kind, "partial_image_index": 0, "partial_image_b64": "!!!"},
        {"type": kind, "partial_image_index": 1, "partial_image_b64": base64.b64encode(b"text").decode()},
        {"type": kind, "partial_image_index": "2", "partial_image_b64": BASE64},
        {"type": kind, "partial_image_index": 3, "partial_image_b64": BASE64},
    ]
    openai = streamed([*events, DONE])
    openai.generate(ask(openai, partial_images=3), heard.context)
    assert [index for index, _ in heard.partials] == [3]


@pytest.mark.parametrize("retry_lost", [False, True])
@pytest.mark.parametrize("api", ["responses", "images"])
def test_a_stream_without_an_end_may_have_been_paid(streamed, ask, heard, api: str, retry_lost: bool) -> None:
    openai = streamed([{"type": "response.created", "response": {"id": "resp_1"}}], api=api, retry_lost=retry_lost)
    with pytest.raises(UnavailableError) as caught:
        openai.generate(ask(openai, partial_images=1), heard.context)
    assert (caught.value.billed, caught.value.retryable) == (True, retry_lost)
    assert caught.value.request_id == "req_9"


def test_a_flat_error_event_is_the_error_it_names(streamed, ask, heard) -> None:
    openai = streamed([{"type": "error", "code": "rate_limit_exceeded", "message": "Slow down", "param": None}])
    with pytest.raises(RateLimitError, match="Slow down"):
        openai.generate(ask(openai, partial_images=1), heard.context)


def test_all_pictures_of_a_stream_are_taken(streamed, ask, heard) -> None:
    event = {"type": "image_generation.completed", "b64_json": BASE64}
    openai = streamed([event, event], api="images")
    result = openai.generate(ask(openai, n=2, partial_images=1), heard.context)
    assert (len(result.pictures), result.faults) == (2, ())

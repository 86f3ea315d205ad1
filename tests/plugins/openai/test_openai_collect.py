"""Answers are fetched by the id that was noted: waited for, looked at again after failures, and never bought anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagebuild import Reference, Request
from imagebuild.errors import ForgottenError, ProviderError, TextReplyError, UnavailableError
from imagebuild_devserver import DevServer, Fault
from imagebuild_openai import OpenAIProvider
from imagebuild_openai.client import Connection


def posts(server: DevServer) -> int:
    return sum(seen.method == "POST" and seen.path == "/v1/responses" for seen in server.requests)


class Clock:
    """Time that passes only while somebody sleeps, and a little with every look at it."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def with_clock(openai: OpenAIProvider, clock: Clock, **more: Any) -> OpenAIProvider:
    openai.connection.close()
    openai.connection = Connection(openai.settings, clock=clock, sleep=clock.sleep, **more)
    return openai


@pytest.fixture
def bought(server, provider, ask, heard) -> Callable[..., tuple[OpenAIProvider, Request, list[str]]]:
    """A call that was sent by a process that is gone: provider, request, and the ids it noted."""

    def make(**settings: Any) -> tuple[OpenAIProvider, Request, list[str]]:
        openai = provider(server, **settings)
        request = ask(openai)
        openai.generate(request, heard.context)
        return openai, request, list(heard.ids)

    return make


@pytest.mark.parametrize("which", [0, 1])
def test_an_answer_is_collected_by_conversation_and_by_id(server, heard, bought, which: int) -> None:
    openai, request, ids = bought()
    result = openai.collect(request, ids[which], heard.context)
    assert result.pictures[0].media_type == "image/png"
    assert (posts(server), server.paid) == (1, 1)


def test_what_is_collected_by_id_has_its_price_and_what_a_conversation_holds_has_none(heard, bought) -> None:
    openai, request, (conversation, answer) = bought()
    assert openai.collect(request, answer, heard.context).cost_usd is not None
    found = openai.collect(request, conversation, heard.context)
    assert (found.cost_usd, found.revised_prompt) == (None, "A picture: a red car")


def test_an_answer_is_collected_without_its_references(server, heard, bought) -> None:
    openai, request, ids = bought()
    lost = Request(request.prompt, request.options, parent=Reference("gone"), inputs=(Reference("gone too"),))
    assert openai.collect(lost, ids[-1], heard.context).pictures


@pytest.mark.parametrize("noted", ["resp_unknown", "conv_unknown"])
def test_an_id_that_the_service_does_not_know_is_forgotten(server, provider, ask, heard, noted: str) -> None:
    openai = provider(server)
    with pytest.raises(ForgottenError):
        openai.collect(ask(openai), noted, heard.context)
    assert posts(server) == 0


def test_one_wrong_answer_does_not_make_an_answer_forgotten(server, heard, bought) -> None:
    openai, request, ids = bought()
    server.faults.add(Fault("forgotten", endpoint="responses/retrieve", times=2))
    assert openai.collect(request, ids[-1], heard.context).pictures


def test_a_conversation_that_stays_empty_was_never_sent(server, provider, ask, heard) -> None:
    clock = Clock()
    openai = with_clock(provider(server, grace=120, wait=1200), clock)
    name = openai.connection.client.conversations.create().id
    with pytest.raises(ForgottenError) as caught:
        openai.collect(ask(openai), name, heard.context)
    assert caught.value.billed, "an empty conversation proves nothing"
    assert 115 < sum(clock.slept) < 130
    openai.connection.close()


def test_an_empty_conversation_is_not_given_up_because_waiting_ends_before_its_grace(
    server, provider, ask, heard
) -> None:
    openai = with_clock(provider(server, grace=120, wait=5), Clock())
    name = openai.connection.client.conversations.create().id
    with pytest.raises(UnavailableError) as caught:
        openai.collect(ask(openai), name, heard.context)
    assert (caught.value.billed, caught.value.retryable) == (True, True)
    openai.connection.close()


def test_a_conversation_that_is_gone_may_have_been_paid(server, provider, ask, heard) -> None:
    openai = provider(server)
    with pytest.raises(ForgottenError) as caught:
        openai.collect(ask(openai), "conv_0000000000000000", heard.context)
    assert caught.value.billed


def test_an_old_conversation_that_is_empty_is_not_waited_for(provider, ask, heard) -> None:
    with DevServer(draw="plain", clock=lambda: 1_700_000_000.0) as server:
        clock = Clock()
        openai = with_clock(provider(server, wait=1200), clock)
        name = openai.connection.client.conversations.create().id
        with pytest.raises(ForgottenError):
            openai.collect(ask(openai), name, heard.context)
        assert clock.slept == []
        openai.connection.close()


def test_a_picture_that_is_still_being_made_is_waited_for(provider, ask, heard) -> None:
    with DevServer(draw="plain", seconds=0.3) as server:
        openai = provider(server, background=True)
        result = openai.generate(ask(openai), heard.context)
        assert result.pictures
        looks = [seen for seen in server.requests if seen.method == "GET"]
        assert len(looks) > 1
        assert server.paid == 1


def test_waiting_ends_when_the_user_no_longer_wants_it(provider, ask, heard) -> None:
    with DevServer(draw="plain", seconds=600) as server:
        openai = provider(server)
        heard.cancelled = lambda: len(heard.ids) == 2
        with pytest.raises(UnavailableError, match="the next build collects it") as caught:
            openai.generate(ask(openai), heard.context)
        assert (caught.value.retryable, caught.value.billed) == (False, True)
        with pytest.raises(UnavailableError) as caught:
            openai.collect(ask(openai), heard.ids[-1], heard.context)
        assert caught.value.retryable


def test_waiting_ends_after_the_time_that_is_set(provider, ask, heard) -> None:
    with DevServer(draw="plain", seconds=600) as server:
        clock = Clock()
        openai = with_clock(provider(server, wait=30, poll=2), clock)
        with pytest.raises(UnavailableError, match="after 30 seconds") as caught:
            openai.generate(ask(openai), heard.context)
        assert (caught.value.retryable, caught.value.billed) == (False, True)
        assert clock.time == pytest.approx(30)
        openai.connection.close()


def test_looks_are_close_at_first_and_then_keep_the_pace(provider, ask, heard) -> None:
    with DevServer(draw="plain", seconds=600) as server:
        clock = Clock()
        openai = with_clock(provider(server, wait=30, poll=2), clock)
        with pytest.raises(UnavailableError):
            openai.generate(ask(openai), heard.context)
        looks = sum(seen.method == "GET" for seen in server.requests)
        assert 8 <= looks <= 16
        openai.connection.close()


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=429, endpoint="responses/retrieve", times=2),
        Fault("status", status=500, endpoint="responses/retrieve", times=3),
        Fault("status", status=503, endpoint="responses/retrieve", times=2),
        Fault("drop", endpoint="responses/retrieve", times=3),
        Fault("html", endpoint="responses/retrieve", times=2),
        Fault("garbage_json", endpoint="responses/retrieve", times=2),
        Fault("cut_body", endpoint="responses/retrieve", times=2),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status or ''}",
)
def test_failures_of_looking_are_looked_at_again(server, heard, bought, fault: Fault) -> None:
    openai, request, ids = bought()
    server.faults.add(fault)
    assert openai.collect(request, ids[-1], heard.context).pictures
    assert (posts(server), server.paid) == (1, 1)


def test_a_service_that_cannot_be_looked_at_is_named_in_the_end(server, heard, bought) -> None:
    openai, request, ids = bought(wait=20)
    server.faults.add(Fault("status", status=503, endpoint="responses/retrieve", times=None))
    with pytest.raises(
        UnavailableError, match=r"cannot be looked up .*status 503.* not asked for any longer"
    ) as caught:
        with_clock(openai, Clock()).collect(request, ids[-1], heard.context)
    assert (caught.value.retryable, caught.value.billed) == (True, True)
    openai.connection.close()


def test_a_wait_that_is_asked_for_while_looking_is_obeyed(server, heard, bought) -> None:
    openai, request, ids = bought(wait=100)
    clock = Clock()
    server.faults.add(Fault("status", status=429, endpoint="responses/retrieve", headers={"retry-after": "17"}))
    assert with_clock(openai, clock).collect(request, ids[-1], heard.context).pictures
    assert sum(clock.slept) == pytest.approx(17)
    openai.connection.close()


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_look_that_is_refused_leaves_the_picture_to_be_collected(server, provider, ask, heard, status: int) -> None:
    server.faults.add(Fault("status", status=status, endpoint="responses/retrieve", times=2, code="odd"))
    openai = provider(server)
    request = ask(openai)
    with pytest.raises(UnavailableError, match="cannot be looked up") as caught:
        openai.generate(request, heard.context)
    assert (caught.value.retryable, caught.value.billed) == (False, True)
    with pytest.raises(UnavailableError) as caught:
        openai.collect(request, heard.ids[-1], heard.context)
    assert (caught.value.retryable, caught.value.billed) == (True, True)
    assert openai.collect(request, heard.ids[-1], heard.context).pictures
    assert server.paid == 1


def test_a_failed_answer_that_is_collected_stays_failed(server, provider, ask, heard) -> None:
    server.faults.add(Fault("text_only"))
    openai = provider(server)
    request = ask(openai)
    with pytest.raises(TextReplyError):
        openai.generate(request, heard.context)
    with pytest.raises(TextReplyError):
        openai.collect(request, heard.ids[-1], heard.context)


@pytest.mark.parametrize("code", ["server_error", "rate_limit_exceeded"])
def test_of_an_answer_that_failed_in_passing_there_is_nothing_to_collect(
    server, provider, ask, heard, code: str
) -> None:
    server.faults.add(Fault("response_failed", code=code))
    openai = provider(server)
    request = ask(openai)
    with pytest.raises(ProviderError) as caught:
        openai.generate(request, heard.context)
    assert caught.value.retryable
    with pytest.raises(ForgottenError, match="the call failed"):
        openai.collect(request, heard.ids[-1], heard.context)


def test_the_conversation_of_a_call_that_failed_is_not_waited_for_again(server, provider, ask, heard) -> None:
    server.faults.add(Fault("status", status=500, endpoint="responses"))
    clock = Clock()
    openai = with_clock(provider(server, wait=1200), clock)
    request = ask(openai)
    with pytest.raises(UnavailableError):
        openai.generate(request, heard.context)
    with pytest.raises(ForgottenError):
        openai.collect(request, heard.ids[-1], heard.context)
    assert clock.time < 10
    openai.connection.close()


def test_the_images_api_has_nothing_to_collect(server, provider, ask, heard) -> None:
    openai = provider(server)
    with pytest.raises(ForgottenError):
        openai.collect(ask(openai, api="images"), "resp_1", heard.context)
    assert server.requests == ()


def test_an_id_with_slashes_stays_one_part_of_the_path(server, provider, ask, heard) -> None:
    openai = provider(server)
    with pytest.raises(ForgottenError):
        openai.collect(ask(openai), "../models", heard.context)
    assert all("/responses/" in seen.path for seen in server.requests)


@pytest.mark.parametrize("noted", ["resp_1", "conv_1"])
def test_openai_shows_answers_to_one_project_alone_so_none_is_taken_for_lost_by_itself(noted: str, heard) -> None:
    import httpx2

    seen: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.url.path)
        return httpx2.Response(
            404, json={"error": {"message": f"'{noted}' not found.", "type": "invalid_request_error"}}
        )

    openai, problems = OpenAIProvider().configure({"poll": 0.01}, {"OPENAI_API_KEY": "key-of-another-project"})
    assert problems == ()
    openai.connection = Connection(openai.settings, transport=httpx2.MockTransport(answer))
    with pytest.raises(UnavailableError, match="to this key") as caught:
        openai.collect(openai.resolve(Request("a fox")).request, noted, heard.context)
    assert (caught.value.billed, caught.value.retryable) == (True, True)
    assert "--give-up" in str(caught.value.hint)
    assert seen
    openai.connection.close()

"""Pictures through the Responses API: what is sent, what is noted and when, and what is never bought twice."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from imagebuild.errors import (
    ForgottenError,
    IncompleteError,
    NoImageError,
    ProviderError,
    RateLimitError,
    RefusedError,
    RequestError,
    TextReplyError,
    UnavailableError,
)
from imagebuild.testing import png
from imagebuild_devserver import DevServer, Fault
from imagebuild_openai import part

PARENT, LOGO, MASK = png(64, 64), png(32, 32), png(64, 64, (0, 0, 0, 0))


def sent(server: DevServer, path: str = "/v1/responses") -> list[Any]:
    """Bodies of the posts to a path, in order."""
    return [seen.body for seen in server.requests if seen.method == "POST" and seen.path == path]


def url_of(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def test_the_tool_is_forced_and_the_call_is_stored_in_the_background(server, provider, ask, heard) -> None:
    openai = provider(server)
    result = openai.generate(ask(openai, "a red car", size="1536x1024"), heard.context)
    body = sent(server)[0]
    assert body["tool_choice"] == {"type": "image_generation"}
    assert (body["store"], body["background"], body["metadata"]) == (True, True, {"imagebuild": "a" * 64})
    (tool,) = body["tools"]
    assert tool["type"] == "image_generation"
    assert (tool["model"], tool["size"], tool["quality"]) == ("gpt-image-2.6-sunburst", "1536x1024", "low")
    assert body["input"] == [{"role": "user", "content": [{"type": "input_text", "text": "a red car"}]}]
    assert (result.faults, server.paid) == ((), 1)


def test_a_result_holds_what_the_service_says_of_it(server, provider, ask, heard) -> None:
    openai = provider(server)
    result = openai.generate(ask(openai), heard.context)
    assert result.pictures[0].media_type == "image/png"
    assert result.revised_prompt == "A picture: a red car"
    assert result.model == "gpt-image-2.6-sunburst"
    assert result.request_id is not None
    assert result.response_id == heard.ids[-1]
    assert result.effective["model"] == "gpt-6-luna"
    assert result.effective["size"] == "1024x1024"
    assert set(result.usage) == {"main", "image"}
    assert result.cost_usd is not None
    assert 0 < result.cost_usd < 1


def test_a_conversation_is_noted_before_the_call_and_the_answer_after_it(server, provider, ask, heard) -> None:
    openai = provider(server)
    seen: list[tuple[str, int]] = []
    context = heard.context
    noted = type(context)("hero", "k", note_id=lambda name: seen.append((name[:5], server.paid)))
    openai.generate(ask(openai), noted)
    assert seen == [("conv_", 0), ("resp_", 1)]


def test_an_edit_sends_the_parent_first_and_then_the_inputs_in_order(server, provider, ask, heard, reference) -> None:
    openai = provider(server)
    request = ask(openai, "blue", parent=reference(PARENT), inputs=(reference(LOGO),), mask=reference(MASK))
    openai.generate(request, heard.context)
    body = sent(server)[0]
    text, *pictures = body["input"][0]["content"]
    assert text == {"type": "input_text", "text": "blue"}
    assert [picture["image_url"] for picture in pictures] == [url_of(PARENT), url_of(LOGO)]
    assert body["tools"][0]["action"] == "edit"
    assert body["tools"][0]["input_image_mask"] == {"image_url": url_of(MASK)}


def test_a_picture_too_large_for_a_request_is_uploaded_and_removes_itself(
    server, provider, ask, heard, reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "LARGEST_INLINE", len(LOGO))
    openai = provider(server)
    openai.generate(ask(openai, parent=reference(PARENT), inputs=(reference(LOGO),)), heard.context)
    upload, body = sent(server, "/v1/files")[0], sent(server)[0]
    assert "vision" in str(upload)
    assert "expires_after" in str(upload)
    first, second = body["input"][0]["content"][1:]
    assert first["file_id"].startswith("file")
    assert second["image_url"] == url_of(LOGO)


def test_instructions_settings_and_extra_fields_are_sent(server, provider, ask, heard) -> None:
    openai = provider(server, safety_identifier="me", service_tier="default", prompt_cache_key="mine")
    request = ask(openai, instructions="be brief", extra_body={"reasoning": {"effort": "low"}})
    openai.generate(request, heard.context)
    body = sent(server)[0]
    assert body["instructions"] == "be brief"
    assert body["reasoning"] == {"effort": "low"}
    assert (body["safety_identifier"], body["service_tier"], body["prompt_cache_key"]) == ("me", "default", "mine")


def test_without_store_there_is_one_call_in_the_foreground_and_no_id(server, provider, ask, heard) -> None:
    openai = provider(server, store=False, conversation=False, background=False)
    result = openai.generate(ask(openai), heard.context)
    assert sent(server)[0]["store"] is False
    assert "background" not in sent(server)[0]
    assert [seen.path for seen in server.requests] == ["/v1/responses"]
    assert (heard.ids, len(result.pictures)) == ([], 1)


def test_without_background_the_answer_is_waited_for(server, provider, ask, heard) -> None:
    openai = provider(server, background=False, conversation=False)
    result = openai.generate(ask(openai), heard.context)
    assert [seen.path for seen in server.requests] == ["/v1/responses"]
    assert heard.ids == [result.response_id]


def test_a_conversation_that_is_refused_is_done_without(server, provider, ask, heard) -> None:
    server.faults.add(Fault("conversation_refused", endpoint="conversations"))
    openai = provider(server)
    openai.generate(ask(openai), heard.context)
    assert "conversation" not in sent(server)[0]
    assert [name[:5] for name in heard.ids] == ["resp_"]
    assert len(heard.notices) == 1
    assert "conversation" in heard.notices[0]


def test_a_call_whose_conversation_is_refused_is_made_without_one(server, provider, ask, heard) -> None:
    server.faults.add(Fault("conversation_refused", endpoint="responses"))
    openai = provider(server)
    openai.generate(ask(openai), heard.context)
    assert ["conversation" in body for body in sent(server)] == [True, False]
    assert (server.paid, len(heard.notices)) == (1, 1)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("conversation_refused", endpoint="conversations"),
        Fault("status", status=404, endpoint="conversations", message="Invalid URL", code="x"),
        Fault("html", status=200, endpoint="conversations"),
        Fault("status", status=403, endpoint="conversations", message="Missing scopes: conversations.write", code="x"),
    ],
    ids=range(4),
)
def test_a_refused_conversation_is_said_once_and_asked_for_no_more(server, provider, ask, heard, fault: Fault) -> None:
    server.faults.add(fault)
    openai = provider(server)
    for prompt in ("a car", "a house"):
        openai.generate(ask(openai, prompt), heard.context)
    assert (len(sent(server, "/v1/conversations")), len(heard.notices), server.paid) == (1, 1, 2)


@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_service_that_fails_before_the_call_was_not_paid(server, provider, ask, heard, status: int) -> None:
    server.faults.add(Fault("status", status=status, endpoint="conversations"))
    openai = provider(server)
    with pytest.raises(ProviderError) as caught:
        openai.generate(ask(openai), heard.context)
    assert (caught.value.billed, sent(server), heard.notices) == (False, [], [])


def test_conversations_can_be_switched_off(server, provider, ask, heard) -> None:
    openai = provider(server, conversation=False)
    openai.generate(ask(openai), heard.context)
    assert sent(server, "/v1/conversations") == []


@pytest.mark.parametrize("kind", ["drop", "garbage_json", "cut_body"])
def test_a_call_whose_answer_never_came_is_found_in_its_conversation(server, provider, ask, heard, kind) -> None:
    server.faults.add(Fault(kind, endpoint="responses"))
    openai = provider(server)
    result = openai.generate(ask(openai), heard.context)
    assert result.pictures[0].media_type == "image/png"
    assert (server.paid, len(sent(server))) == (1, 1)


def test_a_call_that_failed_and_yet_was_made_is_found_in_its_conversation(server, provider, ask, heard) -> None:
    server.faults.add(Fault("status", status=502, endpoint="responses", paid=True))
    openai = provider(server)
    assert openai.generate(ask(openai), heard.context).pictures
    assert (server.paid, len(sent(server))) == (1, 1)


def test_where_lost_calls_may_be_made_again_the_conversation_is_still_waited_for(provider, ask, heard) -> None:
    with DevServer(draw="plain", seconds=0.4) as server:
        server.faults.add(Fault("drop", endpoint="responses"))
        openai = provider(server, retry_lost=True)
        assert openai.generate(ask(openai), heard.context).pictures
        assert server.paid == 1


def test_the_request_id_that_is_kept_is_that_of_the_call(server, provider, ask, heard) -> None:
    openai = provider(server)
    result = openai.generate(ask(openai), heard.context)
    server.faults.add(Fault("text_only"))
    with pytest.raises(TextReplyError) as caught:
        openai.generate(ask(openai), heard.context)
    assert result.request_id != caught.value.request_id
    looked_up = openai.collect(ask(openai), str(result.response_id), heard.context)
    assert looked_up.request_id not in (None, result.request_id)


def test_a_call_that_failed_and_was_not_made_is_the_engines_to_try_again(server, provider, ask, heard) -> None:
    server.faults.add(Fault("status", status=500, endpoint="responses"))
    openai = provider(server)
    with pytest.raises(UnavailableError) as caught:
        openai.generate(ask(openai), heard.context)
    assert (caught.value.billed, caught.value.retryable, server.paid) == (True, True, 0)
    assert len(sent(server)) == 1


def test_a_lost_call_of_which_nothing_is_found_is_not_made_again_by_itself(server, provider, ask, heard) -> None:
    server.faults.add(Fault("drop_before", endpoint="responses"))
    openai = provider(server, wait=0.2)
    with pytest.raises(UnavailableError) as caught:
        openai.generate(ask(openai), heard.context)
    assert (caught.value.billed, caught.value.retryable) == (True, False)
    assert len(sent(server)) == 1


def test_a_call_of_which_nothing_comes_may_have_been_paid_however_long_it_was_looked_for(
    server, provider, ask, heard
) -> None:
    server.faults.add(Fault("drop_before", endpoint="responses"))
    openai = provider(server, grace=0.3)
    with pytest.raises(UnavailableError) as caught:
        openai.generate(ask(openai), heard.context)
    assert (caught.value.billed, caught.value.retryable) == (True, False)


def test_a_picture_slower_than_its_grace_is_never_bought_by_itself_again(provider, ask, heard) -> None:
    with DevServer(draw="plain", seconds=1.5) as slow:
        openai = provider(slow, grace=0.1, timeout=0.4, background=False)
        with pytest.raises(UnavailableError) as caught:
            openai.generate(ask(openai), heard.context)
        assert (caught.value.billed, caught.value.retryable) == (True, False)
        openai.connection.close()


def test_a_call_that_was_lost_without_an_id_may_have_been_paid(server, provider, ask, heard) -> None:
    server.faults.add(Fault("drop", endpoint="responses", times=2))
    openai = provider(server, conversation=False)
    with pytest.raises(UnavailableError) as caught:
        openai.generate(ask(openai), heard.context)
    assert (caught.value.billed, caught.value.retryable) == (True, False)
    bold = provider(server, conversation=False, retry_lost=True)
    with pytest.raises(UnavailableError) as caught:
        bold.generate(ask(bold), heard.context)
    assert caught.value.retryable


def test_a_service_that_is_not_there_was_not_paid(provider, ask, heard) -> None:
    with DevServer(draw="plain") as gone:
        openai = provider(gone)
    with pytest.raises(UnavailableError) as caught:
        openai.generate(ask(openai), heard.context)
    assert (caught.value.billed, caught.value.retryable) == (False, True)


ANSWERS = [
    (Fault("moderation_item"), RefusedError, True),
    (Fault("refusal"), RefusedError, True),
    (Fault("text_only"), TextReplyError, True),
    (Fault("incomplete"), IncompleteError, True),
    (Fault("incomplete", code="content_filter"), RefusedError, True),
    (Fault("no_output"), NoImageError, True),
    (Fault("bad_base64"), NoImageError, True),
    (Fault("empty_base64"), NoImageError, True),
    (Fault("response_failed"), UnavailableError, True),
    (Fault("response_failed", code="rate_limit_exceeded"), RateLimitError, False),
    (Fault("response_failed", code="invalid_image_format"), RequestError, True),
    (Fault("response_failed", code="image_content_policy_violation"), RefusedError, True),
    (Fault("moderation", endpoint="responses"), RefusedError, False),
    (Fault("status", status=429, endpoint="responses"), RateLimitError, False),
]


@pytest.mark.parametrize("background", [True, False])
@pytest.mark.parametrize(("fault", "kind", "billed"), ANSWERS)
def test_an_answer_without_a_picture_is_an_error_of_its_own(
    server, provider, ask, heard, fault: Fault, kind: type[ProviderError], billed: bool, background: bool
) -> None:
    server.faults.add(fault)
    openai = provider(server, background=background)
    with pytest.raises(kind) as caught:
        openai.generate(ask(openai), heard.context)
    assert type(caught.value) is kind
    assert caught.value.request_id is not None
    assert caught.value.billed is billed
    assert len(sent(server)) == 1


def test_a_refused_picture_names_stage_and_categories(server, provider, ask, heard) -> None:
    server.faults.add(Fault("moderation_item"))
    openai = provider(server)
    with pytest.raises(RefusedError) as caught:
        openai.generate(ask(openai), heard.context)
    assert (caught.value.stage, caught.value.categories) == ("output", ("violence",))


def test_words_in_place_of_a_picture_are_shown_and_counted(server, provider, ask, heard) -> None:
    server.faults.add(Fault("text_only", message="I would rather talk. " * 40))
    openai = provider(server)
    with pytest.raises(TextReplyError) as caught:
        openai.generate(ask(openai), heard.context)
    assert "I would rather talk" in caught.value.message
    assert len(caught.value.message) < 280
    assert caught.value.cost_usd is not None
    assert caught.value.cost_usd > 0


def test_going_on_from_an_answer_sends_its_id_and_not_the_picture(server, provider, ask, heard, reference) -> None:
    openai = provider(server)
    first = openai.generate(ask(openai), heard.context)
    parent = reference(first.pictures[0].data, answer=first.response_id)
    openai.generate(ask(openai, "blue", parent=parent, **{"continue": "response"}), heard.context)
    body = sent(server)[1]
    assert body["previous_response_id"] == first.response_id
    assert body["input"][0]["content"] == [{"type": "input_text", "text": "blue"}]
    assert "conversation" not in body
    assert heard.notices == []


@pytest.mark.parametrize("answer", [None, "resp_forgotten"])
def test_an_answer_that_is_not_known_any_more_is_replaced_by_the_picture(
    server, provider, ask, heard, reference, answer: str | None
) -> None:
    openai = provider(server)
    request = ask(openai, "blue", parent=reference(PARENT, answer=answer), **{"continue": "response"})
    openai.generate(request, heard.context)
    bodies = sent(server)
    assert len(bodies) == (2 if answer else 1)
    assert "previous_response_id" not in bodies[-1]
    assert bodies[-1]["input"][0]["content"][1]["image_url"] == url_of(PARENT)
    assert (server.paid, len(heard.notices)) == (1, 1)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (404, "Item 'resp_old' is unknown."),
        (400, "Previous response cannot be used for organizations with Zero Data Retention."),
    ],
)
def test_a_service_may_say_in_its_own_words_that_it_has_forgotten(
    server, provider, ask, heard, reference, status: int, message: str
) -> None:
    server.faults.add(Fault("status", status=status, endpoint="responses", message=message, code="odd"))
    openai = provider(server)
    request = ask(openai, "blue", parent=reference(PARENT, answer="resp_old"), **{"continue": "response"})
    openai.generate(request, heard.context)
    assert (server.paid, len(sent(server)), len(heard.notices)) == (1, 2, 1)


def test_any_other_refusal_is_not_taken_for_forgetting(server, provider, ask, heard, reference) -> None:
    server.faults.add(Fault("status", status=400, endpoint="responses", code="invalid_value"))
    openai = provider(server)
    request = ask(openai, "blue", parent=reference(PARENT, answer="resp_old"), **{"continue": "response"})
    with pytest.raises(RequestError):
        openai.generate(request, heard.context)
    assert len(sent(server)) == 1


def test_an_answer_that_is_lost_while_it_is_made_is_not_bought_anew(server, provider, ask, heard, reference) -> None:
    openai = provider(server)
    first = openai.generate(ask(openai), heard.context)
    server.faults.add(Fault("forgotten", endpoint="responses/retrieve", times=None))
    parent = reference(first.pictures[0].data, answer=first.response_id)
    with pytest.raises(UnavailableError) as caught:
        openai.generate(ask(openai, "blue", parent=parent, **{"continue": "response"}), heard.context)
    assert (caught.value.billed, caught.value.retryable, server.paid) == (True, False, 2)
    assert not isinstance(caught.value, ForgottenError)


def test_a_reference_that_cannot_be_read_costs_nothing(server, provider, ask, heard, reference) -> None:
    def unreadable() -> bytes:
        raise FileNotFoundError(2, "No such file or directory")

    openai = provider(server)
    gone = type(reference(PARENT))("refs/logo.png", "0" * 64, "image/png", unreadable)
    with pytest.raises(RequestError, match=r"refs/logo\.png"):
        openai.generate(ask(openai, inputs=(gone,)), heard.context)
    assert server.requests == ()

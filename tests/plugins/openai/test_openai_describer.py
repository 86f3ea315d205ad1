"""Alt texts: how their options resolve, what they cost, what is sent, and what each failure means."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from imagebuild import Cost, Describer, ProviderContext, Reference, Request, Resolution
from imagebuild.errors import (
    AuthenticationError,
    IncompleteError,
    NoImageError,
    ProviderError,
    QuotaError,
    RateLimitError,
    RefusedError,
    RequestError,
    UnavailableError,
)
from imagebuild.testing import png
from imagebuild_devserver import DevServer, Fault
from imagebuild_openai import OpenAIProvider, part
from imagebuild_openai.model import build_catalog
from imagebuild_openai.settings import parse_settings
from imagebuild_openai.wording import asked_of, read_words, told_of

TODAY = date(2026, 11, 23)
PICTURE = png(64, 48)
DEFAULTS = {"language": "en", "detail": "low", "length": 150, "model": "gpt-6-luna"}
BY_HAND = "write the text yourself: 'alt: \"what it shows\"'"


def describer(**settings: Any) -> Describer:
    parsed, problems = parse_settings(settings, {}, today=TODAY)
    assert problems == []
    return OpenAIProvider(parsed, today=lambda: TODAY).describer()


def resolved(options: dict[str, Any] | None = None, media_type: str | None = None, **settings: Any) -> Resolution:
    picture = Reference("hero", media_type=media_type)
    return describer(**settings).resolve(Request("Name the season", options or {}, inputs=(picture,)))


@pytest.mark.parametrize(
    ("given", "explicit"),
    [
        ({}, {}),
        ({"language": "DE"}, {"language": "de"}),
        ({"language": "pt_br"}, {"language": "pt-BR"}),
        ({"language": "zh-hANT-tw"}, {"language": "zh-Hant-TW"}),
        ({"language": "sl-rozaj"}, {"language": "sl-rozaj"}),
        ({"language": None}, {}),
        ({"detail": "original"}, {"detail": "original"}),
        ({"length": 20}, {"length": 20}),
        ({"length": 1000}, {"length": 1000}),
        ({"model": " gpt-6-astra "}, {"model": "gpt-6-astra"}),
        ({"model": ""}, {}),
    ],
)
def test_every_default_is_explicit(given: dict[str, Any], explicit: dict[str, Any]) -> None:
    resolution = resolved(given)
    assert (resolution.problems, resolution.notes) == ((), ())
    assert resolution.media_type == "text/plain"
    assert resolution.request.options == {**DEFAULTS, **explicit}
    assert resolution.request.prompt == "Name the season"
    again = describer().resolve(resolution.request)
    assert (again.request, again.problems) == (resolution.request, ())


@pytest.mark.parametrize(
    ("given", "field", "message", "hint"),
    [
        ({"lenght": 100}, "lenght", "unknown option 'lenght' of 'alt'", "did you mean 'length'?"),
        ({"size": "1x1"}, "size", "unknown option 'size' of 'alt'", "options of alt: model, language, detail, length"),
        (
            {"language": "German"},
            "language",
            "'language' is 'German', expected a tag such as en, de or pt-BR",
            "BCP 47",
        ),
        ({"language": "e"}, "language", "'language' is 'e'", "BCP 47"),
        ({"language": True}, "language", "expected a text", "language: pt-BR"),
        ({"detail": "hihg"}, "detail", "expected one of low, high, auto, original, found 'hihg'", "detail: high"),
        ({"length": 19}, "length", "expected 20 to 1000, found 19", "length: 125"),
        ({"length": 1001}, "length", "expected 20 to 1000, found 1001", "length: 125"),
        ({"length": 99.5}, "length", "expected a whole number", "length: 125"),
        ({"model": "gpt-image-2"}, "model", "an image model, which writes no texts", "such as gpt-6-luna"),
        ({"model": "dall-e-3"}, "model", "an image model, which writes no texts", "such as gpt-6-luna"),
        ({"service": "other"}, "service", "'service' is no option", "providers.openai"),
    ],
)
def test_what_is_wrong_is_a_problem_that_says_what_to_do(
    given: dict[str, Any], field: str, message: str, hint: str
) -> None:
    (problem,) = resolved(given).problems
    assert problem.field == field
    assert message in problem.message
    assert hint in str(problem.hint)


def test_a_retired_model_is_a_problem_and_one_that_retires_soon_is_a_note() -> None:
    soon = resolved({"model": "gpt-5-nano"})
    assert soon.notes == ("model 'gpt-5-nano' retires on 2026-12-11: use 'gpt-6-luna'",)
    later = OpenAIProvider(today=lambda: date(2027, 1, 1)).describer()
    (problem,) = later.resolve(Request("", {"model": "gpt-5-nano"})).problems
    assert (problem.field, problem.hint) == ("model", "use 'gpt-6-luna'")


def test_a_model_nobody_knows_passes_with_a_note() -> None:
    resolution = resolved({"model": "gpt-7-terra"})
    assert resolution.problems == ()
    assert "its price is unknown" in resolution.notes[0]


def test_the_default_model_is_the_main_line_one_of_the_settings() -> None:
    assert resolved(model="gpt-6.1-sol").request.options["model"] == "gpt-6.1-sol"
    assert resolved(model="gpt-6.1-sol", api="images").request.options["model"] == "gpt-6.1-sol"
    assert resolved({"model": "gpt-6-astra"}, model="gpt-6.1-sol").request.options["model"] == "gpt-6-astra"


def test_another_server_has_another_key() -> None:
    here = resolved(base_url="http://127.0.0.1:1/v1", profile="openai").request.options
    assert here == {**DEFAULTS, "service": "loopback"}
    proxy = resolved(base_url="http://127.0.0.1:1/v1", profile="openai", service="openai").request.options
    assert proxy == DEFAULTS


@pytest.mark.parametrize("profile", ["localai", "vllm-omni", "sd-cpp"])
def test_a_server_without_the_responses_api_writes_no_texts(profile: str) -> None:
    (problem,) = resolved({"model": "llava"}, base_url="http://127.0.0.1:1/v1", profile=profile).problems
    assert problem.message == f"profile '{profile}' has no Responses API, through which alt texts are written"
    assert problem.hint == f"name another provider under 'alt', or {BY_HAND}"


@pytest.mark.parametrize("profile", ["generic", "litellm", "azure"])
def test_on_another_server_the_model_must_be_named(profile: str) -> None:
    settings = {"base_url": "http://127.0.0.1:1/v1", "profile": profile}
    (problem,) = resolved(**settings).problems
    assert (problem.field, "has no default for 'model'" in problem.message) == ("model", True)
    assert resolved({"model": "gpt-image-2"}, **settings).problems == ()
    assert resolved(model="mine", **settings).request.options["model"] == "mine"


@pytest.mark.parametrize("media_type", [None, "image/png", "image/jpeg", "image/webp", "image/gif"])
def test_a_picture_that_the_model_can_see_is_no_problem(media_type: str | None) -> None:
    assert resolved(media_type=media_type).problems == ()


@pytest.mark.parametrize("media_type", ["image/svg+xml", "image/avif"])
def test_a_picture_that_no_model_sees_is_a_problem_of_the_plan(media_type: str) -> None:
    (problem,) = resolved(media_type=media_type).problems
    assert (problem.field, problem.hint) == ("inputs", BY_HAND)
    assert f"'hero' is {media_type}" in problem.message


def estimated(options: dict[str, Any] | None = None, prompt: str = "", **settings: Any) -> Cost:
    made = describer(**settings)
    return made.estimate(made.resolve(Request(prompt, options or {}, inputs=(Reference("hero"),))).request)


def test_an_estimate_holds_the_call_as_it_can_be() -> None:
    cost = estimated()
    assert 0 < cost.low < cost.high < 0.003
    assert cost.known
    assert cost.high > 4_000 * 0.5 / 1e6


def test_a_closer_look_a_longer_prompt_and_a_dearer_model_cost_more() -> None:
    low, high, original = (estimated({"detail": detail}).high for detail in ("low", "high", "original"))
    assert low < high < original
    assert estimated({"detail": "auto"}) == estimated({"detail": "high"})
    assert estimated(prompt="word " * 200).low > estimated().low
    assert estimated({"model": "gpt-6-astra"}).high == pytest.approx(100 * estimated().high)


def test_without_a_price_the_cost_is_unknown_and_never_nothing() -> None:
    assert estimated({"model": "gpt-7-terra"}) == Cost.of_unknown()
    assert estimated({"model": "gpt-5"}) == Cost.of_unknown()
    assert estimated(service_tier="priority") == Cost.of_unknown()
    assert estimated({"model": "gpt-5"}, prices={"gpt-5": {"in": 1, "out": 8}}).known
    assert estimated(
        {"model": "a"}, profile="generic", base_url="http://127.0.0.1:1", prices={"a": {"in": 0, "out": 0}}
    ) == (Cost.free())


def test_the_instructions_change_only_together_with_the_version() -> None:
    told = told_of(DEFAULTS) + asked_of("Name the season")
    digest = hashlib.sha256(told.encode()).hexdigest()[:16]
    assert (describer().version, digest) == ("1", "5093a984e5d85b2d"), (
        "raise OpenAIDescriber.version, then change this digest"
    )


def test_the_instructions_ask_for_language_and_length_with_some_room() -> None:
    told = told_of({**DEFAULTS, "language": "pt-BR", "length": 100})
    assert "'pt-BR'" in told
    assert "at most 80 characters" in told


def test_nothing_heavy_is_loaded_before_a_call() -> None:
    code = """
import sys
from imagebuild import Reference, Request
from imagebuild_openai import OpenAIProvider
made = OpenAIProvider().describer()
made.estimate(made.resolve(Request("", {}, inputs=(Reference("hero"),))).request)
assert not {"openai", "httpx2", "pyvips", "pydantic"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


Ask = Callable[..., Any]


@pytest.fixture
def describe(server: DevServer, provider: Any, heard: Any) -> Ask:
    """``describe(data, prompt, settings={}, **options)``: the whole way of one description."""

    def make(
        data: bytes = PICTURE, prompt: str = "Name the season", settings: dict[str, Any] | None = None, **options: Any
    ) -> Any:
        made = provider(server, **(settings or {})).describer()
        request = Request(prompt, options, inputs=(Reference("hero", "0" * 64, None, lambda: data),))
        resolution = made.resolve(request)
        assert resolution.problems == ()
        return made.describe(resolution.request, heard.context)

    return make


def sent(server: DevServer) -> Any:
    (seen,) = [seen for seen in server.requests if seen.path == "/v1/responses"]
    return seen.body


def test_one_call_without_tools_that_is_kept_nowhere(server: DevServer, describe: Ask) -> None:
    describe(detail="high", language="de", length=125)
    assert [seen.path for seen in server.requests] == ["/v1/responses"]
    body = sent(server)
    assert body == {
        "model": "gpt-6-luna",
        "instructions": told_of({"language": "de", "length": 125}),
        "input": [
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "Write its alternative text. Name the season"},
                    {
                        "type": "input_image",
                        "detail": "high",
                        "image_url": "data:image/png;base64," + base64.b64encode(PICTURE).decode(),
                    },
                ],
            }
        ],
        "max_output_tokens": 4000,
        "store": False,
    }


def test_a_description_comes_with_all_that_the_service_says_of_it(server: DevServer, describe: Ask, heard: Any) -> None:
    found = describe()
    assert found.text == "A wide picture of 64 by 48 pixels, mostly red"
    assert found.model == "gpt-6-luna"
    assert found.request_id.startswith("req_")
    assert found.response_id == server.ledger[0].response_id
    used = found.usage["main"]
    assert found.cost_usd == pytest.approx((used["input_tokens"] * 0.1 + used["output_tokens"] * 0.5) / 1e6)
    assert (server.paid, heard.ids, heard.notices) == (1, [], [])
    cost = estimated()
    assert cost.low <= found.cost_usd <= cost.high


def test_the_settings_of_the_account_are_passed_on(server: DevServer, describe: Ask) -> None:
    describe(settings={"safety_identifier": "me", "prompt_cache_key": "mine", "store": True, "partial_images": 2})
    body = sent(server)
    assert (body["safety_identifier"], body["prompt_cache_key"], body["store"]) == ("me", "mine", False)
    assert "stream" not in body


def test_the_services_limits_are_heard(server: DevServer, describe: Ask, heard: Any) -> None:
    server.faults.add(Fault("headers", headers={"x-ratelimit-limit-requests": "60"}))
    describe()
    assert [limits.per_minute for limits in heard.limits] == [60.0]


def test_a_picture_too_large_for_a_request_is_uploaded(
    server: DevServer, describe: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "LARGEST_INLINE", 10)
    describe()
    picture = sent(server)["input"][0]["content"][1]
    assert picture["file_id"].startswith("file")
    assert "image_url" not in picture


def test_the_usage_may_be_missing_and_the_cost_is_then_unknown(server: DevServer, describe: Ask) -> None:
    server.faults.add(Fault("no_usage"))
    found = describe()
    assert (found.cost_usd, found.usage) == (None, {})
    assert found.text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ('"A hill"', "A hill"),
        ("\u201cA hill\u201d", "A hill"),
        ("\u201eEin H\u00fcgel\u201c", "Ein H\u00fcgel"),
        ("\u00ab Une colline \u00bb", "Une colline"),
        ('"A hill" and "a lake"', '"A hill" and "a lake"'),
        ('A sign that says "Open"', 'A sign that says "Open"'),
        ("A hill\nin  autumn\t ", "A hill in autumn"),
        ("A hill\u2028in\x07 autumn\u202e", "A hill in autumn"),
        ("\u05d2\u05d1\u05e2\u05d4", "\u05d2\u05d1\u05e2\u05d4"),
    ],
)
def test_the_text_is_one_clean_line(server: DevServer, describe: Ask, said: str, text: str) -> None:
    server.faults.add(Fault("text_only", message=said))
    assert describe().text == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "'hero' is image/svg\\+xml, expected one of png"),
        (b"not a picture", "'hero' is no picture"),
        (b"GIF89a" + b"\1\0\1\0\0\0\0" + 2 * (b"\x2c" + bytes(8) + b"\0" + b"\2\1\0\0") + b";", "an animated gif"),
    ],
)
def test_what_no_model_can_see_is_refused_before_anything_is_sent(
    server: DevServer, describe: Ask, data: bytes, message: str
) -> None:
    with pytest.raises(RequestError, match=message) as caught:
        describe(data)
    assert (caught.value.billed, caught.value.hint) == (False, BY_HAND)
    assert server.requests == ()


@pytest.mark.parametrize(
    ("fault", "kind", "message", "billed"),
    [
        (Fault("refusal", message="No."), RefusedError, "the model declined: 'No.'", True),
        (Fault("moderation"), RefusedError, "the service declined the request by its rules on violence", False),
        (Fault("incomplete", code="content_filter"), RefusedError, "stopped the answer by its rules", True),
        (Fault("incomplete"), IncompleteError, r"before there was a text \(max_output_tokens\)", True),
        (Fault("no_output"), NoImageError, "the answer holds no text, nothing at all", True),
        (Fault("text_only", message=" "), NoImageError, "the answer holds no text, only message", True),
        (Fault("text_only", message="x" * 151), NoImageError, "has 151 characters, expected 150 at most: 'xxx", True),
        (Fault("response_failed"), UnavailableError, "not available", True),
        (Fault("response_failed", code="invalid_prompt"), RequestError, "finds the request wrong", True),
        (Fault("response_failed", code="odd"), NoImageError, "the service made no text", True),
        (Fault("status", status=400), RequestError, "finds the request wrong", False),
        (Fault("status", status=401), AuthenticationError, "does not accept the call", False),
        (Fault("status", status=404), RequestError, "does not offer the model", False),
        (Fault("status", status=429), RateLimitError, "fewer calls", False),
        (Fault("status", status=429, code="insufficient_quota"), QuotaError, "may not spend more", False),
        (Fault("status", status=500), UnavailableError, "not available", True),
        (Fault("status", status=503), UnavailableError, "not available", False),
        (Fault("html"), UnavailableError, "a web page instead of an answer", True),
        (Fault("html", status=200), NoImageError, "cannot be read", True),
        (Fault("garbage_json"), NoImageError, "cannot be read", True),
        (Fault("redirect"), RequestError, "no redirect is followed", False),
        (Fault("drop"), UnavailableError, "the text may have been made and billed", True),
        (Fault("cut_body"), UnavailableError, "the text may have been made and billed", True),
        (Fault("hang"), UnavailableError, "did not answer in time", True),
    ],
    ids=lambda value: (
        f"{value.kind}-{value.status or value.code or value.message}"[:30] if isinstance(value, Fault) else ""
    ),
)
def test_each_failure_is_a_named_error_of_one_call(
    server: DevServer, describe: Ask, fault: Fault, kind: type[ProviderError], message: str, billed: bool
) -> None:
    server.faults.add(fault)
    with pytest.raises(kind, match=message) as caught:
        describe(settings={"timeout": 0.5} if fault.kind == "hang" else None)
    assert type(caught.value) is kind or (fault.status == 404 and isinstance(caught.value, kind))
    assert caught.value.billed is billed
    assert "picture" not in caught.value.message
    assert len(server.requests) == 1
    if isinstance(caught.value, RefusedError):
        assert caught.value.hint == BY_HAND


@pytest.mark.parametrize("fault", [Fault("refusal"), Fault("incomplete"), Fault("no_output")])
def test_a_failed_answer_is_billed_by_its_usage(server: DevServer, describe: Ask, fault: Fault) -> None:
    server.faults.add(fault)
    with pytest.raises(ProviderError) as caught:
        describe()
    assert caught.value.cost_usd is not None
    assert 0 < caught.value.cost_usd < 0.001
    assert caught.value.request_id is not None
    assert server.paid == 1


def test_a_text_that_is_too_long_is_kept(server: DevServer, describe: Ask) -> None:
    server.faults.add(Fault("text_only", message="A hill in autumn, seen from afar"))
    with pytest.raises(NoImageError, match="'A hill in autumn, seen from afar'") as caught:
        describe(length=20)
    assert caught.value.remains == (b"A hill in autumn, seen from afar",)
    assert caught.value.hint == f"allow it with 'length', or {BY_HAND}"
    assert caught.value.cost_usd is not None


def test_a_lost_call_is_made_again_only_where_the_spec_says_so(server: DevServer, describe: Ask) -> None:
    for retry in (False, True):
        server.faults.add(Fault("drop"))
        with pytest.raises(UnavailableError) as caught:
            describe(settings={"retry_lost": retry})
        assert caught.value.retryable is retry


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ({"status": "queued", "output": []}, IncompleteError, "its status is 'queued'"),
        ({"status": "cancelled"}, NoImageError, "was cancelled"),
        ({"status": "failed"}, NoImageError, "failed, and gives no reason"),
        ({"output": [{"type": "image_generation_call"}, {"type": "reasoning"}]}, NoImageError, "only image_gener"),
        ({}, NoImageError, "nothing at all"),
        ({"output": "words", "usage": []}, NoImageError, "nothing at all"),
    ],
)
def test_strange_answers_are_named_errors(body: dict[str, Any], kind: type[ProviderError], message: str) -> None:
    with pytest.raises(kind, match=message) as caught:
        read_words(body, request=Request("", DEFAULTS), catalog=build_catalog(), request_id="req_1")
    assert (caught.value.billed, caught.value.cost_usd, caught.value.request_id) == (True, None, "req_1")


def test_no_secret_leaves_in_a_text(server: DevServer, provider: Any, heard: Any) -> None:
    key = "tops3cret-value-of-no-known-shape"
    with DevServer(draw="plain", key=key) as other:
        other.faults.add(Fault("text_only", message=f"A key {key} on a table"))
        made = provider(other, environ={"OPENAI_API_KEY": key}).describer()
        request = made.resolve(Request("", {}, inputs=(Reference("hero", "0" * 64, None, lambda: PICTURE),))).request
        found = made.describe(request, heard.context)
    assert found.text == "A key *** on a table"


def test_without_a_key_no_call_is_made_and_the_hint_says_which(heard: Any) -> None:
    configured, _ = OpenAIProvider().configure({}, {})
    made = configured.describer()
    request = made.resolve(Request("", {}, inputs=(Reference("hero", "0" * 64, None, lambda: PICTURE),))).request
    with pytest.raises(AuthenticationError, match="there is no key"):
        made.describe(request, ProviderContext("hero", "k"))


def test_resolved_options_can_stand_in_a_lock() -> None:
    assert json.loads(json.dumps(dict(resolved().request.options))) == DEFAULTS

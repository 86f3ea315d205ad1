"""The table of failures: what the service says, or what happens on the way, and the error that it is."""

from __future__ import annotations

import inspect
from email.utils import formatdate

import httpx2
import openai
import pytest
from openai import _exceptions as exceptions

from imagebuild.errors import (
    AuthenticationError,
    ForgottenError,
    NoImageError,
    ProviderError,
    QuotaError,
    RateLimitError,
    RefusedError,
    RequestError,
    UnavailableError,
)
from imagebuild_openai.complaint import shown
from imagebuild_openai.fault import ModelNotFoundError, error_of, mapped, sdk_errors
from imagebuild_openai.header import LONGEST_WAIT, limits, request_id, retry_after
from imagebuild_openai.model import build_catalog

SECRET = "sk-proj-abcdefghijklmnopqrstuvwxyz"


def said(code: str | None = None, message: str = "No", **more: object) -> dict[str, object]:
    return {"error": {"code": code, "message": message, "type": "invalid_request_error", "param": None, **more}}


TABLE = [
    # status, body, error, retryable, billed
    (400, said("invalid_value", param="size"), RequestError, False, False),
    (400, said("invalid_image_file"), RequestError, False, False),
    (400, said("invalid_input_fidelity_model"), RequestError, False, False),
    (400, said("unknown_parameter"), RequestError, False, False),
    (400, said("moderation_blocked"), RefusedError, False, False),
    (400, said("content_policy_violation"), RefusedError, False, False),
    (400, said("contentFilter"), RefusedError, False, False),
    (400, said("content_filter"), RefusedError, False, False),
    (500, said("content_policy_violation"), RefusedError, False, False),
    (400, said("previous_response_not_found"), ForgottenError, False, False),
    (404, said(None, "Item with id 'ig_1' not found."), ForgottenError, False, False),
    (404, said(None, "Response with id 'resp_1' not found."), ForgottenError, False, False),
    (400, said(None, "Not possible for organizations with Zero Data Retention."), ForgottenError, False, False),
    (404, said("model_not_found"), ModelNotFoundError, False, False),
    (400, said(None, "The model `gpt-image-1` does not exist"), ModelNotFoundError, False, False),
    (403, said("model_not_found"), ModelNotFoundError, False, False),
    (401, said("invalid_api_key"), AuthenticationError, False, False),
    (403, said("unsupported_country_region_territory"), AuthenticationError, False, False),
    (403, said(None, "Your organization must be verified to use the model."), AuthenticationError, False, False),
    (407, None, AuthenticationError, False, False),
    (429, said("rate_limit_exceeded"), RateLimitError, True, False),
    (429, said("slow_down"), RateLimitError, True, False),
    (429, None, RateLimitError, True, False),
    (429, said("insufficient_quota"), QuotaError, False, False),
    (429, said(None, type="insufficient_quota"), QuotaError, False, False),
    (429, said("credit_balance_exhausted"), QuotaError, False, False),
    (429, said("organization_spend_limit_exceeded"), QuotaError, False, False),
    (429, said("project_spend_limit_exceeded"), QuotaError, False, False),
    (429, said("organization_usage_limit_exceeded"), QuotaError, False, False),
    (400, said("billing_hard_limit_reached"), QuotaError, False, False),
    (402, None, QuotaError, False, False),
    (408, None, UnavailableError, True, False),
    (409, None, UnavailableError, True, False),
    (500, said("server_error"), UnavailableError, True, True),
    (502, "<html><body>Bad gateway</body></html>", UnavailableError, True, True),
    (503, said("server_is_overloaded"), UnavailableError, True, False),
    (504, None, UnavailableError, True, True),
    (529, None, UnavailableError, True, False),
    (501, None, UnavailableError, False, True),
    (413, None, RequestError, False, False),
    (404, "<!doctype html><p>nothing here", RequestError, False, False),
    (422, {"detail": "n is too large"}, RequestError, False, False),
    (200, said("rate_limit_exceeded"), RateLimitError, True, True),
    (200, said("server_error"), UnavailableError, True, True),
    (200, said("image_content_policy_violation"), RefusedError, False, True),
    (200, said("invalid_image_format"), RequestError, False, True),
    (200, said("invalid_prompt", "flagged as violating our policy"), RefusedError, False, True),
    (200, said("strange"), NoImageError, False, True),
]


@pytest.mark.parametrize(("status", "body", "kind", "retryable", "billed"), TABLE)
def test_what_the_service_says_is_one_error(
    status: int, body: object, kind: type[ProviderError], retryable: bool, billed: bool
) -> None:
    error = error_of(status, body, {"x-request-id": "req_1"})
    assert type(error) is kind
    assert (error.retryable, error.billed, error.request_id) == (retryable, billed, "req_1")
    assert error.message[0].islower()
    assert not error.message.endswith(".")


def test_an_error_of_a_call_that_costs_nothing_is_never_billed() -> None:
    assert not error_of(500, None, paid=False).billed


def test_moderation_names_stage_and_categories() -> None:
    details = {"moderation_stage": "output", "categories": ["violence", "sexual"]}
    error = error_of(400, said("moderation_blocked", "Blocked.", moderation_details=details))
    assert isinstance(error, RefusedError)
    assert (error.stage, error.categories) == ("output", ("violence", "sexual"))
    assert "violence, sexual" in error.message


def test_the_filter_of_azure_names_what_it_filtered() -> None:
    inner = {"content_filter_result": {"hate": {"filtered": False}, "violence": {"filtered": True}}}
    error = error_of(400, said("content_filter", innererror=inner))
    assert isinstance(error, RefusedError)
    assert error.categories == ("violence",)


def test_a_retired_model_is_named_with_date_and_successor() -> None:
    error = error_of(404, said("model_not_found", "The model 'gpt-image-1' does not exist"), catalog=build_catalog())
    assert error.hint is not None
    assert "2026-10-23" in error.hint
    assert "gpt-image-2" in error.hint


def test_a_redirect_names_the_host_and_not_the_path() -> None:
    error = error_of(307, None, {"location": "https://user:secret@elsewhere.example/v1?token=1"})
    assert "'elsewhere.example'" in error.message
    assert "secret" not in str(error)
    assert error.hint is not None
    assert "base_url" in error.hint


def test_a_service_that_says_not_to_try_again_is_believed() -> None:
    assert not error_of(500, None, {"x-should-retry": "false"}).retryable


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": formatdate(1000.0 + 30, usegmt=True)}, 30.0),
        ({"retry-after": formatdate(1000.0 - 30, usegmt=True)}, 0.0),
        ({"retry-after": "1e300"}, LONGEST_WAIT),
        ({"retry-after": "inf"}, LONGEST_WAIT),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_the_wait_that_is_asked_for(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, now=lambda: 1000.0) == seconds


def test_an_error_carries_the_wait() -> None:
    assert error_of(429, None, {"retry-after": "7"}).retry_after == 7.0
    assert error_of(400, None, {"retry-after": "7"}).retry_after is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1.0), ("6m0s", 360.0), ("20ms", 0.02), ("59m3.5s", 3543.5), ("9h", 3600.0), ("4", 4.0), ("x", None)],
)
def test_limits_are_read_in_every_notation(text: str, seconds: float | None) -> None:
    told = limits(
        {
            "x-ratelimit-limit-requests": "500",
            "x-ratelimit-limit-images": "50",
            "x-ratelimit-remaining-images": "3",
            "x-ratelimit-reset-images": text,
        }
    )
    assert told is not None
    assert (told.per_minute, told.remaining, told.reset) == (50.0, 3, seconds)


def test_limits_on_requests_count_where_none_on_images_are_stated() -> None:
    told = limits({"x-ratelimit-limit-requests": "500", "x-ratelimit-remaining-requests": "499"})
    assert told is not None
    assert (told.per_minute, told.remaining, told.reset) == (500.0, 499, None)
    assert limits({"x-ratelimit-limit-tokens": "9"}) is None


def test_the_request_id_of_azure_is_one() -> None:
    assert request_id({"apim-request-id": "abc"}) == "abc"


REQUEST = httpx2.Request("POST", "https://api.openai.com/v1/responses", headers={"Authorization": f"Bearer {SECRET}"})


def answered(status: int) -> httpx2.Response:
    return httpx2.Response(status, request=REQUEST, headers={"x-request-id": "req_1"})


def connection(cause: Exception) -> openai.APIConnectionError:
    error = openai.APIConnectionError(request=REQUEST)
    error.__cause__ = cause
    return error


def status(kind: type[openai.APIStatusError], code: int) -> openai.APIStatusError:
    return kind(f"Error code: {code} {SECRET}", response=answered(code), body={"message": f"no {SECRET}"})


SDK = {
    openai.OpenAIError: (openai.OpenAIError(f"Missing credentials {SECRET}"), AuthenticationError),
    openai.APIError: (openai.APIError("broke", REQUEST, body={"code": "server_error"}), UnavailableError),
    openai.APIStatusError: (status(openai.APIStatusError, 418), RequestError),
    openai.APIConnectionError: (connection(httpx2.ReadError("reset")), UnavailableError),
    openai.APITimeoutError: (openai.APITimeoutError(REQUEST), UnavailableError),
    openai.APIResponseValidationError: (openai.APIResponseValidationError(answered(200), None), NoImageError),
    openai.AuthenticationError: (status(openai.AuthenticationError, 401), AuthenticationError),
    exceptions.SubjectTokenProviderError: (
        exceptions.SubjectTokenProviderError("The token file is empty."),
        AuthenticationError,
    ),
    openai.OAuthError: (openai.OAuthError(response=answered(400), body={"error": "x"}), AuthenticationError),
    openai.BadRequestError: (status(openai.BadRequestError, 400), RequestError),
    openai.PermissionDeniedError: (status(openai.PermissionDeniedError, 403), AuthenticationError),
    openai.NotFoundError: (status(openai.NotFoundError, 404), RequestError),
    openai.ConflictError: (status(openai.ConflictError, 409), UnavailableError),
    openai.UnprocessableEntityError: (status(openai.UnprocessableEntityError, 422), RequestError),
    openai.RateLimitError: (status(openai.RateLimitError, 429), RateLimitError),
    openai.InternalServerError: (status(openai.InternalServerError, 500), UnavailableError),
    openai.ContentFilterFinishReasonError: (openai.ContentFilterFinishReasonError(), RefusedError),
    openai.LengthFinishReasonError: (
        openai.LengthFinishReasonError.__new__(openai.LengthFinishReasonError),
        NoImageError,
    ),
    openai.InvalidWebhookSignatureError: (openai.InvalidWebhookSignatureError("no"), NoImageError),
    openai.WebSocketConnectionClosedError: (
        openai.WebSocketConnectionClosedError("closed", unsent_messages=[]),
        UnavailableError,
    ),
    openai.WebSocketQueueFullError: (openai.WebSocketQueueFullError("full"), UnavailableError),
}


def test_every_exception_class_of_the_sdk_is_in_the_table() -> None:
    public = [getattr(openai, name) for name in dir(openai) if not name.startswith("_")]
    found = {each for each in (*public, *vars(exceptions).values()) if inspect.isclass(each)}
    assert {each for each in found if issubclass(each, Exception)} == set(SDK)


@pytest.mark.parametrize("kind", SDK, ids=lambda kind: kind.__name__)
def test_every_exception_of_the_sdk_is_mapped_and_shows_no_key(kind: type[Exception]) -> None:
    error, expected = SDK[kind]
    assert isinstance(error, sdk_errors())
    told = mapped(error, secrets=(SECRET,))
    assert type(told) is expected
    assert SECRET not in f"{told} {told!r} {told.hint}"


WAYS = [
    (httpx2.ConnectError("refused"), UnavailableError, True, False),
    (httpx2.ConnectTimeout("slow"), UnavailableError, True, False),
    (httpx2.PoolTimeout("busy"), UnavailableError, True, False),
    (httpx2.ProxyError("no proxy"), UnavailableError, True, False),
    (httpx2.WriteError("broken pipe"), UnavailableError, True, False),
    (httpx2.WriteTimeout("stuck"), UnavailableError, True, False),
    (httpx2.ReadTimeout("silent"), UnavailableError, False, True),
    (httpx2.ReadError("reset"), UnavailableError, False, True),
    (httpx2.RemoteProtocolError("cut"), UnavailableError, False, True),
    (httpx2.DecodingError("bad gzip"), NoImageError, False, True),
    (httpx2.UnsupportedProtocol("ftp"), RequestError, False, False),
    (httpx2.LocalProtocolError(f"Illegal header value b'Bearer {SECRET}'"), RequestError, False, False),
]


@pytest.mark.parametrize(("cause", "kind", "retryable", "billed"), WAYS, ids=lambda each: type(each).__name__)
def test_what_breaks_before_the_call_was_sent_is_not_billed(
    cause: Exception, kind: type[ProviderError], retryable: bool, billed: bool
) -> None:
    told = mapped(connection(cause), secrets=(SECRET,))
    assert (type(told), told.retryable, told.billed) == (kind, retryable, billed)
    assert SECRET not in str(told)


def test_a_lost_call_is_made_again_only_where_the_spec_allows_it() -> None:
    error = connection(httpx2.ReadError("reset"))
    assert mapped(error, retry_lost=True).retryable
    assert mapped(error, paid=False).retryable
    assert not mapped(error, paid=False).billed


def test_an_answer_that_is_no_json_may_have_been_paid_for() -> None:
    assert mapped(ValueError("Expecting value")).billed
    assert not mapped(ValueError("Expecting value"), paid=False).billed


def test_half_a_character_in_a_prompt_is_said_and_not_billed() -> None:
    with pytest.raises(UnicodeEncodeError) as caught:
        "\ud800".encode()
    told = mapped(caught.value)
    assert (type(told), told.billed) == (RequestError, False)


def test_strangers_texts_are_shown_without_control_characters_and_keys() -> None:
    assert shown("a\x1b[31m\nb\u202ec sk-abcdefghijkl \ud800", most=100) == "a [31m b c *** ?"
    assert shown("x" * 400, most=10) == "x" * 10 + "…"

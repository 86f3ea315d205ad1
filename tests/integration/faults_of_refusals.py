"""Faults that are refusals: of the request, of the key, of the account."""

from __future__ import annotations

from fault_rows import Row, answers

from imagebuild.errors import AuthenticationError, QuotaError, RefusedError, RequestError, SpecError
from imagebuild_devserver import Fault

__all__ = ["REFUSALS"]

GONE = "The model 'gpt-image-2.5-flare' does not exist or you do not have access to it."
NO_COUNTRY = "unsupported_country_region_territory"
QUOTAS = (
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "billing_hard_limit_reached",
)

REFUSALS = (
    Row("400 `invalid_value`", "responses", answers(400), RequestError, ("finds the request wrong", "invalid_value")),
    Row("400 `invalid_value`", "images", answers(400), RequestError, ("finds the request wrong",)),
    Row(
        "400 `unknown_parameter`",
        "images",
        answers(400, "unknown_parameter", message="Unknown parameter: 'seed'."),
        RequestError,
        ("Unknown parameter: 'seed'", "unknown_parameter"),
    ),
    Row(
        "400 `moderation_blocked`",
        "responses",
        (Fault("moderation"),),
        RefusedError,
        ("declined the request", "violence", "safety system"),
    ),
    Row("400 `moderation_blocked`", "images", (Fault("moderation"),), RefusedError, ("declined", "violence")),
    Row("400 `content_policy_violation`", "images", answers(400, "content_policy_violation"), RefusedError),
    Row("400 `contentFilter`", "foreground", answers(400, "contentFilter"), RefusedError, ("by its rules",)),
    Row(
        "401 `invalid_api_key`",
        "responses",
        answers(401, times=None),
        AuthenticationError,
        ("does not accept the call", "invalid_api_key"),
        stops=True,
        targets=3,
    ),
    Row(
        "401 with the key in the message",
        "images",
        answers(401, message="Incorrect API key provided: dev-key-that-nobody-may-see."),
        AuthenticationError,
        ("Incorrect API key provided: ***",),
        stops=True,
    ),
    Row(
        "403, organisation not verified",
        "images",
        answers(403, "organization_not_verified", times=None, message="Your organization must be verified."),
        AuthenticationError,
        ("must be verified",),
        stops=True,
        targets=3,
    ),
    Row(
        "403, country not served",
        "responses",
        answers(403, NO_COUNTRY, times=None),
        AuthenticationError,
        (NO_COUNTRY,),
        stops=True,
        targets=3,
    ),
    Row("404 `model_not_found`", "images", answers(404, message=GONE), RequestError, ("does not offer the model",)),
    Row(
        "404 `model_not_found`, with `fallback`",
        "responses",
        answers(404, message=GONE),
        says=("'gpt-image-2' is asked instead",),
        paid=1,
        sent=2,
        then="nothing",
        settings={"fallback": ["gpt-image-2"]},
    ),
    Row(
        "a retired model in the spec",
        "images",
        (),
        SpecError,
        ("dall-e-3", "2026-05-12"),
        tries=0,
        then="fails",
        named=False,
        options={"model": "dall-e-3"},
    ),
    Row(
        "413",
        "images",
        answers(413, "payload_too_large", type="invalid_request_error"),
        RequestError,
        ("payload_too_large",),
    ),
    Row(
        "422",
        "responses",
        answers(422, "unprocessable", type="invalid_request_error"),
        RequestError,
        ("unprocessable",),
    ),
    Row("redirect", "images", (Fault("redirect"),), RequestError, ("redirects to '127.0.0.1",)),
    *(
        Row(
            f"429 `{code}`",
            "responses" if number % 2 else "images",
            answers(429, code, times=None),
            QuotaError,
            ("may not spend more", code),
            stops=True,
            targets=3,
        )
        for number, code in enumerate(QUOTAS)
    ),
    Row(
        "400 at an edit",
        "images",
        answers(400, match="make it blue"),
        RequestError,
        ("finds the request wrong",),
        tries=2,
        paid=1,
        edits=("make it blue",),
    ),
)

"""Faults between the call and its picture: while an answer is looked up, in streams, in conversations, in batches."""

from __future__ import annotations

from typing import Any

from fault_rows import Row

from imagebuild.errors import (
    DifferentError,
    NoImageError,
    QuotaError,
    RateLimitError,
    RefusedError,
    RequestError,
    TextReplyError,
    UnavailableError,
)
from imagebuild_devserver import Fault

__all__ = ["WAITING"]

LOOK = "responses/retrieve"


def look(kind: str, times: int | None = 1, **more: Any) -> tuple[Fault, ...]:
    """Looking for the answer goes wrong."""
    return (Fault(kind, endpoint=LOOK, times=times, **more),)


LOOKING = (
    Row("500 while looking, twice", "responses", look("status", 2, status=500), paid=1, then="nothing"),
    Row("429 while looking", "responses", look("status", status=429, headers={"retry-after-ms": "20"}),
        paid=1, then="nothing"),
    Row("500 while looking, for longer than `wait`", "responses", look("status", None, status=500), UnavailableError,
        ("the next build collects it",), paid=1, then="collects", named=False, settings={"wait": 0.3}),
    Row("401 while looking", "responses", look("status", None, status=401), UnavailableError,
        ("invalid_api_key",), paid=1, then="collects"),
    Row("connection ends while looking", "responses", look("drop", 2), paid=1, then="nothing"),
    Row("broken JSON while looking", "responses", look("garbage_json"), paid=1, then="nothing"),
    Row("answer forgotten once", "responses", (Fault("forgotten", endpoint=LOOK),), paid=1, then="nothing"),
    Row("answer forgotten, later found", "responses", (Fault("forgotten", endpoint=LOOK, times=None),),
        UnavailableError, ("has lost the answer",), paid=1, then="collects"),
    Row("answer forgotten for good", "responses", (Fault("forgotten", endpoint=LOOK, times=6),),
        UnavailableError, ("has lost the answer",), paid=1, booked_later=1, lasting=True),
    Row("still being made after `wait`", "responses", (Fault("slow", after=1.0),), UnavailableError,
        ("is still being made", "the next build collects it"), paid=1, then="collects", named=False,
        settings={"wait": 0.2}),
)  # fmt: skip

STATE = (
    Row("no conversations", "responses", (Fault("conversation_refused", endpoint="conversations"),),
        says=("takes no conversation",), paid=1, then="nothing"),
    Row("500 where a conversation is made", "responses", (Fault("status", endpoint="conversations", times=2),), tries=3,
        sent=1, paid=1, then="nothing"),
    Row("429 where a conversation is made", "responses", (Fault("status", endpoint="conversations", status=429,
        headers={"retry-after-ms": "20"}),), tries=2, sent=1, paid=1, then="nothing"),
    Row("conversation refused by the call", "responses", (Fault("conversation_refused", endpoint="responses"),),
        says=("takes no conversation",), paid=1, sent=2, then="nothing"),
    Row("forgotten `previous_response_id`", "responses", (Fault("forgotten", endpoint="responses"),),
        says=("the picture itself is sent",), tries=2, sent=3, paid=2, then="nothing", edits=("make it blue",),
        options={"continue": "response"}),
)  # fmt: skip

STREAMS = (
    Row("stream cut", "streamed", (Fault("stream_cut"),), paid=1, then="nothing"),
    Row("stream cut, `store: false`", "streamed", (Fault("stream_cut"),), UnavailableError, ("stream ended",),
        paid=1, booked=1, settings={"store": False}),
    Row("stream cut", "images streamed", (Fault("stream_cut"),), UnavailableError, ("stream ended",),
        paid=1, booked=1),
    Row("`error` event", "streamed", (Fault("stream_error"),), tries=2, paid=2, booked=1, then="nothing"),
    Row("stream cut in an event", "streamed", (Fault("cut_body"),), paid=1, then="nothing"),
    Row("`error` event", "images streamed", (Fault("stream_error"),), tries=2, paid=2, booked=1, then="nothing"),
    Row("`error` event of moderation", "images streamed", (Fault("stream_error", code="moderation_blocked"),),
        RefusedError, ("declined",), paid=1, booked=1),
    Row("error in place of an event", "streamed", (Fault("stream_error_payload"),), paid=1, then="nothing"),
    Row("error in place of an event", "images streamed", (Fault("stream_error_payload"),), tries=2, paid=2, booked=1,
        then="nothing"),
)  # fmt: skip

BATCHES = (
    Row("batch refused, 400", "batch", (Fault("status", status=400, endpoint="batches"),), RequestError,
        ("finds the request wrong",)),
    Row("batch refused, no quota", "batch", (Fault("status", status=429, code="insufficient_quota",
        endpoint="batches"),), QuotaError, ("may not spend more",)),
    Row("batch refused, 429", "batch", (Fault("status", status=429, endpoint="batches"),), RateLimitError,
        ("fewer calls",)),
    Row("500 while a batch is uploaded", "batch", (Fault("status", endpoint="files"),), UnavailableError,
        ("server_error",), tries=0),
    Row("connection ends after a batch is made", "batch", (Fault("drop", endpoint="batches"),),
        says=("a picture collected",), paid=1, then="nothing"),
    Row("connection ends before a batch is made", "batch", (Fault("drop_before", endpoint="batches"),),
        says=("does not show it yet",), code=3, then="waits"),
    Row("500 while a batch is read", "batch", (Fault("status", endpoint="files/content"),),
        says=("could not be asked for",), paid=1, code=3, then="collects"),
    Row("batch fails its check", "batch", (Fault("batch_failed", code="invalid_batch"),), RequestError,
        ("invalid_batch",), named=False),
    Row("batch expires: half is made, half is sent again", "batch", (Fault("batch_expired"),),
        says=("is expired", "1 did not run"), tries=2,
        paid=2, targets=2, code=3, then="collects"),
    Row("every second line of a batch fails", "batch", (Fault("batch_partial"),), UnavailableError, paid=1, booked=1,
        targets=2),
    Row("a line of a batch is refused", "batch", (Fault("batch_line_error", code="moderation_blocked"),),
        RefusedError, ("declined",)),
    Row("broken base64 in a batch", "batch", (Fault("bad_base64"),), NoImageError, paid=1, booked=1, kept=1),
    Row("moderation of the picture", "batch of responses", (Fault("moderation_item"),), RefusedError, ("violence",),
        paid=1, booked=1),
    Row("words alone", "batch of responses", (Fault("text_only"),), TextReplyError, paid=1, booked=1),
    Row("failed: `server_error`", "batch of responses", (Fault("response_failed"),), UnavailableError,
        ("server_error",), paid=1, booked=1),
    Row("other size", "batch of responses", (Fault("wrong_size"),), DifferentError, ("got 512x512",), paid=1,
        then="fails", named=False),
    Row("a batch's picture is none", "batch", (Fault("not_a_picture"),), NoImageError, paid=1, booked=1, kept=1),
)  # fmt: skip

WAITING = (*LOOKING, *STATE, *STREAMS, *BATCHES)

"""Faults of what comes back: bodies that cannot be read, pictures that are none or other ones, words."""

from __future__ import annotations

from fault_rows import Row

from imagebuild.errors import (
    DifferentError,
    IncompleteError,
    NoImageError,
    RefusedError,
    RequestError,
    TextReplyError,
    UnavailableError,
)
from imagebuild_devserver import Fault

__all__ = ["ANSWERS"]


def failed(code: str, paid: bool | None = None, times: int | None = 1) -> tuple[Fault, ...]:
    """The response ends with status ``failed`` and this code."""
    return (Fault("response_failed", code=code, message=f"It failed: {code}.", paid=paid, times=times),)


GARBLED = (
    Row("200 with broken JSON", "responses", (Fault("garbage_json"),), paid=1, then="nothing"),
    Row("200 with broken JSON", "images", (Fault("garbage_json"),), NoImageError, ("cannot be read",),
        paid=1, booked=1, kept=1),
    Row("body cut off", "responses", (Fault("cut_body"),), paid=1, then="nothing"),
    Row("body cut off", "images", (Fault("cut_body"),), UnavailableError, ("connection broke",),
        paid=1, booked=1, named=False),
    Row("broken base64", "responses", (Fault("bad_base64"),), NoImageError, paid=1, booked=1, kept=1),
    Row("broken base64", "images", (Fault("bad_base64"),), NoImageError, paid=1, booked=1, kept=1),
    Row("empty base64", "responses", (Fault("empty_base64"),), NoImageError, ("no picture",), paid=1, booked=1),
    Row("empty base64", "images", (Fault("empty_base64"),), NoImageError, ("no picture",), paid=1, booked=1),
    Row("not a picture", "responses", (Fault("not_a_picture"),), NoImageError, ("bytes that are none",),
        paid=1, booked=1, kept=1),
    Row("not a picture", "images streamed", (Fault("not_a_picture"),), NoImageError, ("bytes that are none",),
        paid=1, booked=1, kept=1),
    Row("picture cut off", "images", (Fault("truncated_picture"),), NoImageError, ("is cut off after",),
        paid=1, booked=1, kept=1),
    Row("no usage", "responses", (Fault("no_usage"),), paid=1, then="nothing"),
    Row("no picture in the answer", "images", (Fault("no_output"),), NoImageError, ("no picture",), paid=1, booked=1),
    Row("no picture in the answer", "responses", (Fault("no_output"),), NoImageError, ("no picture",),
        paid=1, booked=1),
)  # fmt: skip

OTHER = (
    Row("other type", "responses", (Fault("wrong_type"),), DifferentError, ("image/png, got image/webp",),
        paid=1, then="fails"),
    Row("other size", "images", (Fault("wrong_size"),), DifferentError, ("asked for 1024x1024, got 512x512",),
        paid=1, then="fails"),
    Row("other size, `accept: any`", "images", (Fault("wrong_size"),), paid=1, then="nothing", accept=True),
    Row("opaque, asked for transparent", "responses", (Fault("opaque"),), DifferentError, ("no transparent pixel",),
        paid=1, then="fails", options={"background": "transparent"}),
    Row("two pictures for one", "responses", (Fault("two_images"),), paid=1, then="nothing"),
    Row("two pictures for one", "images", (Fault("two_images"),), DifferentError, ("1 picture, got 2",),
        paid=1, then="fails"),
)  # fmt: skip

WORDS = (
    Row("moderation of the picture", "responses", (Fault("moderation_item"),), RefusedError,
        ("declined the picture it made", "violence"), paid=1, booked=1),
    Row("refusal in words", "responses", (Fault("refusal"),), RefusedError, ("declined", "cannot help"),
        paid=1, booked=1),
    Row("words alone", "foreground", (Fault("text_only"),), TextReplyError, ("answered in words",), paid=1, booked=1),
    Row("incomplete: `max_output_tokens`", "responses", (Fault("incomplete"),), IncompleteError,
        ("max_output_tokens",), paid=1, booked=1),
    Row("incomplete: `content_filter`", "streamed", (Fault("incomplete", code="content_filter"),), RefusedError,
        ("content_filter",), paid=1, booked=1),
    Row("failed: `server_error`", "responses", failed("server_error"), tries=2, paid=2, booked=1,
        then="nothing"),
    Row("failed: `server_error`, always", "responses", failed("server_error", times=None), UnavailableError,
        ("server_error",), tries=3, paid=3, booked=2, booked_later=3),
    Row("failed: `server_error`", "foreground", failed("server_error"), tries=2, paid=2, booked=1, then="nothing"),
    Row("failed: `rate_limit_exceeded`", "responses", failed("rate_limit_exceeded", paid=False), tries=2, paid=1,
        then="nothing"),
    Row("failed: `image_content_policy_violation`", "responses", failed("image_content_policy_violation"),
        RefusedError, ("declined",), paid=1, booked=1),
    Row("failed: `invalid_image`", "streamed", failed("invalid_image"), RequestError, ("invalid_image",),
        paid=1, booked=1),
)  # fmt: skip

ANSWERS = (*GARBLED, *OTHER, *WORDS)

"""Faults of the call itself: too many, a service that is busy or broken, connections that break."""

from __future__ import annotations

from fault_rows import Row, answers

from imagebuild.errors import RateLimitError, UnavailableError
from imagebuild_devserver import Fault

__all__ = ["CALLS"]


def limited(times: int | None = 1, **headers: str) -> tuple[Fault, ...]:
    """429, with these headers."""
    return answers(429, times=times, headers={name.replace("_", "-"): value for name, value in headers.items()})


LIMITED = (
    Row(
        "429 twice, `retry-after-ms`",
        "responses",
        limited(2, retry_after_ms="20"),
        tries=3,
        paid=1,
        then="nothing",
    ),
    Row("429, `retry-after` in seconds", "images", limited(retry_after="1"), tries=2, paid=1, then="nothing"),
    Row(
        "429, `retry-after` as a date that is over",
        "images streamed",
        limited(retry_after="Wed, 21 Oct 2015 07:28:00 GMT"),
        tries=2,
        paid=1,
        then="nothing",
    ),
    Row("429, no header", "images", limited(), tries=2, paid=1, then="nothing"),
    Row("429, asked to wait too long", "images", limited(retry_after="3000"), RateLimitError, ("fewer calls",)),
    Row(
        "429, a date far away",
        "responses",
        limited(retry_after="Fri, 31 Dec 2099 23:59:59 GMT"),
        RateLimitError,
        ("fewer calls", "rate_limit_exceeded"),
    ),
    Row(
        "429 until patience ends",
        "images",
        limited(None, retry_after_ms="450"),
        RateLimitError,
        ("fewer calls",),
        tries=5,
    ),
)

BUSY = (
    Row("408 twice", "responses", answers(408, times=2), tries=3, paid=1, then="nothing"),
    Row("409 once", "images", answers(409), tries=2, paid=1, then="nothing"),
    Row("409 always", "responses", answers(409, times=None), UnavailableError, ("status 409",), tries=6),
    Row("500 once", "responses", answers(500), tries=2, paid=1, booked=1, then="nothing"),
    Row("500 once", "images", answers(500), tries=2, paid=1, booked=1, then="nothing"),
    Row(
        "500 always",
        "responses",
        answers(500, times=None),
        UnavailableError,
        ("is not available", "server_error"),
        tries=3,
        booked=2,
        booked_later=3,
    ),
    Row(
        "500 always",
        "images",
        answers(500, times=None),
        UnavailableError,
        ("is not available", "server_error"),
        tries=3,
        booked=3,
    ),
    Row("502 with a web page", "images", (Fault("html"),), tries=2, paid=1, booked=1, then="nothing"),
    Row(
        "502 with a web page, always",
        "foreground",
        (Fault("html", times=None),),
        UnavailableError,
        ("a web page instead of an answer",),
        tries=3,
        booked=3,
    ),
    Row("503 `server_is_overloaded`, twice", "responses", answers(503, times=2), tries=3, paid=1, then="nothing"),
    Row(
        "503 `server_is_overloaded`, always",
        "images",
        answers(503, times=None),
        UnavailableError,
        ("server_is_overloaded",),
        tries=6,
    ),
    Row("504 once", "images streamed", answers(504), tries=2, paid=1, booked=1, then="nothing"),
    Row(
        "500 with `x-should-retry: false`",
        "images",
        answers(500, headers={"x-should-retry": "false"}),
        UnavailableError,
        ("is not available",),
        booked=1,
    ),
)

LOST = (
    Row(
        "no server",
        "responses",
        (),
        UnavailableError,
        ("cannot be reached",),
        tries=6,
        sent=0,
        named=False,
        down=True,
    ),
    Row("connection ends before the work", "responses", (Fault("drop_before"),), UnavailableError, ("connection",),
        named=False, booked_later=1),
    Row("connection ends before the work", "images", (Fault("drop_before"),), UnavailableError, ("connection",),
        named=False, booked=1),
    Row("connection ends after the work", "responses", (Fault("drop"),), paid=1, then="nothing"),
    Row("connection ends after the work", "streamed", (Fault("drop"),), paid=1, then="nothing"),
    Row("connection ends after the work", "foreground", (Fault("drop"),), UnavailableError, ("may have been made",),
        paid=1, booked=1, named=False),
    Row("connection ends after the work", "images", (Fault("drop"),), UnavailableError, ("may have been made",),
        paid=1, booked=1, named=False),
    Row("connection ends after the work, `retry_lost`", "images", (Fault("drop"),), tries=2, paid=2, booked=1,
        then="nothing", settings={"retry_lost": True}),
    Row("no answer ever", "responses", (Fault("hang"),), paid=1, then="nothing", settings={"timeout": 1}),
    Row("no answer ever", "images", (Fault("hang"),), UnavailableError, ("did not answer in time",), paid=1, booked=1,
        named=False, settings={"timeout": 1}),
    Row("slow answer", "responses", (Fault("slow", after=0.3),), paid=1, then="nothing"),
    Row("slow answer", "images", (Fault("slow", after=0.3),), paid=1, then="nothing"),
)  # fmt: skip

CALLS = (*LIMITED, *BUSY, *LOST)

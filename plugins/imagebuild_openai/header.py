"""What a reply's headers say: how long to wait, how many calls are left, what the service calls the call."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from email.utils import mktime_tz, parsedate_tz

from imagebuild import RateLimits

__all__ = ["limits", "request_id", "retry_after"]

LONGEST_WAIT = 3600.0
"""Seconds; a service that asks for more, or for ever, is understood to say this."""

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


_NAME = re.compile(r"(?!.*\bsk-)[\w.:\-]{1,128}")


def request_id(headers: Mapping[str, str]) -> str | None:
    """The service's name for the call; Azure and some proxies name the header in their own way."""
    for name in ("x-request-id", "apim-request-id", "x-ms-request-id"):
        if (told := headers.get(name)) and _NAME.fullmatch(told):
            return told
    return None


def retry_after(headers: Mapping[str, str], now: Callable[[], float] = time.time) -> float | None:
    """Seconds to wait from now on, between 0 and :data:`LONGEST_WAIT`; None where nothing sensible is said.

    Milliseconds come before seconds, and seconds before a date (RFC 9110, 10.2.3), as in the service's own client.
    """
    for name, factor in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        seconds = _number(headers.get(name))
        if seconds is not None:
            return _bounded(seconds * factor)
    date = parsedate_tz(headers.get("retry-after") or "")
    if date is None:
        return None
    try:
        return _bounded(mktime_tz(date) - now())
    except (OverflowError, ValueError):
        return None


def limits(headers: Mapping[str, str]) -> RateLimits | None:
    """Limits in calls, where the service states them: those on images before those on requests."""
    for kind in ("images", "requests"):
        limit = _number(headers.get(f"x-ratelimit-limit-{kind}"))
        remaining = _number(headers.get(f"x-ratelimit-remaining-{kind}"))
        if limit is not None or remaining is not None:
            return RateLimits(
                per_minute=limit or None,
                remaining=int(remaining) if remaining is not None else None,
                reset=span(headers.get(f"x-ratelimit-reset-{kind}")),
            )
    return None


def span(text: str | None) -> float | None:
    """Seconds in a span such as ``1s``, ``6m0s``, ``20ms`` or ``1.5``; None for anything else."""
    text = (text or "").strip()
    plain = _number(text)
    if plain is not None:
        return _bounded(plain)
    pieces = _SPAN.findall(text)
    if not pieces or "".join(number + unit for number, unit in pieces) != text:
        return None
    return _bounded(sum(float(number) * _UNITS[unit] for number, unit in pieces))


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return None if math.isnan(number) or number < 0 else number


def _bounded(seconds: float) -> float:
    return max(0.0, min(seconds, LONGEST_WAIT))

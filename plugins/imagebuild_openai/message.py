"""What a response says beside pictures: its items, a text, a refusal, why it broke off. Pure functions over JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagebuild.errors import IncompleteError, ProviderError, RateLimitError, RefusedError
from imagebuild_openai.complaint import shown

__all__ = ["broken_off", "items_of", "placed", "plain", "refusal_in", "text_in"]


def items_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The items of the output; what is none is left out."""
    output = body.get("output")
    return [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []


def text_in(body: Mapping[str, Any]) -> str:
    """All that its messages say, empty when they say nothing."""
    return _joined(body, ("output_text", "text"), "text")


def refusal_in(body: Mapping[str, Any]) -> str:
    """How its messages decline, empty when they do not."""
    return _joined(body, ("refusal",), "refusal")


def broken_off(body: Mapping[str, Any], wanted: str, *, hint: str) -> ProviderError:
    """The error of an answer that is incomplete; ``hint`` is for one that ran out of tokens."""
    details = body.get("incomplete_details")
    told = details.get("reason") if isinstance(details, Mapping) else None
    reason = shown(told or "no reason", most=80)
    if reason == "content_filter":
        return RefusedError("the service stopped the answer by its rules (content_filter)", stage="output")
    message = f"the answer broke off before there was {wanted} ({reason})"
    return IncompleteError(message, hint=hint if reason == "max_output_tokens" else None)


def placed(error: ProviderError, request_id: str | None, cost: float | None) -> ProviderError:
    """The error with what is known of the call. What came may have been paid for, unless the call was one too many."""
    error.request_id = error.request_id or request_id
    error.billed = bool(cost) or not isinstance(error, RateLimitError)
    error.cost_usd = cost
    return error


def plain(value: object) -> str | None:
    """A text that is one, without halves of characters, which no store could keep."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) and value else None


def _joined(body: Mapping[str, Any], kinds: tuple[str, ...], field: str) -> str:
    parts = (part for item in items_of(body) for part in _parts(item))
    texts = (part.get(field) for part in parts if part.get("type") in kinds)
    return " ".join(text for text in texts if isinstance(text, str)).strip()


def _parts(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    content = item.get("content") if item.get("type") == "message" else None
    return [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []

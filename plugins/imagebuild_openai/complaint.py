"""What a service said of a failure, read from whatever dialect it speaks; and strangers' text made fit to be shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct

__all__ = ["FORGOTTEN", "MODERATION", "NO_MODEL", "QUOTA", "SERVER", "Fault", "one_line", "read_fault", "shown"]

MODERATION = frozenset(
    (
        "moderation_blocked",
        "content_policy_violation",
        "image_content_policy_violation",
        "contentfilter",
        "content_filter",
        "content_filtered",
        "responsibleaipolicyviolation",
        "bio_policy",
        "misalignment_policy_violation",
        "safety_violation",
    )
)
QUOTA = frozenset(
    (
        "insufficient_quota",
        "credit_balance_exhausted",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
        "billing_hard_limit_reached",
        "billing_not_active",
        "account_deactivated",
    )
)
NO_MODEL = frozenset(["model_not_found", "model_not_available", "deploymentnotfound", "unsupported_model"])
FORGOTTEN = frozenset(["previous_response_not_found", "response_not_found", "item_not_found"])
SERVER = frozenset(["server_error", "vector_store_timeout", "failed_to_download_image", "internal_error"])
"""Codes and types by what they mean, in small letters: OpenAI's, and those of services that speak its language."""

_KEY_SHAPED = re.compile(r"\b(?:sk|sess|pk)-[A-Za-z0-9_*.\-]{6,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_MARKUP = re.compile(r"^\s*<(?:!doctype|html|head|body|\?xml)", re.IGNORECASE)


class Fault(Struct, frozen=True):
    """What a service said of a failure, in whatever dialect. ``code`` and ``kind`` are in lower case."""

    message: str = ""
    code: str = ""
    kind: str = ""
    param: str = ""
    stage: str | None = None
    categories: tuple[str, ...] = ()

    def named(self, names: Collection[str]) -> bool:
        """Whether its code or its type is one of these."""
        return self.code in names or self.kind in names


def shown(text: object, secrets: Collection[str] = (), most: int = 300) -> str:
    """A stranger's text on one line, without control characters and secrets, cut to ``most`` characters."""
    line = str(text)[: most * 20].encode("utf-8", "replace").decode()
    for secret in secrets:
        line = line.replace(secret, "***")
    line = _CONTROL.sub(" ", _KEY_SHAPED.sub("***", line)).strip()
    return line if len(line) <= most else line[:most] + "…"


def one_line(text: str) -> str:
    """All of a stranger's text on one line, without control characters and halves of characters."""
    return " ".join(_CONTROL.sub(" ", text.encode("utf-8", "replace").decode()).split())


def read_fault(body: object, secrets: Collection[str] = ()) -> Fault:
    """The error in a body: OpenAI's ``{"error": {...}}`` or its inside, ``{"detail"}``, plain text, or a web page."""
    if isinstance(body, str | bytes):
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
        return Fault("a web page instead of an answer" if _MARKUP.match(text) else shown(text, secrets))
    if not isinstance(body, Mapping):
        return Fault()
    inner = body.get("error", body)
    if isinstance(inner, str):
        inner = {"message": inner, "code": body.get("code")}
    if not isinstance(inner, Mapping):
        return Fault()
    message = inner.get("message") or inner.get("detail") or body.get("message") or body.get("detail") or ""
    stage, categories = _moderation(inner)
    code = str(inner.get("code") or "").lower()
    return Fault(
        message=shown(message, secrets),
        code=shown(code, secrets, 80),
        kind=shown(str(inner.get("type") or "").lower(), secrets, 80),
        param=shown(inner.get("param") or "", secrets, 80),
        stage=stage,
        categories=tuple(shown(each, secrets, 80) for each in categories),
    )


def _moderation(error: Mapping[str, Any]) -> tuple[str | None, list[str]]:
    """Stage and rules: OpenAI's ``moderation_details``, or Azure's ``innererror`` with the filters that tripped."""
    details = error.get("moderation_details")
    if isinstance(details, Mapping):
        stage, categories = details.get("moderation_stage"), details.get("categories")
        known = stage if stage in ("input", "output") else None
        return known, [str(each) for each in categories] if isinstance(categories, list) else []
    inner = error.get("innererror")
    filters = (
        inner.get("content_filter_result") or inner.get("content_filter_results")
        if isinstance(inner, Mapping)
        else None
    )
    if isinstance(filters, Mapping):
        return None, [str(name) for name, told in filters.items() if isinstance(told, Mapping) and told.get("filtered")]
    return None, []

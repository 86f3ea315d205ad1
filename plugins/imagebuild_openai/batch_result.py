"""One line of a batch's output or error file: whose it is, and the picture or the error that came of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from imagebuild import Request, Result
from imagebuild.errors import NoImageError, ProviderError
from imagebuild_openai import answer
from imagebuild_openai.fault import error_of
from imagebuild_openai.model import Catalog
from imagebuild_openai.settings import Settings

__all__ = ["Outcome", "read_line"]

Outcome = tuple[str, Result | ProviderError | None]
"""A key and what came of it; None for a line that did not run."""

_HALF = 0.5
_NOT_RUN = frozenset({"batch_expired", "batch_cancelled"})
_BEGINNING = 1 << 12
_CUSTOM_ID = re.compile(rb'"custom_id"\s*:\s*"([^"\\]{1,128})"')


def read_line(
    line: bytes, requests: Mapping[str, Request], *, settings: Settings, catalog: Catalog, secrets: tuple[str, ...] = ()
) -> Outcome | None:
    """What a line says, None where it is nobody's of ``requests``.

    A line that is no JSON is attributed by the id at its beginning: its picture was paid for and is lost. Without an id
    it is nobody's.
    """
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        found = _CUSTOM_ID.search(line, 0, _BEGINNING)
        named = found[1].decode("utf-8", "replace") if found else ""
        return (named, _damaged("is no JSON")) if named in requests else None
    if not isinstance(entry, dict) or not isinstance(key := entry.get("custom_id"), str) or key not in requests:
        return None
    try:
        return key, _read_entry(entry, requests[key], settings, catalog, secrets)
    except ProviderError as error:
        return key, error
    except Exception as error:  # noqa: BLE001 - one strange line must not keep the others from their owners
        return key, _damaged(f"cannot be read ({type(error).__name__})")


def _read_entry(
    entry: dict[str, Any], request: Request, settings: Settings, catalog: Catalog, secrets: tuple[str, ...]
) -> Result | ProviderError | None:
    response = entry.get("response")
    if not isinstance(response, dict):
        return _error_without_answer(entry.get("error"), catalog, secrets)
    status, request_id, body = response.get("status_code"), response.get("request_id"), response.get("body")
    request_id = request_id if isinstance(request_id, str) else None
    if not isinstance(status, int):
        return _damaged("has no 'status_code'", request_id)
    if status >= 400:
        return error_of(status, body, {}, request_id, catalog=catalog, secrets=secrets)
    if not isinstance(body, dict):
        return _damaged("has no 'body'", request_id)
    read = answer.read_images if request.options.get("api") == "images" else answer.read_response
    return read(body, request=request, settings=settings, catalog=catalog, request_id=request_id, factor=_HALF)


def _error_without_answer(error: object, catalog: Catalog, secrets: tuple[str, ...]) -> ProviderError | None:
    """What an ``error`` beside no ``response`` means: the service ended the line without an answer to it."""
    code = error.get("code") if isinstance(error, dict) else None
    if code in _NOT_RUN:
        return None
    return error_of(500, error, {}, catalog=catalog, secrets=secrets, paid=code == "request_timeout")


def _damaged(how: str, request_id: str | None = None) -> NoImageError:
    return NoImageError(
        f"this line of the batch's results {how}", hint="it may have been paid for", request_id=request_id, billed=True
    )

"""One table from what can go wrong at the service, or on the way to it, to our errors. No call is made here."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Literal, TypeAlias

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
from imagebuild_openai.complaint import FORGOTTEN, MODERATION, NO_MODEL, QUOTA, SERVER, Fault, read_fault, shown
from imagebuild_openai.header import request_id as id_in
from imagebuild_openai.header import retry_after
from imagebuild_openai.model import Catalog

__all__ = ["ModelNotFoundError", "Wanted", "error_of", "is_answered", "mapped", "sdk_errors"]

Wanted: TypeAlias = Literal["picture", "text"]
"""What a call is to bring."""

_MODEL = re.compile(r"model[^`'\"]{0,20}[`'\"]([^`'\"]{1,80})[`'\"]", re.IGNORECASE)
_NO_MODEL = re.compile(
    r"\bmodel\b.{0,100}\b(?:does not exist|not found|has been (?:shut down|deprecated|retired))", re.IGNORECASE
)
_NO_OBJECT = re.compile(r"\b(?:response|item|conversation)s?\b.{0,60}\bnot found|zero data retention", re.IGNORECASE)
_UNBILLED = frozenset((503, 521, 522, 523, 525, 526, 529))


class ModelNotFoundError(RequestError):
    """The service does not offer the model that was asked for; nothing was billed."""


def error_of(
    status: int,
    body: object,
    headers: Mapping[str, str] | None = None,
    request_id: str | None = None,
    *,
    catalog: Catalog | None = None,
    secrets: Collection[str] = (),
    paid: bool = True,
    cost_usd: float | None = None,
    wanted: Wanted = "picture",
) -> ProviderError:
    """The error that a failed answer means.

    ``status`` is the HTTP status, 200 for a failure that stands inside an answer. ``paid`` says whether the call is
    one that may cost money; of one that does not, no error is billed. ``cost_usd`` is what is known to be charged,
    ``wanted`` what was asked for.
    """
    headers = headers or {}
    fault = read_fault(body, secrets)
    error = _error(status, fault, headers, catalog, wanted)
    error.request_id = request_id or id_in(headers)
    inside = status < 300
    error.billed = paid and (error.billed or inside)
    error.cost_usd = cost_usd if paid else None
    if error.retry_after is None:
        error.retry_after = retry_after(headers) if error.retryable else None
    return error


def is_answered(error: ProviderError) -> bool:
    """Whether the service itself said that it failed, and the call was not merely lost."""
    return re.search(r"\bstatus 5\d\d\)$", error.message) is not None


def _error(
    status: int, fault: Fault, headers: Mapping[str, str], catalog: Catalog | None, wanted: Wanted
) -> ProviderError:
    said = _said(status, fault)
    flagged = fault.code == "invalid_prompt" and re.search(r"polic|flagged", fault.message, re.IGNORECASE)
    if fault.named(MODERATION) or flagged:
        return _refused(fault, wanted)
    if fault.named(QUOTA) or status == 402:
        return QuotaError(f"the account may not spend more: {said}", hint="look at the account's billing and limits")
    if fault.named(NO_MODEL) or (400 <= status < 500 and _NO_MODEL.search(fault.message)):
        return _no_model(fault, said, catalog)
    if fault.named(FORGOTTEN) or (status in (400, 404) and _NO_OBJECT.search(fault.message)):
        return ForgottenError(f"the service does not know the answer any more: {said}")
    if status in (401, 403, 407) or fault.code == "invalid_api_key":
        return _denied(status, fault, said)
    if 300 <= status < 400:
        return _redirected(headers)
    if status == 429 or fault.named(("rate_limit_exceeded", "slow_down")):
        return RateLimitError(f"the service asks for fewer calls: {said}")
    if status >= 500 or status in (408, 409, 425) or fault.named(SERVER):
        billed = status >= 500 and status not in _UNBILLED
        told = headers.get("x-should-retry") != "false" and status not in (501, 505)
        return UnavailableError(f"the service is not available: {said}", billed=billed, retryable=told)
    if status < 300 and not fault.code.startswith(("invalid_", "image_", "unsupported_", "empty_", "data_")):
        return NoImageError(f"the service made no {wanted}: {said}")
    hint = None
    if status in (404, 405) and not fault.code:
        hint = "is the base URL right, and does the service offer this API? try 'api: images' or another 'base_url'"
    if status == 413:
        hint = "make the reference pictures smaller"
    return RequestError(f"the service finds the request wrong: {said}", hint=hint)


def _said(status: int, fault: Fault) -> str:
    """What the service said, and in brackets what it calls it: ``Too long (string_too_long, 'prompt', status 400)``."""
    names = [
        fault.code or fault.kind,
        f"'{fault.param}'" if fault.param else "",
        f"status {status}" if status > 299 else "",
    ]
    label = ", ".join(name for name in names if name)
    text = fault.message.rstrip(". ") or "it gives no reason"
    return f"{text} ({label})" if label else text


def _refused(fault: Fault, wanted: Wanted) -> RefusedError:
    stage = {"input": "the request", "output": f"the {wanted} it made"}.get(fault.stage or "", "the request")
    rules = f" by its rules on {', '.join(fault.categories)}" if fault.categories else " by its rules"
    reason = f": {fault.message.rstrip('. ')}" if fault.message else ""
    return RefusedError(
        f"the service declined {stage}{rules}{reason}",
        stage=fault.stage,
        categories=fault.categories,
        hint="change the prompt or the reference pictures; the same request would be declined again",
    )


def _denied(status: int, fault: Fault, said: str) -> AuthenticationError:
    text = fault.message.lower()
    hint = "check the key, its project and its permissions; 'imagebuild doctor' says what is set"
    if "verif" in text:
        hint = "verify the organisation in the service's settings; it can take a while until that counts"
    elif "country" in fault.code or "country" in text:
        hint = "the service does not serve this country"
    elif status == 407:
        hint = "the proxy wants a name and password: set them in HTTPS_PROXY"
    return AuthenticationError(f"the service does not accept the call: {said}", hint=hint)


def _redirected(headers: Mapping[str, str]) -> RequestError:
    found = re.match(r"(https?://)(?:[^/@]*@)?([^/?#]+)", headers.get("location", ""))
    where = f"to '{shown(found[2], most=100)}'" if found else "elsewhere"
    return RequestError(
        f"the service redirects {where}, and no redirect is followed with a key",
        hint="set 'base_url' to where the service is, if you trust that place",
    )


def _no_model(fault: Fault, said: str, catalog: Catalog | None) -> ModelNotFoundError:
    found = _MODEL.search(fault.message)
    hint = "see 'imagebuild models' for those that are known, and 'imagebuild doctor' for those the key reaches"
    entry = catalog.find(found[1]) if found and catalog is not None else None
    if entry is not None and entry.shutdown is not None:
        instead = f"; use '{entry.successor}'" if entry.successor else ""
        hint = f"'{found[1] if found else ''}' is shut down as of {entry.shutdown}{instead}"
    return ModelNotFoundError(f"the service does not offer the model: {said}", hint=hint)


def sdk_errors() -> tuple[type[Exception], ...]:
    """What calling through the SDK may raise: its own errors, the HTTP layer's, and those of reading an answer."""
    import httpx2
    import openai

    return (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, ValueError)


def mapped(
    error: Exception,
    *,
    catalog: Catalog | None = None,
    secrets: Collection[str] = (),
    paid: bool = True,
    retry_lost: bool = False,
    wanted: Wanted = "picture",
) -> ProviderError:
    """One of ``sdk_errors()`` as one of ours; raise it ``from None``: the SDK's error holds the request with its key.

    ``paid``, ``wanted`` as in :func:`error_of`. ``retry_lost``: whether a call is made again that was lost once sent.
    """
    import httpx2
    import openai

    match error:
        case openai.OAuthError():
            text = shown(error, secrets)
            hint = "check the setting 'workload_identity'"
            return AuthenticationError(f"there is no token: {text}", hint=hint)
        case openai.APIStatusError():
            body = error.body if error.body is not None else shown(error.message, secrets)
            return error_of(
                error.status_code,
                body,
                error.response.headers,
                error.request_id,
                catalog=catalog,
                secrets=secrets,
                paid=paid,
                wanted=wanted,
            )
        case openai.APIResponseValidationError():
            return _garbled(error.response.headers, paid)
        case openai.APIConnectionError():
            return _lost(error.__cause__ or error, secrets, paid, retry_lost, wanted)
        case openai.APIError():
            body = error.body if isinstance(error.body, Mapping) else error.message
            return error_of(200, body, catalog=catalog, secrets=secrets, paid=paid, wanted=wanted)
        case openai.ContentFilterFinishReasonError():
            return RefusedError("the service declined the request by its rules", billed=paid)
        case openai.LengthFinishReasonError():
            return NoImageError("the answer broke off before there was a picture", billed=paid)
        case openai.WebSocketConnectionClosedError() | openai.WebSocketQueueFullError() | httpx2.StreamError():
            return _lost(error, secrets, paid, retry_lost, wanted)
        case openai.OpenAIError():
            return AuthenticationError(f"no connection can be made: {shown(error, secrets)}", hint=_SET_UP)
        case UnicodeEncodeError():
            return RequestError("the call cannot be sent: it holds half a character", hint="check prompt and headers")
        case httpx2.InvalidURL():
            return RequestError(f"the service's address is wrong: {shown(error, secrets)}", hint="check 'base_url'")
        case httpx2.HTTPError():
            return _lost(error, secrets, paid, retry_lost, wanted)
    return _garbled({}, paid)


_SET_UP = "see 'imagebuild doctor' for what is set"


def _garbled(headers: Mapping[str, str], paid: bool) -> NoImageError:
    return NoImageError(
        "the service's answer cannot be read: it is not the JSON that was expected",
        hint="is 'base_url' the address of an image service, or of a page in front of it?",
        request_id=id_in(headers),
        billed=paid,
    )


def _lost(
    error: BaseException, secrets: Collection[str], paid: bool, retry_lost: bool, wanted: Wanted
) -> ProviderError:
    """A connection that was not made, broke, or stayed silent: whether it was before or after the call was sent."""
    import httpx2

    reason = shown(error, secrets) or type(error).__name__
    match error:
        case httpx2.UnsupportedProtocol():
            return RequestError(f"the service's address is wrong: {reason}", hint="check 'base_url'")
        case httpx2.LocalProtocolError():
            # Its text may quote a header, and so the key.
            return RequestError(
                "the call cannot be sent: a header holds what no header may",
                hint="check the key and OPENAI_CUSTOM_HEADERS",
            )
        case httpx2.ConnectError() | httpx2.ConnectTimeout() | httpx2.PoolTimeout() | httpx2.ProxyError():
            hint = "check the network, proxies and 'base_url'"
            if "certificate" in reason.lower():
                hint = "the service's certificate is not trusted here: install CA certificates or set SSL_CERT_FILE"
            return UnavailableError(f"the service cannot be reached: {reason}", hint=hint)
        case httpx2.WriteError() | httpx2.WriteTimeout():
            return UnavailableError(f"the connection broke before the call was sent: {reason}")
        case httpx2.DecodingError():
            return _garbled({}, paid)
    late = isinstance(error, httpx2.TimeoutException)
    what = "the service did not answer in time" if late else f"the connection broke: {reason}"
    if not paid:
        return UnavailableError(what)
    return UnavailableError(
        f"{what}; the {wanted} may have been made and billed",
        hint="build again to make the call again, or set 'retry_lost: true' to have that done at once",
        billed=True,
        retryable=retry_lost,
    )

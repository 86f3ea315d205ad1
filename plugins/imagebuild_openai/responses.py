"""A picture through the Responses API: stored and in the background, so that what was sent is never lost.

A conversation is made first, which is free, and noted; whatever happens between sending and the first answer, the
answer is found in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from imagebuild import Request, Result
from imagebuild.errors import (
    AuthenticationError,
    ForgottenError,
    NoImageError,
    ProviderError,
    RequestError,
    UnavailableError,
)
from imagebuild_openai import lookup
from imagebuild_openai.exchange import Exchange, Reply
from imagebuild_openai.fault import is_answered
from imagebuild_openai.part import part_of
from imagebuild_openai.settings import Settings
from imagebuild_openai.stream import follow_response
from imagebuild_openai.wire import extra_body_of, tool_of

__all__ = ["PASSED_ON", "body_of", "collect", "generate"]

_ID = re.compile(r"[A-Za-z0-9_\-]{1,200}")
_SCOPE = re.compile(r"\b(?:scopes?|permissions?)\b", re.IGNORECASE)
PASSED_ON = ("safety_identifier", "service_tier", "prompt_cache_key")


def body_of(
    request: Request,
    settings: Settings,
    *,
    parts: Sequence[Mapping[str, Any]],
    mask: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The body of a resolved request, the same for live calls and batches.

    ``parts`` are its pictures in order, parent first, each ``{"image_url"}`` or ``{"file_id"}``, and so is ``mask``.
    """
    options = request.options
    tool = tool_of(options, settings.profile)
    if mask is not None:
        tool["input_image_mask"] = dict(mask)
    pictures = [{"type": "input_image", "detail": "auto", **part} for part in parts]
    body: dict[str, Any] = {
        "model": options["model"],
        "input": [{"role": "user", "content": [{"type": "input_text", "text": request.prompt}, *pictures]}],
        "tools": [tool],
        "tool_choice": {"type": "image_generation"},
        "store": settings.store,
    }
    if options.get("instructions"):
        body["instructions"] = options["instructions"]
    body |= {name: getattr(settings, name) for name in PASSED_ON if getattr(settings, name)}
    return body | extra_body_of(options)


def generate(exchange: Exchange) -> Result:
    """Buy the picture of a resolved request."""
    previous = _previous(exchange)
    if previous is not None:
        try:
            return _buy(exchange, _body(exchange, previous), in_conversation=False)
        except (ForgottenError, RequestError) as error:
            if error.billed or (isinstance(error, RequestError) and previous not in error.message):
                raise
        exchange.context.notice("the service has lost the answer to go on from; the picture itself is sent")
    return _buy(exchange, _body(exchange, None), in_conversation=exchange.settings.conversation)


def collect(exchange: Exchange, noted: str) -> Result:
    """Fetch what an earlier process could not wait for; ``noted`` is the last id that it noted."""
    if noted.startswith("conv_"):
        return lookup.in_conversation(exchange, noted, live=False)
    return lookup.by_id(exchange, noted, live=False)


def _previous(exchange: Exchange) -> str | None:
    """The id of the answer to go on from, where that is asked for and the service keeps answers."""
    request = exchange.request
    if request.options.get("continue") != "response" or request.parent is None:
        return None
    found = request.parent.response_id()
    if found is None or not _ID.fullmatch(found):
        exchange.context.notice("no answer is known to go on from; the picture itself is sent")
        return None
    return found


def _body(exchange: Exchange, previous: str | None) -> dict[str, Any]:
    request, settings = exchange.request, exchange.settings
    references = [*([request.parent] if request.parent and previous is None else []), *request.inputs]
    parts = [part_of(exchange, reference) for reference in references]
    mask = part_of(exchange, request.mask) if request.mask else None
    body = body_of(request, settings, parts=parts, mask=mask)
    if settings.store:
        body.setdefault("metadata", {"imagebuild": exchange.context.key[:64]})
    if settings.store and settings.background:
        body.setdefault("background", True)
    if previous is not None:
        body["previous_response_id"] = previous
    return body


def _buy(exchange: Exchange, body: dict[str, Any], *, in_conversation: bool) -> Result:
    wanted = in_conversation and exchange.connection.takes_conversations and "conversation" not in body
    conversation = _conversation(exchange) if wanted else None
    found = _sent(exchange, body, conversation)
    if isinstance(found, Result):
        return found
    answer_id = _id_in(found)
    if found.body.get("status") in ("queued", "in_progress") and answer_id is not None:
        return lookup.by_id(exchange, answer_id, live=True, seen=found)
    return lookup.read(exchange, found, live=True)


def _id_in(reply: Reply) -> str | None:
    found = reply.body.get("id")
    return found if isinstance(found, str) and _ID.fullmatch(found) else None


def _conversation(exchange: Exchange) -> str | None:
    """A new conversation, noted; None where the service has none to give."""
    try:
        reply = exchange.post("/conversations", {"metadata": {"imagebuild": exchange.context.key[:64]}})
    except (ForgottenError, NoImageError, RequestError) as error:
        if error.request_id is None and "conversation" not in error.message.lower():
            raise  # no service has said anything about conversations
        _go_without(exchange, error)
        return None
    except AuthenticationError as error:
        if not _SCOPE.search(error.message):
            raise
        _go_without(exchange, error)
        return None
    found = _id_in(reply)
    if found is None or not found.startswith("conv_"):
        return None
    exchange.context.note_id(found)
    return found


def _sent(exchange: Exchange, body: dict[str, Any], conversation: str | None) -> Reply | Result:
    """Send the request. Where it is not known what became of it, look in its conversation."""
    try:
        return _send(exchange, {**body, "conversation": conversation} if conversation else body)
    except (ForgottenError, RequestError) as error:
        if conversation is None or error.billed or "conversation" not in error.message.lower():
            raise
        _go_without(exchange, error)
        return _send(exchange, body)
    except (NoImageError, UnavailableError) as error:
        if conversation is None or not error.billed:
            raise
        try:
            return lookup.in_conversation(exchange, conversation, live=True, briefly=is_answered(error))
        except ForgottenError:
            error.hint = "the next build looks for the picture once more before it makes the call again"
            raise error from None  # that nothing was found adds nothing to what went wrong


def _send(exchange: Exchange, body: dict[str, Any]) -> Reply:
    partials = exchange.request.hints.get("partial_images")
    if not isinstance(partials, int) or partials < 1 or not exchange.settings.profile.streams:
        reply = exchange.post("/responses", body, paid=True)
        answer_id = _id_in(reply)
        if answer_id is not None and exchange.settings.store:
            exchange.context.note_id(answer_id)
        return reply
    tools = [
        {**tool, "partial_images": partials} if tool.get("type") == "image_generation" else tool
        for tool in body["tools"]
    ]
    return follow_response(exchange, {**body, "tools": tools, "stream": True})


def _go_without(exchange: Exchange, error: ProviderError) -> None:
    """From now on, ask for no conversation; said once."""
    if not exchange.connection.takes_conversations:
        return
    exchange.connection.takes_conversations = False
    exchange.context.notice(
        f"the service takes no conversation ({error.message}): a call that is cut off between sending and its first "
        "answer cannot be found again; set 'conversation: false' to not ask for one"
    )

"""Streamed answers of both APIs: partial pictures on the way, and what the stream ends with.

Events are told apart by their ``type`` alone; those nobody knows are passed over.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from imagebuild.errors import ProviderError
from imagebuild.media import EXTENSIONS
from imagebuild_openai.answer import CALL, picture_of
from imagebuild_openai.exchange import Exchange, Reply
from imagebuild_openai.fault import error_of

if TYPE_CHECKING:
    from openai import OpenAI

__all__ = ["follow_images", "follow_response"]

_ENDS = ("response.completed", "response.failed", "response.incomplete", "response.cancelled")
_ABOUT_PICTURE = ("background", "output_format", "quality", "size", "created_at")


class _Heard(Struct):
    """What a stream has said so far."""

    answer_id: str | None = None
    final: dict[str, Any] | None = None
    items: list[dict[str, Any]] = field(default_factory=list)
    error: ProviderError | None = None


def follow_response(exchange: Exchange, body: Mapping[str, Any]) -> Reply:
    """The response that a stream ends with, or one with an id and without an end, to be looked up.

    Its id is noted with the first event, where the service keeps the answer. Raises ``ProviderError``.
    """
    heard, request_id = _Heard(), None
    try:
        with exchange.events(exchange.stream("/responses", body)) as (request_id, events):
            for event in events:
                _hear(exchange, heard, event)
                if heard.final is not None or heard.error is not None:
                    break
                if heard.answer_id is not None and exchange.settings.store and exchange.context.cancelled():
                    break
    except ProviderError as error:
        heard.error = error
    if heard.final is not None:
        return Reply(_completed(heard.final, heard.items), request_id)
    if heard.answer_id is not None and exchange.settings.store:
        return Reply({"id": heard.answer_id, "status": "in_progress"}, request_id)
    fault = heard.error or exchange.lost("the stream ended without an answer")
    fault.request_id = fault.request_id or request_id
    raise fault


def follow_images(exchange: Exchange, send: Callable[[OpenAI], Any]) -> Reply:
    """The pictures that a stream of the Images API ends with, as an answer that was not streamed holds them."""
    made: list[dict[str, Any]] = []
    fault: ProviderError | None = None
    request_id = None
    try:
        with exchange.events(send) as (request_id, events):
            for event in events:
                kind = str(event.get("type"))
                if kind.endswith(".partial_image"):
                    _show(exchange, event.get("partial_image_index"), event.get("b64_json"))
                elif kind.endswith(".completed") and event.get("b64_json"):
                    made.append(event)
                elif kind == "error":
                    fault = _error(exchange, event, request_id)
                    break
    except ProviderError as error:
        fault = error
    if not made:
        fault = fault or exchange.lost("the stream ended without a picture")
        fault.request_id = fault.request_id or request_id
        raise fault
    body = {name: made[0][name] for name in _ABOUT_PICTURE if name in made[0]}
    usage = [event["usage"] for event in made if isinstance(event.get("usage"), dict)]
    return Reply({**body, "data": made, **({"usage": usage[-1]} if usage else {})}, request_id)


def _hear(exchange: Exchange, heard: _Heard, event: dict[str, Any]) -> None:
    kind, response = event.get("type"), event.get("response")
    if isinstance(response, dict):
        found = response.get("id")
        if heard.answer_id is None and isinstance(found, str) and found:
            heard.answer_id = found
            if exchange.settings.store:
                exchange.context.note_id(found)
        if kind in _ENDS:
            heard.final = response
    elif kind == "response.image_generation_call.partial_image":
        _show(exchange, event.get("partial_image_index"), event.get("partial_image_b64"))
    elif kind == "response.output_item.done" and isinstance(event.get("item"), dict):
        heard.items.append(event["item"])
    elif kind == "error":
        heard.error = _error(exchange, event, None)


def _completed(final: dict[str, Any], items: list[dict[str, Any]]) -> dict[str, Any]:
    """The response with the items as they were finished, where it repeats none that holds a picture."""
    output = final.get("output")
    known = output if isinstance(output, list) else []
    if items and not any(isinstance(item, dict) and item.get("type") == CALL and item.get("result") for item in known):
        return {**final, "output": items}
    return final


def _error(exchange: Exchange, event: Mapping[str, Any], request_id: str | None) -> ProviderError:
    told = {name: value for name, value in event.items() if name != "type"}
    return error_of(
        200, event if event.get("error") else told, {}, request_id,
        catalog=exchange.catalog, secrets=exchange.connection.secrets,
    )  # fmt: skip


def _show(exchange: Exchange, index: object, text: object) -> None:
    """Hand a partial picture on; what is none is nobody's loss."""
    if not isinstance(index, int) or not isinstance(text, str):
        return
    try:
        picture = picture_of(base64.b64decode(text, validate=True))
    except ValueError:
        return
    if picture.media_type in EXTENSIONS:
        exchange.context.partial(index, picture)

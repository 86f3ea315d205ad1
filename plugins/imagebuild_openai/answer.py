"""Reads an answer strictly: its pictures, what it cost, how it differs from what was asked; or why there is no picture.

Pure functions over the JSON of a body, the same for live calls, collected answers and the lines of a batch.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from imagebuild import Picture, Request, Result
from imagebuild.errors import IncompleteError, NoImageError, ProviderError, RefusedError, TextReplyError
from imagebuild.media import probe
from imagebuild_openai.complaint import shown
from imagebuild_openai.difference import differences
from imagebuild_openai.fault import error_of
from imagebuild_openai.message import broken_off, items_of, placed, plain, refusal_in, text_in
from imagebuild_openai.model import Catalog
from imagebuild_openai.price import actual
from imagebuild_openai.settings import Settings

__all__ = ["Fetch", "picture_of", "read_images", "read_response"]

Fetch = Callable[[str], bytes]
"""Gives the bytes behind an address; raises ``ProviderError``."""

CALL = "image_generation_call"
_EFFECTIVE = ("action", "background", "output_format", "quality", "size")
_SAID = 200


def read_response(
    body: Mapping[str, Any],
    *,
    request: Request,
    settings: Settings,
    catalog: Catalog,
    request_id: str | None = None,
    factor: float = 1.0,
) -> Result:
    """The pictures of a response. Raises the ``ProviderError`` that an answer without one means.

    ``factor`` is what it costs, as a part of the usual price.
    """
    calls = [item for item in items_of(body) if item.get("type") == CALL]
    usage, cost = _spent(_used(body, calls), request, catalog, factor)
    pictures, broken = _decoded((item.get("result") for item in calls), None)
    if not pictures:
        error = broken or _no_picture(body, calls, catalog)
        raise placed(error, request_id, cost)
    made = next(item for item in calls if item.get("result"))
    effective = {name: made[name] for name in _EFFECTIVE if isinstance(made.get(name), str | int)}
    if isinstance(body.get("model"), str):
        effective["model"] = body["model"]
    return Result(
        pictures=tuple(pictures),
        cost_usd=cost,
        model=_image_model(body, request),
        revised_prompt=plain(made.get("revised_prompt")),
        request_id=request_id,
        response_id=plain(body.get("id")),
        usage=usage,
        faults=(*_lost(broken), *differences(pictures, request.options)),
        effective=effective,
    )


def read_images(
    body: Mapping[str, Any],
    *,
    request: Request,
    settings: Settings,
    catalog: Catalog,
    request_id: str | None = None,
    factor: float = 1.0,
    fetch: Fetch | None = None,
) -> Result:
    """The pictures of an answer of the Images API; as :func:`read_response`. ``fetch`` follows links to pictures."""
    usage, cost = _spent({"image": body.get("usage"), "svg": body.get("svg_usage")}, request, catalog, factor)
    entries = body.get("data")
    made = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    pictures, broken = _decoded((entry.get("b64_json") or entry.get("url") for entry in made), fetch)
    if not pictures:
        if broken is None:
            broken = error_of(200, body, catalog=catalog) if body.get("error") else _empty(body)
        raise placed(broken, request_id, cost)
    revised = next((entry["revised_prompt"] for entry in made if entry.get("revised_prompt")), None)
    return Result(
        pictures=tuple(pictures),
        cost_usd=cost,
        model=plain(body.get("model")) or plain(request.options.get("image_model")) or plain(request.options["model"]),
        revised_prompt=plain(revised),
        request_id=request_id,
        usage=usage,
        faults=(*_lost(broken), *differences(pictures, request.options)),
        effective={name: body[name] for name in _EFFECTIVE if isinstance(body.get(name), str | int)},
    )


def picture_of(data: bytes) -> Picture:
    """The bytes with the type that they themselves say they have."""
    found = probe(data)
    return Picture(data, found.media_type if found else "application/octet-stream")


def _used(body: Mapping[str, Any], calls: list[dict[str, Any]]) -> dict[str, Any]:
    """What was used, by who used it; where nothing was drawn, no tokens went into pictures."""
    tools = body.get("tool_usage")
    image = tools.get("image_gen") if isinstance(tools, Mapping) else None
    if image is None and not calls:
        image = {"input_tokens_details": {"text_tokens": 0, "image_tokens": 0}, "output_tokens": 0}
    svg = next((item["svg_usage"] for item in calls if item.get("svg_usage")), None)
    return {"main": body.get("usage"), "image": image, "svg": svg}


def _spent(
    used: Mapping[str, Any], request: Request, catalog: Catalog, factor: float
) -> tuple[dict[str, Any], float | None]:
    """The usage as it is kept, and its price."""
    usage: dict[str, Any] = {name: dict(count) for name, count in used.items() if isinstance(count, Mapping)}
    if factor != 1.0 and usage:
        usage["factor"] = factor
    return usage, actual(usage, request.options, catalog)


def _decoded(texts: Iterator[object], fetch: Fetch | None) -> tuple[list[Picture], ProviderError | None]:
    """Every picture that can be decoded, and the error of the first that cannot; nulls are no pictures."""
    pictures: list[Picture] = []
    broken: ProviderError | None = None
    for text in texts:
        if not text:
            continue
        try:
            pictures.append(picture_of(_bytes(text, fetch)))
        except ProviderError as error:
            broken = broken or error
    return pictures, broken


def _bytes(text: object, fetch: Fetch | None) -> bytes:
    if not isinstance(text, str):
        raise _undecodable(f"{type(text).__name__} {text!r}")
    if text.startswith("data:"):
        head, _, text = text.partition(",")
        if not head.endswith(";base64"):
            raise _undecodable(head)
    elif text[:8].lower().startswith(("http://", "https://")):
        if fetch is None:
            raise NoImageError("the service answered with a link in place of a picture", billed=True)
        return fetch(text)
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise _undecodable(text) from None  # the text is all there is to know


def _undecodable(text: str) -> NoImageError:
    error = NoImageError(
        f"what came for a picture cannot be decoded: it begins with '{shown(text[:_SAID], most=60)}'", billed=True
    )
    error.remains = (text.encode("utf-8", "replace"),)
    return error


def _lost(broken: ProviderError | None) -> tuple[str, ...]:
    return (f"one of the pictures is lost: {broken.message}",) if broken else ()


def _no_picture(body: Mapping[str, Any], calls: list[dict[str, Any]], catalog: Catalog) -> ProviderError:
    """Why a response holds no picture: the most telling thing it says."""
    failed = next((item["error"] for item in calls if item.get("error")), None)
    if failed is not None:
        return error_of(200, {"error": failed}, catalog=catalog)
    status = body.get("status")
    if body.get("error"):
        return error_of(200, {"error": body["error"]}, catalog=catalog)
    if status == "incomplete":
        return broken_off(body, "a picture", hint="the main-line model ran out of tokens before it drew")
    if status == "cancelled":
        return NoImageError("the service says that the call was cancelled")
    if refusal := refusal_in(body):
        hint = "change the prompt or the reference pictures; the same request would be declined again"
        return RefusedError(f"the model declined: '{shown(refusal, most=_SAID)}'", hint=hint)
    if any(item.get("status") == "failed" for item in calls) or status == "failed":
        return NoImageError("the service says that drawing failed, and gives no reason")
    if text := text_in(body):
        return TextReplyError(
            f"the model answered in words: '{shown(text, most=_SAID)}'",
            hint="say in the prompt what to draw; a question or a task gets words",
        )
    if status in ("queued", "in_progress"):
        return IncompleteError(f"the answer is not finished: its status is '{status}'")
    return NoImageError("the answer holds no picture, and no reason for that")


def _empty(body: Mapping[str, Any]) -> ProviderError:
    names = ", ".join(sorted(str(name) for name in body)[:8])
    return NoImageError(f"the answer holds no picture, only {shown(names, most=120) or 'nothing'}")


def _image_model(body: Mapping[str, Any], request: Request) -> str | None:
    """The image model as the answer repeats it among its tools, else as it was asked for."""
    tools = body.get("tools")
    for tool in tools if isinstance(tools, list) else ():
        if isinstance(tool, dict) and tool.get("type") == "image_generation" and isinstance(tool.get("model"), str):
            return str(tool["model"])
    return plain(request.options.get("image_model"))

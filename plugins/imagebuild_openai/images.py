"""A picture through the Images API: one call, one answer, and no id before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imagebuild import Request, Result
from imagebuild_openai.answer import read_images
from imagebuild_openai.download import fetch
from imagebuild_openai.exchange import Exchange
from imagebuild_openai.part import file_of
from imagebuild_openai.settings import Settings
from imagebuild_openai.stream import follow_images
from imagebuild_openai.wire import extra_body_of, image_parameters

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

__all__ = ["body_of", "generate"]


def body_of(
    request: Request,
    settings: Settings,
    *,
    parts: Sequence[Mapping[str, Any]] = (),
    mask: Mapping[str, Any] | None = None,
    markup: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The JSON body of a resolved request; with ``parts``, its pictures with the parent first, it is one of an edit.

    Each part, and mask and markup, is ``{"image_url"}`` or ``{"file_id"}``.
    """
    body: dict[str, Any] = {"prompt": request.prompt, **image_parameters(request.options, settings.profile)}
    if settings.safety_identifier:
        body["safety_identifier"] = settings.safety_identifier
    if parts:
        body["images"] = [dict(part) for part in parts]
    body |= {name: dict(part) for name, part in (("mask", mask), ("markup", markup)) if part is not None}
    return body | extra_body_of(request.options)


def generate(exchange: Exchange) -> Result:
    """Buy the picture of a resolved request."""
    request, settings = exchange.request, exchange.settings
    body = body_of(request, settings)
    partials = request.hints.get("partial_images")
    if isinstance(partials, int) and partials > 0 and settings.profile.streams:
        body |= {"stream": True, "partial_images": partials}
        reply = follow_images(exchange, _edit_stream(exchange, body) or exchange.stream("/images/generations", body))
    elif (edit := _edit(exchange, body)) is not None:
        reply = exchange.ask(edit, paid=True)
    else:
        reply = exchange.post("/images/generations", body, paid=True)
    return read_images(
        reply.body,
        request=request,
        settings=settings,
        catalog=exchange.catalog,
        request_id=reply.request_id,
        fetch=lambda url: fetch(url, connection=exchange.connection),
    )


def _edit(exchange: Exchange, body: Mapping[str, Any]) -> Callable[[OpenAI], httpx2.Response] | None:
    """Sends an edit; None where there is no picture to send."""
    parameters = _edit_parameters(exchange, body)
    if parameters is None:
        return None
    return lambda client: client.images.with_raw_response.edit(**parameters).http_response


def _edit_stream(exchange: Exchange, body: Mapping[str, Any]) -> Callable[[OpenAI], Any] | None:
    parameters = _edit_parameters(exchange, body)
    if parameters is None:
        return None

    def send(client: OpenAI) -> Any:
        from openai import Stream

        return client.images.with_raw_response.edit(**parameters, stream=True).parse(to=Stream[object])

    return send


def _edit_parameters(exchange: Exchange, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the SDK's method takes: files by name, and all the rest in ``extra_body``, for it knows not every option."""
    request = exchange.request
    references = [*([request.parent] if request.parent else []), *request.inputs]
    if not references:
        return None
    files = [file_of(reference, f"image-{number}") for number, reference in enumerate(references, 1)]
    parameters: dict[str, Any] = {
        "image": files if len(files) > 1 else files[0],
        "prompt": request.prompt,
        "model": body["model"],
        "extra_body": {name: value for name, value in body.items() if name not in ("prompt", "model", "stream")},
    }
    for name, reference in (("mask", request.mask), ("markup", request.markup)):
        if reference is not None:
            parameters[name] = file_of(reference, name)
    if exchange.timeout is not None:
        parameters["timeout"] = exchange.timeout
    return parameters

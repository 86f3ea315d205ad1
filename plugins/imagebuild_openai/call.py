"""Where a request goes: to which API, and to which model when the one that was asked for is not offered."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from imagebuild import ProviderContext, Request, Result
from imagebuild.errors import ForgottenError
from imagebuild_openai import images, responses
from imagebuild_openai.check import reference_problems
from imagebuild_openai.client import Connection
from imagebuild_openai.exchange import Exchange
from imagebuild_openai.fault import ModelNotFoundError
from imagebuild_openai.model import Catalog
from imagebuild_openai.settings import Settings

__all__ = ["collect", "generate"]


def generate(
    request: Request, context: ProviderContext, *, settings: Settings, catalog: Catalog, connection: Connection
) -> Result:
    """Buy the picture of a resolved request, with the first of its models that the service offers.

    Reference pictures are looked at first: what the service would refuse is refused before anything is sent.
    """
    for problem in reference_problems(request):
        raise problem
    first: ModelNotFoundError | None = None
    for number, each in enumerate(_requests(request, settings)):
        if number:
            context.notice(f"'{_image_model(request)}' is not available; '{_image_model(each)}' is asked instead")
        exchange = Exchange(each, context, settings, catalog, connection)
        try:
            return images.generate(exchange) if _api(request) == "images" else responses.generate(exchange)
        except ModelNotFoundError as error:
            if error.billed or _is_about_other(error, each):
                raise
            first = first or error
    assert first is not None
    raise first


def collect(
    request: Request,
    response_id: str,
    context: ProviderContext,
    *,
    settings: Settings,
    catalog: Catalog,
    connection: Connection,
) -> Result:
    """Fetch the answer of a call that an earlier process made; never makes one."""
    if _api(request) == "images":
        raise ForgottenError("the Images API keeps no answers", billed=True)
    return responses.collect(Exchange(request, context, settings, catalog, connection), response_id)


def _api(request: Request) -> str:
    return str(request.options.get("api", "responses"))


def _slot(request: Request) -> str:
    """The option that names the image model."""
    return "model" if _api(request) == "images" else "image_model"


def _image_model(request: Request) -> str:
    return str(request.options.get(_slot(request)))


def _requests(request: Request, settings: Settings) -> Iterator[Request]:
    yield request
    for model in dict.fromkeys(settings.fallback):
        if model != _image_model(request):
            yield replace(request, options={**request.options, _slot(request): model})


def _is_about_other(error: ModelNotFoundError, request: Request) -> bool:
    """Whether it is the main-line model that is missing, for which no image model can stand in."""
    main = request.options.get("model")
    return _slot(request) == "image_model" and str(main) in error.message and _image_model(request) not in error.message

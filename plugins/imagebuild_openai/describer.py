"""Puts pictures into words: one call of the Responses API without any tool, kept nowhere and made once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from imagebuild import Cost, Describer, Description, ProviderContext, Request, Resolution
from imagebuild.errors import RefusedError
from imagebuild_openai.client import Connection
from imagebuild_openai.model import Catalog
from imagebuild_openai.settings import Settings

__all__ = ["OpenAIDescriber"]


class OpenAIDescriber(Describer):
    """Writes alt texts with the settings, prices and connection of its provider. Making one costs nothing."""

    version = "1"

    def __init__(self, settings: Settings, catalog: Catalog, connection: Connection, today: Callable[[], date]) -> None:
        self._settings = settings
        self._catalog = catalog
        self._connection = connection
        self._today = today

    def resolve(self, request: Request) -> Resolution:
        """Make every option explicit and find problems; see ``imagebuild_openai.alt``."""
        from imagebuild_openai.alt import resolve_alt

        return resolve_alt(request, self._settings, self._catalog, self._today())

    def estimate(self, request: Request) -> Cost:
        """What a resolved request will cost; see ``imagebuild_openai.price``."""
        from imagebuild_openai.price import estimate_words
        from imagebuild_openai.wording import told_of

        return estimate_words(request, self._catalog, told_of(request.options))

    def describe(self, request: Request, context: ProviderContext) -> Description:
        """Buy the description of a resolved request. What the service would refuse is refused before it is sent.

        No id is noted: the answer is not kept by the service, and could not be fetched again.
        """
        from imagebuild_openai.alt import BY_HAND
        from imagebuild_openai.check import reference_problems
        from imagebuild_openai.exchange import Exchange
        from imagebuild_openai.part import part_of
        from imagebuild_openai.wording import read_words

        for problem in reference_problems(request):
            problem.hint = problem.hint and BY_HAND  # what helps a reference picture does not help a finished one
            raise problem
        exchange = Exchange(request, context, self._settings, self._catalog, self._connection, wanted="text")
        try:
            body = _body(request, self._settings, part_of(exchange, request.inputs[0]))
            reply = exchange.post("/responses", body, paid=True)
            return read_words(reply.body, request=request, catalog=self._catalog, request_id=reply.request_id)
        except RefusedError as error:
            error.hint = BY_HAND
            raise


def _body(request: Request, settings: Settings, picture: dict[str, Any]) -> dict[str, Any]:
    from imagebuild_openai.price import MOST_WRITTEN
    from imagebuild_openai.responses import PASSED_ON
    from imagebuild_openai.wording import asked_of, told_of

    shown = {"type": "input_image", "detail": request.options["detail"], **picture}
    body: dict[str, Any] = {
        "model": request.options["model"],
        "instructions": told_of(request.options),
        "input": [{"role": "user", "content": [{"type": "input_text", "text": asked_of(request.prompt)}, shown]}],
        "max_output_tokens": MOST_WRITTEN,
        "store": False,
    }
    return body | {name: getattr(settings, name) for name in PASSED_ON if getattr(settings, name)}

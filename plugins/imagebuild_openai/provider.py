"""The provider itself: what the engine asks, answered by the modules beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from imagebuild import (
    Batching,
    Cost,
    Describer,
    Finding,
    Model,
    OptionProblem,
    Provider,
    ProviderContext,
    Request,
    Resolution,
    Result,
)
from imagebuild_openai.client import Connection
from imagebuild_openai.model import Catalog, build_catalog
from imagebuild_openai.profile import address_of, digest_of
from imagebuild_openai.settings import Settings, parse_settings

__all__ = ["OpenAIProvider"]


def _today() -> date:
    return datetime.now(UTC).date()


class OpenAIProvider(Provider):
    """Makes pictures with OpenAI's models, or with a service that speaks OpenAI's language.

    ``today`` tells which models are retired. Nothing heavy is loaded before the first call.
    """

    name = "openai"
    version = "1"
    concurrency = 4
    environment = ("OPENAI_BASE_URL", "AZURE_OPENAI_ENDPOINT", "IMAGEBUILD_OPENAI_PROFILE")

    def __init__(self, settings: Settings | None = None, *, today: Callable[[], date] = _today) -> None:
        self.settings = settings or Settings()
        self._today = today

        self.connection = Connection(self.settings)

    @cached_property
    def catalog(self) -> Catalog:
        """The models and prices that these settings know of."""
        return build_catalog(self.settings.models, self.settings.prices, priced=self.settings.knows_prices)

    def configure(
        self, settings: Mapping[str, Any], environ: Mapping[str, str]
    ) -> tuple[OpenAIProvider, tuple[OptionProblem, ...]]:
        """This provider with the spec's settings; see ``imagebuild_openai.settings``."""
        parsed, problems = parse_settings(settings, environ, today=self._today())
        return OpenAIProvider(parsed, today=self._today), tuple(problems)

    @property
    def address(self) -> str:
        """The service, and the organisation and project in it where they are set; by digests, for it is stored."""
        account = "/".join(name for name in (self.settings.organization, self.settings.project) if name)
        return address_of(self.connection.base_url) + (f" account-{digest_of(account)}" if account else "")

    def resolve(self, request: Request) -> Resolution:
        """Make every option explicit and find problems; see ``imagebuild_openai.resolve``."""
        from imagebuild_openai.resolve import resolve

        return resolve(request, self.settings, self.catalog, self._today())

    def estimate(self, request: Request) -> Cost:
        """What a resolved request will cost; see ``imagebuild_openai.price``."""
        from imagebuild_openai.price import estimate

        return estimate(request.options, self.catalog, request)

    def generate(self, request: Request, context: ProviderContext) -> Result:
        """Buy the picture of a resolved request; see ``imagebuild_openai.call``."""
        from imagebuild_openai.call import generate

        return generate(request, context, settings=self.settings, catalog=self.catalog, connection=self.connection)

    def collect(self, request: Request, response_id: str, context: ProviderContext) -> Result:
        """Fetch the answer of a call that an earlier process made; see ``imagebuild_openai.call``."""
        from imagebuild_openai.call import collect

        return collect(
            request,
            response_id,
            context,
            settings=self.settings,
            catalog=self.catalog,
            connection=self.connection,
        )

    def close(self) -> None:
        """Close the connections; the next call opens them again."""
        self.connection.close()

    def models(self) -> Sequence[Model]:
        """The models of the data file, with the settings' own."""
        return self.catalog.models()

    def diagnose(self, online: bool) -> Iterable[Finding]:
        """What is set, whether the key answers, which models can be reached; see ``imagebuild_openai.doctor``."""
        from imagebuild_openai.doctor import diagnose

        return diagnose(self.settings, self.catalog, self.connection, online)

    def describer(self) -> Describer:
        """Alt texts, written by a main-line model; see ``imagebuild_openai.describer``."""
        from imagebuild_openai.describer import OpenAIDescriber

        return OpenAIDescriber(self.settings, self.catalog, self.connection, self._today)

    def batching(self) -> Batching | None:
        """Batches at half the price, where the service has them; see ``imagebuild_openai.batch``."""
        if not self.settings.profile.batches:
            return None
        from imagebuild_openai.batch import OpenAIBatching

        return OpenAIBatching(self.settings, self.catalog, self.connection)

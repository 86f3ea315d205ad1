"""What a provider is: it makes a picture from a request. Plugins subclass :class:`Provider`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct, field

from imagebuild.batching import Batching
from imagebuild.cost import Cost
from imagebuild.describer import Describer
from imagebuild.digest import Json
from imagebuild.errors import ForgottenError
from imagebuild.request import OptionProblem, ProviderContext, Request, Resolution, Result

__all__ = ["Finding", "Model", "Provider"]


class Model(Struct, frozen=True):
    """One model of a provider.

    ``kind`` says what it does, in a word or two; dates are ISO 8601, None where unknown or not announced. ``options``
    names the options of a request that may hold its name. ``prices`` are in USD for a ``unit`` (``a million
    tokens``), by what they are for.
    """

    name: str
    kind: str = "image"
    released: str | None = None
    shutdown: str | None = None
    successor: str | None = None
    options: tuple[str, ...] = ("model",)
    prices: Mapping[str, float] = field(default_factory=dict)
    unit: str | None = None
    note: str | None = None


class Finding(Struct, frozen=True):
    """One line of a diagnosis: how it stands with ``subject``. Never holds a secret."""

    level: Literal["ok", "warning", "error"]
    subject: str
    message: str
    hint: str | None = None


class Provider(ABC):
    """Makes pictures from requests.

    ``name`` is what the spec says under ``provider:``. ``version`` is raised by the author when the same request is
    to be made anew. ``free`` providers cost nothing and are run unasked; their pictures stand in no lock. ``local``
    ones need no network and share the pool of the steps. ``concurrency`` is how many calls run at once unless the spec
    says otherwise (``providers: {NAME: {concurrency: 4}}``). ``environment`` names the variables that its settings
    rest on, beside those that the spec writes as ``${NAME}``; a change of one is noticed by the next build.
    ``source_type`` is the IPTC digital source type of its pictures: ``trainedAlgorithmicMedia``, or
    ``algorithmicMedia`` where nothing was trained.
    """

    name: str
    version: str
    free: bool = False
    local: bool = False
    concurrency: int = 4
    environment: tuple[str, ...] = ()
    source_type: str = "trainedAlgorithmicMedia"

    def configure(
        self, settings: Mapping[str, Json], environ: Mapping[str, str]
    ) -> tuple[Provider, tuple[OptionProblem, ...]]:
        """This provider with the spec's settings from ``providers: {NAME: ...}``, and what is wrong with them.

        ``concurrency``, ``images_per_minute`` and ``price`` belong to the engine and are not among ``settings``.
        Secrets are read from ``environ`` when they are used, and kept in no field that shows. No network, no files.
        """
        problems = tuple(
            OptionProblem(name, f"provider '{self.name}' has no setting '{name}'", unknown=True) for name in settings
        )
        return self, problems

    @property
    def address(self) -> str:
        """Where its answers are kept: the service and account that an id means something to. Holds no secret.

        What was called at one address is never looked for at another.
        """
        return ""

    @abstractmethod
    def resolve(self, request: Request) -> Resolution:
        """Make defaults and aliases explicit and find problems. Must be quick and pure: no network, no files.

        Resolving what is resolved changes nothing and finds no new problem.
        """

    def estimate(self, request: Request) -> Cost:
        """What a resolved request will cost. Pictures that do not exist yet have no digest; estimate all the same."""
        return Cost.free() if self.free else Cost.of_unknown()

    @abstractmethod
    def generate(self, request: Request, context: ProviderContext) -> Result:
        """Make the picture of a resolved request; blocking, called from several threads at once.

        Raises :class:`~imagebuild.errors.ProviderError` or one of its kinds.
        """

    def collect(self, request: Request, response_id: str, context: ProviderContext) -> Result:
        """Fetch the answer of a call that an earlier process made and could not wait for; blocking.

        ``response_id`` is the last that was noted, ``request`` the resolved request; its references may have no bytes
        any more. Raises :class:`~imagebuild.errors.ForgottenError` when the service does not know it, ``billed``
        unless it surely never took the call, and any other ``ProviderError`` as :meth:`generate` does; after one that
        is ``retryable`` the next build asks again.
        """
        raise ForgottenError(f"provider '{self.name}' cannot collect answers", billed=True)

    def close(self) -> None:
        """Close what is open, such as connections. A call after it opens them again."""
        return

    def models(self) -> Sequence[Model]:
        """The models it knows of, for ``imagebuild models`` and ``imagebuild outdated``; no network."""
        return ()

    def diagnose(self, online: bool) -> Iterable[Finding]:
        """What ``imagebuild doctor`` should show of its set-up; calls the service only when ``online``."""
        return ()

    def describer(self) -> Describer | None:
        """How it puts a picture into words, None when it does not."""
        return None

    def batching(self) -> Batching | None:
        """How it takes many requests at once for less, None when it does not."""
        return None

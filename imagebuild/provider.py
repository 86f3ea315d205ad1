"""What a provider is: it makes a picture from a request. Plugins subclass :class:`Provider`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from imagebuild.artifact import Picture
from imagebuild.cost import Cost
from imagebuild.digest import Json

__all__ = ["OptionProblem", "Provider", "ProviderContext", "Reference", "Request", "Resolution", "Result"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture that goes into a request.

    While a plan is made its bytes may not exist yet: then ``digest`` and ``media_type`` are None. :meth:`read` gives
    the bytes, which have ``digest``; it raises ``StoreError`` or ``OSError``. ``name`` is for people only.
    """

    name: str
    digest: str | None = None
    media_type: str | None = None
    load: Callable[[], bytes] | None = field(default=None, repr=False, compare=False)

    def read(self) -> bytes:
        """The picture's bytes."""
        if self.load is None:
            raise ValueError(f"{self.name} does not exist yet")
        return self.load()


@dataclass(frozen=True, slots=True)
class Request:
    """One picture that is wanted.

    ``parent`` is the picture an edit changes and None when a picture is generated from nothing; ``inputs`` are
    reference pictures in the spec's order; ``mask`` says where the parent may change. ``candidate`` and ``take`` count
    from 1 and tell repeated attempts at one request apart.
    """

    prompt: str
    options: Mapping[str, Json] = field(default_factory=dict)
    parent: Reference | None = None
    inputs: tuple[Reference, ...] = ()
    mask: Reference | None = None
    candidate: int = 1
    take: int = 1


@dataclass(frozen=True, slots=True)
class OptionProblem:
    """Something a provider or step will not do.

    ``field`` is the option's name, or ``prompt``, ``inputs``, ``mask``. ``unknown`` says that the name itself is wrong
    and not its value; the error then points at the name.
    """

    field: str
    message: str
    hint: str | None = None
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Resolution:
    """A request as the provider understands it.

    ``request`` has every default and alias made explicit, so that its options hold all that can change pixels and
    nothing else. ``media_type`` is what will be delivered. ``problems`` stop the build before any call; ``notes`` are
    shown and stop nothing.
    """

    request: Request
    media_type: str = "image/png"
    problems: tuple[OptionProblem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What a provider delivers: at least one picture, the first of which is the answer.

    ``cost_usd`` is what was charged, None when nobody can tell; ``model`` is the model as the service resolved it.
    """

    pictures: tuple[Picture, ...]
    cost_usd: float | None = None
    model: str | None = None
    revised_prompt: str | None = None
    request_id: str | None = None
    response_id: str | None = None
    usage: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProviderContext:
    """What a provider may use while it works.

    ``target`` names who asks, for messages; ``key`` is the action key; ``partial`` shows a picture that is not final
    yet; ``note_id`` writes the service's id of the running job durably, before the picture is waited for; ``cancelled``
    turns true when the user no longer wants the answer.
    """

    target: str
    key: str
    partial: Callable[[int, Picture], None] = lambda index, picture: None
    note_id: Callable[[str], None] = lambda response_id: None
    cancelled: Callable[[], bool] = lambda: False


class Provider(ABC):
    """Makes pictures from requests.

    ``name`` is what the spec says under ``provider:``. ``version`` is raised by the author when the same request is
    to be made anew. ``free`` providers cost nothing and are run unasked; their pictures stand in no lock. ``local``
    ones need no network and share the pool of the steps. ``concurrency`` is how many calls run at once unless the spec
    says otherwise (``providers: {NAME: {concurrency: 4}}``).
    """

    name: str
    version: str
    free: bool = False
    local: bool = False
    concurrency: int = 4

    def configure(self, settings: Mapping[str, Json]) -> tuple[Provider, tuple[OptionProblem, ...]]:
        """This provider with the spec's settings from ``providers: {NAME: ...}``, and what is wrong with them.

        ``concurrency`` and ``images_per_minute`` belong to the engine and are not among ``settings``.
        """
        problems = tuple(
            OptionProblem(name, f"provider '{self.name}' has no setting '{name}'", unknown=True) for name in settings
        )
        return self, problems

    @abstractmethod
    def resolve(self, request: Request) -> Resolution:
        """Make defaults and aliases explicit and find problems. Must be quick and pure: no network, no files."""

    def estimate(self, request: Request) -> Cost:
        """What a resolved request will cost. Pictures that do not exist yet have no digest; estimate all the same."""
        return Cost.free() if self.free else Cost.of_unknown()

    @abstractmethod
    def generate(self, request: Request, context: ProviderContext) -> Result:
        """Make the picture of a resolved request; blocking, called from several threads at once.

        Raises :class:`~imagebuild.errors.ProviderError` or one of its kinds.
        """

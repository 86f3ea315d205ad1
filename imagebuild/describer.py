"""How a provider puts a picture into words, for its alt text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from msgspec import Struct, field

from imagebuild.cost import Cost
from imagebuild.digest import Json
from imagebuild.request import ProviderContext, Request, Resolution

__all__ = ["Describer", "Description"]


class Description(Struct, frozen=True):
    """A picture in words. The rest is as in :class:`~imagebuild.Result`."""

    text: str
    cost_usd: float | None = None
    model: str | None = None
    request_id: str | None = None
    response_id: str | None = None
    usage: Mapping[str, Json] = field(default_factory=dict)


class Describer(ABC):
    """Describes pictures. A request holds the picture as its one input; its prompt is what to pay attention to.

    ``version`` is raised by the author when the same picture is to be described anew.
    """

    version: str

    @abstractmethod
    def resolve(self, request: Request) -> Resolution:
        """As :meth:`Provider.resolve`: defaults explicit, problems found, quick and pure."""

    @abstractmethod
    def estimate(self, request: Request) -> Cost:
        """What a resolved request will cost."""

    @abstractmethod
    def describe(self, request: Request, context: ProviderContext) -> Description:
        """Describe the picture; blocking, called from several threads. Raises as :meth:`Provider.generate`.

        An id that it notes is not kept: a description that was cut off is bought again and never collected.
        """

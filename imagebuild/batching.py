"""How a provider takes many requests at once, for less money and more time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from imagebuild.errors import ProviderError
from imagebuild.request import Request, Result

__all__ = ["BatchLine", "BatchState", "BatchStatus", "Batching"]

BatchState: TypeAlias = Literal["running", "completed", "failed", "expired", "cancelling", "cancelled"]
"""``running`` and ``cancelling`` go on; the others are final, and lines that were finished can be read in each."""


class BatchLine(Struct, frozen=True):
    """One resolved request of a batch: under its action key, for the target it names."""

    key: str
    target: str
    request: Request


class BatchStatus(Struct, frozen=True):
    """How a batch stands: how many of its ``total`` lines are done or have failed, and what the service says to it."""

    id: str
    state: BatchState
    done: int = 0
    failed: int = 0
    total: int = 0
    message: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in ("running", "cancelling")


class Batching(ABC):
    """Sends, finds and reads batches. Every method may raise ``ProviderError``.

    ``factor`` is what a line costs, as a part of the usual price.
    """

    factor: float = 0.5

    @abstractmethod
    def problem(self, request: Request) -> str | None:
        """Why a resolved request cannot go into a batch, None when it can. No network.

        Asked for the plan, when the references may have no bytes yet, and again before it is sent.
        """

    @abstractmethod
    def groups(self, lines: Sequence[BatchLine]) -> Sequence[Sequence[BatchLine]]:
        """The lines in as few groups as the service's limits allow, each to be one batch. No network."""

    @abstractmethod
    def submit(self, token: str, lines: Sequence[BatchLine]) -> str:
        """Send one group; the service's id. :meth:`find` knows it by ``token``, 64 letters and digits at most."""

    @abstractmethod
    def find(self, token: str) -> str | None:
        """The id of the batch that was sent with this token, None when the service has none."""

    @abstractmethod
    def status(self, batch_id: str) -> BatchStatus:
        """How it stands. Raises ``ForgottenError`` when the service does not know it."""

    @abstractmethod
    def results(self, batch_id: str, requests: Mapping[str, Request]) -> Iterator[tuple[str, Result | ProviderError]]:
        """What came of each finished line, by key, in any order; each is durable before the next is asked for.

        ``requests`` holds what was asked under each key. A line that is not handed over did not run and cost nothing.
        """

    @abstractmethod
    def cancel(self, batch_id: str) -> BatchStatus:
        """Ask that it be given up; what is finished by then can still be read, and is paid for."""

"""A store that several machines share: what opens one, and what the engine asks of it. Plugins subclass both."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar

from imagebuild.digest import Json
from imagebuild.option import Configurable

__all__ = ["Remote", "RemoteStore"]


class Remote(ABC):
    """Bytes by name in one place. For many threads at once; every method raises ``StoreError``.

    A name is parts of letters, digits, ``-``, ``_`` and ``.`` with slashes between, such as ``v1/objects/ab/abcd``.
    What a remote gives back is never trusted: the engine checks it against its name. A place that cannot be reached
    raises ``UnreachableError`` within seconds, so that a build can go on without it.
    """

    location: str
    """Where it is, for people, without secrets."""

    network: ClassVar[bool] = True
    """Whether it takes a network to reach it; one that takes none is also read by an offline build."""

    @abstractmethod
    def get(self, name: str) -> bytes | None:
        """The bytes of that name; None when there are none."""

    @abstractmethod
    def put(self, name: str, data: bytes, *, replace: bool = False) -> bool:
        """Keep bytes, whole or not at all; whether this call wrote them.

        Without ``replace``, what is there already stays, also when another machine writes at the same time, as far as
        the service can tell.
        """

    @abstractmethod
    def has(self, name: str) -> bool:
        """Whether there are bytes of that name."""

    @abstractmethod
    def list(self, prefix: str = "") -> Iterator[str]:
        """All names that begin with ``prefix``, which is empty or ends with a slash; in any order."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Take the bytes of a name away; nothing happens when there are none."""

    def close(self) -> None:  # noqa: B027 - most have nothing to let go of
        """Let go of connections. Called once, at the end."""


class RemoteStore(Configurable, ABC):
    """A kind of remote, which the spec's ``store: {remote: ADDRESS}`` chooses by the address.

    ``options`` is the table of what may stand beside ``remote`` and ``mode`` in the spec.
    """

    name: str
    version: str
    schemes: ClassVar[tuple[str, ...]]
    """The schemes of its addresses, such as ``s3``; an empty one stands for paths."""

    @abstractmethod
    def fault(self, address: str) -> str | None:
        """How an address can be none, as the end of a sentence: ``is empty``; None when it can be one. Asks nobody."""

    @abstractmethod
    def open(self, address: str, options: Mapping[str, Json], environ: Mapping[str, str]) -> Remote:
        """The remote at an address, nothing asked of it yet. A path is absolute. Raises ``StoreError``."""

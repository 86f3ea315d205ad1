"""What a publisher is: it delivers a finished build somewhere. Plugins subclass :class:`Publisher`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, Protocol, TypeAlias

from msgspec import Struct, field

from imagebuild.digest import Json
from imagebuild.manifest import Manifest
from imagebuild.option import Configurable

__all__ = ["Ours", "Publication", "Publisher", "PublisherContext", "WriteFile"]


class Publication(Struct, frozen=True):
    """What a publisher did.

    ``location`` says where to, for people and machines: a project-relative path or a URL without secrets. ``changed``
    counts what it wrote and removed there, 0 when all was as it should be. ``files`` maps output paths to the names
    they have there, and ``base`` is what a page puts before such a name; both serve the publishers that come after.
    """

    location: str
    changed: int
    files: Mapping[str, str] = field(default_factory=dict)
    base: str | None = None


Ours: TypeAlias = "Callable[[bytes], bool]"
"""Says of bytes whether an earlier run made them, where nothing remembers it. May raise ``PublishError``."""


class WriteFile(Protocol):
    """How :class:`PublisherContext` writes a file."""

    def __call__(self, path: str, data: bytes, ours: Ours | None = None) -> bool:
        """Make a file of the project hold ``data``; whether that changed it."""
        ...


class PublisherContext(Struct, frozen=True):
    """What a publisher may use.

    ``root`` is the project's folder. ``read`` gives the bytes of a digest that the manifest names, and raises
    ``StoreError`` where this machine does not have them.

    Files of the project, by relative paths with forward slashes, are put there by ``write``, which makes one hold some
    bytes, and ``place``, which makes one hold the bytes of a digest that the manifest names without reading them; both
    write it whole or not at all and say whether that changed it. ``clear`` takes away what earlier runs of this
    publisher put and this one did not, and says how many files; without it they stay, and are cleared once it is asked
    for. What each run puts is remembered, also when it is cut off.

    No bytes are lost by that. A file is replaced when this publisher put it there and nobody has changed it since, when
    it is empty, when the stores of this machine hold its bytes, and when ``ours`` claims them, which is asked last and
    serves files that are committed: a fresh clone remembers nothing. Any other is kept, a notice says so, and ``write``
    and ``place`` say False. ``clear`` keeps what somebody has changed. Links are not followed, and a path that a target
    or the spec owns, or that a publisher before wants for other bytes, is an error. In a ``dry_run`` nothing is changed
    or remembered; all say what they would do. They are for one thread at a time.

    ``memory`` is for notes: what ``remember`` was given when this publisher last ran, empty the first time; it is kept
    even when a publisher fails later. ``published`` are the publications of the publishers before. Secrets are read
    from ``environ``. ``notice`` tells people something.
    """

    root: Path
    options: Mapping[str, Json]
    read: Callable[[str], bytes]
    write: WriteFile
    place: Callable[[str, str], bool]
    clear: Callable[[], int]
    memory: Mapping[str, Json] = field(default_factory=dict)
    remember: Callable[[Mapping[str, Json]], None] = lambda memory: None
    published: tuple[Publication, ...] = ()
    dry_run: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)
    notice: Callable[[str], None] = lambda message: None


class Publisher(Configurable, ABC):
    """Delivers finished pictures. Idempotent: the same manifest a second time changes nothing.

    ``name`` is what the spec says under ``publish:``. One that is not ``remote`` works inside the project and also runs
    at the end of every complete build; a remote one runs only when it is asked to.
    """

    name: str
    version: str
    remote: ClassVar[bool] = False

    def announce(self, manifest: Manifest, options: Mapping[str, Json]) -> Publication | None:
        """What the files will be called there and where, without going there; None where nobody can tell.

        Asked while it does not run itself, for the publishers that come after it.
        """
        return None

    @abstractmethod
    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        """Deliver. When it was cut off, the next run finishes it.

        Raises :class:`~imagebuild.errors.PublishError`.
        """

"""What a step is: a local, free, named and versioned transformation. Plugins subclass :class:`Step`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec import Struct, field

from imagebuild.artifact import Picture
from imagebuild.digest import Json
from imagebuild.option import Configurable

__all__ = ["Step", "StepContext"]


class StepContext(Struct, frozen=True):
    """What a step may use: the resolved options, and who asks, for messages.

    ``files`` are the pictures and other files that options of kind ``file`` name, by option; a file that is no picture
    has the media type ``application/octet-stream``. ``source_type`` is the IPTC digital source type to write into
    pictures (``trainedAlgorithmicMedia``), for a step that ``marks``; None where none is to be written.
    ``originals`` are the pictures the chain began with, before any step, for a step that ``wants_originals``.
    """

    target: str
    options: Mapping[str, Json] = field(default_factory=dict)
    files: Mapping[str, Picture] = field(default_factory=dict)
    source_type: str | None = None
    originals: tuple[Picture, ...] = ()


class Step(Configurable, ABC):
    """Changes pictures locally.

    ``name`` is what the spec says under ``steps:``; ``version`` is raised by the author whenever the same options would
    give other bytes. ``options`` is the table of its options. ``marks`` says that it writes the digital source type
    into the pictures it encodes, ``wants_originals`` that it needs the pictures before any step: what a step asks for
    is in its key, what it does not is not. ``deterministic`` is false where the same pictures may give other bytes.
    """

    name: str
    version: str
    marks: ClassVar[bool] = False
    wants_originals: ClassVar[bool] = False
    deterministic: ClassVar[bool] = True

    @abstractmethod
    def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
        """Pictures in, pictures out; one in and many out is normal. Deterministic; called from several threads.

        Raises :class:`~imagebuild.errors.StepError`.
        """

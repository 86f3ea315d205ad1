"""The record of a finished build, which publishers deliver: every target's pictures with what is known of them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from imagebuild.digest import Json

__all__ = ["Image", "Manifest", "Stage", "Variant"]


class Variant(Struct, frozen=True):
    """One file of a target.

    ``path`` is its output path (relative to the project, forward slashes); ``format`` is the ending of its type
    (``avif``), ``type`` the media type. ``width`` and ``height`` are in pixels, None for what has none; ``bytes`` is
    its length; ``labels`` are what the step that made it says (``{"width": 800}``).
    """

    path: str
    format: str
    type: str
    width: int | None
    height: int | None
    bytes: int
    sha256: str
    labels: Mapping[str, str | int] = field(default_factory=dict)


class Stage(Struct, frozen=True):
    """One action of a target's chain, in order: what was asked, what came of it, and the first of its pictures.

    ``kind`` is ``generate``, ``edit``, ``step`` or ``source``; ``name`` is the provider's or step's. ``candidates``
    are the digests of all that were made to choose from. ``cost_usd`` is what they cost together; None where nobody
    knows that of one of them.
    """

    kind: str
    name: str
    sha256: str
    media_type: str
    prompt: str | None = None
    revised_prompt: str | None = None
    options: Mapping[str, Json] = field(default_factory=dict)
    model: str | None = None
    cost_usd: float | None = None
    candidates: tuple[str, ...] = ()


class Image(Struct, frozen=True):
    """One target, or one variant of its matrix.

    ``alt`` is None where nobody has written one; ``decorative`` says that it is empty on purpose. ``width`` and
    ``height`` are those of the largest file. ``sha256`` is that of the original, before any step. ``facts`` are what
    steps have found out: ``color`` (``#rrggbb``), ``lqip`` (a data URL), ``thumbhash``, ``blurhash`` (texts).
    """

    id: str
    name: str
    slug: str
    alt: str | None
    width: int | None
    height: int | None
    sha256: str
    digital_source_type: str | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)
    axes: Mapping[str, Json] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    stages: tuple[Stage, ...] = ()

    @property
    def decorative(self) -> bool:
        """Whether it is to be passed over by who does not see it."""
        return self.alt == ""


class Manifest(Struct, frozen=True):
    """All pictures of a project by target id, sorted. Holds no time and no absolute path."""

    project: str
    images: Mapping[str, Image] = field(default_factory=dict)

"""The data a prompt is read into: everything a scene is composed from, and nothing of how it is drawn."""

from __future__ import annotations

from msgspec import Struct

from imagebuild_sketch.subject import Subject

__all__ = ["Brief", "Figure"]


class Figure(Struct, frozen=True):
    """A subject as the prompt wants it: its ``colour`` (hex, None where none is named) and how many of it."""

    subject: Subject
    colour: str | None = None
    colour_name: str | None = None
    count: int = 1


class Brief(Struct, frozen=True):
    """A prompt that was understood.

    ``scene`` names one of the scenes, ``figures`` the subjects in order of appearance (the first is the hero),
    ``colours`` are those bound to no subject. ``time`` (``timed`` when the prompt names it), ``season``, ``weather``,
    ``style`` and ``mood`` come from small vocabularies, and ``features`` are further things of the setting:
    ``mountain``, ``lake``, ``moon``. ``ground`` is the colour of the land where the prompt gives it one.
    """

    prompt: str
    words: tuple[str, ...]
    scene: str
    figures: tuple[Figure, ...] = ()
    colours: tuple[str, ...] = ()
    colour_names: tuple[str, ...] = ()
    time: str = "day"
    timed: bool = False
    season: str | None = None
    weather: str | None = None
    style: str = "illustration"
    mood: str | None = None
    features: frozenset[str] = frozenset()
    ground: str | None = None

    @property
    def hero(self) -> Figure | None:
        """What the picture is of, if it is one of the known subjects."""
        return self.figures[0] if self.figures else None

    def has(self, *features: str) -> bool:
        """Whether any of these is part of the setting."""
        return any(feature in self.features for feature in features)

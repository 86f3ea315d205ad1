"""What a publisher remembers of a place: the files that it put there, so that it removes no others."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, TypeAlias

from imagebuild import PublisherContext

__all__ = ["Entries", "Ledger"]

Entries: TypeAlias = Mapping[str, Mapping[str, str]]
"""By a file's name in its place, what was known of it when it was put there."""


class Ledger:
    """The files of one place, as earlier runs left them.

    ``place`` are the parts of its address. The memory holds their digest, since they may come from the environment;
    what it holds of other places stays. A dry run remembers nothing.
    """

    def __init__(self, context: PublisherContext, *place: str) -> None:
        self._context = context
        self._key = sha256("\0".join(place).encode()).hexdigest()[:32]
        places = context.memory.get("places")
        self._places: dict[str, Any] = dict(places) if isinstance(places, Mapping) else {}

    @property
    def entries(self) -> Entries:
        """What is remembered; nothing the first time."""
        entries: Entries = self._places.get(self._key, {})
        return entries

    def keep(self, entries: Entries) -> None:
        """Remember this from now on, also when this run is cut off."""
        if self._context.dry_run or entries == self.entries:
            return
        self._places[self._key] = {name: dict(entry) for name, entry in sorted(entries.items())}
        self._context.remember({"places": dict(self._places)})

"""Tables of what plugins add. What an index says that a plugin adds comes when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

__all__ = ["PluginTable"]

Thing = TypeVar("Thing")


class PluginTable(Mapping[str, Thing]):
    """Things by name. ``load`` loads the plugin of a name that it is given, which then hands over what it adds.

    Not for threads while something is left to load.
    """

    def __init__(self, load: Callable[[str], None]) -> None:
        self._load = load
        self._there: dict[str, Thing] = {}
        self._owners: dict[str, str] = {}

    def expect(self, names: Iterable[str], plugin: str) -> None:
        """Things that are there when they are asked for."""
        self._owners.update(dict.fromkeys(names, plugin))

    def take(self, things: Mapping[str, Thing]) -> None:
        """Things that are there now."""
        self._there.update(things)

    def release(self, plugin: str) -> None:
        """Expect nothing of a plugin any longer."""
        self._owners = {name: owner for name, owner in self._owners.items() if owner != plugin}

    def __getitem__(self, name: str) -> Thing:
        if name in self._owners:
            self._load(self._owners[name])
        return self._there[name]

    def __contains__(self, name: object) -> bool:
        return name in self._there or name in self._owners

    def __iter__(self) -> Iterator[str]:
        return iter([*self._there, *self._owners])

    def __len__(self) -> int:
        return len(self._there) + len(self._owners)

"""Resolved options by their type. What a table says is right has been checked before a step sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Given"]


class Given:
    """The options of a step; each reader gives None where an option is not set and has no default."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options

    def has(self, *names: str) -> bool:
        """Whether any of these is set."""
        return any(name in self._options for name in names)

    def integer(self, name: str) -> int | None:
        """A whole number, or a size in bytes."""
        value = self._options.get(name)
        return None if value is None else int(value)

    def number(self, name: str) -> float | None:
        """A number."""
        value = self._options.get(name)
        return None if value is None else float(value)

    def text(self, name: str) -> str | None:
        """A text, choice, size, ratio or colour."""
        value = self._options.get(name)
        return None if value is None else str(value)

    def flag(self, name: str) -> bool:
        """Whether it is set to true."""
        return self._options.get(name) is True

    def length(self, name: str) -> int | str | None:
        """Pixels, or a percentage as a text."""
        value: int | str | None = self._options.get(name)
        return value

    def integers(self, name: str) -> tuple[int, ...]:
        """Whole numbers of a list."""
        return tuple(int(value) for value in self._options.get(name, ()))

    def texts(self, name: str) -> tuple[str, ...]:
        """Texts of a list."""
        return tuple(str(value) for value in self._options.get(name, ()))

    def block(self, name: str) -> Mapping[str, Any]:
        """Names with values."""
        block: Mapping[str, Any] = self._options.get(name, {})
        return block

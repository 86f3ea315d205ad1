"""How much work templates may cause: in one rendering, and in all of a spec together."""

from __future__ import annotations

__all__ = ["LONGEST_TEXT", "MOST_ITEMS", "Budget", "BudgetSpentError", "TemplateError"]

LONGEST_TEXT = 64 * 1024
"""Characters in a template's source, in its result, and in every text on the way."""
MOST_ITEMS = 10_000
"""Passes through all loops of one rendering together, and items of a list."""
MOST_STEPS = 200_000
"""Parts of a template evaluated in one rendering."""


class TemplateError(Exception):
    """A template is wrong. ``line`` counts from 1 in the template, ``token`` is the word to point at."""

    def __init__(self, message: str, hint: str | None = None, *, line: int | None = None, token: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.line = line
        self.token = token


class BudgetSpentError(Exception):
    """The spec as a whole asks for too much work."""


class Budget:
    """What is left of the work that all templates of a spec may cause together."""

    __slots__ = ("steps", "text")

    def __init__(self, targets: int = 0, size: int = 0) -> None:
        """A spec that spells out many ``targets`` or ``size`` characters may do more."""
        self.steps = 1_200_000 + 100 * targets
        self.text = 32 * 1024 * 1024 + 4 * size

    def spend(self, steps: int, text: int) -> None:
        """Take ``steps`` and ``text`` off. Raises `BudgetSpentError` when nothing is left."""
        self.steps -= steps
        self.text -= text
        if self.steps < 0 or self.text < 0:
            raise BudgetSpentError

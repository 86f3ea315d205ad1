"""Sets of words, written as one text so that they stay readable."""

from __future__ import annotations

__all__ = ["wordset"]


def wordset(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())

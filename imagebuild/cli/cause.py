"""A reason in the words of a table, where nothing else says what it is about."""

from __future__ import annotations

from imagebuild.reason import Reason

__all__ = ["told"]


def told(reason: Reason) -> str:
    """``images/hero.png: missing``; ``differs from what was asked: ...``; the others as they say themselves."""
    match reason.code:
        case "output" | "edited":
            return f"{reason.field}: {reason}"
        case "differs":
            return f"differs from what was asked: {reason}"
        case "review":
            return "a new picture waits for review; the approved one stays in its place"
    return str(reason)

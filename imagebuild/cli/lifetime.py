"""How long a model is still there, seen from one day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeAlias

from imagebuild.provider import Model

__all__ = ["Lifetime", "days_left", "lifetime", "living_successor"]

Lifetime: TypeAlias = Literal["current", "superseded", "retiring", "retired"]
"""``superseded`` has a successor and no end that is near, ``retiring`` ends within sixty days."""

_SOON = 60


def days_left(model: Model, today: date) -> int | None:
    """Days until the model's last, 0 and less when it is gone; None when no date is known."""
    try:
        return (date.fromisoformat(model.shutdown or "") - today).days
    except ValueError:
        return None


def lifetime(model: Model, today: date) -> Lifetime:
    """Where the model stands on that day."""
    left = days_left(model, today)
    if left is not None and left <= _SOON:
        return "retiring" if left > 0 else "retired"
    return "superseded" if model.successor else "current"


def living_successor(model: Model, known: Mapping[str, Model], today: date) -> str | None:
    """What to use in its place: the first of its successors that will stay, else the first that is still there."""
    seen = {model.name}
    name, usable = model.successor, None
    while name is not None and name not in seen:
        seen.add(name)
        following = known.get(name)
        state = lifetime(following, today) if following else "current"
        if following is None or state in ("current", "superseded"):
            return name
        if state == "retiring" and usable is None:
            usable = name
        name = following.successor
    return usable

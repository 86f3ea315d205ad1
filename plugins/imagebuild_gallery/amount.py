"""Money, bytes and long texts as people read them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from imagebuild import Stage

__all__ = ["Bill", "Excerpt", "bill_of", "excerpt", "is_paid", "money", "weight"]

_PAID = ("generate", "edit")
"""Kinds of stages that a provider makes; the others run here and cost nothing."""


class Bill(Struct, frozen=True):
    """What some stages cost in USD, and how many of them nobody can tell the price of."""

    usd: float
    unknown: int

    def __str__(self) -> str:
        if not self.unknown:
            return money(self.usd)
        return f"{money(self.usd)} and what is unknown" if self.usd else "cost unknown"


class Excerpt(Struct, frozen=True):
    """The beginning of a text; ``more`` counts the characters that were left out."""

    text: str
    more: int = 0

    def __str__(self) -> str:
        return self.text


def excerpt(text: str, limit: int) -> Excerpt:
    """At most ``limit`` characters of ``text``."""
    return Excerpt(text) if len(text) <= limit else Excerpt(text[:limit].rstrip() + "…", len(text) - limit)


def bill_of(stages: Iterable[Stage]) -> Bill:
    """What ``stages`` cost together. A call whose picture several targets share was paid for once, and counts once."""
    calls = {
        (stage.kind, stage.name, stage.model, stage.sha256, stage.candidates): stage.cost_usd
        for stage in stages
        if stage.kind in _PAID
    }
    known = [cost for cost in calls.values() if cost is not None]
    return Bill(sum(sorted(known)), len(calls) - len(known))


def is_paid(stages: Iterable[Stage]) -> bool:
    """Whether a provider had a part in it, so that there is a cost to speak of."""
    return any(stage.kind in _PAID for stage in stages)


def money(usd: float) -> str:
    """``$1.20``, with up to four places below a dollar so that small prices are not rounded away."""
    if usd == 0:
        return "free"
    if usd < 0.0001:
        return "under $0.0001"
    if usd >= 1:
        return f"${usd:.2f}"
    whole, _, places = f"{usd:.4f}".partition(".")
    return f"${whole}.{places.rstrip('0').ljust(2, '0')}"


def weight(count: int) -> str:
    """``812 kB``, in units of a thousand."""
    if count < 1000:
        return f"{count} B"
    for unit, size in (("kB", 1000), ("MB", 1_000_000)):
        amount = count / size
        if amount < 999.5:
            return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"
    return f"{count / 1_000_000_000:.1f} GB"

"""Views as JSON. Ten thousand cards are told again and again, so that each is written once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from imagebuild import Overview, TargetCard

__all__ = ["CardPress", "plain", "to_json"]


def plain(value: Any) -> Any:
    """A view as lists, dictionaries and plain values."""
    if isinstance(value, Struct):
        return {name: plain(held) for name, held in asdict(value).items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return value


def to_json(value: Any) -> bytes:
    """The same, written; in ASCII, so that nothing in a text can end a line of a stream."""
    return json.dumps(plain(value), allow_nan=False, separators=(",", ":")).encode()


class CardPress:
    """Writes overviews, and keeps what it has written of each card."""

    def __init__(self) -> None:
        self._written: dict[str, tuple[TargetCard, bytes]] = {}

    def write(self, view: Overview) -> bytes:
        """An overview as JSON."""
        head = {name: plain(held) for name, held in asdict(view).items() if name != "targets"}
        cards = b",".join(self._card(card) for card in view.targets)
        return to_json(head)[:-1] + b',"targets":[' + cards + b"]}"

    def _card(self, card: TargetCard) -> bytes:
        known = self._written.get(card.id)
        if known is None or known[0] is not card:
            known = self._written[card.id] = card, to_json(card)
        return known[1]

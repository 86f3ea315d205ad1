"""A response as the server remembers it, from the moment it is accepted."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from msgspec import Struct, field

from imagebuild_devserver.encoding import Base64, Tree
from imagebuild_devserver.fault import Fault
from imagebuild_devserver.studio import Wish

__all__ = ["Conversation", "Record"]


class Conversation(Struct):
    """Items in order, and the responses whose items will join them."""

    id: str
    created: float
    metadata: Mapping[str, Tree] = field(default_factory=dict)
    items: list[dict[str, Tree]] = field(default_factory=list)
    pending: list[Record] = field(default_factory=list)
    picture: Base64 | None = None


class Record(Struct):
    """One response. ``done`` holds its final form once somebody looked after it was ready."""

    id: str
    item_id: str
    wish: Wish
    action: str
    asked: Mapping[str, Tree]
    items: list[dict[str, Tree]]
    takes: list[int]
    made: float
    ready: float
    fault: Fault | None = None
    background: bool = False
    stored: bool = True
    conversation: Conversation | None = None
    cancelled: bool = False
    billed: bool = False
    done: dict[str, Tree] | None = None
    picture: Base64 | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def describes(self) -> bool:
        """Whether it wants words about a picture, and no picture."""
        return not self.asked["tools"] and bool(self.wish.inputs)

    @property
    def model(self) -> str:
        """The model that does the work: the one that draws, else the one that writes."""
        return self.wish.model if self.asked["tools"] else str(self.asked["model"])

    @property
    def count(self) -> int:
        """How many pictures it gives."""
        return len(self.takes) if self.asked["tools"] else 0

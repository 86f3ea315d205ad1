"""What an endpoint answers: a whole body, or events one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct, field

from imagebuild_devserver.encoding import Tree, encode

__all__ = ["Answer", "Call", "Reply", "Stream", "event", "json_reply"]

JSON = "application/json"


class Call(Struct, frozen=True):
    """A request as the endpoints see it. ``body`` is parsed JSON or a form, ``query`` holds last values."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: object
    root: str


class Reply(Struct, frozen=True):
    """A whole reply. ``cut`` sends half of the body and closes."""

    status: int
    body: bytes
    type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False


class Stream(Struct, frozen=True):
    """Server-sent events. ``cut`` breaks off in the middle of the second."""

    events: Iterator[bytes]
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False


Answer: TypeAlias = Reply | Stream


def json_reply(value: Tree, status: int = 200) -> Reply:
    """A reply in JSON."""
    return Reply(status, encode(value))


def event(value: Mapping[str, Tree], name: str | None = None) -> bytes:
    """One event, named by its type."""
    title = name or value.get("type")
    head = f"event: {title}\n".encode() if title else b""
    return head + b"data: " + encode(value) + b"\n\n"

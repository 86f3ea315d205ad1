"""What was billed, and what was asked: the two lists that tests look at."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict, replace

__all__ = ["Entry", "Journal", "Ledger", "Seen"]

_KEPT = 64_000_000
_SECRET = frozenset({"authorization", "api-key", "cookie"})


class Entry(Struct, frozen=True):
    """One call that a real service would have billed; ``number`` counts from 1, ``time`` is seconds since 1970."""

    number: int
    endpoint: str
    model: str
    prompt: str
    pictures: int
    response_id: str | None = None
    batch_id: str | None = None
    custom_id: str | None = None
    time: float = 0.0


class Ledger:
    """The billed calls in order, written to ``file`` too, a JSON line each, as they are entered."""

    def __init__(self, file: Path | None = None, listener: Callable[[Entry], None] = lambda entry: None) -> None:
        self._lock = threading.Lock()
        self._file = file
        self._listener = listener
        self._entries: list[Entry] = []

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them, oldest first."""
        with self._lock:
            return tuple(self._entries)

    def add(self, entry: Entry) -> Entry:
        """Enter a call; its number is given here."""
        with self._lock:
            entry = replace(entry, number=len(self._entries) + 1)
            if self._file is not None:
                with open(self._file, "a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(entry)) + "\n")
            self._entries.append(entry)
            self._listener(entry)
        return entry


class Seen(Struct, frozen=True):
    """A request as it came.

    ``body`` is parsed JSON, a form as a mapping, or bytes; ``headers`` have small letters and hold no key.
    """

    method: str
    path: str
    body: object
    headers: Mapping[str, str]


class Journal:
    """The requests in order of arrival. Bodies beyond some 64 MB in all are let go, the oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: list[Seen] = []
        self._weights: deque[tuple[int, int]] = deque()
        self._kept = 0

    @property
    def requests(self) -> tuple[Seen, ...]:
        """All of them, oldest first."""
        with self._lock:
            return tuple(self._seen)

    def add(self, method: str, path: str, body: object, headers: Mapping[str, str], weight: int) -> None:
        """Note a request whose body has ``weight`` bytes."""
        shown = {name: value for name, value in headers.items() if name not in _SECRET}
        with self._lock:
            self._seen.append(Seen(method, path, body, shown))
            self._weights.append((len(self._seen) - 1, weight))
            self._kept += weight
            while self._kept > _KEPT and len(self._weights) > 1:
                index, gone = self._weights.popleft()
                self._kept -= gone
                self._seen[index] = replace(self._seen[index], body=None)

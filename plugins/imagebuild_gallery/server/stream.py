"""News as server-sent events (WHATWG HTML, 9.2), one stream for each page that is open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from imagebuild import News, Studio
from imagebuild_gallery.server.plain import to_json

__all__ = ["Closing", "stream"]

_WAITING = 1_000  # news that a slow page may be behind; then it is cut off, and asks for what it missed
_HEARTBEAT = 15.0  # seconds


class Closing:
    """Whether the server is about to end: streams would otherwise go on for ever."""

    def __init__(self) -> None:
        self.begun = False
        self._enders: set[Callable[[], None]] = set()

    def begin(self) -> None:
        """End every stream, from any thread."""
        self.begun = True
        for end in list(self._enders):
            end()

    def add(self, end: Callable[[], None]) -> None:
        """Have ``end`` called then."""
        self._enders.add(end)

    def discard(self, end: Callable[[], None]) -> None:
        """No longer."""
        self._enders.discard(end)


async def stream(studio: Studio, closing: Closing, after: int | None) -> AsyncIterator[bytes]:
    """All news from now on, or since number ``after``, until the page goes away or the server ends."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[News | None] = asyncio.Queue()

    def put(news: News | None) -> None:
        if waiting.qsize() < _WAITING:
            waiting.put_nowait(news)
        elif waiting.qsize() == _WAITING:
            waiting.put_nowait(None)

    def hear(news: News) -> None:
        loop.call_soon_threadsafe(put, news)

    def end() -> None:
        loop.call_soon_threadsafe(waiting.put_nowait, None)

    closing.add(end)
    unsubscribe = studio.subscribe(hear, after=after)
    try:
        yield b"retry: 1000\n\n"
        while not closing.begun:
            try:
                news = await asyncio.wait_for(waiting.get(), _HEARTBEAT)
            except asyncio.TimeoutError:  # noqa: UP041 - another class before Python 3.11.0
                yield b": still here\n\n"
                continue
            if news is None:
                return
            name = "".join(letter for letter in news.name if letter.isalnum())
            yield f"id: {news.number}\nevent: {name}\ndata: ".encode() + to_json(news.data) + b"\n\n"
    finally:
        unsubscribe()
        closing.discard(end)

"""Limits: how many actions of one kind run at once, and how many a provider takes in a minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["Cancelled", "Pace", "Pool"]

Answer = TypeVar("Answer")


class Cancelled(Exception):
    """The work was given up before it began: nothing was called and nothing paid."""


class Pace:
    """Spreads calls evenly: at most ``per_minute``, None for no bound. One object is shared by all threads."""

    def __init__(self, per_minute: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._gap = 60.0 / per_minute if per_minute else 0.0
        self._clock = clock
        self._next = 0.0
        self._lock = threading.Lock()

    def delay(self) -> float:
        """Take the next place in line; seconds to wait until it comes."""
        with self._lock:
            now = self._clock()
            at = max(now, self._next)
            self._next = at + self._gap
            return at - now


class Pool:
    """Threads for one provider, or for all local work."""

    def __init__(self, name: str, width: int, per_minute: float | None = None) -> None:
        self._threads = ThreadPoolExecutor(max_workers=width, thread_name_prefix=f"imagebuild-{name}")
        self._pace = Pace(per_minute)
        self._stopped = threading.Event()

    def submit(self, work: Callable[[], Answer]) -> Future[Answer]:
        """Run ``work`` in a thread as soon as the limits allow."""

        def run() -> Answer:
            if self._stopped.wait(self._pace.delay()):
                raise Cancelled
            return work()

        return self._threads.submit(run)

    def stop(self) -> None:
        """Begin nothing more; what runs goes on. What had not begun ends as cancelled."""
        self._stopped.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

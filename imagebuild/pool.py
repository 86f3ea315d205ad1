"""Limits: how many actions of one kind run at once."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from imagebuild.throttle import Throttle

__all__ = ["Cancelled", "Pool", "processors"]

Answer = TypeVar("Answer")


class Cancelled(Exception):
    """The work was given up before it began: nothing was called and nothing paid."""


class Pool:
    """Threads for one provider, or for all local work. Each work takes a turn of the pool's ``throttle``."""

    def __init__(self, name: str, width: int, throttle: Throttle | None = None) -> None:
        """``throttle`` may be shared with other pools of the same provider."""
        self.throttle = throttle or Throttle(width)
        self._threads = ThreadPoolExecutor(max_workers=width, thread_name_prefix=f"imagebuild-{name}")
        self._stopped = threading.Event()

    def submit(self, work: Callable[[], Answer], given_up: Callable[[], bool] = lambda: False) -> Future[Answer]:
        """Run ``work`` in a thread as soon as the limits allow; as cancelled when it is ``given_up`` before that."""

        def run() -> Answer:
            if not self.throttle.enter(lambda: self._stopped.is_set() or given_up()):
                raise Cancelled
            try:
                return work()
            finally:
                self.throttle.leave()

        return self._threads.submit(run)

    def stop(self) -> None:
        """Begin nothing more; what runs goes on. What had not begun ends as cancelled."""
        self._stopped.set()
        self._threads.shutdown(wait=False, cancel_futures=True)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

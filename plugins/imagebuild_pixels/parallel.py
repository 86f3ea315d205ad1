"""Several encoders at work on one picture, and never more than the machine has processors, whoever asks for them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["all_of", "processors"]

Result = TypeVar("Result")


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_threads = ThreadPoolExecutor(processors(), "imagebuild-encode")
"""One for the process, since steps run in several threads already. It starts none before it has something to do."""


def all_of(jobs: Iterable[Callable[[], Result]]) -> list[Result]:
    """The results of all jobs, in their order; jobs begin in that order too, so the longest should come first.

    Raises what the first that fails raises; those that have not begun are then not begun. A job must not ask for
    others itself.
    """
    futures = [_threads.submit(job) for job in jobs]
    try:
        return [future.result() for future in futures]
    finally:
        for future in futures:
            future.cancel()

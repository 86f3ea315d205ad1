"""Calls of a world's provider that wait until the test lets them go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from imagebuild.request import ProviderContext, Request
from imagebuild.testing import World


@contextmanager
def held(world: World, prompt: str | None = None) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Every call waits, or those with a prompt: the first event says that one has begun, the second lets them go."""
    begun, go = threading.Event(), threading.Event()

    def answer(request: Request, context: ProviderContext) -> None:
        if prompt in (None, request.prompt):
            begun.set()
            assert go.wait(20)

    world.provider.answer = answer
    try:
        yield begun, go
    finally:
        go.set()

"""A server and the real client, for every test of the development server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import ModuleType
from typing import Any

import pytest

from imagebuild_devserver import DevServer


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def openai() -> ModuleType:
    import openai

    return openai


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def serve() -> Iterator[Callable[..., DevServer]]:
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(DevServer(**{"draw": "plain", **settings}))


@pytest.fixture
def server(serve: Callable[..., DevServer]) -> DevServer:
    return serve()


@pytest.fixture
def connect(openai: ModuleType) -> Iterator[Callable[..., Any]]:
    with ExitStack() as stack:

        def make(server: DevServer, **settings: object) -> Any:
            given = {"base_url": server.url, "api_key": server.key, "max_retries": 0, "timeout": 20, **settings}
            return stack.enter_context(openai.OpenAI(**given))

        yield make


@pytest.fixture
def client(server: DevServer, connect: Callable[..., Any]) -> Any:
    return connect(server)

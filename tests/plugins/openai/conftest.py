"""The development server, and providers that are set up to ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec import Struct, field

from imagebuild import Picture, ProviderContext, RateLimits, Reference, Request
from imagebuild.media import probe
from imagebuild_devserver import DevServer
from imagebuild_openai import OpenAIProvider

KEY = "a" * 64


class Heard(Struct):
    """All that a provider told its context."""

    ids: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    limits: list[RateLimits] = field(default_factory=list)
    partials: list[tuple[int, Picture]] = field(default_factory=list)
    cancelled: Callable[[], bool] = lambda: False

    @property
    def context(self) -> ProviderContext:
        return ProviderContext(
            target="hero",
            key=KEY,
            partial=lambda index, picture: self.partials.append((index, picture)),
            note_id=self.ids.append,
            note_limits=self.limits.append,
            notice=self.notices.append,
            cancelled=lambda: self.cancelled(),
        )


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def server() -> Iterator[DevServer]:
    with DevServer(draw="plain") as running:
        yield running


MakeProvider = Callable[..., OpenAIProvider]


@pytest.fixture
def provider() -> Iterator[MakeProvider]:
    """``provider(server, **settings)``; what it opened is closed after the test."""
    made: list[OpenAIProvider] = []

    def make(server: DevServer, environ: dict[str, str] | None = None, **settings: Any) -> OpenAIProvider:
        given = {"profile": "openai", "base_url": server.url, "poll": 0.01, "timeout": 10, "wait": 10, **settings}
        configured, problems = OpenAIProvider().configure(given, {"OPENAI_API_KEY": server.key, **(environ or {})})
        assert problems == ()
        made.append(configured)
        return configured

    yield make
    for each in made:
        each.connection.close()


@pytest.fixture
def ask() -> Callable[..., Request]:
    """``ask(provider, prompt, parent=..., **options)``: a resolved request, small and cheap."""

    def make(provider: OpenAIProvider, prompt: str = "a red car", **given: Any) -> Request:
        names = ("parent", "inputs", "mask", "markup")
        fields = {name: given.pop(name) for name in names if name in given}
        resolution = provider.resolve(Request(prompt, {"quality": "low", **given}, **fields))
        assert resolution.problems == ()
        return resolution.request

    return make


def reference(data: bytes, name: str = "before", answer: str | None = None) -> Reference:
    """A picture with bytes; ``answer`` is the id of the answer that it came in."""
    found = probe(data)
    assert found is not None
    return Reference(name, "0" * 64, found.media_type, lambda: data, lambda: answer)


@pytest.fixture(name="reference")
def reference_fixture() -> Callable[..., Reference]:
    return reference

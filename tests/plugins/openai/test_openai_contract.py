"""Both APIs hold to the contract of every provider, against the development server and through the real client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from imagebuild import Provider, Request
from imagebuild.testing import ProviderContract
from imagebuild_devserver import DevServer
from imagebuild_openai import OpenAIProvider


class Against(ProviderContract):
    """The contract, with a server that lives as long as a test."""

    deterministic = False
    api = "responses"

    @pytest.fixture(autouse=True)
    def _running(self) -> Iterator[None]:
        with DevServer(draw="plain") as server:
            given = {"profile": "openai", "api": self.api, "base_url": server.url, "poll": 0.01}
            self._provider, problems = OpenAIProvider().configure(given, {"OPENAI_API_KEY": server.key})
            assert problems == ()
            yield
            self._provider.connection.close()

    def provider(self) -> Provider:
        return self._provider

    def request(self) -> Request:
        return Request("a red car", {"quality": "low"})


class TestResponses(Against):
    """Through the Responses API."""


class TestImages(Against):
    """Through the Images API."""

    api = "images"

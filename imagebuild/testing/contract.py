"""What every provider must hold to, as a test class to inherit from.

::

    class TestSketch(ProviderContract):
        def provider(self): return SketchProvider()
        def request(self): return Request("a red car", {"size": "64x64"})
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor

from msgspec.structs import replace

from imagebuild.digest import canonical
from imagebuild.media import probe
from imagebuild.provider import Provider
from imagebuild.request import ProviderContext, Reference, Request
from imagebuild.testing.picture import png

__all__ = ["ProviderContract"]

CONTEXT = ProviderContext(target="hero", key="0" * 64)


class ProviderContract(ABC):
    """Inherit, give a provider and a small request that it can make without a network, and all tests run."""

    deterministic = True
    """Whether the same request gives the same bytes; false for services."""

    @abstractmethod
    def provider(self) -> Provider:
        """The provider under test, configured."""

    @abstractmethod
    def request(self) -> Request:
        """A request as a spec would state it, cheap to make."""

    def resolved(self) -> Request:
        """The request with every default explicit."""
        return self.provider().resolve(self.request()).request

    def test_it_has_a_name_and_a_version(self) -> None:
        """Both are in every key."""
        provider = self.provider()
        assert provider.name == provider.name.strip() != ""
        assert isinstance(provider.version, str)
        assert provider.version

    def test_a_good_request_has_no_problems(self) -> None:
        """And its options can be part of a key."""
        resolution = self.provider().resolve(self.request())
        assert resolution.problems == ()
        canonical(dict(resolution.request.options))

    def test_resolving_twice_changes_nothing(self) -> None:
        """Defaults are explicit after the first time, so that the key holds them."""
        assert self.provider().resolve(self.resolved()).request == self.resolved()

    def test_resolving_keeps_what_is_not_an_option(self) -> None:
        """Candidate, take and references are the engine's."""
        request = replace(self.request(), candidate=3, take=2)
        resolved = self.provider().resolve(request).request
        assert (resolved.candidate, resolved.take, resolved.parent) == (3, 2, None)

    def test_an_unknown_option_is_a_problem_that_names_it(self) -> None:
        """A misspelt option is never ignored."""
        request = replace(self.request(), options={**self.request().options, "sizee": "1x1"})
        assert "sizee" in [problem.field for problem in self.provider().resolve(request).problems]

    def test_an_edit_is_resolved_before_its_parent_exists(self) -> None:
        """A plan is made before the first call."""
        request = replace(self.request(), parent=Reference("the picture before"))
        resolution = self.provider().resolve(request)
        assert resolution.request.parent == request.parent
        self.provider().estimate(resolution.request)

    def test_a_free_provider_estimates_nothing(self) -> None:
        """And one that is not free never says zero for certain."""
        provider = self.provider()
        cost = provider.estimate(self.resolved())
        assert (cost.known and cost.high == 0) == provider.free

    def test_it_delivers_the_promised_type(self) -> None:
        """The first picture is the answer; its bytes say what it is."""
        provider = self.provider()
        resolution = provider.resolve(self.request())
        result = provider.generate(resolution.request, CONTEXT)
        found = probe(result.pictures[0].data)
        assert found is not None
        assert found.media_type == resolution.media_type == result.pictures[0].media_type

    def test_the_same_request_gives_the_same_bytes_from_many_threads(self) -> None:
        """Only for providers that say so."""
        if not self.deterministic:
            return
        provider, request = self.provider(), self.resolved()
        with ThreadPoolExecutor(4) as threads:
            results = list(threads.map(lambda _: provider.generate(request, CONTEXT).pictures[0].data, range(4)))
        assert len(set(results)) == 1

    def test_an_edit_takes_the_parent(self) -> None:
        """The picture to change arrives as a reference with bytes."""
        provider, data = self.provider(), png(64, 64)
        parent = Reference("before", "0" * 64, "image/png", lambda: data)
        request = provider.resolve(replace(self.request(), parent=parent)).request
        assert probe(provider.generate(request, CONTEXT).pictures[0].data) is not None

from __future__ import annotations

from imagebuild import Provider, Request
from imagebuild.testing import ProviderContract
from imagebuild_sketch import SketchProvider, imagebuild_providers


class TestSketch(ProviderContract):
    def provider(self) -> Provider:
        return SketchProvider()

    def request(self) -> Request:
        return Request("a red car at dusk", {"size": "64x48"})


def test_the_hook_gives_one_free_local_provider() -> None:
    (provider,) = imagebuild_providers()
    assert (provider.name, provider.version, provider.free, provider.local) == ("sketch", "1", True, True)

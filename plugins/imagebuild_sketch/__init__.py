"""The offline provider ``sketch``: draws a deterministic illustration from the request alone, free of charge."""

from __future__ import annotations

import imagebuild
from imagebuild_sketch.provider import SketchProvider

__all__ = ["SketchProvider", "imagebuild_providers"]


@imagebuild.hookimpl
def imagebuild_providers() -> list[imagebuild.Provider]:
    """The one provider of this plugin."""
    return [SketchProvider()]

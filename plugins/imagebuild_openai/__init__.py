"""Pictures from OpenAI and from services that speak its language."""

from __future__ import annotations

import imagebuild
from imagebuild_openai.provider import OpenAIProvider

__all__ = ["OpenAIProvider", "imagebuild_providers"]


@imagebuild.hookimpl
def imagebuild_providers() -> list[imagebuild.Provider]:
    """The one provider of this plugin."""
    return [OpenAIProvider()]

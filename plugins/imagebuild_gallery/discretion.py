"""What stays hidden when a page is not to show prompts: options made of words, and pictures that may carry some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from imagebuild import Image, Stage

__all__ = ["originals", "without_words"]

_TELLING = ("prompt", "instruction", "caption", "text")
_BY_PROVIDER = ("generate", "edit", "source")


def without_words(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that cannot hold a prompt: numbers, switches and single words under names that speak of none."""
    return {name: value for name, value in options.items() if not _tells(name) and not _has_words(value)}


def originals(images: Iterable[Image]) -> set[str]:
    """Digests of pictures that come as somebody else wrote them, maybe with a prompt beside the pixels.

    What a step makes is no such picture: steps drop what they do not know.
    """
    found: set[str] = set()
    for image in images:
        found.add(image.sha256)
        for stage in image.stages:
            found.update(_of_provider(stage))
    return found


def _of_provider(stage: Stage) -> tuple[str, ...]:
    return (stage.sha256, *stage.candidates) if stage.kind in _BY_PROVIDER else ()


def _tells(name: object) -> bool:
    return any(word in str(name).lower() for word in _TELLING)


def _has_words(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_tells(name) or _has_words(inner) for name, inner in value.items())
    if isinstance(value, list | tuple):
        return any(map(_has_words, value))
    return isinstance(value, str) and len(value.split()) > 1

"""Which pictures of a manifest the page shows."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from imagebuild import Image, Manifest
from imagebuild.errors import PublishError

__all__ = ["choose"]


def choose(manifest: Manifest, names: Sequence[str], tags: Sequence[str]) -> tuple[Image, ...]:
    """The pictures by id, name or pattern, and of those the ones with any of ``tags``, sorted by id.

    Without names and tags: all. Raises `PublishError` for what matches nothing.
    """
    images = tuple(image for _, image in sorted(manifest.images.items()))
    chosen = {image.id for name in names for image in _named(name, images)} if names else None
    known = {tag for image in images for tag in image.tags}
    for tag in tags:
        if tag not in known:
            listed = f"tags: {', '.join(sorted(known)[:20])}" if known else "no picture has tags"
            raise PublishError(f"no picture has the tag '{tag}'", hint=_suggest(tag, known, listed))
    wanted = set(tags)
    return tuple(
        image
        for image in images
        if (chosen is None or image.id in chosen) and (not wanted or not wanted.isdisjoint(image.tags))
    )


def _named(name: str, images: tuple[Image, ...]) -> list[Image]:
    found = [image for image in images if name in (image.id, image.name)]
    # The second pattern takes the brackets of an id literally.
    patterns = (name, name.replace("[", "[[]"))
    found = found or [
        image
        for image in images
        if any(fnmatchcase(part, pattern) for part in (image.id, image.name) for pattern in patterns)
    ]
    if not found:
        known = {image.id for image in images} | {image.name for image in images}
        listed = f"targets: {', '.join(sorted(known)[:20])}" if known else "there are no pictures"
        raise PublishError(f"no picture is named '{name}'", hint=_suggest(name, known, listed))
    return found


def _suggest(name: str, known: set[str], listed: str) -> str:
    close = get_close_matches(name, sorted(known), 1)
    return f"did you mean '{close[0]}'?" if close else listed

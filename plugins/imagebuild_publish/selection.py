"""Which pictures a publisher delivers: all, or those that its options ``targets`` and ``tags`` name."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase

from imagebuild import Image, Manifest, Option
from imagebuild.errors import PublishError

__all__ = ["SELECTION", "select"]

SELECTION = (
    Option(
        "targets",
        "text",
        "Only these targets: names, ids of variants, or patterns; without it all.",
        many=True,
        example='targets: [hero, "icon-*"]',
    ),
    Option("tags", "text", "Only targets with one of these tags.", many=True, example="tags: [blog]"),
)
"""The options for :func:`select`."""


def select(manifest: Manifest, options: Mapping[str, object]) -> list[Image]:
    """The pictures that ``options`` choose, by id; all where they say nothing.

    Raises :class:`PublishError` for a name or tag that matches nothing.
    """
    images = [image for _, image in sorted(manifest.images.items())]
    targets, tags = options.get("targets"), options.get("tags")
    if isinstance(targets, list | tuple):
        chosen = {image.id for name in targets for image in _named(str(name), images)}
        images = [image for image in images if image.id in chosen]
    if isinstance(tags, list | tuple):
        known = {tag for image in manifest.images.values() for tag in image.tags}
        for tag in tags:
            if tag not in known:
                raise PublishError(f"no picture has the tag '{tag}'", hint=_meant(str(tag), sorted(known), "tags"))
        images = [image for image in images if not set(tags).isdisjoint(image.tags)]
    return images


def _named(name: str, images: list[Image]) -> list[Image]:
    exact = [image for image in images if name in (image.id, image.name)]
    # The second pattern takes the brackets of an id literally.
    found = exact or [
        image
        for image in images
        for pattern in (name, name.replace("[", "[[]"))
        if fnmatchcase(image.id, pattern) or fnmatchcase(image.name, pattern)
    ]
    if not found:
        names = sorted({image.name for image in images})
        raise PublishError(f"no picture is named '{name}'", hint=_meant(name, names, "targets"))
    return found


def _meant(name: str, known: list[str], kind: str) -> str | None:
    close = get_close_matches(name, known, 1)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"{kind}: {', '.join(known[:20])}" if known else None

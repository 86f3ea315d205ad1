"""Names of files and places on the page, made of nothing but letters, digits, dots and dashes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from imagebuild import Image, Stage, Variant
from imagebuild.media import EXTENSIONS

__all__ = ["FOLDER", "anchors", "file_names", "safe"]

FOLDER = "pictures"
"""Where the picture files lie, beside the page."""

_LABELS = ("name", "kind", "width", "height", "index")
_LONGEST = 60


def safe(text: object) -> str:
    """``text`` in small letters, with a dash for whatever a file's name or a link would not like."""
    return re.sub(r"[^a-z0-9]+", "-", str(text).lower()).strip("-")[:_LONGEST].strip("-") or "x"


def anchors(prefix: str, texts: Iterable[str]) -> dict[str, str]:
    """A place on the page for each text, each a different one."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for text in texts:
        name = anchor = f"{prefix}-{safe(text)}"
        count = 1
        while anchor in taken:
            count += 1
            anchor = f"{name}-{count}"
        taken.add(anchor)
        found[text] = anchor
    return found


def file_names(images: Iterable[Image], *, stages: bool) -> dict[str, str]:
    """A file name for each digest that the page shows: ``pictures/ID-WIDTH.HASH8.EXT``, equal bytes once."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for image in images:
        listed = [
            (variant.sha256, _variant_stem(variant), _ending(variant.type, variant.path)) for variant in image.variants
        ]
        listed += _stage_files(image.stages) if stages else []
        for digest, stem, ending in listed:
            if digest not in names:
                names[digest] = _free(f"{safe(image.slug)}{stem}", digest, ending, taken)
    return names


def _stage_files(stages: tuple[Stage, ...]) -> list[tuple[str, str, str]]:
    return [
        (digest, f"-{number}-{safe(stage.kind)}{choice}", _ending(stage.media_type))
        for number, stage in enumerate(stages, 1)
        for digest, choice in [
            (stage.sha256, ""),
            *((digest, f"-{place}") for place, digest in enumerate(stage.candidates, 1)),
        ]
    ]


def _variant_stem(variant: Variant) -> str:
    labels: Mapping[str, str | int] = variant.labels
    return "".join(f"-{safe(labels[name])}" for name in _LABELS if name in labels)


def _free(stem: str, digest: str, ending: str, taken: set[str]) -> str:
    """Eight digits of the digest tell versions apart, and more of them where two pictures share all eight."""
    length = 8
    while (name := f"{FOLDER}/{stem}.{safe(digest[:length])}.{ending}") in taken and length < len(digest):
        length *= 2
    taken.add(name)
    return name


def _ending(media_type: str, path: str = "") -> str:
    ending = path.rpartition("/")[2].rpartition(".")[2]
    return EXTENSIONS.get(media_type) or (safe(ending) if "." in path else "bin")

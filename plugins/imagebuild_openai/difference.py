"""How pictures differ from what was asked for, one sentence each. Such pictures are kept, and the engine judges."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from imagebuild import Picture
from imagebuild.media import Probe, probe
from imagebuild_openai.option import FORMATS

__all__ = ["differences"]

_SIZE = re.compile(r"(\d+)x(\d+)")
_MOST_PIXELS = 100_000_000


def differences(pictures: Sequence[Picture], options: Mapping[str, object]) -> tuple[str, ...]:
    """Sentences such as ``asked for 1536x1024, got 1024x1024``, none twice. What is no picture is not looked at."""
    found = [(picture, probed) for picture in pictures if (probed := probe(picture.data)) is not None]
    told: dict[str, None] = {}
    for picture, probed in found:
        told |= dict.fromkeys(_of_one(picture, probed, options))
    wanted = options.get("n", 1)
    if options.get("api") == "images" and isinstance(wanted, int) and len(pictures) != wanted:
        told[f"asked for {wanted} {_noun(wanted)}, got {len(pictures)}"] = None
    return tuple(told)


def _of_one(picture: Picture, probed: Probe, options: Mapping[str, object]) -> Iterator[str]:
    wanted = FORMATS.get(str(options.get("output_format")))
    if wanted is not None and probed.media_type != wanted:
        yield f"asked for {wanted}, got {probed.media_type}"
    size = _SIZE.fullmatch(str(options.get("size")))
    if size and probed.width is not None and (probed.width, probed.height) != (int(size[1]), int(size[2])):
        yield f"asked for {size[0]}, got {probed.width}x{probed.height}"
    if options.get("background") == "transparent" and _is_opaque(picture, probed):
        yield "asked for a transparent background, got no transparent pixel"


def _noun(count: int) -> str:
    return "picture" if count == 1 else "pictures"


def _is_opaque(picture: Picture, probed: Probe) -> bool:
    """Whether no pixel lets anything through; what cannot be opened is not judged here."""
    if probed.media_type == "image/svg+xml" or (probed.width or 0) * (probed.height or 0) > _MOST_PIXELS:
        return False
    import pyvips

    try:
        image = pyvips.Image.new_from_buffer(picture.data, "")
        return not image.hasalpha() or bool(
            image[image.bands - 1].min() >= (65535 if image.format == "ushort" else 255)
        )
    except pyvips.Error:
        return False

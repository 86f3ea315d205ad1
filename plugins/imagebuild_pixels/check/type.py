"""The check ``type``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from imagebuild import Check, CheckContext, CheckResult, Option, Picture
from imagebuild.media import probe
from imagebuild_pixels.check.finished import listed, pictures_of

__all__ = ["Type"]

_TYPES = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
    "svg": "image/svg+xml",
}
_NAMES = {media_type: name for name, media_type in reversed(_TYPES.items())}


class Type(Check):
    """Every finished picture is of one of these types, by its bytes and not by its name.

    Files that are no pictures (icon containers, style sheets, data) are passed over.
    """

    name = "type"
    version = "1"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "types",
            "choice",
            "The types that may be there.",
            choices=tuple(_TYPES),
            least=1,
            many=True,
            required=True,
            main=True,
            example="types: [webp, avif]",
        ),
    )

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        """Judge by the first bytes."""
        options: Mapping[str, Any] = context.options
        types: list[str] = options["types"]
        allowed = {_TYPES[name] for name in types}
        files = pictures_of(pictures, context.target)
        found = {file.name: header.media_type if (header := probe(file.picture.data)) else "" for file in files}
        bad = {name: media_type for name, media_type in found.items() if media_type not in allowed}
        names = sorted({_NAMES.get(media_type, "an unknown type") for media_type in (bad or found).values()})
        measured = " and ".join(names) or "no picture"
        if bad and len(files) > 1:
            measured += f" ({listed(list(bad))})"
        return CheckResult(not bad, measured, " or ".join(types))

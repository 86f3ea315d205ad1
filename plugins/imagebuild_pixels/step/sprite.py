"""The step `sprite`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild_pixels.given import Given

__all__ = ["Sprite"]

_CLASS = re.compile(r"[A-Za-z_][\w-]{0,60}", re.ASCII)
_URL = re.compile(r"(?:[\w\-./:?&=#%~+@,]|\{(?:scale|hash|ext)\})+", re.ASCII)


class Sprite(Step):
    """Packs all pictures of the target into one, with a style sheet and a JSON index that say where each is.

    The pictures are those of `from`; each is called by its target's id or its file's name. `<span class="icon
    icon-star"></span>` shows the icon `star`. There is one picture for each `scale`; with a `url`, browsers take
    the one their screen needs. Icons are not enlarged; an SVG is drawn at each size it needs.
    """

    name = "sprite"
    version = "1"
    marks = True
    options = (
        Option(
            "size",
            "integer",
            "The longer edge of each icon in CSS pixels. Left out: each picture's own, divided by the largest scale.",
            least=1,
            most=4_096,
            main=True,
            example="size: 32",
        ),
        Option(
            "scale",
            "integer",
            "Pixels for a CSS pixel; one picture is made for each.",
            [1, 2],
            least=1,
            most=4,
            many=True,
            example="scale: [1, 2, 3]",
        ),
        Option("padding", "integer", "Empty CSS pixels between icons.", 2, least=0, most=200, example="padding: 4"),
        Option(
            "prefix", "text", "The class of all icons, and the start of each one's.", "icon", example="prefix: flag"
        ),
        Option(
            "format",
            "choice",
            "The format of the pictures; both are lossless.",
            "png",
            ("png", "webp"),
            example="format: webp",
        ),
        Option(
            "url",
            "text",
            "Where a page finds the pictures; `{scale}` is empty or `-2x`, `{hash}` the first 8 digits of the file's "
            "SHA-256, `{ext}` its ending. Left out: the style sheet holds the picture of the largest scale itself.",
            example="url: /img/icons{scale}.{ext}",
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """Class, address and scales must be such."""
        given, problems = Given(options), []
        prefix, url, scales = given.text("prefix") or "", given.text("url"), given.integers("scale")
        if not _CLASS.fullmatch(prefix):
            problems.append(OptionProblem("prefix", f"'{prefix}' is no CSS class", "for example: prefix: icon"))
        if url is not None and not _URL.fullmatch(url):
            hint = "letters, digits and -._/:?&=#%~+@, with {scale}, {hash} and {ext}"
            problems.append(OptionProblem("url", f"'{url}' is no address", hint))
        elif url is not None and len(set(scales)) > 1 and not {"{scale}", "{hash}"} & set(re.findall(r"\{\w+\}", url)):
            hint = "put {scale} into it"
            problems.append(OptionProblem("url", f"'{url}' is the same for each of {len(set(scales))} scales", hint))
        if not scales:
            problems.append(OptionProblem("scale", "'scale' is empty", "for example: scale: [1, 2]"))
        return problems

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """The pictures of each scale, the style sheet and the index."""
        # Loaded with the first sprite: a build that makes none does not pay for it.
        from imagebuild_pixels.atlas import atlas

        return atlas(pictures, context)

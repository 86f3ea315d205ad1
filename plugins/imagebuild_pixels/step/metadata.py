"""The step `metadata`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild.errors import StepError
from imagebuild_pixels import xmp
from imagebuild_pixels.container import rewritten
from imagebuild_pixels.encode import FORMATS, fields_of, format_of
from imagebuild_pixels.raster import orientation_of
from imagebuild_pixels.rewrite import has_pixels

__all__ = ["Metadata"]

_URL = re.compile(r"https?://[^\s<>\"]+")


class Metadata(Step):
    """Writes title, creator, rights and a description for screen readers into the files.

    They are IPTC fields, which search engines and picture tools read; the pixels stay as they are. Everything else that
    the file says of itself goes: prompts, places, cameras. Steps that follow carry the fields along.
    """

    name = "metadata"
    version = "1"
    marks = True
    options = (
        Option("title", "text", "Short name of the picture.", main=True, example="title: Sunset over mountains"),
        Option("description", "text", "What it shows and why.", example="description: Made for the spring issue"),
        Option("creator", "text", "Who made it.", example="creator: Ada Example"),
        Option("copyright", "text", "Copyright notice.", example="copyright: © 2026 Ada Example"),
        Option("credit", "text", "Whom to name when it is shown.", example="credit: Example Press"),
        Option("license", "text", "Where a licence can be had, as a URL.", example="license: https://example.org/buy"),
        Option(
            "web_statement",
            "text",
            "Where the licence is stated, as a URL.",
            example="web_statement: https://creativecommons.org/licenses/by/4.0/",
        ),
        Option(
            "alt", "text", "What it shows, for those who cannot see it.", example="alt: The sun sets behind a ridge"
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """There is something to say, it fits, and URLs are URLs."""
        problems = [
            OptionProblem(
                name, f"'{name}' has {len(str(text))} characters, expected at most {xmp.LONGEST}", "shorten it"
            )
            for name, text in options.items()
            if len(str(text)) > xmp.LONGEST
        ]
        problems += [
            OptionProblem(name, f"expected a URL, found '{options[name]}'", "begin with https://")
            for name in ("license", "web_statement")
            if options.get(name) and not _URL.fullmatch(str(options[name]))
        ]
        if not options:
            problems.append(OptionProblem("title", "'metadata' says nothing", "for example: title: Sunset"))
        return problems

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """Write into each."""
        return [_write(picture, context) if has_pixels(picture) else picture for picture in pictures]


def _write(picture: Picture, context: StepContext) -> Picture:
    target = context.target
    form = format_of(picture, target)
    fields = {**fields_of(picture, target), **{name: str(text) for name, text in context.options.items()}}
    packet = xmp.build(fields, context.source_type)
    try:
        data = rewritten(picture.data, form, packet, orientation=orientation_of(picture, target))
    except ValueError as error:
        raise StepError(f"'{target}' cannot be read: {error}", hint="replace the file") from error
    return Picture(data, FORMATS[form], picture.labels)

"""A check, and pictures that pass it after some attempts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from imagebuild.artifact import Picture
from imagebuild.check import Check, CheckContext, CheckResult
from imagebuild.manifest import Manifest
from imagebuild.media import probe
from imagebuild.option import Option
from imagebuild.publisher import Publication, Publisher, PublisherContext
from imagebuild.request import ProviderContext, Request
from imagebuild.step import Step, StepContext
from imagebuild.testing import World, png

Make = Callable[[Mapping[str, str | bytes]], World]


class Wide(Check):
    """The first picture is at least so many pixels wide."""

    name, version = "wide", "1"
    options = (Option("width", "integer", "Pixels.", required=True, main=True), Option("like", "file", "A picture."))

    def __init__(self) -> None:
        self.seen: list[CheckContext] = []

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        self.seen.append(context)
        found = probe(pictures[0].data)
        width = found.width if found and found.width else 0
        return CheckResult(width >= int(str(context.options["width"])), f"{width} wide", f"{context.options['width']}")


class Curious(Wide):
    """As wide, and looks at everything there is."""

    name = "curious"
    wants = frozenset({"original", "candidates", "previous"})


class Join(Step):
    """Puts the bytes of all pictures behind one another, and behind that what ``with`` names."""

    name, version = "join", "1"
    options = (Option("with", "file", "What comes last."),)

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
        last = context.files["with"].data if "with" in context.files else b""
        return [Picture(b"".join(each.data for each in pictures) + last, "image/png")]


class Signed(Step):
    """Writes behind each picture how it came to be."""

    name, version = "signed", "1"
    marks = True

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
        mark = str(context.source_type).encode()
        return [Picture(each.data + mark, each.media_type, each.labels) for each in pictures]


class Copies(Publisher):
    """Copies all pictures into a folder and clears it of what is old."""

    name, version = "copies", "1"
    options = (Option("path", "text", "The folder.", required=True, main=True), Option("key", "text", "A secret."))

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        folder, changed = str(context.options["path"]), 0
        for image in manifest.images.values():
            for variant in image.variants:
                changed += context.place(f"{folder}/{variant.path.rpartition('/')[2]}", variant.sha256)
        return Publication(folder, changed + context.clear())


def growing(request: Request, context: ProviderContext) -> bytes:
    """A picture that is ten pixels wider with every take, and with that of the picture it changes."""
    found = probe(request.parent.read()) if request.parent else None
    wide = (found.width or 10) - 10 if found else 0
    return png(wide + 10 * request.take, 4, (len(request.prompt), request.candidate, request.take))


def world_of(project: Make, targets: str, more: str = "", files: Mapping[str, str | bytes] | None = None) -> World:
    """A world whose bought and drawn pictures grow; ``more`` stands at the end of the spec."""
    text = f"version: 1\ndefaults: {{provider: recorder}}\ntargets:\n{targets}{more}"
    world = project({"imagebuild.yaml": text, **(files or {})})
    world.extra = tuple(kind() for kind in (Wide, Curious, Join, Signed, Copies))
    world.provider.answer = world.painter.answer = growing
    return world

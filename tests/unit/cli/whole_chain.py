"""A project with every kind of action, and the plugins it takes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from imagebuild import (
    Check,
    CheckContext,
    CheckResult,
    Manifest,
    Option,
    Picture,
    Publication,
    Publisher,
    PublisherContext,
    Step,
    StepContext,
)
from imagebuild.errors import PublishError
from imagebuild.media import probe
from imagebuild.testing import World, png

SPEC = """\
version: 1
defaults: {provider: recorder}
targets:
  hero:
    prompt: a lake
    edits: [make it blue]
    steps: [{mark: {mark: a}}]
    checks: [{wider: 1}]
    alt: {generate: true}
    tags: [blog]
  photo: {from: photo.png, alt: A boat}
  sheet: {from: [{target: hero}, photo.png], steps: [{join: {with: {target: photo}}}], alt: ""}
publish:
  - listing: site/list.json
  - far: far/list.json
"""


class Wider(Check):
    """The first picture is wider than so many pixels."""

    name, version = "wider", "1"
    options = (Option("than", "integer", "Pixels.", required=True, main=True),)

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        found = probe(pictures[0].data)
        width = found.width if found and found.width else 0
        return CheckResult(width > int(str(context.options["than"])), f"{width} px", f"> {context.options['than']} px")


class Join(Step):
    """Puts pictures behind one another, and behind that what ``with`` names."""

    name, version = "join", "1"
    options = (Option("with", "file", "What comes last."),)

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
        all_of_them = [*pictures, *context.files.values()]
        return [Picture(b"".join(each.data for each in all_of_them), pictures[0].media_type)]


class Listing(Publisher):
    """Writes a list of all pictures."""

    name, version = "listing", "1"
    options = (Option("path", "text", "Where to.", required=True, main=True),)

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        path = str(context.options["path"])
        if path.endswith(".txt"):
            raise PublishError(f"'{path}' is no JSON", hint="let it end with .json")
        rows = {image.id: [variant.path for variant in image.variants] for image in manifest.images.values()}
        return Publication(path, int(context.write(path, json.dumps(rows).encode())), {}, "/")


class Far(Listing):
    """As a listing, and far away."""

    name = "far"
    remote = True

    def announce(self, manifest: Manifest, options: Mapping[str, object]) -> Publication:
        return Publication(str(options["path"]), 0, {}, "https://far.example/")


def spread_out(world: World) -> World:
    """Put the project and its plugins into a world."""
    world.extra = (Wider(), Join(), Listing(), Far())
    world.provider.describes = True
    return world.write({"imagebuild.yaml": SPEC, "photo.png": png(6, 6, (9, 9, 9))})

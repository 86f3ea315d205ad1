"""A project with a picture and a text that a recorder writes of it, and what can be asked of both."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from imagebuild.lockfile import Lock, LockLine
from imagebuild.manifest import Image
from imagebuild.plan import PlannedAction
from imagebuild.publishing import manifest_of
from imagebuild.target import ALT_STAGE
from imagebuild.testing import RecordingProvider, World

Make = Callable[..., World]

SPEC = """\
version: 1
defaults: {provider: recorder}
targets:
  hero:
    prompt: a hill
    steps: [{mark: {mark: X}}]
    alt: {generate: true, prompt: Name the season, options: {language: de}}
"""
DESCRIBED = "hero describe -1"


def world_of(project: Make, spec: str = SPEC) -> World:
    world = project({"imagebuild.yaml": spec})
    world.provider = RecordingProvider(describes=True)
    return world


def line_of(world: World, target: str = "hero") -> LockLine | None:
    return Lock.read(world.root / "imagebuild.lock").lines.get((target, ALT_STAGE, 1))


def image_of(world: World, target: str = "hero") -> Image:
    with world.open().session() as session:
        return manifest_of(session, session.plan(session.spec.select(())).made).images[target]


def planned(world: World) -> PlannedAction:
    (action,) = [action for action in world.plan().actions if action.node.kind == "describe"]
    return action


def clone_of(world: World, home: str | None = None) -> World:
    """The project as it is committed, elsewhere: with the same store, or with another one."""
    root = world.root.parent / "clone"
    shutil.copytree(world.root, root, ignore=shutil.ignore_patterns(".imagebuild"))
    return World(root, world.root.parent / home if home else world.home, provider=world.provider)


def key_of(world: World) -> str | None:
    world.build()
    return planned(world).key

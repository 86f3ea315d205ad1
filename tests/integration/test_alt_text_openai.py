"""Alt texts by `openai`, from the spec to the manifest, against the development server."""

from __future__ import annotations

import pytest
from described_hill import Make, image_of, line_of

from imagebuild.errors import (
    RefusedError,
)
from imagebuild.lockfile import Lock, LockLine
from imagebuild.testing import World
from imagebuild_devserver import DevServer, Fault
from imagebuild_openai import OpenAIProvider

REAL = """\
version: 1
providers: {openai: {profile: openai, poll: 0.01}}
defaults: {provider: openai, options: {quality: low}}
targets:
  hero: {prompt: a hill, alt: {generate: true, prompt: Name the season, options: {language: de, length: 125}}}
  logo: {prompt: a logo, provider: sketch, alt: {generate: true, provider: openai}}
"""


def real_world(project: Make, server: DevServer) -> World:
    world = project({"imagebuild.yaml": REAL})
    world.extra = (OpenAIProvider(),)
    world.environ = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": server.key}
    return world


def lines_of(world: World) -> list[LockLine]:
    return list(Lock.read(world.root / "imagebuild.lock").lines.values())


def test_openai_describes_what_it_and_others_have_made(project: Make) -> None:
    with DevServer(draw="plain") as server:
        world = real_world(project, server)
        assert world.build(max_cost=1.0).exit_code == 0
        writing = [entry for entry in server.ledger if entry.model == "gpt-6-luna"]
        assert sorted(entry.prompt for entry in writing) == [
            "Write its alternative text.",
            "Write its alternative text. Name the season",
        ]
        assert server.paid == 3
        assert str(image_of(world).alt).startswith("A square picture of 1024 by 1024 pixels")
        line = line_of(world)
        assert line is not None
        assert line.options["service"] == "loopback"
        assert line.cost_usd is not None
        assert world.build(max_cost=1.0).exit_code == 0
        assert world.build(locked=True, max_cost=None).exit_code == 0
        assert server.paid == 3


def test_openai_declines_to_describe_and_the_picture_is_there(project: Make) -> None:
    with DevServer(draw="plain") as server:
        server.faults.add(Fault("refusal", match="Name the season"))
        world = real_world(project, server)
        report = world.build(max_cost=1.0)
        (failure,) = report.failures
        assert (failure.label, type(failure.error)) == ("hero (alt text)", RefusedError)
        assert failure.error.hint == "write the text yourself: 'alt: \"what it shows\"'"
        assert world.written == ["images/hero.png", "images/logo.png"]
        assert report.cost_usd == pytest.approx(sum(line.cost_usd or 0 for line in lines_of(world)), abs=0.001)


def test_a_text_that_is_too_long_is_kept_in_the_quarantine(project: Make) -> None:
    with DevServer(draw="plain") as server:
        server.faults.add(Fault("text_only", match="Name the season", message="Ein H\u00fcgel " * 20))
        world = real_world(project, server)
        (failure,) = world.build(max_cost=1.0).failures
        assert "expected 125 at most" in failure.error.message
        assert "quarantine" in str(failure.error.hint)
        (kept,) = (world.home / "quarantine").glob("*.bin")
        assert kept.read_bytes().decode().startswith("Ein H\u00fcgel Ein")

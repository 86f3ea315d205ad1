"""A look at a few targets says of them what a look at all says, and judges nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from imagebuild.lockfile import Lock
from imagebuild.plan import PlannedAction
from imagebuild.testing import World

Make = Callable[[Mapping[str, str | bytes]], World]
SPEC = """\
version: 1
defaults: {provider: recorder}
targets:
  logo: {prompt: logo, candidates: 2}
  hero:
    prompt: "hero in {{ season }}"
    matrix: {season: [spring, autumn]}
    inputs: [{target: logo}]
    edits: [greener]
    steps: [mark: {mark: x}]
  sheet: {from: [{target: "hero[season=spring]"}], steps: [mark: {mark: y}]}
  moon: {prompt: moon}
  twin: {prompt: moon}
  drawn: {prompt: a drawing, provider: sketch}
"""
IDS = ("logo", "hero[season=spring]", "hero[season=autumn]", "moon", "twin", "drawn", "sheet")


@pytest.fixture
def world(project: Make) -> World:
    return project({"imagebuild.yaml": SPEC})


def shown(actions: list[PlannedAction]) -> list[tuple[object, ...]]:
    return [(each.node.slot, each.key, each.verdict, each.reasons, each.cost) for each in actions]


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("built", [False, True])
def test_a_plan_of_one_target_is_the_same_from_a_look_at_all(world: World, name: str, *, built: bool) -> None:
    if built:
        world.build()
        world.edit("imagebuild.yaml", "prompt: moon}", "prompt: full moon}").edit(
            "imagebuild.yaml", "greener", "redder"
        )
    opened = world.open()
    with opened.session() as everything, opened.session([name]) as scoped:
        assert scoped.plan([name]).outputs == everything.plan([name]).outputs
        assert shown(list(scoped.plan([name]).actions)) == shown(list(everything.plan([name]).actions))
        assert (scoped.is_whole, everything.is_whole) == (False, True)


def test_it_holds_what_the_targets_need_and_nothing_else(world: World) -> None:
    with world.open().session(["hero[season=spring]"]) as session:
        assert list(session.graph.finals) == ["logo", "hero[season=spring]"]
    with world.open().session(["logo"], resting=True) as session:
        assert list(session.graph.finals) == ["logo", *IDS[1:3], "sheet"]


def test_a_build_of_one_target_leaves_the_lines_of_others_alone(world: World) -> None:
    world.build()
    before = Lock.read(world.root / "imagebuild.lock").lines
    world.edit("imagebuild.yaml", "prompt: logo", "prompt: a new logo")
    world.build("logo")
    after = Lock.read(world.root / "imagebuild.lock").lines
    assert {slot: line for slot, line in after.items() if slot[0] != "logo"} == {
        slot: line for slot, line in before.items() if slot[0] != "logo"
    }


def test_an_approval_of_a_twin_with_the_same_request_stays_its_own(world: World) -> None:
    world.build("moon")
    world.open().approve(["moon"])
    world.build("twin")
    lines = Lock.read(world.root / "imagebuild.lock").lines
    assert (lines["moon", 0, 1].review, lines["twin", 0, 1].review) == ("approved", "unreviewed")


def test_a_target_that_was_renamed_keeps_its_attempt_in_a_build_of_it_alone(world: World) -> None:
    world.build()
    world.build("moon", reroll=True)
    world.forget()
    world.edit("imagebuild.yaml", "  moon: {", "  luna: {")
    world.build("luna")
    assert world.provider.calls == []
    assert Lock.read(world.root / "imagebuild.lock").lines["luna", 0, 1].take == 2


def test_choices_about_one_target_reach_its_lines_alone(world: World) -> None:
    world.build()
    before = world.open().lock().lines
    world.open().approve(["hero"])
    world.open().pick("logo", 2)
    world.open().freeze(["moon"])
    after = world.open().lock().lines
    changed = {slot[0] for slot in after if after[slot] != before.get(slot)}
    assert changed == {"hero[season=spring]", "hero[season=autumn]", "logo", "moon"}
    assert after["logo", 0, 2].picked


def test_a_warm_project_sees_every_change_of_its_files(world: World) -> None:
    opened = world.open()
    opened.keep_warm()
    opened.build(max_cost=100.0)
    world.edit("imagebuild.yaml", "prompt: logo", "prompt: a new logo")
    assert opened.status(["logo"])["logo"].state == "stale"
    world.edit("imagebuild.yaml", "prompt: a new logo", "prompt: logo")
    assert opened.status(["logo"])["logo"].state == "fresh"
    (world.root / "imagebuild.lock").write_text("{", "utf-8")
    with pytest.raises(Exception, match=r"imagebuild\.lock"):
        opened.status(["logo"])


def test_a_look_beside_a_build_does_not_undo_what_the_build_noted(world: World) -> None:
    opened = world.open()
    opened.keep_warm()
    with opened.session() as early:
        early.plan(early.spec.select(()))
        opened.build(max_cost=100.0)
    outputs = opened.status()
    assert {each.state for each in outputs.values()} == {"fresh"}
    with opened.session() as late:
        assert len(late.facts.outputs) == len(IDS)

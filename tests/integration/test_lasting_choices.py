"""What people chose stays theirs: through longer and shorter chains, other names, and twins that ask for the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from imagebuild.errors import LockError, UnavailableError
from imagebuild.lockfile import Lock, LockLine
from imagebuild.request import ProviderContext, Request
from imagebuild.testing import World, png

Make = Callable[[Mapping[str, str | bytes]], World]
HEAD = "version: 1\ndefaults: {provider: recorder}\ntargets:\n"
CHOSEN = png(3, 3, (1, 2, 3))


def line(world: World, target: str, stage: int = 0, candidate: int = 1) -> LockLine:
    return Lock.read(world.root / "imagebuild.lock").lines[target, stage, candidate]


def adopt(world: World, target: str) -> None:
    world.write({"chosen.png": CHOSEN})
    world.open().adopt(target, world.root / "chosen.png")


@pytest.fixture
def hill(project: Make) -> World:
    """One picture that is approved."""
    world = project({"imagebuild.yaml": HEAD + "  hill: {prompt: a hill}\n"})
    world.build()
    world.open().approve(["hill"])
    return world


def test_an_edit_that_is_added_to_an_approved_picture_waits_for_the_pick(hill: World) -> None:
    approved = hill.read("images/hill.png")
    hill.edit("imagebuild.yaml", "a hill}", "a hill, edits: [greener, higher]}")
    hill.build("hill")
    assert (hill.read("images/hill.png"), len(hill.provider.calls)) == (approved, 3)
    hill.build()
    assert (hill.read("images/hill.png"), hill.started) == (approved, [])
    hill.open().pick("hill")
    hill.build()
    assert hill.read("images/hill.png") != approved
    assert len(hill.provider.calls) == 3


def test_an_unfinished_longer_chain_does_not_lose_the_approved_picture(hill: World) -> None:
    approved = hill.read("images/hill.png")
    hill.edit("imagebuild.yaml", "prompt: a hill}", "prompt: a dune, edits: [greener, higher]}")
    for wrong in ("greener", "higher", None):

        def answer(request: Request, context: ProviderContext, wrong: str | None = wrong) -> None:
            if request.prompt == wrong:
                raise UnavailableError("the service is down", billed=False)

        hill.provider.answer = answer
        assert hill.build().exit_code == (1 if wrong else 0)
        assert hill.read("images/hill.png") == approved


def test_an_edit_that_is_taken_from_an_approved_picture_waits_for_the_pick(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hill: {prompt: a hill, edits: [greener]}\n"})
    world.build()
    world.open().approve(["hill"])
    approved = world.read("images/hill.png")
    world.edit("imagebuild.yaml", ", edits: [greener]", "")
    world.build("hill")
    assert world.read("images/hill.png") == approved
    world.open().pick("hill")
    for _ in range(2):
        world.build("hill")
        assert world.read("images/hill.png") != approved
    assert len(world.provider.calls) == 2


def test_fewer_candidates_do_not_take_an_approved_one_away(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hill: {prompt: a hill, candidates: 3}\n"})
    world.build()
    world.open().pick("hill", 3)
    world.open().approve(["hill"])
    world.build()
    third = world.read("images/hill.png")
    world.edit("imagebuild.yaml", "candidates: 3", "candidates: 1")
    for _ in range(2):
        world.build()
        assert world.read("images/hill.png") == third


def test_what_is_said_of_one_picture_is_not_said_of_its_twin(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  a: {prompt: a hill}\n  b: {prompt: a hill}\n"})
    world.build()
    world.open().approve(["a"])
    world.open().freeze(["b"])
    world.edit("imagebuild.yaml", "  b:", "  c: {prompt: a hill}\n  b:")
    world.build()
    said = {name: (line(world, name).review, line(world, name).frozen) for name in "abc"}
    assert said == {"a": ("approved", False), "b": ("unreviewed", True), "c": ("unreviewed", False)}
    assert len(world.provider.calls) == 1


@pytest.mark.parametrize(("one", "other"), [("a", "b"), ("b", "a")])
def test_a_file_is_adopted_for_one_of_two_twins(project: Make, one: str, other: str) -> None:
    world = project({"imagebuild.yaml": HEAD + "  a: {prompt: a hill}\n  b: {prompt: a hill}\n"})
    world.build()
    bought = world.read("images/a.png")
    adopt(world, one)
    for _ in range(2):
        world.build()
        assert (world.read(f"images/{one}.png"), world.read(f"images/{other}.png")) == (CHOSEN, bought)
    world.edit("imagebuild.yaml", f"  {one}:", "  other:")
    world.build()
    assert (world.read("images/other.png"), len(world.provider.calls)) == (CHOSEN, 1)


def test_who_asks_for_what_another_has_adopted_buys_it(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  a: {prompt: a hill}\n"})
    adopt(world, "a")
    world.edit("imagebuild.yaml", "  a:", "  b: {prompt: a hill}\n  a:")
    world.build()
    assert (world.read("images/a.png"), len(world.provider.calls)) == (CHOSEN, 1)
    assert world.read("images/b.png") != CHOSEN


def test_a_file_can_be_adopted_in_place_of_a_picture_that_differs(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  a: {prompt: a hill}\n"})
    world.provider.answer = lambda request, context: (
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x0b\x08\0\4\0\4\1\1\x11\0\xff\xd9"
    )
    assert world.build().exit_code == 1
    adopt(world, "a")
    assert world.build().exit_code == 0
    assert world.read("images/a.png") == CHOSEN


def test_a_locked_build_wants_a_line_for_a_frozen_picture(hill: World) -> None:
    hill.edit("imagebuild.yaml", "a hill", "a hill, frozen: true")
    (hill.root / "imagebuild.lock").unlink()
    with pytest.raises(LockError, match="hill"):
        hill.build(locked=True)
    hill.build()
    hill.build(locked=True)
    assert len(hill.provider.calls) == 1


def test_what_the_spec_freezes_is_the_approved_picture(hill: World) -> None:
    approved = hill.read("images/hill.png")
    hill.edit("imagebuild.yaml", "a hill", "a dune")
    hill.build()
    hill.edit("imagebuild.yaml", "a dune", "a dune, frozen: true")
    hill.build()
    assert hill.read("images/hill.png") == approved


def test_the_steps_of_a_frozen_picture_are_as_the_spec_says_on_every_machine(project: Make, tmp_path: Path) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hill: {prompt: a hill, frozen: true, steps: [{mark: {mark: A}}]}\n"})
    world.build()
    world.edit("imagebuild.yaml", "mark: A", "mark: B")
    world.build()
    here = world.read("images/hill.png")
    (world.root / "images/hill.png").unlink()
    (tmp_path / "clone").mkdir()
    clone = World(tmp_path / "clone", world.home)
    clone.write({name: world.read(name) for name in ("imagebuild.yaml", "imagebuild.lock")})
    clone.build(locked=True)
    assert clone.read("images/hill.png") == here
    assert here.endswith(b"B{}")


def test_another_name_keeps_the_attempt_and_the_pick(project: Make, tmp_path: Path) -> None:
    spec = HEAD + "  hill: {prompt: a hill}\n  lake: {prompt: a lake, candidates: 2, inputs: [{target: hill}]}\n"
    world = project({"imagebuild.yaml": spec})
    world.build("hill")
    world.build("hill", reroll=True)
    world.build()
    world.open().pick("lake", 2)
    world.build()
    hill, lake = world.read("images/hill.png"), world.read("images/lake.png")
    world.edit("imagebuild.yaml", "  hill:", "  mount:").edit("imagebuild.yaml", "target: hill", "target: mount")
    world.edit("imagebuild.yaml", "  lake:", "  pond:").forget()
    assert world.plan().cost.high == 0
    world.build()
    assert (world.read("images/mount.png"), world.read("images/pond.png")) == (hill, lake)
    assert world.provider.calls == []
    assert sorted({target for target, _, _ in Lock.read(world.root / "imagebuild.lock").lines}) == ["mount", "pond"]


def test_a_choice_right_after_a_rename_goes_on_from_what_was_said_before(hill: World) -> None:
    approved = hill.read("images/hill.png")
    hill.edit("imagebuild.yaml", "  hill:", "  mount:")
    hill.open().freeze(["mount"])
    assert (line(hill, "mount").review, line(hill, "mount").frozen) == ("approved", True)
    hill.open().freeze(["mount"], frozen=False)
    hill.build("mount", reroll=True)
    assert hill.read("images/mount.png") == approved
    assert line(hill, "mount").live is not None


def test_a_picture_about_to_be_replaced_is_restored_for_the_new_request(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hill: {prompt: a hill}\n"})
    world.build()
    first = world.read("images/hill.png")
    world.edit("imagebuild.yaml", "a hill", "a dune")
    world.open().restore("hill", "1")
    world.build()
    assert (world.read("images/hill.png"), len(world.provider.calls)) == (first, 1)


def test_a_picture_whose_line_was_taken_back_is_restored_into_the_lock(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hill: {prompt: a hill}\n"})
    world.build()
    (world.root / "imagebuild.lock").unlink()
    assert [each.standing for each in world.open().history("hill")] == [""]
    world.open().restore("hill", "1")
    assert line(world, "hill").digest == world.open().history("hill")[0].digest

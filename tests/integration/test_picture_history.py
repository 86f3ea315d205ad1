"""Every picture that a target had is listed once, in order, and comes back with all that stood before it."""

from __future__ import annotations

import pytest
from ten_pictures import Make

from imagebuild.digest import digest_bytes
from imagebuild.errors import LockError
from imagebuild.history import Original
from imagebuild.testing import World, png

HEAD = "version: 1\ndefaults: {provider: recorder}\ntargets:\n"


def told(originals: list[Original]) -> list[str]:
    """``candidate 2 take 1 live``, as short as it goes."""
    kinds = [
        "adopted" if each.adopted else f"edit {each.stage}" if each.stage else f"candidate {each.candidate}"
        for each in originals
    ]
    return [f"{kind} take {each.take} {each.standing}".strip() for kind, each in zip(kinds, originals, strict=True)]


@pytest.fixture
def edited(project: Make) -> World:
    """Three candidates, of which the first and then the second went on to an edit."""
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill, candidates: 3, edits: [make it blue]}\n"})
    world.build()
    world.open().pick("hero", 2)
    world.build()
    return world.forget()


def test_candidates_stand_in_their_order_and_the_picked_one_is_what_the_live_one_was_made_from(edited: World) -> None:
    assert told(edited.open().history("hero")) == [
        "candidate 1 take 1 candidate",
        "candidate 2 take 1 base",
        "candidate 3 take 1 candidate",
        "edit 1 take 1",
        "edit 1 take 1 live",
    ]


def test_an_edit_of_another_candidate_comes_back_with_its_candidate(edited: World) -> None:
    edited.open().restore("hero", "4")
    edited.build()
    assert edited.provider.calls == []
    assert told(edited.open().history("hero")) == [
        "candidate 1 take 1 base",
        "candidate 2 take 1 candidate",
        "candidate 3 take 1 candidate",
        "edit 1 take 1 live",
        "edit 1 take 1",
    ]
    edited.open().pick("hero", 2)
    edited.build()
    assert edited.provider.calls == []


def test_restoring_what_is_live_or_was_its_beginning_changes_nothing(edited: World) -> None:
    before = edited.read("imagebuild.lock")
    for number in ("2", "5"):
        edited.open().restore("hero", number)
    assert edited.read("imagebuild.lock") == before


def test_an_adopted_file_stays_in_the_history_and_stands_for_the_whole_chain_again(edited: World) -> None:
    mine = png(9, 9, (200, 1, 1))
    edited.write({"mine.png": mine})
    project = edited.open()
    project.adopt("hero", edited.root / "mine.png")
    project.restore("hero", "5")
    adopted = next(each for each in project.history("hero") if each.adopted)
    assert (adopted.digest, adopted.standing, adopted.here) == (digest_bytes(mine), "", True)
    project.restore("hero", str(adopted.number))
    edited.build()
    assert edited.provider.calls == []
    assert edited.read("images/hero.png") == mine


def test_adopting_the_same_file_again_changes_nothing_and_keeps_what_was_said(edited: World) -> None:
    edited.write({"mine.png": png(9, 9, (200, 1, 1))})
    edited.open().adopt("hero", edited.root / "mine.png")
    edited.open().approve(["hero"])
    before = edited.read("imagebuild.lock")
    edited.open().adopt("hero", edited.root / "mine.png")
    assert edited.read("imagebuild.lock") == before


def test_a_waiting_picture_whose_request_has_changed_again_is_restored_as_it_is(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill}\n"})
    world.build()
    world.open().approve(["hero"])
    world.edit("imagebuild.yaml", "a hill", "a lake").build()
    world.edit("imagebuild.yaml", "a lake", "a sea").forget()
    (waiting,) = [each for each in world.open().history("hero") if each.standing == "waiting"]
    world.open().restore("hero", str(waiting.number))
    world.build()
    assert world.provider.calls == []
    assert digest_bytes(world.read("images/hero.png")) == waiting.digest


def test_free_pictures_have_a_history_though_no_lock_tells_of_them(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  icon: {prompt: an icon, provider: sketch, candidates: 2}\n"})
    world.build()
    assert not (world.root / "imagebuild.lock").exists()
    assert told(world.open().history("icon")) == ["candidate 1 take 1 live", "candidate 2 take 1 candidate"]
    first = world.read("images/icon.png")
    world.build("icon", reroll=True)
    assert world.read("images/icon.png") != first
    assert told(world.open().history("icon")) == [
        "candidate 1 take 1",
        "candidate 2 take 1",
        "candidate 1 take 2 live",
        "candidate 2 take 2 candidate",
    ]
    world.forget().open().restore("icon", "1")
    world.build()
    assert (world.read("images/icon.png"), world.painter.calls) == (first, [])


def test_there_is_no_other_attempt_at_what_was_never_made(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill, edits: [make it blue]}\n"})
    for edit in (None, 1):
        with pytest.raises(LockError, match="'hero' has no picture yet") as caught:
            world.build("hero", reroll=True, edit=edit)
        assert caught.value.hint == "make it first: 'imagebuild build hero'"
    assert world.provider.calls == []


def test_files_follow_a_choice_as_far_as_nothing_is_bought(project: Make) -> None:
    world = project(
        {
            "imagebuild.yaml": HEAD + "  hero: {prompt: a hill, candidates: 2}\n"
            "  small: {from: [{target: hero}], steps: [{mark: {mark: s}}]}\n"
            "  card: {prompt: a card, inputs: [{target: hero}]}\n"
            "  later: {from: [{target: hero}], steps: [{mark: {mark: l}}]}\n"
        }
    )
    world.build("hero", "small", "card")
    before = {name: world.read(f"images/{name}.png") for name in ("hero", "small", "card")}
    world.forget().open().pick("hero", 2)
    upkeep = world.open().deliver(["hero"])
    assert upkeep.free == ("hero", "small"), "and not what was never built"
    assert {name: purchase.cost.high for name, purchase in upkeep.dear.items()} == {"card": 0.04}
    assert upkeep.report is not None
    assert upkeep.report.written == ("images/hero.png", "images/small.png")
    assert world.read("images/card.png") == before["card"]
    assert world.provider.calls == []
    assert not (world.root / "images/later.png").exists()

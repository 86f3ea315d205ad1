"""A machine that has what is delivered, and not all that it was made from: what nothing reads need not be there."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from ten_pictures import Make

from imagebuild.artifact import Picture
from imagebuild.check import Check, CheckContext, CheckResult
from imagebuild.errors import LockError
from imagebuild.event import ActionStarted
from imagebuild.testing import World

SPEC = """\
version: 1
defaults: {provider: recorder}
targets:
  hero: {prompt: a hill, candidates: 2, edits: [blue, striped]}
  card: {prompt: a card, inputs: [{target: hero}]}
"""


@pytest.fixture
def clone(project: Make, tmp_path: Path) -> World:
    """Committed pictures and their lock, on a machine whose store is empty."""
    author = project({"imagebuild.yaml": SPEC})
    author.build()
    root = tmp_path / "clone"
    shutil.copytree(author.root, root, ignore=shutil.ignore_patterns(".imagebuild"))
    return World(root, tmp_path / "another home")


def started(world: World) -> list[str]:
    return [event.target for event in world.events if isinstance(event, ActionStarted)]


def test_what_led_to_a_committed_picture_is_not_needed(clone: World) -> None:
    lock = clone.read("imagebuild.lock")
    assert {action.verdict for action in clone.plan().actions} == {"cached"}
    report = clone.build(locked=True, max_cost=None)
    assert (report.exit_code, report.failures, started(clone), clone.provider.calls) == (0, (), [], [])
    assert clone.build().exit_code == 0
    assert (started(clone), clone.written, clone.read("imagebuild.lock")) == ([], [], lock)
    assert {status.state for status in clone.status().values()} == {"fresh"}
    assert clone.open().check() == []


def test_the_plan_says_which_bytes_are_not_here(clone: World) -> None:
    reasons = {action.node.label: action.reasons[0].code for action in clone.plan().actions}
    assert reasons == {
        "hero": "elsewhere",
        "hero (candidate 2)": "elsewhere",
        "hero (edit 1)": "elsewhere",
        "hero (edit 2)": "fresh",
        "card": "fresh",
    }


def test_an_edit_of_a_picture_that_is_not_here_is_blocked_and_buys_nothing(clone: World) -> None:
    clone.edit("imagebuild.yaml", "striped", "dotted")
    (blocked,) = clone.plan("hero").having("blocked")
    assert blocked.node.label == "hero (edit 2)"
    assert str(blocked.reasons[0]) == "the store no longer has the bytes of hero (edit 1)"
    report = clone.build()
    assert (report.exit_code, clone.provider.calls, clone.written) == (3, [], [])
    (fault,) = [fault for fault in clone.open().check() if fault.target == "hero"]
    assert "imagebuild store pull" in fault.hint


def test_an_edit_can_be_made_once_the_bytes_are_back(clone: World, tmp_path: Path) -> None:
    clone.edit("imagebuild.yaml", "striped", "dotted")
    clone.home = tmp_path / "home"
    assert clone.build().exit_code == 0
    assert clone.provider.prompts == ["a card", "dotted"]


def test_a_candidate_that_is_not_here_cannot_be_picked(clone: World) -> None:
    with pytest.raises(LockError, match=r"the store no longer has the picture of 'hero \(candidate 2\)'") as caught:
        clone.open().pick("hero", 2)
    assert "imagebuild store pull" in str(caught.value.hint)


def test_what_is_delivered_is_needed_all_the_same(clone: World) -> None:
    (clone.root / "images/hero.png").unlink()
    report = clone.build()
    assert (report.exit_code, clone.provider.calls) == (3, [])


def test_a_picture_that_another_target_takes_in_is_needed_for_a_new_request(clone: World) -> None:
    clone.edit("imagebuild.yaml", "a card", "two cards").build()
    assert clone.provider.prompts == ["two cards"], "the finished picture of 'hero' is here, in its file"


def test_frozen_pictures_stand_without_what_led_to_them(clone: World) -> None:
    clone.edit("imagebuild.yaml", "edits: [blue, striped]", "edits: [blue, striped], frozen: true")
    assert clone.build(locked=True, max_cost=None).exit_code == 0
    assert (clone.status()["hero"].state, clone.provider.calls) == ("frozen", [])


class Look(Check):
    """Passes; ``wants`` says whether it looks at the candidates."""

    version = "1"

    def __init__(self, name: str, *wants: str) -> None:
        self.name = name
        self.wants = frozenset(wants)  # type: ignore[misc, arg-type]  # of the object here, not of its class
        self.seen = 0

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        self.seen += 1
        return CheckResult(True, "seen", "seen")


def test_only_a_check_that_looks_at_candidates_needs_them(clone: World) -> None:
    one, all_of_them = Look("one"), Look("all", "candidates")
    clone.extra = (one, all_of_them)
    clone.edit("imagebuild.yaml", "edits: [blue, striped]", "edits: [blue, striped], checks: [one]")
    assert (clone.build().exit_code, one.seen) == (0, 1)
    clone.edit("imagebuild.yaml", "checks: [one]", "checks: [all]")
    (blocked,) = clone.plan("hero").having("blocked")
    assert blocked.node.label == "hero (check all)"
    assert (clone.build().exit_code, all_of_them.seen) == (3, 0)

"""Checks in a build: kept verdicts, failures that stop only what goes on from them, and pictures made anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from growing_pictures import Curious, Wide, growing

from imagebuild.artifact import Picture
from imagebuild.check import Check, CheckContext, CheckResult
from imagebuild.errors import CheckFailed, SpendingRefused
from imagebuild.event import ActionFailed, ActionFinished
from imagebuild.media import probe
from imagebuild.option import Option
from imagebuild.testing import World, png

Make = Callable[..., World]


def world_of(project: Make, target: str, more: str = "") -> World:
    world = project(
        {"imagebuild.yaml": f"version: 1\ndefaults: {{provider: recorder}}\ntargets:\n  hero: {target}\n{more}"}
    )
    world.extra = (Wide(), Curious())
    world.provider.answer = world.painter.answer = growing
    return world


def check_of(world: World, name: str = "wide") -> Wide:
    return next(item for item in world.extra if isinstance(item, Wide) and item.name == name)


def test_a_check_that_passes_is_asked_once_and_then_kept(project: Make) -> None:
    world = world_of(project, "{prompt: a, checks: [{wide: 10}]}")
    assert world.build().exit_code == 0
    assert world.started == ["hero check 1", "hero generate"]
    assert world.build().exit_code == 0
    assert world.started == []
    assert len(check_of(world).seen) == 1


def test_a_check_that_fails_names_measured_and_wanted_and_delivers_the_picture(project: Make) -> None:
    world = world_of(project, "{prompt: a, checks: [{wide: 50}]}")
    report = world.build()
    assert report.exit_code == CheckFailed.exit_code == 5
    assert [str(failure.error) for failure in report.failures] == [
        "'hero' fails the check wide: measured 10 wide, wanted 50"
    ]
    assert world.written == ["images/hero.png"]
    assert [event.kind for event in world.events if isinstance(event, ActionFailed)] == ["check"]
    assert "check" not in [event.kind for event in world.events if isinstance(event, ActionFinished)]


def test_a_failed_check_fails_every_build_without_running_again(project: Make) -> None:
    world = world_of(project, "{prompt: a, checks: [{wide: 50}]}")
    world.build()
    assert world.build().exit_code == 5
    assert world.started == []
    assert len(world.provider.calls) == 1
    (action,) = [each for each in world.plan().actions if each.node.kind == "check"]
    assert (action.verdict, str(action.reasons[0])) == ("blocked", "wide: measured 10 wide, wanted 50")
    assert world.status()["hero"].state == "stale"


@pytest.mark.parametrize("change", ["{wide: 20}", "{curious: 10}"])
def test_another_rule_is_asked_without_buying(project: Make, change: str) -> None:
    world = world_of(project, "{prompt: a, checks: [{wide: 10}]}")
    world.build()
    world.edit("imagebuild.yaml", "{wide: 10}", change).forget()
    world.build()
    assert world.started == ["hero check 1"]
    assert world.provider.calls == []


def test_a_new_version_of_a_check_judges_anew(project: Make) -> None:
    world = world_of(project, "{prompt: a, checks: [{wide: 10}]}")
    world.build()
    check_of(world).version = "2"
    world.build()
    assert world.started == ["hero check 1"]


def test_what_goes_on_from_a_picture_that_fails_is_not_bought(project: Make) -> None:
    world = world_of(project, "{prompt: a, checks: [{wide: 50}]}", "  card: {prompt: card, inputs: [{target: hero}]}\n")
    report = world.build()
    assert world.provider.prompts == ["a"]
    assert [failure.stopped for failure in report.failures] == [1]
    blocked = [each for each in world.plan().actions if each.node.target == "card"]
    assert [(each.verdict, str(each.reasons[0])) for each in blocked] == [("blocked", "waits for hero (check wide)")]


def test_retry_makes_a_picture_anew_until_it_passes_and_pays_for_each_once(project: Make) -> None:
    world = world_of(
        project,
        "{prompt: a, checks: [{wide: 30, retry: 3}]}",
        "  card: {prompt: card, inputs: [{target: hero}]}\n  other: {prompt: other}\n",
    )
    report = world.build()
    assert report.exit_code == 0
    assert sorted((call.prompt, call.take) for call in world.provider.calls) == [
        ("a", 1),
        ("a", 2),
        ("a", 3),
        ("card", 1),
        ("other", 1),
    ]
    assert report.bought == 5
    assert [notice for notice in world.notices if "made anew" in notice] == [
        "'hero' fails the check wide: measured 10 wide, wanted 30; made anew, try 2 of 4",
        "'hero' fails the check wide: measured 20 wide, wanted 30; made anew, try 3 of 4",
    ]
    found = probe(world.read("images/hero.png"))
    assert found is not None
    assert found.width == 30
    world.forget()
    assert world.build().exit_code == 0
    assert world.provider.calls == []


def test_retries_end_and_a_later_build_spends_nothing_more(project: Make) -> None:
    world = world_of(project, "{prompt: a, checks: [{wide: 90, retry: 1}]}")
    assert world.build().exit_code == 5
    assert [call.take for call in world.provider.calls] == [1, 2]
    assert world.build().exit_code == 5
    assert len(world.provider.calls) == 2


def test_retries_keep_to_the_cap(project: Make) -> None:
    world = world_of(project, "{prompt: a, checks: [{wide: 90, retry: 3}]}")
    report = world.build(max_cost=0.09)
    assert report.exit_code == 5
    assert len(world.provider.calls) == 2
    assert world.notices[-1] == "'hero' fails a check, and the budget has no room for another try"


def test_a_free_picture_is_made_anew_and_stays_so(project: Make) -> None:
    world = world_of(project, "{prompt: a, provider: sketch, checks: [{wide: 20, retry: 1}]}")
    assert world.build().exit_code == 0
    assert [call.take for call in world.painter.calls] == [1, 2]
    world.forget()
    assert world.build().exit_code == 0
    assert world.painter.calls == []


def test_a_check_sees_the_original_all_candidates_and_what_was_there_before(project: Make) -> None:
    world = world_of(project, "{prompt: a, candidates: 2, steps: [{mark: {mark: X}}], checks: [{curious: 1}]}")
    world.build()
    (first,) = check_of(world, "curious").seen
    assert first.original is not None
    assert first.original.data == png(10, 4, (1, 1, 1))
    assert [each.data for each in first.candidates] == [png(10, 4, (1, number, 1)) for number in (1, 2)]
    assert first.previous is None
    world.edit("imagebuild.yaml", "prompt: a,", "prompt: ab,")
    world.build()
    second = check_of(world, "curious").seen[-1]
    assert second.previous is not None
    assert second.previous.data == png(10, 4, (1, 1, 1))
    assert world.build().cached
    assert world.started == []


def test_a_locked_build_that_breaks_a_rule_ends_with_5(project: Make) -> None:
    world = world_of(project, "{prompt: a, checks: [{wide: 50}]}")
    world.build()
    assert world.build(locked=True).exit_code == 5


def test_drafts_are_not_judged(project: Make) -> None:
    world = world_of(project, "{prompt: a, checks: [{wide: 50}]}")
    assert world.build(draft=True).exit_code == 0
    assert check_of(world).seen == []


def test_without_a_yes_a_check_changes_nothing_about_spending(project: Make) -> None:
    world = world_of(project, "{prompt: a, checks: [{wide: 50, retry: 5}]}")
    with pytest.raises(SpendingRefused):
        world.build(max_cost=None)
    assert world.provider.calls == []


def test_a_file_that_a_check_names_is_in_its_key_by_its_bytes(project: Make, tmp_path: Path) -> None:
    class Like(Check):
        """Looks like a file."""

        name, version = "like", "1"
        options = (Option("picture", "file", "The file.", main=True),)

        def __init__(self) -> None:
            self.seen: list[bytes] = []

        def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
            self.seen.append(context.files["picture"].data)
            return CheckResult(True, "alike", "alike")

    world = world_of(project, "{prompt: a, checks: [{like: {file: refs/a.png}}]}")
    like = Like()
    world.extra = (like,)
    world.write({"refs/a.png": png(2, 2)})
    assert world.build().exit_code == 0
    assert like.seen == [png(2, 2)]
    (world.root / "refs/b.png").write_bytes(png(2, 2))
    world.edit("imagebuild.yaml", "refs/a.png", "refs/b.png")
    world.build()
    assert world.started == []
    world.write({"refs/b.png": png(3, 3)})
    world.build()
    assert world.started == ["hero check 1"]

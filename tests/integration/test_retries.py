"""``retry`` beside a check: which pictures are made anew, by which call, for whose money, what else comes of it."""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping, Sequence

import pytest
from growing_pictures import Make, Wide, growing, world_of

from imagebuild.artifact import Picture
from imagebuild.check import CheckContext, CheckResult
from imagebuild.digest import Json
from imagebuild.errors import CheckFailed, RefusedError
from imagebuild.media import probe
from imagebuild.provider import Provider
from imagebuild.request import OptionProblem, ProviderContext, Request
from imagebuild.testing import World, png


def width(world: World, path: str) -> int | None:
    found = probe(world.read(path))
    return found.width if found else None


def anew(world: World) -> list[str]:
    return [notice for notice in world.notices if "made anew" in notice]


def test_a_file_that_is_edited_is_edited_anew(project: Make) -> None:
    world = world_of(
        project, "  a: {from: a.png, edits: [x, y], checks: [{wide: 30, retry: 5}]}\n", "", {"a.png": png(10, 4)}
    )
    assert world.build().exit_code == 0
    assert [(call.prompt, call.take) for call in world.provider.calls] == [
        ("x", 1),
        ("y", 1),
        ("x", 2),
        ("y", 1),
        ("x", 3),
        ("y", 1),
    ]
    world.forget()
    assert world.build().exit_code == 0
    assert world.started == []


def test_a_file_that_no_call_changes_cannot_be_made_anew(project: Make) -> None:
    world = world_of(project, "  a: {from: a.png, checks: [{wide: 30, retry: 5}]}\n", "", {"a.png": png(10, 4)})
    assert world.build().exit_code == 5
    assert anew(world) == []


@pytest.mark.parametrize("other", ["an", "z"])
def test_of_two_targets_with_one_request_only_the_one_that_fails_is_made_anew(project: Make, other: str) -> None:
    world = world_of(project, f"  {other}: {{prompt: p}}\n  hero: {{prompt: p, checks: [{{wide: 20, retry: 1}}]}}\n")
    assert world.build().exit_code == 0
    assert [call.take for call in world.provider.calls] == [1, 2]
    assert (width(world, f"images/{other}.png"), width(world, "images/hero.png")) == (10, 20)
    world.forget()
    world.build()
    assert world.provider.calls == []


def test_two_targets_with_one_request_that_both_fail_share_the_new_attempts_too(project: Make) -> None:
    world = world_of(project, "".join(f"  {name}: {{prompt: p, checks: [{{wide: 30, retry: 2}}]}}\n" for name in "ab"))
    assert world.build().exit_code == 0
    assert [call.take for call in world.provider.calls] == [1, 2, 3]


def test_a_target_that_is_only_needed_by_another_is_made_anew_too(project: Make) -> None:
    world = world_of(
        project, "  a: {prompt: a, checks: [{wide: 20, retry: 1}]}\n  b: {prompt: bb, inputs: [{target: a}]}\n"
    )
    report = world.build("b")
    assert (report.exit_code, report.failures) == (0, ())
    assert world.provider.prompts == ["a", "a", "bb"]


def test_all_candidates_and_edits_are_made_anew_and_paid_for(project: Make) -> None:
    world = world_of(
        project, "  a: {prompt: a, candidates: 2, edits: [x], steps: [join], checks: [{wide: 20, retry: 3}]}\n"
    )
    report = world.build()
    assert (report.exit_code, report.bought, report.cost_usd) == (0, 6, pytest.approx(0.24))
    assert len(world.provider.calls) == 6
    assert report.written == ("images/a.png",)


def test_the_new_attempt_has_to_find_room_for_the_whole_chain(project: Make) -> None:
    world = world_of(project, "  a: {prompt: a, candidates: 2, edits: [x], checks: [{wide: 90, retry: 3}]}\n")
    report = world.build(max_cost=0.23)
    assert (report.exit_code, len(world.provider.calls)) == (5, 3)
    assert "'a' fails a check, and the budget has no room for another try" in world.notices


@pytest.mark.parametrize(
    ("price", "why"),
    [
        (0.04, "the budget has no room for another try"),
        (None, "nobody has agreed to an unknown price for another try"),
    ],
)
def test_a_yes_to_the_plan_is_no_yes_to_more(project: Make, price: float | None, why: str) -> None:
    world = world_of(project, "  a: {prompt: a, checks: [{wide: 90, retry: 3}]}\n")
    world.provider.price = price
    report = world.build(max_cost=None, confirm=lambda plan: True)
    assert (report.exit_code, len(world.provider.calls)) == (5, 1)
    assert f"'a' fails a check, and {why}" in world.notices


@pytest.mark.parametrize("provider", ["recorder", "sketch"])
def test_a_frozen_picture_is_judged_and_never_made_anew(project: Make, provider: str) -> None:
    world = world_of(project, f"  a: {{prompt: a, provider: {provider}, frozen: true}}\n")
    world.build()
    world.edit("imagebuild.yaml", "frozen: true", "frozen: true, checks: [{wide: 20, retry: 3}]").forget()
    assert world.build().exit_code == 5
    assert world.started == ["a check 1"]
    assert anew(world) == []


def test_a_frozen_picture_that_is_not_there_yet_may_take_some_attempts(project: Make) -> None:
    world = world_of(project, "  a: {prompt: a, frozen: true, checks: [{wide: 20, retry: 3}]}\n")
    assert world.build().exit_code == 0
    world.forget()
    world.build()
    assert (world.started, world.provider.calls) == ([], [])


def test_after_a_new_attempt_a_build_that_stops_early_goes_on_with_the_rest(project: Make) -> None:
    many = "".join(f"  t{number}: {{prompt: other {number}}}\n" for number in range(80))
    world = world_of(project, f"  a: {{prompt: a, checks: [{{wide: 20, retry: 1}}]}}\n{many}")
    report = world.build(max_failures=1, jobs=1)
    assert (report.exit_code, report.failures, report.skipped) == (0, (), 0)
    assert world.plan().empty


def test_a_build_that_stops_for_another_failure_makes_nothing_anew(project: Make) -> None:
    class Signal(Wide):
        """As wide, and lets others know that it was asked."""

        name = "signal"
        asked = threading.Event()

        def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
            self.asked.set()
            return super().check(pictures, context)

    world = world_of(project, "  a: {prompt: a, checks: [{signal: 20, retry: 1}]}\n  b: {prompt: bb}\n")
    world.extra = (Signal(),)

    def answer(request: Request, context: ProviderContext) -> bytes:
        if request.prompt == "bb":
            assert Signal.asked.wait(60)
            raise RefusedError("no")
        return growing(request, context)

    world.provider.answer = answer
    report = world.build(max_failures=1)
    assert sorted(type(failure.error).__name__ for failure in report.failures) == ["CheckFailed", "RefusedError"]
    assert world.provider.prompts == ["a", "bb"]
    assert anew(world) == []


def test_what_failed_is_not_tried_again_with_a_new_attempt_of_something_else(project: Make) -> None:
    world = world_of(
        project,
        "  a: {prompt: a, checks: [{wide: 20, retry: 2}]}\n  bad: {prompt: bad}\n"
        "  odd: {prompt: odd, checks: [{wide: 90}]}\n"
        "  c: {prompt: cc, inputs: [{target: a}, {target: bad}, {target: odd}]}\n",
    )

    def answer(request: Request, context: ProviderContext) -> bytes:
        if request.prompt == "bad":
            raise RefusedError("no")
        return growing(request, context)

    world.provider.answer = answer
    report = world.build()
    assert world.provider.prompts == ["a", "a", "bad", "odd"]
    assert sorted((failure.label, type(failure.error)) for failure in report.failures) == [
        ("bad", RefusedError),
        ("odd (check wide)", CheckFailed),
    ]


def test_providers_are_configured_once_for_all_attempts(project: Make) -> None:
    world = world_of(project, "  a: {prompt: a, checks: [{wide: 30, retry: 2}]}\n")
    opened: list[Provider] = []
    closed: list[Provider] = []

    def configure(
        settings: Mapping[str, Json], environ: Mapping[str, str]
    ) -> tuple[Provider, tuple[OptionProblem, ...]]:
        provider = copy.copy(world.provider)
        provider.close = lambda: closed.append(provider)  # type: ignore[method-assign]  # to see that it is called
        opened.append(provider)
        return provider, ()

    world.provider.configure = configure  # type: ignore[method-assign]  # as above
    assert world.build().exit_code == 0
    assert len(opened) == 1
    assert opened == closed


def test_no_words_are_bought_for_a_picture_that_fails(project: Make) -> None:
    world = world_of(project, "  a: {prompt: a, alt: {generate: true}, checks: [{wide: 30, retry: 1}]}\n")
    world.provider.describes = True
    assert world.build().exit_code == 5
    assert len(world.provider.calls) == 2
    assert world.provider.words.calls == []
    world.edit("imagebuild.yaml", "wide: 30", "wide: 20")
    assert world.build().exit_code == 0
    assert len(world.provider.words.calls) == 1

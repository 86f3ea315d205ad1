"""Alt texts are bought once and under the cap, are pinned by the lock, and never stand in the picture's way."""

from __future__ import annotations

import shutil

import pytest
from described_hill import DESCRIBED, SPEC, Make, clone_of, image_of, line_of, planned, world_of

from imagebuild.errors import (
    LockError,
    NoImageError,
    ProviderError,
    RateLimitError,
    RefusedError,
    SpendingRefused,
)
from imagebuild.event import ActionFailed
from imagebuild.lockfile import Lock
from imagebuild.request import ProviderContext, Request
from imagebuild.retry import RetryPolicy
from imagebuild.target import ALT_STAGE


def test_locked_without_a_line_is_refused_before_anything_runs(project: Make) -> None:
    spec = SPEC.replace("    alt:", "    # alt:")
    world = world_of(project, spec)
    world.build()
    world.spec(SPEC)
    with pytest.raises(LockError, match=r"hero \(alt text\)") as caught:
        world.build(locked=True)
    assert caught.value.exit_code == 3
    assert world.provider.words.calls == []


def test_offline_without_a_text_delivers_the_picture_and_fails(project: Make) -> None:
    world = world_of(project, SPEC.replace("    alt:", "    # alt:"))
    world.build()
    (world.root / "images/hero.png").unlink()
    world.spec(SPEC)
    assert world.build(offline=True).exit_code == 3
    assert world.written == ["images/hero.png"]
    assert world.provider.words.calls == []


def test_the_plan_shows_what_a_text_costs(project: Make) -> None:
    world = world_of(project)
    assert world.plan().cost.high == pytest.approx(0.041)
    world.build()
    world.edit("imagebuild.yaml", "Name the season", "Name the tree")
    action = planned(world)
    assert (action.verdict, str(action.cost), action.node.label) == ("buy", "$0.001", "hero (alt text)")
    assert [str(reason) for reason in action.reasons] == ["prompt: 'Name the season' -> 'Name the tree'"]


def test_a_cap_below_picture_and_text_is_refused(project: Make) -> None:
    world = world_of(project)
    with pytest.raises(SpendingRefused):
        world.build(max_cost=0.0405)
    assert world.provider.calls == world.provider.words.calls == []


def test_a_cap_that_the_picture_uses_up_leaves_the_text_for_another_build(project: Make) -> None:
    world = world_of(project)
    world.provider.charged = 0.05
    report = world.build(max_cost=0.05)
    assert [type(failure.error) for failure in report.failures] == [SpendingRefused]
    assert (world.provider.words.calls, world.written) == ([], ["images/hero.png"])
    assert world.build(max_cost=0.05).exit_code == 0
    assert world.started == [DESCRIBED]


def test_an_unknown_price_is_refused_under_a_cap_until_the_spec_states_one(project: Make) -> None:
    world = world_of(project)
    world.provider.words.price = None
    with pytest.raises(SpendingRefused, match="unknown") as caught:
        world.build()
    assert "price" in str(caught.value.hint)
    world.write({"imagebuild.yaml": SPEC + "providers: {recorder: {price: 0.01}}\n"})
    assert world.plan().cost.high == pytest.approx(0.05)
    assert world.build().exit_code == 0


def test_a_refusal_fails_the_text_alone_and_the_picture_is_delivered(project: Make) -> None:
    world = world_of(project)

    def refuse(request: Request, context: ProviderContext) -> str | None:
        raise RefusedError("the model declined", billed=True, cost_usd=0.0005)

    world.provider.words.answer = refuse
    report = world.build()
    assert report.exit_code == 1
    assert [failure.label for failure in report.failures] == ["hero (alt text)"]
    assert report.cost_usd == pytest.approx(0.0405)
    assert world.written == ["images/hero.png"]
    (failed,) = [event for event in world.events if isinstance(event, ActionFailed)]
    assert (failed.kind, failed.stage) == ("describe", -1)
    assert line_of(world) is None
    world.forget().provider.words.answer = lambda request, context: None
    assert world.build().exit_code == 0
    assert (world.provider.calls, world.started) == ([], [DESCRIBED])


@pytest.mark.parametrize("text", ["", " \n\t ", "x" * 5001])
def test_an_answer_that_is_no_text_is_a_failure_that_was_paid_for(project: Make, text: str) -> None:
    world = world_of(project)
    world.provider.words.answer = lambda request, context: text
    report = world.build()
    (failure,) = report.failures
    assert isinstance(failure.error, NoImageError)
    assert failure.error.billed
    assert report.cost_usd == pytest.approx(0.041)


def test_an_id_that_a_describer_notes_is_never_collected_as_a_picture(project: Make) -> None:
    world = world_of(project)

    def lost(request: Request, context: ProviderContext) -> str | None:
        context.note_id("resp_1")
        raise ProviderError("lost", billed=True)

    world.provider.words.answer = lost
    assert world.build().exit_code == 1
    world.provider.words.answer = lambda request, context: None
    assert world.build().exit_code == 0
    assert len(world.provider.words.calls) == 2


def test_a_failure_that_may_pass_is_tried_again_by_the_one_policy(project: Make) -> None:
    world = world_of(project)
    world.retry = RetryPolicy(tries=3, patience=1.0, first_wait=0.0)
    asked: list[Request] = []

    def once(request: Request, context: ProviderContext) -> str | None:
        asked.append(request)
        if len(asked) == 1:
            raise RateLimitError("slower")
        return None

    world.provider.words.answer = once
    assert world.build().exit_code == 0
    assert len(asked) == 2


def test_without_the_projects_state_nothing_is_bought_again(project: Make) -> None:
    world = world_of(project)
    world.build()
    shutil.rmtree(world.root / ".imagebuild")
    world.forget()
    assert world.build().exit_code == 0
    assert world.provider.calls == world.provider.words.calls == []


def test_a_clone_with_the_same_store_needs_no_call(project: Make) -> None:
    world = world_of(project)
    world.build()
    clone = clone_of(world)
    clone.forget()
    assert clone.build(locked=True, max_cost=None).exit_code == 0
    assert clone.provider.calls == clone.provider.words.calls == []
    assert image_of(clone).alt == image_of(world).alt


def test_a_clone_with_committed_pictures_and_an_empty_store_has_the_text_from_the_lock(project: Make) -> None:
    world = world_of(project, SPEC.replace("    steps: [{mark: {mark: X}}]\n", ""))
    world.build()
    clone = clone_of(world, "another-home")
    clone.forget()
    assert clone.build(locked=True, max_cost=None).exit_code == 0
    assert clone.provider.calls == clone.provider.words.calls == []
    assert image_of(clone).alt == image_of(world).alt
    assert clone.read("imagebuild.lock") == world.read("imagebuild.lock")


def test_the_lock_shows_the_text_so_that_people_can_review_it(project: Make) -> None:
    world = world_of(project)
    world.provider.words.answer = lambda request, context: "Ein Hügel im Herbst"
    world.build()
    line = line_of(world)
    assert line is not None
    assert line.text == "Ein Hügel im Herbst"
    assert '"text": "Ein Hügel im Herbst"' in world.read("imagebuild.lock").decode()


def test_a_text_that_somebody_changed_in_the_lock_is_refused(project: Make) -> None:
    world = world_of(project)
    world.provider.words.answer = lambda request, context: "Ein Hügel"
    world.build()
    world.edit("imagebuild.lock", "Ein Hügel", "Ein Berg")
    with pytest.raises(LockError, match="'text' is not the one whose digest is pinned") as caught:
        world.build()
    assert "alt: " in str(caught.value.hint)


def test_a_draft_describes_nothing_and_keeps_what_is_pinned(project: Make) -> None:
    world = world_of(project)
    assert world.build(draft=True, max_cost=None).exit_code == 0
    assert world.provider.words.calls == []
    world.build()
    before = world.read("imagebuild.lock")
    world.edit("imagebuild.yaml", "a hill", "a lake")
    assert world.build(draft=True, max_cost=None).exit_code == 0
    assert world.read("imagebuild.lock") == before


def test_a_text_of_ones_own_takes_the_line_out_of_the_lock(project: Make) -> None:
    world = world_of(project)
    world.build()
    world.spec(SPEC[: SPEC.index("    alt:")] + "    alt: A hill\n")
    world.build()
    assert line_of(world) is None
    world.spec(SPEC)
    world.forget()
    world.build()
    assert world.provider.words.calls == []
    assert line_of(world) is not None


def test_a_paid_text_of_a_free_picture_is_pinned_and_not_bought_again(project: Make) -> None:
    spec = "version: 1\ntargets: {a: {provider: sketch, prompt: hill, alt: {generate: true, provider: recorder}}}\n"
    world = world_of(project, spec)
    assert world.build().cost_usd == pytest.approx(0.001)
    assert list(Lock.read(world.root / "imagebuild.lock").lines) == [("a", ALT_STAGE, 1)]
    clone = clone_of(world, "another-home")
    clone.forget()
    assert clone.build(locked=True, max_cost=None).exit_code == 0
    assert clone.provider.words.calls == []


def test_a_frozen_target_keeps_its_text(project: Make) -> None:
    world = world_of(project)
    world.build()
    world.forget()
    world.edit("imagebuild.yaml", "    prompt: a hill", "    frozen: true\n    prompt: a hill")
    world.edit("imagebuild.yaml", "Name the season", "Name the tree")
    assert world.build().exit_code == 0
    assert world.provider.words.calls == []

"""What is bought ahead is in the store, the project is untouched, and the next build delivers it for nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest
from held_calls import held

from imagebuild.budget import Budget
from imagebuild.errors import SpendingRefused, UnavailableError, UsageError
from imagebuild.event import ActionFinished, ActionStarted
from imagebuild.lockfile import Lock
from imagebuild.project import Project
from imagebuild.request import ProviderContext, Request
from imagebuild.testing import World

Make = Callable[[Mapping[str, str | bytes]], World]
HEAD = "version: 1\ndefaults: {provider: recorder}\ntargets:\n"
CHAIN = (
    HEAD
    + "  hill: {prompt: a hill, candidates: 2, edits: [greener], steps: [mark: {mark: x}]}\n  moon: {prompt: moon}\n"
)


def tree(world: World) -> dict[str, bytes]:
    """All files of the project outside of its state folder."""
    return {
        path.relative_to(world.root).as_posix(): path.read_bytes()
        for path in sorted(world.root.rglob("*"))
        if path.is_file() and ".imagebuild" not in path.parts and world.home not in path.parents
    }


def lock(world: World) -> Lock:
    return Lock.read(world.root / "imagebuild.lock")


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[list[object]]:
    """Run something in a thread until the block ends; what it gave, or what it raised."""
    results: list[object] = []

    def run() -> None:
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield results
    finally:
        thread.join(30)
    assert not thread.is_alive()


def test_what_is_bought_ahead_changes_no_file_of_the_project(project: Make) -> None:
    world = project({"imagebuild.yaml": CHAIN})
    before = tree(world)
    bought = world.open().buy(["hill"], budget=Budget(1.0))
    assert (bought.bought, bought.cost_usd, bought.failures) == (3, pytest.approx(0.12), ())
    assert tree(world) == before


def test_the_build_that_follows_delivers_it_for_nothing(project: Make) -> None:
    world, twin = project({"imagebuild.yaml": CHAIN}), project({"imagebuild.yaml": CHAIN})
    world.open().buy(["hill", "moon"], budget=Budget(1.0))
    world.forget()
    assert world.build(max_cost=0.0).exit_code == 0
    assert world.provider.calls == []
    twin.build()
    assert world.read("images/hill.png") == twin.read("images/hill.png")
    assert {slot: each.digest for slot, each in lock(world).lines.items()} == {
        slot: each.digest for slot, each in lock(twin).lines.items()
    }


def test_only_the_named_targets_and_what_they_need_are_bought(project: Make) -> None:
    spec = HEAD + "  logo: {prompt: logo}\n  hero: {prompt: hero, inputs: [{target: logo}]}\n  moon: {prompt: moon}\n"
    world = project({"imagebuild.yaml": spec})
    world.open().buy(["hero"], budget=Budget(1.0))
    assert world.provider.prompts == ["hero", "logo"]


def test_steps_and_checks_are_left_to_the_build(project: Make) -> None:
    world = project({"imagebuild.yaml": CHAIN})
    world.open().buy(["hill"], budget=Budget(1.0))
    assert world.step.calls == []
    world.build("hill", max_cost=0.0)
    assert len(world.step.calls) == 1


def test_another_attempt_that_is_bought_ahead_is_the_one_a_reroll_delivers(project: Make) -> None:
    world = project({"imagebuild.yaml": CHAIN})
    world.build()
    first = world.read("images/moon.png")
    world.open().buy(["moon"], budget=Budget(1.0), reroll=True)
    assert world.read("images/moon.png") == first
    world.forget()
    world.build("moon", max_cost=0.0, reroll=True)
    assert world.provider.calls == []
    assert world.read("images/moon.png") != first
    assert lock(world).lines["moon", 0, 1].take == 2


def test_people_choose_while_a_picture_is_being_bought(project: Make) -> None:
    world = project({"imagebuild.yaml": CHAIN})
    world.build()
    opened = world.open()
    with held(world) as (begun, go):
        with beside(lambda: opened.buy(["moon"], budget=Budget(1.0), reroll=True)) as results:
            assert begun.wait(20)
            opened.approve(["hill"])
            opened.pick("hill", 2)
            go.set()
        assert not isinstance(results[0], Exception), results
    opened.build(["moon"], reroll=True, max_cost=0.0)
    lines = lock(world).lines
    assert (lines["hill", 0, 2].picked, lines["moon", 0, 1].take) == (True, 2)


def test_a_picture_that_the_spec_no_longer_asks_for_is_kept_and_not_shown(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  moon: {prompt: a full moon}\n"})
    opened = world.open()
    with held(world) as (begun, go), beside(lambda: opened.buy(["moon"], budget=Budget(1.0))):
        assert begun.wait(20)
        world.edit("imagebuild.yaml", "full", "new")
        go.set()
    with pytest.raises(SpendingRefused):
        world.build(max_cost=0.0)
    assert not (world.root / "images/moon.png").exists()
    world.edit("imagebuild.yaml", "new", "full")
    world.forget()
    world.build(max_cost=0.0)
    assert (world.provider.calls, (world.root / "images/moon.png").exists()) == ([], True)


def test_a_budget_that_is_shared_holds_for_all_who_draw_on_it(project: Make) -> None:
    names = [f"t{number}" for number in range(6)]
    world = project({"imagebuild.yaml": HEAD + "".join(f"  {name}: {{prompt: {name}}}\n" for name in names)})
    opened, budget = world.open(), Budget(0.16)
    with beside(lambda: opened.buy(names[:3], budget=budget)), beside(lambda: opened.buy(names[3:], budget=budget)):
        pass
    assert len(world.provider.calls) == 4
    assert budget.spent == pytest.approx(0.16)


def test_two_who_buy_the_same_at_once_pay_once(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  moon: {prompt: moon}\n"})
    opened, budget = world.open(), Budget(1.0)
    with held(world) as (begun, go), beside(lambda: opened.buy(["moon"], budget=budget)) as first:
        assert begun.wait(20)
        with beside(lambda: opened.buy(["moon"], budget=budget)) as second:
            go.set()
    assert sorted(each.bought for each in (*first, *second)) == [0, 1]
    assert (len(world.provider.calls), budget.spent) == (1, pytest.approx(0.04))


def test_who_stops_it_keeps_what_is_in_flight_and_begins_no_more(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  moon: {prompt: moon, edits: [bluer]}\n"})
    opened, stop = world.open(), [0]
    with (
        held(world) as (begun, go),
        beside(lambda: opened.buy(["moon"], budget=Budget(1.0), stop=lambda: stop[0])) as results,
    ):
        assert begun.wait(20)
        stop[0] = 1
        go.set()
    assert (world.provider.prompts, results[0].bought) == (["moon"], 1)
    world.forget()
    world.build()
    assert world.provider.prompts == ["bluer"]


def test_a_call_that_fails_costs_the_budget_nothing_and_stands_in_the_result(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  moon: {prompt: moon}\n"})

    def down(request: Request, context: ProviderContext) -> None:
        raise UnavailableError("the service is down", billed=False)

    world.provider.answer = down
    budget = Budget(1.0)
    bought = world.open().buy(["moon"], budget=budget)
    assert (bought.bought, [each.target for each in bought.failures], budget.spent) == (0, ["moon"], 0.0)


def test_events_tell_of_calls_as_in_a_build(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  moon: {prompt: moon}\n"})
    events: list[object] = []
    world.open().buy(["moon"], budget=Budget(1.0), listen=events.append)
    assert [type(each) for each in events if isinstance(each, ActionStarted | ActionFinished)] == [
        ActionStarted,
        ActionFinished,
    ]


def test_nothing_is_bought_for_an_untrusted_project(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  moon: {prompt: moon}\n"})
    opened = Project.open(world.root, home=world.home, registry=world.registry, environ={}, untrusted=True)
    with pytest.raises(UsageError):
        opened.buy(["moon"], budget=Budget(1.0))
    assert world.provider.calls == []

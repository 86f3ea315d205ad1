"""The studio that viewers are handed: tasks are the commands' own calls, money keeps to its cap, views keep up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from held_calls import held

from imagebuild.budget import Budget
from imagebuild.errors import StoreError, UsageError
from imagebuild.event import SpecBroken, SpecMended
from imagebuild.lockfile import Lock
from imagebuild.request import ProviderContext, Request
from imagebuild.studio import ProjectStudio
from imagebuild.testing import World, png
from imagebuild.viewer import News, Task, TaskState

Make = Callable[[Mapping[str, str | bytes]], World]
SPEC = """\
version: 1
vars: {look: flat}
defaults: {provider: recorder}
targets:
  hero: {prompt: "a hero, {{ look }}", candidates: 3, tags: [blog], alt: "A hero"}
  car: {prompt: "a red car", edits: ["make it blue"], steps: [mark: {mark: x}]}
  moon: {prompt: "the moon", provider: sketch}
  both: {prompt: "both", provider: sketch, inputs: [{target: moon}]}
"""


@pytest.fixture
def world(project: Make) -> World:
    built = project({"imagebuild.yaml": SPEC})
    built.build()
    return built


@contextmanager
def studio_of(world: World, cap: float | None = None) -> Iterator[ProjectStudio]:
    studio = ProjectStudio(world.open(), budget=None if cap is None else Budget(cap))
    try:
        yield studio
    finally:
        studio.close()


def lock(world: World) -> Lock:
    return Lock.read(world.root / "imagebuild.lock")


def ended(studio: ProjectStudio, task: Task) -> TaskState:
    """A task, once it is done."""
    return finished(studio, studio.submit(task).id)


def finished(studio: ProjectStudio, number: int) -> TaskState:
    end = time.monotonic() + 30
    while True:
        state = next(each for each in studio.tasks() if each.id == number)
        if state.state in ("done", "failed"):
            return state
        assert time.monotonic() < end, state
        time.sleep(0.01)


TASKS: dict[str, tuple[Task, Callable[[Any], object]]] = {
    "pick": (Task("pick", ("hero",), candidate=2), lambda project: project.pick("hero", 2)),
    "approve": (Task("approve", ("hero", "car")), lambda project: project.approve(["hero", "car"])),
    "reject": (Task("reject", ("car",)), lambda project: project.reject(["car"])),
    "reject a candidate": (
        Task("reject", ("hero",), candidate=3),
        lambda project: project.reject(["hero"], candidate=3),
    ),
    "freeze": (Task("freeze", ("hero", "moon")), lambda project: project.freeze(["hero", "moon"])),
    "reroll": (
        Task("reroll", ("car",), max_cost=0.08),
        lambda project: project.build(["car"], reroll=True, max_cost=1.0),
    ),
    "reroll from an edit on": (
        Task("reroll", ("car",), edit=1, max_cost=0.04),
        lambda project: project.build(["car"], reroll=True, edit=1, max_cost=1.0),
    ),
    "reroll for nothing": (
        Task("reroll", ("moon",)),
        lambda project: project.build(["moon"], reroll=True, max_cost=0.0),
    ),
}


@pytest.mark.parametrize("name", TASKS)
def test_a_task_leaves_what_the_command_of_its_name_leaves(name: str, world: World, project: Make) -> None:
    twin = project({"imagebuild.yaml": SPEC})
    twin.build()
    task, command = TASKS[name]
    with studio_of(world, cap=1.0) as studio:
        assert ended(studio, task).state == "done"
    command(twin.open())
    twin.open().deliver(task.targets)

    def seen(each: World) -> dict[object, tuple[object, ...]]:
        return {
            slot: (line.key, line.digest, line.picked, line.review, line.frozen, line.take)
            for slot, line in lock(each).lines.items()
        }

    assert seen(world) == seen(twin)
    for path in ("images/hero.png", "images/car.png", "images/moon.png"):
        assert world.read(path) == twin.read(path)


def test_an_earlier_picture_is_brought_back_by_its_digest(world: World) -> None:
    first = world.read("images/car.png")
    world.build("car", reroll=True)
    with studio_of(world) as studio:
        earlier = next(each for each in studio.target("car").history if each.stage == 1 and each.standing == "")
        assert ended(studio, Task("restore", ("car",), picture=earlier.digest)).state == "done"
    assert world.read("images/car.png") == first


def test_nothing_is_bought_without_a_budget(world: World) -> None:
    world.forget()
    with studio_of(world) as studio:
        state = ended(studio, Task("reroll", ("hero",), max_cost=99.0))
        price = studio.price(Task("reroll", ("hero",)))
    assert (state.state, "nothing may be bought here" in state.message) == ("failed", True)
    assert (price.text, price.affordable, price.calls) == ("$0.12", False, 3)
    assert world.provider.calls == []


def test_nothing_dearer_than_the_price_that_was_seen_is_bought(world: World) -> None:
    world.forget()
    with studio_of(world, cap=5.0) as studio:
        assert ended(studio, Task("reroll", ("hero",), max_cost=0.11)).state == "failed"
        assert ended(studio, Task("reroll", ("hero",))).state == "failed"
    assert world.provider.calls == []


def test_the_cap_holds_over_rerolls_at_the_same_time(world: World) -> None:
    world.forget()
    with studio_of(world, cap=0.13) as studio:
        for name in ("hero", "car"):
            studio.submit(Task("reroll", (name,), max_cost=1.0))
        studio.close()
        assert studio.overview().spent_usd <= 0.13
    assert len(world.provider.calls) <= 3


def test_a_picture_is_made_by_one_task_at_a_time(world: World) -> None:
    with held(world) as (begun, go), studio_of(world, cap=1.0) as studio:
        studio.submit(Task("reroll", ("car",), max_cost=1.0))
        assert begun.wait(20)
        with pytest.raises(UsageError, match="is being made already"):
            studio.submit(Task("reroll", ("car",), max_cost=1.0))
        assert ended(studio, Task("approve", ("hero",))).state == "done"
        go.set()


def test_closing_keeps_the_picture_that_is_on_its_way(world: World) -> None:
    world.forget()
    with held(world) as (begun, go), studio_of(world, cap=1.0) as studio:
        studio.submit(Task("reroll", ("car",), max_cost=1.0))
        assert begun.wait(20)
        closing = threading.Thread(target=studio.close)
        closing.start()
        while studio._stop == 0:
            time.sleep(0.01)
        go.set()
        closing.join(20)
    assert world.provider.prompts == ["a red car"]
    world.forget()
    world.build("car", reroll=True)
    assert world.provider.prompts == ["make it blue"]
    with pytest.raises(UsageError, match="closing"):
        studio.submit(Task("approve", ("hero",)))


def test_a_spec_that_changed_on_the_way_keeps_what_was_bought_in_the_store(world: World) -> None:
    before = world.read("images/hero.png")
    with held(world) as (begun, go), studio_of(world, cap=1.0) as studio:
        number = studio.submit(Task("reroll", ("hero",), max_cost=1.0)).id
        assert begun.wait(20)
        world.edit("imagebuild.yaml", "look: flat", "look: round")
        go.set()
        state = finished(studio, number)
    assert (state.state, state.message) == ("failed", "the spec has changed meanwhile")
    assert world.read("images/hero.png") == before


@pytest.mark.parametrize(
    "task",
    [
        Task("pick", ("hero", "car"), candidate=1),
        Task("approve", ()),
        Task("rm", ("hero",)),  # type: ignore[arg-type]  # from a page that is not ours
    ],
)
def test_what_makes_no_sense_is_refused_at_once(task: Task, world: World) -> None:
    with studio_of(world) as studio, pytest.raises(UsageError):
        studio.submit(task)


@pytest.mark.parametrize("task", [Task("pick", ("hero",), candidate=9), Task("approve", ("nobody",))])
def test_what_a_command_refuses_fails_with_its_words(task: Task, world: World) -> None:
    with studio_of(world) as studio:
        state = ended(studio, task)
        assert (state.state, bool(state.message)) == ("failed", True)
        assert ended(studio, Task("approve", ("hero",))).state == "done"


def test_a_target_tells_its_whole_chain(world: World) -> None:
    with studio_of(world) as studio:
        view = studio.target("car")
        hero = studio.target("hero")
    assert [(each.kind, each.name, each.verdict) for each in view.stages] == [
        ("generate", "recorder", "cached"),
        ("edit", "recorder", "cached"),
        ("step", "mark", "cached"),
    ]
    assert [each.prompt for each in view.stages] == ["a red car", "make it blue", None]
    assert (hero.stages[0].written, hero.stages[0].prompt) == ("a hero, {{ look }}", "a hero, flat")
    assert [(each.number, each.picked) for each in hero.stages[0].candidates] == [(1, True), (2, False), (3, False)]
    assert view.stages[0].options["quality"] == "medium"
    assert [(each.path, each.state) for each in view.outputs] == [("images/car.png", "written")]
    assert [each.standing for each in view.history] == ["base", "live"]
    assert view.spec_place == "imagebuild.yaml:6:3"


def test_a_stale_target_says_why_and_for_how_much(world: World) -> None:
    world.edit("imagebuild.yaml", "a red car", "a green car")
    with studio_of(world) as studio:
        card = next(each for each in studio.overview().targets if each.id == "car")
        first = studio.target("car").stages[0]
    assert (card.state, card.waits) == ("stale", "$0.08")
    assert any("red" in reason and "green" in reason for reason in first.reasons)
    assert first.price == "$0.04"


def test_only_what_changed_is_looked_at_again(world: World) -> None:
    with studio_of(world) as studio:
        before = {card.id: card for card in studio.overview().targets}
        world.edit("imagebuild.yaml", "the moon", "the new moon")
        studio.refresh(("moon",))
        after = {card.id: card for card in studio.overview().targets}
    assert {name for name in after if after[name] is not before[name]} == {"moon", "both"}
    assert (after["moon"].state, after["both"].state) == ("stale", "stale")


def test_a_broken_spec_keeps_the_cards_and_tells_the_problem(world: World) -> None:
    heard: list[News] = []
    with studio_of(world) as studio:
        before = studio.overview()
        studio.subscribe(heard.append)
        world.edit("imagebuild.yaml", "tags: [blog]", "tagz: [blog]")
        studio.refresh(None)
        broken = studio.overview()
        with pytest.raises(Exception, match="tagz") as caught:
            world.open().spec()
        studio.hear(SpecBroken(caught.value))
        world.edit("imagebuild.yaml", "tagz: [blog]", "tags: [blog]")
        studio.hear(SpecMended())
        studio.refresh(None)
        mended = studio.overview()
    assert broken.targets == before.targets
    assert ["tagz" in each.message for each in broken.problems] == [True]
    assert broken.problems[0].place == "imagebuild.yaml:5:55"
    assert (mended.problems, mended.targets) == ((), before.targets)
    assert [len(each.data["problems"]) for each in heard if each.name == "problems"] == [1, 0]  # type: ignore[arg-type]  # a list


def test_pictures_of_this_project_are_given_and_no_others(world: World, tmp_path: Path) -> None:
    with studio_of(world) as studio:
        digest = lock(world).lines["hero", 0, 1].digest
        with pytest.raises(UsageError):
            studio.picture(digest)  # nobody has named it yet
        studio.target("hero")
        assert studio.picture(digest).path.read_bytes() == world.read("images/hero.png")
        other = World(tmp_path / "other", world.home)
        other.root.mkdir()
        other.spec(SPEC.replace("a red car", "a secret car"))
        other.build()
        foreign = lock(other).lines["car", 0, 1].digest
        for wrong in (foreign, digest.upper(), digest[:63], "../" + digest, "", "0" * 64):
            with pytest.raises(UsageError):
                studio.picture(wrong)
        for wrong in ("../imagebuild.yaml", "..", ".hidden", "a/b", "nothing.png", ""):
            with pytest.raises(UsageError):
                studio.partial(wrong)


def test_a_picture_whose_bytes_are_gone_from_the_stores_comes_from_its_output(world: World) -> None:
    with studio_of(world) as studio:
        digest = studio.target("moon").outputs[0].picture.digest
        for path in world.home.rglob(digest):
            path.unlink()
        assert studio.picture(digest).path == world.root / "images/moon.png"
        (world.root / "images/moon.png").write_bytes(png(9, 9))
        with pytest.raises(StoreError):
            studio.picture(digest)


def test_news_tell_of_calls_and_partial_pictures(world: World) -> None:
    from imagebuild.artifact import Picture

    def answer(request: Request, context: ProviderContext) -> None:
        context.partial(0, Picture(png(3, 3), "image/png"))

    world.provider.answer = answer
    heard: list[News] = []
    with studio_of(world, cap=1.0) as studio:
        studio.subscribe(heard.append)
        assert ended(studio, Task("reroll", ("car",), max_cost=1.0)).state == "done"
        partial = next(each for each in heard if each.name == "partial")
        assert studio.partial(str(partial.data["file"])).media_type == "image/png"
    assert [each.number for each in heard] == list(range(1, len(heard) + 1))
    names = [each.name for each in heard]
    assert names.index("task") < names.index("started") < names.index("partial") < names.index("finished")

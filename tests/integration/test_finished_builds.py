"""A finished build of a project with everything, and what is done to it: damage, losses, a clone, an early look."""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from growing_pictures import Make, world_of

from imagebuild.artifact import Picture
from imagebuild.event import Published
from imagebuild.report import Report
from imagebuild.request import ProviderContext, Request
from imagebuild.stamp import is_fresh
from imagebuild.step import Step, StepContext
from imagebuild.testing import World, png

TARGETS = """\
  hero:
    prompt: a
    candidates: 2
    edits: [x]
    steps: [{mark: {mark: A}}, {join: {with: {file: tail.bin}}}]
    checks: [{curious: 1}, {wide: {width: 2, like: {file: a.png}}}]
    alt: {generate: true}
  sheet: {from: [{target: hero}, a.png], steps: [join], checks: [{wide: 1}], alt: ""}
  again: {from: {target: sheet}, alt: ""}
  third: {from: [{target: again}, {target: hero}], steps: [{join: {with: {target: sheet}}}], alt: ""}
  free: {prompt: f, provider: sketch, steps: [{mark: {mark: F}}, grain], alt: ""}
"""
GRAIN = '''\
import imagebuild


class Grain(imagebuild.Step):
    """Adds grain."""

    name = "grain"

    def apply(self, pictures, context):
        return [imagebuild.Picture(each.data + b"g", each.media_type, each.labels) for each in pictures]


@imagebuild.hookimpl
def imagebuild_steps():
    return [Grain()]
'''
REST = "plugins: [plugins/grain.py]\npublish: [{copies: {path: site, key: '${SITE_KEY}'}}]\n"
FILES: dict[str, str | bytes] = {"tail.bin": b"tail", "a.png": png(3, 3), "plugins/grain.py": GRAIN}


def finished(project: Make) -> World:
    world = world_of(project, TARGETS, REST, FILES)
    world.provider.describes = True
    world.environ["SITE_KEY"] = "one"
    report = world.build()
    assert (report.exit_code, report.failures) == (0, ())
    world.forget()
    return world


def published(world: World) -> list[int]:
    return [event.changed for event in world.events if isinstance(event, Published)]


def files_of(root: Path) -> dict[str, bytes]:
    """All but the state."""
    found = (path for path in root.rglob("*") if path.is_file() and ".imagebuild" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def bought(world: World) -> int:
    return len(world.provider.calls) + len(world.provider.words.calls)


def objects(world: World) -> list[Path]:
    return sorted(path for path in (world.root / ".imagebuild/objects").rglob("*") if path.is_file())


def spoil(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


@pytest.mark.parametrize("lost", ["", "records.db", "state.db", "slots.db", "published.json", "objects", "."])
def test_a_build_after_it_changes_nothing_whatever_of_the_state_is_lost(project: Make, lost: str) -> None:
    world = finished(project)
    before = files_of(world.root)
    if lost:
        gone = world.root / ".imagebuild" / lost
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    assert world.build().exit_code == 0
    assert (bought(world), world.written, published(world)) == (0, [], [])
    assert files_of(world.root) == before
    if not lost:
        assert world.started == []
    world.build()
    assert world.started == []


@pytest.mark.parametrize("how", [{"locked": True}, {"offline": True}, {}])
def test_a_clone_with_the_same_store_makes_the_same_files_and_buys_nothing(
    project: Make, tmp_path: Path, how: dict[str, Any]
) -> None:
    world = finished(project)
    clone = World(tmp_path / "clone", world.home, world.provider, world.painter, world.step, world.extra, world.environ)
    for name in ("imagebuild.yaml", "imagebuild.lock", *FILES):
        clone.write({name: world.read(name)})
    assert clone.build(max_cost=None, **how).exit_code == 0
    assert bought(world) == 0
    assert files_of(clone.root) == files_of(world.root)


@pytest.mark.parametrize("seed", range(6))
def test_damaged_derivatives_are_made_anew_in_the_build_that_finds_them(project: Make, seed: int) -> None:
    world = finished(project)
    chance = random.Random(seed)
    everything = objects(world)
    for path in chance.sample(everything, chance.randint(1, len(everything))):
        spoil(path, path.read_bytes()[:-1] if seed % 2 else b"x" * path.stat().st_size)
    for name in ("images/hero.png", "images/third.png", "site/free.png"):
        (world.root / name).unlink()
    world.edit("imagebuild.yaml", "mark: A", "mark: B")
    report = world.build()
    assert (report.exit_code, report.failures, bought(world)) == (0, (), 0)
    world.build()
    assert (world.started, published(world)) == ([], [])


def test_what_the_store_has_lost_is_published_from_the_outputs_that_still_hold_it(project: Make) -> None:
    world = finished(project)
    for path in objects(world):
        spoil(path, b"x")
    shutil.rmtree(world.root / "site")
    report = world.build()
    assert (report.exit_code, report.failures) == (0, ())
    assert world.read("site/third.png") == world.read("images/third.png")
    assert any("was damaged" in notice for notice in world.notices)


@pytest.mark.parametrize(
    "path",
    [
        "site/hero.png",
        "images/again.png",
        "tail.bin",
        "a.png",
        "plugins/grain.py",
        "imagebuild.lock",
        "imagebuild.yaml",
    ],
)
def test_the_early_look_sees_every_file_that_the_build_rests_on(project: Make, path: str) -> None:
    world = finished(project)
    settle(world)
    before = world.read(path)
    world.write({path: before + b"\n"})
    assert is_fresh(str(world.root), world.environ) is None
    (world.root / path).unlink()
    assert is_fresh(str(world.root), world.environ) is None


def test_the_early_look_sees_a_variable_that_the_publishers_use(project: Make) -> None:
    world = finished(project)
    settle(world)
    assert is_fresh(str(world.root), {"SITE_KEY": "one", "OTHER": "x"}) == 5
    assert is_fresh(str(world.root), {"SITE_KEY": "two"}) is None
    assert is_fresh(str(world.root), {}) is None


def settle(world: World) -> None:
    """Build until the clock has moved past the tick within which files are not trusted."""
    deadline = time.monotonic() + 60
    while is_fresh(str(world.root), world.environ) is None and time.monotonic() < deadline:
        world.build()
        time.sleep(0.2)
    assert is_fresh(str(world.root), world.environ) == 5


def test_a_draft_changes_no_published_file_and_the_next_build_does(project: Make) -> None:
    world = finished(project)
    before = {name: data for name, data in files_of(world.root).items() if name.startswith("site/")}
    world.edit("imagebuild.yaml", "edits: [x]", "edits: [xyz]")
    world.build(draft=True)
    assert {name: world.read(name) for name in before} == before
    assert {name for name, status in world.status().items() if status.state == "draft"} == {
        "hero",
        "sheet",
        "again",
        "third",
    }
    assert world.build().exit_code == 0
    changed = {name for name in before if world.read(name) != before[name]}
    assert changed == {f"site/{name}.png" for name in ("hero", "sheet", "again", "third")}
    world.build(draft=True)
    assert (world.started, published(world)) == ([], [])


def test_a_build_of_some_targets_publishes_nothing(project: Make) -> None:
    world = finished(project)
    before = files_of(world.root / "site")
    world.edit("imagebuild.yaml", "mark: F", "mark: G")
    assert world.build("free").exit_code == 0
    assert published(world) == []
    assert files_of(world.root / "site") == before
    world.build()
    assert (world.started, published(world)) == ([], [1])


@pytest.mark.parametrize(
    ("changes", "gone", "new"),
    [
        ([("  free:", "  gift:")], "site/free.png", "site/gift.png"),
        ([("prompt: f,", "prompt: f, output: 'new/{{ id }}-x.{{ ext }}',")], "site/free.png", "site/free-x.png"),
        ([("  again:", "  twice:"), ("{target: again}", "{target: twice}")], "site/again.png", "site/twice.png"),
        ([(TARGETS[TARGETS.index("  free:") :], "")], "site/free.png", "site/hero.png"),
    ],
)
def test_published_files_follow_names_and_paths_without_a_purchase(
    project: Make, changes: Sequence[tuple[str, str]], gone: str, new: str
) -> None:
    world = finished(project)
    for old, other in changes:
        world.edit("imagebuild.yaml", old, other)
    assert world.build().exit_code == 0
    assert bought(world) == 0
    assert not (world.root / gone).exists()
    assert (world.root / new).exists()
    world.build()
    assert (world.started, published(world)) == ([], [])


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send Ctrl-C to a process of its own group alone")
def test_an_interrupt_while_a_step_runs_keeps_what_it_makes_and_publishes_nothing(project: Make) -> None:
    class Halting(Step):
        """Is interrupted."""

        name, version = "halting", "1"

        def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
            os.kill(os.getpid(), signal.SIGINT)
            told.wait(60)
            return [Picture(each.data + b"h", each.media_type, each.labels) for each in pictures]

    told = threading.Event()
    world = world_of(
        project, "  hero: {prompt: a, steps: [halting, {mark: {mark: A}}], alt: ''}\n", "publish: [{copies: site}]\n"
    )
    world.extra = (*world.extra, Halting())

    def listen(event: object) -> None:
        if "stopping" in str(event):
            told.set()

    report = world.open().build(listen=listen, max_cost=1.0)
    assert report.exit_code == 130
    assert not (world.root / "site").exists()
    assert world.build().exit_code == 0
    assert world.started == ["hero step 2"]
    assert published(world) == [1]


def test_two_builds_at_once_publish_the_same_and_buy_once(project: Make) -> None:
    world = world_of(project, "  hero: {prompt: a, steps: [join], alt: ''}\n", "publish: [{copies: site}]\n")
    both = threading.Barrier(2)
    waiting = threading.Event()

    def answer(request: Request, context: ProviderContext) -> None:
        assert waiting.wait(60)

    def listen(event: object) -> None:
        if "another build of this project is running" in str(event):
            waiting.set()

    world.provider.answer = answer
    reports: list[Report] = []

    def build() -> None:
        project = world.open()
        both.wait(60)
        reports.append(project.build(listen=listen, max_cost=1.0))

    threads = [threading.Thread(target=build) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.exit_code for report in reports] == [0, 0]
    assert sorted(report.bought for report in reports) == [0, 1]
    assert world.read("site/hero.png") == world.read("images/hero.png")

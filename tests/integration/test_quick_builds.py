"""A build that reads only what an edit touches does what one that reads everything does."""

from __future__ import annotations

import os
import random
import re
import time
from pathlib import Path

import pytest

from imagebuild.bench import OUTLINE_FILE, Bench
from imagebuild.errors import ImageBuildError
from imagebuild.lockfile import Lock
from imagebuild.project import Project
from imagebuild.registry import Registry
from imagebuild.report import Report
from imagebuild.spec import Spec
from imagebuild.stamp import STAMP_FILE, is_fresh
from imagebuild.testing import World, png


class Installed(World):
    """A world whose plugins are found, as those of a command are."""

    def open(self) -> Project:
        return Project.open(self.root, home=self.home, environ=self.environ, retry=self.retry)


class Targets(dict[str, str]):
    """Targets by name, as text."""

    def text(self, head: str = "") -> str:
        return f"version: 1\n{head}targets:\n" + "".join(f"  {name}:\n{body}" for name, body in self.items())


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each build since has read an excerpt."""
    seen: list[bool] = []
    excerpt = Bench.excerpt

    def told(bench: Bench, *args: object, **options: object) -> Spec | None:
        spec: Spec | None = excerpt(bench, *args, **options)  # type: ignore[arg-type]  # handed on as they came
        seen.append(spec is not None)
        return spec

    monkeypatch.setattr(Bench, "excerpt", told)
    return seen


@pytest.fixture
def worlds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[World, World]:
    """Two projects that begin alike: one is built as it comes, the other forgets each time what it could skip."""
    found: list[World] = []
    for name in ("quick", "slow"):
        (tmp_path / name).mkdir()
        found.append(Installed(tmp_path / name, tmp_path / f"{name}-home"))
    registry = found[0].registry
    monkeypatch.setattr(Registry, "load", lambda: registry)
    return found[0], found[1]


def settled(world: World) -> None:
    """Build until files are old enough to be known by their times."""
    deadline = time.monotonic() + 20
    while is_fresh(str(world.root), {}) is None and time.monotonic() < deadline:
        world.build()


def forget(world: World) -> None:
    for path in (OUTLINE_FILE, STAMP_FILE):
        (world.root / path).unlink(missing_ok=True)


def files(world: World) -> dict[str, bytes]:
    """All files but the times at which pictures were bought."""
    return {
        str(path.relative_to(world.root)): re.sub(rb'"time": "[^"]*"', b"", path.read_bytes())
        for path in world.root.rglob("*")
        if path.is_file() and ".imagebuild" not in path.parts
    }


def counts(report: Report) -> tuple[int, ...]:
    return report.targets, report.bought, report.made, report.cached, report.wanted, report.exit_code, len(report.kept)


BODIES = (
    "    prompt: {word}\n",
    "    prompt: {word}\n    provider: recorder\n",
    "    prompt: {word}\n    provider: recorder\n    edits: [bluer, {word}]\n",
    "    prompt: a\n    provider: recorder\n    steps: [mark: {{mark: {word}}}]\n",
    "    prompt: {{file: text.md}}\n    provider: recorder\n",
    "    prompt: {word}\n    inputs: [{{target: base}}]\n    provider: recorder\n",
    "    prompt: {word}\n    inputs: [ref.png]\n",
    "    prompt: '{word} {{{{ n }}}}'\n    matrix: {{n: [1, 2]}}\n",
    "    prompt: {word}\n    candidates: 2\n    provider: recorder\n",
    "    prompt: {word}\n    options: {{nothing: 1}}\n",
)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_any_story_of_edits_ends_as_with_whole_builds(
    worlds: tuple[World, World], quick: list[bool], seed: int
) -> None:
    chance = random.Random(seed)
    project = Targets(base="    prompt: base\n    provider: recorder\n")
    for number in range(8):
        project[f"t{number}"] = chance.choice(BODIES[:-1]).format(word=f"w{number}")
    contents: dict[str, str | bytes] = {"text.md": "one", "ref.png": png(2, 2)}
    for turn in range(30):
        name = chance.choice(list(project))
        act = chance.choice(["edit"] * 6 + ["add", "remove", "text", "picture", "touch", "output", "break"])
        broken = ""
        if act == "edit":
            project[name] = chance.choice(BODIES[:-1]).format(word=f"w{turn}")
        elif act == "add":
            project[f"t{turn + 10}"] = chance.choice(BODIES[:-1]).format(word=f"w{turn}")
        elif act == "remove" and name != "base":
            del project[name]
        elif act == "text":
            contents["text.md"] = f"text {turn}"
        elif act == "picture":
            contents["ref.png"] = png(2, 2, (turn, 0, 0))
        elif act == "break":
            broken = f"  broken{turn}:\n{BODIES[-1].format(word='x')}"
        for world in worlds:
            world.write(contents).spec(project.text() + broken)
            if act == "output":
                for path in sorted((world.root / "images").glob("t*"))[:1]:
                    path.unlink()
        outcomes = []
        forget(worlds[1])
        for world in worlds:
            world.forget()
            try:
                report = world.build()
            except ImageBuildError as error:
                outcomes.append((type(error), str(error)))
            else:
                outcomes.append((counts(report), world.started, world.written))
        assert outcomes[0] == outcomes[1], (turn, act)
        assert files(worlds[0]) == files(worlds[1]), (turn, act)
        if chance.random() < 0.5 and not broken:
            for world in worlds:
                settled(world)
                assert world.plan().empty
    assert sum(quick) > 5, "many edits are read in part"


@pytest.fixture
def world(worlds: tuple[World, World]) -> World:
    world = worlds[0].write({"ref.png": png(2, 2)})
    world.spec(
        "version: 1\ntargets:\n  a:\n    prompt: a\n    provider: recorder\n"
        "  b:\n    prompt: b\n    provider: recorder\n  c:\n    prompt: c\n    inputs: [ref.png]\n"
    )
    world.build()
    settled(world)
    world.forget()
    return world


def test_one_edit_resolves_and_tells_of_one_target(world: World, quick: list[bool]) -> None:
    report = world.edit("imagebuild.yaml", "prompt: b", "prompt: other").build()
    assert quick == [True]
    assert world.provider.prompts == ["other"]
    assert [action.node.target for action in report.plan.actions] == ["b"]
    assert (report.bought, report.cached, report.wanted) == (1, 2, 3)
    assert {line.target for line in Lock.read(world.root / "imagebuild.lock").lines.values()} == {"a", "b"}
    assert is_fresh(str(world.root), {}) == 3


def test_a_failed_purchase_is_asked_for_again_and_nothing_else(world: World, quick: list[bool]) -> None:
    def refuse(request: object, context: object) -> bytes | None:
        raise OSError("no network")

    world.provider.answer, answer = refuse, world.provider.answer
    world.edit("imagebuild.yaml", "prompt: b", "prompt: other")
    assert world.build().exit_code
    world.provider.answer = answer
    world.forget()
    assert world.build().ok
    assert world.provider.prompts == ["other"]
    assert is_fresh(str(world.root), {}) == 3


def test_who_looks_at_the_project_meanwhile_changes_nothing(world: World, quick: list[bool]) -> None:
    world.edit("imagebuild.yaml", "prompt: b", "prompt: other")
    project = world.open()
    assert project.build(max_cost=1.0, listen=lambda event: len(project.spec().targets)).bought == 1
    assert quick == [True]
    assert is_fresh(str(world.root), {}) == 3
    (world.root / "images/a.png").unlink()
    assert is_fresh(str(world.root), {}) is None, "what was left out is still watched"


def test_the_outline_of_a_stranger_is_not_opened(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.edit("imagebuild.yaml", "prompt: b", "prompt: other")
    assert Bench().excerpt(world.root, {}) is not None
    monkeypatch.setattr("imagebuild.bench.read_sealed", None)
    assert Bench().excerpt(world.root, {"IMAGEBUILD_UNTRUSTED": "1"}) is None


def test_a_spec_that_was_saved_again_as_it_was_is_no_change(world: World, quick: list[bool]) -> None:
    path = world.root / "imagebuild.yaml"
    path.write_bytes(path.read_bytes())
    os.utime(path, ns=(10**18, 10**18))
    assert is_fresh(str(world.root), {}) == 3


@pytest.mark.parametrize("spoil", [b"", b"imagebuild outline 1 ", b"x" * 200])
def test_a_damaged_outline_is_passed_over(world: World, quick: list[bool], spoil: bytes) -> None:
    (world.root / OUTLINE_FILE).write_bytes(spoil)
    assert world.edit("imagebuild.yaml", "prompt: b", "prompt: other").build().bought == 1
    assert quick == [False]
    world.edit("imagebuild.yaml", "prompt: other", "prompt: third").build()
    assert quick == [False, True]


def test_everything_is_looked_at_where_more_than_an_edit_may_have_happened(world: World, quick: list[bool]) -> None:
    edit = iter(range(100))

    def built(act: str) -> bool:
        number = next(edit)
        text = (world.root / "imagebuild.yaml").read_text("utf-8")
        text = text.replace(f"prompt: b{number or ''}", f"prompt: b{number + 1}")
        world.spec(text)
        quick.clear()
        world.build()
        settled(world)
        return quick[0]

    assert built("a plain edit")
    (world.root / "images/a.png").write_bytes(png(3, 3))
    world.spec((world.root / "imagebuild.yaml").read_text("utf-8"))
    quick.clear()
    report = world.build()
    assert report.kept == ("images/a.png",)
    (world.root / "images/a.png").unlink()
    world.build()
    settled(world)
    assert built("once all is in order")
    lock = world.root / "imagebuild.lock"
    before = lock.read_bytes()
    assert built("a plain edit again")
    lock.write_bytes(before)
    assert not built("the lock of another commit")
    world.environ["IMAGEBUILD_MAX_COST"] = "7"
    assert not built("another environment")


@pytest.mark.parametrize("options", [{"locked": True}, {"draft": True}, {"overwrite": True}, {"offline": True}])
def test_what_is_asked_for_beside_a_plain_build_looks_at_all(
    world: World, quick: list[bool], options: dict[str, bool]
) -> None:
    report = world.build(**options)
    assert len(report.plan.targets) == (0 if options == {"offline": True} else 3)
    assert quick == ([True] if options == {"offline": True} else [])


def test_projects_that_publish_are_read_whole(worlds: tuple[World, World], quick: list[bool]) -> None:
    world = worlds[0].spec("version: 1\ntargets:\n  a:\n    prompt: a\n  b:\n    prompt: b\n")
    world.build()
    settled(world)
    assert (world.root / OUTLINE_FILE).exists()
    (world.root / ".imagebuild" / "stamp").unlink()
    world.edit("imagebuild.yaml", "prompt: a", "prompt: c")
    assert world.build().made == 1
    assert quick[-1] is False, "without a stamp nothing is known"

"""Saves as editors make them are heard, each burst once, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imagebuild.spec import load_spec
from imagebuild.testing import png
from imagebuild.watch.interest import Interest
from imagebuild.watch.observation import Observation

SPEC = """\
version: 1
include: [specs/*.yaml]
targets:
  hero: {prompt: {file: prompts/hero.md}, inputs: [refs/logo.png]}
"""
MORE = "targets: {moon: {prompt: moon}}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for path, data in (
        ("imagebuild.yaml", SPEC.encode()),
        ("specs/moon.yaml", MORE.encode()),
        ("prompts/hero.md", b"a hero"),
        ("refs/logo.png", png(2, 2)),
        ("images/hero.png", png(3, 3)),
        ("notes/todo.md", b"buy milk"),
        ("node_modules/x/index.js", b""),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture(params=["events", "polling"])
def seen(root: Path, request: pytest.FixtureRequest) -> Iterator[Observation]:
    observation = Observation(root, polling=request.param == "polling")
    observation.follow(Interest.of(load_spec(root), home=root.parent / "home"))
    yield observation
    observation.close()


def in_place(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def by_rename(path: Path, data: bytes) -> None:
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(data)
    os.replace(temporary, path)


def like_vim(path: Path, data: bytes) -> None:
    (path.parent / "4913").write_bytes(b"")
    (path.parent / "4913").unlink()
    os.rename(path, path.with_name(path.name + "~"))
    path.write_bytes(data)
    path.with_name(path.name + "~").unlink()


def anew(path: Path, data: bytes) -> None:
    path.unlink()
    path.write_bytes(data)


def in_parts(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        for at in range(0, len(data), 3):
            file.write(data[at : at + 3])
            file.flush()


SAVES = (in_place, by_rename, like_vim, anew, in_parts)


@pytest.mark.parametrize("save", SAVES, ids=[each.__name__ for each in SAVES])
@pytest.mark.parametrize("path", ["imagebuild.yaml", "prompts/hero.md", "specs/moon.yaml"])
def test_a_save_is_heard_once(root: Path, seen: Observation, save: Callable[[Path, bytes], None], path: str) -> None:
    save(root / path, (root / path).read_bytes() + b"\n# changed\n")
    assert seen.wait(20) == {path}
    assert seen.wait(0.5) is None


def test_a_picture_that_a_target_takes_in_is_heard(root: Path, seen: Observation) -> None:
    by_rename(root / "refs/logo.png", png(4, 4))
    assert seen.wait(20) == {"refs/logo.png"}


def test_what_nobody_reads_is_not_heard(root: Path, seen: Observation) -> None:
    for path in ("images/hero.png", "notes/todo.md", "node_modules/x/index.js", "specs/x.png", "specs/.moon.yaml.swp"):
        in_place(root / path, b"something else")
    (root / ".imagebuild").mkdir()
    (root / ".imagebuild/state.db").write_bytes(b"state")
    assert seen.wait(0.8) is None


def test_a_save_of_the_same_bytes_is_none(root: Path, seen: Observation) -> None:
    for save in SAVES:
        save(root / "prompts/hero.md", b"a hero")
    os.utime(root / "imagebuild.yaml")
    assert seen.wait(0.8) is None


def test_a_file_that_comes_and_one_that_goes_are_heard(root: Path, seen: Observation) -> None:
    (root / "specs/sun.yaml").write_bytes(b"targets: {sun: {prompt: sun}}\n")
    assert seen.wait(20) == {"specs/sun.yaml"}
    (root / "specs/moon.yaml").unlink()
    assert seen.wait(20) == {"specs/moon.yaml"}


def test_a_folder_that_is_replaced_is_followed_on(root: Path, seen: Observation) -> None:
    os.rename(root / "prompts", root / "old")
    (root / "prompts").mkdir()
    (root / "prompts/hero.md").write_bytes(b"another hero")
    assert "prompts/hero.md" in (seen.wait(20) or ())
    in_place(root / "prompts/hero.md", b"a third hero")
    assert "prompts/hero.md" in (seen.wait(20) or ())


def test_git_that_changes_branches_is_heard(root: Path, seen: Observation) -> None:
    def git(*arguments: str) -> None:
        settings = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *settings, *arguments], cwd=root, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    git("checkout", "-q", "-b", "other")
    in_place(root / "prompts/hero.md", b"a hero of the other branch")
    assert seen.wait(20) == {"prompts/hero.md"}
    git("commit", "-q", "-a", "-m", "two")
    git("checkout", "-q", "main")
    assert seen.wait(20) == {"prompts/hero.md"}


def test_a_burst_is_one(root: Path, seen: Observation) -> None:
    for number in range(200):
        in_place(root / "prompts/hero.md", f"hero {number}".encode())
    heard = 0
    while (found := seen.wait(1.0)) is not None:
        assert found == {"prompts/hero.md"}
        heard += 1
    assert 1 <= heard <= 6


def test_what_the_caller_has_written_is_known(root: Path, seen: Observation) -> None:
    (root / "imagebuild.lock").write_bytes(b"{}")
    seen.note(["imagebuild.lock"])
    assert seen.wait(0.8) is None
    (root / "imagebuild.lock").write_bytes(b"{ }")
    assert seen.wait(20) == {"imagebuild.lock"}


def test_while_the_spec_is_broken_whatever_may_mend_it_is_heard(root: Path, seen: Observation) -> None:
    seen.follow(None)
    (root / "notes/new.md").write_bytes(b"a prompt that was missing")
    assert seen.wait(20) == {"notes/new.md"}
    (root / "images/new.png").write_bytes(png(5, 5))
    assert seen.wait(20) == {"images/new.png"}
    (root / "node_modules/x/new.md").write_bytes(b"none of ours")
    assert seen.wait(0.8) is None


def test_somebody_can_be_woken(root: Path, seen: Observation) -> None:
    threading.Timer(0.1, seen.wake).start()
    assert seen.wait(20) == frozenset()


def test_a_project_behind_a_link_is_followed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root, target_is_directory=True)
    observation = Observation(tmp_path / "link")
    try:
        observation.follow(Interest.of(load_spec(tmp_path / "link"), home=tmp_path / "home"))
        by_rename(root / "prompts/hero.md", b"another")
        assert observation.wait(20) == {"prompts/hero.md"}
    finally:
        observation.close()


def test_a_store_inside_the_project_is_not_followed(root: Path) -> None:
    interest = Interest.of(load_spec(root), home=root / "specs/home")
    assert not interest.concerns("specs/home/records.yaml")
    assert interest.concerns("specs/records.yaml")


def test_nothing_is_left_when_it_is_closed(root: Path) -> None:
    threads, files = threading.active_count(), len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for _ in range(5):
        observation = Observation(root)
        observation.follow(Interest.of(load_spec(root), home=root.parent / "home"))
        observation.close()
    assert threading.active_count() == threads
    if files:
        assert len(os.listdir("/proc/self/fd")) <= files


def test_where_the_system_has_no_watches_left_the_files_are_looked_at(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from watchdog.observers import Observer

    def full(self: object, *arguments: object, **options: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(Observer, "schedule", full)
    said: list[str] = []
    observation = Observation(root, say=said.append)
    try:
        observation.follow(Interest.of(load_spec(root), home=root.parent / "home"))
        in_place(root / "prompts/hero.md", b"another")
        assert observation.wait(20) == {"prompts/hero.md"}
    finally:
        observation.close()
    assert len(said) == 1

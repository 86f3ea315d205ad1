"""``imagebuild store push``, ``pull`` and ``verify --remote``: what they say, print and end with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Cli

from imagebuild.testing import World
from imagebuild_publish import FolderStore

WRITE = {"IMAGEBUILD_STORE_MODE": "write"}


@pytest.fixture
def shared(cli: Cli, tmp_path: Path) -> Cli:
    """A project with pictures that are bought, and a folder to share them in that has nothing yet."""
    (tmp_path / "pictures").mkdir()
    cli.world.extra = (FolderStore(),)
    spec = cli.world.read("imagebuild.yaml").decode()
    cli.world.spec(spec.replace("version: 1\n", "version: 1\nstore: {remote: ../pictures}\n"))
    cli.world.build()
    return cli


@pytest.fixture
def clone(shared: Cli, tmp_path: Path) -> Callable[[], Cli]:
    """The same project on a machine that has nothing."""

    def make() -> Cli:
        root = tmp_path / "clone"
        shutil.copytree(shared.world.root, root, ignore=shutil.ignore_patterns(".imagebuild", "images"))
        return Cli(World(root, tmp_path / "other home", extra=(FolderStore(),)))

    return make


def test_push_sends_what_the_lock_pins_and_the_derivatives_and_then_has_nothing_to_send(shared: Cli) -> None:
    first = shared("store", "push", environ=WRITE)
    assert (first.code, first.out) == (0, "")
    assert first.err.startswith("sent 5 pictures (")
    assert shared("store", "push", environ=WRITE).err == "the remote store has all there is\n"


def test_push_where_builds_only_read_says_how_to_let_them_write(shared: Cli) -> None:
    answer = shared("store", "push")
    assert answer.code == 2
    assert "error: the remote store is only read here" in answer.err
    assert "IMAGEBUILD_STORE_MODE=write" in answer.err


@pytest.mark.parametrize("command", ["push", "pull"])
def test_without_a_remote_store_it_says_where_to_name_one(cli: Cli, command: str) -> None:
    answer = cli("store", command)
    assert answer.code == 2
    assert "error: no remote store is named" in answer.err
    assert "store: {remote: ../pictures}" in answer.err


def test_push_all_sends_other_projects_pictures_too(shared: Cli, tmp_path: Path) -> None:
    other = World(tmp_path / "second", shared.world.home)
    other.root.mkdir()
    other.spec("version: 1\ntargets: {x: {prompt: of another project, provider: recorder}}\n").build()
    answer = shared("store", "push", "--all", "--json", environ=WRITE)
    assert json.loads(answer.out)["sent"] == 6


def test_push_verify_repairs_what_is_damaged_there(shared: Cli, tmp_path: Path) -> None:
    shared("store", "push", environ=WRITE)
    victim = next(
        path for path in (tmp_path / "pictures" / "v1" / "originals" / "objects").rglob("*") if path.is_file()
    )
    whole = victim.read_bytes()
    victim.chmod(0o644)
    victim.write_bytes(whole[:20])
    assert "has all there is" in shared("store", "push", environ=WRITE).err
    answer = shared("store", "push", "--verify", environ=WRITE)
    assert answer.err.endswith(", 1 of what was there was damaged\n")
    assert victim.read_bytes() == whole


def test_pull_brings_everything_so_that_a_build_needs_no_network(shared: Cli, clone: Callable[[], Cli]) -> None:
    shared("store", "push", environ=WRITE)
    other = clone()
    answer = other("store", "pull")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err.startswith("fetched 5 pictures (")
    assert other("store", "pull").err == "nothing is missing here\n"
    built = other("build", "--locked", "--offline", environ={"IMAGEBUILD_STORE": ""})
    assert built.code == 0
    assert other.world.provider.calls == []


def test_pull_ends_with_3_and_the_list_when_nobody_has_what_the_lock_pins(
    shared: Cli, clone: Callable[[], Cli]
) -> None:
    other = clone()
    answer = other("store", "pull", "--json")
    assert answer.code == 3
    assert "the lock pins what neither this machine nor" in answer.err
    lines = [json.loads(line) for line in answer.out.splitlines()]
    assert [row["target"] for row in lines[0]["missing"]] == ["card", "hero", "hero"]


@pytest.mark.parametrize("command", ["push", "pull"])
def test_a_remote_that_is_not_there_is_an_error_of_the_command(
    shared: Cli, clone: Callable[[], Cli], tmp_path: Path, command: str
) -> None:
    (tmp_path / "pictures").rmdir()
    if command == "push":
        (tmp_path / "pictures").write_text("a file")
    answer = (shared if command == "push" else clone())("store", command, environ=WRITE)
    assert answer.code == 1
    assert "error: " in answer.err


def test_verify_remote_reads_it_and_repairs_only_when_asked(shared: Cli, tmp_path: Path) -> None:
    shared("store", "push", environ=WRITE)
    assert shared("store", "verify", "--remote").err.startswith("5 pictures and 5 records at ")
    victim = next(path for path in (tmp_path / "pictures" / "v1" / "originals" / "records").rglob("*.json"))
    victim.chmod(0o644)
    victim.write_text("{}")
    name = victim.relative_to(tmp_path / "pictures").as_posix()
    found = shared("store", "verify", "--remote")
    assert (found.code, found.out) == (1, f"damaged {name}\n")
    assert shared("store", "verify", "--remote", "--repair").code == 2
    repaired = shared("store", "verify", "--remote", "--repair", environ=WRITE)
    assert (repaired.code, repaired.out) == (0, f"repaired {name}\n")
    assert json.loads(shared("store", "verify", "--remote", "--json").out)["damaged"] == []


def of_doctor(cli: Cli, *words: str, environ: dict[str, str] | None = None) -> dict[str, str]:
    told = json.loads(cli("doctor", "--json", *words, environ=environ or {}).out)
    return next(each for each in told["findings"] if each["what"] == "remote store")


def test_doctor_says_whether_the_remote_store_answers(shared: Cli, tmp_path: Path) -> None:
    found = of_doctor(shared, "--offline")
    assert (found["state"], found["found"]) == ("ok", f"{tmp_path / 'pictures'}, builds only read")
    (tmp_path / "pictures").rmdir()
    found = of_doctor(shared)
    assert (found["state"], found["found"]) == ("fault", f"there is no folder '{tmp_path / 'pictures'}'")
    assert of_doctor(shared, environ=WRITE)["state"] == "note", "the first build that writes makes it"


def test_check_says_that_the_remote_store_does_not_answer(shared: Cli, tmp_path: Path) -> None:
    (tmp_path / "pictures").rmdir()
    for path in (shared.world.home / "objects").rglob("*"):
        if path.is_file():
            path.unlink()
    for path in (shared.world.root / "images").iterdir():
        path.unlink()
    answer = shared("check")
    assert answer.code == 3
    assert "the remote store is left out: there is no folder" in answer.err

"""A stranger's repository under ``--untrusted``: none of its code runs, nobody is called, nothing goes elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_project import LOUD, QUIET, SECRETS, Checkout, Server, calls, serving, told

from imagebuild.cli.catalog import COMMANDS

PAYING = [
    ("build", "--yes", "--max-cost", "100"),
    ("build", "--yes", "--executor", "batch"),
    ("build", "--yes", "--give-up"),
    ("build", "--yes", "hill"),
    ("publish", "s3"),
    ("publish", "--dry-run"),
    ("batch", "ls", "--json"),
    ("doctor", "--json"),
    ("plan", "--json"),
    ("check", "--json"),
    *((name, "--yes", "hill") for name in ("reroll",) if name in COMMANDS),
    *(("store", verb) for verb in ("push", "pull", "verify") if "store" in COMMANDS),
]
"""Calls that would spend, send or ask, beside each command as it is."""


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def checkout(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)  # also where code looks into the process's own environment
    found = Checkout(tmp_path, server)
    monkeypatch.chdir(tmp_path)
    # Two commands go on until somebody stops them: here somebody does as soon as they have looked at everything.
    monkeypatch.setattr("imagebuild.watch.watcher.Watcher._turn", lambda watcher: watcher.stop())
    monkeypatch.setattr("imagebuild.watch.follower.Follower.wait", _ctrl_c)
    return found


def _ctrl_c(self: object, timeout: float) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("spec", [LOUD, QUIET], ids=["loud", "quiet"])
@pytest.mark.parametrize("call", [*calls(), *PAYING], ids=" ".join)
def test_no_command_lets_a_stranger_through(call: tuple[str, ...], spec: str, checkout: Checkout) -> None:
    checkout.make(spec)
    for answer in (checkout.call(*call, "--untrusted"), checkout.call(*call, IMAGEBUILD_UNTRUSTED="1")):
        assert answer.code != 70, answer.text
        assert told(answer.text) == []
    assert checkout.traces() == []


@pytest.mark.parametrize("call", [*calls(), *PAYING], ids=" ".join)
def test_nor_does_one_with_a_store_of_the_environment_to_which_it_may_not_write(
    call: tuple[str, ...], checkout: Checkout
) -> None:
    checkout.make(QUIET)
    remote = checkout.base / "remote"
    remote.mkdir()
    named = {"IMAGEBUILD_STORE": str(remote), "IMAGEBUILD_STORE_MODE": "write", "IMAGEBUILD_UNTRUSTED": "1"}
    checkout.call("build", "lake", IMAGEBUILD_UNTRUSTED="1")
    answer = checkout.call(*call, **named)
    assert answer.code != 70, answer.text
    assert list(remote.rglob("*")) == []
    assert checkout.traces() == []


def test_a_trusted_project_writes_there(checkout: Checkout) -> None:
    checkout.make(QUIET)
    remote = checkout.base / "remote"
    remote.mkdir()
    checkout.call("build", "lake", IMAGEBUILD_STORE=str(remote), IMAGEBUILD_STORE_MODE="write")
    assert any(path.is_file() for path in remote.rglob("*"))


def test_an_untrusted_one_reads_from_there_what_is_missing_here(checkout: Checkout) -> None:
    checkout.make(QUIET)
    remote = checkout.base / "remote"
    remote.mkdir()
    checkout.call("build", "lake", IMAGEBUILD_STORE=str(remote), IMAGEBUILD_STORE_MODE="write")
    picture = (checkout.root / "images" / "lake.png").read_bytes()
    for folder in (checkout.base / "home", checkout.root / ".imagebuild", checkout.root / "images"):
        shutil.rmtree(folder)
    answer = checkout.call("build", "lake", "--untrusted", IMAGEBUILD_STORE=str(remote))
    assert (answer.code, "fetched 1 picture" in answer.text) == (0, True)
    assert (checkout.root / "images" / "lake.png").read_bytes() == picture


def test_the_same_repository_comes_through_when_it_is_trusted(checkout: Checkout) -> None:
    checkout.make(LOUD)
    checkout.call("plan")
    assert "its code ran" in checkout.traces()


def test_and_is_sent_the_key_when_it_is_trusted(checkout: Checkout) -> None:
    checkout.make(QUIET)
    checkout.call("build", "hill")
    assert any(told(heard) for heard in checkout.traces())


def test_all_that_the_spec_may_not_do_is_told_with_its_line(checkout: Checkout) -> None:
    checkout.make(LOUD)
    answer = checkout.call("build", "--untrusted", "--yes", "--max-cost", "100")
    assert answer.code == 2
    lines = [line for line in answer.text.splitlines() if line.startswith("imagebuild.yaml:")]
    assert [line.split(": ", 1)[1] for line in lines] == [
        "an untrusted spec may not bring plugins, found './evil.py'",
        "an untrusted spec may not read the environment, found '${AWS_SECRET_ACCESS_KEY}'",
        "an untrusted spec's templates may not loop",
        "an untrusted spec may not read the environment, found '${IMAGEBUILD_C2PA_KEY}'",
    ]


def test_spending_is_refused_with_the_list_and_nothing_is_made(checkout: Checkout) -> None:
    checkout.make(QUIET)
    answer = checkout.call(
        "build", "hill", "lake", "--yes", "--max-cost", "100", "--untrusted", IMAGEBUILD_MAX_COST="9"
    )
    assert answer.code == 4
    assert "nobody is called for an untrusted project" in answer.text
    bought = [line.split()[:3] for line in answer.text.splitlines() if line.startswith("buy")]
    assert bought == [["buy", "hill", "openai"]]
    assert not (checkout.root / "images").exists()


def test_what_is_free_and_local_is_built_and_published_in_the_project(checkout: Checkout) -> None:
    checkout.make(QUIET)
    assert checkout.call("build", "lake", "--untrusted").code == 0
    assert (checkout.root / "images" / "lake.png").read_bytes().startswith(b"\x89PNG")
    assert checkout.call("build", "hill", "--draft", "--untrusted").code == 0


def test_writing_through_a_link_of_the_stranger_fails_that_target_alone(checkout: Checkout) -> None:
    checkout.make(QUIET)
    answer = checkout.call("build", "lake", "pond", "moor", "--untrusted")
    assert answer.code == 1
    assert "'outside/pond.png' lies behind a link that leaves the project" in answer.text
    assert "'hooks/moor' lies behind a link into '.git' or '.imagebuild'" in answer.text
    assert (checkout.root / "images" / "lake.png").exists()
    assert checkout.traces() == []


def test_the_store_of_the_spec_is_told_to_be_left_out(checkout: Checkout) -> None:
    checkout.make(QUIET)
    note = "the remote store of an untrusted spec is not asked"
    assert note in checkout.call("plan", "--untrusted").text
    assert note not in checkout.call("plan", "--untrusted", IMAGEBUILD_STORE=str(checkout.base)).text
    assert note not in checkout.call("plan").text


def test_publishing_is_refused_where_it_leaves_the_machine_and_the_local_publisher_runs(checkout: Checkout) -> None:
    checkout.make(QUIET)
    spec = (checkout.root / "imagebuild.yaml").read_text().splitlines()
    kept = [line for line in spec if not line.startswith(("  hill", "  pond", "  moor"))]
    checkout.write({"imagebuild.yaml": "\n".join(kept) + "\n"})
    assert checkout.call("build", "--untrusted").code == 0
    assert len(list((checkout.root / "public").iterdir())) == 1
    answer = checkout.call("publish", "--untrusted")
    assert answer.code == 2
    assert "publisher 's3' leaves this machine" in answer.text
    assert "publisher 'git' leaves this machine" in answer.text
    assert "'imagebuild publish folder' runs those that stay here" in answer.text
    assert checkout.call("publish", "folder", "--untrusted").code == 0
    assert checkout.traces() == []


def test_a_lock_that_is_a_link_is_refused_and_shows_no_line_of_what_it_leads_to(checkout: Checkout) -> None:
    checkout.make(QUIET)
    (checkout.root / "imagebuild.lock").symlink_to(checkout.base / "others" / "note.txt")
    answer = checkout.call("check", "--untrusted")
    assert (answer.code, told(answer.text)) == (3, [])
    assert answer.text.startswith("imagebuild.lock: the lock is a link\n")


def test_state_that_came_with_the_project_is_refused(checkout: Checkout) -> None:
    checkout.make(QUIET)
    assert checkout.call("build", "lake", "--untrusted").code == 0
    checkout.git("add", "--force", ".imagebuild")
    answer = checkout.call("check", "--untrusted")
    assert answer.code == 1
    assert "'.imagebuild' came with the project, and the project is untrusted" in answer.text
    checkout.git("rm", "-r", "--quiet", "--cached", ".imagebuild")
    assert checkout.call("status", "--untrusted").code == 0


@pytest.mark.parametrize("command", ["status", "build", "clean"])
def test_state_behind_a_link_is_refused(command: str, checkout: Checkout) -> None:
    checkout.make(QUIET)
    (checkout.root / ".imagebuild").mkdir()
    (checkout.root / ".imagebuild" / "objects").symlink_to(checkout.base / "others")
    answer = checkout.call(command, "--untrusted")
    assert answer.code == 1
    assert "'.imagebuild/objects' is a link, and the project is untrusted" in answer.text
    assert checkout.traces() == []


def test_writing_the_schema_follows_no_link_of_the_stranger(checkout: Checkout) -> None:
    checkout.make(QUIET)
    (checkout.root / ".imagebuild").mkdir()
    note = checkout.base / "others" / "note.txt"
    for name in ("schema.json", "schema.tmp"):
        (checkout.root / ".imagebuild" / name).symlink_to(note)
    checkout.call("schema", "--write")
    assert note.read_text() == f"login {SECRETS['GITHUB_TOKEN']}\n"


def test_a_folder_that_looks_like_a_bare_repository_gets_git_to_run_nothing(checkout: Checkout) -> None:
    checkout.make(QUIET)
    bare = checkout.root / "sub"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    script = bare / "run"
    script.write_text(f"#!/bin/sh\ntouch '{checkout.sentinel}'\n")
    script.chmod(0o755)
    for name in ("core.fsmonitor", "gpg.program", "diff.external", "core.pager", "core.sshCommand"):
        subprocess.run(["git", "-C", str(bare), "config", name, str(script)], check=True)
    for name, value in (("core.bare", "false"), ("core.worktree", str(bare)), ("log.showSignature", "true")):
        subprocess.run(["git", "-C", str(bare), "config", name, value], check=True)
    (bare / "imagebuild.yaml").write_text("version: 1\ntargets: {a: {prompt: a, options: {size: 64x64}}}\n")
    assert checkout.call("-C", str(bare), "build", "--untrusted").code == 0
    for call in calls():
        checkout.call("-C", str(bare), *call, "--untrusted")
    assert not checkout.sentinel.exists()


def test_the_note_of_a_finished_build_spares_an_untrusted_one_no_look(tmp_path: Path) -> None:
    (tmp_path / "imagebuild.yaml").write_text("version: 1\nplugins: [./own.py]\ntargets: {a: {prompt: a}}\n")
    (tmp_path / "own.py").write_text("")
    known = {name: value for name, value in os.environ.items() if not name.startswith(("IMAGEBUILD_", "GITHUB_"))}
    known["IMAGEBUILD_HOME"] = str(tmp_path / "home")

    def build(**environ: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "imagebuild", "build"]
        return subprocess.run(
            command, cwd=tmp_path, env={**known, **environ}, capture_output=True, text=True, check=False
        )

    assert build().returncode == 0
    assert build().stderr == "nothing to do (1 picture is up to date)\n"
    answer = build(IMAGEBUILD_UNTRUSTED="1")
    assert answer.returncode == 2
    assert "an untrusted spec may not bring plugins" in answer.stderr

"""The store's housekeeping beside builds, branches and a remote: what a lock holds is never lost."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared_store import Team
from versioned import git

from imagebuild.cli.application import run
from imagebuild.cli.shell import Shell
from imagebuild.housekeeping.holding import find_holdings
from imagebuild.lockfile import Lock
from imagebuild.store import Store
from imagebuild.testing import World

Make = Callable[[Mapping[str, str | bytes]], World]

SPEC = "version: 1\ndefaults: {provider: recorder}\ntargets:\n  hero: {prompt: a hill, edits: [in red]}\n"
DAY = 86_400.0


class Terminal(io.StringIO):
    """A terminal, at which ``answering`` happens before each answer is given."""

    answering: Callable[[], object] = staticmethod(lambda: None)

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> str:
        self.answering()
        return super().readline()


def store(world: World, *args: str, answering: Callable[[], object] | None = None) -> tuple[int, str, str]:
    """Run a command of the store, two days from now: nothing is young then."""
    later = time.time() + 2 * DAY
    out, err = io.StringIO(), Terminal() if answering else io.StringIO()
    stdin = Terminal("y\n")
    stdin.answering = answering or stdin.answering  # type: ignore[method-assign]  # a test's own
    environ = {**world.environ, "IMAGEBUILD_HOME": str(world.home)}
    shell = Shell(stdin, out, err, environ, folder=str(world.root), registry=world.registry)
    shell.clock = lambda: datetime.fromtimestamp(later, UTC)
    return run(("store", *args), shell), out.getvalue(), err.getvalue()


def originals(world: World) -> set[str]:
    kept = Store.originals(world.home)
    try:
        return set(kept.objects.digests())
    finally:
        kept.close()


def test_a_collection_waits_for_a_build_of_the_project_and_says_so(project: Make) -> None:
    world = project({"imagebuild.yaml": SPEC})
    began, go_on = threading.Event(), threading.Event()

    def slow(request: object, context: object) -> None:
        began.set()
        assert go_on.wait(30)

    world.provider.answer = slow
    build = threading.Thread(target=world.build)
    build.start()
    assert began.wait(30)
    answers: list[tuple[int, str, str]] = []
    collection = threading.Thread(target=lambda: answers.append(store(world, "gc", "--max-size", "0")))
    collection.start()
    collection.join(0.5)
    assert answers == []
    go_on.set()
    build.join(30)
    collection.join(30)
    [(code, _, err)] = answers
    assert code == 0
    assert "another build of this project is running; waiting for it to end" in err
    assert len(originals(world)) == 2


def test_what_a_lock_has_come_to_hold_while_the_list_was_looked_at_stays(project: Make) -> None:
    world = project({"imagebuild.yaml": SPEC})
    world.build()
    first = Lock.read(world.root / "imagebuild.lock").digests
    world.edit("imagebuild.yaml", "in red", "in blue").build()
    world.edit("imagebuild.yaml", "in blue", "in green").build()
    given_up = originals(world) - Lock.read(world.root / "imagebuild.lock").digests
    assert len(given_up & first) == 1

    def changes_their_mind() -> None:
        world.edit("imagebuild.yaml", "in green", "in red")
        assert world.build().bought == 0

    code, out, err = store(world, "gc", "--originals", answering=changes_their_mind)
    assert code == 0
    assert "1 original, " in out
    assert "removed 0 originals" in err
    assert "kept 1 of them: something has come to need them meanwhile" in err
    assert given_up <= originals(world)
    assert store(world, "verify")[0] == 0


def test_a_branch_keeps_its_pictures_until_it_is_deleted(project: Make) -> None:
    world = project({"imagebuild.yaml": SPEC, ".gitignore": ".imagebuild/\nimages/\n"})
    git(world.root, "init", "-q", "-b", "main")
    world.build()
    git(world.root, "add", "-A")
    git(world.root, "commit", "-qm", "red")
    git(world.root, "branch", "red")
    for old, new in (("red", "blue"), ("blue", "grey"), ("grey", "green")):
        world.edit("imagebuild.yaml", f"in {old}", f"in {new}").build()
    git(world.root, "commit", "-qam", "green")
    before = originals(world)
    assert "removed 1 original" in store(world, "gc", "--originals", "-y")[2]
    assert len(originals(world)) == len(before) - 1
    git(world.root, "checkout", "-q", "red")
    world.forget()
    report = world.build(locked=True, max_cost=None)
    assert (report.exit_code, world.provider.calls) == (0, [])
    git(world.root, "checkout", "-q", "main")
    world.build()
    git(world.root, "branch", "-D", "red")
    assert "removed 1 original" in store(world, "gc", "--originals", "-y")[2]
    assert originals(world) == Lock.read(world.root / "imagebuild.lock").digests


def test_a_build_whose_picture_is_taken_away_from_under_it_says_that_it_is_lost_and_buys_nothing(project: Make) -> None:
    world = project({"imagebuild.yaml": SPEC})
    world.build()
    kept = Store.originals(world.home)

    def taken(event: object) -> None:
        if type(event).__name__ == "BuildStarted":
            for digest in list(kept.objects.digests()):
                kept.objects.discard(digest, put_by=time.time())

    (world.root / "images" / "hero.png").write_bytes(b"")
    report = world.open().build(listen=taken, max_cost=5)
    kept.close()
    assert report.exit_code == 3
    assert "was bought, but the store no longer has it" in report.failures[0].error.message
    assert len(world.provider.calls) == 2


def test_a_picture_that_was_lost_comes_back_from_the_remote(tmp_path: Path) -> None:
    team = Team(tmp_path, 'version: 1\nstore: {remote: "memory://team"}\n' + SPEC.partition("\n")[2])
    world = team.clone("author")
    world.build()
    lost = {line.digest for line in Lock.read(world.root / "imagebuild.lock").lines.values()}
    kept = Store.originals(world.home)
    for digest in lost:
        kept.objects.remove(digest)
    kept.close()
    (world.root / "images" / "hero.png").unlink()
    assert store(world, "verify")[0] == 3
    code, out, _ = store(world, "verify", "--repair")
    assert (code, sorted(out.splitlines())) == (0, sorted(f"repaired original {digest[:12]}" for digest in lost))
    assert lost <= originals(world)


def test_a_remote_that_is_broken_too_leaves_the_picture_lost_and_says_what_happened(tmp_path: Path) -> None:
    team = Team(tmp_path, 'version: 1\nstore: {remote: "memory://team"}\n' + SPEC.partition("\n")[2])
    world = team.clone("author")
    world.build()
    [digest] = {line.digest for line in Lock.read(world.root / "imagebuild.lock").lines.values() if line.stage == 0}
    kept = Store.originals(world.home)
    kept.objects.remove(digest)
    kept.close()
    for name in team.store.of("objects"):
        team.store.files[name] = b"poison"
    code, out, err = store(world, "verify", "--repair")
    assert code == 3
    assert f"missing original {digest[:12]}: the lock pins it for hero of project" in out
    assert "is damaged and not used" in err


def test_a_spec_that_is_broken_does_not_stop_a_verification(project: Make) -> None:
    world = project({"imagebuild.yaml": SPEC})
    world.build()
    [digest] = {line.digest for line in Lock.read(world.root / "imagebuild.lock").lines.values() if line.stage == 0}
    kept = Store.originals(world.home)
    kept.objects.remove(digest)
    kept.close()
    world.spec("version: 1\ntargets: {hero: {promt: x}}\n")
    code, out, err = store(world, "verify", "--repair")
    assert code == 3
    assert "missing original" in out
    assert "the remote store was not asked" in err
    assert store(world, "gc")[0] == 0


def test_a_store_moves_to_another_machine_through_a_pipe(project: Make, tmp_path: Path) -> None:
    world = project({"imagebuild.yaml": SPEC})
    world.build()

    def command(*args: str, home: Path, **streams: Any) -> subprocess.Popen[bytes]:
        environ = {**os.environ, "IMAGEBUILD_HOME": str(home)}
        words = [sys.executable, "-m", "imagebuild", "store", *args]
        return subprocess.Popen(words, cwd=world.root, env=environ, stderr=subprocess.PIPE, **streams)

    source = command("export", "-", home=world.home, stdout=subprocess.PIPE)
    sink = command("import", "-", home=tmp_path / "other", stdin=source.stdout)
    assert source.stdout is not None
    source.stdout.close()
    assert (sink.wait(60), source.wait(60)) == (0, 0)
    for process in (source, sink):
        assert process.stderr is not None
        assert b"2 originals" in process.stderr.read()
        process.stderr.close()
    other = World(world.root, tmp_path / "other", provider=world.provider)
    assert originals(other) == originals(world)
    world.forget()
    assert (other.build(locked=True, max_cost=None).exit_code, world.provider.calls) == (0, [])


COLOURS = ("red", "blue", "green")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("paint"), st.sampled_from(COLOURS)),
        st.tuples(st.just("branch"), st.sampled_from(COLOURS)),
        st.tuples(st.just("checkout"), st.sampled_from(COLOURS)),
        st.tuples(st.just("gc"), st.sampled_from(["--originals", "--max-size"])),
    ),
    min_size=3,
    max_size=9,
)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], World]:
    def make() -> World:
        folder = tmp_path_factory.mktemp("world")
        (folder / "project").mkdir()
        world = World(folder / "project", folder / "home")
        return world.write({"imagebuild.yaml": SPEC, ".gitignore": ".imagebuild/\nimages/\n"})

    return make


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_painted_branched_and_collected_all_that_a_lock_holds_is_there(
    worlds: Callable[[], World], steps: list[tuple[str, str]]
) -> None:
    world = worlds()
    git(world.root, "init", "-q", "-b", "main")
    branches = {"main"}
    for step, what in steps:
        if step == "paint":
            world.spec(SPEC.replace("in red", f"in {what}"))
            assert world.build().ok
            git(world.root, "add", "-A")
            git(world.root, "commit", "-qm", what, "--allow-empty")
        elif step == "branch" and (world.root / "imagebuild.lock").exists():
            git(world.root, "branch", "-f", f"b-{what}")
            branches.add(f"b-{what}")
        elif step == "checkout" and f"b-{what}" in branches:
            git(world.root, "checkout", "-q", "-B", "main", f"b-{what}")
        elif step == "gc":
            args = ("--originals", "-y") if what == "--originals" else ("--max-size", "0")
            assert store(world, "gc", *args)[0] == 0
        kept = Store.originals(world.home)
        holdings = find_holdings(kept.usage, [world.root])
        pinned = {line.digest for _, line in holdings.lines}
        kept.close()
        assert pinned <= originals(world)
    for branch in branches - {"main"}:
        git(world.root, "checkout", "-q", "-f", branch)
        world.forget()
        assert world.build(locked=True, max_cost=None).exit_code == 0
        assert world.provider.calls == []

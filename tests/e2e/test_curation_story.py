"""People choose among bought pictures, with git, the real command and the real client; a server counts the bill."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from imagebuild.testing import png
from imagebuild_devserver import DevServer

SPEC = """version: 1
providers: {openai: {image_model: gpt-image-2.5-sunburst, background: false}}
defaults: {provider: openai, options: {quality: low}}
targets:
  fox: {prompt: "a fox", candidates: 3}
  owl: {prompt: "an owl", edits: ["make it white"]}
"""


class Author(Struct, frozen=True):
    """A person in a repository of their own, at a terminal that nobody can be asked at."""

    root: Path
    home: Path
    server: DevServer

    def run(self, line: str, code: int = 0) -> str:
        """One command of imagebuild; what it said."""
        left_out = ("OPENAI_", "AZURE_", "IMAGEBUILD_", "GITHUB_")
        environ = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        environ |= {"IMAGEBUILD_HOME": str(self.home), "PYTHONUTF8": "1", "CI": "true"}
        environ |= {"OPENAI_BASE_URL": self.server.url, "OPENAI_API_KEY": self.server.key}
        environ |= {"IMAGEBUILD_OPENAI_PROFILE": "openai"}
        answer = subprocess.run(
            [sys.executable, "-m", "imagebuild", *line.split()],
            cwd=self.root, env=environ, text=True, encoding="utf-8",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        assert answer.returncode == code, answer.stdout
        return answer.stdout

    def git(self, *words: str) -> None:
        who = ("-c", "user.name=author", "-c", "user.email=author@example.org", "-c", "commit.gpgsign=false")
        environ = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        subprocess.run(["git", *who, *words], cwd=self.root, env=environ, check=True, capture_output=True)

    def commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def edit(self, old: str, new: str) -> None:
        path = self.root / "imagebuild.yaml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    def picture(self, name: str) -> bytes:
        return (self.root / "images" / f"{name}.png").read_bytes()


@pytest.fixture
def author(tmp_path: Path) -> Iterator[Author]:
    """Three foxes and an owl are bought and committed."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "imagebuild.yaml").write_text(SPEC, "utf-8")
    (root / ".gitignore").write_text(".imagebuild/\n", "utf-8")
    with DevServer(draw="plain") as server:
        author = Author(root, tmp_path / "home", server)
        author.run("build --max-cost 1")
        author.git("init", "-q")
        author.commit("pictures")
        assert server.paid == 5
        yield author


def test_a_pick_is_undone_by_git_and_nothing_is_bought(author: Author) -> None:
    assert "fox: candidate 2 of 3 is picked" in author.run("pick fox 2")
    second = author.picture("fox")
    author.commit("the second fox")
    author.run("pick fox 3")
    assert author.picture("fox") != second
    author.git("checkout", "imagebuild.lock")
    author.run("build")
    assert author.picture("fox") == second
    author.run("check")
    assert author.server.paid == 5


def test_a_reroll_that_is_undone_and_made_again_is_one_purchase(author: Author) -> None:
    first = author.picture("owl")
    refused = author.run("reroll owl --edit 1", code=4)
    assert "1 to buy for " in refused
    said = author.run("reroll owl --edit 1 --max-cost 1")
    assert "undo: 'git checkout imagebuild.lock && imagebuild build owl'" in said
    second = author.picture("owl")
    assert (author.server.paid, second != first) == (6, True)
    author.git("checkout", "imagebuild.lock")
    author.run("build owl")
    assert author.picture("owl") == first
    assert "this attempt was bought before, and cost nothing now" in author.run("reroll owl --edit 1")
    assert author.picture("owl") == second
    assert author.server.paid == 6


def test_an_approved_picture_is_live_until_the_new_one_is_picked(author: Author) -> None:
    author.run("approve owl")
    author.commit("a good owl")
    approved = author.picture("owl")
    author.edit("make it white", "make it brown")
    said = author.run("build --max-cost 1")
    assert "a new picture waits for review, and the approved one stays" in said
    assert (author.picture("owl"), author.server.paid) == (approved, 6)
    assert "owl: a new picture waits for review" in author.run("check --reviewed owl", code=3)
    author.run("check owl")
    assert "waits" in author.run("history owl")
    author.run("pick owl")
    brown = author.picture("owl")
    assert brown != approved
    author.git("checkout", "imagebuild.lock", "imagebuild.yaml")
    author.run("build")
    assert author.picture("owl") == approved
    author.run("check --reviewed owl")
    assert author.server.paid == 6


def test_a_picture_finished_by_hand_is_adopted_and_an_earlier_one_restored(author: Author) -> None:
    bought = author.picture("owl")
    by_hand = png(64, 64, (10, 200, 30))
    (author.root / "images" / "owl.png").write_bytes(by_hand)
    assert "'imagebuild adopt owl images/owl.png' makes it the picture" in author.run("check owl", code=3)
    author.run("adopt owl images/owl.png")
    author.run("check owl")
    author.commit("an owl by hand")
    (author.root / "images" / "owl.png").unlink()
    author.run("build")
    assert author.picture("owl") == by_hand
    listed = author.run("history owl").splitlines()
    (number,) = [row.split()[0] for row in listed if "edit 1" in row]
    author.run(f"restore owl {number}")
    assert author.picture("owl") == bought
    (number,) = [row.split()[0] for row in author.run("history owl").splitlines() if "adopted" in row]
    author.run(f"restore owl {number}")
    assert author.picture("owl") == by_hand
    assert author.server.paid == 5


def test_a_frozen_picture_buys_nothing_until_it_is_let_go(author: Author) -> None:
    author.run("freeze owl")
    author.commit("the owl stays")
    before = author.picture("owl")
    author.edit("an owl", "an old owl")
    author.run("build")
    author.run("check")
    assert (author.picture("owl"), author.server.paid) == (before, 5)
    said = author.run("freeze owl --off")
    assert "left: owl: prompt: 'an owl' -> 'an old owl'; 'imagebuild build owl' makes it for $" in said
    assert author.server.paid == 5
    author.run("build", code=4)
    author.run("build --max-cost 1")
    assert author.picture("owl") != before
    assert author.server.paid == 7

"""The same commit gives the same bytes in another folder, for another user, in another zone, language and hash seed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from machine import Machine
from msgspec import Struct
from msgspec.structs import replace

from imagebuild_devserver import DevServer

SPEC = """version: 1
plugins: [./plugins_local/grain.py]
providers: {openai: {image_model: gpt-image-2.5-sunburst, background: false}}
defaults: {provider: openai, options: {quality: low}, output: "img/{{ id }}.{{ ext }}"}
targets:
  card:
    prompt: "a card for {{ season }}"
    matrix: {season: [spring, autumn]}
    alt: "Karte für den Frühling"
    steps: [{responsive: {widths: [64, 128], formats: [webp, jpeg, png]}}, {placeholder: {kind: thumbhash}}]
    output: "img/{{ id }}-{{ season }}-{{ width }}.{{ ext }}"
  grained: {prompt: "a wall", alt: "A wall", steps: [grain]}
  plain: {prompt: "a field", alt: "A field", edits: ["add a barn"], inputs: [{target: grained}]}
publish:
  - folder: {path: public}
  - manifest: {path: data/images.json}
"""
GRAIN = '''"""Adds grain that is never the same."""

import os
import time

import imagebuild


class Grain(imagebuild.Step):
    name = "grain"
    version = "1"

    def apply(self, pictures, context):
        noise = os.urandom(16) + str(time.time_ns()).encode()
        return [imagebuild.Picture(each.data + noise, each.media_type, each.labels) for each in pictures]


@imagebuild.hookimpl
def imagebuild_steps():
    return [Grain()]
'''
MADE = ("img", "public", "data")
HERE = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1", "USER": "ann"}
THERE = {"TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8", "PYTHONHASHSEED": "42", "USER": "b"}


class Shared(Struct, frozen=True):
    """The author, who has bought and sent everything, and the folder that is the team's store."""

    author: Machine
    store: Path
    server: DevServer

    def clones(self, folder: Path) -> list[Machine]:
        """Two machines that have nothing in common."""
        environ = {"IMAGEBUILD_STORE": str(self.store), "OPENAI_BASE_URL": self.server.url}
        environ["IMAGEBUILD_OPENAI_PROFILE"] = "openai"
        here = self.author.clone(folder / "a", folder / "ann", {**environ, **HERE}, umask=0o022)
        home = folder / "Böb Ünal"
        there = self.author.clone(
            folder / "Büro mit Platz" / "Größe 2" / "clone", home, {**environ, **THERE}, umask=0o077
        )
        return [here, there]


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Shared]:
    """Everything is bought, made, sent and committed."""
    root = tmp_path / "author"
    (root / "plugins_local").mkdir(parents=True)
    (root / "plugins_local" / "grain.py").write_text(GRAIN, "utf-8", newline="\n")
    (root / "imagebuild.yaml").write_text(SPEC, "utf-8", newline="\n")
    (root / ".gitignore").write_text(".imagebuild/\nimg/\npublic/\ndata/\n__pycache__/\n", "utf-8")
    (root / ".gitattributes").write_text("* -text\n", "utf-8")
    store = tmp_path / "store of the team"
    with DevServer(draw="plain") as server:
        environ = {
            "OPENAI_BASE_URL": server.url,
            "OPENAI_API_KEY": server.key,
            "IMAGEBUILD_OPENAI_PROFILE": "openai",
            "IMAGEBUILD_STORE": str(store),
            "IMAGEBUILD_STORE_MODE": "write",
        }
        author = Machine(root, tmp_path / "author home", environ)
        author.git("init", "-q", "-b", "main")
        assert "note: sent 18 pictures" in author.run("build", "--max-cost", "1").text
        author.commit("pictures")
        assert server.paid == 5
        yield Shared(author, store, server)


def test_two_clones_that_have_nothing_in_common_give_the_same_bytes(shared: Shared, tmp_path: Path) -> None:
    asked = len(shared.server.requests)
    made, lock = shared.author.tree(*MADE), shared.author.lock()
    for clone in shared.clones(tmp_path / "clones"):
        done = clone.run("build", "--locked", "--json")
        assert (done.events[-1]["bought"], done.events[-1]["made"], done.refused) == (0, 0, ())
        assert clone.tree(*MADE) == made
        assert clone.lock() == lock
        assert clone.git("status", "--porcelain") == ""
    assert len(made) > 20
    assert len(shared.server.requests) == asked


def test_what_no_step_makes_twice_comes_from_the_store(shared: Shared, tmp_path: Path) -> None:
    grained = (shared.author.root / "img" / "grained.png").read_bytes()
    first, second = shared.clones(tmp_path / "clones")
    alone = replace(second, environ={**second.environ, "IMAGEBUILD_STORE": ""})
    first.run("build", "--locked", "grained")
    assert (first.root / "img" / "grained.png").read_bytes() == grained
    for folder in (first.root / "img", first.root / ".imagebuild"):
        shutil.rmtree(folder)
    first.run("build", "--locked", "grained")
    assert (first.root / "img" / "grained.png").read_bytes() == grained
    shutil.copytree(first.home / "pictures", alone.home / "pictures")
    alone.run("build", "--locked", "grained")
    other = (alone.root / "img" / "grained.png").read_bytes()
    assert other != grained
    assert other[:-40] == grained[:-40]


def test_steps_give_the_same_bytes_where_the_store_has_the_originals_alone(shared: Shared, tmp_path: Path) -> None:
    made = {path: digest for path, digest in shared.author.tree("img").items() if "grained" not in path}
    shutil.rmtree(shared.store / "v1" / "derivatives")
    for clone in shared.clones(tmp_path / "clones"):
        done = clone.run("build", "--locked", "--json", "card", "plain")
        assert done.events[-1]["made"] > 0
        assert done.refused == ()
        assert clone.tree("img") == made


def test_the_door_of_these_tests_is_shut(shared: Shared, tmp_path: Path) -> None:
    """A build that may buy, with a key, cannot get out; so nothing that builds here does."""
    clone, _ = shared.clones(tmp_path / "clones")
    key = {**clone.environ, "OPENAI_API_KEY": shared.server.key, "IMAGEBUILD_OPENAI_MAX_RETRIES": "0"}
    clone.edit("a field", "a meadow")
    done = replace(clone, environ=key).run("build", "--max-cost", "1", "plain", code=1)
    assert done.refused
    assert "openai" in done.modules
    assert shared.server.paid == 5

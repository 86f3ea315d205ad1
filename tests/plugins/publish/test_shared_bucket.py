"""A team with one bucket: who may write buys for all, who may read builds the same, who may neither is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from seaweed import READER, WRITER, environ

from imagebuild.testing import World
from imagebuild_publish import BucketStore

SPEC = """\
version: 1
store: {{remote: "s3://pictures/{prefix}"}}
defaults: {{provider: recorder}}
targets:
  hero: {{prompt: a hill, edits: [make it blue], steps: [{{mark: {{widths: [4, 8]}}}}]}}
  card: {{prompt: a card}}
"""

Clone = Callable[..., World]


@pytest.fixture
def clone(s3_service: str, tmp_path: Path) -> Clone:
    """A clone of the project on a machine of its own, with the keys and the mode that are given."""

    def make(name: str, key: str, mode: str, lock: World | None = None, **more: str) -> World:
        root = tmp_path / name / "project"
        root.mkdir(parents=True)
        world = World(root, tmp_path / name / "home", extra=(BucketStore(),))
        world.environ.update(environ(key, s3_service), IMAGEBUILD_STORE_MODE=mode, **more)
        if lock is not None:
            shutil.copy(lock.root / "imagebuild.lock", root)
        return world.spec(SPEC.format(prefix=tmp_path.name))

    return make


def pictures(world: World) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (world.root / "images").iterdir()}


def test_who_may_only_read_builds_the_same_bytes_from_the_bucket_at_no_cost(clone: Clone) -> None:
    author = clone("author", WRITER, "write")
    assert author.build().bought == 3
    reader = clone("reader", READER, "read", author)
    assert reader.build(locked=True, max_cost=None).exit_code == 0
    assert pictures(reader) == pictures(author)
    assert (reader.provider.calls, reader.step.calls) == ([], [])


def test_who_may_not_write_keeps_what_was_bought_and_is_told(clone: Clone) -> None:
    author = clone("author", READER, "write")
    report = author.build()
    assert (report.exit_code, report.bought) == (0, 3)
    assert any("access denied" in line for line in author.notices)
    author.environ.update(clone("other", WRITER, "write").environ)
    author.build()
    assert any(line.startswith("sent 5 pictures") for line in author.notices)


def test_keys_that_are_not_accepted_cost_the_remote_and_not_the_build(clone: Clone) -> None:
    stranger = clone("stranger", READER, "read", AWS_SECRET_ACCESS_KEY="wrong")
    assert stranger.build().bought == 3
    assert [line for line in stranger.notices if "remote store" in line] == stranger.notices
    assert len(stranger.notices) == 1

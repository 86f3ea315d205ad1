"""What a store remembers of its use: projects with their pins, pictures by target, names at a remote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imagebuild.store import KnownProject, Store, Use

A, B, C = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.originals(tmp_path / "home")
    yield store
    store.close()


def use(target: str, digest: str, *, time: float = 1.0, candidate: int = 0) -> Use:
    return Use(target, 0, candidate, "k" * 64, digest, time)


def test_a_store_that_nobody_used_knows_nothing_and_is_not_made_by_a_look(tmp_path: Path) -> None:
    store = Store.originals(tmp_path / "home")
    assert (store.usage.projects(), store.usage.targets(), store.usage.sent("s3://x")) == ([], {}, set())
    assert store.usage.uses("/site", "hero") == []
    store.close()
    assert not (tmp_path / "home").exists()


def test_a_project_is_known_with_what_its_lock_held_last(store: Store) -> None:
    store.usage.note("/site", {A, B}, [], time=5.0)
    store.usage.note("/blog", [A], [], time=6.0)
    store.usage.note("/site", {B, C}, [], time=7.0)
    assert store.usage.projects() == [
        KnownProject("/blog", 6.0, frozenset({A})),
        KnownProject("/site", 7.0, frozenset({B, C})),
    ]
    store.close()
    assert len(store.usage.projects()) == 2


def test_a_forgotten_project_is_no_longer_known(store: Store) -> None:
    store.usage.note("/site", {A}, [], time=5.0)
    store.usage.forget_project("/site")
    store.usage.forget_project("/never")
    assert store.usage.projects() == []


def test_the_pictures_of_a_target_are_told_oldest_first_and_each_once(store: Store) -> None:
    store.usage.note("/site", set(), [use("hero", B, time=9.0), use("card", C)], time=9.0)
    store.usage.note("/site", set(), [use("hero", A, time=3.0), use("hero", B, time=20.0)], time=20.0)
    assert [(each.digest, each.time) for each in store.usage.uses("/site", "hero")] == [(A, 3.0), (B, 9.0)]
    assert store.usage.uses("/blog", "hero") == []


def test_a_picture_is_told_with_every_target_that_ever_had_it(store: Store) -> None:
    store.usage.note("/site", set(), [use("hero", A), use("hero", A, candidate=2), use("card", A)], time=1.0)
    store.usage.note("/blog", set(), [use("top", A), use("top", B)], time=1.0)
    assert store.usage.targets() == {A: [("/blog", "top"), ("/site", "card"), ("/site", "hero")], B: [("/blog", "top")]}


def test_what_a_remote_has_is_remembered_by_its_location_until_it_is_forgotten(store: Store) -> None:
    store.usage.note_sent("s3://one", ["x", "y"])
    store.usage.note_sent("s3://one", ["y", "z"])
    store.usage.note_sent("s3://two", ["x"])
    assert (store.usage.sent("s3://one"), store.usage.sent("s3://two")) == ({"x", "y", "z"}, {"x"})
    store.usage.forget_sent("s3://one")
    assert (store.usage.sent("s3://one"), store.usage.sent("s3://two")) == (set(), {"x"})

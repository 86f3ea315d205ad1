"""Files of publishers: what is put there, what is kept, what goes, and what a run costs that has nothing to do."""

from __future__ import annotations

import builtins
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from imagebuild import memory
from imagebuild.digest import digest_bytes
from imagebuild.errors import PublishError, StoreError
from imagebuild.memory import Memory
from imagebuild.publisher import Publication
from imagebuild.shelf import Shelf, Shelves
from imagebuild.store import FileDigests, ObjectStore, Outputs
from imagebuild.store.signature import Signature

HOUR = 3600 * 1_000_000_000
PICTURE = b"a picture"
SHA = digest_bytes(PICTURE)


class Room:
    """A project with a store of its own, whose clock is an hour ahead, so that every signature is settled."""

    def __init__(self, root: Path) -> None:
        self.root = root / "project"
        self.root.mkdir()
        self.store = ObjectStore(root / "store", durable=False)
        self.store.put(PICTURE)
        self.entries: Mapping[str, tuple[Signature, str]] = {}
        self.faults: dict[str, str] = {}
        self.notices: list[str] = []

    def run(self, *, dry_run: bool = False) -> Shelves:
        """A new run, which knows what the last one that was :meth:`closed` saw."""
        return Shelves(
            self.root,
            Outputs(self.root),
            FileDigests(self.root, self.entries, lambda: time.time_ns() + HOUR),
            Memory(self.root / ".imagebuild"),
            find=self.find,
            read=self.read,
            holds=self.store.has,
            fault=self.faults.get,
            notice=self.notices.append,
            dry_run=dry_run,
        )

    def close(self, shelves: Shelves) -> None:
        self.entries = dict(shelves.digests.entries())

    def put(self, *names: str, data: bytes = b"data") -> int:
        """One whole run that wants these files and no others."""
        shelves = self.run()
        shelf = Shelf("test", shelves)
        changed = sum(shelf.write(name, data) for name in names) + shelf.clear()
        shelf.settle()
        self.close(shelves)
        return changed

    def find(self, digest: str) -> Path:
        if not self.store.has(digest):
            raise StoreError("not in the store")
        return self.store.path(digest)

    def read(self, digest: str) -> bytes:
        data = self.store.get(digest)
        if data is None:
            raise StoreError("damaged")
        return data

    def files(self) -> dict[str, bytes]:
        paths = [path for path in sorted(self.root.rglob("*")) if path.is_file() and ".imagebuild" not in path.parts]
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in paths}

    def lay(self, name: str, data: bytes) -> Path:
        """Somebody else writes a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_a_file_is_written_when_it_differs(room: Room) -> None:
    shelf = Shelf("test", room.run())
    assert [shelf.write("a/b.txt", b"one"), shelf.write("a/b.txt", b"one"), shelf.write("a/b.txt", b"two")] == [
        True,
        False,
        True,
    ]
    assert room.files() == {"a/b.txt": b"two"}


def test_a_placed_file_holds_the_bytes_of_its_digest_and_is_a_file_of_its_own(room: Room) -> None:
    shelf = Shelf("test", room.run())
    assert [shelf.place("a.png", SHA), shelf.place("a.png", SHA)] == [True, False]
    assert room.files() == {"a.png": PICTURE}
    room.lay("a.png", b"edited")
    assert room.store.get(SHA) == PICTURE


def test_what_the_store_does_not_have_is_its_error_and_is_not_taken_for_put(room: Room) -> None:
    for dry_run in (True, False):
        shelves = room.run(dry_run=dry_run)
        shelf = Shelf("test", shelves)
        with pytest.raises(StoreError, match="not in the store"):
            shelf.place("a.png", "0" * 64)
        assert (room.files(), shelves.files, room.run().memory.files("test")) == ({}, {}, {})


def test_a_damaged_object_is_set_aside_and_not_published(room: Room) -> None:
    path = room.store.path(SHA)
    path.chmod(0o644)
    path.write_bytes(b"a pictura")
    with pytest.raises(StoreError, match="damaged"):
        Shelf("test", room.run()).place("a.png", SHA)
    assert (room.files(), room.store.has(SHA), len(room.store.damages)) == ({}, False, 1)


def test_every_file_that_is_right_is_vouched_for_and_no_other(room: Room) -> None:
    room.put("old.txt", "same.txt")
    room.lay("theirs.txt", b"theirs")
    shelves = room.run()
    shelf = Shelf("test", shelves)
    for name in ("same.txt", "new.txt", "theirs.txt"):
        shelf.write(name, b"data")
    shelf.place("a.png", SHA)
    shelf.clear()
    assert shelves.files == {"same.txt": digest_bytes(b"data"), "new.txt": digest_bytes(b"data"), "a.png": SHA}


def test_a_file_of_somebody_else_is_kept_and_named_and_never_cleared(room: Room) -> None:
    room.lay("a.txt", b"theirs")
    assert room.put("a.txt") == 0
    assert room.put() == 0
    assert room.files() == {"a.txt": b"theirs"}
    assert room.notices == [
        "'a.txt' is there already and was not published from here; it is kept, delete it and publish again"
    ]


def test_a_file_that_somebody_changed_is_kept_and_named_until_it_is_forgotten(room: Room) -> None:
    room.put("a.txt")
    room.lay("a.txt", b"edited")
    assert [room.put("a.txt", data=b"new"), room.put(), room.put()] == [0, 0, 0]
    assert room.files() == {"a.txt": b"edited"}
    assert room.notices == [
        "'a.txt' was changed since it was published; it is kept, delete it and publish again",
        "'a.txt' is no longer published, but was changed since it was; it is kept",
    ]


def test_an_empty_file_and_one_whose_bytes_a_build_made_are_replaced(room: Room) -> None:
    room.lay("empty.txt", b"")
    room.lay("built.txt", PICTURE)
    assert room.put("empty.txt", "built.txt") == 2
    assert room.notices == []


def test_the_publisher_is_asked_only_for_bytes_that_nothing_else_explains(room: Room) -> None:
    room.put("known.txt")
    room.lay("empty.txt", b"")
    room.lay("built.txt", PICTURE)
    room.lay("marked.txt", b"MARK old")
    room.lay("theirs.txt", b"theirs")
    asked: list[bytes] = []

    def ours(data: bytes) -> bool:
        asked.append(data)
        return data.startswith(b"MARK")

    shelf = Shelf("test", room.run())
    names = ("known.txt", "empty.txt", "built.txt", "missing.txt", "marked.txt", "theirs.txt")
    assert [shelf.write(name, b"MARK new", ours) for name in names] == [True] * 5 + [False]
    assert shelf.write("marked.txt", b"MARK new", ours) is False
    assert asked == [b"MARK old", b"theirs"]


def test_a_publisher_may_refuse_a_file_that_is_in_its_way(room: Room) -> None:
    room.lay("a.txt", b"theirs")

    def refuse(data: bytes) -> bool:
        raise PublishError("not mine")

    with pytest.raises(PublishError, match="not mine"):
        Shelf("test", room.run()).write("a.txt", b"data", refuse)
    assert room.files() == {"a.txt": b"theirs"}


def test_a_link_or_a_folder_is_kept_and_not_followed(room: Room, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"data")
    (room.root / "link.txt").symlink_to(elsewhere)
    (room.root / "folder.txt").mkdir()
    assert room.put("link.txt", "folder.txt") == 0
    assert (room.root / "link.txt").is_symlink()
    assert ["is not a file; it is kept" in notice for notice in room.notices] == [True, True]


def test_a_link_in_place_of_a_file_that_was_put_is_not_cleared(room: Room, tmp_path: Path) -> None:
    room.put("a.txt")
    elsewhere = tmp_path / "elsewhere"
    (room.root / "a.txt").rename(elsewhere)
    (room.root / "a.txt").symlink_to(elsewhere)
    assert room.put() == 0
    assert ((room.root / "a.txt").is_symlink(), elsewhere.read_bytes()) == (True, b"data")


def test_a_file_under_a_name_in_other_letters_is_its_own(room: Room) -> None:
    """As a system that folds case shows it: there is one file, under the new name."""
    room.put("Stra\u00dfe/A\u0301.txt")
    (room.root / "Stra\u00dfe").rename(room.root / "STRASSE")
    (room.root / "STRASSE/A\u0301.txt").rename(room.root / "STRASSE/\u00e1.txt")
    assert room.put("STRASSE/\u00e1.txt", data=b"new") == 1
    assert room.put("STRASSE/\u00e1.txt", data=b"new") == 0
    assert (room.files(), room.notices) == ({"STRASSE/\u00e1.txt": b"new"}, [])


def test_what_is_wanted_in_other_letters_is_not_cleared(room: Room) -> None:
    room.put("Logo.png")
    room.put("logo.png")
    assert "logo.png" in room.files()
    room.put()
    assert room.files() == {}


def test_clear_takes_away_what_this_run_did_not_put_and_empty_folders(room: Room) -> None:
    room.put("a/b/c.txt", "a/d.txt", "e.txt")
    room.lay("a/theirs.txt", b"theirs")
    assert room.put("e.txt") == 2
    assert room.files() == {"a/theirs.txt": b"theirs", "e.txt": b"data"}
    assert not (room.root / "a/b").exists()


def test_what_is_not_cleared_stays_remembered(room: Room) -> None:
    room.put("a.txt", "b.txt")
    shelf = Shelf("test", room.run())
    shelf.write("a.txt", b"data")
    shelf.settle()
    assert room.put() == 2


def test_what_a_clone_has_already_is_taken_over(room: Room) -> None:
    room.lay("a.txt", b"data")
    assert room.put("a.txt") == 0
    assert room.put() == 1


@pytest.mark.parametrize("whose", ["target", "publisher", "announced", "folder"])
def test_what_became_somebody_elses_is_not_cleared(room: Room, whose: str) -> None:
    room.put("site/a.txt")
    shelves = room.run()
    before: tuple[Publication, ...] = ()
    if whose == "target":
        room.faults["site/a.txt"] = "is the output of target 'a'"
    elif whose == "publisher":
        Shelf("other", shelves).write("site/A.txt", b"data")
    elif whose == "announced":
        before = (Publication("s3://x", 0), Publication("./site/", 0, {"images/a.txt": "a.txt"}))
    else:
        before = (Publication("site/a.txt", 0),)
    shelf = Shelf("test", shelves, before)
    assert shelf.clear() == 0
    assert room.files()["site/a.txt"] == b"data"


def test_files_below_the_folder_of_a_publisher_before_are_cleared_all_the_same(room: Room) -> None:
    room.put("site/gallery/a.txt")
    shelf = Shelf("test", room.run(), (Publication("site", 0, {"images/b.png": "b.png"}),))
    assert shelf.clear() == 1


def test_what_a_target_or_the_spec_owns_is_refused(room: Room) -> None:
    room.faults["a.txt"] = "is the output of target 'a'"
    shelf = Shelf("test", room.run())
    for attempt in (lambda: shelf.write("a.txt", b"data"), lambda: shelf.place("a.txt", SHA)):
        with pytest.raises(PublishError, match=r"'a\.txt' is the output of target 'a'"):
            attempt()
    assert room.files() == {}


def test_two_publishers_share_a_file_of_equal_bytes_and_never_take_turns(room: Room) -> None:
    shelves = room.run()
    assert Shelf("first", shelves).place("a.png", SHA)
    second = Shelf("second 1", shelves)
    assert not second.place("a.png", SHA)
    with pytest.raises(PublishError, match=r"'A\.png' was written by 'first' before, with other bytes"):
        second.write("A.png", b"other")
    assert room.files() == {"a.png": PICTURE}


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("when", ["noted", "written", "settling"])
def test_what_a_killed_run_put_is_replaced_and_cleared_by_the_next(
    room: Room, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.put("a.txt", "b.txt", data=b"first")
    write = Outputs.write

    def killed(self: Outputs, path: str, source: Path | bytes, *, digest: str) -> Signature:
        if when == "noted" and path == "b.txt":
            raise Killed
        signature = write(self, path, source, digest=digest)
        if when == "written" and path == "b.txt":
            raise Killed
        return signature

    def not_settled(*arguments: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Outputs, "write", killed)
        patch.setattr(Memory, "settle", not_settled)
        with pytest.raises(Killed):
            room.put("a.txt", "b.txt", "c.txt", data=b"second")
    before = room.files()
    assert before["a.txt"] == b"second"
    assert before["b.txt"] == (b"first" if when == "noted" else b"second")
    assert room.put("a.txt", "b.txt", data=b"third") == 2 + ("c.txt" in before)
    assert (room.files(), room.notices) == ({"a.txt": b"third", "b.txt": b"third"}, [])


def test_a_dry_run_says_what_would_happen_and_does_nothing(room: Room) -> None:
    room.put("a.txt", "b.txt", "edited.txt")
    room.lay("edited.txt", b"edited")
    remembered, files = (room.root / ".imagebuild/published.json").read_bytes(), room.files()
    shelves = room.run(dry_run=True)
    shelf = Shelf("test", shelves)
    answers = [shelf.write("a.txt", b"new"), shelf.place("p.png", SHA), shelf.write("edited.txt", b"new")]
    assert (answers, shelf.clear()) == ([True, True, False], 1)
    shelf.settle()
    assert (room.files(), shelves.files) == (files, {})
    assert [path.name for path in (room.root / ".imagebuild").iterdir()] == ["published.json"]
    assert (room.root / ".imagebuild/published.json").read_bytes() == remembered


def test_a_file_that_cannot_be_read_or_written_is_a_clear_error(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.lay("folder", b"no folder")
    with pytest.raises(PublishError, match=r"cannot write 'folder/a\.txt'"):
        Shelf("test", room.run()).write("folder/a.txt", b"data")

    def denied(path: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "lstat", denied)
    with pytest.raises(PublishError, match=r"cannot read 'a\.txt': Permission denied"):
        Shelf("test", room.run()).write("a.txt", b"data")


def test_a_run_with_nothing_to_do_costs_a_stat_a_file_and_reads_and_writes_none(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"site/{index % 20}/{index}.png" for index in range(2000)]

    def run() -> tuple[int, Shelves]:
        shelves = room.run()
        shelf = Shelf("test", shelves)
        changed = sum(shelf.place(name, SHA) for name in names) + shelf.clear()
        shelf.settle()
        return changed, shelves

    changed, shelves = run()
    assert changed == 2000
    room.close(shelves)
    looked = [_count(monkeypatch, os, name, room.root / "site") for name in ("lstat", "stat")]
    _forbid_open(monkeypatch, room.root / "site")
    monkeypatch.delattr(memory, "write_file")
    changed, shelves = run()
    assert (changed, len(shelves.files), [len(paths) for paths in looked]) == (0, 2000, [2000, 0])


def test_n_files_are_n_lines_and_one_json(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[int] = []
    written: list[str] = []
    write_all, write_file = memory.write_all, memory.write_file

    def counted(file: Any, data: bytes) -> None:
        noted.append(len(data))
        write_all(file, data)

    def listed(path: str, data: bytes, **options: bool) -> None:
        written.append(path)
        write_file(path, data, **options)

    monkeypatch.setattr(memory, "write_all", counted)
    monkeypatch.setattr(memory, "write_file", listed)
    room.put(*(f"{index:04}.txt" for index in range(300)))
    assert (len(noted), len(set(noted)), len(written)) == (300, 1, 1)


def _count(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, below: Path) -> list[str]:
    """What a function is called with from now on, as far as it lies below a folder."""
    seen: list[str] = []
    real: Callable[..., Any] = getattr(module, name)

    def counted(path: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(path, str | Path) and str(path).startswith(str(below)):
            seen.append(str(path))
        return real(path, *arguments, **options)

    monkeypatch.setattr(module, name, counted)
    return seen


def _forbid_open(monkeypatch: pytest.MonkeyPatch, below: Path) -> None:
    real = builtins.open

    def guarded(path: Any, *arguments: Any, **options: Any) -> Any:
        assert not str(path).startswith(str(below)), f"{path} was opened"
        return real(path, *arguments, **options)

    monkeypatch.setattr(builtins, "open", guarded)

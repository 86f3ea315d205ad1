"""The stamp against the plain question whether the bytes are still those of the build."""

from __future__ import annotations

import hashlib
import os
import random
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from imagebuild import stamp
from imagebuild.stamp import STAMP_FILE, is_fresh, still_standing, write_stamp

NAMES = ("a", "b", "sub/c", "sub/d")


class Clock:
    """A file system and a clock of its own: time passes when it is told to, and files are dated by ticks."""

    def __init__(self, root: Path, tick: int, behind: int) -> None:
        self.root = root
        self.tick = tick
        self.behind = behind
        self.now = 1_000_000_000_000
        self.dated: dict[str, int] = {}

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, "utf-8")
        self.touch(name)

    def touch(self, name: str) -> None:
        self.dated[str(self.root / name)] = self.date()

    def date(self) -> int:
        return (self.now - self.behind) // self.tick * self.tick

    def stat(self, path: str) -> Any:
        real = os.stat(path)
        if path not in self.dated and os.path.join(self.root, path) not in self.dated:
            return real
        date = self.dated.get(path) or self.dated[os.path.join(self.root, path)]
        return SimpleNamespace(st_size=real.st_size, st_mtime_ns=date, st_ctime_ns=date, st_ino=7)


@pytest.fixture(params=[(1, 0), (4_000_000, 0), (2_000_000_000, 0), (2_000_000_000, 7_000_000_000)])
def clock(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(tmp_path, *request.param)
    world = SimpleNamespace(**vars(os))
    world.stat = clock.stat
    world.fstat = lambda number: SimpleNamespace(st_mtime_ns=clock.date())
    monkeypatch.setattr(stamp, "os", world)
    monkeypatch.setattr(stamp, "time", SimpleNamespace(time_ns=lambda: clock.now))
    monkeypatch.setattr(stamp, "sys", SimpleNamespace(modules={}, path=[], version="3", prefix="/"))
    (tmp_path / "sub").mkdir()
    (tmp_path / ".imagebuild").mkdir()
    return clock


def contents(root: Path) -> dict[str, str]:
    return {
        name: hashlib.sha256((root / name).read_bytes()).hexdigest() if (root / name).exists() else "" for name in NAMES
    }


def stamped(clock: Clock) -> dict[str, str]:
    built = contents(clock.root)
    began = clock.now
    write_stamp(str(clock.root), targets=4, files={**built}, absent=["gone"], packages=[], environ={}, began_ns=began)
    return built


@pytest.mark.parametrize("seed", range(60))
def test_a_stamp_never_vouches_for_other_bytes_and_always_for_the_same(clock: Clock, seed: int) -> None:
    chance = random.Random(seed)
    for name in NAMES:
        clock.write(name, "0")
    clock.now += chance.choice([0, 1_000_000, 3_000_000_000, 60_000_000_000])
    built = stamped(clock)
    assert is_fresh(str(clock.root), {}) == 4
    for _ in range(25):
        name, other = chance.sample(NAMES, 2)
        act = chance.choice(["wait", "wait", "look", "write", "swap", "touch", "remove", "appear", "stamp"])
        if act == "wait":
            clock.now += chance.choice([1, 3_000_000, 900_000_000, 2_100_000_000, 30_000_000_000])
        elif act == "write":
            clock.write(name, str(chance.randrange(3)))
        elif act == "swap" and (clock.root / name).exists() and (clock.root / other).exists():
            first, second = (clock.root / name).read_text("utf-8"), (clock.root / other).read_text("utf-8")
            clock.write(name, second)
            clock.write(other, first)
        elif act == "touch" and (clock.root / name).exists():
            clock.touch(name)
        elif act == "remove":
            (clock.root / name).unlink(missing_ok=True)
        elif act == "appear":
            gone = clock.root / "gone"
            gone.unlink() if gone.exists() else gone.write_text("")
        elif act == "stamp" and all((clock.root / each).exists() for each in NAMES):
            built = stamped(clock)
        same = contents(clock.root) == built and not (clock.root / "gone").exists()
        fresh = is_fresh(str(clock.root), {}) == 4
        assert same or not fresh, act
        if act in ("look", "wait", "stamp") and fresh is False and same:
            clock.now += 60_000_000_000  # touched files look changed: a build looks, and its stamp holds
            built = stamped(clock)
            assert is_fresh(str(clock.root), {}) == 4


def test_files_as_young_as_the_stamp_are_read_until_they_are_old_enough(clock: Clock, monkeypatch: Any) -> None:
    for name in NAMES:
        clock.write(name, "0")
    stamped(clock)
    read: list[str] = []
    digest = stamp._digest
    monkeypatch.setattr(stamp, "_digest", lambda path: read.append(path) or digest(path))
    assert is_fresh(str(clock.root), {}) == 4
    assert len(read) == len(NAMES)
    clock.now += 20_000_000_000
    assert is_fresh(str(clock.root), {}) == 4
    assert len(read) == 2 * len(NAMES)
    assert is_fresh(str(clock.root), {}) == 4
    assert len(read) == 2 * len(NAMES), "the stamp of the second look vouches for them"


@pytest.mark.parametrize("spoil", [b"", b"x", b"imagebuild stamp 4\n", b"imagebuild stamp 4\n0000", None])
def test_a_damaged_stamp_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: bytes | None) -> None:
    monkeypatch.setattr(stamp, "sys", SimpleNamespace(modules={}, path=[], version="3", prefix="/"))
    (tmp_path / ".imagebuild").mkdir()
    (tmp_path / "a").write_text("a")
    files = {"a": hashlib.sha256(b"a").hexdigest()}
    later = time.time_ns() + 10**11
    write_stamp(str(tmp_path), targets=1, files=files, absent=[], packages=[], environ={}, began_ns=later)
    path = tmp_path / STAMP_FILE
    whole = path.read_bytes()
    if spoil is not None:
        path.write_bytes(spoil)
        assert is_fresh(str(tmp_path), {}) is None
        return
    assert is_fresh(str(tmp_path), {}) == 1
    for at in random.Random(1).sample(range(len(whole)), 200):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert is_fresh(str(tmp_path), {}) is None
        path.write_bytes(whole[:at])
        assert is_fresh(str(tmp_path), {}) is None


def test_an_inode_of_more_than_64_bits_is_told_from_others(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    stat, more = os.stat, 1 << 100

    def long(path: str) -> SimpleNamespace:
        found = stat(path)
        names = ("st_size", "st_mtime_ns", "st_ctime_ns")
        return SimpleNamespace(st_ino=found.st_ino + more, **{name: getattr(found, name) for name in names})

    for name in NAMES:
        clock.write(name, "0")
    clock.now += 60_000_000_000
    monkeypatch.setattr(stamp.os, "stat", long)
    root, files = str(clock.root), contents(clock.root)
    write_stamp(root, targets=4, files=files, absent=[], packages=[], environ={}, began_ns=clock.now)
    clock.now += 60_000_000_000
    assert is_fresh(root, {}) == 4
    more += 1
    assert is_fresh(root, {}) == 4, "read, and found to be the same"
    clock.write("a", "1")
    assert is_fresh(root, {}) is None


def test_what_goes_on_to_stand_is_watched_as_before(clock: Clock) -> None:
    for name in NAMES:
        clock.write(name, "0")
    clock.now += 60_000_000_000
    root, built, environ = str(clock.root), contents(clock.root), {"KEY": "one"}
    rest: dict[str, Any] = {"absent": [], "packages": [], "began_ns": clock.now}
    write_stamp(root, targets=4, files={**built}, variables=["KEY"], environ=environ, **rest)
    clock.now += 60_000_000_000
    clock.write("a", "1")
    assert still_standing(root, environ, ()) is None
    assert still_standing(root, {"KEY": "two"}, ("a",)) is None
    standing = still_standing(root, environ, ("a",))
    assert standing is not None
    assert standing.changed == ["a"]
    now = contents(clock.root)
    write_stamp(root, targets=4, files={"a": now["a"]}, environ=environ, standing=standing, **rest)
    assert is_fresh(root, environ) == 4
    assert is_fresh(root, {"KEY": "two"}) is None, "a variable that only what was left out rests on"
    clock.write("b", "1")
    assert is_fresh(root, environ) is None, "a file that only what was left out rests on"

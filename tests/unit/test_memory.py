"""What publishers remember, also when a run is cut off at any point."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from imagebuild import memory
from imagebuild.errors import PublishError
from imagebuild.memory import Memory


def test_notes_and_files_are_there_the_next_time(tmp_path: Path) -> None:
    first = Memory(tmp_path / "state")
    first.remember("a", {"runs": 1, "list": (1, 2)})
    first.put("a", "x.png", "1")
    first.settle("a", {"x.png": ("1",)})
    second = Memory(tmp_path / "state")
    assert (second.recall("a"), second.files("a")) == ({"runs": 1, "list": [1, 2]}, {"x.png": ("1",)})
    assert (second.recall("b"), second.files("b")) == ({}, {})


def test_what_was_put_before_a_run_was_cut_off_is_known_beside_what_was_there(tmp_path: Path) -> None:
    first = Memory(tmp_path)
    first.settle("a", {"x.png": ("1",), "y.png": ("1",)})
    first.put("a", "x.png", "2")
    first.put("a", "z.png", "1")
    assert Memory(tmp_path).files("a") == {"x.png": ("1", "2"), "y.png": ("1",), "z.png": ("1",)}


@pytest.mark.parametrize("left", [b'\n["a","y.p', b'\n["a","y.png","1', b"\n\xff\xfe", b"\n[1", b"\n{}", b"\nnull"])
def test_a_line_that_a_killed_run_did_not_finish_hides_no_other(tmp_path: Path, left: bytes) -> None:
    Memory(tmp_path).put("a", "x.png", "1")
    with (tmp_path / "published.log").open("ab") as log:
        log.write(left)
    Memory(tmp_path).put("a", "z.png", "1")
    assert Memory(tmp_path).files("a") == {"x.png": ("1",), "z.png": ("1",)}


def test_a_log_that_outlived_its_json_takes_nothing_away(tmp_path: Path) -> None:
    """As when the process is killed between the two."""
    first = Memory(tmp_path)
    first.put("a", "x.png", "1")
    log = (tmp_path / "published.log").read_bytes()
    first.settle("a", {"x.png": ("1",), "y.png": ("1",)})
    assert not (tmp_path / "published.log").exists()
    (tmp_path / "published.log").write_bytes(log)
    second = Memory(tmp_path)
    assert second.files("a") == {"x.png": ("1",), "y.png": ("1",)}
    second.settle("a", second.files("a"))
    assert not (tmp_path / "published.log").exists()


def test_notes_of_one_publisher_do_not_lose_the_files_of_another(tmp_path: Path) -> None:
    first = Memory(tmp_path)
    first.settle("a", {"x.png": ("1",)})
    first.put("b", "y.png", "1")
    first.remember("c", {"n": 1})
    second = Memory(tmp_path)
    assert (second.files("a"), second.files("b"), second.recall("c")) == (
        {"x.png": ("1",)},
        {"y.png": ("1",)},
        {"n": 1},
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"version":2,"notes":{"a":{"n":1}},"files":{"a":{"x":["1"]}}}',
        '{"version":1}',
        '{"version":1,"notes":[],"files":7}',
        '{"version":1,"notes":{"a":[]},"files":{"a":{"x":"1"},"b":3}}',
        '{"a":{"files":{"x":"1"}}}',
        "[" * 100_000,
    ],
)
def test_what_cannot_be_read_counts_as_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "published.json").write_text(text)
    found = Memory(tmp_path)
    assert (found.recall("a"), found.files("a")) == ({}, {})
    found.settle("a", {"x": ("2",)})
    assert Memory(tmp_path).files("a") == {"x": ("2",)}


def test_what_is_as_it_was_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Memory(tmp_path).settle("a", {"x": ("1",)})
    monkeypatch.delattr(memory, "write_file")
    again = Memory(tmp_path)
    again.settle("a", {"x": ("1",)})
    again.remember("a", {})


def test_a_disk_that_takes_nothing_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(memory, "write_file", full)
    monkeypatch.setattr(memory, "write_all", full)
    for attempt in (
        lambda: Memory(tmp_path).remember("a", {"n": 1}),
        lambda: Memory(tmp_path).put("a", "x", "1"),
        lambda: Memory(tmp_path).settle("a", {"x": ("1",)}),
    ):
        with pytest.raises(PublishError, match="what was published cannot be noted: No space left on device"):
            attempt()

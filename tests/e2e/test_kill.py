"""Nothing that was paid for is lost or paid again, whenever the process dies."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from imagebuild.digest import digest_file
from imagebuild.lockfile import Lock
from imagebuild.store.objects import ObjectStore
from imagebuild.store.store import Store

KILLS = 200
POOL = 4  # RecordingProvider's concurrency: so many calls are in flight at most


def events(ledger: Path, offset: int) -> list[dict[str, object]]:
    if not ledger.exists():
        return []
    with ledger.open("rb") as file:
        file.seek(offset)
        return [json.loads(line) for line in file.read().splitlines()]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither fork nor SIGKILL")
def test_two_hundred_kills_lose_and_repeat_no_purchase_but_those_in_flight(tmp_path: Path) -> None:
    root, home, ledger = tmp_path / "project", tmp_path / "home", tmp_path / "ledger"
    root.mkdir()
    script = Path(__file__).with_name("kill_builds.py")
    command = [sys.executable, str(script), str(root), str(home), str(ledger), str(KILLS), "20261123"]
    recorded: set[str] = set()
    allowed: Counter[str] = Counter()
    begun: Counter[str] = Counter()
    kills = in_flight_at_kills = cut_off = 0
    last: dict[str, object] = {}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        offset = 0
        for report in reports(process):
            last = report
            now = events(ledger, offset)
            offset = ledger.stat().st_size if ledger.exists() else 0
            started = [str(event["key"]) for event in now if event["event"] == "begin"]
            assert not recorded & set(started), "a recorded picture was bought again"
            begun.update(started)
            store = Store.originals(home)
            recorded = set(store.records.keys())
            store.close()
            in_flight = set(started) - recorded
            assert len(in_flight) <= POOL
            assert report["killed"] or not in_flight
            kills += bool(report["killed"])
            in_flight_at_kills += len(in_flight)
            allowed.update(in_flight)
            Lock.read(root / "imagebuild.lock")
            check_that_published_files_are_whole(root, home)
            cut_off += (root / ".imagebuild/published.log").exists()
    assert process.returncode == 0
    assert kills == KILLS
    assert last["code"] == 0
    assert int(str(last["rounds"])) >= 3
    assert in_flight_at_kills > 0, "the kills never met a call"
    assert cut_off > 0, "the kills never met a publisher"
    for key, count in begun.items():
        assert count <= 1 + allowed[key]
    check_that_all_is_whole(root, home)


def check_that_published_files_are_whole(root: Path, home: Path) -> None:
    """Each is one that some build made, down to its last byte."""
    stores = (ObjectStore(home, durable=True), ObjectStore(root / ".imagebuild", durable=False))
    for path in (root / "site").glob("*.png"):
        digest = digest_file(path)
        assert path.name == f"{digest[:12]}.png"
        assert any(store.has(digest) for store in stores)


def reports(process: subprocess.Popen[str]) -> Iterator[dict[str, object]]:
    """Each report, and then a line back, so that the store is looked at while nothing runs."""
    assert process.stdout is not None
    assert process.stdin is not None
    for line in process.stdout:
        report = json.loads(line)
        yield report
        if report["pid"]:
            process.stdin.write("\n")
            process.stdin.flush()


def check_that_all_is_whole(root: Path, home: Path) -> None:
    """Every record has its bytes, every output is what the lock or a step says, no temporary file is left."""
    store = Store.originals(home)
    for key in store.records.keys():  # noqa: SIM118 - a method of ours, not a dict's
        record = store.lookup(key)
        assert record is not None
        assert all(store.read(artifact) for artifact in record.artifacts)
    assert store.records.open_intents() == []
    store.close()
    lock = Lock.read(root / "imagebuild.lock")
    pictures = sorted(path for path in (root / "images").rglob("*") if path.is_file())
    assert len(pictures) == 24
    published = sorted(path.name for path in (root / "site").iterdir())
    assert published == sorted({f"{digest_file(path)[:12]}.png" for path in pictures})
    assert digest_file(root / "images/base.png") == lock.lines["base", 0, 1].digest
    left = [path for path in root.rglob("*") if "tmp" in path.name and "objects" not in path.parts]
    assert not left

"""What a crash at any point leaves: whole objects or none, and no record without its bytes."""

import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from imagebuild import disk
from imagebuild.artifact import Picture
from imagebuild.lockfile import Lock
from imagebuild.store import Outputs, Record, Records, Store

DATA = b"bytes that were paid for" * 1000


@pytest.fixture
def calls(monkeypatch):
    """The order in which files are flushed, renamed and recorded."""
    seen: list[str] = []
    fsync, replace = os.fsync, os.replace

    def note_fsync(fd: int) -> None:
        seen.append("fsync folder" if stat.S_ISDIR(os.fstat(fd).st_mode) else "fsync file")
        fsync(fd)

    def note_replace(source: str, target: str) -> None:
        seen.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(os, "replace", note_replace)
    return seen


@pytest.mark.skipif(sys.platform != "linux", reason="macOS flushes by fcntl, Windows has no folders to flush")
def test_bytes_are_on_the_disk_before_the_record_the_record_before_the_lock_the_lock_before_the_output(
    tmp_path, calls, monkeypatch
):
    store, lock = Store.originals(tmp_path / "home"), tmp_path / "imagebuild.lock"
    put_many = Records.put_many
    monkeypatch.setattr(Records, "put_many", lambda *args, **more: (calls.append("record"), put_many(*args, **more)))
    store.records.delete("makes the database")
    store.objects.remove(store.objects.put(DATA))
    calls.clear()
    [artifact] = store.keep([Picture(DATA, "image/png")])
    store.records.put(Record("key", "generate", "p", "1", {}, (artifact,), paid=True))
    Lock().write(lock)
    Outputs(tmp_path).write("hero.png", store.objects.path(artifact.digest), digest=artifact.digest)
    whole = ["fsync file", "rename", "fsync folder"]
    assert calls == [*whole, "record", *whole, "rename"]
    store.close()


@pytest.mark.skipif(sys.platform != "linux", reason="as above")
def test_the_names_of_new_folders_are_flushed_too(tmp_path, monkeypatch):
    flushed: list[Path] = []
    monkeypatch.setattr(disk, "flush_folder", lambda folder: flushed.append(Path(folder)))
    monkeypatch.setattr("imagebuild.store.objects.flush_folder", disk.flush_folder)
    store = Store.originals(tmp_path / "data" / "home")
    path = store.objects.path(store.objects.put(DATA))
    assert {tmp_path, tmp_path / "data", tmp_path / "data" / "home", path.parent.parent, path.parent} <= set(flushed)


def test_derivatives_are_not_flushed(tmp_path, calls):
    store = Store.derivatives(tmp_path)
    store.keep([Picture(DATA, "image/png")])
    assert calls == ["rename"]


@pytest.mark.skipif(sys.platform != "linux", reason="as above")
def test_what_need_not_be_durable_waits_for_no_disk_until_somebody_pays_for_the_same_bytes(tmp_path, calls):
    store = Store.originals(tmp_path)
    store.objects.remove(store.objects.put(DATA))
    calls.clear()
    store.keep([Picture(DATA, "image/png")], durable=False)
    assert calls == ["rename"]
    calls.clear()
    [artifact] = store.keep([Picture(DATA, "image/png")])
    assert calls == ["fsync file", "fsync folder"]
    calls.clear()
    store.objects.make_durable(artifact.digest)
    assert calls == ["fsync file", "fsync folder"]
    store.objects.make_durable("0" * 64)
    assert len(calls) == 2


def test_a_transaction_that_need_not_be_durable_is_not_flushed_and_the_next_one_is(tmp_path):
    records = Records(tmp_path / "records.db", durable=True)
    levels: list[int] = []

    def note(connection) -> None:
        levels.extend(connection.execute("PRAGMA synchronous").fetchone())

    for durable in (True, False, False, True):
        records.database.write(note, durable=durable)
    with records.database.writing() as connection:
        note(connection)
    full, normal = 2, 1
    assert levels == [full, normal, normal, full, full]
    records.close()


def test_transactions_of_several_threads_are_flushed_when_one_of_them_wants_it(tmp_path):
    records = Records(tmp_path / "records.db", durable=True)
    database, levels = records.database, []

    def note(connection) -> None:
        levels.extend(connection.execute("PRAGMA synchronous").fetchone())

    def busy(connection) -> None:
        for durable in (False, True, False):
            threads.append(threading.Thread(target=database.write, args=(note,), kwargs={"durable": durable}))
            threads[-1].start()
        while len(database._queue) < 3:
            time.sleep(0.001)

    threads: list[threading.Thread] = []
    database.write(busy)
    for thread in threads:
        thread.join()
    assert levels == [2, 2, 2]
    records.close()


KILLED = """
import os, sys
from pathlib import Path
from imagebuild.artifact import Picture
from imagebuild import disk
from imagebuild.store import Intent, Record, Store

home, stop, after = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "after"
store = Store.originals(home)
store.records.begin(Intent("key", "openai", "hero", 1.0))
count = 0


def killing(function):
    def wrapped(*args, **more):
        global count
        count += 1
        if count == stop and not after:
            os._exit(9)
        result = function(*args, **more)
        if count == stop:
            os._exit(9)
        return result
    return wrapped


for name in ("open", "fsync", "replace"):
    setattr(os, name, killing(getattr(os, name)))
disk.write_all = killing(disk.write_all)
data = b"bytes that were paid for" * 1000
artifacts = store.keep([Picture(data, "image/png")])
store.records.put(Record("key", "generate", "p", "1", {}, artifacts, paid=True))
store.close()
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("stop", [1, 3, 5, 7, 9, 11, 12, 13, 14, 15, 16, 99])
def test_a_process_killed_at_any_step_leaves_whole_objects_and_no_record_without_bytes(tmp_path, stop, when):
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), str(stop), when], check=False)
    store = Store.originals(tmp_path)
    digests = list(store.objects.digests())
    assert [store.objects.get(digest) for digest in digests] == [DATA] * len(digests)
    assert store.objects.damages == []
    if done.returncode == 0:
        assert store.lookup("key") is not None
        assert store.abandoned() == []
    else:
        assert done.returncode == 9
        assert store.records.get("key") is None or digests
        assert store.lookup("key") is not None or [intent.key for intent in store.abandoned()] == ["key"]
    store.close()

"""Bytes by digest: whole or absent after any interruption, verified when read."""

import errno
import hashlib
import multiprocessing
import os
import threading
from pathlib import Path

import pytest

from imagebuild import disk
from imagebuild.errors import StoreError
from imagebuild.store import ObjectStore

DATA = b"a picture" * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=[True, False], ids=["durable", "quick"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path / "home", durable=request.param)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_what_is_put_is_got_and_named_by_its_digest(objects):
    assert objects.put(DATA) == DIGEST
    assert objects.get(DIGEST) == DATA
    assert objects.has(DIGEST)
    assert objects.path(DIGEST) == objects.folder / "objects" / DIGEST[:2] / DIGEST
    assert list(objects.digests()) == [DIGEST]


def test_what_was_never_put_is_none(objects):
    assert objects.get(DIGEST) is None
    assert not objects.has(DIGEST)
    assert list(objects.digests()) == []
    assert not objects.folder.exists()


def test_putting_twice_leaves_the_object_alone(objects):
    objects.put(DATA)
    before = objects.path(DIGEST).stat()
    objects.put(DATA)
    assert objects.path(DIGEST).stat() == before


def test_empty_bytes_are_bytes(objects):
    assert objects.get(objects.put(b"")) == b""


@pytest.mark.parametrize("torn", [b"", DATA[:-1], b"X" + DATA[1:], DATA + b"\0"])
def test_a_damaged_object_is_a_miss_and_kept_aside(objects, torn):
    objects.put(DATA)
    objects.path(DIGEST).chmod(0o600)
    objects.path(DIGEST).write_bytes(torn)
    heard = []
    objects.on_damage = heard.append
    assert objects.get(DIGEST) is None
    assert not objects.has(DIGEST)
    [damage] = objects.damages
    assert heard == [damage]
    assert damage.kept.read_bytes() == torn
    assert damage.kept.parent == objects.folder / "damaged"


@pytest.mark.parametrize("torn", [b"", DATA[:-1], b"X" + DATA[1:]])
def test_putting_over_a_damaged_object_makes_it_whole(objects, torn):
    objects.put(DATA)
    objects.path(DIGEST).chmod(0o600)
    objects.path(DIGEST).write_bytes(torn)
    objects.put(DATA)
    assert objects.get(DIGEST) == DATA
    assert objects.damages[0].kept.read_bytes() == torn


def test_whole_bytes_that_came_while_damaged_ones_were_read_stay(objects, monkeypatch):
    objects.put(DATA)
    monkeypatch.setattr(Path, "read_bytes", _first(b"torn", Path.read_bytes))
    assert objects.get(DIGEST) == DATA
    assert objects.has(DIGEST)
    assert objects.damages == []


def _first(answer, then):
    calls = []
    return lambda *args: calls.append(1) or (answer if len(calls) == 1 else then(*args))


@pytest.mark.parametrize("name", ["", "../../etc/passwd", DIGEST.upper(), DIGEST + "0", DIGEST[:-1] + "\n"])
def test_what_is_no_digest_is_refused(objects, name):
    for ask in (objects.get, objects.has, objects.path):
        with pytest.raises(StoreError, match="no digest"):
            ask(name)


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_objects_are_read_only(objects):
    objects.put(DATA)
    assert objects.path(DIGEST).stat().st_mode & 0o222 == 0


def test_removing_forgets_an_object(objects):
    objects.put(DATA)
    objects.remove(DIGEST)
    objects.remove(DIGEST)
    assert not objects.has(DIGEST)


def test_objects_come_back_when_the_folder_is_deleted_under_a_running_build(objects):
    import shutil

    objects.put(DATA)
    shutil.rmtree(objects.folder)
    objects.put(DATA)
    assert objects.get(DIGEST) == DATA


def test_a_full_disk_is_an_error_with_a_hint_and_leaves_nothing(objects, monkeypatch):
    def full(file, data):
        file.write(data[:100])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(disk, "write_all", full)
    with pytest.raises(StoreError, match="no space left") as caught:
        objects.put(DATA)
    assert "free some space" in caught.value.hint
    assert files(objects.folder) == []


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_a_folder_that_cannot_be_written_is_an_error_with_a_hint(objects, monkeypatch, code):
    def refuse(*args, **kwargs):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StoreError) as caught:
        objects.put(DATA)
    assert "IMAGEBUILD_HOME" in caught.value.hint


@pytest.mark.parametrize("step", ["flush", "replace", "flush_folder"])
def test_an_error_at_any_step_leaves_no_object_or_a_whole_one(tmp_path, monkeypatch, step):
    objects = ObjectStore(tmp_path / "home", durable=True)
    objects.put(b"makes the folders")
    objects._prepare(objects.path(DIGEST).parent)

    def fail(*args):
        raise OSError(errno.EIO, "input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(disk, step, fail)
        with pytest.raises(StoreError):
            objects.put(DATA)
    assert [name for name in files(tmp_path) if name.endswith(disk.TEMPORARY)] == []
    assert objects.get(DIGEST) == (DATA if step == "flush_folder" else None)
    objects.put(DATA)
    assert objects.get(DIGEST) == DATA


def test_temporary_files_of_killed_processes_are_swept_when_they_are_old(objects):
    objects.put(DATA)
    left = objects.path(DIGEST).with_name(f".x.dead{disk.TEMPORARY}")
    left.write_bytes(b"")
    assert objects.sweep(left.stat().st_mtime - 1) == 0
    assert objects.sweep(left.stat().st_mtime + 1) == 1
    assert not left.exists()
    assert objects.has(DIGEST)


def test_threads_and_processes_put_at_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=put_many, args=(tmp_path,)) for _ in range(2)]
    for child in children:
        child.start()
    threads = [threading.Thread(target=put_many, args=(tmp_path,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for each in [*threads, *children]:
        each.join()
    assert [child.exitcode for child in children] == [0, 0]
    objects = ObjectStore(tmp_path, durable=True)
    assert len(list(objects.digests())) == 40
    assert all(objects.get(digest) is not None for digest in objects.digests())
    assert [name for name in files(tmp_path) if name.endswith(disk.TEMPORARY)] == []


def put_many(folder: Path) -> None:
    objects = ObjectStore(folder, durable=True)
    for number in range(40):
        objects.put(b"%d" % number * 1000)

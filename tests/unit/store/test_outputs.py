"""Output files: replaced whole, only when they differ, never through a link, never sharing bytes with the store."""

import errno
import os
import time
from pathlib import Path

import pytest

from imagebuild import disk
from imagebuild.digest import digest_bytes
from imagebuild.errors import StoreError
from imagebuild.store import DamagedSource, ObjectStore, Outputs

DATA = b"a picture" * 1000
DIGEST = digest_bytes(DATA)
posix = pytest.mark.skipif(os.name == "nt", reason="links and modes are of POSIX")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


@pytest.fixture
def outputs(root: Path) -> Outputs:
    return Outputs(root)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    objects = ObjectStore(tmp_path / "home", durable=False)
    return objects.path(objects.put(DATA))


def leftovers(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.name.endswith(disk.TEMPORARY)]


@pytest.mark.parametrize("kind", ["file", "bytes"])
def test_a_picture_is_written_where_the_spec_says(outputs, root, source, kind):
    signature = outputs.write("img/a/hero.png", source if kind == "file" else DATA, digest=DIGEST)
    assert (root / "img/a/hero.png").read_bytes() == DATA
    assert outputs.signature("img/a/hero.png") == signature
    assert signature.size == len(DATA)
    assert outputs.digest("img/a/hero.png") == DIGEST
    assert leftovers(root) == []


def test_what_is_not_there_has_neither_signature_nor_digest(outputs, root):
    (root / "file").write_text("")
    for path in ("missing.png", "no/folder/missing.png", "file/below.png"):
        assert outputs.signature(path) is None
        assert outputs.digest(path) is None


def test_a_file_that_holds_the_bytes_is_left_alone(outputs, root, source):
    before = outputs.write("hero.png", source, digest=DIGEST)
    assert outputs.write("hero.png", source, digest=DIGEST) == before


@posix
def test_the_mode_of_what_is_replaced_stays_and_a_new_file_has_that_of_the_umask(outputs, root, source):
    old = os.umask(0o027)
    try:
        outputs.write("new.png", source, digest=DIGEST)
        (root / "old.png").write_bytes(b"old")
        (root / "old.png").chmod(0o604)
        outputs.write("old.png", source, digest=DIGEST)
    finally:
        os.umask(old)
    assert (root / "new.png").stat().st_mode & 0o7777 == 0o640
    assert (root / "old.png").stat().st_mode & 0o7777 == 0o604


def test_editing_an_output_in_place_leaves_the_store_whole(outputs, root, source):
    outputs.write("hero.png", source, digest=DIGEST)
    assert not os.path.samefile(root / "hero.png", source)
    with open(root / "hero.png", "r+b") as file:
        file.write(b"EDITED")
    assert source.read_bytes() == DATA
    assert outputs.digest("hero.png") != DIGEST


def test_a_clone_is_verified_like_a_copy(outputs, root, source, monkeypatch):
    """Where there are reflinks; simulated by a copy."""
    monkeypatch.setattr("imagebuild.store.output.clone", lambda a, b: bool(Path(b).write_bytes(Path(a).read_bytes())))
    outputs.write("hero.png", source, digest=DIGEST)
    assert (root / "hero.png").read_bytes() == DATA
    with pytest.raises(DamagedSource):
        outputs.write("hero.png", source, digest="0" * 64)


def test_a_damaged_object_is_never_delivered(outputs, root, source):
    (root / "hero.png").write_bytes(b"the old picture")
    source.chmod(0o600)
    source.write_bytes(b"X" + DATA[1:])
    for damaged in (source, b"X" + DATA[1:]):
        with pytest.raises(DamagedSource, match="damaged"):
            outputs.write("hero.png", damaged, digest=DIGEST)
    assert (root / "hero.png").read_bytes() == b"the old picture"
    assert leftovers(root) == []


@posix
@pytest.mark.parametrize("outside", ["../outside", "/tmp"])
def test_a_folder_that_is_a_link_out_of_the_project_is_refused(outputs, root, source, outside):
    (root / "../outside").mkdir()
    (root / "img").symlink_to(outside)
    for act in (lambda: outputs.write("img/hero.png", source, digest=DIGEST), lambda: outputs.remove("img/hero.png")):
        with pytest.raises(StoreError, match="leaves the project") as caught:
            act()
        assert caught.value.hint
    assert list((root / "../outside").iterdir()) == []


@posix
def test_a_folder_that_is_a_link_within_the_project_is_fine(outputs, root, source):
    (root / "real").mkdir()
    (root / "img").symlink_to("real")
    outputs.write("img/hero.png", source, digest=DIGEST)
    assert (root / "real/hero.png").read_bytes() == DATA


@posix
def test_a_project_that_is_reached_through_a_link_is_fine(root, source):
    (root.parent / "link").symlink_to(root)
    Outputs(root.parent / "link").write("img/hero.png", source, digest=DIGEST)
    assert (root / "img/hero.png").read_bytes() == DATA


@posix
@pytest.mark.parametrize("kind", ["link", "dangling", "folder", "pipe"])
def test_a_destination_that_is_no_plain_file_is_refused_and_left_alone(outputs, root, source, kind):
    victim = root.parent / "victim"
    victim.write_bytes(b"precious")
    hero = root / "hero.png"
    {
        "link": lambda: hero.symlink_to(victim),
        "dangling": lambda: hero.symlink_to(root.parent / "nothing"),
        "folder": hero.mkdir,
        "pipe": lambda: os.mkfifo(hero),
    }[kind]()
    with pytest.raises(StoreError, match="not a picture file") as caught:
        outputs.write("hero.png", source, digest=DIGEST)
    assert caught.value.hint
    with pytest.raises(StoreError):
        outputs.remove("hero.png")
    assert outputs.digest("hero.png") is None
    assert victim.read_bytes() == b"precious"
    assert not (root.parent / "nothing").exists()


@pytest.mark.parametrize("path", ["", ".", "../x.png", "a/../../x.png", "/etc/x.png", "a\\b.png", "a\0b.png"])
def test_a_path_that_leaves_the_project_is_refused(outputs, source, path):
    with pytest.raises(StoreError, match="no path inside"):
        outputs.write(path, source, digest=DIGEST)
    with pytest.raises(StoreError, match="no path inside"):
        outputs.remove(path)


@pytest.mark.parametrize("step", ["write_all", "replace"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(outputs, root, source, monkeypatch, step):
    (root / "hero.png").write_bytes(b"the old picture")

    def full(*args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(f"imagebuild.store.output.{step}", full)
    with pytest.raises(StoreError, match=r"cannot write 'hero\.png': no space left") as caught:
        outputs.write("hero.png", source, digest=DIGEST)
    assert "free some space" in caught.value.hint
    assert (root / "hero.png").read_bytes() == b"the old picture"
    assert leftovers(root) == []


def test_somebody_elses_change_right_after_the_rename_is_not_vouched_for(outputs, root, source, monkeypatch):
    replace = disk.replace

    def edited(name, target):
        replace(name, target)
        with open(target, "ab") as file:
            file.write(b"!")

    monkeypatch.setattr("imagebuild.store.output.replace", edited)
    assert outputs.write("hero.png", source, digest=DIGEST) != outputs.signature("hero.png")


def test_removing_prunes_the_folders_it_empties(outputs, root, source):
    outputs.write("img/a/hero.png", source, digest=DIGEST)
    outputs.write("img/logo.png", source, digest=DIGEST)
    outputs.remove("img/a/hero.png")
    assert [path.name for path in (root / "img").iterdir()] == ["logo.png"]
    outputs.remove("img/logo.png")
    assert list(root.iterdir()) == []
    outputs.remove("img/logo.png")
    assert root.is_dir()


def test_what_killed_builds_left_is_swept_with_the_next_write_into_the_folder(outputs, root, source):
    (root / "img").mkdir()
    same, old, live = (root / "img" / f".{name}.dead{disk.TEMPORARY}" for name in ("hero.png", "old.png", "live.png"))
    others = [root / "img" / ".hidden", root / "img" / f"mine{disk.TEMPORARY}"]
    for path in (same, old, live, *others):
        path.write_bytes(b"")
    os.utime(old, (time.time() - 3600,) * 2)
    outputs.write("img/logo.png", source, digest=DIGEST)
    assert [path.exists() for path in (same, old, live)] == [True, False, True]
    outputs.write("img/hero.png", source, digest=DIGEST)
    assert [path.exists() for path in (same, live)] == [False, True]
    assert outputs.sweep(["img", "nowhere"]) == 1
    assert not live.exists()
    assert all(path.exists() for path in others)


def test_a_long_name_is_no_trouble(outputs, root, source):
    path = "ü" * 100 + ".png"
    outputs.write(path, source, digest=DIGEST)
    assert (root / path).read_bytes() == DATA

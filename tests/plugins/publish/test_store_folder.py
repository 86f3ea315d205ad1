"""The kind of remote store `folder`."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from imagebuild import Remote
from imagebuild.errors import StoreError, UnreachableError
from imagebuild.testing import StoreContract
from imagebuild_publish import FolderStore

posix = pytest.mark.skipif(sys.platform == "win32", reason="rights and pipes of POSIX")


def opened(path: Path) -> Remote:
    return FolderStore().open(str(path), {}, {})


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def failing(code: int) -> object:
    def fail(*args: object, **options: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    return fail


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


class TestContract(StoreContract):
    def store(self) -> FolderStore:
        return FolderStore()

    def address(self, folder: Path) -> str:
        return str(folder)


class TestContractWithoutHardLinks(TestContract):
    """As on file systems that know none; who then writes at the same moment as another may hear that he did it too."""

    @pytest.fixture(autouse=True)
    def _no_links(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("os.link", failing(errno.ENOTSUP))

    def test_of_many_who_write_one_name_at_once_exactly_one_does(self, tmp_path: Path) -> None:
        remote = self.open(tmp_path)
        assert [remote.put("v1/one", data) for data in (b"1", b"2")] == [True, False]
        assert (remote.get("v1/one"), files(tmp_path)) == (b"1", ["v1/one"])


def test_it_takes_no_network(share: Path) -> None:
    assert opened(share).network is False
    assert opened(share).location == str(share)


def test_names_are_the_paths_of_files_and_nothing_else_is_left(share: Path) -> None:
    remote = opened(share)
    remote.put("v1/objects/ab/abcd", b"1")
    remote.put("v1/objects/ab/abcd", b"2", replace=True)
    remote.put("v1/objects/ab/abcd", b"3")
    assert files(share) == ["v1/objects/ab/abcd"]
    assert (share / "v1/objects/ab/abcd").read_bytes() == b"2"


# A folder that is not there


@pytest.mark.parametrize("ask", [lambda it: it.get("a"), lambda it: it.has("a"), lambda it: list(it.list())])
def test_a_share_that_is_not_mounted_is_unreachable(tmp_path: Path, ask: object) -> None:
    with pytest.raises(UnreachableError) as raised:
        ask(opened(tmp_path / "share"))  # type: ignore[operator]  # one of the three above
    assert raised.value.message == f"there is no folder '{tmp_path / 'share'}'"
    assert "mount the disk or share" in str(raised.value.hint)
    assert not (tmp_path / "share").exists()


def test_the_first_who_writes_makes_the_folder(tmp_path: Path) -> None:
    remote = opened(tmp_path / "share")
    assert remote.put("v1/a", b"1") is True
    assert files(tmp_path) == ["share/v1/a"]


def test_folders_above_it_are_not_made(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="there is no folder"):
        opened(tmp_path / "mount" / "share").put("v1/a", b"1")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "share").write_bytes(b"")
    for ask in (lambda it: it.get("a"), lambda it: it.put("a", b"1"), lambda it: list(it.list())):
        with pytest.raises(StoreError, match="is a file, expected a folder"):
            ask(opened(tmp_path / "share"))


def test_a_folder_where_a_file_should_be_is_no_file_and_is_kept(share: Path) -> None:
    remote = opened(share)
    remote.put("v1/a/b", b"1")
    for replace in (False, True):
        with pytest.raises(StoreError, match="'v1/a' is a folder"):
            remote.put("v1/a", b"2", replace=replace)
    with pytest.raises(StoreError, match="cannot write 'v1/a/b/c'"):
        remote.put("v1/a/b/c", b"3")
    assert files(share) == ["v1/a/b"]


# Nothing outside of it


@posix
def test_a_link_to_elsewhere_is_not_followed(share: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    (share / "v1").symlink_to(outside)
    (share / "file").symlink_to(outside / "secret")
    remote = opened(share)
    for name in ("v1/secret", "file"):
        for ask in (
            lambda name: remote.get(name),
            lambda name: remote.has(name),
            lambda name: remote.put(name, b"mine"),
            lambda name: remote.put(name, b"mine", replace=True),
            lambda name: remote.remove(name),
        ):
            with pytest.raises(StoreError, match="no link is followed"):
                ask(name)
    with pytest.raises(StoreError, match="no link is followed"):
        remote.put("v1/new/name", b"mine")
    assert list(remote.list()) == []
    assert files(outside) == ["secret"]
    assert (outside / "secret").read_bytes() == b"secret"


@posix
def test_what_is_on_its_way_goes_through_no_link_either(share: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (share / ".incoming").symlink_to(tmp_path / "outside")
    with pytest.raises(StoreError, match="no link is followed"):
        opened(share).put("a", b"1")
    assert files(tmp_path / "outside") == []


@posix
def test_the_folder_itself_may_be_a_link(share: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(share)
    assert opened(tmp_path / "link").put("v1/a", b"1") is True
    assert opened(share).get("v1/a") == b"1"


@posix
def test_a_pipe_is_no_file_and_is_not_waited_for(share: Path) -> None:
    os.mkfifo(share / "a")
    remote = opened(share)
    assert (remote.get("a"), remote.has("a"), list(remote.list())) == (None, False, [])


def test_files_of_others_are_not_listed(share: Path) -> None:
    for name in ("Thumbs.db", "read me.txt", ".DS_Store", "v1~"):
        (share / name).write_bytes(b"")
    (share / ".snapshot").mkdir()
    (share / ".snapshot" / "a").write_bytes(b"")
    assert list(opened(share).list()) == ["Thumbs.db"]


# Rights


@posix
def test_what_is_made_takes_over_the_rights_of_the_folder(share: Path) -> None:
    share.chmod(0o2770)
    with umask(0o077):
        opened(share).put("v1/ab/abcd", b"1")
    assert stat.S_IMODE((share / "v1" / "ab").stat().st_mode) == 0o2770
    assert stat.S_IMODE((share / "v1" / "ab" / "abcd").stat().st_mode) == 0o660


@posix
def test_the_rights_of_a_private_folder_stay_private(share: Path) -> None:
    share.chmod(0o700)
    with umask(0):
        opened(share).put("v1/a", b"1")
    assert stat.S_IMODE((share / "v1" / "a").stat().st_mode) == 0o600


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.EPERM])
def test_without_the_right_to_write_it_says_what_else_there_is(
    share: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr("os.mkdir", failing(code))
    with pytest.raises(StoreError) as raised:
        opened(share).put("v1/a", b"1")
    assert raised.value.message == f"cannot write 'v1/a' in '{share}': {os.strerror(code).lower()}"
    assert raised.value.hint == "ask the owner of the folder for the right to write, or write mode: read"


def test_without_the_right_to_read_it_says_so(share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(share).put("a", b"1")
    monkeypatch.setattr("os.open", failing(errno.EACCES))
    with pytest.raises(StoreError, match=r"cannot read 'a' in .*: permission denied") as raised:
        opened(share).get("a")
    assert raised.value.hint == "ask the owner of the folder for the right to read"


# What can go wrong


@pytest.mark.parametrize("replace", [False, True])
def test_what_cannot_be_written_whole_is_not_there(share: Path, monkeypatch: pytest.MonkeyPatch, replace: bool) -> None:
    remote = opened(share)
    remote.put("v1/a", b"old")
    monkeypatch.setattr("os.fsync", failing(errno.ENOSPC))
    with pytest.raises(StoreError, match="cannot write") as raised:
        remote.put("v1/a" if replace else "v1/b", b"new", replace=replace)
    assert "the disk is full" in str(raised.value.hint)
    assert files(share) == ["v1/a"]
    assert remote.get("v1/a") == b"old"


@pytest.mark.skipif(not hasattr(errno, "ESTALE"), reason="this system has no such error")
def test_a_share_that_went_away_is_unreachable(share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.lstat", failing(errno.ESTALE))
    with pytest.raises(UnreachableError, match="does not answer"):
        opened(share).get("v1/a")


def test_what_a_killed_writer_left_is_removed_a_day_later(share: Path) -> None:
    (share / ".incoming").mkdir()
    for name, hours in (("old", 25), ("under-way", 23)):
        (share / ".incoming" / name).write_bytes(b"half")
        before = time.time() - hours * 3600
        os.utime(share / ".incoming" / name, (before, before))
    opened(share).put("v1/a", b"1")
    assert files(share) == [".incoming/under-way", "v1/a"]


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("a\nb", "holds a control character"),
        ("s3:/bucket/x", "holds 's3:'"),
        ("file:///mnt/x", "holds 'file:'"),
        ("nas:/export/pictures", "holds 'nas:'"),
        ("me@nas:pictures", "holds 'me@nas:'"),
        ("/home/me/site/s3:/bucket/x", "holds 's3:'"),
        (r"C:\site\s3:\bucket", "holds 's3:'"),
    ],
)
def test_what_is_meant_to_be_no_path_is_a_fault(address: str, fault: str) -> None:
    assert str(FolderStore().fault(address)).startswith(fault)


@pytest.mark.parametrize(
    "address", ["/mnt/team", "../store", "~/pictures", r"\\nas\team", r"C:\team", "a b", "x:y/z", "/a/b:c/d"]
)
def test_a_path_has_no_fault(address: str) -> None:
    assert FolderStore().fault(address) is None

"""What every kind of remote store must hold to, as a test class to inherit from."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from imagebuild.errors import StoreError
from imagebuild.option import Configurable
from imagebuild.remote import Remote, RemoteStore
from imagebuild.testing.option_contract import ConfigurableContract

__all__ = ["StoreContract"]

_WRITERS = 12
_LARGE = 5_000_000
_NO_NAMES = (
    "", "/", ".", "..", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", "a/..", "a\\b", "a b", "a\nb", "a\0b", "a?b",
    "a#b", "a%2fb", "C:a", "ä", "a" * 2000,
)  # fmt: skip  # read as rows


class StoreContract(ConfigurableContract):
    """Inherit, give a kind of store and an address where nothing is yet, and all tests run."""

    @abstractmethod
    def store(self) -> RemoteStore:
        """The kind of store under test."""

    @abstractmethod
    def address(self, folder: Path) -> str:
        """Where a remote is that holds nothing and may be written; ``folder`` is an empty one of this test alone."""

    def environ(self) -> Mapping[str, str]:
        """The environment that it is opened with, such as keys."""
        return {}

    def subject(self) -> Configurable:
        """The kind of store, for the tests of its options."""
        return self.store()

    def open(self, folder: Path) -> Remote:
        """The remote at the address."""
        return self.store().open(self.address(folder), self.resolved(), self.environ())

    @pytest.fixture
    def remote(self, tmp_path: Path) -> Iterator[Remote]:
        """The remote, closed at the end."""
        with closing(self.open(tmp_path)) as remote:
            yield remote

    def test_its_address_is_one_and_has_a_scheme_of_its_own(self, tmp_path: Path) -> None:
        """The engine finds the kind of a remote by the scheme alone."""
        store, address = self.store(), self.address(tmp_path)
        scheme = address.partition("://")[0] if "://" in address else ""
        assert scheme in store.schemes
        assert store.fault(address) is None

    def test_an_address_of_nothing_has_a_fault_in_words(self) -> None:
        """It goes on from the address, as ``is empty`` does."""
        for scheme in self.store().schemes:
            fault = self.store().fault(f"{scheme}://" if scheme else "")
            assert fault
            assert fault[0].islower()
            assert not fault.endswith(".")

    def test_where_it_is_holds_no_secret(self, remote: Remote) -> None:
        """People see it in every message."""
        assert remote.location
        plain = re.compile(r"[a-z]+://[^@?#]+")  # an address that holds no login and no query is no secret
        secrets = [value for value in self.environ().values() if len(value) > 8 and not plain.fullmatch(value)]
        assert [value for value in secrets if value in remote.location] == []
        assert "://" not in remote.location or "@" not in remote.location

    @pytest.mark.parametrize(
        "data", [b"", b"one", bytes(range(256)) * 3, b"\r\n\x1a" * 5, b"x" * _LARGE], ids=lambda data: str(len(data))
    )
    def test_bytes_come_back_as_they_were(self, remote: Remote, data: bytes) -> None:
        """None and five millions of them too."""
        assert remote.put("v1/objects/ab/abcd.png", data) is True
        assert remote.get("v1/objects/ab/abcd.png") == data
        assert remote.has("v1/objects/ab/abcd.png") is True

    def test_what_is_not_there_is_none_and_no_fault(self, remote: Remote) -> None:
        """Nor is taking it away, and a name that others begin with is none."""
        remote.put("a/b/c", b"1")
        for name in ("x", "x/y/z", "a", "a/b", "a/b/x"):
            assert (remote.get(name), remote.has(name)) == (None, False)
            remote.remove(name)
        assert list(remote.list()) == ["a/b/c"]

    def test_what_is_there_stays_unless_it_is_to_be_replaced(self, remote: Remote) -> None:
        """And the answer says which it was."""
        assert remote.put("v1/record", b"first") is True
        assert remote.put("v1/record", b"second") is False
        assert remote.get("v1/record") == b"first"
        assert remote.put("v1/record", b"third, longer", replace=True) is True
        assert remote.get("v1/record") == b"third, longer"
        assert remote.put("v1/new", b"new", replace=True) is True
        assert remote.get("v1/new") == b"new"

    def test_names_are_listed_by_prefix_at_any_depth(self, remote: Remote) -> None:
        """A prefix is whole parts of a name, so ``v1/a/`` is not the beginning of ``v1/ab``."""
        names = {"top", "v1/a/x", "v1/a/deep/er/y", "v1/ab/x", "v2/a/x", "v1/a.b/-_z"}
        for name in names:
            remote.put(name, name.encode())
        assert sorted(remote.list()) == sorted(names)
        assert sorted(remote.list("v1/a/")) == ["v1/a/deep/er/y", "v1/a/x"]
        assert sorted(remote.list("v1/")) == sorted(name for name in names if name.startswith("v1/"))
        assert list(remote.list("v1/none/")) == []
        assert list(remote.list("top/")) == []

    def test_what_was_removed_is_gone_and_can_come_again(self, remote: Remote) -> None:
        """Its neighbours stay."""
        remote.put("v1/a", b"1")
        remote.put("v1/b", b"2")
        remote.remove("v1/a")
        assert (remote.get("v1/a"), remote.has("v1/a"), list(remote.list())) == (None, False, ["v1/b"])
        assert remote.put("v1/a", b"3") is True
        assert remote.get("v1/a") == b"3"

    @pytest.mark.parametrize("name", _NO_NAMES, ids=lambda name: repr(name[:10]))
    def test_what_can_be_no_name_is_refused(self, remote: Remote, name: str) -> None:
        """So that nothing is read or written outside of its place."""
        asked: list[Callable[[], object]] = [
            lambda: remote.get(name),
            lambda: remote.has(name),
            lambda: remote.put(name, b"1"),
            lambda: remote.put(name, b"1", replace=True),
            lambda: remote.remove(name),
        ]
        for ask in asked:
            with pytest.raises(StoreError):
                ask()

    @pytest.mark.parametrize("prefix", ["a", "/", "../", "a//", "/a/", "a/../", "a\\"])
    def test_what_can_be_no_prefix_is_refused(self, remote: Remote, prefix: str) -> None:
        """As a name is."""
        with pytest.raises(StoreError):
            list(remote.list(prefix))

    def test_of_many_who_write_one_name_at_once_exactly_one_does(self, tmp_path: Path) -> None:
        """Each through a connection of its own, as machines do; what is there is whole, and what that one wrote."""
        datas = [bytes([index]) * 300_000 for index in range(_WRITERS)]
        start = Barrier(_WRITERS)

        def write(data: bytes) -> bool:
            with closing(self.open(tmp_path)) as remote:
                start.wait()
                return remote.put("v1/one", data)

        with ThreadPoolExecutor(_WRITERS) as threads:
            wrote = list(threads.map(write, datas))
        with closing(self.open(tmp_path)) as remote:
            assert wrote.count(True) == 1
            assert remote.get("v1/one") == datas[wrote.index(True)]
            assert list(remote.list()) == ["v1/one"]

    def test_what_is_read_while_others_replace_it_is_whole(self, remote: Remote) -> None:
        """The old bytes or the new ones, never some of both."""
        datas = [bytes([index]) * (200_000 + index) for index in range(_WRITERS)]
        remote.put("v1/one", datas[0])

        def ask(index: int) -> bytes | None:
            if index % 2:
                remote.put("v1/one", datas[index], replace=True)
            return remote.get("v1/one")

        with ThreadPoolExecutor(_WRITERS) as threads:
            found = list(threads.map(ask, range(_WRITERS)))
        assert [data for data in found if data not in datas] == []

    def test_many_names_are_written_and_read_at_once(self, remote: Remote) -> None:
        """A remote is for many threads."""
        names = {f"v1/{index % 7}/{index}": str(index).encode() * index for index in range(80)}
        with ThreadPoolExecutor(16) as threads:
            assert all(threads.map(lambda name: remote.put(name, names[name]), names))
            assert dict(zip(names, threads.map(remote.get, names), strict=True)) == names
        assert sorted(remote.list()) == sorted(names)

    def test_what_one_wrote_another_reads(self, tmp_path: Path) -> None:
        """It is the same place for all who give its address."""
        with closing(self.open(tmp_path)) as one, closing(self.open(tmp_path)) as other:
            one.put("v1/a", b"1")
            assert other.get("v1/a") == b"1"
            other.remove("v1/a")
            assert one.has("v1/a") is False

"""The contract of remote stores finds what breaks it, and lets pass what keeps it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import ClassVar

import pytest

from imagebuild import Remote, RemoteStore
from imagebuild.errors import StoreError
from imagebuild.testing import StoreContract

NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*(?:/[\w-]+(?:\.[\w-]+)*)*", re.ASCII)


def checked(name: str) -> str:
    if len(name) > 500 or not NAME.fullmatch(name):
        raise StoreError(f"{name!r} can be no name")
    return name


class Shelf(Remote):
    """A dictionary that all who give its address share."""

    kept: dict[str, bytes]
    lock: Lock

    def __init__(self, address: str, kept: dict[str, bytes], lock: Lock) -> None:
        self.location, self.kept, self.lock = address, kept, lock

    def get(self, name: str) -> bytes | None:
        return self.kept.get(checked(name))

    def put(self, name: str, data: bytes, *, replace: bool = False) -> bool:
        with self.lock:
            if checked(name) in self.kept and not replace:
                return False
            self.kept[name] = data
            return True

    def has(self, name: str) -> bool:
        return checked(name) in self.kept

    def list(self, prefix: str = "") -> Iterator[str]:
        if prefix:
            checked(prefix.removesuffix("/") if prefix.endswith("/") else "")
        return iter([name for name in self.kept if name.startswith(prefix)])

    def remove(self, name: str) -> None:
        self.kept.pop(checked(name), None)


class Shelves(RemoteStore):
    """Keeps pictures in this process."""

    name, version, schemes = "shelves", "1", ("shelf",)
    kind: ClassVar[type[Shelf]] = Shelf

    def __init__(self) -> None:
        self.all: dict[str, tuple[dict[str, bytes], Lock]] = {}

    def fault(self, address: str) -> str | None:
        return None if address.removeprefix("shelf://") else "is empty"

    def open(self, address: str, options: Mapping[str, object], environ: Mapping[str, str]) -> Remote:
        kept, lock = self.all.setdefault(address, ({}, Lock()))
        return self.kind(address, kept, lock)


class TestShelves(StoreContract):
    @pytest.fixture(autouse=True)
    def _shelves(self) -> None:
        self.shelves = Shelves()

    def store(self) -> RemoteStore:
        return self.shelves

    def address(self, folder: Path) -> str:
        return f"shelf://{folder}"


class Clobbering(Shelf):
    def put(self, name: str, data: bytes, *, replace: bool = False) -> bool:
        return super().put(name, data, replace=True)


class Forgetful(Shelf):
    def put(self, name: str, data: bytes, *, replace: bool = False) -> bool:
        return super().put(name, data[:1_000_000], replace=replace)


class Stubborn(Shelf):
    def put(self, name: str, data: bytes, *, replace: bool = False) -> bool:
        return super().put(name, data)


class Credulous(Shelf):
    def get(self, name: str) -> bytes | None:
        return self.kept.get(name)


class Shallow(Shelf):
    def list(self, prefix: str = "") -> Iterator[str]:
        return iter([name for name in super().list(prefix) if "/" not in name.removeprefix(prefix)])


class Blurred(Shelf):
    def list(self, prefix: str = "") -> Iterator[str]:
        return iter([name for name in self.kept if name.startswith(prefix.rstrip("/"))])


class Strict(Shelf):
    def remove(self, name: str) -> None:
        del self.kept[name]


class Private(Shelf):
    def __init__(self, address: str, kept: dict[str, bytes], lock: Lock) -> None:
        super().__init__(address, {}, Lock())


FAULTS: list[tuple[type[Shelf], Callable[[TestShelves, Shelf, Path], None]]] = [
    (Clobbering, lambda it, shelf, _: it.test_what_is_there_stays_unless_it_is_to_be_replaced(shelf)),
    (Clobbering, lambda it, _, folder: it.test_of_many_who_write_one_name_at_once_exactly_one_does(folder)),
    (Stubborn, lambda it, shelf, _: it.test_what_is_there_stays_unless_it_is_to_be_replaced(shelf)),
    (Forgetful, lambda it, shelf, _: it.test_bytes_come_back_as_they_were(shelf, b"x" * 5_000_000)),
    (Credulous, lambda it, shelf, _: it.test_what_can_be_no_name_is_refused(shelf, "../a")),
    (Shallow, lambda it, shelf, _: it.test_names_are_listed_by_prefix_at_any_depth(shelf)),
    (Blurred, lambda it, shelf, _: it.test_names_are_listed_by_prefix_at_any_depth(shelf)),
    (Blurred, lambda it, shelf, _: it.test_what_can_be_no_prefix_is_refused(shelf, "../")),
    (Strict, lambda it, shelf, _: it.test_what_is_not_there_is_none_and_no_fault(shelf)),
    (Private, lambda it, _, folder: it.test_what_one_wrote_another_reads(folder)),
    (Private, lambda it, _, folder: it.test_of_many_who_write_one_name_at_once_exactly_one_does(folder)),
]


@pytest.mark.parametrize(("kind", "test"), FAULTS, ids=[kind.__name__ for kind, _ in FAULTS])
def test_the_contract_finds_a_store_that(
    kind: type[Shelf], test: Callable[[TestShelves, Shelf, Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = TestShelves()
    suite.shelves = Shelves()
    shelf = suite.open(tmp_path / "sound")
    assert isinstance(shelf, Shelf)
    test(suite, shelf, tmp_path / "sound")
    monkeypatch.setattr(Shelves, "kind", kind)
    shelf = suite.open(tmp_path / "broken")
    assert isinstance(shelf, kind)
    with pytest.raises((AssertionError, KeyError, pytest.fail.Exception)):
        test(suite, shelf, tmp_path / "broken")

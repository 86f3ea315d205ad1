"""A place that is not there yet is made once, whoever finds it missing at the same time."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from imagebuild.errors import UnreachableError
from imagebuild.remote import Remote
from imagebuild.share.connection import WIDTH, Connection


class NewPlace(Remote):
    """Missing until something is put; the first questions all come before anybody has heard an answer."""

    location = "a new place"

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.made = 0
        self._first = threading.Barrier(WIDTH)

    def _require(self) -> None:
        if not self.names:
            self._first.wait()
            raise UnreachableError("there is no such place")

    def get(self, name: str) -> bytes | None:
        self._require()
        return None

    def has(self, name: str) -> bool:
        self._require()
        return name in self.names

    def put(self, name: str, data: bytes, *, replace: bool = False) -> bool:
        self.made += not self.names
        self.names.add(name)
        return True

    def list(self, prefix: str = "") -> Iterator[str]:
        self._require()
        return iter(sorted(self.names))

    def remove(self, name: str) -> None:
        self._require()


def test_all_who_find_the_place_missing_ask_once_more_when_it_is_made() -> None:
    place = NewPlace()
    connection = Connection(lambda: place)
    connection.may_make = True
    answers = list(connection.each([str(number) for number in range(WIDTH)], connection.has))
    assert answers == [False] * WIDTH
    assert (place.made, connection.error, connection.notices()) == (1, None, [])

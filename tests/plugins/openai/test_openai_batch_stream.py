from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from imagebuild_openai.batch_stream import LineSplitter, read_lines


class Broken(Exception):
    pass


class File:
    """A file that is served in small pieces; ``breaks`` are the offsets at which one connection after another ends."""

    def __init__(self, data: bytes, *, breaks: Iterable[int] = (), piece: int = 7) -> None:
        self.data = data
        self.breaks = list(breaks)
        self.piece = piece
        self.opened: list[int] = []

    @contextmanager
    def open(self, offset: int) -> Iterator[Iterator[bytes]]:
        self.opened.append(offset)
        yield self.pieces(offset)

    def pieces(self, offset: int) -> Iterator[bytes]:
        stop = self.breaks.pop(0) if self.breaks else None
        end = len(self.data) if stop is None else stop
        for start in range(offset, end, self.piece):
            yield self.data[start : min(start + self.piece, end)]
        if stop is not None:
            raise Broken

    def lines(self, longest: int = 1 << 20) -> list[bytes]:
        return list(read_lines(self.open, (Broken,), longest))


def rows(*values: object) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


@pytest.mark.parametrize("piece", [1, 2, 7, 1000])
def test_lines_are_found_however_the_pieces_fall(piece: int) -> None:
    assert File(b'{"a":1}\n\n{"b":2}\r\n[3]', piece=piece).lines() == [b'{"a":1}', b'{"b":2}\r', b"[3]"]


def test_an_empty_file_has_no_lines() -> None:
    assert File(b"").lines() == []


def test_after_a_broken_connection_reading_goes_on_where_the_unread_line_begins() -> None:
    file = File(rows("first", "second", "third"), breaks=[12, 23])
    assert file.lines() == [b'"first"', b'"second"', b'"third"']
    assert file.opened == [0, 8, 17]


def test_connections_that_bring_nothing_new_end_with_the_third() -> None:
    file = File(rows("first", "second"), breaks=[12] * 9)
    lines = read_lines(file.open, (Broken,))
    assert next(lines) == b'"first"'
    with pytest.raises(Broken):
        list(lines)
    assert file.opened == [0, 8, 8]


def test_a_file_that_ends_within_a_line_is_read_again_from_there() -> None:
    class CutOnce(File):
        def pieces(self, offset: int) -> Iterator[bytes]:
            yield self.data[offset : 12 if len(self.opened) == 1 else None]

    file = CutOnce(rows("first", "second"))
    assert file.lines() == [b'"first"', b'"second"']
    assert file.opened == [0, 8]


def test_a_line_that_is_cut_off_for_good_comes_as_it_is() -> None:
    file = File(b'"first"\n{"custom_id": "x", "resp')
    assert file.lines() == [b'"first"', b'{"custom_id": "x", "resp']


def test_a_line_beyond_the_bound_keeps_its_beginning_only() -> None:
    data = b'{"custom_id": "x", "body": "' + b"A" * 50_000 + b'"}\n"next"\n'
    long, following = File(data, piece=512).lines(longest=10_000)
    assert long.startswith(b'{"custom_id": "x"')
    assert len(long) < 10_000
    assert following == b'"next"'


def test_the_offset_counts_what_was_not_kept() -> None:
    splitter = LineSplitter(longest=4)
    assert list(splitter.feed(b"0123456789\nab")) == [b"0123456789"]
    assert splitter.offset == 11

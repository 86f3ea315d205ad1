"""A batch's output file, read line by line: it may be larger than memory, and the connection may break on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openai import OpenAI

__all__ = ["LONGEST_LINE", "Door", "LineSplitter", "open_file", "read_lines"]

LONGEST_LINE = 1 << 29
"""Bytes of a line that are kept: more than ten pictures at the service's top size take. What is longer is damaged."""

_BEGINNING = 1 << 12
_TRIES = 3

Door = Callable[[int], AbstractContextManager[Iterable[bytes]]]
"""Opens a file at an offset and gives its bytes from there on, in pieces."""


class LineSplitter:
    """Cuts pieces of a file into lines. ``offset`` is where in the file the line begins that is being read.

    Of a line longer than ``longest`` only the beginning is given, which names whom it is for.
    """

    def __init__(self, offset: int = 0, longest: int = LONGEST_LINE) -> None:
        self.offset = offset
        self._longest = longest
        self._pieces: list[bytes] = []
        self._length = 0

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The lines that end in this piece, without their ends."""
        start = 0
        while (end := piece.find(b"\n", start)) >= 0:
            self._take(piece[start:end])
            line = self.rest()
            self.offset += self._length + 1
            self._pieces.clear()
            self._length = 0
            yield line
            start = end + 1
        self._take(piece[start:])

    def rest(self) -> bytes:
        """What is there of the line that is being read."""
        return b"".join(self._pieces)

    def _take(self, piece: bytes) -> None:
        self._length += len(piece)
        if self._length <= self._longest:
            self._pieces.append(piece)
        else:
            self._pieces = [(self.rest() + piece)[:_BEGINNING]]


def read_lines(door: Door, broken: tuple[type[Exception], ...], longest: int = LONGEST_LINE) -> Iterator[bytes]:
    """The lines of a file that are not empty; one that the file's end cuts off comes last, as it is.

    After one of the errors in ``broken``, and where the file ends within a line, it is opened again where that line
    begins. The third time without a further line, the error is raised.
    """
    began = tries = 0
    while True:
        splitter = LineSplitter(began, longest)
        fault: Exception | None = None
        try:
            with door(splitter.offset) as pieces:
                for piece in pieces:
                    yield from (line for line in splitter.feed(piece) if line.strip())
        except broken as error:
            fault = error
        tries = tries + 1 if splitter.offset == began else 1
        began, rest = splitter.offset, splitter.rest()
        if fault is None and (tries >= _TRIES or _is_whole(rest)):
            if rest.strip():
                yield rest
            return
        if fault is not None and tries >= _TRIES:
            raise fault


def _is_whole(line: bytes) -> bool:
    try:
        return not line.strip() or bool(json.loads(line))
    except (ValueError, RecursionError):
        return False


@contextmanager
def open_file(client: OpenAI, file_id: str, offset: int) -> Iterator[Iterable[bytes]]:
    """A file at the service, from an offset on. A service that knows no ranges sends all, and the rest is skipped."""
    import openai

    headers = {"Accept-Encoding": "identity"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    try:
        with client.files.with_streaming_response.content(file_id, extra_headers=headers) as response:
            yield _skipped(response.iter_bytes(), offset if response.status_code == 200 else 0)
    except openai.APIStatusError as error:
        if not offset or error.status_code != 416:
            raise
        yield ()  # the file ends where we stopped


def _skipped(pieces: Iterable[bytes], count: int) -> Iterator[bytes]:
    for piece in pieces:
        if count < len(piece):
            yield piece[count:]
        count = max(0, count - len(piece))

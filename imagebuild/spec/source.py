"""A text file of the spec, and the places in it."""

from __future__ import annotations

import re
from bisect import bisect_right

from imagebuild.errors import Place
from imagebuild.spec.secret import mask

__all__ = ["Source", "decode"]

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what libyaml counts as the end of a line
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_WIDEST = 400
_LONGEST_SECRET = 5000


class Source:
    """The text of one file; ``file`` is relative to the project, with forward slashes."""

    __slots__ = ("_starts", "anchored", "file", "text")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.anchored = False
        """Whether a part of the text is named to stand in other places, too."""
        self._starts: list[int] | None = None

    @property
    def folder(self) -> str:
        """The file's folder, relative to the project; empty for the project's own."""
        return self.file.rpartition("/")[0]

    def _lines(self) -> list[int]:
        if self._starts is None:
            self._starts = [0, *(match.end() for match in _BREAK.finditer(self.text))]
        return self._starts

    def line_of(self, index: int) -> int:
        """The line, from 1, on which the character at ``index`` stands."""
        return bisect_right(self._lines(), index)

    def line_span(self, line: int) -> tuple[int, int]:
        """Where a line starts and ends, its line break left out; the last line for a number beyond it."""
        starts = self._lines()
        line = min(max(line, 1), len(starts))
        start = starts[line - 1]
        if line == len(starts):
            return start, len(self.text)
        end = starts[line] - 1
        return start, end - 1 if self.text[end - 1 : end + 1] == "\r\n" else end

    def place(self, start: int, end: int | None = None) -> Place:
        """The place of the text from ``start`` to ``end``, or to the end of its line where that is nearer."""
        start = min(max(start, 0), len(self.text))
        line = self.line_of(start)
        first, last = self.line_span(line)
        stop = min(last, start + 1 if end is None else end)
        if stop > start:
            stop = start + len(self.text[start:stop].rstrip())
        text: str | None = None  # where the line is long and the caret far to the right, it helps nobody
        if last - first <= _WIDEST:
            text = mask(self.text[first:last])
        elif start - first < _WIDEST:
            text = mask(self.text[first : first + _WIDEST + _LONGEST_SECRET])[:_WIDEST] + "…"
        return Place(self.file, line, start - first + 1, text, max(1, min(stop - start, _WIDEST)))


class Undecodable(Exception):
    """The bytes are no text that a spec may hold."""

    def __init__(self, message: str, hint: str, place: Place) -> None:
        super().__init__(message, hint, place)
        self.message = message
        self.hint = hint
        self.place = place


def decode(file: str, data: bytes) -> Source:
    """The text of ``data``, which must be UTF-8; a byte order mark in front is passed over. Raises `Undecodable`."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Undecodable("the file is UTF-16, not UTF-8", "save it as UTF-8", Place(file, 1, 1))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        place = Source(file, before).place(len(before))
        raise Undecodable(f"the byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8", place) from None
    source = Source(file, text)
    if match := _CONTROL.search(text):
        name = (
            "a byte order mark inside the text"
            if match[0] == "\ufeff"
            else f"the control character U+{ord(match[0]):04X}"
        )
        raise Undecodable(f"{name} may not stand in this file", "remove the character", source.place(match.start()))
    return source

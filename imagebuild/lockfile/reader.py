"""Reads the text of a lock. What is broken, stands twice or is in conflict is refused with its place.

The order of the lines is free, since a merge may leave any; the next write sorts them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from imagebuild.digest import digest_bytes
from imagebuild.errors import LockError, Place
from imagebuild.lockfile.line import LAST, OPTIONAL, VERSION, LockLine, slot_name
from imagebuild.target import ALT_STAGE, Slot

__all__ = ["MARKER", "Row", "inner_rows", "is_header", "line_of", "read_line", "read_lines", "rows_of"]

MARKER = re.compile(r"(<{7,}|={7,}|>{7,}|\|{7,})(?: (.*))?")
"""How git begins, parts and ends a conflict; behind it stands what it calls the side."""

_OLDEST = 1
_HEADER = re.compile(r'\{"version": (\d{1,9}), "actions": \[')
_HINT = "the lock is written by imagebuild: bring it back with 'git checkout imagebuild.lock'"
_RESOLVE = "'imagebuild resolve' merges both sides, and shows those that you must choose between"


class Row(Struct, frozen=True):
    """A line of the file."""

    file: str
    number: int
    source: str

    def error(self, message: str, mark: str = "", *, column: int | None = None, hint: str = _HINT) -> LockError:
        """What is wrong with it, at a column or where ``mark`` stands."""
        at = column if column is not None else max(self.source.find(mark), 0) + 1
        return LockError(message, place=Place(self.file, self.number, at, self.source, max(len(mark), 1)), hint=hint)


def read_lines(data: bytes, name: str) -> Mapping[Slot, LockLine]:
    """The lines of a lock by slot; ``name`` is its file's, for places. Raises LockError."""
    rows = rows_of(data, name)
    _refuse_markers(rows)
    return _lines_of(rows)


def _lines_of(rows: Sequence[Row]) -> Mapping[Slot, LockLine]:
    """The lines of a lock by slot, each once. Raises LockError."""
    lines: dict[Slot, LockLine] = {}
    places: dict[Slot, int] = {}
    picks: dict[str, LockLine] = {}
    for row in inner_rows(rows):
        if is_header(row):
            raise row.error(f"the lock begins twice, in lines {rows[0].number} and {row.number}", hint=_RESOLVE)
        line = line_of(row)
        first = places.setdefault(line.slot, row.number)
        if lines.setdefault(line.slot, line) != line:
            what = f"'{slot_name(line.slot)}' stands twice, in lines {first} and {row.number}"
            raise row.error(what, hint=_RESOLVE)
        if line.picked and line.stage == 0 and (other := picks.setdefault(line.target, line)) != line:
            what = f"candidates {other.candidate} and {line.candidate}, in lines {places[other.slot]} and {row.number}"
            raise row.error(f"'{line.target}' has two picks: {what}", '"picked"', hint=_RESOLVE)
    return MappingProxyType(lines)


def inner_rows(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows between the first and the last, which are as they must be. Raises LockError when they are not."""
    if not is_header(rows[0]):
        raise rows[0].error("this is no lock: expected its version in the first line")
    if rows[-1].source != LAST or len(rows) < 2:
        raise rows[-1].error(f"the lock is cut off: expected '{LAST}' as its last line")
    return rows[1:-1]


def read_line(row: str) -> LockLine:
    """One line of a lock by itself, as a version of earlier has it. Raises LockError when it is none."""
    return line_of(Row("imagebuild.lock", 1, row))


def rows_of(data: bytes, name: str) -> list[Row]:
    """The lines of a file, line ends of Windows included. Raises LockError for what is no text and for an empty one."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise LockError("the lock is not UTF-8", place=Place(name, number), hint=_HINT) from error
    rows = [Row(name, number, row) for number, row in enumerate(text.replace("\r\n", "\n").split("\n"), 1)]
    if rows[-1].source == "":
        rows.pop()
    if not rows:
        raise LockError("the lock is empty", place=Place(name, 1), hint=_HINT)
    return rows


def is_header(row: Row) -> bool:
    """Whether it is the first line of a lock. Raises LockError for one of a version that is not known."""
    header = _HEADER.fullmatch(row.source)
    if header is not None and not _OLDEST <= (version := int(header[1])) <= VERSION:
        hint = "it is of a newer imagebuild: upgrade this one" if version > VERSION else _HINT
        raise row.error(f"unknown lock version {version}", header[1], hint=hint)
    return header is not None


def _refuse_markers(rows: Iterable[Row]) -> None:
    """Raise LockError for a conflict that git left, with the lines of both sides."""
    marks = [(row, mark) for row in rows if (mark := MARKER.fullmatch(row.source))]
    if not marks:
        return
    row, first = marks[0]
    sign = len(first[1])
    block = [(each.number, mark[1], mark[2] or "") for each, mark in marks if len(mark[1]) == sign]
    middle = next((at for at, (_, mark, _) in enumerate(block) if mark[0] == "="), 0)
    what = "the lock holds a merge conflict"
    if first[1][0] == "<" and middle and len(block) > middle + 1:
        start, end = block[0], block[middle + 1]
        ours = _span("ours", start[2], start[0], block[1][0])
        theirs = _span("theirs", end[2], block[middle][0], end[0])
        what = f"{what}: {ours}, {theirs}"
    raise row.error(what, hint=_RESOLVE)


def _span(side: str, label: str, start: int, end: int) -> str:
    """``ours (HEAD) in lines 4 to 6``, for what stands between two markers."""
    who = f"{side} ({label})" if label else side
    if end - start == 1:
        return f"{who} has no line"
    return f"{who} in line {start + 1}" if end - start == 2 else f"{who} in lines {start + 1} to {end - 1}"


_HEX = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_REVIEWS = ("unreviewed", "approved", "rejected")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_stage(value: Any) -> bool:
    return _is_whole(value) or (value == ALT_STAGE and not isinstance(value, bool))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_text_or_null(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


_FIELDS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "key": ("64 digits of 0-9 and a-f", _is_digest),
    "take": ("a whole number from 1", lambda value: _is_whole(value) and value > 0),
    "digest": ("64 digits of 0-9 and a-f", _is_digest),
    "media_type": ("a media type", _is_text),
    "picked": ("true or false", lambda value: isinstance(value, bool)),
    "review": ("one of " + ", ".join(_REVIEWS), lambda value: value in _REVIEWS),
    "provider": ("the name of a provider", _is_text),
    "time": ("a UTC time like 2026-11-23T10:00:00Z", lambda value: _is_text(value) and bool(_TIME.fullmatch(value))),
    "options": ("an object", lambda value: isinstance(value, dict)),
    "model": ("text or null", _is_text_or_null),
    "revised_prompt": ("text or null", _is_text_or_null),
    "cost_usd": ("a number or null", lambda value: value is None or _is_number(value)),
    "request_id": ("text or null", _is_text_or_null),
    "replaces": ("64 digits of 0-9 and a-f", _is_digest),
    "text": ("text", _is_text),
    "adopted": ("true, or left out", lambda value: value is True),
    "frozen": ("true, or left out", lambda value: value is True),
    "live": ("an object", lambda value: isinstance(value, dict)),
}


def line_of(row: Row) -> LockLine:
    """The action on one line of the file. Raises LockError."""
    match _json_of(row):
        case [str(target), stage, candidate, dict(body)] if target and _is_stage(stage) and _is_whole(candidate):
            pass
        case _:
            raise row.error("expected a target, a stage, a candidate and an object")
    return _line_with(row, (target, stage, candidate), body)


def _line_with(row: Row, slot: Slot, body: dict[str, Any], *, inner: bool = False) -> LockLine:
    """The action with the fields of ``body``, those of the picture that is ``live`` if ``inner``. Raises LockError."""
    if unknown := sorted(body.keys() - _FIELDS.keys()):
        raise row.error(f"unknown field '{unknown[0]}'", json.dumps(unknown[0], ensure_ascii=False))
    for name, (expected, is_right) in _FIELDS.items():
        if name not in body and name in OPTIONAL:
            continue
        if name not in body:
            raise row.error(f"field '{name}' is missing" + (" in 'live'" if inner else ""))
        if not is_right(body[name]) or (inner and name == "live"):
            found = json.dumps(body[name])[:80]
            raise row.error(f"'{name}' is {expected}, found {found}", f'"{name}"')
    text = body.get("text")
    if text is not None and digest_bytes(text.encode("utf-8", "replace")) != body["digest"]:
        hint = f"write a text of your own into the spec, 'alt: ...'; {_HINT}"
        raise row.error("'text' is not the one whose digest is pinned", '"text"', hint=hint)
    cost = body["cost_usd"]
    body["cost_usd"] = None if cost is None else float(cost)
    if "live" in body:
        body["live"] = _line_with(row, slot, body["live"], inner=True)
    target, stage, candidate = slot
    return LockLine(target=target, stage=stage, candidate=candidate, **body)


def _json_of(row: Row) -> Any:
    if not row.source.endswith(","):
        raise row.error("the line does not end with a comma: each has one", column=len(row.source) + 1)
    try:
        return json.loads(row.source[:-1], object_pairs_hook=_unique, parse_constant=_refused)
    except json.JSONDecodeError as error:
        raise row.error(f"this is no JSON: {error.msg.lower()}", column=error.colno) from error
    except (ValueError, RecursionError) as error:
        raise row.error(f"this is no action: {error}") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"'{twice}' stands twice")
    return result


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no number")

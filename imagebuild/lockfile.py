"""imagebuild.lock: which picture each paid action gave, committed with the project.

One JSON document with one line for each action. Every line ends with a comma and a ``null`` closes the list, so that to
add a line never changes another: diffs and merges are by line.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from imagebuild.digest import Json, digest_bytes
from imagebuild.disk import write_file
from imagebuild.errors import LockError, Place
from imagebuild.target import ALT_STAGE, Slot

__all__ = ["Lock", "LockLine", "Review"]

Review: TypeAlias = Literal["unreviewed", "approved", "rejected"]

_VERSION = 1
_LAST = "null]}"
_HEADER = re.compile(r'\{"version": (\d{1,9}), "actions": \[')
_CONFLICT = re.compile(r"(<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)( |$)")
# Characters that editors take for a line's end or that turn text around; JSON allows them only inside strings.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_HINT = "the lock is written by imagebuild: bring it back with 'git checkout imagebuild.lock'"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockLine:
    """One paid action. ``time`` is UTC, as ``2026-11-23T10:00:00Z``; ``cost_usd`` is None where it is unknown.

    ``replaces`` is the digest of the picture that stood here before another one was made, None for the first. ``text``
    is an alt text itself, so that people can review it and no clone has to buy it.
    """

    target: str
    stage: int
    candidate: int
    key: str
    take: int
    digest: str
    media_type: str
    picked: bool
    review: Review
    provider: str
    time: str
    options: Mapping[str, Json] = field(default_factory=dict)
    model: str | None = None
    revised_prompt: str | None = None
    cost_usd: float | None = None
    request_id: str | None = None
    replaces: str | None = None
    text: str | None = None

    @property
    def slot(self) -> Slot:
        """What the line stands under."""
        return self.target, self.stage, self.candidate


@dataclass(frozen=True)
class Lock:
    """The lines of a lock, by slot. Immutable: a change gives another lock."""

    lines: Mapping[Slot, LockLine] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def read(cls, path: Path) -> Lock:
        """The lock at ``path``; without a file, one without lines.

        Raises LockError with the place for a file that is broken, holds a merge conflict or is of another version.
        """
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return cls()
        except OSError as error:
            raise LockError(f"cannot read the lock: {error.strerror}", place=Place(path.name)) from error
        return cls(_parse(data, path.name))

    def with_lines(self, lines: Iterable[LockLine]) -> Lock:
        """This lock with ``lines`` in it, in place of those of the same slots."""
        return Lock(MappingProxyType({**self.lines, **{line.slot: line for line in lines}}))

    def without(self, slots: Iterable[Slot]) -> Lock:
        """This lock less some slots; those that it has not are no error."""
        gone = set(slots)
        return Lock(MappingProxyType({slot: line for slot, line in self.lines.items() if slot not in gone}))

    def replaced(self, slot: Slot, digest: str) -> str | None:
        """The digest of what stood at a slot before the picture with ``digest``; None for the first.

        Where nothing stood, a line elsewhere that pins the same picture says it: its target was renamed.
        """
        line = self.lines.get(slot)
        if line is None:
            moved = self._by_digest.get(digest)
            return moved.replaces if moved else None
        return line.replaces if line.digest == digest else line.digest

    @cached_property
    def _by_digest(self) -> Mapping[str, LockLine]:
        return {line.digest: line for line in self.lines.values()}

    def text(self) -> str:
        """The lock as it is written: the same lines give the same text on every system.

        Raises ValueError or TypeError for what JSON cannot hold.
        """
        return self._text

    @cached_property
    def _text(self) -> str:
        lines = [_line_text(self.lines[slot]) for slot in sorted(self.lines)]
        return "\n".join([f'{{"version": {_VERSION}, "actions": [', *lines, _LAST, ""])

    def write(self, path: Path) -> bool:
        """Put the lock at ``path``, on the disk before this returns; whether it was changed.

        A file that says the same is left alone, line ends of Windows included. Raises LockError.
        """
        data = self.text().encode()
        try:
            with contextlib.suppress(FileNotFoundError):
                if path.read_bytes().replace(b"\r\n", b"\n") == data:
                    return False
            write_file(str(path), data, durable=True)
        except OSError as error:
            raise LockError(
                f"cannot write the lock: {(error.strerror or str(error)).lower()}",
                place=Place(path.name),
                hint="the pictures are kept; make the file writable and build again, at no cost",
            ) from error
        return True


def _line_text(line: LockLine) -> str:
    body = {each.name: getattr(line, each.name) for each in fields(line)[3:]}
    body = {name: value for name, value in body.items() if value is not None or name not in _OPTIONAL}
    if line.cost_usd is not None:
        body["cost_usd"] = float(line.cost_usd) + 0.0  # -0.0 and 0 are written as 0.0
    text = json.dumps([*line.slot, body], sort_keys=True, ensure_ascii=False, allow_nan=False, default=_plain)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + ","


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot stand in a lock")


def _parse(data: bytes, name: str) -> Mapping[Slot, LockLine]:
    rows = _rows(data, name)
    lines: dict[Slot, LockLine] = {}
    picks: set[str] = set()
    last: Slot | None = None
    for number, row in enumerate(rows[1:-1], 2):
        where = _Where(name, number, row)
        line = _line_of(where)
        if last is not None and line.slot <= last:
            how = "stands twice" if line.slot in lines else "is not in its place: lines are sorted"
            raise where.error(f"'{_name(line.slot)}' {how}", hint="keep one line of each, sorted by target")
        if line.picked and line.stage == 0:
            if line.target in picks:
                hint = "choose with 'imagebuild pick', after setting one of them to false"
                raise where.error(f"'{line.target}' has two picks", '"picked"', hint=hint)
            picks.add(line.target)
        last = line.slot
        lines[last] = line
    return MappingProxyType(lines)


def _rows(data: bytes, name: str) -> list[str]:
    """The lines of a lock with its first and last as they must be. Raises LockError."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise LockError("the lock is not UTF-8", place=Place(name, number), hint=_HINT) from error
    rows = text.replace("\r\n", "\n").split("\n")
    for number, row in enumerate(rows, 1):
        if _CONFLICT.match(row):
            hint = "keep the lines of both sides where targets differ, one of them where not, and remove the markers"
            raise _Where(name, number, row).error("the lock holds a merge conflict", hint=hint)
    if rows[-1] == "":
        rows.pop()
    if not rows:
        raise LockError("the lock is empty", place=Place(name, 1), hint=_HINT)
    header = _HEADER.fullmatch(rows[0])
    if header is None:
        raise _Where(name, 1, rows[0]).error("this is no lock: expected its version in the first line")
    if int(header[1]) != _VERSION:
        hint = "upgrade imagebuild" if int(header[1]) > _VERSION else _HINT
        raise _Where(name, 1, rows[0]).error(f"unknown lock version {header[1]}", header[1], hint=hint)
    if rows[-1] != _LAST or len(rows) < 2:
        raise _Where(name, len(rows), rows[-1]).error(f"the lock is cut off: expected '{_LAST}' as its last line")
    return rows


def _name(slot: Slot) -> str:
    target, stage, candidate = slot
    if stage == ALT_STAGE:
        return f"{target} alt text"
    return target + (f" edit {stage}" if stage else "") + (f" candidate {candidate}" if candidate else "")


@dataclass(frozen=True, slots=True)
class _Where:
    """A line of the file, for errors."""

    file: str
    number: int
    source: str

    def error(self, message: str, mark: str = "", *, column: int | None = None, hint: str = _HINT) -> LockError:
        at = column if column is not None else max(self.source.find(mark), 0) + 1
        return LockError(message, place=Place(self.file, self.number, at, self.source, max(len(mark), 1)), hint=hint)


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
}
_OPTIONAL = {"replaces", "text"}


def _line_of(where: _Where) -> LockLine:
    """The action on one line of the file. Raises LockError."""
    match _json_of(where):
        case [str(target), stage, candidate, dict(body)] if target and _is_stage(stage) and _is_whole(candidate):
            pass
        case _:
            raise where.error("expected a target, a stage, a candidate and an object")
    if unknown := sorted(body.keys() - _FIELDS.keys()):
        raise where.error(f"unknown field '{unknown[0]}'", json.dumps(unknown[0], ensure_ascii=False))
    for name, (expected, is_right) in _FIELDS.items():
        if name not in body and name in _OPTIONAL:
            continue
        if name not in body:
            raise where.error(f"field '{name}' is missing")
        if not is_right(body[name]):
            found = json.dumps(body[name])[:80]
            raise where.error(f"'{name}' is {expected}, found {found}", f'"{name}"')
    text = body.get("text")
    if text is not None and digest_bytes(text.encode("utf-8", "replace")) != body["digest"]:
        hint = f"write a text of your own into the spec, 'alt: ...'; {_HINT}"
        raise where.error("'text' is not the one whose digest is pinned", '"text"', hint=hint)
    cost = body["cost_usd"]
    body["cost_usd"] = None if cost is None else float(cost)
    return LockLine(target=target, stage=stage, candidate=candidate, **body)


def _json_of(where: _Where) -> Any:
    if not where.source.endswith(","):
        raise where.error("the line does not end with a comma: each has one", column=len(where.source) + 1)
    try:
        return json.loads(where.source[:-1], object_pairs_hook=_unique, parse_constant=_refused)
    except json.JSONDecodeError as error:
        raise where.error(f"this is no JSON: {error.msg.lower()}", column=error.colno) from error
    except (ValueError, RecursionError) as error:
        raise where.error(f"this is no action: {error}") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"'{twice}' stands twice")
    return result


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no number")

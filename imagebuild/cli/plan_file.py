"""A plan in a file: ``plan -o FILE`` writes it, ``build --plan FILE`` reads it and does just that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, get_args

from msgspec import Struct
from msgspec.structs import replace

from imagebuild.cli.printer import to_json
from imagebuild.cli.published import plan_json
from imagebuild.cost import Cost
from imagebuild.errors import Place, UsageError
from imagebuild.event import Kind
from imagebuild.graph import Node
from imagebuild.judge import Verdict
from imagebuild.plan import Plan, PlannedAction, PlannedOutput
from imagebuild.project import EXECUTORS
from imagebuild.reason import Reason

__all__ = ["SavedPlan", "read_plan", "write_plan"]

FORMAT = "imagebuild-plan"
VERSION = 1
_BIGGEST = 256 << 20  # bytes
_HEAD = 100  # bytes, in which the format of a saved plan stands
_HINT = "make a new one with 'imagebuild plan -o FILE'"


class SavedPlan(Struct, frozen=True):
    """A plan and the flags it was made with."""

    plan: Plan
    draft: bool = False
    offline: bool = False
    executor: str = "local"


def write_plan(path: Path, saved: SavedPlan) -> None:
    """Write it, over nothing but a saved plan. Raises ``UsageError`` for another file or one that cannot be written."""
    if _is_something_else(path):
        raise UsageError(
            f"'{path}' is there already, is no saved plan, and is not written over",
            hint="give '-o' the name of a new file",
        )
    head = {"format": FORMAT, "draft": saved.draft, "offline": saved.offline, "executor": saved.executor}
    text = to_json({**head, **plan_json(saved.plan), "version": VERSION}, indent=1) + "\n"
    try:
        path.write_text(text, "ascii", newline="\n")
    except OSError as error:
        raise UsageError(f"the plan cannot be written to '{path}': {error.strerror or error}") from error


def _is_something_else(path: Path) -> bool:
    """Whether a file with content is there that is no saved plan: a slip of the hand must not cost a spec."""
    try:
        if not path.is_file():
            return False
        with open(path, "rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False  # the writing will say what is wrong
    return bool(head) and f'"format": "{FORMAT}"'.encode() not in head


def read_plan(path: Path) -> SavedPlan:
    """Read it. Raises ``UsageError`` that names what is wrong with the file."""
    reader = _Reader(path.as_posix())
    try:
        if path.stat().st_size > _BIGGEST:
            reader.refuse("is too big to be a plan")
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"the plan '{path}' cannot be read: {error.strerror or error}", hint=_HINT) from error
    except json.JSONDecodeError as error:
        place = Place(path.as_posix(), error.lineno, error.colno)
        raise UsageError(f"the plan is damaged: {error.msg.lower()}", place=place, hint=_HINT) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"the plan '{path}' is damaged: it is not JSON", hint=_HINT) from error
    return reader.saved(data)


class _Reader:
    """Takes a plan out of JSON and checks every field on the way."""

    def __init__(self, file: str) -> None:
        self._file = file

    def refuse(self, what: str) -> NoReturn:
        raise UsageError(f"the plan '{self._file}' {what}", hint=_HINT)

    def saved(self, data: object) -> SavedPlan:
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            self.refuse("is not a plan of imagebuild")
        if (version := data.get("version")) != VERSION:
            self.refuse(f"has version {version}, and this imagebuild reads version {VERSION}")
        plan = Plan(
            self._texts(data, "targets", "names"),
            tuple(self._action(item) for item in self._get(data, "actions", list)),
            tuple(self._output(item) for item in self._get(data, "outputs", list)),
            self._texts({"notes": [], **data}, "notes", "texts"),
        )
        executor = self._get({"executor": "local", **data}, "executor", str)
        if executor not in EXECUTORS:
            self.refuse(f"is for executor '{executor}', which is not known here")
        return SavedPlan(plan, self._get(data, "draft", bool), self._get(data, "offline", bool), executor)

    def _texts(self, data: object, name: str, what: str) -> tuple[str, ...]:
        texts = self._get(data, name, list)
        if not all(isinstance(text, str) for text in texts):
            self.refuse(f"is damaged: '{name}' holds something other than {what}")
        return tuple(texts)

    def _get(self, data: object, name: str, kind: type, *, optional: bool = False) -> Any:
        if not isinstance(data, Mapping) or name not in data:
            self.refuse(f"is damaged: '{name}' is missing")
        value = data[name]
        if optional and value is None:
            return None
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            self.refuse(f"is damaged: '{name}' is {json.dumps(value)[:40]}, which is no {kind.__name__}")
        return value

    def _action(self, data: object) -> PlannedAction:
        kind, verdict = self._get(data, "kind", str), self._get(data, "verdict", str)
        if kind not in get_args(Kind) or verdict not in get_args(Verdict):
            self.refuse(f"is damaged: an action has kind '{kind}' and verdict '{verdict}'")
        cost, name = self._get(data, "cost", dict, optional=True), self._get(data, "name", str)
        node = Node(
            self._get(data, "target", str), self._get(data, "stage", int), self._get(data, "candidate", int), kind
        )
        return PlannedAction(
            replace(node, rule=name) if kind == "check" else node,
            name,
            verdict,
            tuple(self._reason(item) for item in self._get(data, "reasons", list)),
            self._cost(cost) if cost is not None else Cost.free(),
            self._get(data, "key", str, optional=True),
            self._get(data, "draft", bool),
        )

    def _output(self, data: object) -> PlannedOutput:
        reason = self._get(data, "reason", dict, optional=True)
        return PlannedOutput(
            self._get(data, "target", str),
            self._get(data, "path", str),
            self._get(data, "digest", str),
            self._reason(reason) if reason is not None else None,
        )

    def _reason(self, data: object) -> Reason:
        field, detail = self._get(data, "field", str, optional=True), self._get(data, "detail", str, optional=True)
        return Reason(self._get(data, "code", str), field or "", detail=detail or "")

    def _cost(self, data: object) -> Cost:
        low, high = (self._get(data, name, int | float) for name in ("low", "high"))  # type: ignore[arg-type]  # a union serves isinstance
        unknown = self._get(data, "unknown", int)
        if not 0 <= low <= high or unknown < 0:
            self.refuse(f"is damaged: a cost goes from {low} to {high}")
        return Cost(low, high, unknown)

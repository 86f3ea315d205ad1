"""One line of the lock: a paid action with its picture and what people said about it, and how it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from imagebuild.digest import Json
from imagebuild.target import ALT_STAGE, Slot

__all__ = ["LAST", "OPTIONAL", "VERSION", "LockLine", "Review", "line_text", "lock_text", "slot_name"]

Review: TypeAlias = Literal["unreviewed", "approved", "rejected"]

VERSION = 2
"""Of the format. What came with 2 is optional, so a lock of version 1 is read as it is and written as 2."""

LAST = "null]}"
"""The last line of every lock. Each other ends with a comma, so to add one changes none."""

OPTIONAL = frozenset({"replaces", "text", "adopted", "frozen", "live"})
"""Fields that stand in a line only where they say something."""

# Characters that editors take for a line's end or that turn text around; JSON allows them only inside strings.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


class LockLine(Struct, frozen=True, kw_only=True):
    """One paid action. ``time`` is UTC, as ``2026-11-23T10:00:00Z``; ``cost_usd`` is None where it is unknown.

    ``replaces`` is the digest of the picture that stood here before another one was made, None for the first. ``text``
    is an alt text itself, so that people can review it and no clone has to buy it.

    ``adopted`` says that no call made the picture: somebody chose it, a file or a picture of earlier. ``frozen`` says
    that it stays whatever changes, as ``frozen`` in the spec does. ``live`` is the line of the picture that was
    approved before this one was made, and is delivered until this one is picked; it has no ``live`` itself.
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
    adopted: bool = False
    frozen: bool = False
    live: LockLine | None = None

    @property
    def slot(self) -> Slot:
        """What the line stands under."""
        return self.target, self.stage, self.candidate

    def is_approved_as(self, key: str | None) -> bool:
        """Whether just the picture of that key was approved here."""
        return self.review == "approved" and self.key == key

    def standing(self, key: str | None) -> LockLine | None:
        """The approved picture that stays here when the action gets ``key``; None when nothing was approved before."""
        live = self.live or (self if self.review == "approved" else None)
        return None if live is None or live.key == key else live

    def after(self, before: LockLine | None) -> LockLine:
        """This line in the place of the one before, whose approved picture stays until this one is picked."""
        if before is None or before.key == self.key:
            return self
        if before.live and before.live.key == self.key:
            return replace(before.live, picked=self.picked, replaces=self.replaces)
        live = before.standing(self.key)
        return replace(self, live=live and replace(live, live=None))


def lock_text(rows: list[str]) -> str:
    """A lock that holds these rows, in their order."""
    return "\n".join([f'{{"version": {VERSION}, "actions": [', *rows, LAST, ""])


def line_text(line: LockLine) -> str:
    """The row that a line is written as, without its end.

    Raises ValueError or TypeError for what JSON cannot hold.
    """
    text = json.dumps([*line.slot, _body(line)], sort_keys=True, ensure_ascii=False, allow_nan=False, default=_plain)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + ","


def slot_name(slot: Slot) -> str:
    """``hero edit 1``, as people call what stands there."""
    target, stage, candidate = slot
    if stage == ALT_STAGE:
        return f"{target} alt text"
    return target + (f" edit {stage}" if stage else "") + (f" candidate {candidate}" if candidate else "")


def _body(line: LockLine) -> dict[str, Any]:
    body = {name: getattr(line, name) for name in line.__struct_fields__[3:]}
    body = {name: value for name, value in body.items() if name not in OPTIONAL or value not in (None, False)}
    if line.cost_usd is not None:
        body["cost_usd"] = float(line.cost_usd) + 0.0  # -0.0 and 0 are written as 0.0
    if line.live is not None:
        body["live"] = _body(line.live)
    return body


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot stand in a lock")

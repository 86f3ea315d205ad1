"""What differs between two lines of a lock, in words: from the parts of their keys where these are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec.structs import replace

from imagebuild.difference import differences
from imagebuild.digest import Json
from imagebuild.lockfile import LockLine
from imagebuild.reason import Reason

__all__ = ["Parts", "line_differences"]

Parts: TypeAlias = Callable[[str], Mapping[str, Json] | None]
"""The parts that a key was made of, None where nobody here knows."""

_BEFORE_IT = ("parent", "inputs[0]")


def line_differences(old: LockLine, new: LockLine, parts: Parts, *, on_other: bool = False) -> list[Reason]:
    """Why ``new`` is another picture than ``old``, field by field; empty where it is the same.

    ``on_other`` says that what it was made from is another picture too, which is then told there and not here.
    """
    if (old.key, old.digest) == (new.key, new.digest):
        return []
    found = _of_keys(old, new, parts) if old.key != new.key else []
    if on_other:
        found = [reason for reason in found if reason.field not in _BEFORE_IT]
    if old.model != new.model and not any(reason.field == "model" for reason in found):
        found.append(Reason("changed", "model", old.model or "(none)", new.model or "(none)"))
    if not (found or on_other) and old.key != new.key:
        found = [Reason("changed", "request", old.key[:8], new.key[:8], "its prompt or a picture it takes in")]
    if old.key == new.key and not new.adopted:
        found = [Reason("changed", "picture", old.digest[:8], new.digest[:8], "for the same request")]
    return found


def _of_keys(old: LockLine, new: LockLine, parts: Parts) -> list[Reason]:
    before, after = parts(old.key), parts(new.key)
    if before is not None and after is not None:
        return differences(before, after)
    found = differences(_told(old), _told(new))
    if old.revised_prompt and new.revised_prompt:
        revised = differences({"prompt": old.revised_prompt}, {"prompt": new.revised_prompt})
        found += [replace(reason, field="revised prompt") for reason in revised]
    return found


def _told(line: LockLine) -> dict[str, Json]:
    """What the line itself says of its request."""
    return {"provider": line.provider, "options": dict(line.options), "take": line.take}

"""How a batch stands, from what the service says of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Literal

from imagebuild import BatchStatus
from imagebuild_openai.complaint import shown

if TYPE_CHECKING:
    from openai.types import Batch

__all__ = ["status_of"]

_STATES: dict[str, Literal["completed", "failed", "expired", "cancelling", "cancelled"]] = {
    "completed": "completed",
    "failed": "failed",
    "expired": "expired",
    "cancelling": "cancelling",
    "cancelled": "cancelled",
}
_GOES_ON = frozenset({"validating", "in_progress", "finalizing"})
_SHOWN = 3


def status_of(batch: Batch, secrets: Collection[str] = ()) -> BatchStatus:
    """The status as the engine has it; a state that is new to us goes on, and is named."""
    counts, state = batch.request_counts, str(batch.status)
    strange = (
        None if state in _STATES or state in _GOES_ON else f"the service calls its state '{shown(state, most=40)}'"
    )
    return BatchStatus(
        id=batch.id,
        state=_STATES.get(state, "running"),
        done=(counts.completed or 0) if counts else 0,
        failed=(counts.failed or 0) if counts else 0,
        total=(counts.total or 0) if counts else 0,
        message=_errors(batch, secrets) or strange,
    )


def _errors(batch: Batch, secrets: Collection[str]) -> str | None:
    """What is wrong with the file, where the service refused it: the first few lines that it names."""
    found = (batch.errors.data if batch.errors else None) or []
    told = []
    for error in found[:_SHOWN]:
        where = f"line {error.line}: " if error.line is not None else ""
        names = ", ".join(name for name in (error.code, error.param and f"'{error.param}'") if name)
        text = shown(error.message or error.code or "no reason given", secrets).rstrip(". ")
        told.append(f"{where}{text}" + (f" ({shown(names, secrets)})" if names and error.message else ""))
    more = f" (and {len(found) - _SHOWN} more)" if len(found) > _SHOWN else ""
    return "; ".join(told) + more if told else None

"""One batch: where it stands at a time, and how it is shown."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from imagebuild_devserver.encoding import Tree, encode
from imagebuild_devserver.fault import Fault

__all__ = ["STEPS", "Batch", "Line"]

STEPS = ("validating", "in_progress", "finalizing")
_VALIDATED, _RUN = 0.1, 0.9
_DAY = 86_400


class Line(Struct, frozen=True):
    """A line of the input file."""

    custom_id: str
    body: Mapping[str, Tree]


class Batch(Struct):
    """``done`` counts the lines that are finished; ``output`` and ``errors`` are the lines of its files."""

    id: str
    endpoint: str
    input_file: str
    metadata: Tree
    made: float
    seconds: float
    lines: Sequence[Line]
    problems: Sequence[Mapping[str, Tree]]
    fault: Fault | None
    root: str
    done: int = 0
    output: list[bytes] = field(default_factory=list)
    errors: list[bytes] = field(default_factory=list)
    output_file: str | None = None
    error_file: str | None = None
    cancelled: float | None = None
    ended: str | None = None
    ended_at: float | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def _share(self, now: float) -> float:
        return (now - self.made) / self.seconds if self.seconds > 0 else 1.0

    def step(self, now: float) -> str:
        """Its status by the clock alone."""
        share = self._share(now)
        if share < _VALIDATED:
            return "validating"
        if share < _RUN:
            return "in_progress"
        if share < 1:
            return "finalizing"
        return "expired" if self._expires else "completed"

    @property
    def _expires(self) -> bool:
        return self.fault is not None and self.fault.kind == "batch_expired"

    def due(self, now: float) -> int:
        """How many lines are finished by then."""
        count = len(self.lines)
        share = (min(self._share(now), _RUN) - _VALIDATED) / (_RUN - _VALIDATED)
        return min(round(share * count), count // 2 if self._expires else count)

    def take(self, line: Line, status: int, body: Tree, request: str) -> None:
        """A line is finished: a good one goes to the output file, any other to the error file."""
        answer: dict[str, Tree] = {"status_code": status, "request_id": request, "body": body}
        told = encode({"id": f"batch_{request}", "custom_id": line.custom_id, "response": answer, "error": None})
        (self.output if status < 400 else self.errors).append(told)
        self.done += 1

    def shown(self, status: str) -> dict[str, Tree]:
        """The batch object in a status."""
        made, ended = int(self.made), int(self.ended_at) if self.ended_at else None
        runs = status not in ("validating", "failed")
        return {
            "id": self.id,
            "object": "batch",
            "endpoint": self.endpoint,
            "errors": {"object": "list", "data": list(self.problems)} if status == "failed" else None,
            "input_file_id": self.input_file,
            "completion_window": "24h",
            "status": status,
            "output_file_id": self.output_file,
            "error_file_id": self.error_file,
            "created_at": made,
            "in_progress_at": made if runs else None,
            "expires_at": made + _DAY,
            "finalizing_at": ended if status == "completed" else None,
            "completed_at": ended if status == "completed" else None,
            "failed_at": ended if status == "failed" else None,
            "expired_at": ended if status == "expired" else None,
            "cancelling_at": int(self.cancelled) if self.cancelled else None,
            "cancelled_at": ended if status == "cancelled" else None,
            "request_counts": {
                "total": len(self.lines) if runs else 0,
                "completed": len(self.output),
                "failed": len(self.errors),
            },
            "metadata": self.metadata,
        }

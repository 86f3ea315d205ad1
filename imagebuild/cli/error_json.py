"""Errors as JSON; apart from the rest of the published JSON, so that telling of an error needs no engine."""

from __future__ import annotations

from datetime import UTC, datetime

from imagebuild.digest import Json
from imagebuild.errors import ImageBuildError, Place, Problem, ProviderError, RefusedError

__all__ = ["error_event", "error_json", "problem_json", "time_json"]


def time_json(now: datetime) -> str:
    """A moment as ISO 8601 in UTC, to the millisecond."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def error_json(error: BaseException) -> dict[str, Json]:
    """An error; ``type`` is the name of its class in ``imagebuild.errors``."""
    known = error if isinstance(error, ImageBuildError) else None
    service = error if isinstance(error, ProviderError) else None
    return {
        "type": type(error).__name__,
        "message": known.message if known else str(error),
        "hint": known.hint if known else None,
        "place": _place_json(known.place if known else None),
        "retryable": service.retryable if service else False,
        "request_id": service.request_id if service else None,
        "stage": error.stage if isinstance(error, RefusedError) else None,
        "categories": list(error.categories) if isinstance(error, RefusedError) else [],
    }


def problem_json(problem: Problem) -> dict[str, Json]:
    """One of several things that are wrong."""
    return {"message": problem.message, "hint": problem.hint, "place": _place_json(problem.place)}


def _place_json(place: Place | None) -> dict[str, Json] | None:
    """A place in a file."""
    return {"file": place.file, "line": place.line, "column": place.column} if place else None


def error_event(error: ImageBuildError, now: datetime) -> dict[str, Json]:
    """The line that stands where a result was wanted and an error came."""
    return {
        "event": "error",
        "time": time_json(now),
        "error": error_json(error),
        "problems": [problem_json(problem) for problem in error.problems],
        "exit_code": error.exit_code,
    }

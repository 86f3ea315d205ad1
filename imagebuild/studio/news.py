"""News of an open project: numbered, kept for a while, handed to whoever looks on."""

from __future__ import annotations

import posixpath
import threading
from collections import deque
from collections.abc import Callable, Mapping

from imagebuild.digest import Json
from imagebuild.errors import ImageBuildError
from imagebuild.event import (
    ActionFailed,
    ActionFinished,
    ActionRetried,
    ActionStarted,
    Event,
    Notice,
    PartialImage,
)
from imagebuild.view import ProblemView
from imagebuild.viewer import News

__all__ = ["Newsroom", "news_of", "problem_views"]

_KEPT = 2_000

Hear = Callable[[News], None]


class Newsroom:
    """Numbers news from 1 and tells subscribers, each in the thread that brings the news and in order."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: deque[News] = deque(maxlen=_KEPT)
        self._number = 0
        self._hearers: dict[int, Hear] = {}
        self._next = 0

    def tell(self, name: str, data: Mapping[str, Json] | None = None) -> None:
        """Add one. A subscriber that raises is dropped: it has gone."""
        with self._guard:
            self._number += 1
            news = News(self._number, name, data or {})
            self._kept.append(news)
            for key, hear in list(self._hearers.items()):
                try:
                    hear(news)
                except Exception:  # noqa: BLE001 - a page that is closed must not cost a build
                    del self._hearers[key]

    def subscribe(self, hear: Hear, *, after: int | None = None) -> Callable[[], None]:
        """As :meth:`imagebuild.viewer.Studio.subscribe`."""
        with self._guard:
            if after is not None:
                missed = [news for news in self._kept if news.number > after]
                if after > self._number or (after < self._number and (not missed or missed[0].number > after + 1)):
                    hear(News(self._number, "targets", {"ids": None}))
                else:
                    for news in missed:
                        hear(news)
            key = self._next
            self._next += 1
            self._hearers[key] = hear

        def end() -> None:
            with self._guard:
                self._hearers.pop(key, None)

        return end


def news_of(event: Event) -> tuple[str, dict[str, Json]] | None:
    """An event of a build as news; None for what a viewer need not hear."""
    match event:
        case Notice():
            return "notice", {"message": event.message, "hint": event.hint}
        case PartialImage():
            found: dict[str, Json] = {"target": event.target, "stage": event.stage, "candidate": event.candidate}
            return "partial", {**found, "index": event.index, "file": posixpath.basename(event.path)}
        case ActionStarted() | ActionFinished() | ActionFailed() | ActionRetried():
            data: dict[str, Json] = {
                "target": event.target,
                "kind": event.kind,
                "plugin": event.plugin,
                "stage": event.stage,
                "candidate": event.candidate,
            }
            if isinstance(event, ActionFinished):
                data |= {"verdict": event.verdict, "cost_usd": event.cost_usd, "seconds": round(event.seconds, 3)}
                return "finished", data
            if isinstance(event, ActionStarted):
                return "started", data
            data |= {"message": _message(event.error)}
            return ("failed" if isinstance(event, ActionFailed) else "retried"), data
    return None


def problem_views(error: Exception) -> tuple[ProblemView, ...]:
    """What is wrong, one by one."""
    if not isinstance(error, ImageBuildError):
        return (ProblemView(str(error)),)
    return tuple(
        ProblemView(
            problem.message,
            str(problem.place) if problem.place else None,
            problem.hint,
            problem.place.source if problem.place else None,
        )
        for problem in error.problems
    )


def _message(error: Exception) -> str:
    return error.message if isinstance(error, ImageBuildError) else str(error)

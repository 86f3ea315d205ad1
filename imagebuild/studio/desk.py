"""Tasks that people want done: choices one after another, purchases beside them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from msgspec.structs import asdict, replace

from imagebuild.errors import ImageBuildError, UsageError
from imagebuild.studio.errand import Errand, Result
from imagebuild.viewer import Task, TaskState

__all__ = ["Desk"]

_CHOICES = ("pick", "approve", "reject", "freeze", "restore")
_PURCHASES = ("reroll", "build")
_REMEMBERED = 50  # tasks that are done
_MOST = 100_000  # targets of one task


class Desk:
    """Takes tasks from any thread. ``tell`` hears each state of a task, ``done`` which targets it was about."""

    def __init__(
        self, errand: Errand, *, tell: Callable[[TaskState], None], done: Callable[[tuple[str, ...]], None]
    ) -> None:
        self._errand = errand
        self._tell = tell
        self._done = done
        self._guard = threading.Lock()
        self._states: dict[int, TaskState] = {}
        self._number = 0
        self._choices: queue.SimpleQueue[TaskState | None] = queue.SimpleQueue()
        self._buying: set[str] = set()
        self._purchases: list[threading.Thread] = []
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="imagebuild-desk", daemon=True)
        self._thread.start()

    def submit(self, task: Task) -> TaskState:
        """Have it done. Raises ``UsageError`` for what makes no sense at all."""
        if task.kind not in _CHOICES + _PURCHASES:
            raise UsageError(f"'{task.kind}' is nothing that can be done here")
        if not task.targets or len(task.targets) > _MOST:
            raise UsageError("name the targets that it is for")
        if task.kind in ("pick", "restore") and len(task.targets) > 1:
            raise UsageError(f"'{task.kind}' is for one target at a time")
        with self._guard:
            if self._closed:
                raise UsageError("the gallery is closing")
            taken = self._buying.intersection(task.targets)
            if task.kind in _PURCHASES:
                if taken:
                    raise UsageError(f"'{min(taken)}' is being made already", hint="wait until it is there")
                self._buying.update(task.targets)
            self._number += 1
            state = self._states[self._number] = TaskState(self._number, task, "queued")
            self._forget()
        self._tell(state)
        if task.kind in _CHOICES:
            self._choices.put(state)
        else:
            thread = threading.Thread(target=self._buy, args=(state,), name="imagebuild-purchase", daemon=True)
            with self._guard:
                self._purchases = [each for each in self._purchases if each.is_alive()] + [thread]
            thread.start()
        return state

    def tasks(self) -> tuple[TaskState, ...]:
        """Those that are not done, and the last ones that are."""
        with self._guard:
            return tuple(self._states.values())

    def close(self) -> None:
        """Take no more; what has begun goes to its end."""
        with self._guard:
            self._closed = True
            purchases = list(self._purchases)
        self._choices.put(None)
        for thread in (self._thread, *purchases):
            thread.join()

    def _work(self) -> None:
        while (state := self._choices.get()) is not None:
            self._run(state, self._errand.choose)

    def _buy(self, state: TaskState) -> None:
        try:
            self._run(state, self._errand.buy)
        finally:
            with self._guard:
                self._buying.difference_update(state.task.targets)

    def _run(self, state: TaskState, work: Callable[[Task], Result]) -> None:
        self._note(replace(state, state="running"))
        try:
            result = work(state.task)
            ended = replace(state, state="done", **asdict(result))
        except ImageBuildError as error:
            ended = replace(state, state="failed", message=error.message, hint=error.hint)
        except Exception as error:  # noqa: BLE001 - our own bug is told, and the desk stays open
            message, hint = f"unexpected {type(error).__name__}: {error}", "this is a fault of imagebuild"
            ended = replace(state, state="failed", message=message, hint=hint)
        self._done(state.task.targets)
        self._note(ended)

    def _note(self, state: TaskState) -> None:
        with self._guard:
            self._states[state.id] = state
        self._tell(state)

    def _forget(self) -> None:
        ended = [number for number, state in self._states.items() if state.state in ("done", "failed")]
        for number in ended[:-_REMEMBERED]:
            del self._states[number]

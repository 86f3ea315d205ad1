"""Ctrl-C: the first lets calls in flight end and keeps their pictures, the second gives them up, as other work."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import FrameType, TracebackType

__all__ = ["Interrupt", "in_background"]

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # Ctrl-C, a polite end, a closed terminal, the same on Windows


class Interrupt:
    """Counts requests to stop while it is entered; in a thread other than the main one it only stays at 0."""

    def __init__(self) -> None:
        self._count = 0
        self._before: dict[int, object] = {}

    def __call__(self) -> int:
        """How often the user has asked to stop."""
        return self._count

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            for number in (getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)):
                self._before[number] = signal.signal(number, self._heard)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal returned

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self._count += 1
        if self._count > 1:
            raise KeyboardInterrupt


def in_background(work: Callable[[], None]) -> Future[None]:
    """Run ``work`` in a thread that nothing waits for at the end: whoever gives it up may leave at once."""
    done: Future[None] = Future()

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            done.set_exception(error)
        else:
            done.set_result(None)

    threading.Thread(target=run, name="imagebuild-collect", daemon=True).start()
    return done

"""Ctrl-C: the first lets calls in flight end and keeps their pictures, the second gives them up."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

__all__ = ["Interrupt"]

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

"""The server as tests and the command use it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal

from imagebuild_devserver.app import App
from imagebuild_devserver.fault import Faults
from imagebuild_devserver.ledger import Entry, Ledger, Seen
from imagebuild_devserver.limit import Limit
from imagebuild_devserver.model import Models
from imagebuild_devserver.plain import draw_plain
from imagebuild_devserver.service import Service
from imagebuild_devserver.sketched import draw_sketch
from imagebuild_devserver.studio import Draw, Studio
from imagebuild_devserver.wire import WireServer

__all__ = ["DevServer"]

_DRAWERS: dict[str, Draw] = {"sketch": draw_sketch, "plain": draw_plain}


class DevServer:
    """A server on 127.0.0.1 that speaks OpenAI's image wire; use it in a ``with`` or call :meth:`start`.

    ``seconds`` is how long a picture takes, ``batch_seconds`` a batch. ``draw`` is ``sketch`` (default), ``plain``, or
    a function of prompt, options, parent and partial index that gives a picture's bytes. ``models`` are the only
    models there are; None: those of OpenAI that are not retired ``today``. ``rate`` is calls for pictures a minute,
    ``burst`` how many of them at once. ``port`` 0 takes a free one. ``profile`` ``url`` answers the images endpoints
    with links and passes strange parameters over, as small compatible servers do.
    """

    def __init__(
        self,
        *,
        seconds: float = 0.0,
        batch_seconds: float = 0.0,
        key: str = "dev-key",
        draw: Draw | Literal["sketch", "plain"] | None = None,
        models: Iterable[str] | None = None,
        rate: float | None = None,
        burst: int | None = None,
        port: int = 0,
        ledger_file: Path | str | None = None,
        profile: Literal["openai", "url"] = "openai",
        clock: Callable[[], float] = time.time,
        today: date | None = None,
        listener: Callable[[Entry], None] = lambda entry: None,
    ) -> None:
        drawer = _DRAWERS[draw or "sketch"] if draw is None or isinstance(draw, str) else draw
        day = today or datetime.fromtimestamp(clock(), UTC).date()
        self._service = Service(
            studio=Studio(drawer),
            models=Models(models, day),
            ledger=Ledger(Path(ledger_file) if ledger_file else None, listener),
            limit=Limit(rate, burst, clock),
            seconds=seconds,
            batch_seconds=batch_seconds,
            key=key,
            profile=profile,
            clock=clock,
        )
        self._app = App(self._service)
        self._wire = WireServer(self._app, port)
        self._thread: threading.Thread | None = None

    @property
    def key(self) -> str:
        """The API key it accepts."""
        return self._service.key

    @property
    def root(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return self._wire.root

    @property
    def url(self) -> str:
        """What to set as base URL."""
        return f"{self.root}/v1"

    @property
    def faults(self) -> Faults:
        """The faults to come."""
        return self._service.faults

    @property
    def ledger(self) -> tuple[Entry, ...]:
        """Every call that a real service would have billed, in order."""
        self._app.batches.settle()
        return self._service.ledger.entries

    @property
    def paid(self) -> int:
        """How many calls were billed."""
        return len(self.ledger)

    @property
    def requests(self) -> tuple[Seen, ...]:
        """Every request as it came, in order."""
        return self._service.journal.requests

    def start(self) -> DevServer:
        """Begin to answer, in a thread of its own."""
        self._thread = threading.Thread(target=self._wire.serve_forever, args=(0.05,), name="dev-server", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """End every connection and answer no more."""
        self._service.closing.set()
        if self._thread:
            self._wire.shutdown()
            self._thread.join()
            self._thread = None
        self._wire.server_close()
        self._wire.end_connections()

    def __enter__(self) -> DevServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

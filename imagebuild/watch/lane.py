"""One purchase beside the builds of watch mode: calls that take a minute hold nothing else up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from imagebuild.budget import Budget
from imagebuild.buying import Purchases
from imagebuild.errors import ImageBuildError, InternalError
from imagebuild.event import Event
from imagebuild.project import Project
from imagebuild.target import Target

__all__ = ["Lane"]


class Lane:
    """Buys what some targets need, in a thread of its own; ``done`` is called there at its end.

    ``targets`` are as the spec had them when it began. ``stop`` says how much is given up: 1 begins no further call, 2
    does not wait for those in flight either.
    """

    def __init__(
        self,
        project: Project,
        targets: Mapping[str, Target],
        *,
        budget: Budget,
        listen: Callable[[Event], None],
        done: Callable[[], None],
    ) -> None:
        self.targets = targets
        self.result = Purchases()
        self.error: ImageBuildError | None = None
        self.stop = 0
        self._project = project
        self._budget = budget
        self._listen = listen
        self._done = done
        self._thread = threading.Thread(target=self._run, name="imagebuild-lane", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether something may still come."""
        return self._thread.is_alive()

    def join(self, timeout: float | None = None) -> None:
        """Wait for its end."""
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            self.result = self._project.buy(
                list(self.targets), budget=self._budget, listen=self._listen, stop=lambda: self.stop
            )
        except ImageBuildError as error:
            self.error = error
        except Exception as error:  # noqa: BLE001 - it is told by who waits for this lane
            self.error = InternalError(f"unexpected {type(error).__name__}: {error}").with_traceback(
                error.__traceback__
            )
        finally:
            self._done()

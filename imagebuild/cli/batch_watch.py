"""Waits for batches: asks again and again, tells what changes, and collects each batch as soon as it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from imagebuild.cli.batch_view import batch_name, standing
from imagebuild.cli.reporter.report import notice_lines
from imagebuild.cli.shell import Shell
from imagebuild.collecting import collect
from imagebuild.errors import ForgottenError
from imagebuild.event import Event, Notice
from imagebuild.outcome import Failure
from imagebuild.project import Project
from imagebuild.store import Record
from imagebuild.wave import BatchView

__all__ = ["Watch"]

_TRIES = 5  # to collect a batch that is done; after that the next build may


class Watch:
    """Looks at the open batches of one project. Whatever ends it, the batches stay as they are.

    ``collected`` are the records of what came, and ``failures`` the pictures that came to nothing: the next build asks
    for them anew, and cannot say why.
    """

    def __init__(self, shell: Shell, project: Project) -> None:
        self._shell = shell
        self._project = project
        self._told: dict[str, str] = {}
        self._heard: set[Notice] = set()
        self._tries: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self.collected: list[Record] = []

    def run(self, every: float, timeout: float | None) -> int:
        """Ask each ``every`` seconds, for ``timeout`` seconds at most; how many batches are open after that.

        Raises ``ProviderError`` when a service will answer no question at all, as with a wrong key.
        """
        began = self._shell.ticks()
        while True:
            views = self._project.batches()
            self._tell(views)
            if any(_can_be_collected(view) for view in views):
                self._tries.update(view.batch.token for view in views if _can_be_collected(view))
                self._collect()
            open_now = {view.batch.token for view in self._project.batches(online=False)}
            waiting = any(view.batch.token in open_now and self._may_change(view) for view in views)
            left = None if timeout is None else timeout - (self._shell.ticks() - began)
            if not waiting or (left is not None and left <= 0):
                return len(open_now)
            self._shell.sleep(every if left is None else min(every, left))

    def _collect(self) -> None:
        with self._project.alone(self._hear), self._project.session() as session:
            records = session.originals.records
            sent = [intent for batch in session.waves.open() for intent in records.batch_intents(batch.token)]
            targets = {intent.key: intent.target for intent in (*sent, *session.originals.abandoned())}
            collect(session, self._hear, online=True)
            self.collected += session.collected
            self.failures += [Failure(targets.get(key, key), error) for key, error in session.failed.items()]

    def _may_change(self, view: BatchView) -> bool:
        """Whether waiting may help: the service works on it, or another try to ask or to collect may succeed."""
        if _can_be_collected(view) and view.batch.batch_id is not None:
            return self._tries[view.batch.token] < _TRIES
        if view.error is not None:
            return view.error.retryable
        return view.batch.batch_id is None or view.status is not None

    def _tell(self, views: Sequence[BatchView]) -> None:
        for view in views:
            if view.error is not None and view.error.stops_run:
                raise view.error
            now = standing(view)
            if self._told.get(view.batch.token) != now and not self._shell.quiet:
                self._shell.err.line((batch_name(view), "bold"), f": {now}")
            self._told[view.batch.token] = now

    def _hear(self, event: Event) -> None:
        if isinstance(event, Notice) and event not in self._heard and not self._shell.quiet:
            self._shell.err.lines(notice_lines(event))
            self._heard.add(event)


def _can_be_collected(view: BatchView) -> bool:
    """Whether collecting will get on with it: it is done, the service has lost it, or it has to be looked for."""
    if view.batch.batch_id is None or isinstance(view.error, ForgottenError):
        return True
    return view.status is not None and view.status.is_final

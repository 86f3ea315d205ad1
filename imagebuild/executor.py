"""Where work runs. The one place that calls providers: what they return is durable before anybody hears of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from imagebuild.action import Action, Call
from imagebuild.artifact import Artifact, Picture
from imagebuild.errors import (
    ForgottenError,
    ImageBuildError,
    ProviderError,
    SpendingRefused,
    UnavailableError,
)
from imagebuild.event import Verdict
from imagebuild.identity import Identity
from imagebuild.intake import (
    RESCUED,
    Asked,
    keep_answer,
    keep_description,
    keep_remains,
    require_as_asked,
    secure_references,
)
from imagebuild.local_runner import LocalRunner
from imagebuild.request import ProviderContext, RateLimits, Request
from imagebuild.share.mirror import Mirror
from imagebuild.share.name import Layer
from imagebuild.store import Intent, Record, Store

__all__ = ["Done", "Executor", "InFlight", "Job", "LocalExecutor"]


class InFlight(Exception):
    """Somebody else has bought it meanwhile, and its picture has not come: nothing was called."""


class Job(Struct, frozen=True):
    """One action with all it needs.

    ``made`` holds the artifacts a step changes. ``accepts`` says that any picture will do, also one that differs from
    what was asked. The rest are doors for a call: ``partial`` hears of pictures that are not final, ``note_limits`` of
    what the service says of its limits, ``notice`` of what people should know; ``again`` is asked after a failure
    whether to call again, with the number of the call that failed, and waits before it says yes; ``look`` likewise,
    whether to look for its answer, which costs nothing; ``called`` is told before each call; ``cancelled`` turns true
    when the user no longer waits.
    """

    action: Action
    identity: Identity
    made: Sequence[Sequence[Artifact]] = ()
    draft: bool = False
    accepts: bool = False
    partial: Callable[[int, Picture], None] = lambda index, picture: None
    note_limits: Callable[[RateLimits], None] = lambda limits: None
    notice: Callable[[str], None] = lambda message: None
    again: Callable[[ProviderError, int], bool] = lambda error, attempt: False
    look: Callable[[ProviderError, int], bool] = lambda error, attempt: False
    called: Callable[[], None] = lambda: None
    cancelled: Callable[[], bool] = lambda: False


class Done(Struct, frozen=True):
    """What came of a job. ``cost_usd`` is None where nobody knows what was charged."""

    record: Record
    verdict: Verdict
    cost_usd: float | None
    seconds: float


class Executor(Protocol):
    """Runs jobs, each to its end, from many threads at once."""

    def run(self, job: Job) -> Done:
        """Run it; what it made is durable when this returns. Raises ``BuildError`` or ``StoreError``."""


class LocalExecutor:
    """Runs jobs in this process, but those that another machine did and ``mirror`` has.

    ``calls_nobody`` refuses every call but of a free provider on this machine.
    """

    def __init__(
        self,
        originals: Store,
        derivatives: Store,
        *,
        mirror: Mirror | None = None,
        calls_nobody: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._mirror = mirror
        self._calls_nobody = calls_nobody
        self._originals = originals
        self._derivatives = derivatives
        self._clock = clock
        self._local = LocalRunner(originals, derivatives, clock=clock)

    def run(self, job: Job) -> Done:
        """Run one job; see :class:`Executor`."""
        if not isinstance(job.action, Call):
            if shared := self._shared("derivatives", job):
                return shared
            record = self._local.run(job.action, job.identity, job.made)
            return Done(record, "made", 0.0, record.seconds)
        if self._calls_nobody and not job.action.stays_here:
            raise SpendingRefused(f"provider '{job.action.plugin}' is not called for an untrusted project")
        if job.action.free:
            store = self._derivatives if job.draft else self._originals
            return self._as_asked(job, self._shared("originals", job) or self._draw(job, job.action, store))
        with self._originals.claim(job.identity.key):
            bought = self._originals.lookup(job.identity.key)
            there = Done(bought, "cached", 0.0, 0.0) if bought else self._shared("originals", job)
            return self._as_asked(job, there or self._buy(job, job.action))

    def _shared(self, layer: Layer, job: Job) -> Done | None:
        """What another machine made, where the remote store was not asked for it before."""
        if self._mirror is None or job.draft or job.action.node.kind in ("source", "check"):
            return None
        record = self._mirror.find(layer, job.identity.key)
        return Done(record, "cached", 0.0, 0.0) if record else None

    def _as_asked(self, job: Job, done: Done) -> Done:
        if not job.accepts:
            require_as_asked(done.record, job.action.node.label, bought=done.verdict == "bought")
        return done

    def _draw(self, job: Job, call: Call, store: Store) -> Done:
        """A free call: nothing is noted beforehand, for it can be made again."""
        attempt = 1
        while True:
            try:
                return self._call(job, call, store, None)
            except ProviderError as error:
                if not job.again(error, attempt):
                    raise
                attempt += 1

    def _buy(self, job: Job, call: Call) -> Done:
        """A paid call, made again as long as ``job.again`` says so.

        Each time the intent is durable before the call, the bytes before the record, the record before we return. When
        the service gave an id and then could not be reached, the answer may still be there: the intent stays open, and
        the next try, or the next build, collects it instead of calling again.
        """
        key, records = job.identity.key, self._originals.records
        attempt, looks, waiting_id = 1, 0, None
        cause: ProviderError | None = None
        while True:
            if waiting_id is None:
                self._begin(job, call)
            try:
                return self._call(job, call, self._originals, waiting_id)
            except ForgottenError as error:
                records.settle(key, "maybe_paid" if error.billed else "failed_unbilled")
                if cause is None or waiting_id is None or not job.again(cause, attempt):
                    raise cause or error from None  # the first failure says what went wrong
                waiting_id = None
            except ProviderError as error:
                noted = records.open_intent(key)
                undecided = error.billed and isinstance(error, UnavailableError)
                looked, waiting_id = waiting_id, noted.response_id if noted and undecided else None
                if waiting_id is None:
                    records.settle(key, "maybe_paid" if error.billed else "failed_unbilled")
                if looked is None:
                    cause = error
                if waiting_id is not None:
                    looks += 1
                    if not job.look(error, looks):
                        raise
                    continue
                if not job.again(error, attempt):
                    raise
            attempt += 1

    def _begin(self, job: Job, call: Call) -> None:
        """Note the intent of a purchase. Raises ``InFlight``, and ``StoreError`` where an answer would find no room."""
        self._originals.require_room()
        if job.identity.request is not None:
            secure_references(self._originals, job.identity.request)
        intent = Intent(
            job.identity.key,
            call.plugin,
            call.node.target,
            self._clock(),
            dict(job.identity.parts),
            address=call.provider.address,
        )
        if self._originals.records.begin(intent) is not None:
            raise InFlight

    def _call(self, job: Job, call: Call, store: Store, waiting_id: str | None) -> Done:
        """Call the provider, or collect the answer that is waiting, and keep what comes."""
        assert job.identity.request is not None
        request = self._with_ancestry(job.identity.request, call.plugin)
        context = ProviderContext(
            target=call.node.label,
            key=job.identity.key,
            partial=job.partial,
            note_id=self._note_id(job.identity.key) if call.describer is None else lambda response_id: None,
            note_limits=job.note_limits,
            notice=job.notice,
            cancelled=job.cancelled,
        )
        asked = Asked(job.identity.key, job.identity.parts, call.media_type, self._clock(), call.free)
        began = time.perf_counter()
        job.called()
        try:
            if call.describer is not None:
                reply: object = call.describer.describe(request, context)
            elif waiting_id is None:
                reply = call.provider.generate(request, context)
            else:
                reply = call.provider.collect(request, waiting_id, context)
        except ImageBuildError as error:
            if isinstance(error, ProviderError):
                keep_remains(store, job.identity.key, error)
            raise
        except (Exception, SystemExit) as error:
            paid = "" if call.free else "; the call may have been paid"
            raise ProviderError(
                f"provider '{call.plugin}' failed: {error!r}",
                hint=f"this is a fault of the provider's plugin{paid}",
                billed=not call.free,
            ) from error
        if call.describer is not None:
            record = keep_description(store, asked, reply, began=began)
        else:
            record = keep_answer(store, asked, reply, began=began, rescue=self._derivatives.folder / RESCUED)
        return Done(record, "made" if call.free else "bought", record.cost_usd, record.seconds)

    def _note_id(self, key: str) -> Callable[[str], None]:
        """Writes the service's id of a running job. A description has none: nothing could collect it."""
        return lambda response_id: self._originals.records.note_id(key, response_id)

    def _with_ancestry(self, request: Request, plugin: str) -> Request:
        """The request, whose parent can say in which of the provider's answers it came."""
        parent = request.parent
        if parent is None or parent.digest is None:
            return request
        digest, records = parent.digest, self._originals.records
        return replace(request, parent=replace(parent, answered=lambda: records.response_id(digest, plugin)))

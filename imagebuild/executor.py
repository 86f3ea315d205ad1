"""Where work runs. The one place that calls providers: what they return is durable before anybody hears of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from imagebuild.action import Call, Identity, StepRun
from imagebuild.artifact import Artifact, Picture
from imagebuild.errors import BuildError, ImageBuildError, NoImageError, ProviderError, StepError
from imagebuild.event import Verdict
from imagebuild.media import extension
from imagebuild.reply import believable_result, picture_fault, pictures_of
from imagebuild.request import ProviderContext, Result
from imagebuild.step import StepContext
from imagebuild.store import Intent, Record, Store

__all__ = ["Done", "Executor", "Job", "LocalExecutor"]


@dataclass(frozen=True, slots=True)
class Job:
    """One action with all it needs. ``made`` holds the artifacts a step changes; ``partial`` hears of pictures that are
    not final; ``cancelled`` turns true when the user no longer waits.
    """

    action: Call | StepRun
    identity: Identity
    made: Sequence[Sequence[Artifact]] = ()
    draft: bool = False
    partial: Callable[[int, Picture], None] = lambda index, picture: None
    cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Done:
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
    """Runs jobs in this process."""

    def __init__(self, originals: Store, derivatives: Store, *, clock: Callable[[], float] = time.time) -> None:
        self._originals = originals
        self._derivatives = derivatives
        self._clock = clock

    def run(self, job: Job) -> Done:
        """Run one job; see :class:`Executor`."""
        if isinstance(job.action, StepRun):
            return self._step(job, job.action)
        if job.action.free:
            store = self._derivatives if job.draft else self._originals
            return self._call(job, job.action, store)
        with self._originals.claim(job.identity.key):
            bought = self._originals.lookup(job.identity.key)
            if bought is not None:
                return Done(bought, "cached", 0.0, 0.0)
            return self._buy(job, job.action)

    def _buy(self, job: Job, call: Call) -> Done:
        """A paid call: the intent is durable before it, the bytes before the record, the record before we return."""
        key, records = job.identity.key, self._originals.records
        records.begin(Intent(key, call.plugin, job.action.node.target, self._clock(), dict(job.identity.parts)))
        try:
            return self._call(job, call, self._originals)
        except ProviderError as error:
            records.settle(key, "maybe_paid" if error.billed else "failed_unbilled")
            raise

    def _call(self, job: Job, call: Call, store: Store) -> Done:
        assert job.identity.request is not None
        context = ProviderContext(
            target=call.node.label,
            key=job.identity.key,
            partial=job.partial,
            note_id=lambda response_id: self._originals.records.note_id(job.identity.key, response_id),
            cancelled=job.cancelled,
        )
        started, began = self._clock(), time.perf_counter()
        try:
            reply: object = call.provider.generate(job.identity.request, context)
        except ImageBuildError:
            raise
        except (Exception, SystemExit) as error:
            paid = "" if call.free else "; the call may have been paid"
            raise ProviderError(
                f"provider '{call.plugin}' failed: {error!r}",
                hint=f"this is a fault of the provider's plugin{paid}",
                billed=not call.free,
            ) from error
        result = self._checked(job, call, store, reply)
        artifacts = store.keep(result.pictures)
        seconds = time.perf_counter() - began
        record = Record(
            key=job.identity.key,
            kind=call.node.kind,
            plugin=call.plugin,
            version=call.version,
            parts=job.identity.parts,
            artifacts=artifacts,
            paid=not call.free,
            time=started,
            seconds=seconds,
            model=result.model,
            revised_prompt=result.revised_prompt,
            request_id=result.request_id,
            response_id=result.response_id,
            usage=result.usage,
            cost_usd=0.0 if call.free else result.cost_usd,
        )
        store.records.put(record)
        return Done(record, "made" if call.free else "bought", record.cost_usd, seconds)

    def _checked(self, job: Job, call: Call, store: Store, reply: object) -> Result:
        """The reply, if it can be used. Otherwise all its bytes go to the quarantine, and the target fails."""
        fault = picture_fault(reply, call.media_type)
        if fault is None and isinstance(reply, Result):
            return believable_result(reply)
        kept = [store.quarantine(job.identity.key, each.data, str(fault)).name for each in pictures_of(reply)]
        raise NoImageError(
            f"provider '{call.plugin}' returned the wrong thing: {fault}",
            hint=f"what came is kept in the store's quarantine: {', '.join(kept)}" if kept else None,
            request_id=getattr(reply, "request_id", None),
            billed=not call.free,
        )

    def _step(self, job: Job, run: StepRun) -> Done:
        pictures = [
            Picture(self._read(artifact), artifact.media_type, artifact.labels)
            for made in job.made
            for artifact in made
        ]
        started, began = self._clock(), time.perf_counter()
        try:
            results = run.step.apply(pictures, StepContext(run.node.label, run.options))
        except BuildError:
            raise
        except (Exception, SystemExit) as error:
            raise StepError(f"step '{run.plugin}' failed: {error!r}", hint="this is a fault of its plugin") from error
        if not results:
            raise StepError(f"step '{run.plugin}' returned no picture")
        artifacts = self._derivatives.keep(results)
        seconds = time.perf_counter() - began
        record = Record(
            key=job.identity.key,
            kind="step",
            plugin=run.plugin,
            version=run.version,
            parts=job.identity.parts,
            artifacts=artifacts,
            time=started,
            seconds=seconds,
        )
        self._derivatives.records.put(record)
        return Done(record, "made", 0.0, seconds)

    def _read(self, artifact: Artifact) -> bytes:
        store = self._originals if self._originals.objects.has(artifact.digest) else self._derivatives
        return store.read(artifact)


def partial_name(target: str, stage: int, index: int, picture: Picture) -> str:
    """The file name of a picture that is not final yet."""
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in target)
    return f"{safe}-{stage}-{index}.{extension(picture.media_type)}"

"""Runs sources, steps and checks. What they make costs nothing to make again; it stands in the project's own store."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from imagebuild.artifact import Artifact, Picture
from imagebuild.check import CheckContext, CheckResult
from imagebuild.digest import Json, canonical
from imagebuild.errors import ImageBuildError, StepError
from imagebuild.identity import Identity
from imagebuild.local_run import CheckRun, SourceRun, StepRun
from imagebuild.media import is_known, probe
from imagebuild.request import Reference
from imagebuild.step import StepContext
from imagebuild.store import Record, Store

__all__ = ["LocalRun", "LocalRunner"]

LocalRun = StepRun | SourceRun | CheckRun

_NO_PICTURE = "application/octet-stream"


class LocalRunner:
    """Reads pictures from either store, keeps what comes of them in the second."""

    def __init__(self, originals: Store, derivatives: Store, *, clock: Callable[[], float] = time.time) -> None:
        self._originals = originals
        self._derivatives = derivatives
        self._clock = clock

    def run(self, run: LocalRun, identity: Identity, made: Sequence[Sequence[Artifact]]) -> Record:
        """Run it; the record, which is kept. Raises ``StepError`` and ``StoreError``."""
        started, began = self._clock(), time.perf_counter()
        try:
            if isinstance(run, StepRun):
                results = self._step(run, made)
            elif isinstance(run, CheckRun):
                results = [self._check(run, made)]
            else:
                results = self._source(run, made)
        except ImageBuildError:
            raise
        except (Exception, SystemExit) as error:
            who = f"{run.node.kind} '{run.plugin}'"
            raise StepError(f"{who} failed: {error!r}", hint="this is a fault of its plugin") from error
        record = Record(
            key=identity.key,
            kind=run.node.kind,
            plugin=run.plugin,
            version=run.version,
            parts=identity.parts,
            artifacts=self._derivatives.keep(results),
            time=started,
            seconds=time.perf_counter() - began,
        )
        self._derivatives.records.put(record)
        return record

    def _source(self, run: SourceRun, made: Sequence[Sequence[Artifact]]) -> list[Picture]:
        files = {each.digest: each for each in run.places if isinstance(each, Reference)}
        found = []
        for artifact in run.pictures(made):
            file = files.get(artifact.digest)
            data = file.read() if file else self._read(artifact)
            found.append(Picture(data, artifact.media_type, artifact.labels))
        return found

    def _step(self, run: StepRun, made: Sequence[Sequence[Artifact]]) -> Sequence[Picture]:
        pictures, *others, originals = made
        context = StepContext(
            run.node.label,
            run.options,
            self._files(run.files, run.targets, others),
            run.source_type,
            tuple(map(self._picture, originals)) if run.step.wants_originals else (),
        )
        results: object = run.step.apply([self._picture(artifact) for artifact in pictures], context)
        if not isinstance(results, Sequence) or not results:
            raise StepError(f"step '{run.plugin}' returned no picture", hint="this is a fault of its plugin")
        for result in results:
            if not isinstance(result, Picture) or not isinstance(result.data, bytes):
                kind = type(result).__name__
                raise StepError(f"step '{run.plugin}' returned {kind} where a Picture of bytes is wanted")
            if not result.data or not (probe(result.data) or is_known(result.media_type)):
                what = f"a file of type '{result.media_type}'" if result.data else "an empty file"
                hint = "this is a fault of its plugin: it makes pictures, icons, manifests, style sheets or texts"
                raise StepError(f"step '{run.plugin}' returned {what}", hint=hint)
            canonical({"labels": dict(result.labels), "facts": dict(result.facts)})
        return results

    def _check(self, run: CheckRun, made: Sequence[Sequence[Artifact]]) -> Picture:
        """The verdict as a small document, with what it says as its facts."""
        count = len(run.targets)
        master, *candidates = (artifacts[0] for artifacts in made[1 + count :])
        wants = run.check.wants
        previous = run.replaced(master.digest) if "previous" in wants else None
        context = CheckContext(
            run.node.target,
            run.options,
            self._files(run.files, run.targets, made[1 : 1 + count]),
            original=self._picture(master) if "original" in wants else None,
            candidates=tuple(map(self._picture, candidates)) if "candidates" in wants else (),
            previous=self._picture(previous) if previous else None,
        )
        result: object = run.check.check([self._picture(artifact) for artifact in made[0]], context)
        if not isinstance(result, CheckResult):
            kind = type(result).__name__
            raise StepError(f"check '{run.plugin}' returned {kind} where a CheckResult is wanted")
        facts: dict[str, Json] = {
            "check": run.plugin,
            "passed": bool(result.passed),
            "measured": str(result.measured),
            "wanted": str(result.wanted),
        }
        return Picture(canonical(facts), "application/json", facts=facts)

    def _files(
        self, files: Mapping[str, Reference], targets: Sequence[str], made: Sequence[Sequence[Artifact]]
    ) -> dict[str, Picture]:
        found = {name: Picture(file.read(), file.media_type or _NO_PICTURE) for name, file in files.items()}
        return {**found, **{name: self._picture(artifacts[0]) for name, artifacts in zip(targets, made, strict=True)}}

    def _picture(self, artifact: Artifact) -> Picture:
        return Picture(self._read(artifact), artifact.media_type, artifact.labels)

    def _read(self, artifact: Artifact) -> bytes:
        store = self._originals if self._originals.objects.has(artifact.digest) else self._derivatives
        return store.read(artifact)

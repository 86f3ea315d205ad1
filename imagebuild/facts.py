"""What this project knows, for the judge: stores, state, lock and output files behind one door."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property

from imagebuild.artifact import Artifact
from imagebuild.digest import Json
from imagebuild.errors import Problem, SpecError, StoreError
from imagebuild.lockfile import Lock, LockLine
from imagebuild.media import extension, probe
from imagebuild.reason import Reason
from imagebuild.spec import Spec
from imagebuild.spec.name import folded, path_fault
from imagebuild.spec.output import output_path
from imagebuild.store import Batch, Outputs, OutputState, Record, Signature, State, Store
from imagebuild.target import Slot

__all__ = ["ProjectFacts", "answer_of"]

_HEADER = 1 << 16  # bytes of a file that tell its type and size


class ProjectFacts:
    """The facts of one project at one time; see :class:`imagebuild.judge.Facts`."""

    def __init__(
        self, spec: Spec, *, originals: Store, derivatives: Store, state: State, lock: Lock, outputs: Outputs
    ) -> None:
        self._spec = spec
        self._originals = originals
        self._derivatives = derivatives
        self._state = state
        self._outputs = outputs
        self._slots = state.slots()
        self._files = state.outputs()
        self._lock = lock
        self._lines = lock.lines
        live = [line.live for line in lock.lines.values() if line.live]
        by_weight = sorted(lock.lines.values(), key=lambda line: (not spec.has(line.target), not line.adopted))
        self._pinned = {line.key: line for line in (*live, *by_weight)}
        self._locked = {line.digest for line in (*live, *lock.lines.values())}
        self._seen: tuple[str, Record | None] = ("", None)
        self._derived: dict[str, Record] = {}
        self._drafted = {row.target for row in self._files.values() if row.draft}

    @property
    def outputs(self) -> Mapping[str, OutputState]:
        """Every file that builds have written here, by path."""
        return self._files

    def made(self, key: str, slot: Slot, *, draft: bool) -> tuple[Artifact, ...] | None:
        """What the call of that key made; drafts stand in the project's own store.

        What the lock pins is the answer, whatever a store's record says; of a provider's pictures, the first one is.
        """
        record = self._originals.records.get(key)
        self._seen = (key, record)
        if record is not None and not self._originals.holds(record):
            record = None
        pin = self._pin(key, slot)
        if pin is not None and (record is None or record.artifacts[0].digest != pin.digest):
            return _pinned(self._originals, pin) or None
        if record is None and draft:
            record = self._derivatives.lookup(key)
        return answer_of(record) if record else None

    def derived(self, key: str) -> tuple[Artifact, ...] | None:
        """From the project's own store alone. A record is read once; whether its bytes are there is asked each time."""
        record = self._derived.get(key)
        if record is None or not self._derivatives.holds(record):
            record = self._derivatives.lookup(key)
        self._seen = (key, None)
        if record is None:
            return None
        self._derived[key] = record
        return record.artifacts

    def _pin(self, key: str, slot: Slot) -> LockLine | None:
        """The line that pins the picture of a key at a slot: its own, or that of another target with the same request.

        What was adopted for another target is for that one alone.
        """
        line = self._lines.get(slot)
        own = next((each for each in (line, line.live if line else None) if each and each.key == key), None)
        pin = own or self._pinned.get(key)
        elsewhere = pin is not None and pin.target != slot[0] and self._spec.has(pin.target)
        return None if pin is None or (pin.adopted and elsewhere) else pin

    def lost(self, key: str, slot: Slot) -> bool:
        """Whether the picture was bought, as the record or the lock says, but its bytes are gone.

        Another process may have bought it since :meth:`made` was asked: then it is there, and not lost.
        """
        record = self._record(key)
        return self._pin(key, slot) is not None or (record is not None and not self._originals.holds(record))

    def approved(self, slot: Slot, key: str | None) -> tuple[Artifact, ...] | None:
        """From the lock; of a target that was renamed, from the line it had."""
        live = self._lock.approved(slot, key)
        if slot not in self._lines and key in self._pinned and not self._spec.has(self._pinned[key].target):
            live = live or self._pinned[key].standing(key)
        return None if live is None else _pinned(self._originals, live)

    def adopted(self, key: str, slot: Slot) -> bool:
        """From the lock."""
        pin = self._pin(key, slot)
        return pin is not None and pin.adopted

    def pinned(self, key: str, slot: Slot) -> tuple[Artifact, ...]:
        """From the lock."""
        pin = self._pin(key, slot)
        return (Artifact(pin.digest, pin.media_type, 0),) if pin else ()

    def differs(self, key: str, slot: Slot) -> str | None:
        """From the record of a call; a picture that the lock pins in its place was accepted as it is."""
        record, pin = self._record(key), self._pin(key, slot)
        if record is None or (pin is not None and pin.digest != record.artifacts[0].digest):
            return None
        return "; ".join(record.faults) or None

    def _record(self, key: str) -> Record | None:
        """The record of a key as it was when :meth:`made` asked for it just now, else as it is."""
        seen, record = self._seen
        return record if seen == key else self._originals.records.get(key)

    def accepts(self, target: str) -> bool:
        """What the spec says."""
        return self._spec.targets[target].accept == "any"

    def in_flight(self, key: str) -> str | None:
        """Lines of open batches, and calls whose process died after the service had given an id."""
        return self._in_flight.get(key)

    def look_again(self) -> None:
        """Forget what was in flight, after something was sent or given up."""
        for known in ("_in_flight", "_maybe_paid"):
            self.__dict__.pop(known, None)

    @cached_property
    def _in_flight(self) -> dict[str, str]:
        records = self._originals.records
        found = {
            intent.key: f"its picture is at the service as {intent.response_id}, to be collected"
            for intent in self._originals.abandoned()
            if intent.response_id
        }
        for batch in records.batches():
            if batch.state != "ended":
                found.update({intent.key: _in_batch(batch) for intent in records.batch_intents(batch.token)})
        return found

    def doubtful(self, key: str) -> bool:
        """Whether a call for it was cut off, so that it may have been paid already."""
        return key in self._maybe_paid

    @cached_property
    def _maybe_paid(self) -> set[str]:
        open_calls = (*self._originals.records.maybe_paid(), *self._originals.abandoned())
        return {intent.key for intent in open_calls}

    def standing(self, slot: Slot, *, pinned: bool = False) -> str | None:
        """From the lock, or for what stands in no lock from the state."""
        line = self._lines.get(slot)
        return line.key if line else None if pinned else self._slots.key(slot)

    def last(self, slot: Slot) -> tuple[str, Mapping[str, Json]] | None:
        """From the state, or for a fresh clone from the lock and the record it names."""
        known = self._slots.get(slot)
        if known is None and (line := self._lines.get(slot)):
            record = self._originals.records.get(line.key)
            known = (line.key, record.parts) if record else None
        return known

    def read(self, artifact: Artifact) -> bytes:
        """Bytes of an artifact, verified."""
        return self.store_of(artifact).read(artifact)

    def store_of(self, artifact: Artifact) -> Store:
        """The store that holds it."""
        return self._originals if self._originals.objects.has(artifact.digest) else self._derivatives

    def output(self, path: str, artifact: Artifact) -> Reason | None:
        """Compare the file with the artifact; see :meth:`inspect`. One that cannot be read is left alone."""
        try:
            return self.inspect(path, artifact)[0]
        except StoreError as error:
            return Reason("edited", path, detail=error.message)

    def inspect(self, path: str, artifact: Artifact) -> tuple[Reason | None, Signature | None]:
        """What is wrong with the file at an output path, if anything, and the signature it had before it was read.

        A file whose signature is as recorded is not read. One whose bytes exist nowhere else is ``edited``: to write
        over it would lose them. An empty one is what a power cut leaves of a file just written, and nothing to lose.
        """
        signature = self._outputs.signature(path)
        if signature is None:
            return Reason("output", path, detail="missing"), None
        row = self._files.get(path)
        digest = row.digest if row and row.signature == signature else self._outputs.digest(path)
        if digest == artifact.digest:
            return None, signature
        ours = digest is not None and ((row and row.digest == digest) or self.holds(digest))
        if signature.size and digest is not None and not ours:
            return Reason(
                "edited", path, detail="changed by hand" if row else "there before, and not made here"
            ), signature
        return Reason("output", path, detail="another picture"), signature

    def holds(self, digest: str) -> bool:
        """Whether some build made these bytes: a store of this machine has them, or the lock pins them."""
        return digest in self._locked or self._originals.objects.has(digest) or self._derivatives.objects.has(digest)

    def claimed(self, path: str) -> str | None:
        """Why a path is nobody's to write to; None where it is free, but for the outputs of targets."""
        if folded(path) in self._spec.reserved or folded(path) in ("imagebuild.yaml", "imagebuild.lock"):
            return "is a file that the spec reads"
        return path_fault(path)

    def drafted(self, target: str) -> bool:
        """Whether a draft lies at the target's output paths."""
        return target in self._drafted

    def paths(self, target: str, artifacts: Sequence[Artifact]) -> list[tuple[str, Artifact]]:
        """Output paths of a target's final artifacts. Raises ``SpecError`` when two of them would share one."""
        pairs: dict[str, Artifact] = {}
        wanted = self._spec.targets[target]
        for artifact in artifacts:
            path = output_path(
                wanted, ext=extension(artifact.media_type), labels=artifact.labels, reserved=self._spec.reserved
            )
            if path in pairs:
                place = self._spec.place(target, "output")
                labels = ", ".join(f"{{{{ {name} }}}}" for name in artifact.labels) or "a label of the step"
                hint = f"use {labels} in 'output'"
                if pairs[path].labels == artifact.labels:
                    hint = "its steps label both alike, and no 'output' can tell them apart: change the steps"
                raise SpecError([Problem(f"two pictures of '{target}' would be written to '{path}'", place, hint)])
            pairs[path] = artifact
        return list(pairs.items())


def answer_of(record: Record) -> tuple[Artifact, ...]:
    """What a finished action hands on: all that was made here, the first picture of a provider."""
    return record.artifacts if record.is_local else record.artifacts[:1]


def _in_batch(batch: Batch) -> str:
    began = datetime.fromtimestamp(batch.created, UTC).strftime("%Y-%m-%d %H:%M")
    return f"in {batch.batch_id or 'a batch'} since {began} UTC"


def _pinned(store: Store, pin: LockLine) -> tuple[Artifact, ...]:
    """The picture that a lock line pins, for which the store may have no record; empty when its bytes are gone."""
    data = store.objects.path(pin.digest)
    try:
        with data.open("rb") as file:
            found = probe(file.read(_HEADER))
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        return ()
    width, height = (found.width, found.height) if found else (None, None)
    return (Artifact(pin.digest, pin.media_type, size, width, height),)

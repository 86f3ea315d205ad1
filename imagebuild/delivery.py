"""Takes what is finished to where it stays, in groups: first the lock, then the output files, then the state."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from imagebuild.action import Call
from imagebuild.artifact import Artifact
from imagebuild.digest import Json
from imagebuild.errors import ImageBuildError, Problem, SpecError, StoreError
from imagebuild.event import Event, Notice, OutputWritten
from imagebuild.identity import Identity
from imagebuild.judge import Judgement
from imagebuild.lockfile import Lock, LockLine
from imagebuild.pin import line_of
from imagebuild.reason import Reason
from imagebuild.store import DamagedSource, Outputs, OutputState, Record, Signature, State, Store
from imagebuild.target import Slot

__all__ = ["Delivery", "Receiver"]

_OVERWRITE = "'imagebuild build --overwrite' replaces what is kept with the picture of the spec"
_INTERVAL = 0.25  # seconds between groups; more when writing a group takes long, so that the lock is never the work


class Receiver(Protocol):
    """Who takes what is finished; see :class:`Delivery`."""

    def is_pinned(self, call: Call) -> bool:
        """Whether the lock is to have a line for a call."""

    def finished(self, judgement: Judgement, answer: Artifact, record: Record | None, *, picked: bool) -> None:
        """Note an action that is done or needs nothing."""

    def deliver(self, target: str, artifacts: tuple[Artifact, ...], *, draft: bool) -> None:
        """Take a target's finished pictures."""

    def flush(self, *, now: bool = False) -> None:
        """Write what has gathered, if it is time or ``now``."""


class Delivery:
    """Writes lock lines, output files and state for finished actions.

    A group is written when :meth:`flush` finds the last one long enough ago. Until then only the store knows of the
    pictures, which is all that matters: whatever is lost here is made again without a call. ``masters`` are the
    slots of the pictures that targets deliver, ``targets`` all that the spec has, ``curated`` the targets whose
    free pictures somebody had made anew.
    """

    def __init__(
        self,
        *,
        stores: Sequence[Store],
        outputs: Outputs,
        state: State,
        lock: Lock,
        write_lock: Callable[[Lock], None],
        masters: Collection[Slot],
        targets: Collection[str],
        curated: Collection[str],
        paths: Callable[[str, Sequence[Artifact]], list[tuple[str, Artifact]]],
        inspect: Callable[[str, Artifact], tuple[Reason | None, Signature | None]],
        overwrite: bool,
        listen: Callable[[Event], None],
    ) -> None:
        self._stores = stores
        self._outputs = outputs
        self._state = state
        self._lock = self._before = lock
        self._wanted = targets
        there = sorted(lock.lines.values(), key=lambda line: line.target not in self._wanted)
        self._by_key = {line.key: line for line in there}  # of two, the one whose target has another name now
        self._write_lock = write_lock
        self._masters = masters
        self._curated = curated
        self._paths = paths
        self._inspect = inspect
        self._overwrite = overwrite
        self._rows = state.outputs()
        self._drafts: dict[str, list[str]] = {}
        for path, row in self._rows.items():
            if row.draft:
                self._drafts.setdefault(row.target, []).append(path)
        self._listen = listen
        self._lines: dict[Slot, LockLine] = {}
        self._slots: dict[Slot, tuple[str, Mapping[str, Json]]] = {}
        self._waiting: dict[str, tuple[tuple[Artifact, ...], bool]] = {}
        self._next = 0.0
        self.written: list[str] = []
        self.kept: list[str] = []
        self.delivered: dict[str, str] = {}
        self._foreign: list[str] = []
        self._owners: dict[str, str] = {}
        self.failed: list[tuple[str, ImageBuildError]] = []

    @property
    def lock(self) -> Lock:
        """The lock as it will stand after the next flush."""
        return self._lock.with_lines(self._lines.values()) if self._lines else self._lock

    def finished(self, judgement: Judgement, answer: Artifact, record: Record | None, *, picked: bool) -> None:
        """Note an action that is done or needs nothing: what it gave, and what the store knows of it if it was paid."""
        slot, identity = judgement.action.node.slot, judgement.identity
        if judgement.draft or judgement.verdict == "frozen":
            return
        self._slots[slot] = (identity.key, identity.parts)
        if not isinstance(judgement.action, Call) or not self.is_pinned(judgement.action):
            return
        line = self._line(slot, judgement.action, identity, answer, record, picked)
        if line is not None and line != self._lock.lines.get(slot):
            self._lines[slot] = line

    def is_pinned(self, call: Call) -> bool:
        """Whether a call has a line: a paid one, and a free one that somebody has chosen something about."""
        return (
            not call.free or call.node.target in self._curated or self._before.holds_choice(call.node.slot, call.plugin)
        )

    def _line(
        self, slot: Slot, call: Call, identity: Identity, answer: Artifact, record: Record | None, picked: bool
    ) -> LockLine | None:
        """The line for an action: the one that pins this picture for its key, wherever it stood, else a new one."""
        target, stage, candidate = slot
        replaces, before = self._before.replaced(slot, answer.digest), self._before.lines.get(slot)
        known = before if before is not None and before.key == identity.key else self._by_key.get(identity.key)
        if known is not None and known.digest == answer.digest:
            moved = replace(known, target=target, stage=stage, candidate=candidate, picked=picked, replaces=replaces)
            if known.target != target and known.target in self._wanted:  # what is said of another target is its own
                moved = replace(moved, live=None, review="unreviewed", frozen=before is not None and before.frozen)
            return self._onward(moved)
        if record is None:
            return None
        line = line_of(
            call, identity, answer, record, picked=picked, text=self._text(answer) if call.describer else None
        )
        line = replace(line, replaces=replaces, frozen=before is not None and before.frozen)
        return self._onward(line)

    def _onward(self, line: LockLine) -> LockLine:
        """The line of a target's last call with the approved picture that stays live, wherever in the chain it stood.

        A longer chain that is not finished must not lose it either.
        """
        last = self._before.delivered(line.target)
        is_further = last is not None and (line.slot == last.slot or line.stage > last.stage)
        if line.slot not in self._masters and not is_further:
            return line
        line = line.after(self._before.lines.get(line.slot))
        if last is None or last.slot == line.slot or line.review == "approved":
            return line
        live = last.standing(line.key)
        return replace(line, live=replace(live, replaces=None, live=None)) if live else line

    def _text(self, answer: Artifact) -> str | None:
        """A text that was bought. One that is damaged is set aside, and told by the build's second pass."""
        store = next((store for store in self._stores if store.objects.has(answer.digest)), self._stores[0])
        try:
            return store.read(answer).decode()
        except StoreError:
            return None

    def deliver(self, target: str, artifacts: tuple[Artifact, ...], *, draft: bool) -> None:
        """Put a target's finished pictures at its output paths with the next group."""
        self._waiting[target] = (artifacts, draft)

    def forget(self, calls: Collection[Slot]) -> None:
        """Drop lock lines that belong to none of the spec's calls any more. Their originals stay."""
        gone = [line for slot, line in self._lock.lines.items() if slot not in calls]
        if gone:
            self._lock = self._lock.without(line.slot for line in gone)
            self._write_lock(self._lock)
            self._tell_left_behind(gone)

    def _tell_left_behind(self, gone: Iterable[LockLine]) -> None:
        """Say which pictures were made anew under a name that another branch changed meanwhile."""
        left = {(line.digest, line.stage): line for line in self._lock.lines.values()}
        for line in gone:
            heir = left.get((line.replaces, line.stage)) if line.replaces else None
            if heir is not None and heir.take < line.take:
                message = f"'{line.target}' is gone, and with it a newer picture than '{heir.target}' has"
                hint = f"'imagebuild reroll {heir.target}' brings it there, at no cost where the store has it"
                self._listen(Notice(message, hint, heir.target))

    def flush(self, *, now: bool = False) -> None:
        """Write the group that has gathered, if it is time or ``now``."""
        began = time.monotonic()
        if not now and began < self._next:
            return
        if self._lines:
            self._lock = self.lock
            self._write_lock(self._lock)
            self._lines.clear()
        rows: dict[str, OutputState] = {}
        for target, (artifacts, draft) in self._waiting.items():
            try:
                rows.update(self._write(target, artifacts, draft))
            except ImageBuildError as error:
                self.failed.append((target, error))
        self._waiting.clear()
        self._state.set_outputs(rows)
        self._rows.update(rows)
        self._state.set_slots(self._slots)
        self._slots.clear()
        self._state.commit()
        taken = time.monotonic() - began
        self._next = began + taken + max(_INTERVAL, 10 * taken)

    def tell_foreign(self) -> None:
        """Say once which files were there before any build of this project wrote them, and are kept."""
        if self._foreign:
            shown = ", ".join(f"'{path}'" for path in self._foreign[:3])
            more = f" and {len(self._foreign) - 3} more" if len(self._foreign) > 3 else ""
            self._listen(Notice(f"kept as they were before, with other bytes: {shown}{more}", _OVERWRITE))

    def _write(self, target: str, artifacts: Sequence[Artifact], draft: bool) -> dict[str, OutputState]:
        """Bring a target's files up to date; the rows of those whose state is new."""
        rows: dict[str, OutputState] = {}
        for path, artifact in self._paths(target, artifacts):
            owner = self._owners.setdefault(path.casefold(), target)
            if owner != target:
                raise SpecError([_clash(owner, target, path)])
            reason, signature = self._inspect(path, artifact)
            if reason is not None and reason.code == "edited" and not self._overwrite:
                self.kept.append(path)
                if path in self._rows:
                    self._listen(Notice(f"'{path}' was changed by hand and is kept", _OVERWRITE, target))
                else:
                    self._foreign.append(path)
                continue
            if reason is not None:
                signature = self._replace(path, artifact)
                self.written.append(path)
                self._listen(OutputWritten(target, path, artifact.digest))
            self.delivered[path] = artifact.digest
            row = OutputState(target, artifact.digest, signature, draft)
            if self._rows.get(path) != row:
                rows[path] = row
        if not draft:  # a draft that had another ending or path lies there still, and stands for nothing any more
            old = (path for path in self._drafts.pop(target, ()) if path not in self.delivered)
            rows.update({path: replace(self._rows[path], draft=False) for path in old if path not in self.kept})
        return rows

    def _replace(self, path: str, artifact: Artifact) -> Signature:
        """Write one file. A damaged object is set aside before the error goes on, so that it counts as lost."""
        store = next((store for store in self._stores if store.objects.has(artifact.digest)), self._stores[0])
        try:
            return self._outputs.write(path, store.objects.path(artifact.digest), digest=artifact.digest)
        except DamagedSource:
            store.objects.get(artifact.digest)
            raise


def _clash(first: str, second: str, path: str) -> Problem:
    """Two targets whose paths are the same only now that the pictures' types and labels are known."""
    hint = "give one of them another 'output'"
    return Problem(f"'{path}' is the output of both '{first}' and '{second}'", hint=hint)

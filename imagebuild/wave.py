"""Sends paid calls that are ready as batches, and takes in what batches have done."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from imagebuild.action import request_of
from imagebuild.batching import Batching, BatchLine, BatchStatus
from imagebuild.errors import ForgottenError, ImageBuildError, NoImageError, ProviderError, RequestError, UsageError
from imagebuild.event import Event, Notice
from imagebuild.intake import Asked, keep_answer, keep_remains, secure_references
from imagebuild.judge import Judgement
from imagebuild.request import Result
from imagebuild.store import Batch, Intent, Outcome, Record, Store

__all__ = ["BatchView", "Sent", "Waves"]

_SETTLED = 120.0  # seconds after which a batch that was being sent and is not found was never made


class BatchView(Struct, frozen=True):
    """One batch as ``imagebuild batch`` shows it: what we noted, how many of its pictures have not come, what the
    service says (None when it was not asked), and why it could not say.
    """

    batch: Batch
    waiting: int
    status: BatchStatus | None = None
    error: ProviderError | None = None


class Sent(Struct):
    """What came of sending: how many pictures went into batches, and the calls that did not, with their errors."""

    pictures: int = 0
    failed: list[tuple[Judgement, ImageBuildError]] = field(default_factory=list)


class Waves(Struct):
    """The batches of a store.

    ``batching_of`` says how a provider takes batches, None where it does not, and ``address_of`` where it does;
    ``clock`` gives seconds since the epoch. ``failures`` holds, by key, the lines that failed since this was made, and
    ``collected`` what came of the others.
    """

    originals: Store
    batching_of: Callable[[str], Batching | None]
    address_of: Callable[[str], str] = lambda name: ""
    clock: Callable[[], float] = time.time
    failures: dict[str, ProviderError] = field(default_factory=dict)
    collected: list[Record] = field(default_factory=list)
    _known: dict[str, Batching | None] = field(default_factory=dict)

    def open(self) -> list[Batch]:
        """Batches from which something may come, oldest first."""
        return [batch for batch in self.originals.records.batches() if batch.state != "ended"]

    def send(self, judgements: Sequence[Judgement], tell: Callable[[Event], None]) -> Sent:
        """Send calls, all of them ready, in as few batches as their providers allow.

        Batch and lines are noted durably before anything is sent. What is in flight already is not sent again.
        """
        sent = Sent()
        by_provider: dict[str, list[Judgement]] = {}
        for judgement in judgements:
            by_provider.setdefault(judgement.action.plugin, []).append(judgement)
        for name, group in by_provider.items():
            batching = self.batching(name)
            lines: list[BatchLine] = []
            of_key = {judgement.identity.key: judgement for judgement in group}
            for key, judgement in of_key.items():
                assert judgement.identity.request is not None
                try:
                    why = batching.problem(judgement.identity.request) if batching else f"'{name}' takes no batches"
                    if why is not None:
                        raise RequestError(why, hint="build it without '--executor batch'")
                    lines.append(BatchLine(key, judgement.action.node.label, judgement.identity.request))
                except ImageBuildError as error:
                    sent.failed.append((judgement, error))
            if batching and lines:
                for part in batching.groups(lines):
                    self._send(name, batching, part, of_key, sent, tell)
        return sent

    def _send(
        self,
        name: str,
        batching: Batching,
        lines: Sequence[BatchLine],
        of_key: Mapping[str, Judgement],
        sent: Sent,
        tell: Callable[[Event], None],
    ) -> None:
        records, token, now = self.originals.records, secrets.token_hex(16), self.clock()
        with self.originals.claim(token):
            for line in lines:
                secure_references(self.originals, line.request)
            address = self.address_of(name)
            batch = Batch(token, name, now, address=address)
            fresh = records.begin_batch(
                batch,
                [
                    Intent(
                        line.key,
                        name,
                        of_key[line.key].action.node.target,
                        now,
                        dict(parts),
                        batch=token,
                        address=address,
                    )
                    for line in lines
                    if (parts := of_key[line.key].identity.parts)
                ],
            )
            lines = [line for line in lines if line.key in fresh]
            if not lines:
                records.put_batch(replace(batch, state="ended"))
                return
            try:
                batch_id = batching.submit(token, lines)
            except ProviderError as error:
                if not error.billed:
                    self._end(batch)
                    sent.failed += [(of_key[line.key], error) for line in lines]
                    return
                sent.pictures += len(lines)
                tell(Notice(f"it is not known whether a batch of {_pictures(len(lines))} was made: {error.message}"))
                return
            records.put_batch(replace(batch, batch_id=batch_id, state="open"))
            sent.pictures += len(lines)
            tell(Notice(f"{_pictures(len(lines))} sent to '{name}' as {batch_id}"))

    def collect(self, tell: Callable[[Event], None]) -> None:
        """Take in all that finished batches have. What cannot be asked for now is asked for by the next build."""
        for noted in self.open():
            with self.originals.claim(noted.token):
                batch = next((each for each in self.open() if each.token == noted.token), None)
                if batch is None:
                    continue
                try:
                    self._collect(batch, tell)
                except ForgottenError as error:
                    lost = self._end(batch, "maybe_paid")
                    tell(Notice(f"{_name(batch)} is lost, and {_pictures(lost)} with it: {error.message}"))
                except ProviderError as error:
                    tell(Notice(f"{_name(batch)} could not be asked for: {error.message}", error.hint))

    def _collect(self, batch: Batch, tell: Callable[[Event], None]) -> None:
        batching = self.batching(batch.provider)
        if batching is not None and self.address_of(batch.provider) != batch.address:
            why = f"{_name(batch)} can be collected at {batch.address}, which is not asked now"
            tell(Notice(why, "set up the provider as it was, or give the batch up with 'imagebuild build --give-up'"))
            return
        if batching is None:
            tell(Notice(f"{_name(batch)} cannot be asked for: '{batch.provider}' takes no batches as it is set up"))
            return
        if batch.batch_id is None:
            found = batching.find(batch.token)
            if found is None:
                self._never_sent(batch, tell)
                return
            batch = replace(batch, batch_id=found, state="open")
            self.originals.records.put_batch(batch)
        assert batch.batch_id is not None
        status = batching.status(batch.batch_id)
        if status.is_final:
            came, failed = self._take_in(batch, batch.batch_id, batching)
            if status.state == "failed":
                failed += self._fail_rest(batch, status)
            not_run = self._end(batch)
            others = f", {failed} failed" * bool(failed) + f", {not_run} did not run" * bool(not_run)
            said = f" ({status.message})" if status.message else ""
            tell(Notice(f"{_name(batch)} is {status.state}{said}: {_pictures(came)} collected{others}"))

    def give_up(self, keys: Collection[str], tell: Callable[[Event], None]) -> None:
        """Book lines of batches that are at an address which is not asked now as maybe paid."""
        records = self.originals.records
        for batch in self.open():
            lines = records.batch_intents(batch.token) if self.address_of(batch.provider) != batch.address else []
            lost = [intent for intent in lines if intent.key in keys]
            for intent in lost:
                records.settle(intent.key, "maybe_paid", started=intent.started)
            if lost:
                many = _pictures(len(lost))
                tell(Notice(f"{many} of {_name(batch)} at {batch.address} given up; what they cost may have been paid"))
                if len(lost) == len(lines):
                    self._end(batch)

    def _never_sent(self, batch: Batch, tell: Callable[[Event], None]) -> None:
        if self.clock() - batch.created < _SETTLED:
            tell(Notice("a batch was being sent when a build ended; the service does not show it yet"))
        else:
            tell(
                Notice(f"a batch of {_pictures(self._end(batch))} was not sent before a build ended; nothing was paid")
            )

    def _take_in(self, batch: Batch, batch_id: str, batching: Batching) -> tuple[int, int]:
        """Keep what has come, line by line, each durable before the next is read; how many pictures and failures."""
        records = self.originals.records
        lines = {intent.key: intent for intent in records.batch_intents(batch.token)}
        requests = {key: request_of(intent.request) for key, intent in lines.items()}
        came = failed = 0
        for key, answer in batching.results(batch_id, requests):
            intent = lines.pop(key, None)
            if intent is None:
                continue
            try:
                if isinstance(answer, ProviderError):
                    raise answer
                self._keep(intent, answer)
                came += 1
            except ProviderError as error:
                failed += 1
                keep_remains(self.originals, key, error)
                records.settle(key, "maybe_paid" if error.billed else "failed_unbilled", started=intent.started)
                self.failures[key] = error
        return came, failed

    def _keep(self, intent: Intent, answer: Result) -> None:
        if not isinstance(answer, Result):
            raise NoImageError(f"provider '{intent.provider}' returned the wrong thing", billed=True)
        # One that differs from what was asked is kept with its faults, which the judge finds in the record.
        asked = Asked(intent.key, intent.request, None, intent.started)
        self.collected.append(keep_answer(self.originals, asked, answer))

    def _fail_rest(self, batch: Batch, status: BatchStatus) -> int:
        """The service did not take the batch: to send the same once more would only fail again."""
        left = self.originals.records.batch_intents(batch.token)
        for intent in left:
            said = f": {status.message}" if status.message else ""
            self.failures[intent.key] = RequestError(f"the service did not take {_name(batch)}{said}")
            self.originals.records.settle(intent.key, "failed_unbilled", started=intent.started)
        return len(left)

    def _end(self, batch: Batch, outcome: Outcome = "failed_unbilled") -> int:
        """Nothing more comes of a batch; how many of its lines nothing came of."""
        records = self.originals.records
        left = records.batch_intents(batch.token)
        for intent in left:
            records.settle(intent.key, outcome, started=intent.started)
        records.put_batch(replace(batch, state="ended"))
        return len(left)

    def batching(self, name: str) -> Batching | None:
        """How a provider takes batches; the same object every time."""
        if name not in self._known:
            self._known[name] = self.batching_of(name)
        return self._known[name]

    def views(self, *, online: bool = True) -> list[BatchView]:
        """Every open batch, and what its service says to it."""
        found = []
        for batch in self.open():
            waiting = len(self.originals.records.batch_intents(batch.token))
            asked = online and batch.batch_id and self.address_of(batch.provider) == batch.address
            batching = self.batching(batch.provider) if asked else None
            try:
                status = batching.status(batch.batch_id) if batching and batch.batch_id else None
                found.append(BatchView(batch, waiting, status))
            except ProviderError as error:
                found.append(BatchView(batch, waiting, error=error))
        return found

    def cancel(self, name: str) -> BatchView:
        """Ask the service to give a batch up, by its id or the beginning of it. Raises ``UsageError``."""
        known = [batch.batch_id for batch in self.open() if batch.batch_id]
        named = [batch for batch in self.open() if name and batch.batch_id and batch.batch_id.startswith(name)]
        if len(named) != 1 or named[0].batch_id is None:
            wrong = f"'{name}' is the beginning of {len(named)} batches" if named else f"'{name}' is no open batch"
            raise UsageError(wrong, hint=f"open batches: {', '.join(known) or 'none'}")
        batching = self.batching(named[0].provider)
        if self.address_of(named[0].provider) != named[0].address:
            raise UsageError(f"{_name(named[0])} was sent to {named[0].address}, which is not what is set now")
        if batching is None:
            raise UsageError(f"'{named[0].provider}' takes no batches as it is set up")
        status = batching.cancel(named[0].batch_id)
        return BatchView(named[0], len(self.originals.records.batch_intents(named[0].token)), status)


def _name(batch: Batch) -> str:
    return f"batch {batch.batch_id}" if batch.batch_id else "a batch that was being sent"


def _pictures(count: int) -> str:
    return "a picture" if count == 1 else f"{count} pictures"

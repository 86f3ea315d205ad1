"""Batches: many requests in one file, done within a day at half the price. Sent, found again, read and given up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from imagebuild import Batching, BatchLine, BatchStatus, Request, Result
from imagebuild.errors import ForgottenError, ProviderError, UnavailableError
from imagebuild_openai.batch_file import group_lines, kind_of, line_of, problem_of
from imagebuild_openai.batch_reply import entries, id_of
from imagebuild_openai.batch_result import read_line
from imagebuild_openai.batch_status import status_of
from imagebuild_openai.batch_stream import open_file, read_lines
from imagebuild_openai.batch_upload import (
    RESULTS_KEPT,
    TOKEN,
    create_batch,
    digest_of,
    remove_uploads,
    upload_input,
    upload_references,
)
from imagebuild_openai.check import reference_problems
from imagebuild_openai.client import Connection
from imagebuild_openai.fault import mapped, sdk_errors
from imagebuild_openai.model import Catalog
from imagebuild_openai.settings import Settings

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types import Batch

__all__ = ["OpenAIBatching"]

_PAGE = 100
_MOST_PAGES = 20
_MOST_AGE = 3 * 24 * 3600
_LOOKS = 4


class OpenAIBatching(Batching):
    """Batches of a service that has them. One object remembers the uploads of a batch that it has to send again."""

    def __init__(self, settings: Settings, catalog: Catalog, connection: Connection) -> None:
        self._settings = settings
        self._catalog = catalog
        self._connection = connection
        self._uploaded: dict[str, dict[str, str]] = {}

    def problem(self, request: Request) -> str | None:
        """Why a request cannot go into a batch: the service, the model, or an answer that it would go on from."""
        why = problem_of(request, self._settings.profile, self._catalog)
        if why is None and all(reference.load for reference in request.references):
            why = next((problem.message for problem in reference_problems(request)), None)
        return why

    def groups(self, lines: Sequence[BatchLine]) -> Sequence[Sequence[BatchLine]]:
        """One endpoint and one model to a batch, 50,000 lines and 200 MB at most."""
        return group_lines(lines, self._settings)

    def submit(self, token: str, lines: Sequence[BatchLine]) -> str:
        """Upload the references and the file of lines, and make the batch.

        When it is not known whether the service has made it, it is looked for; when it does not show itself within a
        while, the error is ``billed`` and not ``retryable``, and :meth:`find` may tell later. After any other error
        nothing was bought, and the uploads are removed; references are kept for the next try where the error is
        ``retryable``.
        """
        references = [reference for line in lines for reference in line.request.references]
        known = self._uploaded.setdefault(token, {})
        input_file: str | None = None
        try:
            with self._faults():
                upload_references(self._client, token, references, known)
                written = (line_of(line, self._settings, lambda picture: known[digest_of(picture)]) for line in lines)
                input_file = upload_input(self._client, token, written)
            batch_id = self._create(token, kind_of(lines[0].request)[0], input_file)
        except ProviderError as error:
            if not error.billed and (known or input_file):
                self._take_back(token, input_file, keep_references=error.retryable)
            raise
        self._uploaded.pop(token, None)
        return batch_id

    def find(self, token: str) -> str | None:
        """Look through the batches of the last three days, newest first."""
        oldest = self._connection.now() - _MOST_AGE
        with self._faults():
            for batches in entries(lambda: self._client.batches.list(limit=_PAGE), _MOST_PAGES):
                for batch in batches:
                    if (batch.metadata or {}).get(TOKEN) == token:
                        return id_of(batch)
                if all((batch.created_at or oldest) < oldest for batch in batches):
                    break
        return None

    def status(self, batch_id: str) -> BatchStatus:
        """How the batch stands; of one whose file was refused, which lines and why."""
        return self._status_of(self._retrieve(batch_id))

    def results(self, batch_id: str, requests: Mapping[str, Request]) -> Iterator[tuple[str, Result | ProviderError]]:
        """Read the output file and the error file, a line at a time.

        Lines that did not run before the batch expired or was cancelled are left out, as are ids that are not among
        ``requests`` and the second line of one id. A line that is damaged is a ``NoImageError`` where its id can still
        be read. Once all is read of a final batch, what was uploaded for it is removed.

        Raises ``ForgottenError`` when the service has deleted the results, and ``UnavailableError`` when they hold
        fewer lines than it has done: those that are missing were paid for, and must not pass for lines that never ran.
        """
        batch, seen, count = self._retrieve(batch_id), set[str](), 0
        for file_id in (batch.output_file_id, batch.error_file_id):
            for line in self._lines(batch_id, file_id) if file_id else ():
                count += 1
                outcome = read_line(
                    line,
                    requests,
                    settings=self._settings,
                    catalog=self._catalog,
                    secrets=self._connection.secrets,
                )
                if outcome is None or outcome[0] in seen:
                    continue
                key, result = outcome
                seen.add(key)
                if result is not None:
                    yield key, result
        self._finish(batch, count)

    def cancel(self, batch_id: str) -> BatchStatus:
        """Ask that the batch be given up; one that has ended stays as it is."""
        try:
            with self._faults(batch_id):
                batch = self._client.batches.cancel(batch_id)
                id_of(batch)
                return self._status_of(batch)
        except ForgottenError:
            raise
        except ProviderError as error:
            with suppress(ProviderError):
                status = self.status(batch_id)
                if status.is_final:
                    return status
            raise error

    @property
    def _client(self) -> OpenAI:
        return self._connection.client

    @contextmanager
    def _faults(self, batch_id: str | None = None) -> Iterator[None]:
        """Errors of calls that cost nothing, as ours; what is not found of a batch is forgotten."""
        try:
            yield
        except sdk_errors() as error:
            raise self._error(error, batch_id) from None  # the SDK's error holds the request, and so the key

    def _error(self, error: Exception, batch_id: str | None) -> ProviderError:
        told = mapped(error, catalog=self._catalog, secrets=self._connection.secrets, paid=False)
        if batch_id is None or getattr(error, "status_code", None) != 404:
            return told
        return ForgottenError(
            f"the service does not know batch '{batch_id}', or no longer has its results", request_id=told.request_id
        )

    def _create(self, token: str, endpoint: str, input_file: str) -> str:
        try:
            return create_batch(self._client, token, endpoint, input_file)
        except sdk_errors() as error:
            told = mapped(error, catalog=self._catalog, secrets=self._connection.secrets, paid=True)
            status = getattr(error, "status_code", 0)
            if not (told.billed or status >= 500 or status == 408):
                raise told from None  # as in _faults
        if found := self._look_for(token):
            return found
        raise UnavailableError(
            f"it is not known whether the service made the batch: {told.message}",
            hint="the next build looks for it at the service before anything is sent again",
            request_id=told.request_id,
            billed=True,
            retryable=False,
        )

    def _look_for(self, token: str) -> str | None:
        """Find a batch that may be on its way: to send it once more in that moment would be to pay for it twice."""
        for number in range(_LOOKS):
            self._connection.sleep(self._settings.poll * 2**number)
            with suppress(ProviderError):
                if found := self.find(token):
                    return found
        return None

    def _take_back(self, token: str, input_file: str | None, *, keep_references: bool) -> None:
        """Remove the uploads of a batch that was not made."""
        import openai

        if not keep_references:
            self._uploaded.pop(token, None)
            remove_uploads(self._client, token, input_file, self._connection.now())
        elif input_file:
            with suppress(openai.OpenAIError):
                self._client.files.delete(input_file)

    def _retrieve(self, batch_id: str) -> Batch:
        with self._faults(batch_id):
            batch = self._client.batches.retrieve(batch_id)
            id_of(batch)
            return batch

    def _finish(self, batch: Batch, count: int) -> None:
        """Remove the uploads of a batch that is over and whose results, ``count`` lines, are all there."""
        status, made = self._status_of(batch), batch.created_at or self._connection.now()
        if not status.is_final:
            return
        if count < status.done:
            told = f"the service has done {status.done} lines of batch '{status.id}', and its results hold {count}"
            raise ForgottenError(told) if made < self._connection.now() - RESULTS_KEPT else UnavailableError(told)
        token = (batch.metadata or {}).get(TOKEN)
        if token:
            remove_uploads(self._client, token, batch.input_file_id, made)

    def _status_of(self, batch: Batch) -> BatchStatus:
        return status_of(batch, self._connection.secrets)

    def _lines(self, batch_id: str, file_id: str) -> Iterator[bytes]:
        import httpx2
        import openai

        broken = (httpx2.HTTPError, openai.APIConnectionError)
        try:
            yield from read_lines(lambda offset: open_file(self._client, file_id, offset), broken)
        except sdk_errors() as error:
            raise self._error(error, batch_id) from None  # as in _faults

"""``/v1/batches``: lines that run the same work as live calls, told as time passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from imagebuild_devserver.batch import STEPS, Batch, Line
from imagebuild_devserver.conversations import page
from imagebuild_devserver.encoding import Tree, encode
from imagebuild_devserver.fault import Fault, Occasion, split_prompt
from imagebuild_devserver.images import Images
from imagebuild_devserver.ledger import Entry
from imagebuild_devserver.lines import prompt_of, read_lines
from imagebuild_devserver.refusal import Refusal, invalid, not_found
from imagebuild_devserver.reply import Answer, Call, json_reply
from imagebuild_devserver.responses import Responses, body_of
from imagebuild_devserver.service import Service, refusal_of

__all__ = ["Batches"]

ENDPOINTS = ("/v1/responses", "/v1/images/generations", "/v1/images/edits")
_EXPIRED = {
    "code": "batch_expired",
    "message": "This request could not be executed before the completion window expired.",
}


class Batches:
    """All batches of a server. Nothing runs by itself: who looks at a batch finishes what is due by then."""

    def __init__(self, service: Service, responses: Responses, images: Images) -> None:
        self._service = service
        self._responses = responses
        self._images = images
        self._all: dict[str, Batch] = {}

    def create(self, call: Call) -> Answer:
        """POST /v1/batches."""
        body = body_of(call)
        endpoint = str(body.get("endpoint"))
        if endpoint not in ENDPOINTS:
            raise invalid("endpoint", f"Invalid value: '{endpoint}'. Supported values are: {', '.join(ENDPOINTS)}.")
        if body.get("completion_window") != "24h":
            raise invalid("completion_window", "Invalid value. Supported values are: '24h'.")
        stored = self._service.file(body.get("input_file_id"), "input_file_id")
        if stored.purpose != "batch":
            raise invalid("input_file_id", f"The file has purpose '{stored.purpose}', expected 'batch'.")

        def work(fault: Fault | None) -> Answer:
            lines, problems = read_lines(stored.data, endpoint, self._service.models)
            if fault and fault.kind == "batch_failed":
                code, message = fault.code or "invalid_request", fault.message or "The batch could not be validated."
                problems = [{"code": code, "line": None, "message": message, "param": None}]
            made = Batch(
                id=self._service.new_id("batch"),
                endpoint=endpoint,
                input_file=stored.id,
                metadata=body.get("metadata") or {},
                made=self._service.clock(),
                seconds=self._service.batch_seconds,
                lines=lines,
                problems=problems,
                fault=fault,
                root=call.root,
            )
            self._all[made.id] = made
            return json_reply(made.shown("validating"))

        text = stored.data.decode("utf-8", "replace")
        return self._service.perform(Occasion("batches", call.path, text), "", call.root, work)

    def list(self, call: Call) -> Answer:
        """GET /v1/batches; newest first."""
        return json_reply(page([self._look(batch) for batch in [*self._all.values()][::-1]], call.query))

    def retrieve(self, name: str) -> Answer:
        """GET /v1/batches/{id}."""
        return json_reply(self._look(self._find(name)))

    def cancel(self, name: str) -> Answer:
        """POST /v1/batches/{id}/cancel: what is finished is kept."""
        batch = self._find(name)
        with batch.lock:
            shown = self._look(batch)
            if shown["status"] not in STEPS:
                raise Refusal(409, f"Cannot cancel a batch with status '{shown['status']}'.", None)
            batch.cancelled = self._service.clock()
            return json_reply(batch.shown("cancelling"))

    def settle(self) -> None:
        """Finish in all batches what is due."""
        for batch in list(self._all.values()):
            self._look(batch)

    def _find(self, name: str) -> Batch:
        found = self._all.get(name)
        if found is None:
            raise not_found(f"No batch found with id '{name}'.")
        return found

    def _look(self, batch: Batch) -> dict[str, Tree]:
        """The batch as it is now."""
        with batch.lock:
            if batch.ended:
                return batch.shown(batch.ended)
            now = self._service.clock()
            status = "cancelled" if batch.cancelled else batch.step(now)
            if status != "validating" and batch.problems:
                status = "failed"
            if status not in ("failed", "cancelled", "validating"):
                self._run(batch, batch.due(now))
            if status not in STEPS:
                batch.ended, batch.ended_at = status, now
                if status != "failed":
                    self._write(batch)
            return batch.shown(status)

    def _run(self, batch: Batch, due: int) -> None:
        """Do the lines that are due and not done."""
        for line in batch.lines[batch.done : due]:
            broken = batch.fault and batch.fault.kind == "batch_partial" and batch.done % 2
            answer = None if broken else self._do(batch, line)
            if answer is None:
                answer = 500, {"error": refusal_of(Fault("status", status=500)).error()}
            batch.take(line, *answer, request=self._service.new_id("req"))

    def _do(self, batch: Batch, line: Line) -> tuple[int, Tree]:
        """One line: its status and body. A line that the service does is billed."""
        prompt = prompt_of(line.body)
        drawn, asked = split_prompt(prompt)
        name = batch.endpoint.removeprefix("/v1/")
        occasion = Occasion(name, batch.endpoint, prompt, goes_on="previous_response_id" in line.body, batch=True)
        fault = self._service.faults.take(occasion, asked)
        if fault and fault.kind in ("status", "moderation", "batch_line_error"):
            told = Fault("status", status=400, code=fault.code, message=fault.message)
            refusal = refusal_of(told if fault.kind == "batch_line_error" and not fault.status else fault)
            return refusal.status, {"error": refusal.error()}
        try:
            body, model, count, response = self._answer(name, line.body, fault, batch.root)
        except Refusal as refusal:
            return refusal.status, {"error": refusal.error()}
        entry = Entry(0, "batches", model, drawn, count, response, batch.id, line.custom_id)
        self._service.bill(entry, fault)
        return 200, body

    def _answer(
        self, name: str, body: Mapping[str, Tree], fault: Fault | None, root: str
    ) -> tuple[Tree, str, int, str | None]:
        if body.get("stream"):
            raise invalid("stream", "Streaming is not supported in batches.")
        if name == "responses":
            answer, record = self._responses.line(body, fault)
            return answer, record.model, record.count, record.id
        answer, wish = self._images.line(body, name == "images/edits", fault, root)
        data = answer["data"]
        return answer, wish.model, len(data) if isinstance(data, Sequence) else 1, None

    def _write(self, batch: Batch) -> None:
        """The files of a batch that is over."""
        errors = list(batch.errors)
        if batch.ended == "expired":
            for line in batch.lines[batch.done :]:
                told = {"id": f"batch_req_{line.custom_id}", "custom_id": line.custom_id, "response": None}
                errors.append(encode({**told, "error": _EXPIRED}))
        for field, rows in (("output_file", batch.output), ("error_file", errors)):
            if rows:
                data = b"\n".join(rows) + b"\n"
                stored = self._service.store_file(f"{batch.id}_{field}.jsonl", "batch_output", data)
                setattr(batch, field, stored.id)

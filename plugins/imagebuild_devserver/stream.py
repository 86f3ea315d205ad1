"""A response told as events, from any number on; the pictures come when they are due."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from imagebuild_devserver.encoding import Tree
from imagebuild_devserver.fault import Fault
from imagebuild_devserver.outcome import describe, picture_item
from imagebuild_devserver.record import Record
from imagebuild_devserver.reply import event
from imagebuild_devserver.service import Service

__all__ = ["StreamOfResponse"]

_CALL = "response.image_generation_call"
_NO_CALL = ("text_only", "refusal", "no_output")


class StreamOfResponse(Struct):
    """The events after number ``start``. ``look`` finishes what is due, ``bill`` enters the call once;
    ``live`` says that this is the stream of the call itself and no look back, so that the call's own fault breaks it.

    A stream that nobody reads to its end is billed all the same: the work goes on without a listener.
    """

    service: Service
    record: Record
    look: Callable[[Record], dict[str, Tree]]
    bill: Callable[[Record], None]
    start: int = -1
    fault: Fault | None = None
    live: bool = True

    def __iter__(self) -> Iterator[bytes]:
        kind = self.fault.kind if self.fault else self._own_kind() if self.live else ""
        try:
            for number, told in enumerate(self._told()):
                name = str(told["type"])
                if name in ("response.completed", "response.failed", "response.incomplete"):
                    last = self._in_place_of_the_last(kind, number)
                    if last is not None:
                        yield from last
                        return
                if number > self.start:
                    yield event({**told, "sequence_number": number})
        finally:
            self.bill(self.record)

    def _own_kind(self) -> str:
        return self.record.fault.kind if self.record.fault else ""

    def _in_place_of_the_last(self, kind: str, number: int) -> list[bytes] | None:
        fault = self.fault or self.record.fault
        message = (fault and fault.message) or "An error occurred while processing your request."
        code = (fault and fault.code) or "server_error"
        if kind == "stream_cut":
            return []
        if kind == "stream_error":
            flat = {"type": "error", "code": code, "message": message, "param": None, "sequence_number": number}
            return [event(flat)]
        if kind == "stream_error_payload":
            error = {"type": "server_error", "code": code, "message": message, "param": None}
            return [event({"error": error})]
        return None

    def _told(self) -> Iterator[dict[str, Tree]]:
        record = self.record
        yield {"type": "response.created", "response": describe(record, _first(record))}
        if record.background:
            yield {"type": "response.queued", "response": describe(record, "queued")}
        yield {"type": "response.in_progress", "response": describe(record, "in_progress")}
        if record.asked["tools"] and self._own_kind() not in _NO_CALL:
            yield from self._opening()
        self.service.wait(record.ready - self.service.clock())
        done = self.look(record)
        self.bill(record)
        output = done["output"]
        assert isinstance(output, Sequence)
        for index, item in enumerate(output):
            assert isinstance(item, Mapping)
            yield from self._item(index, item)
        yield {"type": f"response.{_last(str(done['status']))}", "response": done}

    def _opening(self) -> Iterator[dict[str, Tree]]:
        """The call of the tool up to its last partial picture."""
        record = self.record
        yield {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": picture_item(record, "in_progress"),
        }
        where: dict[str, Tree] = {"item_id": record.item_id, "output_index": 0}
        yield {"type": f"{_CALL}.in_progress", **where}
        yield {"type": f"{_CALL}.generating", **where}
        options = record.wish.options
        for index in range(options.partials):
            due = record.made + (record.ready - record.made) * (index + 1) / (options.partials + 1)
            self.service.wait(due - self.service.clock())
            yield {
                "type": f"{_CALL}.partial_image",
                **where,
                "partial_image_index": index,
                "partial_image_b64": self.service.studio.draw(record.wish, record.takes[0], None, index),
                "background": options.background,
                "output_format": options.output_format,
                "quality": options.quality,
                "size": options.size,
            }

    def _item(self, index: int, item: Mapping[str, Tree]) -> Iterator[dict[str, Tree]]:
        if item["type"] == "image_generation_call":
            if index:
                yield {"type": "response.output_item.added", "output_index": index, "item": {**item, "result": None}}
            if item["status"] == "completed":
                yield {"type": f"{_CALL}.completed", "item_id": item["id"], "output_index": index}
        else:
            yield {"type": "response.output_item.added", "output_index": index, "item": {**item, "content": []}}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _first(record: Record) -> str:
    return "queued" if record.background else "in_progress"


def _last(status: str) -> str:
    return {"completed": "completed", "incomplete": "incomplete"}.get(status, "failed")

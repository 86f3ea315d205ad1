"""``/v1/responses``: accept, finish, look up, cancel, delete."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import cast

from imagebuild_devserver.conversations import Conversations
from imagebuild_devserver.encoding import Base64, Tree
from imagebuild_devserver.fault import Fault, Occasion, split_prompt
from imagebuild_devserver.ledger import Entry
from imagebuild_devserver.model import Facts
from imagebuild_devserver.order import read_order
from imagebuild_devserver.outcome import describe, finish
from imagebuild_devserver.reading import Heard, listen, tool_of
from imagebuild_devserver.record import Conversation, Record
from imagebuild_devserver.refusal import Refusal, invalid, not_found
from imagebuild_devserver.reply import Answer, Call, Stream, json_reply
from imagebuild_devserver.service import Service
from imagebuild_devserver.stream import StreamOfResponse

__all__ = ["Responses"]

_KEPT_FOR_POLLING = 600.0


class Responses:
    """All responses of a server."""

    def __init__(self, service: Service, conversations: Conversations) -> None:
        self._service = service
        self._conversations = conversations
        self._lock = threading.Lock()
        self._records: dict[str, Record] = {}
        self._items: dict[str, str] = {}
        conversations.settle = lambda record: self.look(record)["status"] in ("queued", "in_progress")

    def create(self, call: Call) -> Answer:
        """POST /v1/responses."""
        body = body_of(call)
        tool = tool_of(body, self._service.lenient)
        heard = listen(self._service, body, self._picture_of_item)
        drawn, asked = split_prompt(heard.prompt)
        occasion = Occasion(
            "responses",
            call.path,
            heard.prompt,
            stream=bool(body.get("stream")),
            goes_on=bool(body.get("previous_response_id")),
            conversation=bool(body.get("conversation")),
            describes=tool is None and bool(heard.pictures),
        )
        return self._service.perform(
            occasion, asked, call.root, lambda fault: self._answer(self.accept(body, tool, heard, drawn, fault))
        )

    def _answer(self, record: Record) -> Answer:
        headers = self._service.limit.headers()
        if record.asked.get("stream"):
            return Stream(iter(StreamOfResponse(self._service, record, self.look, self._bill)), headers)
        if record.background:
            reply = json_reply(describe(record, "queued"))
        else:
            self._service.wait(record.ready - self._service.clock())
            reply = json_reply(self.look(record))
            self._bill(record)
        return type(reply)(reply.status, reply.body, reply.type, headers)

    def line(self, body: Mapping[str, Tree], fault: Fault | None) -> tuple[dict[str, Tree], Record]:
        """A line of a batch, done at once and billed by the batch."""
        tool = tool_of(body, self._service.lenient)
        heard = listen(self._service, body, self._picture_of_item)
        record = self.accept(body, tool, heard, split_prompt(heard.prompt)[0], fault, batch=True)
        record.billed = True
        return self.look(record), record

    def accept(
        self,
        body: Mapping[str, Tree],
        tool: Mapping[str, Tree] | None,
        heard: Heard,
        drawn: str,
        fault: Fault | None,
        *,
        batch: bool = False,
    ) -> Record:
        """Check a request whole; what it asks for then exists, and a background one is billed."""
        service = self._service
        service.models.facts(body.get("model"), "text")
        conversation = self._conversation(body, fault)
        before = self._before(body, conversation, fault)
        wish, action = read_order(service, body, tool, heard, drawn, before)
        if not batch:
            service.limit.enter()
        now, is_background = service.clock(), bool(body.get("background"))
        if tool is None and not wish.inputs:
            fault = Fault("text_only")
        record = Record(
            id=service.new_id("resp"),
            item_id=service.new_id("ig"),
            wish=wish,
            action=action,
            asked={**body, "tools": [{"type": "image_generation", "model": wish.model, **tool}] if tool else []},
            items=heard.items,
            takes=service.studio.takes(wish, 2 if fault and fault.kind == "two_images" else 1),
            made=now,
            ready=now if batch else now + service.seconds_for(fault),
            fault=fault,
            background=is_background,
            stored=body.get("store") is not False,
            conversation=conversation,
        )
        with self._lock:
            if record.stored or is_background:
                self._records[record.id] = record
                self._items[record.item_id] = record.id
        if conversation:
            conversation.pending.append(record)
        if is_background and not batch:
            self._bill(record)
        return record

    def _conversation(self, body: Mapping[str, Tree], fault: Fault | None) -> Conversation | None:
        given = body.get("conversation")
        if not given:
            return None
        if body.get("previous_response_id"):
            message = "'conversation' and 'previous_response_id' cannot be used together."
            raise invalid("conversation", message, "mutually_exclusive_parameters")
        if fault and fault.kind == "conversation_refused":
            raise conversation_refusal(fault)
        return self._conversations.find(given.get("id") if isinstance(given, Mapping) else given)

    def _before(
        self, body: Mapping[str, Tree], conversation: Conversation | None, fault: Fault | None
    ) -> Base64 | None:
        """The picture that stands before this request."""
        name = body.get("previous_response_id")
        if conversation:
            self._conversations.gather(conversation)
            return conversation.picture
        if not name:
            return None
        record = self._records.get(str(name))
        if record is None or not record.stored or (fault and fault.kind == "forgotten"):
            message = f"Previous response with id '{name}' not found."
            raise Refusal(400, message, "previous_response_not_found", param="previous_response_id")
        if self.look(record)["status"] in ("queued", "in_progress"):
            raise invalid("previous_response_id", f"Previous response '{name}' is not completed.")
        return record.picture

    def _picture_of_item(self, item_id: str, place: str) -> bytes:
        record = self._records.get(self._items.get(item_id, ""))
        if record is None or not record.stored or self.look(record)["status"] != "completed" or not record.picture:
            raise not_found(f"Item with id '{item_id}' not found.", None, place)
        return record.picture.data

    def _bill(self, record: Record) -> None:
        with record.lock:
            if record.billed:
                return
            record.billed = True
        if record.asked["tools"] or record.describes:
            entry = Entry(0, "responses", record.model, record.wish.prompt, record.count, record.id)
            self._service.bill(entry, record.fault)

    def look(self, record: Record) -> dict[str, Tree]:
        """The response as it is now; finishes it when it is due."""
        with record.lock:
            if record.cancelled:
                return describe(record, "cancelled")
            if record.done is None:
                now = self._service.clock()
                if now < record.ready:
                    return describe(record, "queued" if record.background and now <= record.made else "in_progress")
                facts = self._service.models.facts(record.model, "image") if record.asked["tools"] else Facts()
                record.done = finish(record, self._service.studio, facts)
                self._conversations.join(record)
            return record.done

    def retrieve(self, call: Call, name: str) -> Answer:
        """GET /v1/responses/{id}."""
        record = self._records.get(name)
        occasion = Occasion(
            "responses/retrieve",
            call.path,
            record.wish.prompt if record else "",
            stream=call.query.get("stream") == "true",
        )

        def work(fault: Fault | None) -> Answer:
            found = self._find(name, fault)
            if fault and fault.kind == "slow":
                self._service.wait(fault.after)
            if not occasion.stream:
                return json_reply(self.look(found))
            after = call.query.get("starting_after", "")
            start = int(after) if after.isdigit() else -1
            return Stream(iter(StreamOfResponse(self._service, found, self.look, self._bill, start, fault, live=False)))

        return self._service.perform(occasion, "", call.root, work)

    def _find(self, name: str, fault: Fault | None = None) -> Record:
        record = self._records.get(name)
        gone = record is None or (fault is not None and fault.kind == "forgotten")
        if record and not record.stored:
            gone = gone or not record.background or self._service.clock() > record.ready + _KEPT_FOR_POLLING
        if record is None or gone:
            raise not_found(f"Response with id '{name}' not found.")
        return record

    def cancel(self, name: str) -> Answer:
        """POST /v1/responses/{id}/cancel."""
        record = self._find(name)
        if not record.background:
            raise invalid(None, "Only responses created with background=true can be cancelled.", None)
        with record.lock:
            if self.look(record)["status"] in ("queued", "in_progress"):
                record.cancelled = True
            return json_reply(self.look(record))

    def delete(self, name: str) -> Answer:
        """DELETE /v1/responses/{id}."""
        record = self._find(name)
        with self._lock:
            self._records.pop(record.id, None)
        return json_reply({"id": name, "object": "response", "deleted": True})


def body_of(call: Call) -> Mapping[str, Tree]:
    """The body, which must be a JSON object."""
    if not isinstance(call.body, Mapping):
        raise Refusal(400, "We could not parse the JSON body of your request.")
    return cast("Mapping[str, Tree]", call.body)


def conversation_refusal(fault: Fault) -> Refusal:
    """What a service says that keeps no conversations."""
    message = fault.message or "Conversations are not available: param 'conversation' needs stored data."
    return Refusal(fault.status or 400, message, fault.code, param="conversation")

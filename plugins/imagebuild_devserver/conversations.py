"""``/v1/conversations``: what was said and drawn, kept by id."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from imagebuild_devserver.encoding import Tree
from imagebuild_devserver.fault import Fault, Occasion
from imagebuild_devserver.record import Conversation, Record
from imagebuild_devserver.refusal import Refusal, not_found
from imagebuild_devserver.reply import Answer, Call, json_reply
from imagebuild_devserver.service import Service

__all__ = ["Conversations", "page"]


class Conversations:
    """All conversations of a server. ``settle`` finishes a response that is due and says whether it is still open."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._all: dict[str, Conversation] = {}
        self.settle: Callable[[Record], bool] = lambda record: False

    def create(self, call: Call) -> Answer:
        """POST /v1/conversations."""
        body = call.body if isinstance(call.body, Mapping) else {}

        def work(fault: Fault | None) -> Answer:
            if fault and fault.kind == "conversation_refused":
                message = fault.message or "Conversations are not available for this organization."
                raise Refusal(fault.status or 400, message, fault.code, param="conversation")
            made = Conversation(self._service.new_id("conv"), self._service.clock(), dict(body.get("metadata") or {}))
            made.items += [{"id": self._service.new_id("msg"), **item} for item in body.get("items") or []]
            self._all[made.id] = made
            return json_reply(_shown(made))

        return self._service.perform(Occasion("conversations", call.path), "", call.root, work)

    def find(self, name: object) -> Conversation:
        """One, by its id."""
        found = self._all.get(str(name))
        if found is None:
            raise not_found(f"Conversation with id '{name}' not found.")
        return found

    def retrieve(self, name: str) -> Answer:
        """GET /v1/conversations/{id}."""
        return json_reply(_shown(self.find(name)))

    def delete(self, name: str) -> Answer:
        """DELETE /v1/conversations/{id}."""
        self._all.pop(self.find(name).id)
        return json_reply({"id": name, "object": "conversation.deleted", "deleted": True})

    def items(self, call: Call, name: str) -> Answer:
        """GET /v1/conversations/{id}/items; newest first unless ``order=asc``."""

        def work(fault: Fault | None) -> Answer:
            if fault and fault.kind == "forgotten":
                raise not_found(f"Conversation with id '{name}' not found.")
            conversation = self.find(name)
            self.gather(conversation)
            items = list(conversation.items)
            return json_reply(page(items if call.query.get("order") == "asc" else items[::-1], call.query))

        return self._service.perform(Occasion("conversations/items", call.path), "", call.root, work)

    def gather(self, conversation: Conversation) -> None:
        """Finish the responses that are due, so that their items are there."""
        for record in list(conversation.pending):
            if self.settle(record):
                continue
            with self._lock:
                if record in conversation.pending:
                    conversation.pending.remove(record)

    def join(self, record: Record) -> None:
        """A response is complete: what went in and what came out joins its conversation."""
        conversation, done = record.conversation, record.done
        if conversation is None or done is None or done["status"] != "completed":
            return
        output = done["output"]
        assert isinstance(output, Sequence)
        conversation.items += [*record.items, *(dict(item) for item in output if isinstance(item, Mapping))]
        conversation.picture = record.picture or conversation.picture


def page(items: Sequence[Mapping[str, Tree]], query: Mapping[str, str], default: int = 20) -> dict[str, Tree]:
    """The part of a list that ``after`` and ``limit`` name."""
    limit = query.get("limit", "")
    count = max(1, min(100, int(limit))) if limit.isdigit() else default
    names = [item["id"] for item in items]
    start = names.index(query["after"]) + 1 if query.get("after") in names else 0
    shown = items[start : start + count]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else "",
        "last_id": shown[-1]["id"] if shown else "",
        "has_more": start + count < len(items),
    }


def _shown(conversation: Conversation) -> dict[str, Tree]:
    return {
        "id": conversation.id,
        "object": "conversation",
        "created_at": int(conversation.created),
        "metadata": conversation.metadata,
    }

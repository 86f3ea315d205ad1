"""Which request goes where: routes, keys, requests noted, errors in the service's form."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec.structs import asdict

from imagebuild.errors import UsageError
from imagebuild_devserver.batches import Batches
from imagebuild_devserver.conversations import Conversations
from imagebuild_devserver.encoding import encode
from imagebuild_devserver.fault import Fault, Occasion, fault_from_mapping
from imagebuild_devserver.files import Files
from imagebuild_devserver.form import Form
from imagebuild_devserver.images import Images
from imagebuild_devserver.refusal import Dropped, Refusal, not_found
from imagebuild_devserver.reply import Answer, Call, Reply, json_reply
from imagebuild_devserver.responses import Responses
from imagebuild_devserver.service import Service

__all__ = ["App"]

Handler: TypeAlias = "Callable[[Call, str], Answer]"

_AZURE = re.compile(r"^/openai/deployments/[^/]+/|^/openai/v1/")


class App:
    """All endpoints of one server."""

    def __init__(self, service: Service) -> None:
        self.service = service
        conversations = Conversations(service)
        responses = Responses(service, conversations)
        images, files = Images(service), Files(service)
        self.batches = batches = Batches(service, responses, images)
        self._routes: list[tuple[str, re.Pattern[str], str, Handler]] = []
        for method, pattern, name, handler in _rows(conversations, responses, images, files, batches, service):
            expression = re.compile("/v1" + pattern.replace("ID", r"([^/]+)"))
            self._routes.append((method, expression, name, handler))

    def answer(self, call: Call, weight: int) -> Answer:
        """The reply to a request whose body had ``weight`` bytes. Raises ``Dropped``."""
        self.service.journal.add(call.method, call.path, _noted(call.body), call.headers, weight)
        try:
            return self._route(call)
        except Refusal as refusal:
            return Reply(refusal.status, encode({"error": refusal.error()}), headers=refusal.headers)
        except UsageError as error:
            asked = Refusal(400, f"{error.message} ({error.hint})", "dev_server_fault", param="prompt")
            return Reply(400, encode({"error": asked.error()}))
        except Dropped:
            raise
        except Exception:  # noqa: BLE001 - a fault of this server is told to its client as one, with its place
            broken = Refusal(500, traceback.format_exc(limit=-3), "dev_server_error", "server_error")
            return Reply(500, encode({"error": broken.error()}), headers={"x-should-retry": "false"})

    def _route(self, call: Call) -> Answer:
        if call.path.startswith("/_/"):
            return self._inside(call)
        if call.path.startswith("/pictures/"):
            return self._struck(call, "pictures", self._picture)
        path = _AZURE.sub("/v1/", call.path)
        self._check_key(call.headers)
        for method, pattern, name, handler in self._routes:
            found = pattern.fullmatch(path)
            if found and method == call.method:
                item = found[1] if found.groups() else ""
                if name in _STRUCK_WITHIN:
                    return handler(call, item)
                return self._struck(call, name, lambda chosen=handler, item=item: chosen(call, item))
        raise not_found(f"Invalid URL ({call.method} {call.path})")

    def _struck(self, call: Call, name: str, handler: Callable[..., Answer]) -> Answer:
        """An endpoint that makes no picture, under the fault that strikes it."""

        def work(fault: Fault | None) -> Answer:
            if fault and fault.kind == "slow":
                self.service.wait(fault.after)
            return handler(call) if name == "pictures" else handler()

        return self.service.perform(Occasion(name, call.path), "", call.root, work)

    def _check_key(self, headers: Mapping[str, str]) -> None:
        given = headers.get("authorization", "")
        if given.removeprefix("Bearer ") != self.service.key and headers.get("api-key") != self.service.key:
            message = "Incorrect API key provided." if given else "You didn't provide an API key."
            raise Refusal(401, message, "invalid_api_key")

    def _picture(self, call: Call) -> Answer:
        found = self.service.pictures.get(call.path.removeprefix("/pictures/"))
        if found is None:
            raise not_found(f"no picture at {call.path}")
        return Reply(200, found[0], found[1])

    def _inside(self, call: Call) -> Answer:
        """The server's own pages, for tests in another process; they want no key."""
        match call.method, call.path:
            case "GET", "/_/ledger":
                self.batches.settle()
                return json_reply({"entries": [asdict(entry) for entry in self.service.ledger.entries]})
            case "GET", "/_/requests":
                seen = self.service.journal.requests
                return json_reply(
                    {"requests": [{"method": one.method, "path": one.path, "headers": one.headers} for one in seen]}
                )
            case "POST", "/_/faults":
                try:
                    self.service.faults.add(fault_from_mapping(call.body if isinstance(call.body, Mapping) else {}))
                except UsageError as error:
                    raise Refusal(400, str(error)) from error
                return json_reply({"added": True})
            case "DELETE", "/_/faults":
                self.service.faults.clear()
                return json_reply({"cleared": True})
        raise not_found(f"no page at {call.path}")


_STRUCK_WITHIN = frozenset(
    {"responses", "responses/retrieve", "conversations", "conversations/items", "images/generations", "images/edits"}
    | {"batches"}
)
"""Endpoints that ask for faults themselves, since they know the prompt."""


def _rows(
    conversations: Conversations,
    responses: Responses,
    images: Images,
    files: Files,
    batches: Batches,
    service: Service,
) -> list[tuple[str, str, str, Handler]]:
    models = service.models
    return [
        ("POST", "/responses", "responses", lambda call, _: responses.create(call)),
        ("GET", "/responses/ID", "responses/retrieve", responses.retrieve),
        ("POST", "/responses/ID/cancel", "responses/cancel", lambda _, name: responses.cancel(name)),
        ("DELETE", "/responses/ID", "responses/delete", lambda _, name: responses.delete(name)),
        ("POST", "/conversations", "conversations", lambda call, _: conversations.create(call)),
        ("GET", "/conversations/ID", "conversations/retrieve", lambda _, name: conversations.retrieve(name)),
        ("GET", "/conversations/ID/items", "conversations/items", conversations.items),
        ("DELETE", "/conversations/ID", "conversations/delete", lambda _, name: conversations.delete(name)),
        ("POST", "/images/generations", "images/generations", lambda call, _: images.create(call, edit=False)),
        ("POST", "/images/edits", "images/edits", lambda call, _: images.create(call, edit=True)),
        ("POST", "/files", "files", lambda call, _: files.create(call)),
        ("GET", "/files", "files/list", lambda call, _: files.list(call)),
        ("GET", "/files/ID", "files/retrieve", lambda _, name: files.retrieve(name)),
        ("GET", "/files/ID/content", "files/content", lambda _, name: files.content(name)),
        ("DELETE", "/files/ID", "files/delete", lambda _, name: files.delete(name)),
        ("POST", "/batches", "batches", lambda call, _: batches.create(call)),
        ("GET", "/batches", "batches/list", lambda call, _: batches.list(call)),
        ("GET", "/batches/ID", "batches/retrieve", lambda _, name: batches.retrieve(name)),
        ("POST", "/batches/ID/cancel", "batches/cancel", lambda _, name: batches.cancel(name)),
        ("GET", "/models", "models", lambda _, __: json_reply({"object": "list", "data": models.listed()})),
        ("GET", "/models/ID", "models/retrieve", lambda _, name: json_reply(models.shown(name))),
    ]


def _noted(body: object) -> object:
    if isinstance(body, Form):
        return {**body.fields, **body.files}
    return body

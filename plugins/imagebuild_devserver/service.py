"""What all endpoints share: time, ids, faults, the ledger, the studio, files, and the order of a paid call."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from imagebuild_devserver.fault import Fault, Faults, Occasion
from imagebuild_devserver.ledger import Entry, Journal, Ledger
from imagebuild_devserver.limit import Limit
from imagebuild_devserver.model import Models
from imagebuild_devserver.refusal import Dropped, Refusal, not_found
from imagebuild_devserver.reply import Answer, Reply, Stream
from imagebuild_devserver.studio import Studio

__all__ = ["Service", "StoredFile"]


class StoredFile(Struct, frozen=True):
    """An uploaded file, or one that a batch wrote."""

    id: str
    name: str
    purpose: str
    data: bytes
    created: float
    expires: float | None = None


class Service(Struct):
    """One server's state. ``seconds`` is how long a picture takes; ``closing`` ends every wait."""

    studio: Studio
    models: Models
    ledger: Ledger
    limit: Limit
    seconds: float = 0.0
    batch_seconds: float = 0.0
    key: str = "dev-key"
    profile: Literal["openai", "url"] = "openai"
    clock: Callable[[], float] = time.time
    faults: Faults = field(default_factory=Faults)
    journal: Journal = field(default_factory=Journal)
    files: dict[str, StoredFile] = field(default_factory=dict)
    pictures: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    closing: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def lenient(self) -> bool:
        """Whether strange parameters are passed over, as small compatible servers do."""
        return self.profile == "url"

    def new_id(self, prefix: str) -> str:
        """An id that sorts in order of making and occurs once."""
        return f"{prefix}_{next(self._numbers):08x}{secrets.token_hex(12)}"

    def wait(self, seconds: float) -> None:
        """Let time pass; a server that stops ends the call."""
        if seconds > 0 and self.closing.wait(seconds):
            raise Dropped

    def seconds_for(self, fault: Fault | None) -> float:
        """How long this picture takes."""
        return self.seconds + (fault.after if fault else 0.0)

    def bill(self, entry: Entry, fault: Fault | None) -> None:
        """Enter a call, unless the fault lets it go free."""
        if fault is None or fault.billed:
            self.ledger.add(replace(entry, time=self.clock()))

    def file(self, file_id: object, param: str | None = None) -> StoredFile:
        """An uploaded file. One that is not there is refused."""
        found = self.files.get(str(file_id))
        if found is None or (found.expires is not None and found.expires <= self.clock()):
            raise not_found(f"No such File object: {file_id}", None, param or "id")
        return found

    def store_file(self, name: str, purpose: str, data: bytes, lifetime: float | None = None) -> StoredFile:
        """Keep a file."""
        now = self.clock()
        stored = StoredFile(self.new_id("file"), name, purpose, data, now, now + lifetime if lifetime else None)
        self.files[stored.id] = stored
        return stored

    def perform(self, occasion: Occasion, asked: str, root: str, work: Callable[[Fault | None], Answer]) -> Answer:
        """A call under the fault that strikes it: in place of the work, on the way back, or within ``work``."""
        fault = self.faults.take(occasion, asked)
        if fault is None:
            return work(None)
        if fault.kind == "headers" and fault.status:
            fault = replace(fault, kind="status", paid=bool(fault.paid))
        if fault.kind in _INSTEAD:
            if fault.billed:
                _run_unheard(work(fault))
            return self._instead(fault, root)
        return self._distort(work(fault), fault)

    def _instead(self, fault: Fault, root: str) -> Answer:
        if fault.kind == "drop_before":
            raise Dropped
        if fault.kind == "html":
            page = "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
            return Reply(fault.status or 502, page.encode(), "text/html", fault.headers)
        if fault.kind == "redirect":
            return Reply(fault.status or 302, b"", headers={"location": f"{root}/elsewhere", **fault.headers})
        raise refusal_of(fault)

    def _distort(self, answer: Answer, fault: Fault) -> Answer:
        match fault.kind:
            case "hang" | "drop":
                _run_unheard(answer)
                if fault.kind == "hang":
                    self.closing.wait()
                raise Dropped
            case "cut_body":
                return replace(answer, cut=True)
            case "headers":
                return replace(answer, headers={**answer.headers, **fault.headers})
            case "garbage_json":
                if isinstance(answer, Stream):
                    _run_unheard(answer)
                    return Stream(iter([b'event: response.created\ndata: {"type": "resp\n\n']))
                return replace(answer, body=b'{"id": "resp_0", "output": [{"type": ')
        return answer


def _run_unheard(answer: Answer) -> None:
    """Let a stream that nobody will hear run to its end: its work is done, and billed, as it is told."""
    if isinstance(answer, Stream):
        deque(answer.events, maxlen=0)


_INSTEAD = ("status", "html", "redirect", "moderation", "drop_before")

_STATUS_CODES = {
    400: ("invalid_value", "invalid_request_error"),
    401: ("invalid_api_key", "invalid_request_error"),
    403: ("unsupported_country_region_territory", "invalid_request_error"),
    404: ("model_not_found", "invalid_request_error"),
    429: ("rate_limit_exceeded", "requests"),
    503: ("server_is_overloaded", "server_error"),
}


def refusal_of(fault: Fault) -> Refusal:
    """The error that a fault stands for, with OpenAI's usual code for its status."""
    if fault.kind == "moderation":
        details = {"moderation_stage": "input", "categories": ["violence"]}
        message = fault.message or "Your request was rejected by the safety system."
        return Refusal(
            fault.status or 400,
            message,
            fault.code or "moderation_blocked",
            fault.type or "image_generation_user_error",
            headers=fault.headers,
            extra={"moderation_details": details},
        )
    status = fault.status or 500
    code, kind = _STATUS_CODES.get(status, ("server_error", "server_error"))
    message = fault.message or f"The development server was asked to answer {status}."
    return Refusal(status, message, fault.code or code, fault.type or kind, headers=fault.headers)

"""A service with files and batches behind the real client: it answers as a test says, and lists what was asked."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import httpx2
from msgspec import Struct, field

from imagebuild import BatchLine, Reference, Request
from imagebuild.testing import png
from imagebuild_openai.batch import OpenAIBatching
from imagebuild_openai.client import Connection
from imagebuild_openai.model import build_catalog
from imagebuild_openai.settings import Settings

NOW = 1_800_000_000
SECRET = "test-key-of-the-batch-tests"
MODEL = "gpt-image-2.5-flare"
OPTIONS = {
    "api": "images",
    "model": MODEL,
    "size": "1024x1024",
    "quality": "low",
    "background": "auto",
    "output_format": "png",
    "moderation": "auto",
}
TOKEN = "token1"
Answer = Callable[[httpx2.Request], httpx2.Response]


def key(number: int) -> str:
    """An action key."""
    return f"{number:064x}"


def line(number: int, prompt: str = "a car", **request: Any) -> BatchLine:
    """A line of the images API; ``options`` are added to the usual ones."""
    options = {**OPTIONS, **request.pop("options", {})}
    return BatchLine(key(number), f"target{number}", Request(prompt, options, **request))


def picture(data: bytes, name: str = "a.png") -> Reference:
    """A reference with these bytes."""
    return Reference(name, hashlib.sha256(data).hexdigest(), "image/png", lambda: data)


def drawn(side: int = 1024) -> str:
    """A picture as answers hold it."""
    return base64.b64encode(png(side, side)).decode()


def done(number: int, image: str = "", **body: Any) -> dict[str, Any]:
    """A line of an output file whose request was carried out."""
    usage = {
        "input_tokens": 10,
        "input_tokens_details": {"text_tokens": 10, "image_tokens": 0},
        "output_tokens": 100,
        "total_tokens": 110,
    }
    whole = {"created": NOW, "data": [{"b64_json": image or drawn()}], "usage": usage, **body}
    answer = {"status_code": 200, "request_id": f"req_{number}", "body": whole}
    return {"id": f"batch_req_{number}", "custom_id": key(number), "response": answer, "error": None}


def refused(number: int, status: int, **error: Any) -> dict[str, Any]:
    """A line of an error file that holds an answer."""
    answer = {"status_code": status, "request_id": f"req_{number}", "body": {"error": error}}
    return {"id": f"batch_req_{number}", "custom_id": key(number), "response": answer, "error": None}


def ended(number: int, code: str, message: str = "") -> dict[str, Any]:
    """A line of an error file that holds no answer."""
    error = {"code": code, "message": message}
    return {"id": f"batch_req_{number}", "custom_id": key(number), "response": None, "error": error}


def rows(*entries: dict[str, Any] | bytes) -> bytes:
    """A file of lines."""
    return b"".join((entry if isinstance(entry, bytes) else json.dumps(entry).encode()) + b"\n" for entry in entries)


class Service(Struct):
    """Keeps files and batches. ``answers`` may hold, by ``METHOD /path``, what is answered instead, once each."""

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    batches: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    made: list[dict[str, Any]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)

    def batching(self, settings: Settings | None = None) -> OpenAIBatching:
        """The subject of the tests, connected to this service by the real client."""
        settings = settings or Settings(environ={"OPENAI_API_KEY": SECRET})
        return OpenAIBatching(settings, build_catalog(), self.connect(settings))

    def connect(self, settings: Settings | None = None) -> Connection:
        """The real client with this service at its other end."""
        connection = Connection(
            settings or Settings(environ={"OPENAI_API_KEY": SECRET}),
            transport=httpx2.MockTransport(self.answer),
            now=lambda: float(NOW),
            sleep=self.slept.append,
        )
        self.connections.append(connection)
        return connection

    def close(self) -> None:
        """Close what the subjects opened."""
        for connection in self.connections:
            connection.close()

    def instead(self, call: str, *answers: Answer) -> None:
        """Answer these calls otherwise, in order."""
        self.answers.setdefault(call, []).extend(answers)

    def batch(self, number: int = 1, **fields: Any) -> dict[str, Any]:
        """Put a batch there."""
        found = {
            "id": f"batch_{number}",
            "object": "batch",
            "endpoint": "/v1/images/generations",
            "completion_window": "24h",
            "input_file_id": f"file-input{number}",
            "created_at": NOW - 3600,
            "status": "completed",
            "metadata": {"imagebuild": f"token{number}"},
            "request_counts": {"completed": 0, "failed": 0, "total": 0},
            "output_file_id": None,
            "error_file_id": None,
            **fields,
        }
        self.batches.append(found)
        return found

    def finished(self, output: bytes | None = None, errors: bytes | None = None, **fields: Any) -> str:
        """Put a batch there with these results; its id."""
        for name, content in (("file-output", output), ("file-errors", errors)):
            if content is not None:
                self.contents[name] = content
        found = self.batch(
            output_file_id=None if output is None else "file-output",
            error_file_id=None if errors is None else "file-errors",
            **fields,
        )
        return str(found["id"])

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path.removeprefix("/v1")
        call = f"{request.method} {path}"
        self.seen.append(call)
        if waiting := self.answers.get(call):
            return waiting.pop(0)(request)
        return self._usual(request, path)

    def _usual(self, request: httpx2.Request, path: str) -> httpx2.Response:
        query = dict(request.url.params)
        name = path.split("/")[2] if path.count("/") > 1 else ""
        match request.method, re.sub(r"^(/\w+)/[^/]+", r"\1/ID", path):
            case "POST", "/files":
                return httpx2.Response(200, json=self._keep(request))
            case "GET", "/files":
                found = [file for file in self.files.values() if file["purpose"] == query.get("purpose")]
                return httpx2.Response(200, json={"object": "list", "data": found[::-1], "has_more": False})
            case "GET", "/files/ID/content":
                return self._content(request, name)
            case "DELETE", "/files/ID":
                self.files.pop(name, None)
                return httpx2.Response(200, json={"id": name, "object": "file", "deleted": True})
            case "POST", "/batches":
                self.made.append(json.loads(request.read()))
                return httpx2.Response(200, json=self.batch(7, status="validating", **self.made[-1]))
            case "GET", "/batches":
                return httpx2.Response(200, json=self._page(query))
        found_batches = [batch for batch in self.batches if batch["id"] == name]
        if not found_batches:
            return problem(404, "No such batch")
        if path.endswith("/cancel"):
            if found_batches[0]["status"] in ("completed", "failed", "expired", "cancelled"):
                return problem(409, "Cannot cancel a batch that has ended")
            found_batches[0]["status"] = "cancelling"
        return httpx2.Response(200, json=found_batches[0])

    def _keep(self, request: httpx2.Request) -> dict[str, Any]:
        body = request.read()
        name = re.search(rb'filename="([^"]+)"', body)
        purpose = re.search(rb'name="purpose"\r\n\r\n(\w+)', body)
        seconds = re.search(rb'name="expires_after\[seconds\]"\r\n\r\n(\d+)', body)
        assert name
        assert purpose
        found = {
            "id": f"file-{len(self.contents) + 1}",
            "object": "file",
            "bytes": len(body),
            "created_at": NOW,
            "filename": name[1].decode(),
            "purpose": purpose[1].decode(),
            "status": "processed",
            "expires_at": NOW + int(seconds[1]) if seconds else None,
        }
        self.files[found["id"]] = found
        start = body.index(b"\r\n\r\n", body.index(b"filename=")) + 4
        self.contents[found["id"]] = body[start : body.index(b"\r\n--", start)]
        return found

    def _content(self, request: httpx2.Request, name: str) -> httpx2.Response:
        if name not in self.contents:
            return problem(404, f"No such File object: {name}")
        data = self.contents[name]
        if span := re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", "")):
            return httpx2.Response(206, content=data[int(span[1]) :])
        return httpx2.Response(200, content=data)

    def _page(self, query: dict[str, str]) -> dict[str, Any]:
        ids = [batch["id"] for batch in self.batches]
        start = ids.index(query["after"]) + 1 if "after" in query else 0
        end = start + int(query.get("limit", "20"))
        return {"object": "list", "data": self.batches[start:end], "has_more": end < len(ids)}


def problem(status: int, message: str, **error: Any) -> httpx2.Response:
    """An error as the service writes it."""
    return httpx2.Response(status, json={"error": {"message": message, "type": "invalid_request_error", **error}})


def lost(request: httpx2.Request) -> httpx2.Response:
    """The connection ends before an answer."""
    raise httpx2.ReadError("connection reset", request=request)


def unreachable(request: httpx2.Request) -> httpx2.Response:
    """There is no connection at all."""
    raise httpx2.ConnectError("connection refused", request=request)

"""The socket side: requests read, replies sent in one piece, streams in chunks, broken off where a fault says so."""

from __future__ import annotations

import json
import secrets
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from imagebuild_devserver.app import App
from imagebuild_devserver.form import parse_form
from imagebuild_devserver.refusal import Dropped, Refusal
from imagebuild_devserver.reply import Answer, Call, Reply, Stream, json_reply

__all__ = ["HOST", "WireServer"]

HOST = "127.0.0.1"
_BROKEN_OFF = (ConnectionError, TimeoutError, BrokenPipeError)


class WireServer(ThreadingHTTPServer):
    """Listens on this machine alone; a thread for each connection, which end with the process."""

    request_queue_size = 512
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, app: App, port: int) -> None:
        self.app = app
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        super().__init__((HOST, port), _Handler)
        self.root = f"http://{HOST}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without asking the network for this machine's name."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that it can be ended."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget it."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        """End all that are open."""
        with self._lock:
            for request in self._open:
                _end(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no fault of the server's; anything else is told."""
        if not isinstance(sys.exception(), _BROKEN_OFF):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: WireServer

    def __init__(self, request: Any, client_address: Any, server: BaseServer) -> None:
        super().__init__(request, client_address, server)

    def do_GET(self) -> None:
        """Answer."""
        self._answer()

    def do_POST(self) -> None:
        """Answer."""
        self._answer()

    def do_DELETE(self) -> None:
        """Answer."""
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - so the standard library names it
        """Nothing: the ledger and the journal tell what happened."""

    def _answer(self) -> None:
        try:
            answer = self._work()
        except Dropped:
            self.close_connection = True
            _end(self.connection)
            return
        try:
            self._send(answer) if isinstance(answer, Reply) else self._tell(answer)
        except Dropped:
            self.close_connection = True
            _end(self.connection)
        except _BROKEN_OFF:
            self.close_connection = True

    def _work(self) -> Answer:
        raw = self._body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        address = urlsplit(self.path)
        try:
            body = _parsed(headers.get("content-type", ""), raw)
        except Refusal as refusal:
            return json_reply({"error": refusal.error()}, refusal.status)
        query = dict(parse_qsl(address.query))
        call = Call(self.command, address.path, query, headers, body, self.server.root)
        return self.server.app.answer(call, len(raw))

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _head(self, status: int, headers: dict[str, str]) -> bytes:
        lines = [f"HTTP/1.1 {status} {self.responses[status][0] if status in self.responses else 'Status'}"]
        all_headers = {"x-request-id": f"req_{secrets.token_hex(8)}", "openai-processing-ms": "1", **headers}
        lines += [f"{name}: {value}" for name, value in all_headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _send(self, reply: Reply) -> None:
        headers = {"content-type": reply.type, "content-length": str(len(reply.body)), **reply.headers}
        body = reply.body[: len(reply.body) // 2] if reply.cut else reply.body
        self.connection.sendall(self._head(reply.status, headers) + body)
        if reply.cut:
            raise Dropped

    def _tell(self, stream: Stream) -> None:
        headers = {"content-type": "text/event-stream", "transfer-encoding": "chunked", **stream.headers}
        events = stream.events
        # The first event is told before anything is sent: a stream that has begun is billed whoever goes away.
        first = next(events, None)
        try:
            self.connection.sendall(self._head(200, headers) + (_chunk(first) if first else b""))
            for event in events:
                if stream.cut:
                    self.connection.sendall(_chunk(event[: len(event) // 2]))
                    raise Dropped
                self.connection.sendall(_chunk(event))
            self.connection.sendall(b"0\r\n\r\n")
        finally:
            close = getattr(events, "close", None)
            if close:
                close()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _parsed(kind: str, raw: bytes) -> object:
    if kind.startswith("multipart/form-data"):
        return parse_form(kind, raw)
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return raw


def _end(connection: socket.socket) -> None:
    """End a connection in the middle of whatever it does; one that has ended already is as wanted."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return

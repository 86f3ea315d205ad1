"""A real service that speaks S3, on this machine alone, and a door in front of it that notes who asks for what."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

BUCKET = "pictures"
ADMIN, WRITER, READER = "ADMINKEY", "WRITERKEY", "READERKEY"
SECRETS = {ADMIN: "admin-secret-0123456789", WRITER: "writer-secret-0123456789", READER: "reader-secret-0123456789"}
RIGHTS = {
    ADMIN: ["Admin", "Read", "Write", "List"],
    WRITER: [f"Read:{BUCKET}", f"Write:{BUCKET}", f"List:{BUCKET}"],
    READER: [f"Read:{BUCKET}", f"List:{BUCKET}"],
    "anonymous": ["Read:open", "Write:open", "List:open"],
}


def weed() -> Path | None:
    path = Path(sysconfig.get_path("scripts")) / "weed"
    found = shutil.which(str(path)) or shutil.which("weed")
    return Path(found) if found else None


def environ(key: str, address: str) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": SECRETS[key], "AWS_ENDPOINT_URL": address}


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def server(program: Path) -> Iterator[str]:
    """Start the service, with two buckets, and give its address; it is gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="weed-"))  # short, for the paths of sockets
    process = None
    try:
        for _ in range(3):  # another process may take a port in between
            process, address = _start(program, folder)
            if _answers(process, address):
                break
        else:
            raise AssertionError((folder / "log").read_text("utf-8")[-4000:])
        yield address
    finally:
        if process is not None:
            process.kill()  # it takes many seconds to end by itself, and leaves nothing outside its folder
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _start(program: Path, folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    names = [f"{part}.port{kind}" for part in ("master", "volume", "filer", "s3") for kind in ("", ".grpc")]
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    identities = [
        {
            "name": name.lower(),
            "credentials": [{"accessKey": name, "secretKey": SECRETS[name]}] if name in SECRETS else [],
            "actions": actions,
        }
        for name, actions in RIGHTS.items()
    ]
    data = Path(tempfile.mkdtemp(dir=folder))
    (folder / "s3.json").write_text(json.dumps({"identities": identities}), "utf-8")
    options = {
        "dir": data,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "master.telemetry": "false",
        "master.volumeSizeLimitMB": 64,
        "volume.max": 40,
        "filer.localSocket": data / "filer.sock",
        "s3.localSocket": data / "s3.sock",
        "s3.config": folder / "s3.json",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        **ports,
    }
    command = [str(program), "server", "-filer", "-s3", *(f"-{name}={value}" for name, value in options.items())]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=data, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    return process, f"http://127.0.0.1:{ports['s3.port']}"


def _answers(process: subprocess.Popen[bytes], address: str) -> bool:
    """Wait until it takes files, which also makes the buckets; False when it has ended."""
    import obstore
    from obstore.exceptions import BaseError
    from obstore.store import S3Store

    config = {"access_key_id": ADMIN, "secret_access_key": SECRETS[ADMIN], "endpoint": address}
    for _ in range(300):
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            pass
        else:
            return False
        try:
            for bucket in (BUCKET, "open"):
                store = S3Store(
                    bucket, config=config, client_options={"allow_http": True}, retry_config={"max_retries": 0}
                )  # type: ignore[arg-type]  # a plain dictionary will do
                obstore.put(store, "ready/yes", b"yes")
        except BaseError:
            continue
        return True
    return False


class Door:
    """Hands requests on to ``behind`` and notes them: ``PUT pictures/x/hero.png``.

    ``refuse`` may answer in its place: it gets method and path, and gives a status with a code of S3 and more XML.
    ``drop`` are headers that are not handed on; ``headers`` are those of the request that is answered just now, with
    names in small letters.
    """

    def __init__(self, behind: str | None = None) -> None:
        self.behind = behind
        self.asked: list[str] = []
        self.headers: Mapping[str, str] = {}
        self.drop: tuple[str, ...] = ()
        self.refuse: Callable[[str, str], tuple[int, str] | None] = lambda method, path: None
        door = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                door.answer(self)

            do_PUT = do_POST = do_HEAD = do_DELETE = do_GET  # noqa: N815 -- names of the standard library

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Door:
        self._thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def methods(self) -> list[str]:
        """The methods of all requests so far, sorted; they are forgotten then."""
        methods = sorted(line.split()[0] for line in self.asked)
        self.asked.clear()
        return methods

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        path = request.path.partition("?")[0].strip("/")
        self.asked.append(f"{request.command} {path}")
        self.headers = {name.lower(): value for name, value in request.headers.items()}
        refusal = self.refuse(request.command, path)
        if refusal is not None:
            status, code = refusal
            self._reply(request, status, {}, f"<Error><Code>{code}</Code></Error>".encode() if code else b"")
            return
        assert self.behind is not None
        connection = HTTPConnection(self.behind.removeprefix("http://"), timeout=30)
        sent = {name: value for name, value in request.headers.items() if name.lower() not in self.drop}
        connection.request(request.command, request.path, body, sent)
        answer = connection.getresponse()
        hop = ("transfer-encoding", "connection", "content-length")
        headers = {name: value for name, value in answer.getheaders() if name.lower() not in hop}
        length = answer.getheader("Content-Length") if request.command == "HEAD" else None
        self._reply(request, answer.status, headers, answer.read(), length)
        connection.close()

    def _reply(
        self,
        request: BaseHTTPRequestHandler,
        status: int,
        headers: dict[str, str],
        body: bytes,
        length: str | None = None,
    ) -> None:
        request.send_response_only(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", length or str(len(body)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)

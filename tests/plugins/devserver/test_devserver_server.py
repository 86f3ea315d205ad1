"""The server itself: keys, limits, the ledger, many clients at once, its own pages, its end, its command."""

from __future__ import annotations

import http.client
import json
import threading
import urllib.request
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from asking import described, edit, first, generate, named, respond

from imagebuild import CommandContext
from imagebuild.errors import UsageError
from imagebuild.testing import png
from imagebuild_devserver import DevServer, Fault, imagebuild_commands
from imagebuild_devserver.command import DevServerCommand


def inside(server: DevServer, path: str, method: str = "GET", body: object = None) -> dict:
    data = json.dumps(body).encode() if body is not None else None
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{server.root}/_/{path}", data, headers, method=method)
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


def test_it_listens_on_this_machine_only(server) -> None:
    assert server.url.startswith("http://127.0.0.1:")
    assert server._wire.socket.getsockname()[0] == "127.0.0.1"


def test_another_key_is_refused_and_not_shown(server, connect, openai) -> None:
    with pytest.raises(openai.AuthenticationError) as caught:
        generate(connect(server, api_key="sk-secret"))
    assert caught.value.code == "invalid_api_key"
    assert "sk-secret" not in str(caught.value)
    assert server.paid == 0


def test_an_azure_client_is_understood(server, openai) -> None:
    with openai.AzureOpenAI(
        azure_endpoint=server.root, api_key=server.key, api_version="2026-10-01", max_retries=0
    ) as client:
        assert generate(client, model="gpt-image-2").data


def test_every_reply_has_a_request_id_of_its_own(client) -> None:
    ids = [generate(client)._request_id, generate(client)._request_id]
    assert all(name.startswith("req_") for name in ids)
    assert len(set(ids)) == 2


def test_an_address_that_does_not_exist_is_not_found(client, openai) -> None:
    with pytest.raises(openai.NotFoundError, match="Invalid URL"):
        client.get("/audio", cast_to=object)


def test_calls_beyond_the_rate_are_refused_with_the_time_to_wait(serve, connect, clock, openai) -> None:
    server = serve(rate=60, burst=2, clock=clock)
    client = connect(server)
    raw = client.images.with_raw_response.generate(model="gpt-image-2", prompt="a fox")
    assert raw.headers["x-ratelimit-limit-requests"] == "60"
    assert raw.headers["x-ratelimit-remaining-requests"] == "1"
    respond(client)
    with pytest.raises(openai.RateLimitError) as caught:
        generate(client)
    assert caught.value.code == "rate_limit_exceeded"
    assert caught.value.response.headers["retry-after-ms"] == "1001"
    assert caught.value.response.headers["x-ratelimit-remaining-requests"] == "0"
    client.models.list()
    clock.now += 1.001
    assert generate(client).data
    assert server.paid == 3


def test_the_ledger_is_written_as_it_grows(serve, connect, tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    server = serve(ledger_file=file)
    client = connect(server)
    generate(client)
    (row,) = map(json.loads, file.read_text().splitlines())
    assert (row["number"], row["endpoint"], row["prompt"], row["pictures"]) == (1, "images/generations", "a red car", 1)
    respond(client)
    assert [json.loads(line)["number"] for line in file.read_text().splitlines()] == [1, 2]


def test_a_call_whose_client_has_gone_is_billed(serve, connect, openai) -> None:
    server = serve(seconds=0.5)
    with pytest.raises(openai.APITimeoutError):
        generate(connect(server, timeout=0.05))
    billed = threading.Event()
    for _ in range(200):
        if server.paid:
            billed.set()
            break
        threading.Event().wait(0.02)
    assert billed.is_set()


def test_requests_are_kept_without_their_key(client, server) -> None:
    edit(client, named(png(64, 64), "me.png"))
    (seen,) = server.requests
    assert (seen.method, seen.path, seen.body["prompt"]) == ("POST", "/v1/images/edits", "make it blue")
    assert [(part.name, part.type, part.data) for part in seen.body["image"]] == [("me.png", "image/png", png(64, 64))]
    assert "authorization" not in seen.headers
    assert server.key not in str(seen.headers)


def test_another_process_sees_the_ledger_and_sets_faults(client, server, openai) -> None:
    generate(client)
    assert [entry["prompt"] for entry in inside(server, "ledger")["entries"]] == ["a red car"]
    assert next(seen["path"] for seen in inside(server, "requests")["requests"]) == "/v1/images/generations"
    inside(server, "faults", "POST", {"kind": "status", "status": 503, "times": None})
    with pytest.raises(openai.InternalServerError):
        generate(client)
    inside(server, "faults", "DELETE")
    assert generate(client).data
    with pytest.raises(urllib.error.HTTPError):
        inside(server, "faults", "POST", {"kind": "explode"})


def test_fifty_clients_at_once_are_each_answered_once(server) -> None:
    port = int(server.root.rpartition(":")[2])
    local = threading.local()

    def call(number: int) -> int:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", port)
            opened.append(local.connection)
        body = json.dumps({"model": "gpt-image-2.5-flare", "prompt": f"picture {number}"})
        headers = {"authorization": "Bearer dev-key", "content-type": "application/json"}
        local.connection.request("POST", "/v1/images/generations", body, headers)
        reply = local.connection.getresponse()
        reply.read()
        return reply.status

    opened: list[http.client.HTTPConnection] = []
    with ThreadPoolExecutor(50) as threads:
        assert set(threads.map(call, range(500))) == {200}
    for connection in opened:
        connection.close()
    assert sorted(entry.prompt for entry in server.ledger) == sorted(f"picture {number}" for number in range(500))
    assert [entry.number for entry in server.ledger] == list(range(1, 501))


def test_a_body_in_chunks_is_read(server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(server.root.rpartition(":")[2]))
    body = json.dumps({"model": "gpt-image-2", "prompt": "a fox"}).encode()
    headers = {"authorization": "Bearer dev-key", "transfer-encoding": "chunked"}
    for _ in range(2):
        connection.request("POST", "/v1/images/generations", iter([body[:9], body[9:]]), headers, encode_chunked=True)
        assert json.load(connection.getresponse())["data"]
    connection.close()


def test_it_ends_while_clients_hang(connect, openai) -> None:
    server = DevServer(draw="plain").start()
    server.faults.add(Fault("hang"))
    client = connect(server)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(generate, client)
        while not server.paid:
            threading.Event().wait(0.01)
        server.stop()
        assert isinstance(waiting.exception(20), openai.APIConnectionError)


def test_sketches_are_drawn_and_edits_change_them(serve, connect) -> None:
    server = serve(draw="sketch")
    client = connect(server)
    picture = first(generate(client, "a red car", quality="low"))
    edited = first(edit(client, named(picture), "make it blue", quality="low"))
    clear = first(generate(client, "a fox emblem", background="transparent", output_format="webp", quality="low"))
    assert described(picture) == described(edited) == ("image/png", 1024, 1024)
    assert described(clear) == ("image/webp", 1024, 1024)
    assert b"ALPH" in clear or b"VP8L" in clear
    assert picture != edited
    moving = first(generate(client, "a fox", output_format="gif", frame_count=3, size="720x720", quality="low"))
    assert described(moving) == ("image/gif", 720, 720)
    assert first(generate(client, "a fox", output_format="svg", quality="low")).startswith(b"<svg")


def test_a_drawing_function_is_given_all_it_needs(serve, connect) -> None:
    calls: list[tuple[object, ...]] = []

    def draw(prompt: str, options: dict[str, object], parent: bytes | None, partial: int | None) -> bytes:
        calls.append((prompt, options["size"], parent, partial))
        return png(4, 4)

    client = connect(serve(draw=draw))
    list(edit(client, named(png(64, 64)), "blue", size="1024x1024", stream=True, partial_images=1))
    assert calls == [("blue", "1024x1024", png(64, 64), 0), ("blue", "1024x1024", png(64, 64), None)]


def test_a_drawing_function_that_fails_is_told_to_the_client(serve, connect, openai) -> None:
    client = connect(serve(draw=lambda *_: 1 / 0))
    with pytest.raises(openai.InternalServerError, match="ZeroDivisionError") as caught:
        generate(client)
    assert caught.value.code == "dev_server_error"


class Terminal:
    """What a command says, and a way to wait for it."""

    def __init__(self, folder: Path) -> None:
        self.out: list[str] = []
        self.said: list[str] = []
        self.ready = threading.Event()
        self.context = CommandContext(folder, {}, {}, self._out, self.said.append)

    def _out(self, line: str) -> None:
        self.out.append(line)
        self.ready.set()


def parsed(command: DevServerCommand, *words: str):
    parser = ArgumentParser(exit_on_error=False)
    command.configure(parser)
    return parser.parse_args(words)


def test_the_command_serves_says_what_to_set_and_tells_what_is_billed(tmp_path, openai) -> None:
    stop, terminal = threading.Event(), Terminal(tmp_path)
    command = DevServerCommand(stop)
    words = [
        "--port",
        "0",
        "--draw",
        "plain",
        "--fault",
        "status,status=500",
        "--ledger",
        "paid.jsonl",
        "--key",
        "mine",
    ]
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(command.run, parsed(command, *words), terminal.context)
        assert terminal.ready.wait(20)
        (line,) = terminal.out
        settings = dict(word.split("=", 1) for word in line.split()[1:])
        with openai.OpenAI(
            base_url=settings["OPENAI_BASE_URL"], api_key=settings["OPENAI_API_KEY"], max_retries=0
        ) as client:
            with pytest.raises(openai.InternalServerError):
                generate(client)
            generate(client, n=2)
        stop.set()
        assert running.result(20) == 0
    assert settings["OPENAI_API_KEY"] == "mine"
    assert "on this machine only" in terminal.said[0]
    assert terminal.said[-2:] == [
        "billed 1: images/generations gpt-image-2.5-flare × 2 “a red car”",
        "1 call would have been billed",
    ]
    assert json.loads((tmp_path / "paid.jsonl").read_text())["prompt"] == "a red car"


def test_ctrl_c_ends_the_command_well(tmp_path) -> None:
    class Interrupt(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

    terminal = Terminal(tmp_path)
    command = DevServerCommand(Interrupt())
    assert command.run(parsed(command, "--port", "0"), terminal.context) == 0
    assert terminal.said[-1] == "0 calls would have been billed"


def test_a_port_that_is_taken_is_an_error_with_a_way_out(server, tmp_path) -> None:
    command = DevServerCommand()
    port = server.root.rpartition(":")[2]
    with pytest.raises(UsageError, match=f"port {port} cannot be used") as caught:
        command.run(parsed(command, "--port", port), Terminal(tmp_path).context)
    assert "--port 0" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("words", "said"), [(("--fault", "explode"), "unknown fault"), (("--ledger", "no/where.jsonl"), "no folder 'no'")]
)
def test_wrong_options_are_errors_before_it_listens(tmp_path, words, said) -> None:
    command, terminal = DevServerCommand(), Terminal(tmp_path)
    with pytest.raises(UsageError, match=said):
        command.run(parsed(command, "--port", "0", *words), terminal.context)
    assert terminal.out == []


def test_the_plugin_offers_its_command() -> None:
    assert [command.name for command in imagebuild_commands()] == ["dev-server"]

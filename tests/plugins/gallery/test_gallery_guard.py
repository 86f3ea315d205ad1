"""Whoever is not the page, in the browser of who opened the printed address, changes nothing and learns nothing."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest
from live import Line, MadeUpStudio, a_png, served

from imagebuild import TargetCard, Task

CARD = TargetCard(id="hero", name="hero", state="fresh", review=None, prompt="the secret prompt of the hero")
TASK = json.dumps({"kind": "approve", "targets": ["hero"]})


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[MadeUpStudio, Line]]:
    """One server for all of them."""
    studio = MadeUpStudio(tmp_path_factory.mktemp("guard") / "state", [CARD])
    with served(studio) as line:
        line.enter()
        yield studio, line


@pytest.fixture
def studio(house: tuple[MadeUpStudio, Line]) -> MadeUpStudio:
    house[0].submitted.clear()
    return house[0]


@pytest.fixture
def line(house: tuple[MadeUpStudio, Line]) -> Line:
    """A browser of its own, which has opened the printed address."""
    first = house[1]
    return Line(first.address, first.token, first.said, first.cookie)


def raw(line: Line, text: str | bytes) -> bytes:
    """What the server answers to bytes."""
    data = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode("latin-1")
    with socket.create_connection(("127.0.0.1", line.port), timeout=20) as connection:
        connection.sendall(data)
        connection.settimeout(3)
        found = b""
        try:
            while part := connection.recv(65536):
                found += part
        except TimeoutError:
            return found  # the server waits for more, or keeps the connection: nothing else comes
        except ConnectionResetError:
            return found  # it had heard enough
    return found


GOOD = {
    "Host": "127.0.0.1:{port}",
    "Origin": "http://127.0.0.1:{port}",
    "Cookie": "{cookie}",
    "X-Imagebuild-Token": "{token}",
    "Content-Type": "application/json",
    "Content-Length": str(len(TASK)),
    "Connection": "close",
}


def posted(change: dict[str, str | None], *, path: str = "/api/tasks", method: str = "POST", body: str = TASK) -> str:
    headers = {**GOOD, **change}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items() if value is not None)]
    return "\n".join(lines) + "\n\n" + body


STRANGERS: dict[str, str] = {
    "a foreign origin": posted({"Origin": "https://example.org"}),
    "a foreign origin on loopback": posted({"Origin": "http://127.0.0.1:1"}),
    "an origin by another scheme": posted({"Origin": "https://127.0.0.1:{port}"}),
    "an origin that begins like ours": posted({"Origin": "http://127.0.0.1:{port}.example.org"}),
    "an origin with a user": posted({"Origin": "http://127.0.0.1:{port}@example.org"}),
    "an origin of null": posted({"Origin": "null"}),
    "an empty origin": posted({"Origin": ""}),
    "no origin": posted({"Origin": None}),
    "two origins": posted({"Origin": "http://127.0.0.1:{port}\nOrigin: https://example.org"}),
    "a foreign host": posted({"Host": "example.org"}),
    "a foreign host with our port": posted({"Host": "example.org:{port}"}),
    "a host that was pointed to us": posted(
        {"Host": "rebind.example.org:{port}", "Origin": "http://rebind.example.org:{port}"}
    ),
    "our host with another port": posted({"Host": "127.0.0.1:1"}),
    "our host without a port": posted({"Host": "127.0.0.1"}),
    "a host in another notation": posted({"Host": "0x7f000001:{port}"}),
    "a host with a dot at its end": posted({"Host": "localhost.:{port}"}),
    "a host of nothing": posted({"Host": ""}),
    "no host": posted({"Host": None}),
    "two hosts": posted({"Host": "127.0.0.1:{port}\nHost: example.org"}),
    "a forwarded host": posted({"Host": "example.org", "X-Forwarded-Host": "127.0.0.1:{port}"}),
    "no cookie": posted({"Cookie": None}),
    "another cookie": posted({"Cookie": "imagebuild-{port}=0000"}),
    "the token as a cookie": posted({"Cookie": "imagebuild-{port}={token}"}),
    "a cookie of another port": posted({"Cookie": "imagebuild-1={value}"}),
    "a broken cookie": posted({"Cookie": "imagebuild-{port}"}),
    "no token": posted({"X-Imagebuild-Token": None}),
    "an empty token": posted({"X-Imagebuild-Token": ""}),
    "another token": posted({"X-Imagebuild-Token": "x" * 43}),
    "the beginning of the token": posted({"X-Imagebuild-Token": "the-token"}),
    "two tokens": posted({"X-Imagebuild-Token": "{token}\nX-Imagebuild-Token: x"}),
    "the token in the address": posted({"X-Imagebuild-Token": None}, path="/api/tasks?token={token}"),
    "a form": posted({"Content-Type": "application/x-www-form-urlencoded"}),
    "plain text": posted({"Content-Type": "text/plain"}),
    "a form with parts": posted({"Content-Type": "multipart/form-data; boundary=x"}),
    "no type": posted({"Content-Type": None}),
    "two types": posted({"Content-Type": "application/json\nContent-Type: text/plain"}),
    "a request from another site": posted({"Sec-Fetch-Site": "cross-site"}),
    "a request from the same site": posted({"Sec-Fetch-Site": "same-site"}),
    "another method": posted({}, method="PUT"),
    "a method of its own": posted({}, method="APPROVE"),
    "a preflight": posted({"Access-Control-Request-Method": "POST"}, method="OPTIONS"),
    "a delete": posted({}, method="DELETE"),
    "a get with a body": posted({}, method="GET"),
    "an override of the method": posted({"X-HTTP-Method-Override": "POST"}, method="GET"),
    "a body of no JSON": posted({}, body="x" * len(TASK)),
    "a body of a list": posted({"Content-Length": "2"}, body="[]"),
    "a body of nothing": posted({"Content-Length": "0"}, body=""),
    "a body that is too large": posted({"Content-Length": "70000"}, body="x" * 70_000),
    "a length that is no number": posted({"Content-Length": "1e9"}),
    "two lengths": posted({"Content-Length": f"{len(TASK)}\nContent-Length: 4"}),
    "chunks and a length": posted({"Transfer-Encoding": "chunked"}),
    "a task that does not exist": posted({"Content-Length": "35"}, body='{"kind": "rm -rf", "targets": ["a"]'),
    "a field of its own": posted({"Content-Length": "51"}, body='{"kind":"approve","targets":["hero"],"path":"/etc"}'),
    "targets that are no list": posted({"Content-Length": "35"}, body='{"kind":"approve","targets":"hero"}'),
    "another path": posted({}, path="/api/tasks/"),
    "a path with dots": posted({}, path="/site/../api/tasks"),
    "a path with encoded dots": posted({}, path="/site/%2e%2e/api/tasks"),
    "an upgrade": posted({"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "x"}, method="GET"),
    "no HTTP at all": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n",
    "an older HTTP": posted({"Host": None}).replace("HTTP/1.1", "HTTP/1.0"),
}


@pytest.mark.parametrize("case", STRANGERS)
def test_a_stranger_changes_nothing_and_learns_nothing(case: str, line: Line, studio: MadeUpStudio) -> None:
    answer = raw(line, written(line, STRANGERS[case]))
    assert studio.submitted == []
    assert line.token.encode() not in answer
    assert b"secret prompt" not in answer
    assert not answer.startswith(b"HTTP/1.1 202")
    is_read = "GET" in STRANGERS[case].split("\n")[0]
    assert answer.startswith(b"HTTP/1.1 4") or is_read or (case == "chunks and a length" and answer == b"")


def test_the_same_without_a_flaw_is_let_through(line: Line, studio: MadeUpStudio) -> None:
    assert raw(line, written(line, posted({}))).startswith(b"HTTP/1.1 202")
    assert studio.submitted == [Task("approve", ("hero",))]


def written(line: Line, text: str) -> str:
    """With the port, cookie and token of this session."""
    for name, value in (
        ("{port}", str(line.port)),
        ("{cookie}", line.cookie),
        ("{value}", line.cookie.partition("=")[2]),
        ("{token}", line.token),
    ):
        text = text.replace(name, value)
    return text


def test_there_are_more_than_fifty_of_them() -> None:
    assert len(STRANGERS) >= 50


def test_the_page_itself_may(line: Line, studio: MadeUpStudio) -> None:
    status, state = line.post({"kind": "approve", "targets": ["hero"]})
    assert (status, state["state"]) == (202, "done")
    assert studio.submitted == [Task("approve", ("hero",))]


@pytest.mark.parametrize(
    "path",
    [
        "/api/overview",
        "/api/target?id=hero",
        "/api/targets?id=hero",
        "/api/tasks",
        "/api/news",
        "/site/app.js",
        "/thumb/x",
    ],
)
def test_nothing_is_told_without_the_cookie(path: str, line: Line) -> None:
    line.cookie = ""
    status, _, body = line.ask(path)
    assert status == 403
    assert b"hero" not in body


def test_the_page_without_a_cookie_says_how_to_open_it(line: Line) -> None:
    line.cookie = ""
    status, headers, body = line.ask("/")
    assert (status, headers["content-type"]) == (403, "text/plain; charset=utf-8")
    assert b"imagebuild serve" in body
    assert line.token.encode() not in body


@pytest.mark.parametrize("query", ["token=wrong", "token=", "other=1", "token={token}&token=x", "TOKEN={token}"])
def test_a_wrong_token_opens_nothing(query: str, line: Line) -> None:
    line.cookie = ""
    status, headers, _ = line.ask(f"/?{query.replace('{token}', line.token)}")
    assert status == 403
    assert "set-cookie" not in headers


def test_the_token_leaves_the_address_for_a_cookie_that_scripts_and_other_sites_do_not_get(line: Line) -> None:
    status, headers, _ = line.ask(f"/?token={line.token}")
    assert (status, headers["location"], headers["cache-control"]) == (303, "/", "no-store")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in headers["set-cookie"].split(";")}
    assert line.token not in headers["set-cookie"]


@pytest.mark.parametrize("path", ["/", "/api/overview", "/site/app.js", "/nowhere", "/api/target?id=nobody"])
def test_every_answer_keeps_browsers_strict(path: str, line: Line) -> None:
    _, headers, _ = line.ask(path)
    policy = headers["content-security-policy"]
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "trusted-types 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/site/../viewer.py",
        "/site/%2e%2e/publisher.py",
        "/site/..%2fpublisher.py",
        "/site/%2e%2e%2f%2e%2e%2fpyproject.toml",
        "/site//etc/passwd",
        "/site/app.js%00.png",
        "/site/",
        "/picture/..%2f..%2fetc%2fpasswd",
        "/picture/" + "A" * 64,
        "/picture/" + "0" * 64,
        "/picture/" + "0" * 63,
        "/thumb/..%2f..%2fetc%2fpasswd",
        "/partial/..%2f..%2fimagebuild.yaml",
        "/partial/%2e%2e",
        "/partial/.hidden",
        "/partial/a%00b",
        "/static/app.js",
        "/api/../site/app.js",
    ],
)
def test_no_path_leads_anywhere_else(path: str, line: Line) -> None:
    status, headers, body = line.ask(path)
    assert status == 404
    assert b"root:" not in body
    assert headers["content-type"].startswith("application/json")


def test_a_fault_is_told_to_the_person_and_not_to_the_page(line: Line, studio: MadeUpStudio) -> None:
    def broken(name: str) -> None:
        raise RuntimeError("/home/somebody/secret")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(studio, "target", broken)
        status, _, body = line.ask("/api/target?id=hero")
    assert status == 500
    assert b"secret" not in body
    assert line.said == ["the gallery failed: RuntimeError: /home/somebody/secret"]


def test_a_picture_has_the_type_of_its_bytes_and_may_run_nothing(line: Line, studio: MadeUpStudio) -> None:
    view = studio.add(a_png(), "image/png")
    status, headers, body = line.ask(f"/picture/{view.digest}")
    assert (status, headers["content-type"], body) == (200, "image/png", a_png())
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cache-control"].endswith("immutable")


def test_it_listens_on_this_machine_alone(line: Line) -> None:
    own = next((each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)), "127.0.0.1")
    if own.startswith("127."):
        own = "127.0.0.2"  # another address of this machine, all the same
    with pytest.raises(OSError, match=r"refused|timed out|unreachable"):
        socket.create_connection((own, line.port), timeout=2)

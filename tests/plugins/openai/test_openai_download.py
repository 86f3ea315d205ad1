"""Links to pictures: https and public hosts only, no redirects, no key, an end to size and time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx2
import pytest

from imagebuild.errors import NoImageError
from imagebuild.testing import png
from imagebuild_openai import download
from imagebuild_openai.client import Connection
from imagebuild_openai.download import fetch
from imagebuild_openai.settings import Settings

PICTURE = png()
KEY = "test-key-that-must-stay-here"
Handler = Callable[[httpx2.Request], httpx2.Response]


class Stream(httpx2.SyncByteStream):
    def __init__(self, data: bytes) -> None:
        self._data = data

    def __iter__(self) -> Iterator[bytes]:
        yield self._data


class Host:
    """A host on the internet that answers as a test says, and lists what it was asked."""

    def __init__(self, answer: Handler, base_url: str | None = None) -> None:
        self.asked: list[httpx2.Request] = []
        self.slept: list[float] = []
        self._answer = answer
        settings = Settings(base_url=base_url, environ={"OPENAI_API_KEY": KEY})
        transport = httpx2.MockTransport(self._record)
        self.connection = Connection(settings, transport=transport, sleep=self.slept.append)

    def _record(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        return self._answer(request)

    def fetch(self, url: str, *addresses: str, largest: int = 10_000) -> bytes:
        found = list(addresses or ("93.184.216.34",))
        return fetch(url, connection=self.connection, resolve=lambda host, port: found, largest=largest)


def picture(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, stream=Stream(PICTURE))


def test_a_picture_is_fetched_from_the_address_that_was_judged_and_without_a_key() -> None:
    host = Host(picture)
    assert host.fetch("https://cdn.example/a.png?x=1") == PICTURE
    (request,) = host.asked
    assert request.url.host == "93.184.216.34"
    assert request.headers["host"] == "cdn.example"
    assert request.extensions["sni_hostname"] == "cdn.example"
    assert request.url.raw_path == b"/a.png?x=1"
    assert KEY not in str(request.headers)
    assert "authorization" not in request.headers


@pytest.mark.parametrize("url", ["http://cdn.example/a.png", "ftp://cdn.example/a", "file:///etc/passwd", "https://"])
def test_only_https_is_fetched(url: str) -> None:
    host = Host(picture)
    with pytest.raises(NoImageError, match="cannot be fetched") as caught:
        host.fetch(url)
    assert caught.value.billed
    assert host.asked == []


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
    "fe80::1%eth0",
    "fd00::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "nonsense",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_is_reached(address: str) -> None:
    host = Host(picture)
    with pytest.raises(NoImageError, match="private network"):
        host.fetch("https://cdn.example/a.png", address)
    assert host.asked == []


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(NoImageError, match="private network"):
        Host(picture).fetch("https://cdn.example/a.png", "93.184.216.34", "10.0.0.1")


def test_the_services_own_origin_may_be_private_and_plain() -> None:
    host = Host(picture, "http://127.0.0.1:8080/v1")
    assert host.fetch("http://localhost:8080/pictures/a.png", "127.0.0.1") == PICTURE


@pytest.mark.parametrize("url", ["http://127.0.0.1:9090/a.png", "https://127.0.0.1:8080/a.png"])
def test_another_port_or_scheme_is_another_origin(url: str) -> None:
    with pytest.raises(NoImageError):
        Host(picture, "http://127.0.0.1:8080/v1").fetch(url, "127.0.0.1")


def test_a_public_service_cannot_send_us_into_our_own_machine() -> None:
    with pytest.raises(NoImageError, match="private network"):
        Host(picture, "https://api.example/v1").fetch("https://localhost/a.png", "127.0.0.1")


def test_no_redirect_is_followed() -> None:
    host = Host(lambda request: httpx2.Response(302, headers={"location": "https://other.example/"}))
    with pytest.raises(NoImageError, match="redirect"):
        host.fetch("https://cdn.example/a.png")
    assert len(host.asked) == 1


def test_a_picture_that_is_too_large_is_not_taken() -> None:
    with pytest.raises(NoImageError, match="larger than 50 bytes"):
        Host(picture).fetch("https://cdn.example/a.png", largest=50)


def test_a_packed_answer_is_not_unpacked() -> None:
    packed = Host(lambda request: httpx2.Response(200, headers={"content-encoding": "gzip"}, stream=Stream(b"bomb")))
    with pytest.raises(NoImageError, match="packed"):
        packed.fetch("https://cdn.example/a.png")


def test_a_picture_that_comes_too_slowly_is_given_up() -> None:
    host = Host(picture)
    times = iter(range(0, 100_000, 1000))
    host.connection.clock = lambda: float(next(times))
    with pytest.raises(NoImageError, match="too long"):
        host.fetch("https://cdn.example/a.png")


def test_a_failure_that_may_pass_is_tried_again() -> None:
    answers = iter([httpx2.Response(503), httpx2.ReadError("reset"), httpx2.Response(200, stream=Stream(PICTURE))])

    def answer(request: httpx2.Request) -> httpx2.Response:
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    host = Host(answer)
    assert host.fetch("https://cdn.example/a.png") == PICTURE
    assert (len(host.asked), len(host.slept)) == (3, 2)


def test_a_failure_that_stays_is_an_error_with_host_and_without_path() -> None:
    host = Host(lambda request: httpx2.Response(503))
    with pytest.raises(NoImageError, match="status 503") as caught:
        host.fetch("https://cdn.example/a.png?signature=abc")
    assert "signature" not in str(caught.value)


def test_an_address_with_a_password_is_not_fetched_and_not_shown() -> None:
    with pytest.raises(NoImageError, match="user name") as caught:
        Host(picture).fetch("https://user:word@cdn.example/a.png")
    assert "word" not in str(caught.value)


def test_a_picture_that_is_not_there_is_not_asked_for_twice() -> None:
    host = Host(lambda request: httpx2.Response(404))
    with pytest.raises(NoImageError, match="status 404"):
        host.fetch("https://cdn.example/a.png")
    assert len(host.asked) == 1


def test_a_host_without_an_address_is_said_to_have_none() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    connection = Host(picture).connection
    with pytest.raises(NoImageError, match="has no address"):
        fetch("https://nowhere.example/a.png", connection=connection, resolve=nowhere)


def test_this_machine_has_an_address() -> None:
    assert download.resolve("localhost", 80)

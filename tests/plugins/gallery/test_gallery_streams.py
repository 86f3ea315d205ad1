"""News as they reach pages: in order, after a gap, and never at a build's cost."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from live import Line, MadeUpStudio, served

from imagebuild import TargetCard
from imagebuild.errors import PluginError, UsageError
from imagebuild.studio.news import Newsroom
from imagebuild_gallery import GalleryViewer
from imagebuild_gallery.server import viewer as module


@pytest.fixture
def studio(tmp_path: Path) -> MadeUpStudio:
    return MadeUpStudio(tmp_path / "state", [TargetCard(id="a", name="a", state="fresh", review=None)])


class Listener:
    """One page that listens."""

    def __init__(self, line: Line, last: str | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", line.port, timeout=20)
        headers = {"cookie": line.cookie, **({"last-event-id": last} if last else {})}
        self._connection.request("GET", "/api/news", headers=headers)
        self.answer = self._connection.getresponse()

    def next(self) -> tuple[int, str, dict[str, object]]:
        """The next news: number, name and data."""
        found: dict[str, str] = {}
        while True:
            row = self.answer.readline().decode()
            if row == "":
                raise EOFError
            if row.strip() == "" and "data" in found:
                return int(found["id"]), found["event"], json.loads(found["data"])
            name, _, value = row.strip().partition(": ")
            found[name] = value

    def close(self) -> None:
        self.answer.close()
        self._connection.close()


def listening(studio: MadeUpStudio, count: int) -> None:
    end = time.monotonic() + 20
    while len(studio._hearers) != count:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_news_come_in_order_to_every_page(studio: MadeUpStudio) -> None:
    with served(studio) as line:
        line.enter()
        pages = [Listener(line) for _ in range(20)]
        listening(studio, 20)
        for number in range(50):
            studio.emit("notice", message=f"word {number}\n\nevent: task")
        for page in pages:
            assert page.answer.getheader("content-type", "").startswith("text/event-stream")
            heard = [page.next() for _ in range(50)]
            assert [each[0] for each in heard] == list(range(1, 51))
            assert heard[7][1:] == ("notice", {"message": "word 7\n\nevent: task"})
            page.close()
        listening(studio, 0)


def test_closing_ends_every_stream_and_leaves_no_thread(studio: MadeUpStudio) -> None:
    before = {thread.name for thread in threading.enumerate()}
    with served(studio) as line:
        line.enter()
        page = Listener(line)
        listening(studio, 1)
    with pytest.raises((EOFError, http.client.HTTPException, ConnectionError)):
        page.next()
    page.close()
    listening(studio, 0)
    assert not {name for name in {thread.name for thread in threading.enumerate()} - before if "imagebuild" in name}


def test_a_page_that_was_away_hears_what_it_missed(tmp_path: Path) -> None:
    room = Newsroom()
    for number in range(1, 6):
        room.tell("notice", {"message": str(number)})
    heard: list[tuple[int, str]] = []
    end = room.subscribe(lambda news: heard.append((news.number, news.name)), after=3)
    room.tell("notice")
    end()
    room.tell("notice")
    assert heard == [(4, "notice"), (5, "notice"), (6, "notice")]


@pytest.mark.parametrize("after", [0, 99_999])
def test_a_page_that_was_away_for_too_long_looks_at_everything_anew(after: int) -> None:
    room = Newsroom()
    for _ in range(2_500):
        room.tell("notice")
    heard: list[tuple[int, str, object]] = []
    room.subscribe(lambda news: heard.append((news.number, news.name, news.data)), after=after)
    assert heard == [(2_500, "targets", {"ids": None})]


def test_who_fails_to_listen_is_dropped_and_the_others_hear_on() -> None:
    room = Newsroom()
    heard: list[int] = []

    def broken(news: object) -> None:
        raise RuntimeError("a page that is gone")

    room.subscribe(broken)
    room.subscribe(lambda news: heard.append(news.number))
    room.tell("notice")
    room.tell("notice")
    assert heard == [1, 2]


def test_a_port_that_is_taken_is_a_usage_error(studio: MadeUpStudio) -> None:
    with served(studio) as line, pytest.raises(UsageError, match=r"cannot be used") as caught:
        GalleryViewer().serve(studio, port=line.port, say=print)
    assert caught.value.hint == "choose another with '--port'"


def test_what_is_not_installed_is_named_with_the_command_that_installs_it(
    studio: MadeUpStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "uvicorn", None)
    with pytest.raises(PluginError, match="starlette and uvicorn") as caught:
        module.GalleryViewer().serve(studio, port=0, say=print)
    assert caught.value.hint == 'pip install "imagebuild-ai[gallery]"'


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Line]:
    cards = [TargetCard(id=f"t{number}", name="t", state="fresh", review=None) for number in range(2_000)]
    with served(MadeUpStudio(tmp_path / "state", cards)) as line:
        line.enter()
        yield line


def test_an_overview_is_compressed_where_that_is_understood(many: Line) -> None:
    import gzip

    status, headers, body = many.ask("/api/overview", accept_encoding="gzip")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert len(json.loads(gzip.decompress(body))["targets"]) == 2_000

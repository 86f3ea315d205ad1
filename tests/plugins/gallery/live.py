"""A project on show: a real studio or a made-up one, behind the real server."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct, field

from imagebuild import (
    News,
    Overview,
    PictureView,
    PriceView,
    Served,
    StoredPicture,
    Studio,
    TargetCard,
    TargetView,
    Task,
    TaskState,
)
from imagebuild.budget import Budget
from imagebuild.cost import Cost
from imagebuild.digest import digest_bytes
from imagebuild.errors import UsageError
from imagebuild.studio import ProjectStudio
from imagebuild.testing import World, png
from imagebuild_gallery import GalleryViewer

__all__ = ["Line", "MadeUpStudio", "on_show", "served"]


class MadeUpStudio(Studio):
    """Cards as they are given; tasks are remembered and done at once."""

    def __init__(
        self, folder: Path, cards: Sequence[TargetCard], views: Mapping[str, TargetView] | None = None
    ) -> None:
        self.token = "the-token-of-this-session"
        self.folder = folder
        self.cards = {card.id: card for card in cards}
        self.views = dict(views or {})
        self.pictures: dict[str, StoredPicture] = {}
        self.submitted: list[Task] = []
        self._number = 0
        self._hearers: list[Callable[[News], None]] = []
        self._guard = threading.Lock()

    def add(self, data: bytes, media_type: str) -> PictureView:
        """A picture that may be asked for."""
        digest = digest_bytes(data)
        path = self.folder / digest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.pictures[digest] = StoredPicture(path, media_type)
        return PictureView(digest, media_type, 8, 6, len(data))

    def emit(self, name: str, **data: Any) -> None:
        with self._guard:
            self._number += 1
            hearers, news = list(self._hearers), News(self._number, name, data)
        for hear in hearers:
            hear(news)

    def overview(self) -> Overview:
        return Overview("made up", 1, tuple(self.cards.values()), cap_usd=1.0, spent_usd=0.25)

    def card_views(self, targets: Sequence[str]) -> Overview:
        return Overview("made up", 1, tuple(self.cards[name] for name in targets if name in self.cards))

    def target(self, name: str) -> TargetView:
        if name not in self.cards:
            raise UsageError(f"there is no target '{name}'")
        return self.views.get(name) or TargetView(self.cards[name])

    def picture(self, digest: str) -> StoredPicture:
        if digest not in self.pictures:
            raise UsageError("there is no such picture in this project")
        return self.pictures[digest]

    def partial(self, file: str) -> StoredPicture:
        raise UsageError("there is no such partial picture")

    def price(self, task: Task) -> PriceView:
        return PriceView(Cost.exactly(0.04), "$0.04", True, 1)

    def submit(self, task: Task) -> TaskState:
        with self._guard:
            self.submitted.append(task)
        return TaskState(len(self.submitted), task, "done", "done")

    def tasks(self) -> tuple[TaskState, ...]:
        return ()

    def subscribe(self, hear: Callable[[News], None], *, after: int | None = None) -> Callable[[], None]:
        with self._guard:
            self._hearers.append(hear)

        def end() -> None:
            with self._guard:
                self._hearers.remove(hear)

        return end


class Line(Struct):
    """A way to the server for one browser or program."""

    address: str
    token: str
    said: list[str] = field(default_factory=list)
    cookie: str = ""

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one request; headers are named with underscores."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            if self.cookie:
                given.setdefault("cookie", self.cookie)
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def enter(self) -> None:
        """Open the printed address."""
        status, headers, _ = self.ask(f"/?token={self.token}")
        assert (status, headers["location"]) == (303, "/")
        self.cookie = headers["set-cookie"].partition(";")[0]

    def json(self, path: str) -> Any:
        """What an address of the API answers."""
        status, _, body = self.ask(path)
        assert status == 200, body
        return json.loads(body)

    def post(self, task: Mapping[str, object], **headers: str) -> tuple[int, Any]:
        """Submit a task as the page does."""
        given = {"content_type": "application/json", "x_imagebuild_token": self.token, "origin": self.origin, **headers}
        status, _, body = self.ask("/api/tasks", "POST", json.dumps(task).encode(), **given)
        return status, json.loads(body)


@contextmanager
def served(studio: Studio) -> Iterator[Line]:
    """The real server before a studio."""
    said: list[str] = []
    gallery: Served = GalleryViewer().serve(studio, port=0, say=said.append)
    try:
        yield Line(gallery.address, studio.token, said)
    finally:
        gallery.close()


@contextmanager
def on_show(world: World, *, cap: float | None = None) -> Iterator[tuple[ProjectStudio, Line]]:
    """A project's own studio before the real server."""
    studio = ProjectStudio(world.open(), budget=None if cap is None else Budget(cap))
    try:
        with served(studio) as line:
            yield studio, line
    finally:
        studio.close()


def a_png(shade: int = 200) -> bytes:
    return png(8, 6, (shade, 40, 40))

"""The addresses of the gallery, and what stands behind each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from imagebuild import Studio, Task
from imagebuild.errors import ImageBuildError, LockError, SpecError, SpendingRefused, StoreError, UsageError
from imagebuild_gallery.server.guard import PICTURE_POLICY, App, Guard
from imagebuild_gallery.server.plain import CardPress, to_json
from imagebuild_gallery.server.stream import Closing, stream
from imagebuild_gallery.server.thumbnail import Thumbnails, rastered

__all__ = ["Closing", "application"]

_FOREVER = "private, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_TEXTS = ("kind", "picture")
_NUMBERS = ("candidate", "edit")
_FLAGS = ("alt", "frozen")
_TASK = ("targets", "max_cost", *_TEXTS, *_NUMBERS, *_FLAGS)
_COMPRESSED = 1_000  # bytes from which on an answer is


def application(studio: Studio, *, port: int, closing: Closing, say: Callable[[str], None]) -> App:
    """The gallery of a studio, guarded."""
    gallery = _Gallery(studio, closing, say)
    routes = [
        Route("/", gallery.page),
        Route("/site/{name}", gallery.site),
        Route("/api/overview", gallery.overview),
        Route("/api/targets", gallery.cards),
        Route("/api/target", gallery.target),
        Route("/api/price", gallery.price),
        Route("/api/tasks", gallery.tasks, methods=["GET"]),
        Route("/api/tasks", gallery.submit, methods=["POST"]),
        Route("/api/news", gallery.news),
        Route("/picture/{digest}", gallery.picture),
        Route("/thumb/{digest}", gallery.thumb),
        Route("/partial/{name}", gallery.partial),
    ]
    app = Starlette(routes=routes, exception_handlers={404: _unknown, 405: _unknown, Exception: gallery.fault})
    app.router.redirect_slashes = False
    return Guard(GZipMiddleware(app, minimum_size=_COMPRESSED, compresslevel=1), token=studio.token, port=port)


class _Gallery:
    """Answers requests. The studio is asked in a thread of its own, so that nobody waits for another."""

    def __init__(self, studio: Studio, closing: Closing, say: Callable[[str], None]) -> None:
        self._studio = studio
        self._closing = closing
        self._say = say
        self._press = CardPress()
        self._thumbs = Thumbnails(studio.folder)
        self._thumbs.sweep()

    async def page(self, request: Request) -> Response:
        """The page itself, with the token that allows changes."""
        text = _site_file("index.html").decode().replace("{{token}}", self._studio.token)
        return Response(text, media_type="text/html")

    async def site(self, request: Request) -> Response:
        """Scripts and styles, by name."""
        name = request.path_params["name"]
        if name not in _site_names():
            return _error(404, "there is no such file")
        kind = _TYPES["." + name.rpartition(".")[2]]
        return Response(_site_file(name), headers={"content-type": kind, "cache-control": "no-cache"})

    async def overview(self, request: Request) -> Response:
        """All targets in brief."""
        return await self._json(lambda: self._press.write(self._studio.overview()))

    async def cards(self, request: Request) -> Response:
        """Some targets in brief."""
        ids = request.query_params.getlist("id")
        return await self._json(lambda: self._press.write(self._studio.card_views(ids)))

    async def target(self, request: Request) -> Response:
        """All about one target."""
        name = request.query_params.get("id", "")
        return await self._json(lambda: to_json(self._studio.target(name)))

    async def price(self, request: Request) -> Response:
        """What a purchase would cost."""
        query = request.query_params
        given: dict[str, Any] = {"kind": query.get("kind", ""), "targets": query.getlist("id")}
        if edit := _whole(query.get("edit", "")):
            given["edit"] = edit
        return await self._json(lambda: to_json(self._studio.price(_task(given))))

    async def tasks(self, request: Request) -> Response:
        """What is being done."""
        return await self._json(lambda: to_json(self._studio.tasks()))

    async def submit(self, request: Request) -> Response:
        """Have something done."""
        try:
            body = await request.body()
        except ClientDisconnect:
            return _error(413, "the request is too large")
        return await self._json(lambda: to_json(self._studio.submit(_task(_parsed(body)))), status=202)

    async def news(self, request: Request) -> Response:
        """What happens, as it happens."""
        last = request.headers.get("last-event-id", "")
        after = _whole(last) if last else None
        headers = {"cache-control": "no-store", "content-encoding": "identity"}
        return StreamingResponse(
            stream(self._studio, self._closing, after), media_type="text/event-stream", headers=headers
        )

    async def picture(self, request: Request) -> Response:
        """A picture as it is; an SVG as pixels."""

        def read() -> tuple[bytes, str]:
            found = self._studio.picture(request.path_params["digest"])
            if found.media_type == "image/svg+xml":
                return rastered(found), "image/png"
            return _bytes_of(found.path.read_bytes), found.media_type

        return await self._picture(read, _FOREVER)

    async def thumb(self, request: Request) -> Response:
        """A small picture."""
        digest, width = request.path_params["digest"], request.query_params.get("w", "320")

        def read() -> tuple[bytes, str]:
            found = self._studio.picture(digest)
            return self._thumbs.get(digest, found, _whole(width)), "image/webp"

        return await self._picture(read, _FOREVER)

    async def partial(self, request: Request) -> Response:
        """A picture that is not final."""

        def read() -> tuple[bytes, str]:
            found = self._studio.partial(request.path_params["name"])
            if found.media_type == "image/svg+xml":
                return rastered(found), "image/png"
            return _bytes_of(found.path.read_bytes), found.media_type

        return await self._picture(read, "no-store")

    async def fault(self, request: Request, error: Exception) -> Response:
        """Something nobody foresaw: the person at the terminal hears of it, the page only that it was so."""
        self._say(f"the gallery failed: {type(error).__name__}: {error}")
        return _error(500, "something went wrong in the gallery", "the terminal says more")

    async def _json(self, ask: Callable[[], bytes], *, status: int = 200) -> Response:
        try:
            body = await run_in_threadpool(ask)
        except ImageBuildError as error:
            return _refused(error)
        return Response(body, status, media_type="application/json")

    async def _picture(self, read: Callable[[], tuple[bytes, str]], caching: str) -> Response:
        try:
            data, media_type = await run_in_threadpool(read)
        except ImageBuildError as error:
            return _refused(error)
        headers = {
            "content-type": media_type,
            "cache-control": caching,
            "content-security-policy": PICTURE_POLICY,
            "content-disposition": "inline",
            "content-encoding": "identity",
        }
        return Response(data, headers=headers)


def _whole(text: str) -> int:
    """A whole number, 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _bytes_of(read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except OSError as error:
        raise StoreError(f"a picture cannot be read: {(error.strerror or str(error)).lower()}") from error


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UsageError("the request is no JSON") from error
    if not isinstance(given, dict):
        raise UsageError("the request is no JSON object")
    return given


def _task(given: Mapping[str, Any]) -> Task:
    """What the page asks for, each value of the right kind. Raises ``UsageError``."""
    unknown = [name for name in given if name not in _TASK]
    targets, cap = given.get("targets"), given.get("max_cost")
    wrong = [name for name in _TEXTS if not isinstance(given.get(name, ""), str | None)]
    wrong += [name for name in _NUMBERS if not _is_number(given.get(name))]
    wrong += [name for name in _FLAGS if not isinstance(given.get(name, False), bool)]
    if cap is not None and (isinstance(cap, bool) or not isinstance(cap, int | float) or not 0 <= cap < 1e9):
        wrong.append("max_cost")
    if not isinstance(targets, list) or not all(isinstance(name, str) for name in targets):
        wrong.append("targets")
    if unknown or wrong:
        raise UsageError(f"the request has a wrong '{str((unknown + wrong)[0])[:40]}'")
    fields = {name: value for name, value in given.items() if value is not None and name != "targets"}
    return Task(targets=tuple(targets or ()), **fields)


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1_000_000)


def _refused(error: ImageBuildError) -> Response:
    statuses: tuple[tuple[type[ImageBuildError], int], ...] = (
        (SpecError, 409),
        (UsageError, 404),
        (SpendingRefused, 402),
        (LockError, 409),
        (StoreError, 410),
    )
    status = next((number for kind, number in statuses if isinstance(error, kind)), 409)
    return _error(status, error.message, error.hint, str(error.place) if error.place else None)


def _error(status: int, message: str, hint: str | None = None, place: str | None = None) -> Response:
    body = to_json({"error": {"message": message, "hint": hint, "place": place}})
    return Response(body, status, media_type="application/json")


async def _unknown(request: Request, error: Exception) -> Response:
    return _error(404, "there is nothing at this address")


@cache
def _site_names() -> frozenset[str]:
    folder = files("imagebuild_gallery") / "site"
    return frozenset(entry.name for entry in folder.iterdir() if "." + entry.name.rpartition(".")[2] in _TYPES)


@cache
def _site_file(name: str) -> bytes:
    return (files("imagebuild_gallery") / "site" / name).read_bytes()

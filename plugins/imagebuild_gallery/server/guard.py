"""Who may ask for what: only this page in this browser, whatever other pages and other names for this machine try."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

__all__ = ["CLOSED", "Guard", "PAGE_POLICY", "PICTURE_POLICY", "cookie_of"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
"""Content Security Policy Level 3 and Trusted Types (W3C): the page's own files alone, and no markup from text."""

PICTURE_POLICY = "default-src 'none'; sandbox"

CLOSED = "Open the gallery with the address that 'imagebuild serve' has printed.\n"
_LARGEST = 64 * 1024  # bytes of a request's body
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-embedder-policy", b"require-corp"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), usb=(), payment=()"),
)


def cookie_of(token: str) -> str:
    """What stands in the cookie: other servers of this machine see it, so that it must not be what allows changes."""
    return hashlib.sha256(b"imagebuild gallery cookie " + token.encode()).hexdigest()


class Guard:
    """Middleware: lets a request through to ``app``, or answers it itself.

    Reading takes the cookie, which whoever opens the printed address gets. Changing takes the token in a header, too,
    which only the page knows, and a body of JSON. ``Host`` and ``Origin`` have to be ours in any case: a name that
    somebody has pointed to 127.0.0.1 is not (DNS rebinding).
    """

    def __init__(self, app: App, *, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._cookie_name = f"imagebuild-{port}"
        self._cookie = cookie_of(token)
        hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        self._hosts = frozenset(host.encode() for host in hosts)
        self._origins = frozenset(f"http://{host}".encode() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        send = _with_headers(send)
        refusal = self._refusal(scope)
        if refusal is not None:
            await _answer(send, *refusal)
            return
        if scope["path"] == "/" and scope["query_string"]:
            await self._enter(scope, send)
            return
        if not self._knows(scope):
            status = 403
            await _answer(send, status, CLOSED, plain=scope["path"] == "/")
            return
        if scope["method"] == "POST" and not self._may_change(scope):
            await _answer(send, 403, "this change does not come from the gallery's page")
            return
        await self._app(scope, _bounded(receive), send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Why a request is none of ours, whoever sends it."""
        headers = _headers(scope)
        hosts, origins = headers.get(b"host", []), headers.get(b"origin", [])
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return 421, "this server answers under 127.0.0.1 and localhost only"
        if origins and (len(origins) != 1 or origins[0].lower() not in self._origins):
            return 403, "this request comes from another page"
        site = headers.get(b"sec-fetch-site", [b"none"])
        if site[0] not in (b"same-origin", b"none"):
            return 403, "this request comes from another page"
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "only GET, HEAD and POST are answered"
        lengths = headers.get(b"content-length", [b"0"])
        if len(lengths) != 1 or not lengths[0].isdigit() or int(lengths[0]) > _LARGEST:
            return 413, "the request is too large"
        return None

    async def _enter(self, scope: Scope, send: Send) -> None:
        """Take the token out of the address and into a cookie, so that it stays in no history and no referrer."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])
        if len(given) != 1 or not hmac.compare_digest(given[0].encode(), self._token.encode()):
            await _answer(send, 403, CLOSED, plain=True)
            return
        cookie = f"{self._cookie_name}={self._cookie}; HttpOnly; SameSite=Strict; Path=/"
        headers = [(b"location", b"/"), (b"set-cookie", cookie.encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def _knows(self, scope: Scope) -> bool:
        given = b"; ".join(_headers(scope).get(b"cookie", []))
        try:
            found = SimpleCookie(given.decode("latin-1")).get(self._cookie_name)
        except CookieError:
            return False
        return found is not None and hmac.compare_digest(found.value.encode(), self._cookie.encode())

    def _may_change(self, scope: Scope) -> bool:
        headers = _headers(scope)
        tokens, kinds = headers.get(b"x-imagebuild-token", []), headers.get(b"content-type", [])
        return (
            len(tokens) == 1
            and hmac.compare_digest(tokens[0], self._token.encode())
            and len(kinds) == 1
            and kinds[0].split(b";")[0].strip().lower() == b"application/json"
            and len(headers.get(b"origin", [])) == 1
        )


def _headers(scope: Scope) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.lower(), []).append(value)
    return found


def _bounded(receive: Receive) -> Receive:
    """No more of a body than is allowed, whatever its header promised."""
    read = 0

    async def bounded() -> MutableMapping[str, Any]:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        return {"type": "http.disconnect"} if read > _LARGEST else message

    return bounded


def _with_headers(send: Send) -> Send:
    """Every answer has the headers that keep browsers strict, unless it has its own."""

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            there = {name.lower() for name, _ in headers}
            policy = ((b"content-security-policy", PAGE_POLICY.encode()), (b"cache-control", b"no-store"))
            headers += [(name, value) for name, value in (*_HEADERS, *policy) if name not in there]
            message = {**message, "headers": headers}
        await send(message)

    return sending


async def _answer(send: Send, status: int, message: str, *, plain: bool = False) -> None:
    body = message if plain else json.dumps({"error": {"message": message, "hint": None, "place": None}})
    kind = b"text/plain; charset=utf-8" if plain else b"application/json"
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
    await send({"type": "http.response.body", "body": body.encode()})

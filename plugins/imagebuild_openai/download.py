"""Fetches a picture that a server answered with a link to. The link is a stranger's: it leads to public hosts alone."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from imagebuild.errors import NoImageError
from imagebuild_openai.client import Connection, is_loopback
from imagebuild_openai.complaint import shown

if TYPE_CHECKING:
    import httpx2

__all__ = ["LARGEST", "fetch"]

LARGEST = 100_000_000
"""Bytes of a picture that are taken."""

_TRIES = 3
_PAUSE = 1.0
_TRANSLATED = ip_network("64:ff9b::/96")

Resolve = Callable[[str, int], list[str]]


class _PassingError(Exception):
    """A failure that may be over in a moment."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def fetch(url: str, *, connection: Connection, resolve: Resolve = resolve, largest: int = LARGEST) -> bytes:
    """The bytes behind ``url``. Raises ``NoImageError``: the picture was made, and cannot be had.

    https only, no redirect is followed, no key is sent, and the connection goes to an address that was judged after the
    name was resolved: private ones are refused. The service's own origin may be http, and may be private.
    """
    parts = urlsplit(url)
    where = shown(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", connection.secrets, 100)
    reason = "it cannot be reached"
    for attempt in range(_TRIES):
        if attempt:
            connection.sleep(_PAUSE * attempt)
        try:
            return b"".join(_pieces(url, where, connection, resolve, largest))
        except _PassingError as error:
            reason = str(error)
    raise _unusable(where, reason)


def _unusable(where: str, reason: str) -> NoImageError:
    return NoImageError(
        f"the picture at '{where}' cannot be fetched: {reason}",
        hint="ask the server for the picture itself: 'extra_body: {response_format: b64_json}'",
        billed=True,
    )


def _pieces(url: str, where: str, connection: Connection, resolve: Resolve, largest: int) -> Iterator[bytes]:
    import httpx2

    deadline = connection.clock() + connection.settings.timeout
    try:
        with _opened(url, where, connection, resolve) as response:
            if response.is_redirect:
                raise _unusable(where, "it redirects, and no redirect is followed")
            if response.status_code >= 500 or response.status_code == 429:
                raise _PassingError(f"its server answers with status {response.status_code}")
            if response.status_code != 200:
                raise _unusable(where, f"its server answers with status {response.status_code}")
            if response.headers.get("content-encoding", "identity") != "identity":
                raise _unusable(where, "it is packed, which was not asked for")
            taken = 0
            for piece in response.iter_raw():
                taken += len(piece)
                if taken > largest:
                    raise _unusable(where, f"it is larger than {largest:,} bytes")
                if connection.clock() > deadline:
                    raise _unusable(where, "it takes too long")
                yield piece
    except httpx2.InvalidURL:
        raise _unusable(where, "its address is malformed") from None  # the address is all there is to know
    except (httpx2.HTTPError, httpx2.StreamError) as error:
        raise _PassingError(shown(error, connection.secrets) or type(error).__name__) from error


class _opened:  # noqa: N801 - read as a verb in a with statement
    """A response whose body has not been read, from an address that was judged."""

    def __init__(self, url: str, where: str, connection: Connection, resolve: Resolve) -> None:
        import httpx2

        target = httpx2.URL(url)
        address = _judged(target, where, connection, resolve)
        self._client = httpx2.Client(
            timeout=connection.settings.timeout, follow_redirects=False, transport=connection.transport
        )
        self._request = self._client.build_request(
            "GET",
            target.copy_with(host=address),
            headers={"Host": target.netloc.decode("ascii"), "Accept-Encoding": "identity", "Accept": "image/*"},
            extensions={"sni_hostname": target.host} if target.scheme == "https" else {},
        )

    def __enter__(self) -> httpx2.Response:
        try:
            self._response = self._client.send(self._request, stream=True)
        except BaseException:
            self._client.close()
            raise
        return self._response

    def __exit__(self, *_: object) -> None:
        self._response.close()
        self._client.close()


def _judged(target: httpx2.URL, where: str, connection: Connection, resolve: Resolve) -> str:
    """The address to connect to."""
    own = _origin(str(target)) == _origin(connection.base_url)
    if target.scheme != "https" and not (own and target.scheme == "http"):
        raise _unusable(where, "it is not https")
    if not target.host:
        raise _unusable(where, "its address names no host")
    if target.userinfo:
        raise _unusable(where, "its address holds a user name")
    port = target.port or (443 if target.scheme == "https" else 80)
    try:
        addresses = resolve(target.host, port)
    except OSError as error:
        raise _PassingError(f"its host has no address: {error.strerror or 'unknown'}") from error
    if not addresses or not (own or all(_is_public(each) for each in addresses)):
        raise _unusable(where, "its host is in a private network")
    return addresses[0]


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    host = "loopback" if is_loopback(parts.hostname) else parts.hostname
    return parts.scheme, host, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _is_public(address: str) -> bool:
    """Whether an address is one of the internet at large, also where it wraps another."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _TRANSLATED:
            inner = IPv4Address(found.packed[-4:])
        if inner is not None:
            return _is_public(str(inner))
    return found.is_global and not found.is_multicast

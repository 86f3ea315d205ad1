"""One request's way to the service and back: calls through the SDK, answers as plain JSON, failures as our errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from imagebuild import ProviderContext, Request
from imagebuild.errors import ForgottenError, NoImageError, ProviderError, UnavailableError
from imagebuild_openai.client import Connection
from imagebuild_openai.fault import Wanted, mapped, sdk_errors
from imagebuild_openai.header import limits
from imagebuild_openai.header import request_id as id_in
from imagebuild_openai.model import Catalog
from imagebuild_openai.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

__all__ = ["Exchange", "Reply"]

_LONGEST_TEXT = 1 << 17  # characters: prompts and messages are shorter


class Reply(Struct, frozen=True):
    """What came back: the JSON of its body, without secrets, and its headers."""

    body: dict[str, Any]
    request_id: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Reply(request_id={self.request_id!r})"


class Exchange(Struct, frozen=True):
    """A resolved request with all it takes to send it, and what it wants. Nothing here is tried again."""

    request: Request
    context: ProviderContext
    settings: Settings
    catalog: Catalog
    connection: Connection
    wanted: Wanted = "picture"

    # The senders below import what is heavy when they are called: by then there is a client, and so a key.

    def post(self, path: str, body: Mapping[str, Any], *, paid: bool = False) -> Reply:
        """Send JSON; ``paid`` says that it may cost money. Raises ``ProviderError``."""

        def send(client: OpenAI) -> httpx2.Response:
            import httpx2

            return client.post(path, cast_to=httpx2.Response, body=dict(body), options=self._options())

        return self.ask(send, paid=paid)

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Reply:
        """Look something up, which costs nothing. Raises ``ForgottenError`` for what is not there."""

        def send(client: OpenAI) -> httpx2.Response:
            import httpx2

            options: Any = {**self._options(), "params": dict(query or {})}
            return client.get(path, cast_to=httpx2.Response, options=options)

        return self.ask(send, by_id=True)

    def ask(self, send: Callable[[OpenAI], httpx2.Response], *, paid: bool = False, by_id: bool = False) -> Reply:
        """Send by a method of the SDK that gives the raw answer."""
        with self._mapped(paid=paid, by_id=by_id):
            response = send(self.connection.client)
            self._note(response.headers, paid)
            body = _parsed(response.content, response.headers, paid, self.connection.secrets)
            return Reply(body, id_in(response.headers), response.headers)

    @contextmanager
    def events(self, send: Callable[[OpenAI], Any]) -> Iterator[tuple[str | None, Iterator[dict[str, Any]]]]:
        """Request id and events of a stream of a paid call; ``send`` gives the SDK's stream of objects."""
        with self._mapped(paid=True):
            stream = send(self.connection.client)
            self._note(stream.response.headers, True)
        try:
            yield id_in(stream.response.headers), self._each(stream)
        finally:
            stream.close()

    def stream(self, path: str, body: Mapping[str, Any]) -> Callable[[OpenAI], Any]:
        """What :meth:`events` sends for JSON."""

        def send(client: OpenAI) -> Any:
            from openai import Stream

            return client.post(
                path,
                cast_to=object,
                body=dict(body),
                options=self._options(),
                stream=True,
                stream_cls=Stream[object],
            )

        return send

    def lost(self, what: str) -> UnavailableError:
        """The error of an answer that broke off after it had begun."""
        return UnavailableError(
            f"{what}; the picture may have been made and billed",
            hint="build again to make the call again, or set 'retry_lost: true' to have that done at once",
            billed=True,
            retryable=self.settings.retry_lost,
        )

    @property
    def timeout(self) -> Any:
        """The time-out of this request, where it has one of its own."""
        seconds = self.request.hints.get("timeout")
        if not isinstance(seconds, int | float):
            return None
        import httpx2

        return httpx2.Timeout(seconds, connect=min(10.0, seconds))

    def _options(self) -> Any:
        options: dict[str, Any] = {}
        if self.timeout is not None:
            options["timeout"] = self.timeout
        if self.settings.profile.name == "azure" and self.request.options.get("image_model"):
            # Azure's Responses API takes the deployment that draws from a header.
            options["headers"] = {"x-ms-oai-image-generation-deployment": str(self.request.options["image_model"])}
        return options

    def _each(self, stream: Any) -> Iterator[dict[str, Any]]:
        secrets = self.connection.secrets
        with self._mapped(paid=True):
            for event in stream:
                if isinstance(event, dict):
                    yield _without(event, secrets)

    def _note(self, headers: Mapping[str, str], paid: bool) -> None:
        told = limits(headers) if paid else None
        if told is not None:
            self.context.note_limits(told)

    @contextmanager
    def _mapped(self, *, paid: bool, by_id: bool = False) -> Iterator[None]:
        try:
            yield
        except ProviderError:
            raise
        except sdk_errors() as error:
            response = getattr(error, "response", None)
            self._note(getattr(response, "headers", {}), paid)
            told = mapped(
                error,
                catalog=self.catalog,
                secrets=self.connection.secrets,
                paid=paid,
                retry_lost=self.settings.retry_lost,
                wanted=self.wanted,
            )
            if by_id and getattr(error, "status_code", None) == 404 and not isinstance(told, ForgottenError):
                told = ForgottenError(told.message, request_id=told.request_id)
            raise told from None  # the SDK's error holds the request, and with it the key


def _parsed(content: bytes, headers: Mapping[str, str], paid: bool, secrets: Collection[str]) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        cleaned: dict[str, Any] = _without(body, secrets)
        return cleaned
    for secret in secrets:
        content = content.replace(secret.encode(), b"***")
    error = NoImageError(
        "the service's answer cannot be read: it is not the JSON that was expected",
        hint="is 'base_url' the address of an image service, or of a page in front of it?",
        request_id=id_in(headers),
        billed=paid,
    )
    error.remains = (content,) if paid and content else ()
    raise error


def _without(value: Any, secrets: Collection[str]) -> Any:
    """A piece of JSON with every secret in its texts replaced; a text as long as a picture is one, and is left."""
    if isinstance(value, str):
        if len(value) > _LONGEST_TEXT:
            return value
        for secret in secrets:
            value = value.replace(secret, "***")
        return value
    if isinstance(value, dict):
        return {name: _without(inner, secrets) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, secrets) for inner in value]
    return value

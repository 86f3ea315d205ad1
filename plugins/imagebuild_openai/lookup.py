"""Looks for an answer by an id that was noted, until there is one. Looking is free: where it fails, it looks again."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from imagebuild import Result
from imagebuild.errors import (
    ForgottenError,
    NoImageError,
    ProviderError,
    RateLimitError,
    UnavailableError,
)
from imagebuild_openai.answer import CALL, read_response
from imagebuild_openai.exchange import Exchange, Reply
from imagebuild_openai.header import retry_after
from imagebuild_openai.profile import is_openai_host

__all__ = ["by_id", "in_conversation", "read"]

_BRIEF = 3
_LOOKS = 3
_TRIES = 5  # failures one after another until what an earlier process bought is left to the next build
_FIRST = 0.2
_SLOWEST = 5.0
_SLICE = 0.25


class Patience(Struct):
    """How long is waited, and how long between two looks.

    ``live``: whether this process made the call itself. ``trouble`` is why the last look failed.
    """

    exchange: Exchange
    live: bool
    deadline: float
    pause: float
    trouble: str | None = None
    failures: int = 0

    @classmethod
    def of(cls, exchange: Exchange, live: bool) -> Patience:
        """As long as the settings say, from now on."""
        settings = exchange.settings
        return cls(exchange, live, exchange.connection.clock() + settings.wait, min(_FIRST, settings.poll))

    @property
    def left(self) -> float:
        """Seconds until nothing more is waited for."""
        return self.deadline - self.exchange.connection.clock()

    def wait(self, asked: float | None = None) -> None:
        """Wait until the next look: soon at first, then at the pace of ``poll``, and a little longer each time.

        Raises ``UnavailableError`` when there is no next look.
        """
        connection, context = self.exchange.connection, self.exchange.context
        until = connection.clock() + max(asked or 0.0, self.pause)
        poll = self.exchange.settings.poll
        self.pause = min(self.pause * 1.5, poll) if self.pause < poll else min(self.pause * 1.1, max(_SLOWEST, poll))
        if self.left <= 0:
            raise self.given_up(f"there is none after {self.exchange.settings.wait:g} seconds")
        while not context.cancelled():
            remaining = min(until - connection.clock(), self.left)
            if remaining <= 0:
                return
            connection.sleep(min(remaining, _SLICE))
        raise self.given_up("it was not waited for any longer")

    def given_up(self, why: str) -> UnavailableError:
        """The error of a picture that is still being made. Who asks again must look, and not buy."""
        how = f"cannot be looked up ({self.trouble})" if self.trouble else "is still being made"
        return UnavailableError(
            f"the picture {how}, and {why}; the next build collects it",
            hint="build again later; 'wait' under 'providers.openai' says how long is waited",
            billed=True,
            retryable=not self.live,
        )

    def failed(self, error: ProviderError) -> UnavailableError:
        """A failure of looking that is not over in a moment. It says nothing of the picture, which stays to be had."""
        return UnavailableError(
            f"the picture cannot be looked up: {error.message}",
            hint=error.hint,
            request_id=error.request_id,
            billed=True,
            retryable=not self.live,
        )


def by_id(exchange: Exchange, answer_id: str, *, live: bool, seen: Reply | None = None) -> Result:
    """The answer with this id, as soon as it is finished. Raises ``ForgottenError`` when the service has none.

    ``seen`` is what it was when the call was made; the request id of that call is the one that is kept.
    """
    patience = Patience.of(exchange, live)
    missed, reply = 0, seen
    while True:
        if reply is not None and reply.body.get("status") not in ("queued", "in_progress"):
            named = replace(reply, request_id=seen.request_id) if seen is not None else reply
            return read(exchange, named, live=live)
        if reply is not None or missed:
            patience.wait(retry_after(reply.headers) if reply is not None else None)
        try:
            reply = _look(patience, f"/responses/{quote(answer_id, safe='')}")
        except ForgottenError as error:
            missed, reply = missed + 1, None
            if missed >= _LOOKS:
                raise _forgotten(exchange, error, live) from None  # the same, said for this case


def in_conversation(exchange: Exchange, conversation: str, *, live: bool, briefly: bool = False) -> Result:
    """The answer in a conversation, as soon as it is there; ``ForgottenError`` when nothing comes.

    Its items come with the finished answer. One that is empty is watched for ``grace``, from the loss of a call of this
    process on, or since it was made; then nobody can say whether the call arrived.
    ``briefly``: the service has said that the call failed, so a few looks will do, now and in this process later on.
    """
    if briefly:
        exchange.connection.failed.add(conversation)
    briefly = conversation in exchange.connection.failed
    patience, path = Patience.of(exchange, live), f"/conversations/{quote(conversation, safe='')}"
    empty_until: float | None = None
    looks = 0
    while True:
        try:
            reply = _look(patience, f"{path}/items", {"limit": 100, "order": "asc"})
        except ForgottenError as error:
            error.billed = True  # without the conversation nobody can say whether the call arrived
            raise error if live else _forgotten(exchange, error, live) from None  # the same, said for this case
        looks += 1
        items = reply.body.get("data")
        answer = [item for item in items if _is_answer(item)] if isinstance(items, list) else []
        if _is_finished(answer):
            body = {"status": "completed", "output": answer}
            return read(exchange, Reply(body, reply.request_id, reply.headers), live=live)
        if not items:
            if empty_until is None:
                try:
                    left = exchange.settings.grace if live else _may_be_empty(patience, path)
                    empty_until = exchange.connection.clock() + left
                except ForgottenError as error:
                    error.billed = True
                    raise
            if exchange.connection.clock() >= empty_until or (briefly and looks >= _BRIEF):
                raise ForgottenError(
                    f"nothing came into conversation '{conversation}'", request_id=reply.request_id, billed=True
                )
        patience.wait(retry_after(reply.headers))


def read(exchange: Exchange, reply: Reply, *, live: bool) -> Result:
    """The pictures of a finished answer.

    One that failed for a reason that may pass stays failed however often it is collected: then there is nothing to
    collect, and ``ForgottenError`` says so.
    """
    try:
        return read_response(
            reply.body,
            request=exchange.request,
            settings=exchange.settings,
            catalog=exchange.catalog,
            request_id=reply.request_id,
        )
    except (RateLimitError, UnavailableError) as error:
        if live:
            raise
        raise ForgottenError(
            f"the call failed: {error.message}",
            request_id=error.request_id,
            billed=error.billed,
            cost_usd=error.cost_usd,
        ) from error


def _look(patience: Patience, path: str, query: Mapping[str, Any] | None = None) -> Reply:
    """One answer to a look, after as many failures as there is patience for."""
    while True:
        try:
            reply = patience.exchange.get(path, query)
            patience.trouble, patience.failures = None, 0
            return reply
        except (RateLimitError, UnavailableError, NoImageError) as error:
            patience.trouble, patience.failures = error.message, patience.failures + 1
            if not patience.live and patience.failures >= _TRIES:
                raise patience.given_up("it is not asked for any longer") from None  # the next build asks again
            patience.wait(error.retry_after)
        except ForgottenError:
            raise
        except ProviderError as error:
            raise patience.failed(error) from None  # the same failure, with what it means here


def _forgotten(exchange: Exchange, error: ForgottenError, live: bool) -> ProviderError:
    """What it means that the service does not know an id that it gave.

    OpenAI keeps answers for 30 days and shows them only to the project whose key asked for them: to every other key it
    says the same as of one that is gone. So there nothing is taken for lost by itself.
    """
    if not live and is_openai_host(urlsplit(exchange.connection.base_url).hostname or ""):
        return UnavailableError(
            f"the service shows no such answer to this key: {error.message}",
            hint="set the key of the project that made the call, or give it up with 'imagebuild build --give-up'",
            request_id=error.request_id,
            billed=True,
        )
    if not live:
        error.billed = True  # the service had taken the call
        return error
    return UnavailableError(
        f"the service has lost the answer that it was making: {error.message}",
        hint="it may have been billed; build again to make the call again",
        request_id=error.request_id,
        billed=True,
        retryable=False,
    )


def _is_answer(item: object) -> bool:
    return isinstance(item, dict) and (item.get("type") == CALL or item.get("role") == "assistant")


def _is_finished(answer: list[dict[str, Any]]) -> bool:
    """Whether there is something final: a picture, a failure, or words where nothing is being drawn any more."""
    calls = [item for item in answer if item.get("type") == CALL]
    drawing = any(call.get("status") in ("in_progress", "generating") and not call.get("result") for call in calls)
    return bool(answer) and not drawing


def _may_be_empty(patience: Patience, path: str) -> float:
    """Seconds for which a conversation may still be empty, by the service's own clock where it shows one."""
    grace = patience.exchange.settings.grace
    reply = _look(patience, path)
    created = reply.body.get("created_at")
    if not isinstance(created, int | float):
        return grace
    return max(0.0, min(grace, created + grace - _time_of(reply, patience)))


def _time_of(reply: Reply, patience: Patience) -> float:
    try:
        return parsedate_to_datetime(reply.headers.get("date", "")).timestamp()
    except (TypeError, ValueError):
        return patience.exchange.connection.now()

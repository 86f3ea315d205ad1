"""Brings in what earlier builds paid for and could not wait for: answers that the service still holds under an id."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct, field

from imagebuild.action import request_of
from imagebuild.errors import (
    AuthenticationError,
    ForgottenError,
    ImageBuildError,
    ProviderError,
    QuotaError,
    RateLimitError,
    UnavailableError,
)
from imagebuild.event import Event, Notice
from imagebuild.intake import Asked, keep_answer, keep_remains
from imagebuild.provider import Provider
from imagebuild.request import ProviderContext
from imagebuild.store import Intent, Record, Store

__all__ = ["Collector"]

_AT_ONCE = 8
_GIVE_UP = "what can never be collected any more is given up, and made anew, with 'imagebuild build --give-up'"
_LATER = (AuthenticationError, QuotaError, RateLimitError, UnavailableError)
"""Failures that say nothing of the answer itself: it is still there, and asked for again by the next build."""


class Collector(Struct, frozen=True):
    """Settles the calls that processes which died had left open.

    ``provider_of`` gives a provider with the spec's settings, None when it is not installed; ``tell`` hears what came
    of each call, from several threads; ``cancelled`` turns true when the user no longer waits. ``failures`` then
    holds, by key, the answers that were failures, and ``collected`` what came.
    """

    originals: Store
    provider_of: Callable[[str], Provider | None]
    tell: Callable[[Event], None]
    cancelled: Callable[[], bool] = lambda: False
    failures: dict[str, ProviderError] = field(default_factory=dict)
    collected: list[Record] = field(default_factory=list)

    def settle(self, intents: Sequence[Intent], *, online: bool = True) -> None:
        """Collect the answers that have an id, and book the rest as maybe paid. Raises ``StoreError``.

        What cannot be asked for now stays open, and so does all that has an id when not ``online``.
        """
        with_id = [intent for intent in intents if intent.response_id]
        providers = {name: self.provider_of(name) for name in dict.fromkeys(each.provider for each in with_id)}
        for intent in intents:
            if not intent.response_id:
                self._give_up(intent, "it may have been paid, and its picture is lost")
        elsewhere = [each for each in with_id if (at := providers[each.provider]) and at.address != each.address]
        with_id = [each for each in with_id if each not in elsewhere]
        for address in dict.fromkeys(each.address for each in elsewhere):
            here = sum(each.address == address for each in elsewhere)
            self.tell(
                Notice(
                    f"{_calls(here)} of an earlier build can be collected at {address}, which is not asked now",
                    _GIVE_UP,
                )
            )
        if with_id and not online:
            self.tell(Notice(f"{_calls(len(with_id))} of an earlier build still to be collected, with a network"))
        elif with_id:
            self.tell(Notice(f"collecting {_calls(len(with_id))} that an earlier build made and could not wait for"))
            with ThreadPoolExecutor(min(_AT_ONCE, len(with_id)), thread_name_prefix="imagebuild-collect") as threads:
                for _ in threads.map(lambda intent: self._collect(intent, providers), with_id):
                    pass

    def give_up(self, intents: Sequence[Intent]) -> None:
        """Book what could not be collected as maybe paid, so that it can be made anew."""
        for intent in intents:
            self._give_up(intent, "it is given up, and may have been paid")

    def _collect(self, intent: Intent, providers: Mapping[str, Provider | None]) -> None:
        provider, records = providers[intent.provider], self.originals.records
        if provider is None:
            self._tell(intent, f"cannot be collected: provider '{intent.provider}' is not installed")
            return
        with self.originals.claim(intent.key):
            now = records.open_intent(intent.key)
            if now is None or now.started != intent.started or not now.response_id or self.cancelled():
                return
            try:
                self._fetch(now, now.response_id, provider)
            except ForgottenError as error:
                if error.billed:
                    self._give_up(now, f"the service no longer has it ({error.message}); it may have been paid")
                else:
                    records.settle(now.key, "failed_unbilled", started=now.started)
                    self._tell(now, f"was cut off before it arrived ({error.message}); nothing was paid")
            except _LATER as error:
                why = f"could not be collected, and is asked for again by the next build: {error.message}"
                self._tell(now, why, error.hint or _GIVE_UP)
            except ProviderError as error:
                records.settle(now.key, "maybe_paid" if error.billed else "failed_unbilled", started=now.started)
                self.failures[now.key] = error

    def _fetch(self, intent: Intent, response_id: str, provider: Provider) -> None:
        context = ProviderContext(
            target=intent.target,
            key=intent.key,
            note_id=lambda later: self.originals.records.note_id(intent.key, later),
            notice=lambda message: self.tell(Notice(message, target=intent.target)),
            cancelled=self.cancelled,
        )
        request = request_of(intent.request)
        try:
            promised = provider.resolve(request)
            media_type = None if promised.problems else promised.media_type
            reply: object = provider.collect(request, response_id, context)
        except ProviderError as error:
            keep_remains(self.originals, intent.key, error)
            raise
        except ImageBuildError:
            raise
        except (Exception, SystemExit) as error:
            raise UnavailableError(f"provider '{provider.name}' failed: {error!r}", billed=True) from error
        asked = Asked(intent.key, intent.request, media_type, intent.started)
        self.collected.append(keep_answer(self.originals, asked, reply))
        self._tell(intent, "was collected; nothing new was paid")

    def _give_up(self, intent: Intent, why: str) -> None:
        self.originals.records.settle(intent.key, "maybe_paid", started=intent.started)
        self._tell(intent, f"was in flight when an earlier build ended: {why}")

    def _tell(self, intent: Intent, what: str, hint: str | None = None) -> None:
        self.tell(Notice(f"a call to '{intent.provider}' for '{intent.target}' {what}", hint, intent.target))


def _calls(count: int) -> str:
    return "a call" if count == 1 else f"{count} calls"

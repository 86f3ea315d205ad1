"""Every error imagebuild raises on purpose, with its place, hint and exit code.

ImageBuildError            message, place, hint, exit_code
├─ UsageError              the command line or the call is wrong                2
├─ SpecError               imagebuild.yaml is wrong; holds every problem        2
├─ PluginError             a plugin is broken, clashes or is missing            2
├─ LockError               the lock is stale, broken, or something is missing   3
├─ SpendingRefused         money would be spent without a cap or a yes          4
├─ BuildError              a target failed                                      1
│  ├─ ProviderError        a provider could not deliver; ``retryable``
│  │  ├─ AuthenticationError, RateLimitError, QuotaError, UnavailableError
│  │  ├─ RequestError      the service finds the request wrong
│  │  ├─ RefusedError      moderation; ``stage``, ``categories``
│  │  ├─ NoImageError      an answer without a usable picture
│  │  │  ├─ IncompleteError, TextReplyError
│  │  ├─ DifferentError    a picture other than asked for; it is kept
│  │  └─ ForgottenError    the service no longer knows an answer by its id
│  └─ StepError            a local step could not do its work
├─ CheckFailed             a finished picture breaks a rule of the spec         5
├─ PublishError            a publisher could not deliver                        1
├─ StoreError              bytes or records could not be kept or read           1
│  └─ UnreachableError      a remote store does not answer
└─ InternalError           our bug; asks for a report                          70
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

__all__ = [
    "AuthenticationError",
    "BuildError",
    "CheckFailed",
    "DifferentError",
    "ForgottenError",
    "ImageBuildError",
    "IncompleteError",
    "InternalError",
    "LockError",
    "NoImageError",
    "Place",
    "PluginError",
    "Problem",
    "ProviderError",
    "PublishError",
    "QuotaError",
    "RateLimitError",
    "RefusedError",
    "RequestError",
    "SpecError",
    "SpendingRefused",
    "StepError",
    "StoreError",
    "TextReplyError",
    "UnavailableError",
    "UnreachableError",
    "UsageError",
]


class Place(Struct, frozen=True):
    """Where in a file something stands.

    ``file`` is relative to the project, with forward slashes. ``line`` and ``column`` count from 1; ``source`` is the
    text of that line and ``length`` how many characters the caret underlines.
    """

    file: str
    line: int | None = None
    column: int | None = None
    source: str | None = None
    length: int = 1

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class Problem(Struct, frozen=True):
    """One thing that is wrong: what, where, and what to do about it."""

    message: str
    place: Place | None = None
    hint: str | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class ImageBuildError(Exception):
    """What every error of imagebuild is.

    ``message`` is lower case without a full stop, ``place`` says where in which file, ``hint`` what to do.
    """

    exit_code = 1

    def __init__(self, message: str, *, place: Place | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What to show: one problem for most errors, all of them for a spec."""
        return (Problem(self.message, self.place, self.hint),)


class UsageError(ImageBuildError):
    """The command line or the call is wrong."""

    exit_code = 2


class SpecError(ImageBuildError):
    """The spec is wrong. Holds every problem found, in the order of files and lines."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self._problems = tuple(problems)
        first = self._problems[0]
        more = f" (and {len(self._problems) - 1} more)" if len(self._problems) > 1 else ""
        super().__init__(first.message + more, place=first.place, hint=first.hint)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, in the order of files and lines."""
        return self._problems


class PluginError(ImageBuildError):
    """A plugin is broken, clashes with another, or is not installed."""

    exit_code = 2


class LockError(ImageBuildError):
    """The lock is stale or broken, or something it pins is missing."""

    exit_code = 3


class SpendingRefused(ImageBuildError):
    """Money would be spent without a cap or a yes, or beyond the cap."""

    exit_code = 4


class BuildError(ImageBuildError):
    """A target failed."""

    exit_code = 1


class ProviderError(BuildError):
    """A provider could not deliver a picture.

    ``retryable`` says whether the same request may be tried again, ``retry_after`` how many seconds later where the
    service says so; ``billed`` whether the failed call may have cost money, ``cost_usd`` how much where that is known;
    ``request_id`` is the service's own name for the call, where it gave one; ``stops_run`` says that no other call to
    this provider can succeed either.
    """

    retryable = False
    stops_run = False

    def __init__(
        self,
        message: str,
        *,
        place: Place | None = None,
        hint: str | None = None,
        request_id: str | None = None,
        billed: bool = False,
        cost_usd: float | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, place=place, hint=hint)
        self.request_id = request_id
        self.billed = billed
        self.cost_usd = cost_usd
        self.retry_after = retry_after


class AuthenticationError(ProviderError):
    """The service does not accept the key, or there is none."""

    stops_run = True


class RateLimitError(ProviderError):
    """The service asks for fewer calls."""

    retryable = True


class QuotaError(ProviderError):
    """The account may not spend more."""

    stops_run = True


class RequestError(ProviderError):
    """The service finds the request wrong; the same request will never be right."""


class RefusedError(ProviderError):
    """The service declined the request by its rules (moderation).

    ``stage`` is ``input`` or ``output`` and ``categories`` are the rules, where the service names them.
    """

    def __init__(
        self,
        message: str,
        *,
        stage: str | None = None,
        categories: Iterable[str] = (),
        hint: str | None = None,
        request_id: str | None = None,
        billed: bool = False,
        cost_usd: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint, request_id=request_id, billed=billed, cost_usd=cost_usd)
        self.stage = stage
        self.categories = tuple(categories)


class UnavailableError(ProviderError):
    """The service cannot be reached or is overloaded.

    A call that may have been billed is tried again only a little; one whose connection was lost after it was sent not
    at all unless the spec allows that: its provider then raises it with ``retryable`` true.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        request_id: str | None = None,
        billed: bool = False,
        retry_after: float | None = None,
        retryable: bool = True,
    ) -> None:
        super().__init__(message, hint=hint, request_id=request_id, billed=billed, retry_after=retry_after)
        self.retryable = retryable


class NoImageError(ProviderError):
    """The service answered, but without a usable picture.

    ``remains`` are the bytes of what came in its place, where that may be worth money: they are kept in the quarantine.
    """

    remains: tuple[bytes, ...] = ()


class IncompleteError(NoImageError):
    """The answer broke off before there was a picture."""


class TextReplyError(NoImageError):
    """The service answered in words instead of a picture."""


class DifferentError(ProviderError):
    """A picture came that differs from what was asked for. It is kept, and not bought again by itself."""


class ForgottenError(ProviderError):
    """The service does not know an answer by the id it once gave."""


class StepError(BuildError):
    """A local step could not do its work."""


class CheckFailed(ImageBuildError):
    """A finished picture breaks a rule that the spec states."""

    exit_code = 5


class PublishError(ImageBuildError):
    """A publisher could not deliver."""


class StoreError(ImageBuildError):
    """Bytes or records could not be kept or read."""


class UnreachableError(StoreError):
    """A remote store does not answer. What does not need it goes on."""


class InternalError(ImageBuildError):
    """Our own bug."""

    exit_code = 70

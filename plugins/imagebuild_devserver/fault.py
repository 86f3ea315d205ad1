"""Faults: what is to go wrong, when, and how often."""

from __future__ import annotations

import re
import shlex
import threading
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from imagebuild.errors import UsageError

__all__ = ["KINDS", "Fault", "Faults", "Occasion", "fault_from_mapping", "fault_from_text", "split_prompt"]

ANYWHERE = frozenset({"status", "headers", "cut_body", "hang", "slow", "drop", "drop_before", "html", "garbage_json"})
ANYWHERE |= {"redirect"}
PICTURE = frozenset({"bad_base64", "empty_base64", "wrong_type", "wrong_size", "opaque", "not_a_picture"})
PICTURE |= {"truncated_picture", "two_images", "no_output", "no_usage", "moderation"}
PIXELS = PICTURE - {"no_output", "no_usage", "moderation"} | {"moderation_item"}
"""Kinds that only a picture can show."""

RESPONSE = frozenset({"moderation_item", "refusal", "text_only", "incomplete", "response_failed"})
STREAM = frozenset({"stream_cut", "stream_error", "stream_error_payload"})
BATCH = frozenset({"batch_failed", "batch_expired", "batch_partial"})
KINDS = ANYWHERE | PICTURE | RESPONSE | STREAM | BATCH | {"batch_line_error", "forgotten", "conversation_refused"}
"""Every kind there is; ``docs/reference/dev-server.md`` says what each does."""

REFUSING = frozenset({"status", "html", "redirect", "moderation", "drop_before", "forgotten", "conversation_refused"})
"""Kinds that answer in place of the work, so that nothing is billed unless the fault says so."""

WORK = frozenset({"responses", "images/generations", "images/edits"})

_IN_PROMPT = re.compile(r"\s*\[fault:([^\]]*)\]")


class Occasion(Struct, frozen=True):
    """A request at which a fault may strike.

    ``goes_on`` says that it names an earlier response, ``describes`` that it wants words about a picture.
    """

    endpoint: str
    path: str
    prompt: str = ""
    stream: bool = False
    goes_on: bool = False
    conversation: bool = False
    batch: bool = False
    describes: bool = False


class Fault(Struct, frozen=True):
    """Something that goes wrong.

    ``match`` is a part of the prompt, or of the path when it begins with a slash. ``endpoint`` is a name such as
    ``responses`` or ``responses/retrieve``; without one, and without a path, only requests for pictures are struck.
    It strikes ``times`` times (None: always) after ``skip`` matching requests have passed. ``after`` is in seconds.
    ``paid`` says whether the call is billed all the same; None leaves it to the kind.
    """

    kind: str
    match: str = ""
    endpoint: str = ""
    times: int | None = 1
    status: int | None = None
    code: str | None = None
    type: str | None = None
    message: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0
    paid: bool | None = None
    skip: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UsageError(f"unknown fault '{self.kind}'", hint=f"one of {', '.join(sorted(KINDS))}")

    @property
    def billed(self) -> bool:
        """Whether the call it strikes is billed."""
        return self.kind not in REFUSING if self.paid is None else self.paid

    def strikes(self, occasion: Occasion) -> bool:
        """Whether it can show itself at this request and is meant for it."""
        return self._can_show(occasion) and self._is_meant(occasion)

    def _can_show(self, occasion: Occasion) -> bool:
        if self.kind == "forgotten":
            return occasion.endpoint in ("responses/retrieve", "conversations/items") or occasion.goes_on
        if self.kind == "conversation_refused":
            return occasion.endpoint == "conversations" or occasion.conversation
        if self.kind == "batch_line_error":
            return occasion.batch
        if occasion.describes and self.kind in PIXELS:
            return False
        if occasion.batch and self.kind not in PICTURE | RESPONSE | {"status"}:
            return False
        if self.kind in BATCH:
            return occasion.endpoint == "batches"
        if self.kind in STREAM:
            return occasion.stream
        if self.kind in RESPONSE:
            return occasion.endpoint == "responses"
        return self.kind in ANYWHERE or (self.kind in PICTURE and occasion.endpoint in WORK)

    def _is_meant(self, occasion: Occasion) -> bool:
        if self.match.startswith("/"):
            return self.match in occasion.path and self.endpoint in ("", occasion.endpoint)
        if self.endpoint:
            there = self.endpoint == occasion.endpoint or (occasion.batch and self.endpoint == "batches/line")
        else:
            there = occasion.endpoint in WORK or self.kind not in ANYWHERE
        return there and self.match in occasion.prompt


class Faults:
    """The faults that are still to come, oldest first. At most one strikes a request."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._pending: list[list[Fault]] = []
        self._in_prompts: dict[str, int] = {}
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        """One more."""
        with self._lock:
            self._pending.append([fault])

    def clear(self) -> None:
        """None any more, and those in prompts count anew."""
        with self._lock:
            self._pending.clear()
            self._in_prompts.clear()

    def __iter__(self) -> Iterator[Fault]:
        with self._lock:
            return iter([cell[0] for cell in self._pending])

    def take(self, occasion: Occasion, asked: str = "") -> Fault | None:
        """The fault that strikes here; ``asked`` is what a prompt itself asks for, without its brackets."""
        with self._lock:
            for cell in self._pending:
                fault = cell[0]
                if not fault.strikes(occasion):
                    continue
                if fault.skip:
                    cell[0] = replace(fault, skip=fault.skip - 1)
                    continue
                if fault.times is not None:
                    cell[0] = replace(fault, times=fault.times - 1)
                    self._pending = [kept for kept in self._pending if kept[0].times != 0]
                return fault
            return self._asked_in(asked, occasion) if asked else None

    def _asked_in(self, text: str, occasion: Occasion) -> Fault | None:
        fault = fault_from_text(text, times=None)
        place = f"{text}|{occasion.prompt}"
        if not fault._can_show(occasion):
            return None
        count = self._in_prompts[place] = self._in_prompts.get(place, 0) + 1
        first, last = fault.skip + 1, None if fault.times is None else fault.skip + fault.times
        return fault if count >= first and (last is None or count <= last) else None


def split_prompt(prompt: str) -> tuple[str, str]:
    """A prompt without the fault it asks for, and that fault's text: ``a car``, ``drop`` of ``a car [fault: drop]``."""
    found = _IN_PROMPT.search(prompt)
    return (_IN_PROMPT.sub("", prompt), found[1].strip()) if found else (prompt, "")


def fault_from_text(text: str, times: int | None = 1) -> Fault:
    """The fault of ``kind[,name=value...]``; blanks part as commas do, and ``status=500`` alone names its kind."""
    try:
        words = shlex.split(text.replace(",", " "))
    except ValueError as error:
        raise UsageError(f"fault '{text}' cannot be read: {error}") from error
    given: dict[str, object] = {"times": times}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            given["kind"] = name
        elif name.startswith("header."):
            headers = given.setdefault("headers", {})
            assert isinstance(headers, dict)
            headers[name.removeprefix("header.")] = value
        else:
            given[name] = value
    if "kind" not in given and "status" in given:
        given["kind"] = "status"
    return fault_from_mapping(given)


def fault_from_mapping(given: Mapping[str, object]) -> Fault:
    """A fault from names and values as text or JSON. Raises ``UsageError``."""
    readers = {
        "kind": str, "match": str, "endpoint": str, "code": str, "type": str, "message": str,
        "status": int, "skip": int, "after": float, "times": _times, "paid": _yes, "headers": _headers,
    }  # fmt: skip
    values: dict[str, object] = {}
    for name, value in given.items():
        if name not in readers:
            raise UsageError(f"unknown field '{name}' of a fault", hint=f"one of {', '.join(readers)}")
        try:
            values[name] = value if value is None else readers[name](value)  # type: ignore[operator]  # a table of readers
        except (TypeError, ValueError) as error:
            raise UsageError(f"field '{name}' of a fault is '{value}', which it cannot be") from error
    if "kind" not in values:
        raise UsageError("a fault has no kind", hint=f"one of {', '.join(sorted(KINDS))}")
    return Fault(**values)  # type: ignore[arg-type]  # each value was read as its field wants it


def _times(value: object) -> int | None:
    return None if value in ("always", "none", None) else int(str(value))


def _yes(value: object) -> bool:
    return value if isinstance(value, bool) else str(value).lower() in ("1", "true", "yes")


def _headers(value: object) -> dict[str, str]:
    assert isinstance(value, Mapping)
    return {str(name): str(text) for name, text in value.items()}

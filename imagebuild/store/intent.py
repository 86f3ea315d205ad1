"""What was about to be paid when a process died: written durably before a paid call, settled after it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from msgspec import Struct, field

from imagebuild.digest import Json, canonical

__all__ = ["Batch", "Intent", "Outcome", "intent_of", "row_of"]

Outcome: TypeAlias = Literal["recorded", "failed_unbilled", "maybe_paid"]
"""How a paid call ended: its record is kept · it failed and cost nothing · nobody can say whether it was billed."""


class Intent(Struct, frozen=True):
    """A paid call that began.

    ``started`` is in seconds since the epoch. ``response_id`` is what the service called the answer before there was a
    picture: with it the picture can still be collected. ``request`` is what was asked, without secrets. ``pid`` is for
    people to read; whether the process lives is known by its claim. ``batch`` is the token of the batch that the
    call is a line of. ``address`` is where the call was made.
    """

    key: str
    provider: str
    target: str
    started: float
    request: Mapping[str, Json] = field(default_factory=dict)
    response_id: str | None = None
    pid: int = field(default_factory=os.getpid)
    batch: str | None = None
    address: str = ""


class Batch(Struct, frozen=True):
    """Many paid calls sent together.

    ``token`` is ours and is noted before anything is sent; ``batch_id`` is the service's, None until it is known.
    ``created`` is in seconds since the epoch. ``state`` is ``sending``, ``open``, or ``ended`` when nothing more will
    come of it. ``address`` is where it was sent.
    """

    token: str
    provider: str
    created: float
    batch_id: str | None = None
    state: str = "sending"
    address: str = ""


def row_of(intent: Intent) -> tuple[object, ...]:
    """An intent as a row of the database. Raises ValueError or TypeError for a request that JSON cannot hold."""
    request = canonical(intent.request).decode()
    return (
        intent.key,
        intent.provider,
        intent.target,
        intent.started,
        request,
        intent.response_id,
        intent.pid,
        intent.batch,
        intent.address,
    )


def intent_of(row: Sequence[Any]) -> Intent:
    """The intent that a row holds."""
    fields = list(row)
    fields[4] = json.loads(row[4])
    return Intent(*fields)

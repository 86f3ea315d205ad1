"""Makes the line of the lock that pins what an action gave."""

from __future__ import annotations

from datetime import UTC, datetime

from imagebuild.action import Call
from imagebuild.artifact import Artifact
from imagebuild.identity import Identity
from imagebuild.lockfile import LockLine
from imagebuild.store import Record

__all__ = ["line_of", "utc"]


def utc(seconds: float) -> str:
    """A time in seconds since the epoch as locks write it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def line_of(
    call: Call, identity: Identity, answer: Artifact, record: Record, *, picked: bool, text: str | None = None
) -> LockLine:
    """The line for a call that gave ``answer``, of which the store knows ``record``. Nobody has reviewed it yet."""
    target, stage, candidate = call.node.slot
    return LockLine(
        target=target,
        stage=stage,
        candidate=candidate,
        key=identity.key,
        take=identity.request.take if identity.request else 1,
        digest=answer.digest,
        media_type=answer.media_type,
        picked=picked,
        review="unreviewed",
        provider=call.plugin,
        model=record.model,
        options=dict(identity.request.options) if identity.request else {},
        revised_prompt=record.revised_prompt,
        cost_usd=record.cost_usd,
        time=utc(record.time),
        request_id=record.request_id,
        text=text,
    )

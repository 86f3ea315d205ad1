"""The JSON of 'imagebuild store', as ``docs/reference/json.md`` and the schemas beside it promise it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from imagebuild.cli.error_json import time_json
from imagebuild.cli.published import cost_json
from imagebuild.digest import Json
from imagebuild.housekeeping.garbage import Derivative
from imagebuild.housekeeping.holding import Holdings
from imagebuild.housekeeping.inventory import Original, cost_of
from imagebuild.housekeeping.quarantine import Quarantined

__all__ = ["derivatives_json", "gone_json", "originals_json", "quarantine_json", "sum_json", "time_of"]

Uses = Mapping[str, Sequence[tuple[str, str]]]


def originals_json(originals: Iterable[Original], uses: Uses) -> list[Json]:
    """Originals; of several calls that gave one, the newest tells of it."""
    return [_original(each, uses) for each in originals]


def _original(original: Original, uses: Uses) -> dict[str, Json]:
    call = original.calls[-1] if original.calls else None
    artifact = next((each for each in call.artifacts if each.digest == original.digest), None) if call else None
    return {
        "digest": original.digest,
        "media_type": artifact.media_type if artifact else None,
        "width": artifact.width if artifact else None,
        "height": artifact.height if artifact else None,
        "bytes": original.size,
        "made": time_of(call.time if call else original.put),
        "put": time_of(original.put),
        "provider": call.plugin if call else None,
        "model": call.model if call else None,
        "keys": [*sorted({each.key for each in original.calls})],
        "free": original.is_free,
        "cost": cost_json(cost_of([original])),
        "held": original.is_held,
        "holders": [{"project": each.project, "target": each.target, "where": each.where} for each in original.holders],
        "uses": [{"project": root, "target": target} for root, target in uses.get(original.digest, ())],
    }


def sum_json(originals: Sequence[Original]) -> dict[str, Json]:
    """How many, how big, and what they cost."""
    return {
        "count": len(originals),
        "bytes": sum(each.size for each in originals),
        "cost": cost_json(cost_of(originals)),
    }


def gone_json(holdings: Holdings) -> list[Json]:
    """The projects whose folder is no longer there; what they held when last seen stays held."""
    return [{"project": each.root, "seen": time_of(each.time), "pins": len(each.pins)} for each in holdings.gone]


def derivatives_json(derivatives: Iterable[Derivative], targets: Mapping[str, Sequence[str]]) -> list[Json]:
    """Derivatives, one row an object."""
    rows: list[Json] = []
    for each in derivatives:
        record = each.record
        found = {artifact.digest: artifact for artifact in record.artifacts} if record else {}
        for digest, size in each.digests:
            artifact = found.get(digest)
            rows.append(
                {
                    "digest": digest,
                    "media_type": artifact.media_type if artifact else None,
                    "width": artifact.width if artifact else None,
                    "height": artifact.height if artifact else None,
                    "bytes": size,
                    "made": time_of(each.made),
                    "kind": record.kind if record else None,
                    "name": record.plugin if record else None,
                    "key": record.key if record else None,
                    "current": each.is_current,
                    "targets": list(targets.get(record.key, ())) if record else [],
                }
            )
    return rows


def quarantine_json(found: Iterable[Quarantined]) -> list[Json]:
    """Paid answers that were no picture."""
    return [
        {
            "path": str(each.path),
            "bytes": each.size,
            "kept": time_of(each.kept),
            "key": each.key or None,
            "reason": each.reason or None,
        }
        for each in found
    ]


def time_of(seconds: float) -> str:
    """A moment given in seconds since the epoch."""
    return time_json(datetime.fromtimestamp(seconds, UTC))

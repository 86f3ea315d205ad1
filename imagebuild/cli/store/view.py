"""What lies in the stores, as people read it: tables, totals, and who holds what."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from imagebuild.cli.quantity import size_text
from imagebuild.cli.text import Line, Piece, columns, count
from imagebuild.errors import ImageBuildError
from imagebuild.housekeeping.garbage import Derivative
from imagebuild.housekeeping.holding import Holder, Holdings
from imagebuild.housekeeping.inventory import Original, cost_of
from imagebuild.housekeeping.quarantine import Quarantined
from imagebuild.store import KnownProject

__all__ = [
    "date_text",
    "derivative_lines",
    "fault_lines",
    "gone_lines",
    "holders_text",
    "original_lines",
    "quarantine_lines",
    "sum_text",
]

SHORT = 12
_TITLES = ("original", "type", "pixels", "size", "made (UTC)", "cost", "made by", "held by")
_WHERE = {"lock": "", "replaced": ", before", "branch": ", on a branch", "seen": ", when last seen"}

Uses = Mapping[str, Sequence[tuple[str, str]]]
"""For a digest the projects and targets that ever had it."""


def original_lines(
    originals: Sequence[Original], uses: Uses, *, in_use: Collection[str] = (), width: int | None = None
) -> list[Line]:
    """A table of originals; whoever had one that nobody holds is named, too. ``in_use`` are free ones of builds."""
    head: list[Piece] = [(title, "bold") for title in _TITLES]
    rows = [_row(original, uses, in_use) for original in originals]
    return [*columns([head, *rows], width=width, flexible=len(_TITLES) - 1)]


def sum_text(originals: Sequence[Original]) -> str:
    """``12 originals, 14 MB, $0.48``."""
    cost = cost_of(originals)
    price = f", {cost}" if cost.high or not cost.known else ", free" if originals else ""
    return f"{count(len(originals), 'original')}, {size_text(sum(each.size for each in originals))}{price}"


def holders_text(holders: Iterable[Holder]) -> str:
    """``hero of site, card of site``: targets with their project, and since when they no longer have it."""
    names = [
        (f"{each.target} of " if each.target else "") + project_name(each.project) + _WHERE[each.where]
        for each in holders
    ]
    return ", ".join(dict.fromkeys(names))


def project_name(root: str) -> str:
    """The last part of its folder."""
    return os.path.basename(os.path.normpath(root)) or root


def gone_lines(holdings: Holdings, originals: Sequence[Original]) -> list[Line]:
    """The projects whose folder is gone, what they alone hold, and how to let go of it."""
    lines: list[Line] = []
    for project in holdings.gone:
        mine = [each for each in originals if each.holders and {by.project for by in each.holders} == {project.root}]
        lines.append([("note:", "bold cyan"), f" {_gone(project)} and alone holds {sum_text(mine)}"])
        lines.append([("hint:", "bold cyan"), f" 'imagebuild store gc --forget {project.root}' lets go of them"])
    return lines


def _gone(project: KnownProject) -> str:
    return f"'{project.root}' is no longer there (last seen {date_text(project.time)})"


def fault_lines(faults: Iterable[ImageBuildError]) -> list[Line]:
    """Locks that cannot be read, so that not all that is held is shown as held."""
    lines: list[Line] = []
    for fault in faults:
        lines.append([("note:", "bold cyan"), f" {fault}"])
        if fault.hint:
            lines.append([("hint:", "bold cyan"), f" {fault.hint}"])
    return lines


def derivative_lines(
    derivatives: Sequence[Derivative], targets: Mapping[str, Sequence[str]], *, width: int | None = None
) -> list[Line]:
    """A table of derivatives; ``targets`` are those of keys that the last builds had."""
    head: list[Piece] = [
        (title, "bold") for title in ("derivative", "type", "pixels", "size", "made (UTC)", "made by", "of")
    ]
    rows: list[list[Piece]] = []
    for each in derivatives:
        record = each.record
        found = {artifact.digest: artifact for artifact in record.artifacts} if record else {}
        names = ", ".join(targets.get(record.key, ())) if record else ""
        for digest, size in each.digests:
            artifact = found.get(digest)
            rows.append(
                [
                    digest[:SHORT],
                    _type(artifact.media_type) if artifact else "?",
                    _pixels(artifact.width, artifact.height) if artifact else "",
                    size_text(size),
                    date_text(each.made),
                    f"{record.kind} {record.plugin}" if record else "?",
                    names or (("current" if each.is_current else "nothing any more"), "dim"),
                ]
            )
    return [*columns([head, *rows], width=width, flexible=6)]


def quarantine_lines(found: Sequence[Quarantined], *, width: int | None = None) -> list[Line]:
    """A table of paid answers that were no picture."""
    head: list[Piece] = [(title, "bold") for title in ("file", "size", "kept (UTC)", "action", "why")]
    rows: list[list[Piece]] = [
        [each.path.name, size_text(each.size), date_text(each.kept), each.key[:SHORT], each.reason] for each in found
    ]
    return [*columns([head, *rows], width=width, flexible=4)]


def date_text(time: float) -> str:
    """``2026-11-23 10:00``, in UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M")


def _row(original: Original, uses: Uses, in_use: Collection[str]) -> list[Piece]:
    call = original.calls[-1] if original.calls else None
    artifact = next((each for each in call.artifacts if each.digest == original.digest), None) if call else None
    cost = cost_of([original])
    return [
        original.digest[:SHORT],
        _type(artifact.media_type) if artifact else "?",
        _pixels(artifact.width, artifact.height) if artifact else "",
        size_text(original.size),
        date_text(call.time if call else original.put),
        "free" if original.is_free else str(cost),
        " ".join(dict.fromkeys(word for word in (call.plugin, call.model) if word)) if call else "?",
        _held(original, uses, in_use),
    ]


def _held(original: Original, uses: Uses, in_use: Collection[str]) -> Piece:
    if original.holders:
        return holders_text(original.holders)
    if original.awaited:
        return "a call that has not ended"
    if original.is_free and not original.names.isdisjoint(in_use):
        return "used by the last build", "dim"
    had = ", ".join(f"{target} of {project_name(root)}" for root, target in uses.get(original.digest, ()))
    return (f"nobody (once {had})" if had else "nobody"), "dim"


def _type(media_type: str) -> str:
    return media_type.removeprefix("image/").removesuffix("+xml")


def _pixels(width: int | None, height: int | None) -> str:
    return f"{width}x{height}" if width and height else ""

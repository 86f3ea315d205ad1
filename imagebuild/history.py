"""Every picture that a target ever had, from the lock, its versions in git and the store."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from imagebuild.digest import Json, canonical
from imagebuild.errors import LockError, UsageError
from imagebuild.lockfile import LockLine, Review, read_line
from imagebuild.media import probe
from imagebuild.pin import utc
from imagebuild.repository import Repository
from imagebuild.session import LOCK_FILE, Session
from imagebuild.store import Record, Use

__all__ = ["Original", "Standing", "find_original", "history_of", "remember"]

Standing: TypeAlias = Literal["live", "base", "waiting", "candidate", ""]
"""How a picture stands: delivered, what the delivered one was made from, waiting to be picked, beside the one that is
picked, or of earlier.
"""

_STRENGTH: tuple[Standing, ...] = ("live", "waiting", "candidate", "base", "")
_SHORTEST = 6  # digits of a digest that a person may give


class Original(Struct, frozen=True):
    """One picture that a target had.

    ``number`` counts from 1, the oldest. ``time`` is UTC as the lock writes it; ``prompt`` is as it was sent, None
    where this machine does not know it. ``here`` says whether the store has the bytes; ``parts`` are those of its key,
    where they are known.
    """

    number: int
    target: str
    stage: int
    candidate: int
    key: str
    digest: str
    media_type: str
    time: str
    cost_usd: float | None
    provider: str
    model: str | None
    take: int
    prompt: str | None
    revised_prompt: str | None
    request_id: str | None
    adopted: bool
    review: Review
    standing: Standing
    here: bool
    parts: Mapping[str, Json] | None


def history_of(session: Session, target: str) -> list[Original]:
    """The pictures of a target, oldest first. A target that was renamed keeps those of its former names."""
    lines = _lines(session, target)
    records = session.originals.records.get_many({line.key for line in lines})
    standing: dict[str, tuple[Standing, Review]] = {}
    for line, stands in sorted(_standing(session, target), key=lambda each: _STRENGTH.index(each[1])):
        standing.setdefault(line.digest, (stands, line.review))
    found: dict[str, LockLine] = {}
    for line in sorted(lines, key=_as_bought):
        found.setdefault(line.digest, line)  # as it was bought, and not as it was brought back
    moments = _moments(found.values(), records)
    ordered = sorted(found.values(), key=lambda line: (moments[line.digest], line.stage, line.candidate, line.digest))
    return [
        _original(number, target, line, standing.get(line.digest, ("", line.review)), records.get(line.key), session)
        for number, line in enumerate(ordered, 1)
    ]


def _as_bought(line: LockLine) -> tuple[bool, int, str, int, int]:
    """What a call gave goes before what was chosen; of that, the last stage, for the picture stands for all of them."""
    return line.adopted, -line.stage if line.adopted else 0, line.time, line.stage, line.candidate


def _moments(lines: Iterable[LockLine], records: Mapping[str, Record]) -> dict[str, tuple[str, float]]:
    """When each picture came, by digest: to the second as locks have it, and more exactly where the store knows it.

    Candidates of one request came when the first of them did, in whatever order the service gave them.
    """
    first: dict[bytes, tuple[str, float]] = {}
    groups: dict[str, bytes] = {}
    for line in lines:
        record = None if line.adopted else records.get(line.key)
        request = {**record.parts, "candidate": 0} if record else {"picture": line.digest}
        groups[line.digest] = group = canonical(request)
        moment = line.time, record.time if record else math.inf if line.adopted else 0.0
        first[group] = min(moment, first.get(group, moment))
    return {digest: first[group] for digest, group in groups.items()}


def find_original(originals: Iterable[Original], name: str) -> Original:
    """One of a target's pictures by its number, or by the beginning of its digest. Raises ``UsageError``."""
    known = list(originals)
    if not known:
        raise UsageError("nothing was bought for it yet, so there is nothing to bring back")
    shown = f"it has {len(known)}: 'imagebuild history {known[0].target}' lists them"
    if name.isdecimal() and len(name) < _SHORTEST:
        found = [each for each in known if each.number == int(name)]
    else:
        found = [each for each in known if len(name) >= _SHORTEST and each.digest.startswith(name.lower())]
    if not found:
        raise UsageError(f"'{known[0].target}' has no picture '{name}'", hint=shown)
    if len({each.digest for each in found}) > 1:
        raise UsageError(f"'{name}' begins the digests of several pictures of '{known[0].target}'", hint=shown)
    return found[-1]


def _standing(session: Session, target: str) -> Iterator[tuple[LockLine, Standing]]:
    """What the lock says of the target now, and of free pictures what stands there without it."""
    last = session.graph.nodes[session.graph.masters[target]]
    slots = {node.slot for node in session.graph.nodes if node.target == target}
    for line in session.lock.lines.values():
        if line.target != target or line.stage < 0 or line.slot not in slots:
            continue
        if line.live:
            yield line.live, "live"
            yield line, "waiting"
        elif line.picked:
            yield line, "live" if line.stage == last.stage else "base"
        else:
            yield line, "candidate"
    start = session.graph.nodes[session.graph.starts[target]].slot
    for use in _unlocked(session, target):
        slot = (use.target, use.stage, use.candidate)
        stands: Standing = "live" if use.stage == last.stage else "base"
        for line in _used(session, target, [use]):
            yield line, stands if use.stage or slot == start else "candidate"


def remember(session: Session, targets: Iterable[str]) -> None:
    """Note the free pictures of some targets before others take their place: no lock tells of them."""
    uses = [use for target in targets for use in _unlocked(session, target)]
    if uses:
        session.originals.usage.note(str(session.spec.root), session.lock.digests, uses, time=uses[0].time)


def _unlocked(session: Session, target: str) -> Iterator[Use]:
    """Pictures of the target that were made here and stand in no lock."""
    for node, action in zip(session.graph.nodes, session.actions, strict=True):
        is_call = node.target == target and node.kind in ("generate", "edit")
        if is_call and action.free and node.slot not in session.lock.lines:
            key = session.facts.standing(node.slot)
            record = session.originals.records.get(key) if key else None
            if record is not None:
                yield Use(*node.slot, record.key, record.artifacts[0].digest, record.time)


def _lines(session: Session, target: str) -> list[LockLine]:
    """Lines of the target in any version of the lock, and of the names it had before; what the store noted, too."""
    every = [line for line in session.lock.lines.values() if line.stage >= 0]
    repository = Repository.around(session.spec.root)
    for version in repository.versions(LOCK_FILE) if repository else ():
        every += _read(version.added)
    noted = session.originals.usage.uses(str(session.spec.root), target)
    every += _used(session, target, [*noted, *_unlocked(session, target)])
    every += [line.live for line in every if line.live]
    former = _names(every, target, set(session.spec.targets))
    return [line for line in every if line.target in former]


def _read(rows: Iterable[str]) -> Iterator[LockLine]:
    for row in rows:
        try:
            line = read_line(row.rstrip("\r"))
        except LockError:
            continue  # the first and last line of a lock, and what an editor or a merge left in one
        if line.stage >= 0:
            yield line


def _used(session: Session, target: str, uses: Sequence[Use]) -> Iterator[LockLine]:
    """What the store remembers of this folder, for projects without git and for what was never committed."""
    records = session.originals.records.get_many({use.key for use in uses})
    for use in uses:
        record = records.get(use.key)
        answers = record.artifacts if record else ()
        answer = next((each for each in answers if each.digest == use.digest), None)
        if use.stage < 0 or (answer is None and not session.originals.objects.has(use.digest)):
            continue
        if record is None or answer is None:
            yield _line(target, use, media_type=_media_type(session, use.digest), adopted=True, cost_usd=0.0)
            continue
        take, options = record.parts.get("take"), record.parts.get("options")
        yield _line(
            target,
            use,
            media_type=answer.media_type,
            take=take if isinstance(take, int) else 1,
            provider=record.plugin,
            time=utc(record.time),
            options=options if isinstance(options, Mapping) else {},
            model=record.model,
            revised_prompt=record.revised_prompt,
            cost_usd=record.cost_usd,
            request_id=record.request_id,
        )


def _line(target: str, use: Use, **known: Any) -> LockLine:
    """The line that such a picture had or could have had."""
    place = {"target": target, "stage": use.stage, "candidate": use.candidate, "key": use.key, "digest": use.digest}
    unknown = {"take": 1, "provider": "", "time": utc(use.time), "picked": False, "review": "unreviewed"}
    return LockLine(**{**place, **unknown, **known})


def _media_type(session: Session, digest: str) -> str:
    found = probe(session.originals.read(digest))
    return found.media_type if found else "application/octet-stream"


def _names(lines: Iterable[LockLine], target: str, wanted: set[str]) -> set[str]:
    """The target's name, and those of targets that are no more and had one of its pictures."""
    by_picture: dict[tuple[str, str], set[str]] = {}
    pictures: dict[str, set[tuple[str, str]]] = {}
    for line in lines:
        by_picture.setdefault((line.key, line.digest), set()).add(line.target)
        pictures.setdefault(line.target, set()).add((line.key, line.digest))
    names, new = {target}, [target]
    while new:
        for picture in pictures.get(new.pop(), ()):
            for name in by_picture[picture] - names - wanted:
                names.add(name)
                new.append(name)
    return names


def _original(
    number: int,
    target: str,
    line: LockLine,
    standing: tuple[Standing, Review],
    record: Record | None,
    session: Session,
) -> Original:
    prompt = record.parts.get("prompt") if record and not line.adopted else None
    return Original(
        number=number,
        target=target,
        stage=line.stage,
        candidate=line.candidate,
        key=line.key,
        digest=line.digest,
        media_type=line.media_type,
        time=line.time,
        cost_usd=line.cost_usd,
        provider=line.provider,
        model=line.model,
        take=line.take,
        prompt=prompt if isinstance(prompt, str) else None,
        revised_prompt=line.revised_prompt,
        request_id=line.request_id,
        adopted=line.adopted,
        review=standing[1],
        standing=standing[0],
        here=session.originals.objects.has(line.digest),
        parts=record.parts if record else None,
    )

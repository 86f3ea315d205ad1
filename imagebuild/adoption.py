"""Pins a picture that no call made just now: a file that somebody chose, or a picture that the target had before."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from imagebuild.action import Call
from imagebuild.artifact import Artifact, Picture
from imagebuild.curation import Curator
from imagebuild.digest import Json
from imagebuild.errors import LockError, StoreError, UsageError
from imagebuild.history import Original
from imagebuild.identity import Identity
from imagebuild.lockfile import Lock, LockLine
from imagebuild.media import EXTENSIONS, extension, probe
from imagebuild.pin import line_of, utc
from imagebuild.session import Session
from imagebuild.spec.output import output_path
from imagebuild.target import in_shell

__all__ = ["adopt", "restore"]


def adopt(session: Session, target: str, data: bytes, *, name: str, now: float) -> Lock:
    """A lock in which ``data``, the bytes of the file ``name``, are the target's picture for its request as it is now.

    Its steps go on from it, and no call of the target is left to make. The bytes are in the store when this returns.
    Raises ``UsageError`` for what is no picture or does not fit the target, ``LockError`` when a picture that the
    request rests on is not made yet, ``StoreError``.
    """
    found = probe(data)
    if found is None or found.media_type not in EXTENSIONS:
        raise UsageError(
            f"'{name}' is no picture", hint="png, jpeg, webp, avif, gif and svg files are known by content"
        )
    if session.spec.targets[target].first_call is None:
        raise UsageError(f"the picture of '{target}' is made from files", hint="change these, under 'from' in the spec")
    _require_ending(session, target, found.media_type)
    (artifact,) = session.originals.keep([Picture(data, found.media_type)])
    return _Pinning(session, target, now).chain(artifact)


def restore(session: Session, original: Original, *, now: float) -> Lock:
    """A lock in which a picture that the target had before is its picture once more. Raises as :func:`adopt`."""
    if not session.originals.objects.has(original.digest):
        raise LockError(
            f"the store no longer has picture {original.number} of '{original.target}' ({original.digest[:12]})",
            hint="bring it back with 'imagebuild store pull' or 'imagebuild store import' first",
        )
    _require_ending(session, original.target, original.media_type)
    if original.standing in ("live", "base") and not _is_about_to_go(session, original.target):
        return session.lock
    curator = Curator(session, [original.target])
    if original.standing in ("waiting", "candidate") and _is_current(session, curator, original):
        candidate = original.candidate if original.standing == "candidate" else None
        return session.lock.with_lines(curator.pick(original.target, candidate))
    return _Pinning(session, original.target, now).earlier(original)


def _is_current(session: Session, curator: Curator, original: Original) -> bool:
    """Whether a picture answers the request as it is now, so that to pick it is all there is to do."""
    slot = (original.target, original.stage, original.candidate)
    index = next((index for index, node in enumerate(session.graph.nodes) if node.slot == slot), None)
    if index is None:
        return False  # the spec asks for fewer candidates by now
    try:
        line = curator.line(index)
        return (line.key, line.digest) == (original.key, original.digest)
    except LockError:
        return False


def _is_about_to_go(session: Session, target: str) -> bool:
    """Whether the next build would put another picture in the place of the one that a target delivers."""
    if session.judge.live(session.actions[session.graph.masters[target]], None):
        return False  # it is approved, and waits for nobody
    calls = (action for action in session.plan([target]).actions if action.node.target == target)
    return any(each.verdict not in ("cached", "frozen") for each in calls if each.node.kind in ("generate", "edit"))


def _require_ending(session: Session, target: str, media_type: str) -> None:
    """A file that ends like another type of picture would give every reader of it the wrong idea."""
    wanted = session.spec.targets[target]
    if wanted.steps:
        return  # what is written is of the type that its steps make
    path = output_path(wanted, ext=extension(media_type), reserved=session.spec.reserved)
    shown = path.rpartition(".")[2].lower().replace("jpeg", "jpg")
    if shown != extension(media_type) and shown in EXTENSIONS.values():
        place = session.spec.place(target, "output")
        hint = "write '.{{ ext }}' at the end of 'output', or convert the picture first"
        raise UsageError(f"the output '{path}' of '{target}' cannot hold {media_type}", place=place, hint=hint)


class _Pinning:
    """Puts pictures under the keys that a target's calls have now."""

    def __init__(self, session: Session, target: str, now: float) -> None:
        self._session = session
        self._target = target
        self._now = now
        self._curator = Curator(session, [target])
        self._made = dict(self._curator.made)

    def chain(self, artifact: Artifact) -> Lock:
        """The same picture for every call of the chain, and for candidates that were never made."""
        session = self._session
        own = self._curator.chain(self._target)
        others = [index for index in self._curator.calls(self._target) if index not in own and index not in self._made]
        lines = self._others_unpicked(own)
        for index in (*own, *others):
            line = self._line(index, artifact, None)
            lines[line.slot] = replace(line, picked=index in own)
        return session.lock.with_lines([*lines.values(), *self._curator.forgotten(self._target)])

    def earlier(self, original: Original) -> Lock:
        """The picture where it stood in the chain, and before it what it was made from, as far as that is known."""
        session, graph = self._session, self._session.graph
        own = self._curator.chain(self._target)
        last = max((graph.nodes[index].stage for index in own), default=0)
        stage = min(original.stage, last)
        pictures = self._ancestors(original, stage)
        start, own[0] = own[0], self._start(own[0], pictures)
        lines = self._others_unpicked(own)
        for index in own:
            picture = pictures.get(graph.nodes[index].stage)
            if picture is not None:
                line = self._line(index, picture, original if picture.digest == original.digest else None)
                lines[line.slot] = line
                if index == own[0]:
                    self._made[start] = (picture,)  # the edits go on from here
        return session.lock.with_lines([*lines.values(), *self._curator.forgotten(self._target)])

    def _start(self, start: int, pictures: Mapping[int, Artifact]) -> int:
        """The call that the chain begins with: the candidate that gave its first picture, else the one picked now."""
        if 0 not in pictures:
            return start
        found = (
            index
            for index in self._curator.candidates(self._target)
            if index in self._made and self._made[index][0].digest == pictures[0].digest
        )
        return next(found, start)

    def _others_unpicked(self, own: list[int]) -> dict[tuple[str, int, int], LockLine]:
        """The lines of candidates that are not the one of the chain."""
        start = self._session.graph.nodes[own[0]].candidate if own else 1
        lines = self._session.lock.lines.values()
        mine = (line for line in lines if line.target == self._target and line.stage == 0)
        return {line.slot: replace(line, picked=False, live=None) for line in mine if line.candidate != start}

    def _ancestors(self, original: Original, stage: int) -> dict[int, Artifact]:
        """Pictures by stage, from the original down to the first that is still here; it stands in for older ones."""
        session = self._session
        first = session.spec.targets[self._target].first_call or 0
        picture = self._artifact(original.digest, original.media_type)
        pictures, parts = {stage: picture}, original.parts
        for earlier in range(stage - 1, first - 1, -1):
            digest = parts.get("parent") if parts else None
            if isinstance(digest, str) and session.originals.objects.has(digest):
                picture = self._artifact(digest, "")
                parts = self._parts_of(digest)
            else:
                parts = None
            pictures[earlier] = picture
        return pictures

    def _parts_of(self, digest: str) -> Mapping[str, Json] | None:
        record = self._session.originals.records.of(digest)
        return record.parts if record else None

    def _artifact(self, digest: str, media_type: str) -> Artifact:
        data = self._session.originals.read(digest)
        found = probe(data)
        return Artifact(
            digest,
            found.media_type if found else media_type,
            len(data),
            found.width if found else None,
            found.height if found else None,
        )

    def _line(self, index: int, artifact: Artifact, original: Original | None) -> LockLine:
        session, call = self._session, self._session.actions[index]
        assert isinstance(call, Call)
        node = call.node
        for need in node.needs:
            if need not in self._made:
                other = session.graph.nodes[need]
                hint = f"make it first: 'imagebuild build {in_shell(other.target)}'"
                raise LockError(f"'{node.label}' rests on '{other.label}', which is not there yet", hint=hint)
        try:
            identity = call.identify([self._made[need] for need in node.needs], session.facts.read)
        except StoreError as error:
            raise LockError(f"'{node.label}' cannot be pinned: {error.message}", hint=error.hint) from error
        self._made[index] = (artifact,)
        before = session.lock.lines.get(node.slot)
        if before is not None and (before.key, before.digest) == (identity.key, artifact.digest):
            return replace(before, picked=True, live=None)  # chosen once more: what people said of it holds
        line = self._natural(call, identity, artifact) or self._of_take(call, identity, original)
        if line is None:
            line = self._adopted(call, identity, artifact, original)
        replaces = session.lock.replaced(node.slot, artifact.digest)
        return replace(line, replaces=replaces, frozen=before is not None and before.frozen)

    def _natural(self, call: Call, identity: Identity, artifact: Artifact) -> LockLine | None:
        """The line that the call itself would have, when it gave just this picture."""
        record = self._session.originals.records.get(identity.key)
        if record is None or record.artifacts[0].digest != artifact.digest:
            return None
        return line_of(call, identity, record.artifacts[0], record, picked=True)

    def _of_take(self, call: Call, identity: Identity, original: Original | None) -> LockLine | None:
        """The line of another attempt at the same request."""
        if original is None or original.parts is None or original.adopted:
            return None
        if call.node.stage == 0 and self._session.spec.targets[self._target].candidates > 1:
            return None  # all candidates of a target have the same take
        take = original.parts.get("take")
        if not isinstance(take, int) or {**identity.parts, "take": take} != dict(original.parts):
            return None
        record = self._session.originals.records.get(original.key)
        if record is None or identity.request is None:
            return None
        answer = next((each for each in record.artifacts if each.digest == original.digest), record.artifacts[0])
        attempt = Identity(original.key, original.parts, replace(identity.request, take=take))
        return line_of(call, attempt, answer, record, picked=True)

    def _adopted(self, call: Call, identity: Identity, artifact: Artifact, original: Original | None) -> LockLine:
        """The line of a picture that stands in for what the call would give."""
        target, stage, candidate = call.node.slot
        request = identity.request
        return LockLine(
            target=target,
            stage=stage,
            candidate=candidate,
            key=identity.key,
            take=request.take if request else 1,
            digest=artifact.digest,
            media_type=artifact.media_type,
            picked=True,
            review="unreviewed",
            provider=call.plugin,
            time=original.time if original else utc(self._now),
            options=dict(request.options) if request else {},
            model=original.model if original else None,
            revised_prompt=original.revised_prompt if original else None,
            cost_usd=original.cost_usd if original else 0.0,
            request_id=original.request_id if original else None,
            adopted=True,
        )

"""Every target in brief, as a plan, the lock and the files on the disk have it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from imagebuild.artifact import Artifact
from imagebuild.cost import Cost
from imagebuild.errors import StoreError
from imagebuild.media import EXTENSIONS, probe
from imagebuild.plan import Plan, PlannedAction
from imagebuild.session import Session
from imagebuild.status import TargetStatus, status_of
from imagebuild.store import OutputState
from imagebuild.view import PictureView, TargetCard

__all__ = ["cards_of", "picture_view"]

_LONGEST_PROMPT = 300
_HEADER = 1 << 16  # bytes of a file that tell its type and size


def cards_of(session: Session, targets: Iterable[str]) -> dict[str, TargetCard]:
    """A card for each of the targets, which the session holds with all that they need."""
    plan = session.plan(tuple(targets))
    return _Deck(session, plan).cards()


def picture_view(artifact: Artifact) -> PictureView:
    """An artifact as a viewer shows it."""
    return PictureView(artifact.digest, artifact.media_type, artifact.width, artifact.height, artifact.size)


class _Deck:
    """What the cards of one plan have in common, looked up once."""

    def __init__(self, session: Session, plan: Plan) -> None:
        self._session = session
        self._plan = plan
        outputs = session.facts.outputs
        self._states = status_of(plan, session.spec, outputs, session.graph, session.lock)
        self._actions: dict[str, list[PlannedAction]] = {}
        for action in plan.actions:
            self._actions.setdefault(action.node.target, []).append(action)
        wanted = set(plan.targets)
        self._files: dict[str, dict[str, OutputState]] = {}
        for path, row in outputs.items():
            if row.target in wanted:
                self._files.setdefault(row.target, {})[path] = row

    def cards(self) -> dict[str, TargetCard]:
        return {name: self._card(name, status) for name, status in self._states.items()}

    def _card(self, name: str, status: TargetStatus) -> TargetCard:
        session, actions = self._session, self._actions.get(name, [])
        target = session.spec.targets[name]
        cost = sum((action.cost for action in actions), Cost.free())
        master = session.lock.lines.get(session.graph.nodes[session.graph.masters[name]].slot)
        return TargetCard(
            id=name,
            name=target.name,
            state=status.state,
            review=status.review,
            reasons=tuple(dict.fromkeys(str(reason) for reason in status.reasons)),
            picture=self._picture(name),
            tags=target.tags,
            alt=target.alt,
            provider=target.provider if target.first_call is not None else "",
            prompt=target.prompt[:_LONGEST_PROMPT],
            candidates=target.candidates,
            newer=master is not None and master.live is not None,
            frozen=session.is_frozen(name),
            waits=None if cost == Cost.free() else str(cost),
            failing=tuple(
                action.plugin
                for action in actions
                if action.node.kind == "check" and action.reasons[0].code == "failed"
            ),
            axes=dict(target.variant),
        )

    def _picture(self, name: str) -> PictureView | None:
        """The largest of the files that lie at the target's output paths now."""
        rows = self._files.get(name)
        if not rows:
            return None
        final = self._plan.made.get(self._session.graph.finals[name], ())
        known = {artifact.digest: picture_view(artifact) for artifact in final}
        found = [known.get(row.digest) or self._probed(path, row) for path, row in rows.items()]
        return max((each for each in found if each is not None), key=_weight, default=None)

    def _probed(self, path: str, row: OutputState) -> PictureView | None:
        """A file whose picture is no longer the wanted one, by its header; None when it is gone or no picture."""
        try:
            full = self._session.find_digest(row.digest)
            with full.open("rb") as file:
                found, size = probe(file.read(_HEADER)), os.fstat(file.fileno()).st_size
        except (OSError, StoreError):
            return None
        if found is None or found.media_type not in EXTENSIONS:
            return None
        return PictureView(row.digest, found.media_type, found.width, found.height, size)


def _weight(picture: PictureView) -> tuple[bool, int, str]:
    """What browsers show goes before what they do not, then the larger one."""
    shown = picture.media_type in _SHOWN
    return shown, (picture.width or 0) * (picture.height or 0), picture.digest


_SHOWN: Mapping[str, None] = dict.fromkeys(
    ("image/png", "image/jpeg", "image/webp", "image/avif", "image/gif", "image/svg+xml")
)

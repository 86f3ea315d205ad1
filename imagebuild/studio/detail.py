"""All about one target: its chain, candidates, checks, files and every picture that it had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imagebuild.action import Action, Call
from imagebuild.cost import Cost
from imagebuild.digest import Json
from imagebuild.errors import StoreError, UsageError
from imagebuild.graph import Node, recipe_of
from imagebuild.history import Original, history_of
from imagebuild.local_run import CheckRun, SourceRun, StepRun
from imagebuild.lockfile import LockLine
from imagebuild.media import probe
from imagebuild.plan import Plan, PlannedAction
from imagebuild.session import Session
from imagebuild.spec import written_prompts
from imagebuild.store import Record
from imagebuild.studio.card import cards_of, picture_view
from imagebuild.target import InputTag, Target
from imagebuild.view import (
    CandidateView,
    CheckView,
    HistoryView,
    OutputView,
    PictureView,
    StageView,
    TargetView,
)

__all__ = ["target_view"]

_HEADER = 1 << 16  # bytes of a file that tell its type and size


def target_view(session: Session, name: str) -> TargetView:
    """Look at a target of the session. Raises ``UsageError`` for one that the spec does not have."""
    if name not in session.spec.targets:
        raise UsageError(f"there is no target '{name}'")
    return _Look(session, name).view()


class _Look:
    """One look at one target."""

    def __init__(self, session: Session, name: str) -> None:
        self._session = session
        self._name = name
        self._target: Target = session.spec.targets[name]
        self._plan: Plan = session.plan((name,))
        self._planned = {action.node.slot: action for action in self._plan.actions}
        self._indexes = [index for index, node in enumerate(session.graph.nodes) if node.target == name]
        origin = session.spec.origins.get(name)
        self._written = written_prompts(origin) if origin else ()

    def view(self) -> TargetView:
        session, graph = self._session, self._session.graph
        line = session.lock.lines.get(graph.nodes[graph.masters[self._name]].slot)
        text = session.lock.lines.get(graph.nodes[graph.texts[self._name]].slot) if self._name in graph.texts else None
        card = cards_of(session, [self._name])[self._name]
        return TargetView(
            card=card,
            stages=tuple(self._stages()),
            checks=tuple(self._checks()),
            outputs=tuple(self._outputs()),
            history=tuple(self._history(each) for each in history_of(session, self._name)),
            waiting=self._pinned(line) if line and line.live else None,
            alt_review=text.review if text else None,
            alt_generated=self._target.describe is not None,
            decorative=self._target.alt == "",
            spec_place=str(place) if (place := session.spec.place(self._name)) else None,
        )

    def _stages(self) -> Iterator[StageView]:
        """The chain in order; the candidates of its first call are one stage."""
        seen: set[int] = set()
        for index in self._indexes:
            node = self._session.graph.nodes[index]
            if node.kind == "check" or node.stage in seen:
                continue
            seen.add(node.stage)
            start = self._session.graph.starts[self._name] if node.kind == "generate" else index
            yield self._stage(start)

    def _stage(self, index: int) -> StageView:
        node, action = self._session.graph.nodes[index], self._session.actions[index]
        planned = self._planned[node.slot]
        line, record = self._line(node, planned), self._record(planned)
        costs = [self._planned[other.slot].cost for other in self._same_stage(node) if other.slot in self._planned]
        price = sum(costs, Cost.free())
        call = action if isinstance(action, Call) else None
        return StageView(
            stage=node.stage,
            kind=node.kind,
            name=action.plugin,
            verdict=planned.verdict,
            reasons=tuple(str(reason) for reason in planned.reasons if reason.code not in ("fresh", "frozen")),
            written=self._written[node.stage] if call and 0 <= node.stage < len(self._written) else None,
            prompt=call.request.prompt if call else None,
            revised=line.revised_prompt if line else record.revised_prompt if record else None,
            options=_options(action),
            inputs=tuple(_inputs(self._target, node)),
            model=line.model if line else record.model if record else None,
            cost_usd=line.cost_usd if line else record.cost_usd if record and record.paid else None,
            price=None if price == Cost.free() else str(price),
            pictures=() if node.kind == "describe" else tuple(map(picture_view, self._plan.made.get(index, ()))),
            candidates=tuple(self._candidates()) if node.kind == "generate" and self._target.candidates > 1 else (),
            take=call.request.take if call else 1,
        )

    def _candidates(self) -> Iterator[CandidateView]:
        graph = self._session.graph
        for index in self._indexes:
            node = graph.nodes[index]
            if node.kind != "generate":
                continue
            planned = self._planned.get(node.slot)
            line = self._line(node, planned)
            made = self._plan.made.get(index, ())
            yield CandidateView(
                number=node.candidate,
                picture=picture_view(made[0]) if made else None,
                picked=index == graph.starts[self._name],
                review=line.review if line else None,
                cost_usd=line.cost_usd if line else None,
            )

    def _checks(self) -> Iterator[CheckView]:
        for index in self._indexes:
            action = self._session.actions[index]
            if not isinstance(action, CheckRun):
                continue
            planned = self._planned[action.node.slot]
            failed = next((reason for reason in planned.reasons if reason.code == "failed"), None)
            passed = planned.verdict == "cached" and failed is None
            yield CheckView(
                action.plugin,
                "failed" if failed else "passed" if passed else "open",
                str(failed) if failed else "",
                dict(action.options),
            )

    def _outputs(self) -> Iterator[OutputView]:
        final = self._plan.made.get(self._session.graph.finals[self._name], ())
        made = {artifact.digest: artifact for artifact in final}
        for output in self._plan.outputs:
            if output.target != self._name or output.digest not in made:
                continue
            artifact, reason = made[output.digest], output.reason
            state = "written" if reason is None else "edited" if reason.code == "edited" else "old"
            if reason is not None and reason.detail == "missing":
                state = "missing"
            yield OutputView(output.path, state, picture_view(artifact), dict(artifact.labels))  # type: ignore[arg-type]  # one of its words

    def _history(self, original: Original) -> HistoryView:
        return HistoryView(
            number=original.number,
            digest=original.digest,
            time=original.time,
            stage=original.stage,
            candidate=original.candidate,
            take=original.take,
            standing=original.standing,
            review=original.review,
            provider=original.provider,
            model=original.model,
            prompt=original.prompt,
            revised=original.revised_prompt,
            cost_usd=original.cost_usd,
            adopted=original.adopted,
            picture=self._stored(original.digest, original.media_type) if original.here else None,
        )

    def _pinned(self, line: LockLine) -> PictureView | None:
        return self._stored(line.digest, line.media_type)

    def _stored(self, digest: str, media_type: str) -> PictureView | None:
        """A picture of the store, its size from its header; None when it is gone."""
        try:
            with self._session.originals.find(digest).open("rb") as file:
                found = probe(file.read(_HEADER))
                size = file.seek(0, 2)
        except (OSError, StoreError):
            return None
        if found is None:
            return PictureView(digest, media_type, bytes=size)
        return PictureView(digest, found.media_type, found.width, found.height, size)

    def _same_stage(self, node: Node) -> Sequence[Node]:
        nodes = (self._session.graph.nodes[index] for index in self._indexes)
        return [other for other in nodes if (other.kind, other.stage) == (node.kind, node.stage)]

    def _line(self, node: Node, planned: PlannedAction | None) -> LockLine | None:
        """The lock's line for the request as it is now."""
        line = self._session.lock.lines.get(node.slot)
        return line if line and planned and planned.key in (None, line.key) else None

    def _record(self, planned: PlannedAction) -> Record | None:
        return self._session.originals.records.get(planned.key) if planned.key else None


def _options(action: Action) -> dict[str, Json]:
    match action:
        case Call():
            return dict(action.request.options)
        case StepRun() | CheckRun():
            return dict(action.options)
        case SourceRun():
            return {}


def _inputs(target: Target, node: Node) -> Iterator[str]:
    """What goes in beside the stage before, by name."""
    recipe = recipe_of(target, node)
    yield from (str(given) for given in recipe.inputs if not isinstance(given, InputTag))
    for name, file in (("mask", recipe.mask), ("markup", recipe.markup)):
        if file is not None:
            yield f"{name} {file.path}"

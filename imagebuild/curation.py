"""What people choose among pictures, as changes of the lock that git can take back: pick, approve, reject, freeze."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from imagebuild.action import Action, Call
from imagebuild.artifact import Artifact
from imagebuild.errors import LockError, StoreError, UsageError
from imagebuild.judge import Judgement
from imagebuild.lockfile import LockLine, Review
from imagebuild.pin import line_of
from imagebuild.session import Session
from imagebuild.target import in_shell

__all__ = ["Curator"]


class Curator:
    """Says which lines of the lock a choice changes, and how. Nothing is bought, and nothing is written.

    It is made for some ``targets``, for one look at all of them. A choice is about the picture of the request as it is
    now: what is not built yet raises ``LockError``. What makes no sense for a target raises ``UsageError``.
    """

    def __init__(self, session: Session, targets: Sequence[str]) -> None:
        self._session = session
        # A choice is about what is new, and about pictures that are here.
        self._judge = replace(session.judge, masters=frozenset(), passing=frozenset())
        self.made: Mapping[int, tuple[Artifact, ...]] = session.plan(targets).made
        """What there is of all that the targets need, by index."""
        self._calls: dict[str, list[int]] = {target: [] for target in targets}
        for index, node in enumerate(session.graph.nodes):
            if node.kind in ("generate", "edit") and node.target in self._calls:
                self._calls[node.target].append(index)
        self._lines: dict[str, list[LockLine]] = {target: [] for target in targets}
        for line in session.lock.lines.values():
            self._lines.get(line.target, []).append(line)

    def pick(self, target: str, candidate: int | None = None) -> list[LockLine]:
        """Choose a candidate, by its number from 1; without one, the new picture that waits beside an approved one."""
        session = self._session
        nodes = self.candidates(target)
        before = session.graph.nodes[session.graph.starts[target]].candidate
        self._require_choice(target, candidate, len(nodes), before)
        chosen = before if candidate is None else candidate
        picked = [self.line(nodes[chosen - 1])] if nodes else []
        if candidate is None:
            picked.append(self.line(session.graph.masters[target]))
        beside = [self.line(index) for index in nodes if self._is_there(index)]
        lines = {line.slot: line for line in (*beside, *self._lines[target], *picked)}
        for slot, line in lines.items():
            if line.stage == 0 and nodes:
                lines[slot] = replace(line, picked=line.candidate == chosen, live=None)
            else:
                said: Review = "unreviewed" if chosen != before and line.review == "approved" else line.review
                lines[slot] = replace(line, live=None, review=said)
        return [*lines.values(), *self.forgotten(target)]

    def approve(self, target: str, *, alt: bool = False) -> list[LockLine]:
        """Say that the target's picture is good, and its alt text (with ``alt`` that alone); it goes live."""
        return self._review(target, "approved", alt=alt)

    def reject(self, target: str, candidate: int | None = None, *, alt: bool = False) -> list[LockLine]:
        """Say that the target's picture is no good, or one of its candidates, or its alt text."""
        if candidate is None:
            return self._review(target, "rejected", alt=alt)
        nodes = self.candidates(target)
        if not 1 <= candidate <= len(nodes):
            raise UsageError(f"'{target}' has {_range(len(nodes))}, there is no {candidate}")
        return [replace(self.line(nodes[candidate - 1]), review="rejected")]

    def freeze(self, target: str, *, frozen: bool = True) -> list[LockLine]:
        """Keep the picture that is delivered now, whatever changes; or no longer."""
        session = self._session
        if session.spec.targets[target].frozen and not frozen:
            place = session.spec.place(target, "frozen")
            raise UsageError(f"the spec says 'frozen: true' for '{target}'", place=place, hint="take it out there")
        lines = {line.slot: line.live or line if frozen else line for line in self._lines[target] if line.stage >= 0}
        if frozen:
            for index in self.chain(target):
                if session.graph.nodes[index].slot not in lines:
                    line = self.line(index)
                    lines[line.slot] = line
        if frozen and not lines:
            raise UsageError(f"no call makes the picture of '{target}': there is nothing to freeze")
        return [replace(line, frozen=frozen) for line in lines.values()]

    def calls(self, target: str) -> list[int]:
        """The calls for a target's picture, all candidates of it, by index."""
        return list(self._calls[target])

    def chain(self, target: str) -> list[int]:
        """The calls that lead to the target's picture, by index."""
        nodes, start = self._session.graph.nodes, self._session.graph.starts[target]
        return [index for index in self._calls[target] if nodes[index].kind == "edit" or index == start]

    def candidates(self, target: str) -> list[int]:
        """The calls of which one is picked, by index; none where the target begins with pictures."""
        return [index for index in self._calls[target] if self._session.graph.nodes[index].stage == 0]

    def forgotten(self, target: str) -> list[LockLine]:
        """Lines of calls that the target no longer makes, less what was said of them: another picture was chosen."""
        calls = {self._session.graph.nodes[index].slot for index in self._calls[target]}
        gone = (line for line in self._lines[target] if line.stage >= 0 and line.slot not in calls)
        return [replace(line, picked=line.picked and line.stage > 0, review="unreviewed", live=None) for line in gone]

    def line(self, index: int) -> LockLine:
        """The line that pins what a call gave, as the lock has it or would have it. Raises ``LockError``."""
        session, action = self._session, self._session.actions[index]
        node = action.node
        known = session.lock.lines.get(node.slot)
        if known is not None and session.is_frozen(node.target):
            return known
        judgement = self._judged(index, action)
        if judgement and judgement.verdict == "blocked" and judgement.reasons[0].code == "lost":
            hint = "bring it back with 'imagebuild store pull' or 'imagebuild store import' first"
            raise LockError(f"the store no longer has the picture of '{node.label}'", hint=hint)
        if judgement is None or judgement.artifacts is None or not isinstance(action, Call):
            raise LockError(
                f"'{node.label}' has no picture for what the spec asks for now",
                place=session.spec.place(node.target),
                hint=f"make it first: 'imagebuild build {in_shell(node.target)}'",
            )
        key, answer = judgement.identity.key, judgement.artifacts[0]
        if known is not None and known.key == key:
            return known
        record = session.originals.records.get(key)
        if record is None:
            raise LockError(
                f"the store has no record of '{node.label}'", hint=f"'imagebuild build {in_shell(node.target)}' first"
            )
        text = session.read(answer).decode("utf-8", "replace") if action.describer else None
        line = line_of(action, judgement.identity, answer, record, picked=self._is_picked(index), text=text)
        return replace(line, replaces=session.lock.replaced(node.slot, answer.digest))

    def _require_choice(self, target: str, candidate: int | None, count: int, before: int) -> None:
        """Raise ``UsageError`` where there is nothing to pick, or nobody can say what is meant."""
        if self._session.spec.targets[target].first_call is None:
            raise UsageError(f"no call makes the picture of '{target}': there is nothing to pick")
        if not count and candidate is not None:
            raise UsageError(f"'{target}' begins with pictures that no call made", hint="it has no candidates to pick")
        if candidate is None and count > 1 and not any(line.live for line in self._lines[target]):
            name = in_shell(target)
            hint = f"say which: 'imagebuild pick {name} 1'; 'imagebuild history {name}' lists them"
            message = f"'{target}' has {_range(count)}, {before} is picked, and no new picture waits"
            raise UsageError(message, hint=hint)
        if candidate is not None and not 1 <= candidate <= count:
            hint = "'candidates: N' in the spec makes more"
            raise UsageError(f"'{target}' has {_range(count)}, there is no {candidate}", hint=hint)

    def _review(self, target: str, said: Review, *, alt: bool) -> list[LockLine]:
        session = self._session
        master, text = session.graph.masters[target], session.graph.texts.get(target)
        lines: list[LockLine] = []
        if not alt:
            if not isinstance(session.actions[master], Call):
                raise UsageError(f"no call makes the picture of '{target}': there is nothing to review")
            line = self.line(master)
            lines.append(replace(line, review=said, live=None if said == "approved" else line.live))
            lines += self.forgotten(target) if said == "approved" else []
        elif text is None:
            raise UsageError(f"no service writes the alt text of '{target}'", hint="it stands in the spec, under 'alt'")
        if text is not None and (alt or (said == "approved" and self._is_there(text))):
            lines.append(replace(self.line(text), review=said))
        return lines

    def _is_there(self, index: int) -> bool:
        judgement = self._judged(index, self._session.actions[index])
        return judgement is not None and judgement.artifacts is not None

    def _judged(self, index: int, action: Action) -> Judgement | None:
        """The judge's word on an action, None while something that it needs is missing."""
        made, needs = self.made, action.node.needs
        if any(need not in made for need in needs):
            return None
        if self._session.is_frozen(action.node.target) and (frozen := self._session.judge.frozen(action)):
            return frozen
        try:
            return self._judge.judge(action, [made[need] for need in needs])
        except StoreError:
            return None

    def _is_picked(self, index: int) -> bool:
        node = self._session.graph.nodes[index]
        return node.stage != 0 or index == self._session.graph.starts[node.target]


def _range(count: int) -> str:
    return f"candidates 1 to {count}" if count > 1 else "one candidate" if count else "no candidates"

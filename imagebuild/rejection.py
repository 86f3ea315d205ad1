"""Pictures that fail a check with ``retry``: which are made anew, how often, and whether the budget has room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from imagebuild.action import Call
from imagebuild.budget import Budget
from imagebuild.cost import Cost
from imagebuild.event import Event, Notice
from imagebuild.local_run import CheckRun
from imagebuild.outcome import Outcome
from imagebuild.session import Session

__all__ = ["Retries"]


class Retries:
    """Counts the attempts of one build, which begins nothing more after ``max_failures`` (0: goes on).

    A paid picture is made anew only in the build that bought it, so that a build with nothing new never spends; a free
    one in any. One that is frozen stays, and where no call made the picture there is nothing to make anew.
    """

    def __init__(self, session: Session, budget: Budget, tell: Callable[[Event], None], max_failures: int = 0) -> None:
        self._session = session
        self._budget = budget
        self._tell = tell
        self._max_failures = max_failures
        self._tried: Counter[str] = Counter()
        self._refused: set[str] = set()
        self._calls: dict[str, list[int]] = {}
        for index, action in enumerate(session.actions):
            if isinstance(action, Call):
                self._calls.setdefault(action.node.target, []).append(index)

    def choose(self, outcome: Outcome) -> list[str]:
        """Targets whose picture is to be made anew; says so of each."""
        chosen: dict[str, tuple[CheckRun, str]] = {}
        planned = Cost.free()
        for check, fault in outcome.rejected:
            target = check.node.target
            if self._tried[target] >= check.retry or target in chosen or not self._can_be_made_anew(target):
                continue
            cost = self._cost(target)
            if cost != Cost.free() and target not in outcome.bought_for:
                continue
            if not self._has_room(target, planned, cost):
                continue
            planned += cost
            chosen[target] = (check, fault)
        if self._max_failures and len(outcome.without(self.hanging(chosen)).failures) >= self._max_failures:
            return []
        for target, (check, fault) in chosen.items():
            self._tried[target] += 1
            again = f"made anew, try {self._tried[target] + 1} of {check.retry + 1}"
            self._tell(Notice(f"'{target}' fails the check {fault}; {again}", target=target))
        return list(chosen)

    def hanging(self, names: Iterable[str]) -> set[str]:
        """Some targets and all that hang on them."""
        graph = self._session.graph
        found = set(names)
        for node in graph.nodes if found else ():
            if node.target not in found and any(graph.nodes[need].target in found for need in node.waits):
                found.add(node.target)
        return found

    def _can_be_made_anew(self, target: str) -> bool:
        session, stage = self._session, self._session.spec.targets[target].first_call
        if stage is None:
            return False
        first = next(session.actions[at] for at in self._calls[target] if session.actions[at].node.stage == stage)
        return not session.is_frozen(target) or session.judge.frozen(first) is None

    def _has_room(self, target: str, planned: Cost, cost: Cost) -> bool:
        """Whether the budget has room for another attempt; says once where it has none."""
        if cost == Cost.free():
            return True
        if target in self._refused:
            return False
        if self._budget.cap is None:
            why = "nobody has agreed to an unknown price for another try"
        elif not self._budget.fits(planned + cost):
            why = "the budget has no room for another try"
        else:
            return True
        self._refused.add(target)
        self._tell(Notice(f"'{target}' fails a check, and {why}", target=target))
        return False

    def _cost(self, target: str) -> Cost:
        """What another attempt would cost, from the first call of the chain on."""
        calls = (self._session.actions[at] for at in self._calls[target])
        return sum(
            (self._session.estimate(call) for call in calls if isinstance(call, Call) and not call.free), Cost.free()
        )

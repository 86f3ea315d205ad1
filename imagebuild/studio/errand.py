"""One task done: the call of the command of the same name, then the files brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from imagebuild.budget import Budget
from imagebuild.cost import Cost
from imagebuild.errors import BuildError, ImageBuildError, SpendingRefused
from imagebuild.event import Event
from imagebuild.outcome import Failure
from imagebuild.project import Project
from imagebuild.view import PriceView
from imagebuild.viewer import Task

__all__ = ["Errand", "Result", "price_of"]

_CENT_OF_A_CENT = 1e-6  # what sums of floats may be off by
_KEPT = "what was bought is kept in the store, and comes for nothing when the spec asks for it again"


class Result(Struct, frozen=True):
    """What came of a task, for people; ``cost_usd`` is what it cost, None where nobody knows."""

    message: str
    hint: str | None = None
    cost_usd: float | None = 0.0


def price_of(project: Project, task: Task, budget: Budget | None) -> PriceView:
    """What a purchase would cost now, and whether there is room for it. Raises what the task would."""
    plan = project.plan(task.targets, reroll=task.kind == "reroll", edit=task.edit)
    cost = plan.cost
    calls = sum(action.cost != Cost.free() for action in plan.actions)
    affordable = cost == Cost.free() or (budget is not None and budget.fits(cost))
    return PriceView(cost, "free" if cost == Cost.free() else str(cost), affordable, calls)


class Errand(Struct, frozen=True):
    """Does tasks for a project. ``stop`` says how much of a purchase is given up, as for :meth:`Project.buy`."""

    project: Project
    budget: Budget | None
    listen: Callable[[Event], None]
    stop: Callable[[], int]

    def choose(self, task: Task) -> Result:
        """Pick, approve, reject, freeze or restore. Raises what the project does."""
        project, targets, listen = self.project, task.targets, self.listen
        match task.kind:
            case "pick":
                project.pick(targets[0], task.candidate, listen=listen)
                message = f"picked {f'candidate {task.candidate}' if task.candidate else 'the new picture'}"
            case "approve":
                project.approve(targets, alt=task.alt, listen=listen)
                message = "approved the alt text" if task.alt else "approved"
            case "reject":
                project.reject(targets, candidate=task.candidate, alt=task.alt, listen=listen)
                message = "rejected the alt text" if task.alt else "rejected"
                message += f" candidate {task.candidate}" if task.candidate else ""
            case "freeze":
                project.freeze(targets, frozen=task.frozen, listen=listen)
                message = "frozen" if task.frozen else "no longer frozen"
            case _:
                found = project.restore(targets[0], task.picture or "", listen=listen)
                message = f"brought back picture {found.number}"
        upkeep = project.deliver(targets, listen=listen)
        _require_good(upkeep.report.failures if upkeep.report else ())
        left = ", ".join(each.label for each in upkeep.dear.values())
        hint = f"left to be bought: {left}" if upkeep.dear else None
        return Result(f"{_named(targets)}: {message}", hint)

    def buy(self, task: Task) -> Result:
        """Reroll or build: bought ahead, then delivered. Raises what the project does, and ``SpendingRefused``."""
        project, is_reroll = self.project, task.kind == "reroll"
        self._require_room(task)
        budget = self.budget or Budget(0.0)
        bought = project.buy(
            task.targets, budget=budget, reroll=is_reroll, edit=task.edit, listen=self.listen, stop=self.stop
        )
        failed = {failure.target for failure in bought.failures}
        good = [name for name in task.targets if name not in failed]
        if good:
            try:
                self._deliver(good, task)
            except SpendingRefused as error:
                message = "stopped before all was bought" if self.stop() else "the spec has changed meanwhile"
                raise SpendingRefused(message, hint=_KEPT if bought.bought else None) from error
        _require_good(bought.failures)
        again = "made anew" if is_reroll else "built"
        return Result(f"{_named(task.targets)}: {again}", cost_usd=bought.cost_usd)

    def _deliver(self, targets: Sequence[str], task: Task) -> None:
        """For nothing, since all that was to be bought is there."""
        if task.kind == "reroll":
            report = self.project.build(targets, reroll=True, edit=task.edit, max_cost=0.0, listen=self.listen)
            self.project.complete(self.listen)
        else:
            report = self.project.build(targets, max_cost=0.0, listen=self.listen)
            self.project.complete(self.listen)
        _require_good(report.failures)

    def _require_room(self, task: Task) -> None:
        price = price_of(self.project, task, self.budget)
        if price.cost == Cost.free():
            return
        if self.budget is None:
            raise SpendingRefused(
                f"this would cost {price.text}, and nothing may be bought here", hint="start it with '--max-cost USD'"
            )
        if task.max_cost is None or not price.cost.known or price.cost.high > task.max_cost + _CENT_OF_A_CENT:
            raise SpendingRefused(f"this would cost {price.text} now", hint="look at the price and ask once more")
        if not price.affordable:
            left = Cost.exactly(max(0.0, (self.budget.cap or 0.0) - self.budget.spent))
            raise SpendingRefused(
                f"this would cost {price.text}, and {left} of the cap are left", hint="raise '--max-cost'"
            )


def _require_good(failures: Sequence[Failure]) -> None:
    """Raise the first failure, if there is one; the others stand beside it."""
    if failures:
        first: ImageBuildError = failures[0].error
        more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        raise BuildError(f"{failures[0].label or failures[0].target}: {first.message}{more}", hint=first.hint)


def _named(targets: Sequence[str]) -> str:
    return ", ".join(targets) if len(targets) <= 3 else f"{len(targets)} pictures"

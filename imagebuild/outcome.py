"""What came of running a plan."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct, field
from msgspec.structs import replace

from imagebuild.artifact import Artifact
from imagebuild.budget import Budget
from imagebuild.cost import Cost
from imagebuild.errors import ImageBuildError, SpendingRefused
from imagebuild.event import Verdict
from imagebuild.graph import Node
from imagebuild.judge import Judgement
from imagebuild.local_run import CheckRun

__all__ = ["Failure", "Outcome", "refusal"]


class Failure(Struct, frozen=True):
    """One action that failed, and how many others could not run because of it."""

    target: str
    error: ImageBuildError
    label: str = ""
    stopped: int = 0


class Outcome(Struct):
    """Counts are of actions, and ``checked`` is a part of ``made``; ``targets`` are those for which something was made.

    ``waiting`` are calls that are paid for and have not come, ``wave`` those to be ``sent`` in batches; ``rejected``
    are checks that the pictures fail, each with how. ``bought_for`` are targets for which something was paid,
    ``results`` what each node made, by index; ``given_up`` are the targets and keys of what failed: another pass of the
    same build does not run them again.
    """

    bought: int = 0
    made: int = 0
    checked: int = 0
    cached: int = 0
    targets: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    blocked: list[Judgement] = field(default_factory=list)
    waiting: list[Judgement] = field(default_factory=list)
    wave: list[Judgement] = field(default_factory=list)
    rejected: list[tuple[CheckRun, str]] = field(default_factory=list)
    bought_for: set[str] = field(default_factory=set)
    results: dict[int, tuple[Artifact, ...]] = field(default_factory=dict)
    given_up: set[tuple[str, str]] = field(default_factory=set)
    sent: int = 0
    skipped: int = 0
    charged_usd: float = 0.0
    unknown_cost: bool = False

    def count(self, node: Node, verdict: Verdict) -> None:
        """An action ended well."""
        if verdict == "cached":
            self.cached += 1
        elif verdict == "bought":
            self.bought += 1
            self.bought_for.add(node.target)
        else:
            self.made += 1
            self.checked += node.kind == "check"
        if verdict != "cached" and node.kind != "check":
            self.targets.add(node.target)

    def without(self, targets: Collection[str]) -> Outcome:
        """This outcome less what is still open of some targets, which are about to be built once more."""
        gone = set(targets)
        return replace(
            self,
            failures=[each for each in self.failures if each.target not in gone],
            blocked=[each for each in self.blocked if each.action.node.target not in gone],
            waiting=[each for each in self.waiting if each.action.node.target not in gone],
            wave=[each for each in self.wave if each.action.node.target not in gone],
            rejected=[each for each in self.rejected if each[0].node.target not in gone],
            given_up={each for each in self.given_up if each[0] not in gone},
        )

    def after(self, first: Outcome, *, same: bool = False) -> Outcome:
        """This outcome of another pass with what the first one did; ``same``: over the same targets, all over again.

        What failed in the first was given up in this one, and stands here once.
        """
        open_still = Outcome() if same else first
        return Outcome(
            bought=first.bought + self.bought,
            made=first.made + self.made,
            checked=first.checked + self.checked,
            cached=first.cached,
            targets=first.targets | self.targets,
            failures=first.failures + self.failures,
            blocked=open_still.blocked + self.blocked,
            waiting=open_still.waiting + self.waiting,
            wave=open_still.wave + self.wave,
            rejected=first.rejected + self.rejected,
            bought_for=first.bought_for | self.bought_for,
            results=first.results | self.results,
            given_up=first.given_up | self.given_up,
            sent=first.sent + self.sent,
            skipped=self.skipped,
            charged_usd=self.charged_usd,
            unknown_cost=self.unknown_cost,
        )


def refusal(judgement: Judgement, budget: Budget) -> SpendingRefused:
    """Why a call is not made: nobody knows its price, or the budget has no room for it."""
    label = judgement.action.node.label
    if not judgement.cost.known and not budget.allow_unknown:
        return SpendingRefused(
            f"the price of '{label}' is unknown",
            hint=f"state one: providers: {{{judgement.action.plugin}: {{price: 0.05}}}}",
        )
    price, cap = Cost.exactly(budget.expected(judgement.cost)), Cost.exactly(budget.cap or 0)
    return SpendingRefused(
        f"'{label}' would cost up to {price}, and {Cost.exactly(budget.spent)} of {cap} are spent",
        hint="raise 'budget.max_cost' or '--max-cost'; all that was bought is kept",
    )

"""What came of running a plan."""

from __future__ import annotations

from dataclasses import dataclass, field

from imagebuild.errors import ImageBuildError
from imagebuild.event import Verdict
from imagebuild.plan import Judgement

__all__ = ["Failure", "Outcome"]


@dataclass(frozen=True, slots=True)
class Failure:
    """One action that failed, and how many others could not run because of it."""

    target: str
    error: ImageBuildError
    label: str = ""
    stopped: int = 0


@dataclass(slots=True)
class Outcome:
    """Counts are of actions; ``targets`` are those for which one ran.

    ``waiting`` are calls that are paid for and have not come, ``wave`` those to be ``sent`` in batches.
    """

    bought: int = 0
    made: int = 0
    cached: int = 0
    targets: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    blocked: list[Judgement] = field(default_factory=list)
    waiting: list[Judgement] = field(default_factory=list)
    wave: list[Judgement] = field(default_factory=list)
    sent: int = 0
    skipped: int = 0
    charged_usd: float = 0.0
    unknown_cost: bool = False

    def count(self, target: str, verdict: Verdict) -> None:
        """An action ended well."""
        if verdict == "cached":
            self.cached += 1
            return
        self.targets.add(target)
        if verdict == "bought":
            self.bought += 1
        else:
            self.made += 1

    def after(self, first: Outcome) -> Outcome:
        """This outcome of a second pass over the same targets, with what the first one did."""
        return Outcome(
            bought=first.bought + self.bought,
            made=first.made + self.made,
            cached=first.cached,
            targets=first.targets | self.targets,
            failures=first.failures + self.failures,
            blocked=self.blocked,
            waiting=self.waiting,
            wave=self.wave,
            sent=first.sent + self.sent,
            skipped=self.skipped,
            charged_usd=self.charged_usd,
            unknown_cost=self.unknown_cost,
        )

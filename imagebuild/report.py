"""What a build did, and the exit code that says so."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from imagebuild.cost import Cost
from imagebuild.delivery import Delivery
from imagebuild.errors import DifferentError, ImageBuildError, InternalError, LockError, RequestError
from imagebuild.intake import KEPT
from imagebuild.judge import Judgement
from imagebuild.outcome import Failure, Outcome
from imagebuild.plan import Plan
from imagebuild.store import Record

__all__ = ["Report", "report_of"]


class Report(Struct, frozen=True):
    """What a build did: for how many ``targets`` it made something, and how many actions.

    ``checked`` counts those of ``made`` that were checks. ``cost_usd`` is None when some charge is unknown, and
    ``charged_usd`` is what is known of it; ``kept`` are outputs edited by hand. ``collected`` counts the answers of
    earlier builds that came in, and ``collected_usd`` what those cost (None: unknown), which is in no other sum.
    ``sent`` counts pictures sent in batches, for ``sent_cost``; ``waiting`` names those that are paid for or sent and
    have not come yet. ``published`` counts the files that publishers changed. ``to_review`` are the targets whose new
    picture waits, with the approved one in its place. ``elsewhere`` counts targets that are in no ``plan``, for nothing
    of what they rest on had changed since the last build.
    """

    targets: int = 0
    bought: int = 0
    made: int = 0
    checked: int = 0
    cached: int = 0
    failures: tuple[Failure, ...] = ()
    written: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    skipped: int = 0
    collected: int = 0
    collected_usd: float | None = 0.0
    sent: int = 0
    sent_cost: Cost = field(default_factory=Cost)
    waiting: tuple[str, ...] = ()
    published: int = 0
    to_review: tuple[str, ...] = ()
    cost_usd: float | None = 0.0
    charged_usd: float = 0.0
    seconds: float = 0.0
    exit_code: int = 0
    elsewhere: int = 0
    plan: Plan = field(default_factory=lambda: Plan((), ()))

    @property
    def wanted(self) -> int:
        """How many targets the build was for."""
        return len(self.plan.targets) + self.elsewhere

    @property
    def ok(self) -> bool:
        """Whether everything asked for is there."""
        return self.exit_code == 0


def report_of(
    plan: Plan,
    outcome: Outcome,
    delivery: Delivery,
    interrupts: int,
    seconds: float,
    collected: Sequence[Record] = (),
) -> Report:
    """Sum up a build: what failed, what could not be delivered, and what is lost or needs the network."""
    failures = [*outcome.failures]
    failures += [Failure(target, error, target) for target, error in delivery.failed]
    failures += [_lost(judgement) for judgement in outcome.blocked]
    wanted = set(plan.targets)
    waiting = [judgement.action.node.label for judgement in (*outcome.wave, *outcome.waiting)]
    return Report(
        targets=len(outcome.targets),
        bought=outcome.bought,
        made=outcome.made,
        checked=outcome.checked,
        cached=outcome.cached,
        failures=tuple(failures),
        written=tuple(dict.fromkeys(delivery.written)),
        kept=tuple(dict.fromkeys(delivery.kept)),
        skipped=outcome.skipped,
        collected=len(collected),
        collected_usd=_sum(collected),
        sent=outcome.sent,
        sent_cost=sum((judgement.cost for judgement in outcome.wave), Cost.free()),
        waiting=tuple(waiting),
        to_review=tuple(
            dict.fromkeys(line.target for line in delivery.lock.lines.values() if line.live and line.target in wanted)
        ),
        cost_usd=None if outcome.unknown_cost else outcome.charged_usd,
        charged_usd=outcome.charged_usd,
        seconds=seconds,
        exit_code=_exit_code([failure.error for failure in failures], interrupts, bool(waiting)),
        plan=plan,
    )


def _sum(records: Sequence[Record]) -> float | None:
    costs = [record.cost_usd for record in records]
    return None if None in costs else sum(cost for cost in costs if cost is not None)


def _lost(judgement: Judgement) -> Failure:
    node = judgement.action.node
    codes = {reason.code for reason in judgement.reasons}
    if "differs" in codes:
        return Failure(
            node.target,
            DifferentError(
                f"the picture of '{node.label}' differs from what was asked: {judgement.reasons[0]}", hint=KEPT
            ),
            node.label,
        )
    if "unfit" in codes:
        unfit = RequestError(str(judgement.reasons[0]), hint="build it without '--executor batch'")
        return Failure(node.target, unfit, node.label)
    if "offline" in codes:
        error = LockError(f"'{node.label}' is not in the store, and {judgement.reasons[0]}")
    elif "locked" in codes:
        error = LockError(
            f"the lock does not hold '{node.label}' as the spec asks for it: {judgement.reasons[0]}",
            hint="run 'imagebuild build' where spending is allowed and commit imagebuild.lock",
        )
    else:
        shortage = judgement.reasons[0].detail.partition(", ")[2]  # what a remote store has to say to that
        error = LockError(
            f"the picture of '{node.label}' was bought, but the store no longer has it"
            + (f", {shortage}" if shortage else ""),
            hint="bring the store's folder back, or take its line out of imagebuild.lock to buy it anew",
        )
    return Failure(node.target, error, node.label)


def _exit_code(errors: list[ImageBuildError], interrupts: int, waiting: bool) -> int:
    if interrupts:
        return 130
    codes = {error.exit_code for error in errors} | ({LockError.exit_code} if waiting else set())
    return next((code for code in (InternalError.exit_code, 1, 2, 4, 5, 3) if code in codes), 0)

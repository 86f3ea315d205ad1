"""What a build did, in one line, and its failures once more."""

from __future__ import annotations

from imagebuild.cli.plan_view import nothing_to_do
from imagebuild.cli.problem import problem_lines
from imagebuild.cli.text import Line, count
from imagebuild.cost import Cost
from imagebuild.errors import Problem, ProviderError
from imagebuild.outcome import Failure
from imagebuild.report import Report

__all__ = ["INTERRUPTED", "charged", "duration", "failure_lines", "headline", "money", "still_to_come"]

INTERRUPTED = 130


def money(usd: float) -> str:
    """``$0.12``."""
    return str(Cost.exactly(usd))


def duration(seconds: float) -> str:
    """``0.4 s``, ``42 s``, ``3 min 7 s``, ``1 h 2 min``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def headline(report: Report) -> str:
    """``built 12 pictures in 4.2 s: 3 bought ($0.12), 9 made, 40 cached; 12 files written``.

    ``sent 12 pictures in batches (up to $0.31); 12 pictures are not there yet: build again to collect them``.
    """
    collected = ""
    if report.collected:
        price = charged(report.collected_usd or 0.0, unpriced=report.collected_usd is None)
        collected = f"collected {count(report.collected, 'picture')} of earlier builds ({price})"
    coming = []
    if report.sent:
        coming.append(f"sent {count(report.sent, 'picture')} in batches ({_price_sent(report)})")
    if report.waiting and report.exit_code != INTERRUPTED:
        coming.append(still_to_come(report))
    return "; ".join(part for part in (collected, _done(report, alone=not coming), *coming) if part)


def still_to_come(report: Report) -> str:
    """``3 pictures are not there yet: build again to collect them``."""
    number = len(report.waiting)
    are, them = ("picture is", "it") if number == 1 else ("pictures are", "them")
    return f"{number} {are} not there yet: build again to collect {them}"


def _price_sent(report: Report) -> str:
    """What the pictures that were sent may cost."""
    cost = report.sent_cost
    return ("up to " if cost.high else "") + charged(cost.high, unpriced=not cost.known)


def _done(report: Report, *, alone: bool) -> str:
    """What is there now; unless it stands ``alone``, nothing where nothing was done."""
    built, took = report.targets, duration(report.seconds)
    quiet = not (built or report.checked or report.failures) and report.exit_code != INTERRUPTED
    if quiet and not report.written and not report.kept:
        if report.published:
            fresh = count(report.wanted, "picture is", "pictures are")
            return f"published {count(report.published, 'changed file')} in {took}; {fresh} up to date"
        return nothing_to_do(report.wanted) if alone else ""
    if quiet and report.written and not report.kept:
        fresh = count(report.wanted, "picture is", "pictures are")
        return f"wrote {count(len(report.written), 'file')} in {took}" + (f"; {fresh} up to date" if alone else "")
    what = count(built, "picture") if built else "nothing"
    did = f"stopped after {took}" if report.exit_code == INTERRUPTED else f"built {what} in {took}"
    price = charged(
        report.charged_usd if report.cost_usd is None else report.cost_usd, unpriced=report.cost_usd is None
    )
    actions = [f"{report.bought} bought ({price})"] if report.bought else []
    making = report.made - report.checked
    actions += [f"{making} made"] if making else []
    actions += [f"{report.checked} checked"] if report.checked else []
    actions += [f"{report.cached} cached"] if report.cached else []
    ends = [f"{count(len(report.written), 'file')} written"] if report.written else []
    ends += [f"{count(len(report.kept), 'file')} kept"] if report.kept else []
    ends += [f"{len(report.failures)} failed"] if report.failures else []
    ends += [f"{price} spent"] if report.failures and not report.bought and report.cost_usd != 0 else []
    ends += [f"{report.skipped} not begun"] if report.skipped > 0 and report.exit_code == INTERRUPTED else []
    parts = "; ".join(part for part in (", ".join(actions), ", ".join(ends)) if part)
    return f"{did}: {parts}" if parts else did


def charged(known_usd: float, *, unpriced: bool) -> str:
    """``$0.12``; ``unpriced`` says that something cost nobody knows what."""
    if not unpriced:
        return money(known_usd)
    return f"{money(known_usd)} and an unknown cost" if known_usd else "cost unknown"


def failure_lines(failures: tuple[Failure, ...], *, width: int | None = None) -> list[Line]:
    """Each failure with its hint and what it stopped; equal ones of many targets once, so that the cause stands out."""
    groups: dict[tuple[str, str | None], list[Failure]] = {}
    for failure in failures:
        groups.setdefault((str(failure.error), failure.error.hint), []).append(failure)
    lines: list[Line] = []
    for group in groups.values():
        error = group[0].error
        names = ", ".join(failure.label or failure.target for failure in group[:5])
        more = f" and {len(group) - 5} more" if len(group) > 5 else ""
        lines += [[("failed:", "bold red"), " ", (f"{names}{more}", "bold")]]
        problem = Problem(error.message, error.place, error.hint)
        lines += [["  ", *line] for line in problem_lines(problem, width=width and width - 2, lead="")]
        if requests := _requests(group):
            lines.append([("  request: ", "dim"), requests])
        if stopped := sum(failure.stopped for failure in group):
            lines.append([f"  {count(stopped, 'action that needs it was', 'actions that need it were')} not run"])
    return lines


def _requests(group: list[Failure]) -> str:
    """What the service calls the calls that failed, for its support: the first few."""
    names = [each.error.request_id for each in group if isinstance(each.error, ProviderError) and each.error.request_id]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

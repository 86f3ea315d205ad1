"""What the commands of curation share: how a target stands after a choice, and its files brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from imagebuild.cli.cause import told
from imagebuild.cli.plan_view import at_price
from imagebuild.cli.published import cost_json, reason_json
from imagebuild.cli.purchase import reporter_of
from imagebuild.cli.reporter.plain import PlainReporter
from imagebuild.cli.shell import Shell
from imagebuild.cli.summary import failure_lines
from imagebuild.cli.text import Line, count
from imagebuild.cost import Cost
from imagebuild.digest import Json
from imagebuild.project import Project
from imagebuild.session import LOCK_FILE, Session
from imagebuild.status import TargetStatus, status_of
from imagebuild.target import in_shell
from imagebuild.upkeep import Purchase, Upkeep

__all__ = ["Choice", "changes_lock", "lock_of", "settle"]


class Choice(Struct, frozen=True):
    """How a target stands. ``candidates`` is how many it has, and ``picked`` which of them its picture begins with.

    ``digest`` is the picture that is delivered, ``waiting`` the one that is new beside an approved one; both are None
    for what stands in no lock.
    """

    target: str
    status: TargetStatus
    candidates: int
    picked: int
    digest: str | None
    waiting: str | None
    frozen: bool


def changes_lock(project: Project, choose: Callable[[], object]) -> bool:
    """Whether a choice changed anything: the lock is all that it changes."""
    before = lock_of(project)
    choose()
    return lock_of(project) != before


def settle(
    shell: Shell, project: Project, targets: Sequence[str], words: Callable[[Choice], str], *, as_json: bool
) -> int:
    """Bring the targets' files up to date as far as that is free, and say how each stands now; the exit code.

    ``words`` tells for people what was chosen.
    """
    reporter = PlainReporter(shell.err, quiet=shell.quiet) if as_json else reporter_of(shell, as_json=False)
    try:
        upkeep = project.deliver(targets, listen=reporter.hear)
    finally:
        reporter.close()
    with project.session(targets) as session:
        choices = _choices(session, session.spec.select(targets))
    report = upkeep.report
    written, kept = (report.written, report.kept) if report else ((), ())
    if report and report.failures:
        shell.err.lines([[], *failure_lines(report.failures, width=shell.width(shell.stderr)), []])
    if as_json:
        shell.out.json(_json(choices, upkeep, written))
    elif not shell.quiet:
        shell.err.lines([[(choice.target, "bold"), f": {words(choice)}"] for choice in choices])
        if written:
            named = f"wrote {written[0]}" if len(written) == 1 else f"wrote {count(len(written), 'file')}"
            shell.err.line(named + (f", kept {count(len(kept), 'file')}" if kept else ""))
        shell.err.lines(_dear_lines(upkeep.dear))
    return report.exit_code if report else 0


def lock_of(project: Project) -> bytes | None:
    """The lock as it stands on the disk; None where there is none."""
    path = project.root / LOCK_FILE
    return path.read_bytes() if path.exists() else None


def _choices(session: Session, targets: Iterable[str]) -> list[Choice]:
    plan = session.plan(tuple(targets))
    states = status_of(plan, session.spec, session.facts.outputs, session.graph, session.lock)
    return [_choice(session, target, status) for target, status in states.items()]


def _choice(session: Session, target: str, status: TargetStatus) -> Choice:
    graph = session.graph
    line = session.lock.lines.get(graph.nodes[graph.masters[target]].slot)
    delivered = (line.live or line) if line else None
    return Choice(
        target,
        status,
        session.spec.targets[target].candidates,
        graph.nodes[graph.starts[target]].candidate,
        delivered.digest if delivered else None,
        line.digest if line and line.live else None,
        session.is_frozen(target),
    )


def _dear_lines(dear: Mapping[str, Purchase]) -> list[Line]:
    """What is left to do, for its price and with the command that does it."""
    lines: list[Line] = []
    for target, purchase in dear.items():
        make = f"'imagebuild build {in_shell(target)}' makes it"
        price = "" if purchase.cost == Cost.free() else f" {at_price(purchase.cost)}"
        lines.append([("left:", "bold yellow"), f" {purchase.label}: {told(purchase.reason)}; {make}{price}"])
    return lines


def _json(choices: Iterable[Choice], upkeep: Upkeep, written: Sequence[str]) -> dict[str, Json]:
    return {
        "targets": {choice.target: _choice_json(choice) for choice in choices},
        "written": list(written),
        "left": {
            target: {
                "cost": cost_json(purchase.cost),
                "reason": reason_json(purchase.reason),
                "command": f"imagebuild build {in_shell(target)}",
            }
            for target, purchase in upkeep.dear.items()
        },
    }


def _choice_json(choice: Choice) -> dict[str, Json]:
    return {
        "state": choice.status.state,
        "review": choice.status.review,
        "candidates": choice.candidates,
        "picked": choice.picked,
        "digest": choice.digest,
        "waiting": choice.waiting,
        "frozen": choice.frozen,
        "outputs": list(choice.status.outputs),
    }

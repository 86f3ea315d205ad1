"""``imagebuild reroll``: buys another attempt at a picture."""

from __future__ import annotations

import click

from imagebuild.cli.choice import lock_of
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, some_targets_argument
from imagebuild.cli.purchase import Declined, confirmation, finish, reporter_of, show_plan, show_refused
from imagebuild.cli.reporter.plain import PlainReporter
from imagebuild.cli.review import named
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import Line
from imagebuild.errors import SpendingRefused, UsageError
from imagebuild.project import Project
from imagebuild.report import Report
from imagebuild.repository import Repository
from imagebuild.session import LOCK_FILE

__all__ = ["command"]

_AGREE = "agree to the price with '-y', or give a cap with '--max-cost USD' or 'budget: {max_cost: USD}'"


@click.command("reroll", cls=Command)
@some_targets_argument
@click.option("--edit", type=int, metavar="N", help="Only from edit N on; what it goes on from stays.")
@click.option("-j", "--jobs", type=click.IntRange(1), metavar="N", help="Run at most N actions at once.")
@click.option("-n", "--dry-run", is_flag=True, help="Only print the plan.")
@click.option("--max-cost", type=click.FloatRange(0), metavar="USD", help="Spend at most this much.")
@click.option("-y", "--yes", is_flag=True, help="Agree to what the plan would cost.")
@click.option("--json", "as_json", is_flag=True, help="Print events as JSON, one object a line.")
@click.pass_obj
def command(
    shell: Shell,
    *,
    targets: tuple[str, ...],
    edit: int | None,
    jobs: int | None,
    dry_run: bool,
    max_cost: float | None,
    yes: bool,
    as_json: bool,
) -> int:
    """Buy another attempt at pictures: the same request, asked once more, with the edits and steps that follow.

    Paid ones need a cap or a yes, as with 'build'. imagebuild.lock is written when the new picture is there. The one
    before stays in the store: 'git checkout imagebuild.lock' and a build bring it back for nothing, and so does
    'imagebuild restore'. An attempt that was bought before is not bought again. In place of an approved picture the new
    one waits until it is picked.
    """
    if max_cost is not None and not max_cost < float("inf"):
        raise UsageError(f"'--max-cost' wants a number of dollars, found '{max_cost}'")
    project = open_project(shell)
    if dry_run:
        show_plan(shell, project.plan(targets, reroll=True, edit=edit), as_json=as_json)
        return 0
    before = lock_of(project)
    undo = _undo(project, targets, before)
    reporter = reporter_of(shell, as_json=as_json)
    try:
        report = project.build(
            targets,
            listen=reporter.hear,
            confirm=confirmation(shell, yes=yes, as_json=as_json, hint="the picture stays as it is"),
            max_cost=max_cost,
            jobs=jobs,
            reroll=True,
            edit=edit,
        )
        if report.ok:
            project.complete(PlainReporter(shell.err, quiet=shell.quiet).hear if as_json else reporter.hear)
    except Declined as error:
        raise SpendingRefused(error.message, hint=error.hint) from None
    except SpendingRefused as error:
        show_refused(shell, project.plan(targets, reroll=True, edit=edit))
        raise SpendingRefused(error.message, hint=_AGREE) from None
    finally:
        reporter.close()
    finish(shell, project, report, as_json=as_json)
    if not (as_json or shell.quiet):
        shell.err.lines([*_known_lines(report, edit), *([undo] if lock_of(project) != before else [])])
    return report.exit_code


def _known_lines(report: Report, edit: int | None) -> list[Line]:
    """Attempts that somebody had bought before; the picture came from the store."""
    stages: dict[str, str] = {}
    kind, stage = ("edit", edit) if edit else ("generate", 0)
    for action in report.plan.actions:
        if action.node.target in report.plan.targets and action.node.kind == kind and action.node.stage >= stage:
            stages.setdefault(action.node.target, action.verdict)
    return [
        [("note:", "bold cyan"), f" {target}: this attempt was bought before, and cost nothing now"]
        for target, verdict in stages.items()
        if verdict == "cached"
    ]


def _same(first: bytes, second: bytes) -> bool:
    """Whether two locks say the same; git may write line ends of Windows."""
    return first.replace(b"\r\n", b"\n") == second.replace(b"\r\n", b"\n")


def _undo(project: Project, targets: tuple[str, ...], before: bytes | None) -> Line:
    """How to go back to the picture there was; ``before`` is the lock as it was."""
    repository = Repository.around(project.root)
    committed = None
    if repository is not None and before is not None:
        try:
            committed = repository.file_at("HEAD", LOCK_FILE)
        except UsageError:
            committed = None  # a repository without a commit
    names = named(targets)
    if committed is not None and before is not None and _same(committed, before):
        way = f"'git checkout {LOCK_FILE} && imagebuild build {names}' brings back what was there, for nothing"
    else:
        first = named(targets[:1])
        way = f"'imagebuild history {first}' lists what was there, 'imagebuild restore {first} N' brings it back"
    return [("undo:", "bold cyan"), f" {way}"]

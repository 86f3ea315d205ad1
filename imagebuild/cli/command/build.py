"""``imagebuild build``: makes what is missing or stale."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import Struct

from imagebuild.cli.group import Command
from imagebuild.cli.opening import executor_option, open_project, tags_option, targets_argument
from imagebuild.cli.plan_file import SavedPlan, read_plan
from imagebuild.cli.purchase import Declined, confirmation, finish, reporter_of, show_plan, show_refused
from imagebuild.cli.shell import Shell
from imagebuild.errors import SpendingRefused, UsageError
from imagebuild.plan import Plan
from imagebuild.project import Project

__all__ = ["command"]

_DRAFT = "'--draft' builds the same targets for free"


class _Wanted(Struct, frozen=True):
    """What the user asked to be built, whichever way it was said."""

    targets: tuple[str, ...]
    tags: tuple[str, ...]
    draft: bool
    offline: bool
    executor: str
    approved: Plan | None = None


@click.command("build", cls=Command)
@targets_argument
@tags_option
@click.option("-j", "--jobs", type=click.IntRange(1), metavar="N", help="Run at most N actions at once.")
@click.option(
    "-k",
    "--keep-going",
    "max_failures",
    type=click.IntRange(0),
    metavar="N",
    default=0,
    help="Begin nothing new after N failures; 0, the default, goes on with all that can be done.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Only print the plan.")
@click.option("--draft", is_flag=True, help="Draw paid pictures with the offline provider, for free.")
@click.option("--locked", is_flag=True, help="Buy nothing: fail when the lock does not hold all that is needed.")
@click.option("--offline", is_flag=True, help="Use no network at all.")
@click.option("--give-up", is_flag=True, help="Make pictures in flight anew that cannot be collected now.")
@click.option("--overwrite", is_flag=True, help="Replace output files that were changed by hand.")
@click.option("--max-cost", type=click.FloatRange(0), metavar="USD", help="Spend at most this much.")
@click.option("-y", "--yes", is_flag=True, help="Agree to what the plan would cost.")
@click.option("--plan", "plan_file", type=click.Path(dir_okay=False), help="Do just what 'plan -o FILE' saved.")
@click.option("--json", "as_json", is_flag=True, help="Print events as JSON, one object a line.")
@executor_option
@click.pass_obj
def command(
    shell: Shell,
    *,
    targets: tuple[str, ...],
    tags: tuple[str, ...],
    jobs: int | None,
    max_failures: int,
    dry_run: bool,
    draft: bool,
    locked: bool,
    offline: bool,
    give_up: bool,
    overwrite: bool,
    max_cost: float | None,
    yes: bool,
    plan_file: str | None,
    as_json: bool,
    executor: str | None,
) -> int:
    """Make the pictures that are missing or stale, of all targets or of those named or tagged.

    TARGET is a name, or one variant such as hero[season=spring]. Free providers run; paid ones need a cap
    ('--max-cost', 'budget.max_cost' in the spec, IMAGEBUILD_MAX_COST) or a yes at the plan that is shown. Ctrl-C begins
    nothing new and keeps the pictures in flight; a second one gives them up. While pictures that are sent or paid for
    have not come, a build ends with 3: build again to collect them.
    """
    if max_cost is not None and not max_cost < float("inf"):
        raise UsageError(f"'--max-cost' wants a number of dollars, found '{max_cost}'")
    wanted = _Wanted(targets, tags, draft, offline, executor or "local")
    if plan_file is not None:
        given = {"TARGET": targets, "--tag": tags, "--draft": draft, "--offline": offline, "--dry-run": dry_run}
        wanted = _saved(
            read_plan(Path(plan_file)), given | {"--max-cost": max_cost is not None, "--executor": executor}
        )
    project = open_project(shell)
    if dry_run:
        show_plan(shell, _plan(project, wanted), as_json=as_json)
        return 0
    reporter = reporter_of(shell, as_json=as_json)
    try:
        report = project.build(
            wanted.targets,
            tags=wanted.tags,
            listen=reporter.hear,
            confirm=confirmation(shell, yes=yes, as_json=as_json, hint=_DRAFT, in_batches=wanted.executor == "batch"),
            approved=wanted.approved,
            max_cost=max_cost,
            jobs=jobs,
            max_failures=max_failures,
            draft=wanted.draft,
            locked=locked,
            offline=wanted.offline,
            overwrite=overwrite,
            give_up=give_up,
            executor=wanted.executor,
        )
    except Declined as error:
        raise SpendingRefused(error.message, hint=error.hint) from None
    except SpendingRefused:
        show_refused(shell, _plan(project, wanted))
        raise
    finally:
        reporter.close()
    finish(shell, project, report, as_json=as_json)
    return report.exit_code


def _saved(saved: SavedPlan, given: dict[str, object]) -> _Wanted:
    """What a saved plan asks for; it leaves nothing else to say."""
    also = [name for name, value in given.items() if value]
    if also:
        raise UsageError(f"'--plan' does just what the plan says; leave out {', '.join(also)}")
    plan = saved.plan
    return _Wanted(plan.targets, (), saved.draft, saved.offline, saved.executor, plan)


def _plan(project: Project, wanted: _Wanted) -> Plan:
    return project.plan(
        wanted.targets, tags=wanted.tags, draft=wanted.draft, offline=wanted.offline, executor=wanted.executor
    )

"""``imagebuild plan``: what a build would do, why and for how much."""

from __future__ import annotations

from pathlib import Path

import click

from imagebuild.cli.group import Command
from imagebuild.cli.opening import executor_option, open_project, tags_option, targets_argument
from imagebuild.cli.plan_file import SavedPlan, write_plan
from imagebuild.cli.plan_view import leaves_nothing, note_lines, plan_lines
from imagebuild.cli.published import plan_json
from imagebuild.cli.shell import Shell

__all__ = ["command"]

SOMETHING_TO_DO = 3


@click.command("plan", cls=Command)
@targets_argument
@tags_option
@click.option("--draft", is_flag=True, help="As 'build --draft' would do it.")
@click.option("--offline", is_flag=True, help="As 'build --offline' would do it.")
@executor_option
@click.option("-a", "--all", "everything", is_flag=True, help="List what stays as it is, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@click.option("--exit-code", is_flag=True, help="Exit with 3 when there is something to do.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Save the plan for 'build --plan FILE'.")
@click.pass_obj
def command(
    shell: Shell,
    *,
    targets: tuple[str, ...],
    tags: tuple[str, ...],
    draft: bool,
    offline: bool,
    executor: str | None,
    everything: bool,
    as_json: bool,
    exit_code: bool,
    output: str | None,
) -> int:
    """Show what a build would do: bought, made, cached, frozen, blocked or waiting; why; and what it would cost.

    Nothing is made and nobody is called; a remote store is asked for what would be bought. TARGET is a name, or one
    variant such as hero[season=spring]; all targets without one. '--executor batch' shows the prices of batches.
    """
    executor = executor or "local"
    plan = open_project(shell).plan(targets, tags=tags, draft=draft, offline=offline, executor=executor)
    if output:
        write_plan(Path(output), SavedPlan(plan, draft, offline, executor))
    if as_json:
        shell.out.json(plan_json(plan))
    elif not shell.quiet:
        shell.out.lines(plan_lines(plan, width=shell.width(shell.stdout), everything=everything or shell.verbose))
        shell.err.lines(note_lines(plan.notes))
    return SOMETHING_TO_DO if exit_code and not leaves_nothing(plan) else 0

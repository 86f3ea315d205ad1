"""``imagebuild batch``: what was sent in batches; waits for it, or gives it up."""

from __future__ import annotations

import os

import click
from click.shell_completion import CompletionItem

from imagebuild.cli.batch_view import batch_lines, error_lines
from imagebuild.cli.batch_watch import Watch
from imagebuild.cli.group import Command, Family, show_help
from imagebuild.cli.opening import open_project
from imagebuild.cli.published import batches_json
from imagebuild.cli.shell import Shell
from imagebuild.cli.summary import INTERRUPTED, charged, failure_lines
from imagebuild.cli.text import Line, count
from imagebuild.errors import ImageBuildError, UsageError
from imagebuild.project import Project

__all__ = ["command"]

NOT_ALL_DONE = 3
SOME_FAILED = 1


@click.group("batch", cls=Family)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Look at the batches that 'build --executor batch' sent, wait for them, or give one up.

    They are those of this machine's store, of whichever project sent them. Builds collect what is done in any case.
    """
    if ctx.invoked_subcommand is None:
        show_help(ctx)


@command.command("ls", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print the batches as JSON.")
@click.option("--offline", is_flag=True, help="Ask no service; list what is noted here.")
@click.pass_obj
def ls(shell: Shell, *, as_json: bool, offline: bool) -> int:
    """List the open batches with how they stand.

    'left' counts the pictures that have not been collected. Ids are shortened, as 'batch cancel' takes them;
    '--verbose' and '--json' show them whole.
    """
    offline = offline or shell.untrusted
    views = _project(shell).batches(online=not offline)
    if as_json:
        shell.out.json(batches_json(views))
    else:
        shell.out.lines(batch_lines(views, asked=not offline, whole_ids=shell.verbose))
        shell.err.lines(error_lines(views))
    return 0


@command.command("wait", cls=Command)
@click.option(
    "--every",
    type=click.IntRange(1),
    metavar="SECONDS",
    default=30,
    show_default=True,
    help="Ask this often.",
)
@click.option("--timeout", type=click.IntRange(0), metavar="SECONDS", help="Wait no longer than this, and end with 3.")
@click.pass_obj
def wait(shell: Shell, *, every: int, timeout: int | None) -> int:
    """Wait until every open batch is done, and collect its pictures.

    'imagebuild build' then writes them to where they belong. Ends with 1 when pictures failed, and with 3 when not all
    batches are collected. Ctrl-C ends the waiting; the batches stay as they are.
    """
    project = _project(shell)
    project.require_trust("wait for batches")
    watch = Watch(shell, project)
    try:
        left = watch.run(float(every), None if timeout is None else float(timeout))
    except KeyboardInterrupt:
        shell.err.line(("interrupted", "bold"), ": the batches go on, and every build collects what is done")
        return INTERRUPTED
    shell.err.lines(failure_lines(tuple(watch.failures), width=shell.width(shell.stderr)))
    if not shell.quiet:
        shell.err.lines(_came(watch))
    if left:
        shell.err.line(
            (f"{count(left, 'batch is', 'batches are')} not collected yet", "bold"),
            ": 'imagebuild batch wait' and every build ask again",
        )
        return NOT_ALL_DONE
    if not shell.quiet:
        anew = ", and asks again for what failed" if watch.failures else ""
        shell.err.line(("no batch is open", "bold"), f": 'imagebuild build' writes the pictures that have come{anew}")
    return SOME_FAILED if watch.failures else 0


def _came(watch: Watch) -> list[Line]:
    """How many pictures have come while it waited, and what they cost."""
    costs = [record.cost_usd for record in watch.collected]
    if not costs:
        return []
    price = charged(sum(usd or 0.0 for usd in costs), unpriced=None in costs)
    return [[(f"collected {count(len(costs), 'picture')} ({price})", "bold")]]


def _complete_batch(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    try:
        views = open_project(ctx.obj or Shell.of_process()).batches(online=False)
    except (ImageBuildError, OSError):
        return []
    names = [view.batch.batch_id for view in views if view.batch.batch_id]
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@command.command("cancel", cls=Command)
@click.argument("name", metavar="ID", shell_complete=_complete_batch)
@click.pass_obj
def cancel(shell: Shell, *, name: str) -> int:
    """Give a batch up. ID is its id, or the beginning of it.

    Pictures that are finished by then are still collected, and are paid for; the others cost nothing.
    """
    project = _project(shell)
    project.require_trust("give up a batch")
    noted = [view.batch.batch_id for view in project.batches(online=False) if view.batch.batch_id]
    named = [batch_id for batch_id in noted if batch_id.startswith(name)]
    if name and len(named) > 1 and name not in named:
        raise UsageError(f"'{name}' is the beginning of {len(named)} batches", hint=f"one of {', '.join(named)}")
    if not name or not named:
        listed = f"open batches: {', '.join(noted)}" if noted else "no batches are open"
        raise UsageError(f"'{name}' is no open batch", hint=listed)
    view = project.cancel_batch(name)
    if not shell.quiet:
        status = view.status
        so_far = f" after {status.done} of {count(status.total, 'picture')}" if status and status.total else ""
        ended = "is cancelled" if status and status.state == "cancelled" else "is being cancelled"
        if status and status.is_final and status.state != "cancelled":
            ended, so_far = f"is {status.state} already", ""
        shell.err.line((f"batch {view.batch.batch_id} {ended}", "bold"), so_far)
        shell.err.line("finished pictures are paid for, and are collected by the next build; the others cost nothing")
    return 0


def _project(shell: Shell) -> Project:
    """The project of the call. Raises ``UsageError`` that says what it is needed for."""
    try:
        return open_project(shell)
    except UsageError as error:
        if not os.path.isdir(shell.folder):
            raise
        hint = "a project's spec holds the settings that services are asked with: go to one, or name it with '-C DIR'"
        raise UsageError(error.message, hint=hint) from None

"""``imagebuild freeze``: keeps pictures as they are."""

from __future__ import annotations

import click

from imagebuild.cli.choice import Choice, settle
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, some_targets_argument
from imagebuild.cli.purchase import reporter_of
from imagebuild.cli.shell import Shell

__all__ = ["command"]


@click.command("freeze", cls=Command)
@some_targets_argument
@click.option("--off", is_flag=True, help="Let them follow their requests again.")
@click.option("--json", "as_json", is_flag=True, help="Print how the pictures stand now as JSON.")
@click.pass_obj
def command(shell: Shell, *, targets: tuple[str, ...], off: bool, as_json: bool) -> int:
    """Keep the pictures that are live now, whatever becomes of their requests. Steps still run.

    This stands in imagebuild.lock; 'frozen: true' in the spec does the same. All of the targets are frozen or none.
    """
    project = open_project(shell)
    chosen = project.freeze(targets, frozen=not off, listen=reporter_of(shell).hear)

    def words(choice: Choice) -> str:
        return "frozen: it stays as it is, whatever changes" if choice.frozen else "not frozen"

    return settle(shell, project, chosen, words, as_json=as_json)

"""``imagebuild adopt``: takes a file as a picture, without a call."""

from __future__ import annotations

from pathlib import Path

import click

from imagebuild.cli.choice import changes_lock, settle
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, target_argument
from imagebuild.cli.purchase import reporter_of
from imagebuild.cli.shell import Shell

__all__ = ["command"]


@click.command("adopt", cls=Command)
@target_argument
@click.argument("file", metavar="FILE", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print how the picture stands now as JSON.")
@click.pass_obj
def command(shell: Shell, *, target: str, file: str, as_json: bool) -> int:
    """Take FILE, a picture of your own, as the picture of a target, for its request as it is now and without a call.

    The steps of the target go on from it. Its bytes go into the store and imagebuild.lock pins them, so the file itself
    is needed no longer; an output file that was changed by hand may be given, too. When the request changes, the next
    build makes a picture for it as always.
    """
    project = open_project(shell)
    path = Path(shell.folder, file)
    changed = changes_lock(project, lambda: project.adopt(target, path, listen=reporter_of(shell).hear))
    took = f"takes {file} as its picture" if changed else f"{file} is its picture already"
    return settle(shell, project, [target], lambda choice: took, as_json=as_json)

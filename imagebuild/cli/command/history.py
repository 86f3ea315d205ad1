"""``imagebuild history``: every picture that a target ever had."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, target_argument
from imagebuild.cli.original import history_json, history_lines
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import count
from imagebuild.errors import UsageError
from imagebuild.history import Original
from imagebuild.media import extension
from imagebuild.project import Project

__all__ = ["command"]


@click.command("history", cls=Command)
@target_argument
@click.option("--save", type=click.Path(file_okay=False), metavar="DIR", help="Write the pictures there, to look at.")
@click.option("--json", "as_json", is_flag=True, help="Print the pictures as JSON.")
@click.pass_obj
def command(shell: Shell, *, target: str, save: str | None, as_json: bool) -> int:
    """List every picture that a target ever had, oldest first, with its time and cost and how it stands.

    They come from imagebuild.lock, its versions in git and the store of this machine. 'imagebuild restore TARGET
    NUMBER' brings one back. '--verbose' adds digests and whole prompts.
    """
    project = open_project(shell)
    originals = project.history(target)
    if as_json:
        shell.out.json(history_json(originals))
    elif not originals:
        shell.err.line(f"'{target}' has no pictures yet")
    else:
        shell.out.lines(history_lines(originals, width=shell.width(shell.stdout), verbose=shell.verbose))
    if save is not None:
        saved = _save(project, originals, Path(shell.folder, save))
        if not shell.quiet:
            shell.err.line(f"wrote {count(saved, 'picture')} to {save}")
    return 0


def _save(project: Project, originals: Sequence[Original], folder: Path) -> int:
    """Write those that the store has, and nothing over a file of another kind; how many were written."""
    wanted = {
        folder / f"{each.target}-{each.number}.{extension(each.media_type)}": each for each in originals if each.here
    }
    with project.session() as session:
        pictures = {path: session.originals.read(each.digest) for path, each in wanted.items()}
    for path, data in pictures.items():
        if path.exists() and (not path.is_file() or path.read_bytes() != data):
            raise UsageError(f"'{path}' is there already, with other bytes", hint="name a folder that is new or empty")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, data in pictures.items():
            path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"the pictures cannot be written to '{folder}': {error.strerror or error}") from error
    return len(pictures)

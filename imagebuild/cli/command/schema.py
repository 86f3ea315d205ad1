"""``imagebuild schema``: the JSON Schema of imagebuild.yaml, for editors."""

from __future__ import annotations

import os
from pathlib import Path

import click

from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project
from imagebuild.cli.printer import to_json
from imagebuild.cli.shell import Shell
from imagebuild.disk import write_file
from imagebuild.errors import UsageError
from imagebuild.session import STATE_FOLDER
from imagebuild.spec.schema import json_schema

__all__ = ["command"]

FILE = "schema.json"


@click.command("schema", cls=Command)
@click.option("--write", is_flag=True, help=f"Write it to {STATE_FOLDER}/{FILE}, where editors look for it.")
@click.pass_obj
def command(shell: Shell, *, write: bool) -> int:
    """Print the JSON Schema of imagebuild.yaml.

    The first line of the specs that 'imagebuild init' writes points editors at what '--write' puts into the project.
    """
    if not write:
        shell.out.json(json_schema(), indent=2)
        return 0
    write_schema(open_project(shell).root)
    if not shell.quiet:
        shell.err.line(f"wrote {STATE_FOLDER}/{FILE}")
    return 0


def write_schema(root: Path) -> None:
    """Put the schema where the first line of a spec points to."""
    path = root / STATE_FOLDER / FILE
    if path.parent.is_symlink():
        raise UsageError(f"'{STATE_FOLDER}' is a link", hint="remove it; a folder of that name is made anew")
    try:
        path.parent.mkdir(exist_ok=True)
        write_file(os.fspath(path), (to_json(json_schema(), indent=2) + "\n").encode("ascii"), durable=False)
    except OSError as error:
        raise UsageError(f"'{STATE_FOLDER}/{FILE}' cannot be written: {error.strerror or error}") from error

"""``imagebuild store``: the store of originals and the derivatives of a project, looked at and looked after."""

from __future__ import annotations

import click

from imagebuild.cli.group import Family, show_help
from imagebuild.cli.store.archive import export, import_
from imagebuild.cli.store.gc import gc
from imagebuild.cli.store.ls import ls
from imagebuild.cli.store.sync import pull, push
from imagebuild.cli.store.verify import verify

__all__ = ["command"]


@click.group("store", cls=Family)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Look at the store, free its disk, verify it, share it or move it.

    Originals, which providers returned and which may have cost money, lie in one folder of the machine for all
    projects; what local steps made of them lies in each project.
    """
    if ctx.invoked_subcommand is None:
        show_help(ctx)


for below in (ls, gc, verify, push, pull, export, import_):
    command.add_command(below)

"""``imagebuild restore``: brings back a picture that a target had before."""

from __future__ import annotations

import click

from imagebuild.cli.choice import settle
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, target_argument
from imagebuild.cli.purchase import reporter_of
from imagebuild.cli.shell import Shell

__all__ = ["command"]


@click.command("restore", cls=Command)
@target_argument
@click.argument("picture", metavar="NUMBER|DIGEST")
@click.option("--json", "as_json", is_flag=True, help="Print how the picture stands now as JSON.")
@click.pass_obj
def command(shell: Shell, *, target: str, picture: str, as_json: bool) -> int:
    """Bring back a picture of 'imagebuild history TARGET', by its number there or the first digits of its digest.

    It becomes the picture for the request as it is now. Nothing is bought for it: its bytes are in the store.
    """
    project = open_project(shell)
    original = project.restore(target, picture, listen=reporter_of(shell).hear)
    said = f"picture {original.number} is back"
    if original.standing == "live":
        said = f"picture {original.number} is live already"
    elif original.standing == "base":
        said = f"picture {original.number} is what its picture was made from already"
    return settle(shell, project, [original.target], lambda choice: said, as_json=as_json)

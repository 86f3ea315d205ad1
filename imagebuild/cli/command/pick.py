"""``imagebuild pick``: chooses a candidate, or lets a new picture go live."""

from __future__ import annotations

import click

from imagebuild.cli.choice import Choice, changes_lock, settle
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, target_argument
from imagebuild.cli.purchase import reporter_of
from imagebuild.cli.shell import Shell

__all__ = ["command"]


@click.command("pick", cls=Command)
@target_argument
@click.argument("candidate", metavar="[N]", type=int, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print how the picture stands now as JSON.")
@click.pass_obj
def command(shell: Shell, *, target: str, candidate: int | None, as_json: bool) -> int:
    """Choose candidate N of a picture that has several, or without N let the new picture go live that waits for it.

    A new picture waits when the one before it was approved and its request changed since. The choice stands in
    imagebuild.lock. Files are brought up to date when that costs nothing; edits of another candidate have to be bought,
    and their price is shown.
    """
    project = open_project(shell)
    changed = changes_lock(project, lambda: project.pick(target, candidate, listen=reporter_of(shell).hear))

    def words(choice: Choice) -> str:
        which = f"candidate {choice.picked} of {choice.candidates}" if choice.candidates > 1 else "the new picture"
        if not changed:
            return f"{which} was picked already" if choice.candidates > 1 else "no new picture waits"
        return f"{which} is picked" if choice.candidates > 1 else f"{which} is live now"

    return settle(shell, project, [target], words, as_json=as_json)

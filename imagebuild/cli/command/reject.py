"""``imagebuild reject``: says that pictures are no good."""

from __future__ import annotations

import click

from imagebuild.cli.choice import Choice, settle
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, some_targets_argument
from imagebuild.cli.purchase import reporter_of
from imagebuild.cli.shell import Shell
from imagebuild.target import in_shell

__all__ = ["command"]


@click.command("reject", cls=Command)
@some_targets_argument
@click.option("-c", "--candidate", type=int, metavar="N", help="Reject candidate N alone.")
@click.option("--alt", is_flag=True, help="Reject the alt text alone, not the picture.")
@click.option("--json", "as_json", is_flag=True, help="Print how the pictures stand now as JSON.")
@click.pass_obj
def command(shell: Shell, *, targets: tuple[str, ...], candidate: int | None, alt: bool, as_json: bool) -> int:
    """Say that pictures are no good. Nothing is removed, and nothing is bought in their place.

    A new picture that waits goes on waiting, and the approved one before it stays live. One that is live already stays
    until another takes its place: 'imagebuild check' fails on it until then.
    """
    project = open_project(shell)
    chosen = project.reject(targets, candidate=candidate, alt=alt, listen=reporter_of(shell).hear)

    def words(choice: Choice) -> str:
        if candidate is not None and (candidate != choice.picked or choice.status.review != "rejected"):
            return f"candidate {candidate} is rejected"
        if alt:
            return "alt text rejected"
        stays = "the approved picture stays" if choice.waiting else "it stays until there is another"
        return f"rejected; {stays}: 'imagebuild reroll {in_shell(choice.target)}' makes one"

    return settle(shell, project, chosen, words, as_json=as_json)

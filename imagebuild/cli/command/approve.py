"""``imagebuild approve``: says that pictures are good."""

from __future__ import annotations

import click

from imagebuild.cli.choice import Choice, settle
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, some_targets_argument
from imagebuild.cli.purchase import reporter_of
from imagebuild.cli.shell import Shell

__all__ = ["command"]


@click.command("approve", cls=Command)
@some_targets_argument
@click.option("--alt", is_flag=True, help="Approve the alt text alone, not the picture.")
@click.option("--json", "as_json", is_flag=True, help="Print how the pictures stand now as JSON.")
@click.pass_obj
def command(shell: Shell, *, targets: tuple[str, ...], alt: bool, as_json: bool) -> int:
    """Say that pictures are good, and the alt texts that were written for them.

    A new picture that waited goes live. What is approved is the picture for its request as it is now: when the request
    changes, the next build makes a new one, which needs review, and the approved one stays in its place until the new
    one is picked or approved. All of the targets are approved or none.
    """
    project = open_project(shell)
    chosen = project.approve(targets, alt=alt, listen=reporter_of(shell).hear)

    def words(choice: Choice) -> str:
        if alt and choice.status.review != "approved":
            return "alt text approved, and its picture needs review"
        return "alt text approved" if alt else "approved"

    return settle(shell, project, chosen, words, as_json=as_json)

"""``imagebuild publish``: delivers a finished build."""

from __future__ import annotations

import click

from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project
from imagebuild.cli.reporter.machine import MachineReporter
from imagebuild.cli.reporter.plain import PlainReporter
from imagebuild.cli.reporter.report import published_line
from imagebuild.cli.shell import Shell
from imagebuild.event import Event, Published

__all__ = ["command"]


@click.command("publish", cls=Command)
@click.argument("publishers", nargs=-1, metavar="[PUBLISHER]...")
@click.option("-n", "--dry-run", is_flag=True, help="Only say how many files would change.")
@click.option("--json", "as_json", is_flag=True, help="Print events as JSON, one object a line.")
@click.pass_obj
def command(shell: Shell, *, publishers: tuple[str, ...], dry_run: bool, as_json: bool) -> int:
    """Deliver a finished build by the publishers that the spec names under 'publish', in order, or only those given.

    Everything has to be built, with no draft among it and no rule broken. Publishers that work inside the project also
    run at the end of every complete build; this runs the others, too.
    """
    project = open_project(shell)
    machine = MachineReporter(shell.out, shell.clock)
    people = PlainReporter(shell.err, quiet=shell.quiet, verbose=shell.verbose)

    def tell(event: Event) -> None:
        if not isinstance(event, Published):
            people.hear(event)
        elif not shell.quiet:
            shell.out.line(*published_line(event, would=dry_run))

    project.publish(publishers, dry_run=dry_run, listen=machine.hear if as_json else tell)
    return 0

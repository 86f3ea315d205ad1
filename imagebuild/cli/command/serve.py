"""``imagebuild serve``: the gallery."""

from __future__ import annotations

import click

from imagebuild.cli.error_json import time_json
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project
from imagebuild.cli.serving import budget_of, on_show, port_option
from imagebuild.cli.shell import Shell
from imagebuild.interrupt import Interrupt
from imagebuild.watch.follower import Follower

__all__ = ["command"]

_GLANCE = 0.5  # seconds between looks: some systems deliver Ctrl-C only to a wait that ends


@click.command("serve", cls=Command)
@port_option
@click.option("--no-open", is_flag=True, help="Open no browser.")
@click.option("--max-cost", type=click.FloatRange(0), metavar="USD", help="Let the page spend this much, all in all.")
@click.option("--json", "as_json", is_flag=True, help="Print the address as JSON.")
@click.pass_obj
def command(shell: Shell, *, port: int | None, no_open: bool, max_cost: float | None, as_json: bool) -> int:
    """Look at the pictures and choose among them, in a browser on this machine.

    Everything that the page does is what the command of the same name does, and stands in imagebuild.lock. Nothing is
    bought without '--max-cost'; 'budget.max_cost' of the spec is for builds. Nobody but this machine can open it.
    """
    project = open_project(shell)
    project.keep_warm()
    budget = budget_of(project, max_cost)
    with (
        Interrupt() as interrupted,
        on_show(shell, project, port=port, browse=not (no_open or as_json), budget=budget, watching=False) as shown,
    ):
        if as_json:
            shell.out.json({"event": "serving", "time": time_json(shell.clock()), "address": shown[1].address})
        else:
            shell.err.line(("the gallery is at ", ""), (shown[1].address, "bold"), (" (Ctrl-C ends it)", "dim"))
        follower = Follower(project, listen=shown[0].hear, changed=shown[0].refresh)
        try:
            while not interrupted():
                follower.wait(_GLANCE)
        finally:
            follower.close()
    return 0

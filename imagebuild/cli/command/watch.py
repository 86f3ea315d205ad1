"""``imagebuild watch``: rebuilds on save."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import click

from imagebuild.cli.error_json import time_json
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, tags_option, targets_argument
from imagebuild.cli.purchase import reporter_of
from imagebuild.cli.reporter.machine import MachineReporter
from imagebuild.cli.reporter.watch import WatchReporter
from imagebuild.cli.serving import budget_of, on_show, port_option
from imagebuild.cli.shell import Shell
from imagebuild.cli.summary import money
from imagebuild.cli.text import count
from imagebuild.errors import UsageError
from imagebuild.event import Event
from imagebuild.watch.watcher import Watcher

__all__ = ["command"]


@click.command("watch", cls=Command)
@targets_argument
@tags_option
@click.option("--draft", is_flag=True, help="Draw paid pictures with the offline provider, for free.")
@click.option("--max-cost", type=click.FloatRange(0), metavar="USD", help="Spend at most this much, all in all.")
@click.option("--serve", is_flag=True, help="Show the gallery, too.")
@port_option
@click.option("--no-open", is_flag=True, help="Open no browser for the gallery.")
@click.option("--json", "as_json", is_flag=True, help="Print events as JSON, one object a line.")
@click.pass_obj
def command(
    shell: Shell,
    *,
    targets: tuple[str, ...],
    tags: tuple[str, ...],
    draft: bool,
    max_cost: float | None,
    serve: bool,
    port: int | None,
    no_open: bool,
    as_json: bool,
) -> int:
    """Rebuild pictures as files are saved: of all targets, or of those named or tagged.

    The spec, what it includes, prompt files, inputs and the project's plugins are followed. Free pictures are made at
    once. Paid ones are bought under '--max-cost' alone, and otherwise listed with their price; 'budget.max_cost' of the
    spec is for builds. While the spec is wrong, the pictures stay as they are. Ctrl-C ends it and keeps the pictures in
    flight; a second one gives them up.
    """
    if not serve and (port is not None or no_open):
        raise UsageError("'--port' and '--no-open' are for the gallery", hint="add '--serve'")
    project = open_project(shell)
    project.keep_warm()
    budget = budget_of(project, max_cost)
    reporter: MachineReporter | WatchReporter
    if as_json:
        reporter = MachineReporter(shell.out, shell.clock)
    else:
        width = shell.width(shell.stderr)
        reporter = WatchReporter(
            shell.err, lambda: reporter_of(shell), clock=shell.clock, width=width, quiet=shell.quiet, ticks=shell.ticks
        )
    hearers: list[Callable[[Event], None]] = [reporter.hear]

    def hear(event: Event) -> None:
        for each in hearers:
            each(event)

    with ExitStack() as stack:
        stack.callback(reporter.close)
        changed: Callable[[tuple[str, ...] | None], None] = lambda ids: None  # noqa: E731 - the gallery may take it
        if serve:
            studio, served = stack.enter_context(
                on_show(shell, project, port=port, browse=not no_open, budget=budget, watching=True)
            )
            if as_json:
                shell.out.json({"event": "serving", "time": time_json(shell.clock()), "address": served.address})
            else:
                shell.err.line("the gallery is at ", (served.address, "bold"))
            hearers.append(studio.hear)
            changed = studio.refresh
        Watcher(project, targets=targets, tags=tags, budget=budget, draft=draft, listen=hear, changed=changed).run()
    if isinstance(reporter, WatchReporter) and not shell.quiet:
        bought = f", {reporter.bought} bought for {money(reporter.spent)}" if reporter.bought else ""
        shell.err.line(("stopped", "bold"), f": {count(reporter.made, 'action')} made{bought}")
    return 0

"""``imagebuild check``: whether lock, outputs and rules agree; for CI and pre-commit."""

from __future__ import annotations

import click

from imagebuild.cli.github import annotation
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, tags_option, targets_argument
from imagebuild.cli.reporter.plain import PlainReporter
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import count
from imagebuild.errors import CheckFailed, Problem
from imagebuild.project import Project

__all__ = ["command"]


@click.command("check", cls=Command)
@targets_argument
@tags_option
@click.option("--reviewed", is_flag=True, help="Fail on pictures that nobody has approved, too.")
@click.option("--json", "as_json", is_flag=True, help="Print what is wrong as JSON.")
@click.pass_obj
def command(shell: Shell, *, targets: tuple[str, ...], tags: tuple[str, ...], reviewed: bool, as_json: bool) -> int:
    """Say whether everything agrees: the lock, the output files, and the rules of the spec. Changes nothing.

    Ends with 3 when something is stale, missing, a draft, rejected or changed by hand, and with 5 when pictures break a
    rule, or have lost the content credentials of their original without being asked to. '--reviewed' ends with 3 for
    bought pictures and alt texts that nobody has approved.
    """
    project = open_project(shell)
    reporter = PlainReporter(shell.err, quiet=shell.quiet)
    faults = project.check(targets, tags=tags, reviewed=reviewed, listen=reporter.hear)
    if as_json:
        shell.out.json(
            {
                "faults": [
                    {
                        "target": fault.target,
                        "message": fault.message,
                        "hint": fault.hint,
                        "exit_code": fault.exit_code,
                    }
                    for fault in faults
                ]
            }
        )
    else:
        for fault in faults:
            shell.out.line((fault.target, "bold"), f": {fault.message}")
            shell.err.line(("hint:", "bold cyan"), f" {fault.hint}")
    if shell.github:
        _tell_github(shell, project, [(fault.target, f"{fault.message}; {fault.hint}") for fault in faults])
    if not faults and not shell.quiet:
        shell.err.line("everything agrees")
    elif faults:
        shell.err.line((count(len(faults), "thing does", "things do") + " not agree", "bold red"))
    codes = {fault.exit_code for fault in faults}
    return CheckFailed.exit_code if CheckFailed.exit_code in codes else max(codes, default=0)


def _tell_github(shell: Shell, project: Project, faults: list[tuple[str, str]]) -> None:
    spec = project.spec()
    for target, message in faults:
        problem = Problem(f"{target}: {message}", spec.place(target))
        shell.err.write(annotation(problem, shell.folder_in_repository) + "\n")

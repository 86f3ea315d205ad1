"""``imagebuild lint``: whether the spec is right, and what in it is surely not meant, without building."""

from __future__ import annotations

import click
from msgspec.structs import replace

from imagebuild.cli.error_json import problem_json
from imagebuild.cli.github import annotation
from imagebuild.cli.group import Command
from imagebuild.cli.linting import Findings, lint
from imagebuild.cli.opening import open_project
from imagebuild.cli.plan_view import note_lines
from imagebuild.cli.problem import problem_lines
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import count
from imagebuild.errors import SpecError

__all__ = ["command"]


@click.command("lint", cls=Command)
@click.option("--strict", is_flag=True, help="Exit with 2 when there are warnings.")
@click.option("--json", "as_json", is_flag=True, help="Print the warnings as JSON.")
@click.pass_obj
def command(shell: Shell, *, strict: bool, as_json: bool) -> int:
    """Say all that is wrong in the spec and in the lock, and warn of what is surely not meant.

    Wrong is what would stop a build; it ends with 2, or with 3 when only the lock cannot be read. Warnings are: styles
    and variables that nothing uses, targets and variants that are the same picture, published pictures without an alt
    text, frozen ones without a picture, models that retire. They end with 0, unless '--strict' is given. No key, no
    network and no store is needed, and nothing is changed.
    """
    findings = lint(shell, open_project(shell))
    if as_json and findings.lock is not None:
        raise findings.lock
    if as_json:
        shell.out.json(_json(findings))
    else:
        for advice in findings.warnings:
            told = replace(advice.problem, message=f"{advice.problem.message} ({advice.code})")
            shell.out.lines([*problem_lines(told, width=shell.width(shell.stdout), lead=""), []])
        shell.err.lines([] if shell.quiet else note_lines(findings.notes))
    if shell.github:
        for advice in findings.warnings:
            shell.err.write(annotation(advice.problem, shell.folder_in_repository, level="warning") + "\n")
    if findings.lock is not None:
        raise findings.lock
    if not (shell.quiet or as_json):
        _tell(shell, findings)
    return SpecError.exit_code if strict and findings.warnings else 0


def _tell(shell: Shell, findings: Findings) -> None:
    number = len(findings.warnings)
    if number:
        shell.err.line((count(number, "warning"), "bold yellow"))
    else:
        shell.err.line(f"nothing to say against {count(findings.targets, 'target')}")


def _json(findings: Findings) -> dict[str, object]:
    return {
        "warnings": [
            {"rule": advice.code, "target": advice.target or None, **problem_json(advice.problem)}
            for advice in findings.warnings
        ],
        "notes": list(findings.notes),
    }

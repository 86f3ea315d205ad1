"""Opens the project a command works in, and completes target names for the shell."""

from __future__ import annotations

import os
from difflib import get_close_matches

import click
from click.shell_completion import CompletionItem

from imagebuild.cli.shell import Shell
from imagebuild.errors import ImageBuildError, UsageError
from imagebuild.project import EXECUTORS, Project

__all__ = [
    "executor_option",
    "open_project",
    "some_targets_argument",
    "tags_option",
    "target_argument",
    "targets_argument",
]


def open_project(shell: Shell) -> Project:
    """The project at or above the folder of the call. Raises ``UsageError`` when there is no project or no folder."""
    if not os.path.isdir(shell.folder):  # never the project above a folder that is misspelt
        raise UsageError(f"there is no folder '{shell.folder}'")
    project = Project.open(shell.folder, registry=shell.registry, environ=shell.environ)
    shell.root = project.root
    return project


def _complete_target(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    try:
        targets = open_project(ctx.obj or Shell.of_process()).spec().targets
    except (ImageBuildError, OSError):
        return []
    names = {name: None for target in targets.values() for name in (target.name, target.id)}
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _known_executor(ctx: click.Context, param: click.Parameter, name: str | None) -> str | None:
    if name is None or name in EXECUTORS:
        return name
    close = get_close_matches(name, EXECUTORS, 1)
    there = f"there are {' and '.join(EXECUTORS)}"
    raise UsageError(f"unknown executor '{name}'", hint=f"did you mean '{close[0]}'? {there}" if close else there)


targets_argument = click.argument("targets", metavar="[TARGET]...", nargs=-1, shell_complete=_complete_target)
some_targets_argument = click.argument(
    "targets", metavar="TARGET...", nargs=-1, required=True, shell_complete=_complete_target
)
target_argument = click.argument("target", metavar="TARGET", shell_complete=_complete_target)
tags_option = click.option("-t", "--tag", "tags", metavar="TAG", multiple=True, help="Only targets with this tag.")
executor_option = click.option(
    "--executor",
    metavar="NAME",
    callback=_known_executor,
    shell_complete=lambda ctx, param, incomplete: [
        CompletionItem(name) for name in EXECUTORS if name.startswith(incomplete)
    ],
    help="How paid pictures are bought: 'local', each by a call, or 'batch': for less money, within a day.",
)

"""Runs one command line: finds the command, and turns whatever it raises into text and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from imagebuild import __version__
from imagebuild.cli.catalog import OPTIONS
from imagebuild.cli.error_json import error_event
from imagebuild.cli.github import annotation
from imagebuild.cli.group import Group, show_help
from imagebuild.cli.problem import problem_lines, spec_error_lines
from imagebuild.cli.shell import Shell
from imagebuild.errors import ImageBuildError, InternalError, Problem, SpecError, UsageError

__all__ = ["program", "run", "run_process"]

INTERRUPTED = 130
_REPORT = "this is a fault of imagebuild: please report it with the command and the spec that led here"


@click.command(
    "imagebuild",
    cls=Group,
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.option("-V", "--version", is_flag=True, help=OPTIONS["-V, --version"])
@click.pass_context
def program(ctx: click.Context, version: bool) -> None:
    """Show the version or, without a command, the help."""
    shell: Shell = ctx.obj
    if version:
        shell.out.line(f"imagebuild {__version__}")
        ctx.exit()
    if ctx.invoked_subcommand is None:
        show_help(ctx)


def run_process(args: Sequence[str]) -> int:
    """Run with this process's streams; nothing is left in their buffers afterwards."""
    shell = Shell.of_process()
    code = run(args, shell)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # so that the exit does not stumble over it
    return code


def run(args: Sequence[str], shell: Shell) -> int:
    """Run one command line; the exit code."""
    code = _run(args, shell)
    if shell.out.failure:
        shell.err.line(("error: ", "bold red"), f"the output could not be written: {shell.out.failure}")
        return code or 1
    return code


def _run(args: Sequence[str], shell: Shell) -> int:
    try:
        code = program.main(list(args), prog_name="imagebuild", standalone_mode=False, obj=shell)
    except (KeyboardInterrupt, click.Abort):
        shell.err.line(("interrupted", "bold"), ": what was already bought is kept")
        return INTERRUPTED
    except click.ClickException as error:
        return _show(_usage(error), args, shell)
    except ImageBuildError as error:
        return _show(error, args, shell)
    except Exception as error:  # noqa: BLE001 - whatever nobody foresaw is our bug, and is said to be so
        return _show(_bug(error), args, shell)
    return code if isinstance(code, int) else 0


def _usage(error: click.ClickException) -> UsageError:
    """A mistake on the command line in the words of our own errors."""
    message = error.format_message().rstrip(".")
    hint: str | None = getattr(error, "hint", None)
    if isinstance(error, click.NoSuchOption):
        near = f"did you mean '{error.possibilities[0]}'?" if error.possibilities else None
        message, hint = f"unknown option '{error.option_name}'", near
    if hint is None and isinstance(error, click.UsageError) and error.ctx is not None and "available" not in message:
        hint = f"'{error.ctx.command_path} --help' shows what it takes"
    return UsageError(message[:1].lower() + message[1:], hint=hint)


def _bug(error: Exception) -> InternalError:
    bug = InternalError(f"unexpected {type(error).__name__}: {error}", hint=_REPORT)
    bug.__cause__ = error
    return bug


def _show(error: ImageBuildError, args: Sequence[str], shell: Shell) -> int:
    width = shell.width(shell.stderr)
    if isinstance(error, SpecError):
        shell.err.lines(spec_error_lines(error, width=width))
    else:
        hint = error.hint or (_REPORT if isinstance(error, InternalError) else None)
        shell.err.lines(problem_lines(Problem(error.message, error.place, hint), width=width))
    if shell.github:
        for problem in error.problems:
            shell.err.write(annotation(problem, shell.folder_in_repository) + "\n")
    if "--json" in args:
        shell.out.json(error_event(error, shell.clock()))
    if shell.environ.get("IMAGEBUILD_DEBUG") == "1":
        shell.err.write(shell.err.safe("".join(traceback.format_exception(error))))
    elif isinstance(error, InternalError):
        shell.err.line("IMAGEBUILD_DEBUG=1 shows where it happened")
    return error.exit_code

"""What commands that may buy share: who agrees to the price, who shows what happens, what is said at the end."""

from __future__ import annotations

import os
from collections.abc import Callable

from imagebuild.cli.github import annotation, summary
from imagebuild.cli.plan_view import note_lines, plan_lines, question
from imagebuild.cli.published import plan_json
from imagebuild.cli.reporter.live import LiveReporter
from imagebuild.cli.reporter.machine import MachineReporter
from imagebuild.cli.reporter.plain import PlainReporter
from imagebuild.cli.reporter.report import Reporter
from imagebuild.cli.reporter.thumbnail import Thumbnails
from imagebuild.cli.review import waiting_lines
from imagebuild.cli.shell import Shell
from imagebuild.cli.summary import failure_lines, headline, still_to_come
from imagebuild.errors import Problem, SpendingRefused
from imagebuild.plan import Plan
from imagebuild.project import Project
from imagebuild.report import Report

__all__ = ["Declined", "confirmation", "finish", "reporter_of", "show_plan", "show_refused"]


class Declined(SpendingRefused):
    """The user looked at the plan and said no."""


def reporter_of(shell: Shell, *, as_json: bool = False) -> Reporter:
    """What shows a build as it happens: events for programs, moving lines on a terminal, else a log."""
    if as_json:
        return MachineReporter(shell.out, shell.clock)
    if shell.live and not shell.quiet:
        thumbnails = Thumbnails(shell.environ, terminal=shell.live, root=shell.root)
        if thumbnails.problem:
            shell.err.line(("note:", "bold cyan"), f" {thumbnails.problem}")
        width = shell.width(shell.stderr)
        return LiveReporter(shell.err, width=width, verbose=shell.verbose, thumbnails=thumbnails)
    return PlainReporter(shell.err, quiet=shell.quiet, verbose=shell.verbose)


def confirmation(
    shell: Shell, *, yes: bool, as_json: bool, hint: str | None, in_batches: bool = False
) -> Callable[[Plan], bool] | None:
    """Who agrees to spending: the flag, a person at the terminal, or nobody.

    ``hint`` says what there is for who declines. Raises ``Declined`` when the person does.
    """
    if yes:
        return lambda plan: True
    if not shell.interactive or as_json:
        return None

    def ask(plan: Plan) -> bool:
        shell.err.lines(plan_lines(plan, width=shell.width(shell.stderr)))
        if not shell.ask(question(plan, in_batches=in_batches)):
            raise Declined("nothing was bought", hint=hint)
        return True

    return ask


def show_plan(shell: Shell, plan: Plan, *, as_json: bool) -> None:
    """The plan in place of a build, for '--dry-run'."""
    if as_json:
        shell.out.json(plan_json(plan))
    else:
        shell.out.lines(plan_lines(plan, width=shell.width(shell.stdout)))
        shell.err.lines([] if shell.quiet else note_lines(plan.notes))


def show_refused(shell: Shell, plan: Plan) -> None:
    """The plan that was refused, so that the user sees what the money would be for."""
    shell.err.lines([*plan_lines(plan, width=shell.width(shell.stderr)), *note_lines(plan.notes), []])


def finish(shell: Shell, project: Project, report: Report, *, as_json: bool) -> None:
    """All failures once more, then what was done; the same for GitHub, where this runs there."""
    lines = failure_lines(report.failures, width=shell.width(shell.stderr))
    shell.err.lines([[], *lines, []] if lines else [])
    if not as_json and not shell.quiet:
        shell.err.line((headline(report), "bold red" if report.failures else "bold"))
        shell.err.lines(waiting_lines(report.to_review))
    if shell.github:
        _tell_github(shell, project, report)


def _tell_github(shell: Shell, project: Project, report: Report) -> None:
    """Failures on the lines of their targets, and the summary on the page of the run."""
    if report.failures:
        spec = project.spec()
        for failure in report.failures:
            place = failure.error.place or spec.place(failure.target)
            problem = Problem(f"{failure.label or failure.target}: {failure.error.message}", place, failure.error.hint)
            shell.err.write(annotation(problem, shell.folder_in_repository) + "\n")
    if report.waiting:
        shell.err.write(annotation(Problem(still_to_come(report)), level="warning") + "\n")
    if path := shell.environ.get("GITHUB_STEP_SUMMARY"):
        _append(shell, path, summary(headline(report), report.failures, report.written, report.waiting))


def _append(shell: Shell, path: str, text: str) -> None:
    try:
        with open(os.fspath(path), "a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        shell.err.line(f"note: the step summary cannot be written: {error.strerror or error}")

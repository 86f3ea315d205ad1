"""``imagebuild diff``: the pictures that differ from another version of the project, for people who review."""

from __future__ import annotations

import re
from pathlib import Path

import click

from imagebuild.cli.change.compared import Compared, comparing
from imagebuild.cli.change.markdown import Addresses, change_markdown
from imagebuild.cli.change.page import change_page
from imagebuild.cli.change.view import change_lines, comparison_json
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, targets_argument
from imagebuild.cli.plan_view import note_lines
from imagebuild.cli.printer import to_json
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import clean, plain
from imagebuild.errors import UsageError

__all__ = ["command"]

SOMETHING_DIFFERS = 3

_ADDRESS = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.:-]*(/[A-Za-z0-9._~%+-]+)*/?")


def _address(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if value and not _ADDRESS.fullmatch(value):
        hint = "for example https://github.com/OWNER/REPO/raw/SHA/"
        raise UsageError(f"'{param.opts[0]}' is no plain address of a folder: '{value[:80]}'", hint=hint)
    return f"{value.rstrip('/')}/" if value else ""


@click.command("diff", cls=Command)
@targets_argument
@click.option("--base", metavar="REV", help="What to compare with; HEAD without it. 'REV...': where REV and HEAD part.")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "html", "json"]),
    default="text",
    show_default=True,
    help="What to print: for a terminal, a comment, a browser or a program.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as '--format json'.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to this file.")
@click.option("--exit-code", is_flag=True, help="Exit with 3 when a picture differs.")
@click.option("--before-url", metavar="URL", default="", callback=_address, help="Raw files of REV, for Markdown.")
@click.option("--after-url", metavar="URL", default="", callback=_address, help="Raw files of HEAD, for Markdown.")
@click.pass_obj
def command(
    shell: Shell,
    *,
    targets: tuple[str, ...],
    base: str | None,
    form: str,
    as_json: bool,
    output: str | None,
    exit_code: bool,
    before_url: str,
    after_url: str,
) -> int:
    """Show the pictures that differ from a version that git has: new, changed, picked, renamed, removed; why; the cost.

    Compared are the lock, and the output files that are committed. TARGET is a name, also of a picture that is gone.
    '--format markdown' writes a comment for a pull request, with pictures where the URLs say how files are reached;
    '--format html' one page with the pictures inside. No provider is called and nothing of the project is changed.
    """
    form = "json" if as_json else form
    with comparing(open_project(shell), base, targets) as compared:
        if output:
            _write(Path(output), _text(compared, form, Addresses(before_url, after_url)))
        elif form == "json":
            shell.out.json(comparison_json(compared))
        elif form == "text":
            shell.out.lines([] if shell.quiet else change_lines(compared, width=shell.width(shell.stdout)))
        else:
            text = _text(compared, form, Addresses(before_url, after_url))
            shell.out.write(text.encode("ascii", "xmlcharrefreplace").decode())
        shell.err.lines([] if shell.quiet else note_lines(compared.notes))
        if compared.note is not None:
            shell.err.line(("note:", "bold cyan"), f" files are not compared: {compared.note}")
        return SOMETHING_DIFFERS if exit_code and compared.comparison.changes else 0


def _text(compared: Compared, form: str, addresses: Addresses) -> str:
    match form:
        case "markdown":
            return change_markdown(compared, addresses)
        case "html":
            return change_page(compared)
        case "json":
            return to_json(comparison_json(compared)) + "\n"
    return "".join(f"{clean(plain(line))}\n" for line in change_lines(compared))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"'{path}' cannot be written: {error.strerror or error}") from error

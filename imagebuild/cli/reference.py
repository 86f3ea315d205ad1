"""The reference page of the command line, made from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from imagebuild.cli.application import program
from imagebuild.cli.catalog import COMMANDS

__all__ = ["reference"]

_HEAD = """# Command line

<!-- made from the commands by imagebuild.cli.reference; do not edit -->

`imagebuild [OPTIONS] COMMAND [ARGS]`: data goes to stdout, everything else to stderr.
Plugins may add [commands of their own](../how-to/plugin-command.md), which `imagebuild plugins` lists.
"""
_EXIT_CODES = """## Exit codes

| code | means |
| ---: | --- |
| 0 | done |
| 1 | some targets failed; `store verify`, `store import`: something is damaged |
| 2 | the command line or the spec is wrong; `lint --strict`: there are warnings |
| 3 | the lock is stale or something is missing; pictures that are sent or paid for have not come yet: build again; \
`plan --exit-code`, `outdated --exit-code`: there is something to do; `diff --exit-code`: a picture \
differs; `batch wait`: not all batches are collected; `store gc`: a lock cannot be read |
| 4 | spending refused |
| 5 | checks failed |
| 70 | a fault of imagebuild |
| 130 | interrupted |

## Environment

| variable | means |
| --- | --- |
| `IMAGEBUILD_HOME` | folder of the store with the originals |
| `IMAGEBUILD_MAX_COST` | cap in US dollars for one build; `--max-cost` is stronger |
| `IMAGEBUILD_UNTRUSTED` | `1` is `--untrusted` for every command: the project is a stranger's |
| `IMAGEBUILD_DEBUG` | `1` shows the traceback of an error |
| `NO_COLOR`, `FORCE_COLOR` | no colours, or colours even without a terminal; `--color` is stronger |
| `CI` | nobody is asked, and progress is a plain log |
| `GITHUB_ACTIONS`, `GITHUB_STEP_SUMMARY` | annotations on the spec's lines, and a summary of the build |
"""


def reference() -> str:
    """The whole page as Markdown."""
    context = click.Context(program, info_name="imagebuild")
    parts = [_HEAD, "## Options of every command\n", "All but `--version` may stand before the command or after it.\n"]
    parts.append(_options(program, context))
    for name, summary in COMMANDS.items():
        command = program.get_command(context, name)
        assert command is not None
        of_command = click.Context(command, context, name)
        parts.append(_section(name, summary, command, of_command))
        for below in command.commands.values() if isinstance(command, click.Group) else ():
            assert below.name is not None
            parts.append(_section(f"{name} {below.name}", "", below, click.Context(below, of_command, below.name)))
    return "\n".join([*parts, _EXIT_CODES])


def _section(name: str, summary: str, command: click.Command, context: click.Context) -> str:
    usage = " ".join(["imagebuild", name, *command.collect_usage_pieces(context)])
    text = re.sub(r"\s*\n(?!\n)\s*", " ", (command.help or "").replace("\n\n", "\x00")).replace("\x00", "\n\n")
    paragraphs = "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
    quoted = re.sub(r"'([^']*)'", r"`\1`", paragraphs)
    about = f"## {name}\n\n{summary}" if summary else f"### {name}"
    return f"{about}\n\n```text\n{usage}\n```\n\n{quoted}\n\n{_options(command, context)}"


def _options(command: click.Command, context: click.Context) -> str:
    rows = ["| option | does |", "| --- | --- |", *_rows(command, context)]
    return "\n".join(rows) + "\n"


def _rows(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None:
            names, text = (part.replace("|", "\\|") for part in record)
            yield f"| `{names}` | {text} |"

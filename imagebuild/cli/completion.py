"""The words that can be completed without loading a command, for ``next_word``: ``docs/generate.py`` writes them."""

from __future__ import annotations

from collections.abc import Iterator

import click

from imagebuild.cli.application import program
from imagebuild.cli.catalog import COMMANDS

__all__ = ["words"]


def words() -> str:
    """A line for each option of every command, and for each command of those that have some.

    Four fields with tabs between them: the command, the names, marks, the help. Marks of an option: ``v``, it takes a
    value, ``m``, it may stand more than once, ``h``, it is hidden; that of a command is ``c``.
    """
    context = click.Context(program, info_name="imagebuild")
    rows: list[tuple[str, str, str, str]] = []
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        rows += _options(name, command, context)
        for each, below in command.commands.items() if isinstance(command, click.Group) else ():
            rows.append((name, each, "c", below.get_short_help_str()))
            rows += _options(f"{name} {each}", below, context)
    assert all("\t" not in field and "\n" not in field for row in rows for field in row)
    return "".join("\t".join(row) + "\n" for row in rows)


def _options(name: str, command: click.Command, context: click.Context) -> Iterator[tuple[str, str, str, str]]:
    for each in command.get_params(click.Context(command, context, command.name)):
        if isinstance(each, click.Option):
            takes_value = not (each.is_flag or each.count)
            marks = "v" * takes_value + "m" * each.multiple + "h" * each.hidden
            yield name, " ".join([*each.opts, *each.secondary_opts]), marks, each.help or ""

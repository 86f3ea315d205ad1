"""How commands are found, parsed and helped: loaded by name, with suggestions, help through our own printer."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from imagebuild.cli.catalog import COMMANDS, OPTIONS
from imagebuild.cli.front import WIDEST, front_page
from imagebuild.cli.shell import Shell

if TYPE_CHECKING:
    from imagebuild.registry import Registry

__all__ = ["Command", "Family", "Group", "show_help"]

_SETTINGS = {"help_option_names": ["-h", "--help"]}


def _show_help(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        show_help(ctx)
        ctx.exit()


def _help_option() -> click.Option:
    return click.Option(
        ["-h", "--help"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_help,
        help=OPTIONS["-h, --help"],
    )


def _set_folder(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.obj.folder = value


def _set_quiet(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    ctx.obj.quiet = ctx.obj.quiet or value


def _set_verbose(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    ctx.obj.verbose = ctx.obj.verbose or value


def _set_untrusted(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.obj.distrust()


def _set_colour(ctx: click.Context, _: click.Parameter, value: Any) -> None:
    if value is not None:
        ctx.obj.use_colour(value)


def _shared_options(*, hidden: bool) -> list[click.Parameter]:
    """Options that every command takes, before its name or after."""
    return [
        click.Option(
            ["-C", "--project"],
            metavar="DIR",
            callback=_set_folder,
            help=OPTIONS["-C, --project DIR"],
            expose_value=False,
            hidden=hidden,
        ),
        click.Option(
            ["-q", "--quiet"],
            is_flag=True,
            callback=_set_quiet,
            help=OPTIONS["-q, --quiet"],
            expose_value=False,
            hidden=hidden,
        ),
        click.Option(
            ["-v", "--verbose"],
            is_flag=True,
            callback=_set_verbose,
            help=OPTIONS["-v, --verbose"],
            expose_value=False,
            hidden=hidden,
        ),
        click.Option(
            ["--untrusted"],
            is_flag=True,
            callback=_set_untrusted,
            help=OPTIONS["--untrusted"],
            expose_value=False,
            hidden=hidden,
        ),
        click.Option(
            ["--color"],
            type=click.Choice(["auto", "always", "never"]),
            callback=_set_colour,
            help=OPTIONS["--color [auto|always|never]"],
            expose_value=False,
            hidden=hidden,
        ),
    ]


class Command(click.Command):
    """A command: takes the shared options too, and shows its help through the printer."""

    def __init__(self, name: str | None = None, **attributes: Any) -> None:
        attributes.setdefault("context_settings", _SETTINGS)
        super().__init__(name, **attributes)
        if not isinstance(self, click.Group):
            self.params += _shared_options(hidden=True)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``-h`` and ``--help``."""
        return _help_option()


class Family(Command, click.Group):
    """A command with commands of its own, and with our help and suggestions."""

    def __init__(self, name: str | None = None, **attributes: Any) -> None:
        super().__init__(name, **{"invoke_without_command": True, "no_args_is_help": False, **attributes})
        self.params += _shared_options(hidden=True)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the module."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one may have been meant."""
        command = self.get_command(ctx, args[0])
        if command is None and not ctx.resilient_parsing:
            known = f"there are {', '.join(self.commands)}"
            close = get_close_matches(args[0], self.commands, 1)
            hint = f"did you mean '{close[0]}'? {known}" if close else known
            raise UnknownCommand(f"unknown command '{ctx.info_name} {args[0]}'", hint, ctx)
        return (args[0] if command else None), command, args[1:]


def show_help(ctx: click.Context) -> None:
    """Print the help of the command that ``ctx`` belongs to."""
    shell: Shell = ctx.obj
    ctx.terminal_width = min(shell.width(shell.stdout) or WIDEST, WIDEST)
    shell.out.write(shell.out.safe(ctx.get_help()) + "\n")


class Group(Command, click.Group):
    """The program: knows its commands by the catalogue, loads the one that is called, and asks plugins last."""

    def __init__(self, name: str | None = None, **attributes: Any) -> None:
        super().__init__(name, **attributes)
        self.params += _shared_options(hidden=False)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the catalogue."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, its module loaded."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"imagebuild.cli.command.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one may have been meant."""
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None and not ctx.resilient_parsing:
            registry = ctx.obj.plugins()
            command = import_module("imagebuild.cli.plugin_command").find(name, registry)
            if command is None:
                raise UnknownCommand(f"unknown command '{name}'", _suggestion(name, registry), ctx)
        return (name if command else None), command, args[1:]

    def get_help(self, ctx: click.Context) -> str:
        """The page that the program shows without this one being loaded."""
        return front_page(ctx.terminal_width).rstrip("\n")

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name from the catalogue, options as click does."""
        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        return [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]


def _suggestion(name: str, registry: Registry) -> str:
    close = get_close_matches(name, [*COMMANDS, *registry.commands], 1)
    if close:
        return f"did you mean '{close[0]}'?"
    if registry.errors:
        return "a plugin that is broken may add it: 'imagebuild plugins' lists all"
    return "'imagebuild --help' lists the commands, 'imagebuild plugins' those of plugins"


class UnknownCommand(click.UsageError):
    """No such command; ``hint`` says which may have been meant."""

    def __init__(self, message: str, hint: str, ctx: click.Context) -> None:
        super().__init__(message, ctx)
        self.hint = hint

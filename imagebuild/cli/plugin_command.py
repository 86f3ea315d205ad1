"""Commands of plugins: found by name, run with doors of their own, and answered for by the plugin they came with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from imagebuild.cli.argument import Answered, Parser, parse, take_shared
from imagebuild.cli.catalog import COMMANDS
from imagebuild.cli.shell import Shell
from imagebuild.command import Command, CommandContext
from imagebuild.errors import ImageBuildError, PluginError, UsageError
from imagebuild.registry import PluginInfo, Registry

__all__ = ["PluginCommand", "fault_of", "find"]

_WIDEST = 100


def fault_of(plugin: PluginInfo) -> str | None:
    """What is wrong with a plugin, a command with the name of a built-in one included."""
    taken = next((name for name in plugin.commands if name in COMMANDS), None)
    return plugin.error or (f"adds command '{taken}', which is a command of imagebuild itself" if taken else None)


def find(name: str, registry: Registry) -> PluginCommand | None:
    """The command of that name, None when no plugin adds it. Raises ``PluginError`` where its plugin is at fault."""
    command = registry.commands.get(name)
    if command is None:
        return None
    plugin = next(each for each in registry.plugins() if name in each.commands)
    if fault := fault_of(plugin):
        hint = f"update or remove the distribution '{plugin.distribution}'; 'imagebuild plugins' lists all"
        raise PluginError(f"plugin '{plugin.name}' ({plugin.distribution}) {fault}", hint=hint)
    return PluginCommand(command, plugin, registry)


class PluginCommand(click.Command):
    """A plugin's command among ours: its arguments are left to ``argparse``."""

    def __init__(self, command: Command, plugin: PluginInfo, registry: Registry) -> None:
        super().__init__(command.name, add_help_option=False)
        self._command = command
        self._plugin = plugin
        self._registry = registry

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep all arguments as they are."""
        ctx.args = list(args)
        return []

    def invoke(self, ctx: click.Context) -> int:
        """Run it. Raises ``PluginError`` that names the plugin for whatever it did not foresee."""
        shell: Shell = ctx.obj
        try:
            return self._run(shell, ctx.args)
        except Answered as answer:
            printer = shell.err if answer.code else shell.out
            printer.write(printer.safe(answer.text))
            return answer.code
        except ImageBuildError:
            raise
        except SystemExit as leaving:
            if leaving.code is None or isinstance(leaving.code, int):
                return leaving.code or 0
            raise self._fault(f"left with {leaving.code!r}") from leaving
        except Exception as error:  # a stranger may raise anything; the error names its plugin
            raise self._fault(f"failed: {error!r}") from error

    def _run(self, shell: Shell, args: Sequence[str]) -> int:
        parser = Parser(prog=f"imagebuild {self._command.name}", description=self._command.help)
        self._command.configure(parser)
        arguments = parse(parser, args, width=min(shell.width(shell.stdout) or _WIDEST, _WIDEST))
        take_shared(arguments, shell)
        if not os.path.isdir(shell.folder):
            raise UsageError(f"there is no folder '{shell.folder}'")
        context = CommandContext(
            folder=Path(shell.folder).absolute(),
            environ=shell.environ,
            providers=dict(self._registry.providers),
            out=shell.out.line,
            say=lambda text: None if shell.quiet else shell.err.line(text),
        )
        code: object = self._command.run(arguments, context)
        if not isinstance(code, int):
            raise self._fault(f"returned {code!r} where an exit code is wanted")
        return int(code)

    def _fault(self, what: str) -> PluginError:
        who = f"command '{self._command.name}' of plugin '{self._plugin.name}' ({self._plugin.distribution})"
        return PluginError(f"{who} {what}", hint="this is a fault of its plugin; IMAGEBUILD_DEBUG=1 shows where")

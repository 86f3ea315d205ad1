"""``imagebuild plugins``: what is installed, and what of it is broken."""

from __future__ import annotations

import click

from imagebuild.cli.group import Command
from imagebuild.cli.plugin_command import fault_of
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import Line, Piece, columns, count
from imagebuild.registry import PluginInfo, Registry

__all__ = ["command"]


@click.command("plugins", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print the plugins as JSON.")
@click.pass_obj
def command(shell: Shell, *, as_json: bool) -> int:
    """List installed plugins with their distribution, version, providers, steps and commands; broken ones with why."""
    registry = shell.plugins()
    if as_json:
        shell.out.json({"plugins": [_json(plugin) for plugin in registry.plugins()]})
    else:
        shell.out.lines(_lines(registry))
    return 0


def _json(plugin: PluginInfo) -> dict[str, object]:
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version or None,
        "providers": list(plugin.providers),
        "steps": list(plugin.steps),
        "commands": list(plugin.commands),
        "error": fault_of(plugin),
    }


def _lines(registry: Registry) -> list[Line]:
    plugins = registry.plugins()
    if not plugins:
        return [["no plugins are installed"]]
    titles = ("plugin", "distribution", "version", "providers", "steps", "commands")
    head: list[Piece] = [(title, "bold") for title in titles]
    rows: list[list[Piece]] = [
        [
            (plugin.name, "bold red" if fault_of(plugin) else ""),
            plugin.distribution,
            plugin.version or "-",
            ", ".join(plugin.providers) or "-",
            ", ".join(plugin.steps) or "-",
            ", ".join(plugin.commands) or "-",
        ]
        for plugin in plugins
    ]
    broken = [(plugin, fault) for plugin in plugins if (fault := fault_of(plugin))]
    lines: list[Line] = [*columns([head, *rows])]
    commands = [
        (name, registry.commands[name].help) for each in plugins if not fault_of(each) for name in each.commands
    ]
    if commands:
        lines += [[], [("commands:", "bold")], *([f"  {name}: {text}"] for name, text in sorted(commands))]
    if broken:
        lines += [[], [(f"{count(len(broken), 'plugin is', 'plugins are')} broken:", "bold red")]]
        lines += [[f"  {plugin.name} ({plugin.distribution}) {fault}"] for plugin, fault in broken]
    return lines

"""``imagebuild plugins``: what is installed, and what of it is broken."""

from __future__ import annotations

import click

from imagebuild.cli.group import Command
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import Line, Piece, columns, count
from imagebuild.registry import PluginInfo, Registry

__all__ = ["command"]


@click.command("plugins", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print the plugins as JSON.")
@click.pass_obj
def command(shell: Shell, *, as_json: bool) -> int:
    """List installed plugins with their distribution, version, providers and steps; broken ones with their error."""
    plugins = (shell.registry or Registry.load()).plugins()
    if as_json:
        shell.out.json({"plugins": [_json(plugin) for plugin in plugins]})
    else:
        shell.out.lines(_lines(plugins))
    return 0


def _json(plugin: PluginInfo) -> dict[str, object]:
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version or None,
        "providers": list(plugin.providers),
        "steps": list(plugin.steps),
        "error": plugin.error,
    }


def _lines(plugins: tuple[PluginInfo, ...]) -> list[Line]:
    if not plugins:
        return [["no plugins are installed"]]
    head: list[Piece] = [(name, "bold") for name in ("plugin", "distribution", "version", "providers", "steps")]
    rows: list[list[Piece]] = [
        [
            (plugin.name, "bold red" if plugin.error else ""),
            plugin.distribution,
            plugin.version or "-",
            ", ".join(plugin.providers) or "-",
            ", ".join(plugin.steps) or "-",
        ]
        for plugin in plugins
    ]
    broken = [plugin for plugin in plugins if plugin.error]
    lines: list[Line] = [*columns([head, *rows])]
    if broken:
        lines += [[], [(f"{count(len(broken), 'plugin is', 'plugins are')} broken:", "bold red")]]
        lines += [[f"  {plugin.name} ({plugin.distribution}) {plugin.error}"] for plugin in broken]
    return lines

"""``imagebuild plugins``: what is installed, and what of it is broken; and how one begins to write a plugin."""

from __future__ import annotations

import os
from pathlib import Path

import click

from imagebuild.cli.catalog import COMMANDS
from imagebuild.cli.group import Command, Family
from imagebuild.cli.plugin_command import fault_of
from imagebuild.cli.scaffold import PLUGIN_KINDS, distribution_of, package_of, scaffold
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import Line, Piece, columns, count
from imagebuild.errors import UsageError
from imagebuild.registry import KINDS, PluginInfo, Registry

__all__ = ["command"]


@click.group("plugins", cls=Family)
@click.option("--json", "as_json", is_flag=True, help="Print the plugins as JSON.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> int:
    """List installed plugins with their distribution, version and what they add; broken ones with why.

    They add providers, steps, checks, publishers, stores and commands. 'plugins new' starts a plugin of your own.
    """
    if ctx.invoked_subcommand is not None:
        return 0
    shell: Shell = ctx.obj
    registry = shell.plugins()
    if as_json:
        shell.out.json({"plugins": [_json(plugin) for plugin in registry.plugins()]})
    else:
        shell.out.lines(_lines(registry))
    return 0


@command.command("new", cls=Command)
@click.argument("name", metavar="NAME")
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(PLUGIN_KINDS),
    multiple=True,
    default=("step",),
    show_default=True,
    help="What it adds; may be given several times.",
)
@click.pass_obj
def new(shell: Shell, *, name: str, kinds: tuple[str, ...]) -> int:
    """Start a plugin of your own: a package that works, with its tests.

    It is written into the folder imagebuild-NAME; one that is there already is left alone. NAME is of small letters,
    digits and hyphens.
    """
    texts = scaffold(name, kinds)
    _refuse_what_is_taken(shell.plugins(), name, kinds)
    folder = distribution_of(name)
    root = Path(shell.folder, folder)
    if os.path.lexists(root):
        raise UsageError(f"'{folder}' is there already and is not written into", hint="choose another name or folder")
    try:
        for path, text in texts.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            with open(root / path, "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except OSError as error:
        raise UsageError(f"'{root}' cannot be written to: {error.strerror or error}") from error
    if not shell.quiet:
        for path in texts:
            shell.err.line(f"wrote {folder}/{path}")
        shell.err.line("next: ", (f'cd {folder} && pip install -e ".[dev]" && pytest', "bold"))
    return 0


def _refuse_what_is_taken(registry: Registry, name: str, kinds: tuple[str, ...]) -> None:
    """Raise ``UsageError`` where the new plugin would clash with what is here."""
    if package_of(name) in registry.packages:
        raise UsageError(f"there is a plugin package '{package_of(name)}' already", hint="choose another name")
    for kind in kinds:
        taken = name in getattr(registry, f"{kind}s") or (kind == "command" and name in COMMANDS)
        taken |= kind == "store" and registry.store_for(f"{name}://") is not None
        if taken:
            raise UsageError(f"there is a {kind} '{name}' already", hint="choose another name")


def _json(plugin: PluginInfo) -> dict[str, object]:
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version or None,
        **{kind: list(plugin.adds(kind)) for kind in KINDS},
        "error": fault_of(plugin),
    }


def _lines(registry: Registry) -> list[Line]:
    plugins = registry.plugins()
    if not plugins:
        return [["no plugins are installed"]]
    head: list[Piece] = [(title, "bold") for title in ("plugin", "distribution", "version", *KINDS)]
    rows: list[list[Piece]] = [
        [
            (plugin.name, "bold red" if fault_of(plugin) else ""),
            plugin.distribution,
            plugin.version or "-",
            *(", ".join(plugin.adds(kind)) or "-" for kind in KINDS),
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

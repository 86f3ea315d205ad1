"""``imagebuild completion``: the script that teaches a shell our commands, options and targets."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from imagebuild.cli.group import Command
from imagebuild.cli.shell import Shell
from imagebuild.errors import UsageError

__all__ = ["command"]


@click.command("completion", cls=Command)
@click.argument("name", metavar="bash|zsh|fish", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, *, name: str) -> int:
    """Print a completion script.

    For bash: 'eval "$(imagebuild completion bash)"' in ~/.bashrc; zsh alike; for fish, put it into
    ~/.config/fish/completions/imagebuild.fish.
    """
    shell: Shell = ctx.obj
    kind = get_completion_class(name)
    if kind is None:
        raise UsageError(f"there is no completion for '{name}'")
    completer = kind(ctx.find_root().command, {}, "imagebuild", "_IMAGEBUILD_COMPLETE")
    shell.out.write(
        completer.source_template % completer.source_vars() + "\n"
    )  # source() would start bash to ask its version
    return 0

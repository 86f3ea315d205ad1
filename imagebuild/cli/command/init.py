"""``imagebuild init``: a project to start from, which builds offline right away. Nothing is ever written over."""

from __future__ import annotations

import os
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from imagebuild.cli.command.schema import write_schema
from imagebuild.cli.group import Command
from imagebuild.cli.shell import Shell
from imagebuild.errors import UsageError
from imagebuild.lockfile.conflict import ATTRIBUTES
from imagebuild.session import LOCK_FILE, STATE_FOLDER
from imagebuild.spec import SPEC_FILE

__all__ = ["TEMPLATES", "command"]

TEMPLATES = ("minimal", "blog", "docs", "shop", "game")
_IGNORED = f"{STATE_FOLDER}/"


@click.command("init", cls=Command)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False))
@click.option(
    "--template",
    type=click.Choice(TEMPLATES),
    default="minimal",
    show_default=True,
    help="What kind of project it is.",
)
@click.pass_obj
def command(shell: Shell, *, folder: str | None, template: str) -> int:
    """Start a project in DIR, by default the folder of the call.

    Writes a commented imagebuild.yaml and its first prompt, adds .imagebuild/ to .gitignore, and says in .gitattributes
    how git merges imagebuild.lock. Files that are there already are never written over.
    """
    root = Path(shell.folder, folder or "")
    source = files("imagebuild.cli") / "template" / template
    texts = dict(sorted(_texts(source, "")))
    taken = [name for name in texts if os.path.lexists(root / name)]
    if taken:
        hint = "start in another folder: 'imagebuild init DIR'"
        if SPEC_FILE in taken:
            hint = "this is a project already: 'imagebuild plan' shows what it would build"
        raise UsageError(f"'{taken[0]}' is there already and is not written over", hint=hint)
    try:
        for name, text in texts.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        ignored = _ignore(root / ".gitignore")
        merged = _merge_by_union(root / ".gitattributes")
    except OSError as error:
        raise UsageError(f"'{root}' cannot be written to: {error.strerror or error}") from error
    write_schema(root)
    if not shell.quiet:
        for name in texts:
            shell.err.line(f"wrote {name}")
        if ignored:
            shell.err.line(f"added {_IGNORED} to .gitignore")
        if merged:
            shell.err.line(f"added {LOCK_FILE} to .gitattributes")
        go = f"cd {folder} && " if folder else ""
        shell.err.line("next: '", (f"{go}imagebuild build", "bold"), "' draws the pictures, offline and for free")
    return 0


def _texts(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    """Files of a template with their text, by paths with forward slashes."""
    found: list[tuple[str, str]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _texts(entry, f"{prefix}{entry.name}/")
        else:
            found.append((prefix + entry.name, entry.read_text("utf-8")))
    return found


def _ignore(path: Path) -> bool:
    """Add our folder to .gitignore unless a line says so already; whether it was added."""
    before = path.read_bytes() if path.exists() else b""
    if any(line.strip().strip(b"/") == STATE_FOLDER.encode() for line in before.splitlines()):
        return False
    _append(path, before, _IGNORED)
    return True


def _merge_by_union(path: Path) -> bool:
    """Say in .gitattributes how the lock is merged, unless a line of its own says so already; whether it was added."""
    before = path.read_bytes() if path.exists() else b""
    for words in (line.split() for line in before.splitlines()):
        told = any(word.lstrip(b"-!").partition(b"=")[0] == b"merge" for word in words[1:])
        if words and words[0].strip(b"/") == LOCK_FILE.encode() and told:
            return False
    _append(path, before, ATTRIBUTES)
    return True


def _append(path: Path, before: bytes, line: str) -> None:
    gap = b"" if not before or before.endswith(b"\n") else b"\n"
    with open(path, "ab") as file:
        file.write(gap + line.encode() + b"\n")

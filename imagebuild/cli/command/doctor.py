"""``imagebuild doctor``: looks at everything a build rests on, and says what to do about what is wrong."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click

from imagebuild import __version__
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import Line, columns, count
from imagebuild.disk import clone
from imagebuild.errors import ImageBuildError, StoreError, UsageError
from imagebuild.registry import Registry
from imagebuild.store import Records, default_home

__all__ = ["command"]

LIBRARIES = ("click", "filelock", "jinja2", "platformdirs", "pluggy", "pyvips", "pyyaml", "rich")
_STYLES = {"ok": "green", "note": "yellow", "fault": "bold red"}
_MOST_FILES = 100_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. A ``fault`` keeps imagebuild from working here."""

    state: Literal["ok", "note", "fault"]
    what: str
    found: str
    hint: str | None = None


@click.command("doctor", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.pass_obj
def command(shell: Shell, *, as_json: bool) -> int:
    """Check that imagebuild can work here: Python, libraries, the store, plugins, the project, the terminal.

    Exits with 0 when it can and with 1 when something is in its way.
    """
    findings = [*_system(), *_libraries(), *_store(shell), *_plugins(shell), *_project(shell), *_terminal(shell)]
    faults = [finding for finding in findings if finding.state == "fault"]
    if as_json:
        rows = [{"state": each.state, "what": each.what, "found": each.found, "hint": each.hint} for each in findings]
        shell.out.json({"usable": not faults, "findings": rows})
    else:
        shell.out.lines(_lines(findings, len(faults)))
    return 1 if faults else 0


def _lines(findings: list[Finding], faults: int) -> list[Line]:
    rows = [((each.state, _STYLES[each.state]), each.what, each.found) for each in findings]
    lines: list[Line] = [*columns(rows)]
    for each in findings:
        if each.hint:
            lines += [[], [(f"{each.what}: ", "bold"), each.found], [("hint:", "bold cyan"), " ", each.hint]]
    verdict = f"{count(faults, 'fault')} in the way" if faults else "imagebuild can work here"
    return [*lines, [], [(verdict, "bold red" if faults else "bold")]]


def _system() -> Iterator[Finding]:
    yield Finding("ok", "imagebuild", __version__)
    yield Finding("ok", "python", f"{platform.python_version()} ({platform.python_implementation()})")
    yield Finding("ok", "platform", f"{platform.system()} {platform.release()} {platform.machine()}")


def _libraries() -> Iterator[Finding]:
    for name in LIBRARIES:
        try:
            yield Finding("ok", name, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(
                "fault", name, "not installed", "install imagebuild anew: pip install --force-reinstall imagebuild-ai"
            )


def _store(shell: Shell) -> Iterator[Finding]:
    home = default_home(shell.environ)
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".doctor-", dir=home) as scratch:
            shares = _can_clone(Path(scratch))
    except OSError as error:
        hint = "make the folder writable, or set IMAGEBUILD_HOME to one that is"
        yield Finding("fault", "store", f"{home} cannot be written to: {error.strerror or error}", hint)
        return
    try:
        with closing(Records(home / "records.db", durable=True)) as records:
            records.get("")
    except StoreError as error:
        yield Finding("fault", "store", f"{home}: {error.message}", error.hint)
        return
    files, size = _size(home)
    more = "more than " if files >= _MOST_FILES else ""
    yield Finding("ok", "store", f"{home}, {more}{count(files, 'file')}, {_bytes(size)}")
    told = "copies share their bytes on disk (reflink)" if shares else "copies take their full size on disk"
    yield Finding("ok", "file system", told)


def _can_clone(folder: Path) -> bool:
    first, second = folder / "first", folder / "second"
    first.write_bytes(b"x" * 4096)
    second.write_bytes(b"")
    try:
        return clone(str(first), str(second))
    except OSError:
        return False


def _size(folder: Path) -> tuple[int, int]:
    """Number and bytes of the files below a folder; the count stops where it would take long."""
    files = size = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                size += os.lstat(os.path.join(where, name)).st_size
            except OSError:
                continue
            files += 1
        if files >= _MOST_FILES:
            break
    return files, size


def _bytes(number: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"


def _plugins(shell: Shell) -> Iterator[Finding]:
    for plugin in (shell.registry or Registry.load()).plugins():
        if plugin.error:
            hint = f"update or remove the distribution '{plugin.distribution}'"
            yield Finding("fault", f"plugin {plugin.name}", f"({plugin.distribution}) {plugin.error}", hint)
        else:
            adds = [f"provider {name}" for name in plugin.providers] + [f"step {name}" for name in plugin.steps]
            yield Finding("ok", f"plugin {plugin.name}", ", ".join(adds) or "adds nothing that has a name")


def _project(shell: Shell) -> Iterator[Finding]:
    try:
        project = open_project(shell)
    except UsageError:
        yield Finding("note", "project", "none here", "'imagebuild init' starts one")
        return
    if not os.access(project.root, os.W_OK):
        yield Finding("fault", "project", f"{project.root} cannot be written to", "make the folder writable")
        return
    try:
        targets = len(project.spec().targets)
    except ImageBuildError as error:
        yield Finding(
            "fault", "project", f"{project.root}: {_first_problem(error)}", "'imagebuild plan' shows all that is wrong"
        )
    else:
        yield Finding("ok", "project", f"{project.root}, {count(targets, 'picture')}")


def _first_problem(error: ImageBuildError) -> str:
    """The first line of what is wrong, and how much more there is."""
    more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
    return f"{error.problems[0]}{more}".split("\n")[0]


def _terminal(shell: Shell) -> Iterator[Finding]:
    width = shell.width(shell.stderr)
    encoding = shell.stderr.encoding or "unknown encoding"
    if width is None:
        yield Finding("ok", "terminal", f"none, {encoding}")
        return
    colour = "colours" if shell.err.colour else "no colours"
    signs = "ASCII only" if shell.err.ascii_only else "Unicode"
    live = "live display" if shell.live else "plain log"
    yield Finding("ok", "terminal", f"{width} columns, {encoding}, {signs}, {colour}, {live}")

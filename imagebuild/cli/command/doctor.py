"""``imagebuild doctor``: looks at everything a build rests on, and says what to do about what is wrong."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

from imagebuild import __version__
from imagebuild.cli.diagnosis import Row, RowState, lock_rows, provider_rows, store_rows, without_secrets
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project
from imagebuild.cli.plugin_command import fault_of
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import Line, columns, count
from imagebuild.disk import clone
from imagebuild.errors import ImageBuildError, StoreError, UsageError
from imagebuild.project import Project
from imagebuild.registry import KINDS
from imagebuild.spec import Spec
from imagebuild.store import Records, default_home

__all__ = ["command"]

LIBRARIES = ("click", "filelock", "jinja2", "msgspec", "platformdirs", "pluggy", "pyvips", "pyyaml", "rich")
_STYLES: dict[RowState, str] = {"ok": "green", "note": "yellow", "fault": "bold red"}
_MOST_FILES = 100_000


@click.command("doctor", cls=Command)
@click.option("--offline", is_flag=True, help="Call no service.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.pass_obj
def command(shell: Shell, *, offline: bool, as_json: bool) -> int:
    """Check that imagebuild can work here: Python, libraries, the store, plugins, the project, providers, the terminal.

    The providers that the spec uses may ask their services whether they answer; nothing is bought and no key is shown.
    Exits with 0 when imagebuild can work and with 1 when something is in its way.
    """
    looked = (
        _system(),
        _libraries(),
        _store(shell),
        _plugins(shell),
        _project(shell, online=not (offline or shell.untrusted)),
        _terminal(shell),
    )
    findings = [without_secrets(row, shell.environ) for rows in looked for row in rows]
    faults = [finding for finding in findings if finding.state == "fault"]
    if as_json:
        rows = [{"state": each.state, "what": each.what, "found": each.found, "hint": each.hint} for each in findings]
        shell.out.json({"usable": not faults, "findings": rows})
    else:
        shell.out.lines(_lines(findings, len(faults)))
    return 1 if faults else 0


def _lines(findings: list[Row], faults: int) -> list[Line]:
    rows = [((each.state, _STYLES[each.state]), each.what, each.found) for each in findings]
    lines: list[Line] = [*columns(rows)]
    for each in findings:
        if each.hint:
            lines += [[], [(f"{each.what}: ", "bold"), each.found], [("hint:", "bold cyan"), " ", each.hint]]
    verdict = f"{count(faults, 'fault')} in the way" if faults else "imagebuild can work here"
    return [*lines, [], [(verdict, "bold red" if faults else "bold")]]


def _system() -> Iterator[Row]:
    yield Row("ok", "imagebuild", __version__)
    yield Row("ok", "python", f"{platform.python_version()} ({platform.python_implementation()})")
    yield Row("ok", "platform", f"{platform.system()} {platform.release()} {platform.machine()}")


def _libraries() -> Iterator[Row]:
    for name in LIBRARIES:
        try:
            yield Row("ok", name, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Row(
                "fault", name, "not installed", "install imagebuild anew: pip install --force-reinstall imagebuild-ai"
            )


def _store(shell: Shell) -> Iterator[Row]:
    home = default_home(shell.environ)
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".doctor-", dir=home) as scratch:
            shares = _can_clone(Path(scratch))
    except OSError as error:
        hint = "make the folder writable, or set IMAGEBUILD_HOME to one that is"
        yield Row("fault", "store", f"{home} cannot be written to: {error.strerror or error}", hint)
        return
    try:
        with closing(Records(home / "records.db", durable=True)) as records:
            records.get("")
    except StoreError as error:
        yield Row("fault", "store", f"{home}: {error.message}", error.hint)
        return
    files, size = _size(home)
    more = "more than " if files >= _MOST_FILES else ""
    yield Row("ok", "store", f"{home}, {more}{count(files, 'file')}, {_bytes(size)}")
    told = "copies share their bytes on disk (reflink)" if shares else "copies take their full size on disk"
    yield Row("ok", "file system", told)


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


def _plugins(shell: Shell) -> Iterator[Row]:
    for plugin in shell.plugins().plugins():
        if fault := fault_of(plugin):
            hint = f"update or remove the distribution '{plugin.distribution}'"
            yield Row("fault", f"plugin {plugin.name}", f"({plugin.distribution}) {fault}", hint)
        else:
            adds = [f"{kind[:-1]} {name}" for kind in KINDS for name in plugin.adds(kind)]
            yield Row("ok", f"plugin {plugin.name}", ", ".join(adds) or "adds nothing that has a name")


def _project(shell: Shell, *, online: bool) -> Iterator[Row]:
    try:
        project = open_project(shell)
    except UsageError:
        yield Row("note", "project", "none here", "'imagebuild init' starts one")
        return
    if not os.access(project.root, os.W_OK):
        yield Row("fault", "project", f"{project.root} cannot be written to", "make the folder writable")
        return
    yield from lock_rows(project.root)
    try:
        spec: Spec = project.spec()
    except ImageBuildError as error:
        yield Row(
            "fault", "project", f"{project.root}: {_first_problem(error)}", "'imagebuild plan' shows all that is wrong"
        )
    else:
        yield Row("ok", "project", f"{project.root}, {count(len(spec.targets), 'picture')}")
        yield from provider_rows(spec, shell.plugins(), shell.environ, online=online)
        if spec.store is not None:
            yield from _remote(project, shell, online=online)


def _remote(project: Project, shell: Shell, *, online: bool) -> Iterator[Row]:
    try:
        yield from store_rows(project, shell.environ, online=online)
    except ImageBuildError as error:
        yield Row("fault", "remote store", _first_problem(error), "'imagebuild plan' shows all that is wrong")


def _first_problem(error: ImageBuildError) -> str:
    """The first line of what is wrong, and how much more there is."""
    more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
    return f"{error.problems[0]}{more}".split("\n")[0]


def _terminal(shell: Shell) -> Iterator[Row]:
    width = shell.width(shell.stderr)
    encoding = shell.stderr.encoding or "unknown encoding"
    if width is None:
        yield Row("ok", "terminal", f"none, {encoding}")
        return
    colour = "colours" if shell.err.colour else "no colours"
    signs = "ASCII only" if shell.err.ascii_only else "Unicode"
    live = "live display" if shell.live else "plain log"
    yield Row("ok", "terminal", f"{width} columns, {encoding}, {signs}, {colour}, {live}")

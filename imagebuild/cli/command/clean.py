"""``imagebuild clean``: removes what imagebuild made in this project, and never what somebody else did."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project
from imagebuild.cli.reporter.plain import PlainReporter
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import count
from imagebuild.errors import StoreError, UsageError
from imagebuild.intake import RESCUED
from imagebuild.lockfile import Lock
from imagebuild.project import Project
from imagebuild.session import BUILD_LOCK, LOCK_FILE, STATE_FOLDER
from imagebuild.store import ObjectStore, Outputs, OutputState, State

__all__ = ["command"]


@click.command("clean", cls=Command)
@click.option("--outputs", is_flag=True, help="Remove output files, too, but none that was changed by hand.")
@click.option("--orphans", is_flag=True, help="Only remove output files that no target makes any more.")
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would be removed.")
@click.pass_obj
def command(shell: Shell, *, outputs: bool, orphans: bool, dry_run: bool) -> int:
    """Remove what imagebuild made in this project: its folder .imagebuild with state and derivatives.

    Originals, the pictures that providers returned, lie in the store of the machine and are never touched: the next
    build brings everything back without a call.
    """
    if outputs and orphans:
        raise UsageError("'--outputs' and '--orphans' exclude each other")
    project = open_project(shell)
    folder = project.root / STATE_FOLDER
    with project.alone(PlainReporter(shell.err).hear):
        written = _written(folder)
        removed: list[str] = []
        kept: list[tuple[str, str]] = []
        if orphans:
            wanted = _wanted(project)
            written = {path: row for path, row in written.items() if path not in wanted}
        if outputs or orphans:
            removed, kept = _remove_outputs(project.root, written, _last_copies(project), dry_run=dry_run)
        if orphans and not dry_run:
            _forget(folder, removed)
        if not orphans:
            if not dry_run:
                _empty(folder)
            removed.append(f"{STATE_FOLDER}/")
            if (folder / RESCUED).is_dir():
                kept.append((f"{STATE_FOLDER}/{RESCUED}/", "it holds pictures that were paid for and fit nowhere else"))
    _say(shell, removed, kept, dry_run=dry_run)
    return 0


def _say(shell: Shell, removed: list[str], kept: list[tuple[str, str]], *, dry_run: bool) -> None:
    verb = "would remove" if dry_run else "removed"
    for path, why in kept:
        shell.err.line(f"kept {path}: {why}")
    if shell.quiet:
        return
    for path in removed:
        shell.out.line(f"{verb} {path}")
    shell.err.line(f"{verb} {count(len(removed), 'thing')}; the originals in the store are untouched")


def _written(folder: Path) -> dict[str, OutputState]:
    """The files that builds wrote, by path; nothing in a project that never built."""
    if not folder.is_dir():
        return {}
    state = State(folder / "state.db")
    try:
        return dict(state.outputs())
    finally:
        state.close()


def _wanted(project: Project) -> set[str]:
    """All paths that targets of the spec write to, and those that may become theirs: of targets not built yet."""
    with project.session() as session:
        plan = session.plan(session.spec.select(()))
        known = {output.path for output in plan.outputs}
        certain = {output.target for output in plan.outputs}
        open_targets = set(plan.targets) - certain
        return known | {path for path, row in session.facts.outputs.items() if row.target in open_targets}


def _last_copies(project: Project) -> set[str]:
    """Digests of bought pictures that the store of this machine does not hold: a file with them may be the only one."""
    objects = ObjectStore(project.home, durable=True)
    lines = Lock.read(project.root / LOCK_FILE).lines.values()
    return {line.digest for line in lines if not objects.has(line.digest)}


def _remove_outputs(
    root: Path, written: dict[str, OutputState], last_copies: set[str], *, dry_run: bool
) -> tuple[list[str], list[tuple[str, str]]]:
    """Remove each file that still holds what a build put there; what was removed, and what was kept and why."""
    files = Outputs(root)
    removed: list[str] = []
    kept: list[tuple[str, str]] = []
    for path, row in sorted(written.items()):
        try:
            digest = files.digest(path)
            if digest is None:
                if files.signature(path) is not None:
                    kept.append((path, "it is not a plain file"))
                continue
            if digest != row.digest:
                kept.append((path, "it was changed by hand"))
                continue
            if digest in last_copies:
                kept.append((path, "it was bought, and the store does not have it"))
                continue
            if not dry_run:
                files.remove(path)
        except StoreError as error:
            kept.append((path, str(error)))
        else:
            removed.append(path)
    return removed, kept


def _forget(folder: Path, paths: list[str]) -> None:
    state = State(folder / "state.db")
    state.forget_outputs(paths)
    state.commit()
    state.close()


def _empty(folder: Path) -> None:
    """Remove all of the state but what was paid for, and the lock file, for which other builds may be waiting."""
    try:
        for entry in folder.iterdir():
            if entry.name == RESCUED:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != BUILD_LOCK:
                entry.unlink()
    except OSError as error:
        raise StoreError(f"'{STATE_FOLDER}' cannot be emptied: {error.strerror or error}") from error

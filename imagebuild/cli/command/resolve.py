"""``imagebuild resolve``: makes one lock of both sides of a merge, and asks only where both changed one target."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

import click

from imagebuild.cli.conflict_view import conflict_json, conflict_lines, dropped_lines
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, targets_argument
from imagebuild.cli.reporter.plain import PlainReporter
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import count
from imagebuild.disk import write_file
from imagebuild.errors import LockError, Place, UsageError
from imagebuild.lockfile import Lock
from imagebuild.lockfile.conflict import Conflicted, conflicted_text, take_apart
from imagebuild.lockfile.line import LockLine
from imagebuild.lockfile.merge import Merge, Side
from imagebuild.project import Project
from imagebuild.repository import Repository
from imagebuild.session import LOCK_FILE
from imagebuild.store import ObjectStore

__all__ = ["command"]


@click.command("resolve", cls=Command)
@targets_argument
@click.option("--ours", is_flag=True, help="Take our side of these targets, or of all.")
@click.option("--theirs", is_flag=True, help="Take their side of these targets, or of all.")
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would be written.")
@click.option("--json", "as_json", is_flag=True, help="Print what was settled, and what was not, as JSON.")
@click.pass_obj
def command(shell: Shell, *, targets: tuple[str, ...], ours: bool, theirs: bool, dry_run: bool, as_json: bool) -> int:
    """Settle a merge of imagebuild.lock that git could not finish.

    What only one side changed is taken from there. A target that both changed, each in another way, is shown with both
    sides, and stays in conflict (exit code 3) until --ours or --theirs says which; TARGETs narrow that. In a rebase,
    git calls the branch below 'ours' and your own commits 'theirs'.

    Needs no sound spec. Buys nothing, and removes no picture from the store.
    """
    if ours and theirs:
        raise UsageError("'--ours' and '--theirs' exclude each other", hint="settle some targets with one, then others")
    side: Side | None = "ours" if ours else "theirs" if theirs else None
    project = open_project(shell)
    with nullcontext() if dry_run else project.alone(PlainReporter(shell.err).hear):
        repository = Repository.around(project.root)
        conflicted = _read(project, repository)
        if conflicted is None:
            _say_sound(shell, project, repository, as_json=as_json)
            return 0
        merge = _chosen(conflicted.merged(), targets, side)
        written = not dry_run and (not merge.conflicts or (side is not None and bool(merge.settled)))
        if written:
            _write(project, merge, conflicted.names)
    _tell(shell, project, conflicted, merge, as_json=as_json, written=written)
    if not merge.conflicts:
        if written and repository and not shell.quiet:
            shell.err.line(("hint:", "bold cyan"), f" 'git add {LOCK_FILE}' tells git that it is settled")
        return 0
    return _still_in_conflict(shell, merge)


def _read(project: Project, repository: Repository | None) -> Conflicted | None:
    path = project.root / LOCK_FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LockError(f"cannot read the lock: {error.strerror}", place=Place(LOCK_FILE)) from error
    return take_apart(data, LOCK_FILE, repository)


def _chosen(merge: Merge, names: Sequence[str], side: Side | None) -> Merge:
    """The merge with the chosen side of the targets that names mean, a target or all its variants; or seen by them."""
    there = [each.target for each in merge.conflicts]
    for name in names:
        if name not in there and name not in {_plain(target) for target in there}:
            known = f"in conflict are: {', '.join(there[:5])}" if there else "no target is"
            raise UsageError(f"'{name}' is not in conflict", hint=known + (", …" if len(there) > 5 else ""))
    wanted = [target for target in there if not names or target in names or _plain(target) in names]
    return merge.choose(side, wanted) if side else merge


def _plain(target: str) -> str:
    return target.partition("[")[0]


def _write(project: Project, merge: Merge, names: tuple[str, str]) -> None:
    """Write the lock, durably; with targets left between markers, so that nothing reads it until they are settled."""
    path = project.root / LOCK_FILE
    if not merge.conflicts:
        Lock(merge.lines).write(path)
        return
    try:
        write_file(str(path), conflicted_text(merge, names).encode(), durable=True)
    except OSError as error:
        message = f"cannot write the lock: {(error.strerror or str(error)).lower()}"
        raise LockError(message, place=Place(LOCK_FILE), hint="make the file writable; it is as it was") from error


def _say_sound(shell: Shell, project: Project, repository: Repository | None, *, as_json: bool) -> None:
    if as_json:
        shell.out.json({"conflicts": [], "settled": [], "dropped": [], "written": False})
    if shell.quiet:
        return
    if not (project.root / LOCK_FILE).exists():
        shell.err.line(f"there is no {LOCK_FILE}: nothing is in conflict")
        return
    shell.err.line(f"{LOCK_FILE} is in no conflict")
    if repository and any(repository.side(number, LOCK_FILE) is not None for number in (1, 2, 3)):
        shell.err.line(("hint:", "bold cyan"), f" 'git add {LOCK_FILE}' tells git so")


def _tell(
    shell: Shell, project: Project, conflicted: Conflicted, merge: Merge, *, as_json: bool, written: bool
) -> None:
    objects = ObjectStore(project.home, durable=True)

    def has(line: LockLine) -> bool:
        return line.text is not None or objects.has(line.digest)

    if as_json:
        shell.out.json(conflict_json(merge, has, written=written))
    else:
        width = shell.width(shell.stdout)
        shell.out.lines(conflict_lines(merge.conflicts, conflicted.names, has, width=width))
    shell.err.lines(dropped_lines(merge, has))
    if any(has(line) for _, line in merge.dropped):
        shell.err.line("what is dropped stays in the store: 'imagebuild history TARGET' lists it")
    number = count(len(merge.settled), "target")
    if shell.quiet or not merge.settled:
        return
    if written:
        shell.err.line(f"settled {number}")
    else:
        shell.err.line(f"{number} of which the sides differ would be settled")


def _still_in_conflict(shell: Shell, merge: Merge) -> int:
    names = [each.target for each in merge.conflicts]
    which = f"{count(len(names), 'target is', 'targets are')} in conflict: {', '.join(names)}"
    shell.err.line(("error: ", "bold red"), (which, "bold"))
    one = f", 'imagebuild resolve {names[0]} --ours' of one target" if len(names) > 1 else ""
    every = " of all" if len(names) > 1 else ""
    hint = f" 'imagebuild resolve --ours' or '--theirs' takes one side{every}{one}"
    shell.err.line(("hint:", "bold cyan"), hint)
    return LockError.exit_code

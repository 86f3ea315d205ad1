"""``imagebuild store push`` and ``pull``: pictures to and from the store that the project shares with others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project
from imagebuild.cli.quantity import size_text
from imagebuild.cli.reporter.plain import PlainReporter
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import count
from imagebuild.errors import LockError
from imagebuild.exchange import inspect_remote, pull_project, push_project
from imagebuild.lockfile import LockLine
from imagebuild.session import Session

__all__ = ["pull", "push", "verify_remote"]

DAMAGED = 1
_SHOWN = 20


@click.command("push", cls=Command, short_help="Send pictures to the remote store.")
@click.option("--all", "everything", is_flag=True, help="Send all of this machine's store, of every project.")
@click.option("--verify", is_flag=True, help="Look at what is there, and repair what is damaged.")
@click.option("--json", "as_json", is_flag=True, help="Print what was sent as JSON.")
@click.pass_obj
def push(shell: Shell, *, everything: bool, verify: bool, as_json: bool) -> int:
    """Send to the remote store what it lacks: what the lock pins, and the derivatives of the pictures as they are now.

    What was sent before is remembered and costs nothing; '--verify' reads all of it back. Pictures that are there
    already stay as they are. In the spec 'store' has to say 'mode: write', or IMAGEBUILD_STORE_MODE=write.
    """
    open_project(shell).require_trust("send pictures to the remote store")
    with _session(shell, may_make=True) as session:
        sent = push_project(session, everything=everything, verify=verify)
    if as_json:
        shell.out.json(
            {
                "remote": sent.location,
                "sent": sent.pictures,
                "bytes": sent.size,
                "records": sent.records,
                "repaired": sent.repaired,
                "missing": sent.lost,
            }
        )
    elif not shell.quiet:
        done = f"sent {count(sent.pictures, 'picture')} ({size_text(sent.size)}) to {sent.location}"
        repaired = f", {sent.repaired} of what was there {'was' if sent.repaired == 1 else 'were'} damaged"
        nothing = "the remote store has all there is" if sent.complete else "nothing was sent"
        shell.err.line((done + (repaired if sent.repaired else "") if sent.pictures else nothing, "bold"))
    if sent.error is not None:
        raise sent.error
    if sent.lost and not everything:
        raise LockError(
            f"{count(len(sent.lost), 'picture')} that the lock pins could not be sent: nobody has "
            f"{'it' if len(sent.lost) == 1 else 'them'}\n  " + _list([digest[:12] for digest in sent.lost]),
            hint="run this on the machine that bought them",
        )
    return 0


@click.command("pull", cls=Command, short_help="Bring pictures from the remote store.")
@click.option("--json", "as_json", is_flag=True, help="Print what came as JSON.")
@click.pass_obj
def pull(shell: Shell, *, as_json: bool) -> int:
    """Bring from the remote store all that the lock pins, and the derivatives of the pictures as they are now.

    Builds fetch what they need by themselves; this is for what comes without a network, such as a journey. Ends with 3
    when the remote store lacks something that the lock pins.
    """
    with _session(shell) as session:
        got = pull_project(session)
    if as_json:
        shell.out.json(
            {
                "remote": got.location,
                "fetched": got.pictures,
                "bytes": got.size,
                "missing": [
                    {
                        "target": line.target,
                        "stage": line.stage,
                        "candidate": line.candidate,
                        "digest": line.digest,
                    }
                    for line in got.lacking
                ],
            }
        )
    elif not shell.quiet:
        done = f"fetched {count(got.pictures, 'picture')} ({size_text(got.size)}) from {got.location}"
        shell.err.line((done if got.pictures else "nothing is missing here", "bold"))
    if got.lacking:
        raise LockError(
            f"the lock pins what neither this machine nor {got.location} has\n  " + _list(map(_name, got.lacking)),
            hint="'imagebuild store push' on the machine that bought it, or 'imagebuild store import' of its archive",
        )
    return 0


def verify_remote(shell: Shell, *, repair: bool, as_json: bool) -> int:
    """Read all that is at the remote store; ends with 1 when something damaged is left there."""
    with _session(shell) as session:
        found = inspect_remote(session, repair=repair)
    left = [name for name in found.damaged if name not in found.repaired]
    if as_json:
        shell.out.json(
            {
                "remote": found.location,
                "pictures": found.pictures,
                "records": found.records,
                "damaged": left,
                "repaired": found.repaired,
                "foreign": found.foreign,
            }
        )
        return DAMAGED if left else 0
    for name in left:
        shell.out.line(("damaged ", "bold red"), name)
    for name in found.repaired:
        shell.out.line(("repaired ", "bold green"), name)
    if not shell.quiet:
        whole = f"{count(found.pictures, 'picture')} and {count(found.records, 'record')}"
        shell.err.line((f"{whole} at {found.location} read and whole", "bold"))
        if left:
            hint = "'--repair' replaces them from a machine that has them whole; builds take them for missing"
            shell.err.line(("hint:", "bold cyan"), f" {hint}")
    return DAMAGED if left else 0


@contextmanager
def _session(shell: Shell, *, may_make: bool = False) -> Iterator[Session]:
    reporter = PlainReporter(shell.err, quiet=shell.quiet, verbose=shell.verbose)
    with open_project(shell).session() as session:
        session.sharing.hear(reporter.hear, may_make=may_make)
        yield session


def _name(line: LockLine) -> str:
    """``hero: 0123456789ab``."""
    return f"{line.target}: {line.digest[:12]}"


def _list(names: Iterable[str]) -> str:
    lines = list(dict.fromkeys(names))
    more = f"\n  and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return "\n  ".join(lines[:_SHOWN]) + more

"""``imagebuild store gc``: takes away what can be made again, and originals when a person names them."""

from __future__ import annotations

import os

import click

from imagebuild.cli.group import Command
from imagebuild.cli.quantity import read_age, read_size
from imagebuild.cli.shell import Shell
from imagebuild.cli.store.originals import collect_originals
from imagebuild.cli.store.place import Place, open_place
from imagebuild.cli.store.sweep import sweep
from imagebuild.errors import UsageError
from imagebuild.session import LOCK_FILE

__all__ = ["gc"]

_MONTH = 30 * 86400


@click.command("gc", cls=Command, short_help="Remove what can be made again, and originals that are named.")
@click.argument("digests", metavar="[DIGEST]...", nargs=-1)
@click.option(
    "--older-than", callback=read_age, metavar="AGE", help="Take what is older, like 30d, which is the default."
)
@click.option("--max-size", callback=read_size, metavar="SIZE", help="Take derivatives until they fit, like 500MB.")
@click.option("--originals", is_flag=True, help="Take originals that were paid for and that no lock holds.")
@click.option("--forget", metavar="PATH", help="Let go of what a project held whose folder is gone, and do no more.")
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would be removed.")
@click.option("-y", "--yes", is_flag=True, help="Agree to the originals that are listed.")
@click.option("--json", "as_json", is_flag=True, help="Print what was removed as JSON.")
@click.pass_obj
def gc(
    shell: Shell,
    *,
    digests: tuple[str, ...],
    older_than: int | None,
    max_size: int | None,
    originals: bool,
    forget: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Remove derivatives of this project that its last builds did not use, free originals that nothing uses, and old
    temporary, partial and damaged files. All of it can be made again for nothing.

    With '--max-size' derivatives go, the oldest first and those in use last, until the rest is as small as that.

    With '--originals' go the pictures that were paid for and that no lock of a known project holds, now, on any branch
    or when last seen: all of them, or those whose DIGEST is given, or the beginning of it. They are listed with what
    they cost, and go only after a yes. What is younger than a day stays. A build that wants such a picture again buys
    it again.
    """
    if forget is not None:
        if digests or originals or older_than is not None or max_size is not None:
            raise UsageError("'--forget' goes with no other choice of what to remove")
        with open_place(shell) as place:
            return _forget(shell, place, forget, dry_run=dry_run)
    if digests and not originals:
        raise UsageError("a DIGEST is one of an original", hint="'--originals' says that what was paid for may go")
    if originals and max_size is not None:
        raise UsageError("'--max-size' is for derivatives, and '--originals' takes none", hint="give one of them")
    with open_place(shell) as place:
        if originals:
            return collect_originals(
                shell, place, digests, older_than=older_than or 0, dry_run=dry_run, yes=yes, as_json=as_json
            )
        age = _MONTH if older_than is None and max_size is None else older_than
        return sweep(shell, place, age=age, max_size=max_size, dry_run=dry_run, as_json=as_json)


def _forget(shell: Shell, place: Place, path: str, *, dry_run: bool) -> int:
    """Drop a known project. One that is still there holds what its lock holds, and is not dropped."""
    usage = place.originals.usage
    known = [project.root for project in usage.projects()]
    wanted = path if path in known else os.path.abspath(os.path.join(shell.folder, os.path.expanduser(path)))
    if wanted not in known:
        listed = f"known: {', '.join(known)}" if known else "no project is known"
        raise UsageError(f"'{path}' is no known project", hint=listed)
    if os.path.exists(os.path.join(wanted, LOCK_FILE)):
        hint = f"remove its {LOCK_FILE}, or the whole project, when it is really to be given up"
        raise UsageError(f"'{wanted}' is still there, and its lock holds pictures", hint=hint)
    if not dry_run:
        usage.forget_project(wanted)
    if not shell.quiet:
        verb = "would forget" if dry_run else "forgot"
        shell.err.line((f"{verb} '{wanted}'", "bold"), ": what it alone held can now go with '--originals'")
    return 0

"""``imagebuild store export`` and ``import``: originals in one file, on their way to another machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, TextIO, cast

import click

from imagebuild.cli.group import Command
from imagebuild.cli.opening import targets_argument
from imagebuild.cli.quantity import size_text
from imagebuild.cli.shell import Shell
from imagebuild.cli.store.place import Place, open_place
from imagebuild.cli.text import count
from imagebuild.disk import flush, flush_folder, replace, store_errors, temporary
from imagebuild.errors import UsageError
from imagebuild.housekeeping.archive import Arrival, Cargo, cargo_of, read_archive, write_archive
from imagebuild.housekeeping.verification import read_objects
from imagebuild.lockfile import Lock, LockLine
from imagebuild.session import LOCK_FILE
from imagebuild.trust import READ_FIRST

__all__ = ["export", "import_"]

NOT_ALL_HERE = 3
NOT_ALL_CAME = 1


@click.command("export", cls=Command, short_help="Write originals with their records into one file.")
@click.argument("file", metavar="FILE")
@targets_argument
@click.option("--all", "everything", is_flag=True, help="Everything in the store of this machine.")
@click.pass_obj
def export(shell: Shell, *, file: str, targets: tuple[str, ...], everything: bool) -> int:
    """Write originals with their records into one FILE, '-' for stdout: those that the lock of this project holds, or
    only those of some targets.

    With '--all' everything in the store of this machine is written, for every project. The file is a plain tar that
    holds the digest of all that is in it; the same originals give the same bytes. Ends with 3 when the lock pins
    pictures that are not in the store; the others are written all the same.
    """
    if everything and targets:
        raise UsageError("'--all' and targets exclude each other")
    with open_place(shell) as place:
        lines = None if everything else _lines(place, targets)
        cargo, absent = cargo_of(place.originals, lines)
        damaged = read_objects(place.originals, [digest for digest, _ in cargo.objects]).damaged
        if damaged:
            cargo, absent = cargo_of(place.originals, lines)
        if file == "-":
            write_archive(place.originals, cargo, _bytes_of(shell.stdout, "stdout"))
        else:
            _write_file(place, cargo, file)
    if not shell.quiet:
        shell.err.line((f"wrote {_sum(cargo)}", "bold"), f" to {'stdout' if file == '-' else file}")
    for digest in damaged:
        shell.err.line(f"left out, since it is damaged: {digest[:12]}")
    for target, digest in _needs(lines or [], absent):
        shell.err.line(f"not in the store: {digest[:12]} of {target}")
    if absent:
        shell.err.line(("hint:", "bold cyan"), " 'imagebuild store verify --repair' may bring them back")
    return NOT_ALL_HERE if absent or damaged else 0


@click.command("import", cls=Command, short_help="Take the originals of such a file in.")
@click.argument("file", metavar="FILE")
@click.pass_obj
def import_(shell: Shell, *, file: str) -> int:
    """Take the originals in an archive FILE, '-' for stdin, into the store of this machine.

    Each is compared with its digest before it is kept, and a record must be of the very request that it answers.
    Records that are here already stay as they are. Of a file that is damaged or cut off, what is whole is kept; then
    it ends with 1. Take archives only from people whose pictures you would use: which picture answers a request is
    what they say.
    """
    if shell.untrusted:
        raise UsageError("an untrusted project may not bring an archive", hint=READ_FIRST)
    with open_place(shell) as place, _reading(shell, file) as source:
        arrival = read_archive(place.originals, source)
    _tell(shell, arrival)
    return 0 if arrival.is_whole else NOT_ALL_CAME


def _lines(place: Place, targets: Sequence[str]) -> list[LockLine]:
    project, _ = place.require_project("what a lock holds")
    lock = Lock.read(project.root / LOCK_FILE)
    if not lock.lines and not targets:
        raise UsageError("the lock holds no pictures", hint="'--all' takes everything that this machine's store has")
    lines: list[LockLine] = []
    for name in targets:
        found = [each for each in lock.lines.values() if name in (each.target, each.target.partition("[")[0])]
        if not found:
            there = ", ".join(dict.fromkeys(each.target for each in lock.lines.values()))
            raise UsageError(f"the lock holds nothing for '{name}'", hint=f"it has {there}" if there else None)
        lines += found
    return lines if targets else list(lock.lines.values())


def _needs(lines: Sequence[LockLine], absent: Sequence[str]) -> list[tuple[str, str]]:
    pinned = [(each.target, each.digest) for line in lines for each in (line, line.live) if each]
    return list(dict.fromkeys((target, digest) for target, digest in pinned if digest in absent))


def _sum(cargo: Cargo) -> str:
    size = sum(size for _, size in cargo.objects)
    records = count(len(cargo.records) + len(cargo.superseded), "record")
    return f"{count(len(cargo.objects), 'original')} ({size_text(size)}) and {records}"


def _write_file(place: Place, cargo: Cargo, file: str) -> None:
    """Put the archive in place whole or not at all, and on the disk. Raises ``StoreError``."""
    path = os.path.abspath(file)
    with store_errors(f"write '{file}'"), temporary(path) as (out, name):
        write_archive(place.originals, cargo, out)
        flush(out.fileno())
        out.close()
        replace(name, path)
        flush_folder(os.path.dirname(path))


def _bytes_of(stream: TextIO, name: str) -> BinaryIO:
    """The bytes beneath a stream. Raises ``UsageError`` for a terminal."""
    beneath = getattr(stream, "buffer", None)
    if beneath is None or stream.isatty():
        raise UsageError(f"an archive is no text for a terminal: {name} is one", hint="name a file, or use a pipe")
    return cast("BinaryIO", beneath)


@contextmanager
def _reading(shell: Shell, file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield _bytes_of(shell.stdin, "stdin")
        return
    with store_errors(f"read '{file}'"):
        opened = open(file, "rb")  # noqa: SIM115 -- it is closed below, outside of what words its errors
    with opened:
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode) and not stat.S_ISFIFO(os.fstat(opened.fileno()).st_mode):
            raise UsageError(f"'{file}' is no file", hint="name an archive that 'imagebuild store export' wrote")
        yield opened


def _rest(parts: Sequence[str]) -> list[str]:
    return [f"; {part}" for part in parts]


def _tell(shell: Shell, arrival: Arrival) -> None:
    came = len(arrival.new) + len(arrival.known)
    if not shell.quiet:
        text = f"took {count(len(arrival.new), 'original')} ({size_text(sum(size for _, size in arrival.new))})"
        known = [f"{count(len(arrival.known), 'original')} here already"] if arrival.known else []
        kept = [f"{count(arrival.kept, 'record')} here already and left as they are"] if arrival.kept else []
        shell.err.line((f"{text} and {count(arrival.records, 'record')}", "bold"), *_rest([*known, *kept]))
    for digest in arrival.damaged:
        shell.err.line(("damaged ", "bold red"), f"in the archive, and not kept: {digest[:12]}")
    for why in dict.fromkeys(arrival.refused):
        shell.err.line(f"refused {count(arrival.refused.count(why), 'record')}: {why}")
    if arrival.problem:
        left = arrival.expected - came - len(arrival.damaged)
        missed = f"; {count(left, 'original')} did not come" if left else ""
        shell.err.line(("error: ", "bold red"), f"the archive could not be read to its end: {arrival.problem}{missed}")
    if not arrival.is_whole:
        shell.err.line(("hint:", "bold cyan"), " get the archive again: what is here already is not read twice")

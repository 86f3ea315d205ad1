"""``imagebuild store verify``: reads everything in the stores, and brings back what is damaged or missing."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from msgspec import Struct

from imagebuild.cli.group import Command
from imagebuild.cli.published import cost_json
from imagebuild.cli.reporter.plain import PlainReporter
from imagebuild.cli.shell import Shell
from imagebuild.cli.store.place import Place, open_place
from imagebuild.cli.store.sync import verify_remote
from imagebuild.cli.store.view import fault_lines, project_name
from imagebuild.cli.text import Line, count
from imagebuild.cost import Cost
from imagebuild.digest import Json
from imagebuild.errors import ImageBuildError
from imagebuild.event import Notice
from imagebuild.housekeeping.holding import Holdings
from imagebuild.housekeeping.quarantine import find_quarantined
from imagebuild.housekeeping.verification import Missing, Reading, find_missing, read_objects, take_back
from imagebuild.store import Store

__all__ = ["verify"]

NOT_HERE = 3
DAMAGED = 1
_TICK = 0.1  # seconds between redraws


@click.command("verify", cls=Command, short_help="Read everything in the stores and compare it with its digest.")
@click.option("--repair", is_flag=True, help="Bring back what is damaged or missing: from output files and the remote.")
@click.option("--remote", is_flag=True, help="Read the remote store of this project in place of this machine's.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.pass_obj
def verify(shell: Shell, *, repair: bool, remote: bool, as_json: bool) -> int:
    """Read every original of this machine and every derivative of this project, and compare each with its digest.

    Damaged ones are set aside: they count as missing from then on. Derivatives are made again by the next build.
    '--repair' looks for originals in the output files of known projects and in the remote store of this one. With
    '--remote' it is the other way round: the remote store is read, and repaired from here.

    Ends with 0 when all is well, also after a repair; with 3 when a picture that some lock pins is not in the store;
    with 1 when another original turned out damaged and could not be brought back, or objects cannot be read.
    """
    if remote:
        return verify_remote(shell, repair=repair, as_json=as_json)
    with open_place(shell) as place:
        originals = _read(shell, place.originals, "originals")
        derivatives = _read(shell, place.derivatives, "derivatives") if place.derivatives else Reading()
        holdings = place.holdings()
        before = find_missing(place.originals, holdings)
        if repair and before:
            _repair(shell, place, holdings, before)
        found = _Found(
            originals,
            derivatives,
            before,
            find_missing(place.originals, holdings) if repair and before else before,
            holdings,
            len(find_quarantined(place.originals)),
        )
    if as_json:
        shell.out.json(_json(found))
    else:
        _say(shell, found, repair=repair)
    return found.exit_code


class _Found(Struct, frozen=True):
    """What came of it; ``missing`` is what was missing, ``left`` what still is."""

    originals: Reading
    derivatives: Reading
    missing: Sequence[Missing]
    left: Sequence[Missing]
    holdings: Holdings
    quarantined: int

    @property
    def repaired(self) -> list[str]:
        """The digests that are back."""
        left = {each.digest for each in self.left}
        return [each.digest for each in self.missing if each.digest not in left]

    @property
    def exit_code(self) -> int:
        """See the command's help."""
        if any(each.is_pinned for each in self.left) or self.holdings.faults:
            return NOT_HERE
        lost = set(self.originals.damaged) - set(self.repaired)
        unreadable = self.originals.unreadable or self.derivatives.unreadable
        return DAMAGED if lost or unreadable else 0


def _read(shell: Shell, store: Store, what: str) -> Reading:
    hear = _progress(shell, what) if shell.live and not shell.quiet else None
    reading = read_objects(store, hear=hear) if hear else read_objects(store)
    if hear and (reading.whole or reading.damaged):
        shell.err.write("\r\x1b[K")
    return reading


def _progress(shell: Shell, what: str) -> Callable[[int, int], None]:
    told = shell.ticks()

    def hear(done: int, of: int) -> None:
        nonlocal told
        if shell.ticks() - told >= _TICK:
            told = shell.ticks()
            shell.err.write(f"\rread {done} of {of} {what}\x1b[K")

    return hear


def _repair(shell: Shell, place: Place, holdings: Holdings, missing: Sequence[Missing]) -> None:
    """Look for what is missing on this machine, then at the remote of this project."""
    roots = {*(each.root for each in place.originals.usage.projects()), *(root for root, _ in holdings.lines)}
    folders = [Path(root) for root in sorted({*roots, *map(str, place.roots)}) if os.path.isdir(root)]
    take_back(place.originals, missing, folders, [place.derivatives] if place.derivatives else [])
    left = {each.digest for each in missing if not place.originals.objects.has(each.digest)}
    if not (left and place.project):
        return
    hear = PlainReporter(shell.err, quiet=shell.quiet).hear
    try:
        with place.project.session() as session:
            if session.mirror is not None:
                session.mirror.hear(hear)
                session.mirror.fetch_objects(left)
    except ImageBuildError as error:
        hear(Notice(f"the remote store was not asked: {error.message}", error.hint))


def _say(shell: Shell, found: _Found, *, repair: bool) -> None:
    readings = {"original": found.originals, "derivative": found.derivatives}
    for noun, reading in readings.items():
        for digest in reading.damaged:
            shell.out.line(("damaged ", "bold red"), f"{noun} {digest[:12]}, set aside")
        for digest, why in reading.unreadable:
            shell.out.line(("unreadable ", "bold red"), f"{noun} {digest[:12]}: {why}")
    for digest in found.repaired:
        shell.out.line(("repaired ", "bold green"), f"original {digest[:12]}")
    for each in found.left:
        shell.out.line(*_missing_line(each))
    if shell.quiet:
        return
    shell.err.lines(fault_lines(found.holdings.faults))
    whole = [count(len(each.whole), noun) for noun, each in readings.items() if each.whole]
    shell.err.line((f"{' and '.join(whole) or 'nothing'} read and whole", "bold"))
    if found.left:
        ways = "bring the folder of the store back from a copy, 'imagebuild store import' an archive that has them"
        hint = ways if repair else f"'--repair' looks for them in output files and the remote store; or {ways}"
        shell.err.line(("hint:", "bold cyan"), f" {hint}")
    if any(reading.damaged for reading in readings.values()):
        shell.err.line("what was damaged is kept in 'damaged' beside the objects; check the disk")
    if found.quarantined:
        answers = count(found.quarantined, "paid answer is", "paid answers are")
        shell.err.line(f"{answers} in quarantine: 'imagebuild store ls --quarantine' lists them")


def _missing_line(each: Missing) -> Line:
    needs = ", ".join(f"{target} of {project_name(root)}" for root, target in each.needs)
    price = f", cost {Cost.exactly(each.record.cost_usd)}" if each.record and each.record.cost_usd else ""
    if each.is_pinned:
        return [("missing ", "bold red"), f"original {each.digest[:12]}: the lock pins it for {needs}{price}"]
    once = f": no lock pins it, once of {needs}" if needs else ": no lock pins it"
    return [("missing ", "yellow"), f"original {each.digest[:12]}{once}{price}"]


def _json(found: _Found) -> dict[str, Json]:
    repaired = set(found.repaired)
    readings = {"originals": found.originals, "derivatives": found.derivatives}
    return {
        "whole": {name: len(each.whole) for name, each in readings.items()},
        "damaged": [
            {"digest": digest, "store": name, "repaired": digest in repaired}
            for name, each in readings.items()
            for digest in each.damaged
        ],
        "unreadable": [
            {"digest": digest, "store": name, "message": why}
            for name, each in readings.items()
            for digest, why in each.unreadable
        ],
        "missing": [
            {
                "digest": each.digest,
                "pinned": each.is_pinned,
                "needs": [{"project": root, "target": target} for root, target in each.needs],
                "cost": _cost_json(each),
            }
            for each in found.left
        ],
        "repaired": [*found.repaired],
        "quarantined": found.quarantined,
        "notes": [str(fault) for fault in found.holdings.faults],
        "exit_code": found.exit_code,
    }


def _cost_json(each: Missing) -> dict[str, Json]:
    if each.record is None or each.record.cost_usd is None:
        return cost_json(Cost.of_unknown())
    return cost_json(Cost.exactly(each.record.cost_usd))

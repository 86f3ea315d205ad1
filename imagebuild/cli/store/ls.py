"""``imagebuild store ls``: what lies in the store, what it cost, and who holds it."""

from __future__ import annotations

from collections.abc import Collection

import click

from imagebuild.cli.group import Command
from imagebuild.cli.quantity import size_text
from imagebuild.cli.shell import Shell
from imagebuild.cli.store.place import Place, open_place
from imagebuild.cli.store.published import derivatives_json, gone_json, originals_json, quarantine_json, sum_json
from imagebuild.cli.store.use import find_all_derivatives, free_in_use, targets_by_key
from imagebuild.cli.store.view import (
    derivative_lines,
    fault_lines,
    gone_lines,
    original_lines,
    quarantine_lines,
    sum_text,
)
from imagebuild.cli.text import Line, count
from imagebuild.errors import UsageError
from imagebuild.housekeeping.inventory import Original, take_stock
from imagebuild.housekeeping.quarantine import find_quarantined

__all__ = ["ls"]


@click.command("ls", cls=Command, short_help="List what lies in the store, what it cost and who holds it.")
@click.option("--derivatives", is_flag=True, help="List what steps of this project made, in place of originals.")
@click.option("--quarantine", is_flag=True, help="List paid answers that were no picture, in place of originals.")
@click.option("--unused", is_flag=True, help="Only what nothing holds, or derivatives that nothing uses.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.pass_obj
def ls(shell: Shell, *, derivatives: bool, quarantine: bool, unused: bool, as_json: bool) -> int:
    """List the originals of this machine, oldest first: the pictures that providers returned, for all projects.

    What some lock pins is held by it: the lock of a known project as it is now, as it was when last seen, and on every
    branch and tag of its repository. 'before' marks pictures in whose place another was made.
    """
    if sum((derivatives, quarantine, unused and quarantine)) > 1:
        raise UsageError("'--derivatives', '--quarantine' and '--unused --quarantine' exclude each other")
    with open_place(shell) as place:
        if derivatives:
            _list_derivatives(shell, place, unused=unused, as_json=as_json)
        elif quarantine:
            _list_quarantine(shell, place, as_json=as_json)
        else:
            _list_originals(shell, place, unused=unused, as_json=as_json)
    return 0


def _list_originals(shell: Shell, place: Place, *, unused: bool, as_json: bool) -> None:
    holdings = place.holdings()
    everything = take_stock(place.originals, holdings)
    uses = place.originals.usage.targets()
    in_use = free_in_use(place, holdings)
    free_to_go = [each for each in everything if not (each.is_held or _is_used(each, in_use))]
    shown = free_to_go if unused else everything
    if as_json:
        shell.out.json(
            {
                "store": str(place.originals.folder),
                "originals": originals_json(shown, uses),
                "totals": sum_json(everything) | {"unused": sum_json(free_to_go)},
                "gone": gone_json(holdings),
                "notes": [str(fault) for fault in holdings.faults],
            }
        )
        return
    lines = original_lines(shown, uses, in_use=in_use, width=shell.width(shell.stdout)) if shown else []
    shell.out.lines([*lines, *([[]] if lines else [])])
    where = f" in {place.originals.folder}" if shell.verbose or not everything else ""
    total: Line = [(sum_text(everything) if everything else "no originals", "bold"), where]
    shell.out.lines([total, [f"held by nobody: {sum_text(free_to_go)}"]] if free_to_go else [total])
    if not shell.quiet:
        shell.err.lines([*fault_lines(holdings.faults), *gone_lines(holdings, everything)])


def _is_used(original: Original, in_use: Collection[str]) -> bool:
    """Whether a free original stays for a build: no lock holds those."""
    return original.is_free and not original.names.isdisjoint(in_use)


def _list_derivatives(shell: Shell, place: Place, *, unused: bool, as_json: bool) -> None:
    found = find_all_derivatives(place)
    targets = targets_by_key(place)
    shown = [each for each in found if not (unused and (each.is_current or each.is_kept))]
    sizes = {digest: size for each in found for digest, size in each.digests}
    if as_json:
        shell.out.json(
            {
                "derivatives": derivatives_json(shown, targets),
                "totals": {"count": len(sizes), "bytes": sum(sizes.values())},
            }
        )
        return
    lines = derivative_lines(shown, targets, width=shell.width(shell.stdout)) if any(e.digests for e in shown) else []
    shell.out.lines([*lines, *([[]] if lines else [])])
    shell.out.line((f"{count(len(sizes), 'derivative')}, {size_text(sum(sizes.values()))}", "bold"))


def _list_quarantine(shell: Shell, place: Place, *, as_json: bool) -> None:
    found = find_quarantined(place.originals)
    if as_json:
        shell.out.json({"quarantine": quarantine_json(found)})
        return
    if not found:
        shell.out.line("nothing is in quarantine")
        return
    shell.out.lines([*quarantine_lines(found, width=shell.width(shell.stdout)), []])
    shell.out.line((f"{count(len(found), 'answer')}, {size_text(sum(each.size for each in found))}", "bold"))
    shell.err.line(f"they lie in {found[0].path.parent}; they were paid for, and nothing uses them")

"""Takes paid originals away that a person named, after a yes; see ``store gc --originals``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from imagebuild.cli.shell import Shell
from imagebuild.cli.store.place import Place, alone_everywhere
from imagebuild.cli.store.published import gone_json, originals_json, sum_json
from imagebuild.cli.store.view import gone_lines, original_lines, sum_text
from imagebuild.cli.text import Line
from imagebuild.errors import UsageError
from imagebuild.housekeeping.garbage import choose_paid, remove_originals, why_kept
from imagebuild.housekeeping.holding import Holdings
from imagebuild.housekeeping.inventory import Original, lots_of, take_stock

__all__ = ["collect_originals"]

_SHORTEST = 6
_STAYS = {
    "held": "held by locks",
    "awaited": "needed by calls that have not ended",
    "young": "younger than a day",
    "replaced": "in whose place another was bought: they go when they are named",
}
_AGAIN = "their records go, too: a build that wants one of these pictures again buys it again"


def collect_originals(
    shell: Shell,
    place: Place,
    beginnings: Sequence[str],
    *,
    older_than: int,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """List what may go, ask, and remove it.

    The locks are read once more before anything is removed, while no build of a known project runs: what one of them
    has come to hold meanwhile stays.
    """
    now = shell.clock().timestamp()
    holdings = place.holdings()
    holdings.require_readable()
    stock = take_stock(place.originals, holdings)
    named = _named(stock, beginnings, now=now)
    chosen = choose_paid(stock, now=now, before=now - older_than, named=named)
    gone: list[Original] = []
    if chosen and not dry_run:
        if not as_json:
            _show(shell, place, chosen, "to remove")
        if not yes and not _agreed(shell):
            return 0
        gone = _remove(shell, place, holdings, chosen, now=now)
    elif not as_json:
        _show(shell, place, chosen, "would be removed")
    if as_json:
        shown = chosen if dry_run else gone
        sums = sum_json(shown) | {"removed": originals_json(shown, place.originals.usage.targets())}
        shell.out.json({"dry_run": dry_run, "originals": sums, "gone": gone_json(holdings)})
    elif not shell.quiet:
        _conclude(shell, holdings, stock, chosen, gone, now=now, dry_run=dry_run)
    return 0


def _named(stock: Sequence[Original], beginnings: Sequence[str], *, now: float) -> set[str]:
    """The whole digests of those that were named. Raises ``UsageError`` when one is unknown, or has to stay."""
    named: set[str] = set()
    for beginning in beginnings:
        found = [each.digest for each in stock if each.digest.startswith(beginning.lower())]
        if len(beginning) < _SHORTEST or not found:
            hint = f"'imagebuild store ls' lists them; give {_SHORTEST} characters or more"
            raise UsageError(f"'{beginning}' is the beginning of no original", hint=hint)
        if len(found) > 1:
            raise UsageError(f"'{beginning}' is the beginning of {len(found)} originals", hint=f"one of {found}")
        named.update(found)
    for lot in lots_of(stock):
        mine = [each.digest for each in lot if each.digest in named]
        if mine and (why := why_kept(lot, now=now, named=True)):
            raise UsageError(f"original {mine[0][:12]} stays: {why.text}", hint="nothing was removed")
    return named


def _show(shell: Shell, place: Place, chosen: Sequence[Original], what: str) -> None:
    if chosen:
        uses = place.originals.usage.targets()
        shell.out.lines([*original_lines(chosen, uses, width=shell.width(shell.stdout)), []])
        lines: list[Line] = [[(f"{what}: {sum_text(chosen)}", "bold")], [_AGAIN]]
        shell.out.lines(lines)


def _agreed(shell: Shell) -> bool:
    if not shell.interactive:
        hint = "'-y' agrees to the list, '-n' only shows it"
        raise UsageError("originals that were paid for are removed only after a yes", hint=hint)
    if shell.ask("Remove them for good?"):
        return True
    shell.err.line("nothing was removed")
    return False


def _remove(
    shell: Shell, place: Place, holdings: Holdings, chosen: Sequence[Original], *, now: float
) -> list[Original]:
    known = {*(each.root for each in place.originals.usage.projects()), *(root for root, _ in holdings.lines)}
    with alone_everywhere(shell, place.originals.folder, {*known, *map(str, place.roots)}):
        again = place.holdings()
        again.require_readable()
        digests = {each.digest for each in chosen}
        still = choose_paid(take_stock(place.originals, again), now=now, before=now, named=digests)
        agreed = [each for each in still if each.digest in digests]
        whole = [lot for lot in lots_of(still) if all(each in agreed for each in lot)]
        return remove_originals(place.originals, [each for lot in whole for each in lot])


def _conclude(
    shell: Shell,
    holdings: Holdings,
    stock: Sequence[Original],
    chosen: Sequence[Original],
    gone: Sequence[Original],
    *,
    now: float,
    dry_run: bool,
) -> None:
    if not chosen:
        shell.out.line(("nothing to remove", "bold"))
    elif not dry_run:
        shell.err.line((f"removed {sum_text(gone)}", "bold"))
        if len(gone) < len(chosen):
            shell.err.line(f"kept {len(chosen) - len(gone)} of them: something has come to need them meanwhile")
    going = {each.digest for each in chosen}
    kept: Counter[str] = Counter(
        why.kind
        for lot in lots_of([each for each in stock if each.digest not in going and not each.is_free])
        if (why := why_kept(lot, now=now, named=False))
        for _ in lot
    )
    if kept:
        shell.err.line("kept: ", ", ".join(f"{kept[kind]} {words}" for kind, words in _STAYS.items() if kept[kind]))
    shell.err.lines(gone_lines(holdings, stock))

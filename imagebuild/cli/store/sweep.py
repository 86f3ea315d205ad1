"""Takes away what costs nothing to have again: derivatives, free originals, old files; see ``store gc``."""

from __future__ import annotations

from contextlib import ExitStack

from msgspec import Struct, field

from imagebuild.cli.quantity import size_text
from imagebuild.cli.reporter.plain import PlainReporter
from imagebuild.cli.shell import Shell
from imagebuild.cli.store.place import Place
from imagebuild.cli.store.use import find_all_derivatives, free_in_use
from imagebuild.cli.store.view import gone_lines
from imagebuild.cli.text import count
from imagebuild.digest import Json
from imagebuild.housekeeping.garbage import (
    GRACE,
    Derivative,
    Leftover,
    choose_derivatives,
    choose_free,
    find_leftovers,
    remove_derivatives,
    remove_leftovers,
    remove_originals,
)
from imagebuild.housekeeping.holding import Holdings
from imagebuild.housekeeping.inventory import Original, take_stock

__all__ = ["sweep"]


class _Chosen(Struct):
    """What is to go. ``objects`` are those of derivatives, with their sizes, and ``left`` those that stay."""

    derivatives: list[Derivative] = field(default_factory=list)
    objects: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    free: list[Original] = field(default_factory=list)
    files: list[Leftover] = field(default_factory=list)

    @property
    def sums(self) -> dict[str, tuple[int, int]]:
        """How many of each kind, and how many bytes."""
        return {
            "derivatives": (len(self.objects), sum(self.objects.values())),
            "free": (len(self.free), sum(each.size for each in self.free)),
            "files": (len(self.files), sum(each.size for each in self.files)),
        }


def sweep(shell: Shell, place: Place, *, age: int | None, max_size: int | None, dry_run: bool, as_json: bool) -> int:
    """Remove it, while no build of this project runs. Outside of a project only what lies in the machine's store."""
    if max_size is not None:
        place.require_project("derivatives")
    with ExitStack() as stack:
        if place.project and place.state_folder and place.state_folder.is_dir():
            stack.enter_context(place.project.alone(PlainReporter(shell.err).hear))
        holdings = place.holdings()
        holdings.require_readable()
        stock = take_stock(place.originals, holdings)
        chosen = _choose(shell, place, holdings, stock, age=age, max_size=max_size)
        sums = chosen.sums if dry_run else _remove(place, chosen)
    if as_json:
        shell.out.json(_json(sums, chosen, dry_run=dry_run))
    elif not shell.quiet:
        _say(shell, sums, chosen, dry_run=dry_run)
        shell.err.lines(gone_lines(holdings, stock))
    return 0


def _choose(
    shell: Shell, place: Place, holdings: Holdings, stock: list[Original], *, age: int | None, max_size: int | None
) -> _Chosen:
    now = shell.clock().timestamp()
    before = None if age is None else now - age
    chosen = _Chosen()
    if before is not None:
        in_use = free_in_use(place, holdings)
        chosen.free = choose_free(stock, now=now, before=before, in_use=in_use)
        chosen.files = find_leftovers(place.originals, before=min(before, now - GRACE))
    if place.project and place.derivatives and place.state_folder:
        everything = find_all_derivatives(place)
        chosen.derivatives = choose_derivatives(everything, before=before, max_size=max_size)
        going = {id(each) for each in chosen.derivatives}
        for each in everything:
            (chosen.objects if id(each) in going else chosen.left).update(each.digests)
        chosen.objects = {digest: size for digest, size in chosen.objects.items() if digest not in chosen.left}
        if before is not None:
            chosen.files += find_leftovers(place.derivatives, before=before, project=place.state_folder)
    return chosen


def _remove(place: Place, chosen: _Chosen) -> dict[str, tuple[int, int]]:
    done = chosen.sums
    if place.derivatives:
        done["derivatives"] = remove_derivatives(place.derivatives, chosen.derivatives)
    gone = remove_originals(place.originals, chosen.free)
    done["free"] = len(gone), sum(each.size for each in gone)
    remove_leftovers(chosen.files)
    return done


def _json(sums: dict[str, tuple[int, int]], chosen: _Chosen, *, dry_run: bool) -> dict[str, Json]:
    parts = {**sums, "kept": (len(chosen.left), sum(chosen.left.values()))}
    return {"dry_run": dry_run} | {name: {"count": number, "bytes": size} for name, (number, size) in parts.items()}


def _say(shell: Shell, sums: dict[str, tuple[int, int]], chosen: _Chosen, *, dry_run: bool) -> None:
    nouns = {"derivatives": "derivative", "free": "free original", "files": "old file"}
    parts = [f"{count(number, nouns[kind])} ({size_text(size)})" for kind, (number, size) in sums.items() if number]
    records = sum(not each.digests for each in chosen.derivatives)
    parts += [f"{count(records, 'record')} of derivatives that are gone"] if records else []
    verb = "would remove" if dry_run else "removed"
    shell.out.line((f"{verb} {', '.join(parts)}" if parts else "nothing to remove", "bold"))
    if chosen.left:
        shell.err.line(f"{count(len(chosen.left), 'derivative')} left, {size_text(sum(chosen.left.values()))}")

"""``imagebuild outdated``: models in use that are gone, will soon be, or have a successor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

import click
from msgspec import Struct

from imagebuild.cli.group import Command
from imagebuild.cli.lifetime import Lifetime, days_left, lifetime, living_successor
from imagebuild.cli.model_use import ModelUse, uses_of
from imagebuild.cli.opening import open_project
from imagebuild.cli.shell import Shell
from imagebuild.cli.text import Line, count
from imagebuild.cli.used_provider import models_of, used_names, used_provider
from imagebuild.errors import Place
from imagebuild.lockfile import Lock
from imagebuild.session import LOCK_FILE

__all__ = ["command"]

SOMETHING_TO_DO = 3

_WORDS: dict[Lifetime, tuple[str, str]] = {
    "retired": ("retired", "bold red"),
    "retiring": ("retiring soon", "bold yellow"),
    "superseded": ("with a successor", "bold cyan"),
}
_MOST = 5


class _Outdated(Struct, frozen=True):
    use: ModelUse
    state: Lifetime
    days: int | None
    successor: str | None


@click.command("outdated", cls=Command)
@click.option("--exit-code", is_flag=True, help="Exit with 3 when there is something.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.pass_obj
def command(shell: Shell, *, exit_code: bool, as_json: bool) -> int:
    """Say which models in use are retired, retire within 60 days or have a successor.

    In use are those that the spec names, that its requests resolve to, and that the lock's pictures were made with.
    Each is shown with its targets, its last day, its successor and what to write where. Nobody is called and nothing
    is changed.
    """
    today = shell.clock().date()
    project = open_project(shell)
    spec, lock = project.spec(), Lock.read(project.root / LOCK_FILE)
    found: list[_Outdated] = []
    for name in dict.fromkeys([*used_names(spec), *(line.provider for line in lock.lines.values())]):
        used = used_provider(name, spec, shell.plugins(), shell.environ)
        models, fault = models_of(used)
        if fault:
            shell.err.line(("note:", "bold cyan"), f" provider '{name}' {fault}")
        if used.provider is not None:
            known = {model.name: model for model in models}
            found += (
                _Outdated(use, state, days_left(use.model, today), living_successor(use.model, known, today))
                for use in uses_of(name, used.provider, models, spec, lock)
                if (state := lifetime(use.model, today)) != "current"
            )
    found.sort(key=lambda each: list(_WORDS).index(each.state))
    if as_json:
        shell.out.json({"date": today.isoformat(), "outdated": [_json(each) for each in found]})
    elif not shell.quiet:
        shell.out.lines(_lines(found, today))
    return SOMETHING_TO_DO if exit_code and found else 0


def _lines(found: list[_Outdated], today: date) -> list[Line]:
    if not found:
        return [[f"no model in use is outdated on {today.isoformat()}"]]
    lines: list[Line] = []
    for each in found:
        lines += [*_block(each), []]
    counts = Counter(each.state for each in found)
    totals = ", ".join(f"{counts[state]} {word}" for state, (word, _) in _WORDS.items() if counts[state])
    return [*lines, [(f"{count(len(found), 'model in use is', 'models in use are')} outdated: {totals}", "bold")]]


def _block(each: _Outdated) -> list[Line]:
    model = each.use.model
    told = {
        "retired": f"was retired on {model.shutdown}",
        "retiring": f"retires on {model.shutdown}, in {count(each.days or 0, 'day')}",
    }.get(each.state, f"has a successor{f' and retires on {model.shutdown}' if model.shutdown else ''}")
    lines: list[Line] = [[(model.name, _WORDS[each.state][1]), f" ({each.use.provider}) {told}"]]
    if each.use.targets:
        lines.append([f"  used by {_listed(each.use.targets)}"])
    if each.use.locked:
        lines.append([f"  in the lock of {_listed(each.use.locked)}"])
    return [*lines, *([f"  {advice}"] for advice in _advice(each))]


def _advice(each: _Outdated) -> list[str]:
    """What to do about it, a line each."""
    written = list(each.use.written)
    if not each.use.targets and not written:
        return ["nothing to write: the spec no longer names it, and the lock keeps the pictures"]
    if each.successor is None:
        return ["no successor is known: 'imagebuild models' lists what there is"]
    lines = [f"{place}: write '{option}: {each.successor}'" for option, place in written[:_MOST]]
    if len(written) > _MOST:
        lines.append(f"and at {count(len(written) - _MOST, 'more place')}")
    if not written:
        lines += [f"write '{option}: {each.successor}' into 'options'" for option in each.use.options]
    return lines


def _listed(names: Iterable[str]) -> str:
    given = list(names)
    more = f" and {len(given) - _MOST} more" if len(given) > _MOST else ""
    return ", ".join(given[:_MOST]) + more


def _json(each: _Outdated) -> dict[str, object]:
    model = each.use.model
    return {
        "provider": each.use.provider,
        "model": model.name,
        "kind": model.kind,
        "state": each.state,
        "shutdown": model.shutdown,
        "days": each.days,
        "successor": each.successor,
        "targets": list(each.use.targets),
        "locked": list(each.use.locked),
        "options": list(each.use.options),
        "places": [_place_json(option, place) for option, place in each.use.written],
    }


def _place_json(option: str, place: Place) -> dict[str, object]:
    return {"option": option, "file": place.file, "line": place.line, "column": place.column}

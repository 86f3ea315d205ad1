"""``imagebuild models``: what the providers can draw with, until when and for how much."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches

import click

from imagebuild.cli.group import Command
from imagebuild.cli.lifetime import Lifetime, days_left, lifetime, living_successor
from imagebuild.cli.opening import open_project
from imagebuild.cli.shell import Shell
from imagebuild.cli.summary import money
from imagebuild.cli.text import Line, Piece, columns, count
from imagebuild.cli.used_provider import UsedProvider, models_of, used_names, used_provider
from imagebuild.errors import ImageBuildError, UsageError
from imagebuild.provider import Model
from imagebuild.registry import Registry
from imagebuild.spec import Spec

__all__ = ["command"]

_STYLES: Mapping[Lifetime, str] = {"retired": "bold red", "retiring": "bold yellow"}


@click.command("models", cls=Command)
@click.option("--provider", "name", metavar="NAME", help="Only of this provider, whether the spec uses it or not.")
@click.option("--json", "as_json", is_flag=True, help="Print the models as JSON.")
@click.pass_obj
def command(shell: Shell, *, name: str | None, as_json: bool) -> int:
    """List the models of the providers that the spec uses, when they retire and what they cost.

    Without a project: of all installed providers. Prices are in US dollars, for what the provider names. Nobody is
    called; '--verbose' adds what there is to note.
    """
    registry, today = shell.plugins(), shell.clock().date()
    spec = _spec(shell)
    found: list[tuple[str, Model]] = []
    looked: list[UsedProvider] = []
    for each in _names(name, spec, registry):
        used = used_provider(each, spec, registry, shell.environ)
        models, fault = models_of(used)
        for wrong in (used.fault and f"failed to take its settings: {used.fault}", fault):
            if wrong:
                shell.err.line(("note:", "bold cyan"), f" provider '{each}' {wrong}")
        looked.append(used)
        found += [(each, model) for model in models]
    if as_json:
        shell.out.json({"date": today.isoformat(), "models": [_json(each, model, today) for each, model in found]})
    elif found:
        shell.out.lines(_lines(found, today, width=shell.width(shell.stdout), verbose=shell.verbose))
    else:
        named = ", ".join(used.name for used in looked)
        shell.err.line(f"no models are listed by {named}" if named else "no providers are installed")
    return 0


def _spec(shell: Shell) -> Spec | None:
    """The spec, None where there is none that can be read."""
    try:
        project = open_project(shell)
    except UsageError:
        if not os.path.isdir(shell.folder):
            raise
        return None
    try:
        return project.spec()
    except ImageBuildError as error:
        first, more = error.problems[0], len(error.problems) - 1
        also = f" (and {count(more, 'more problem')})" if more else ""
        shell.err.line(("note:", "bold cyan"), f" the spec cannot be read, so all providers are listed: {first}{also}")
        return None


def _names(name: str | None, spec: Spec | None, registry: Registry) -> Sequence[str]:
    known = sorted(registry.providers)
    if name is None:
        return used_names(spec) if spec else known
    if name not in registry.providers:
        close = get_close_matches(name, known, 1)
        hint = (f"did you mean '{close[0]}'? " if close else "") + f"installed: {', '.join(known) or 'none'}"
        raise UsageError(f"unknown provider '{name}'", hint=hint)
    return (name,)


def _lines(found: list[tuple[str, Model]], today: date, *, width: int | None, verbose: bool) -> list[Line]:
    known = _by_name(found)
    head: list[Piece] = [(each, "bold") for each in ("provider", "model", "kind", "released", "retires", "prices")]
    rows = [_row(name, model, today, known[name]) for name, model in found]
    lines: list[Line] = [*columns([head, *rows], width=width, flexible=5)]
    notes = [(model.name, model.note) for _, model in found if model.note]
    if units := dict.fromkeys(model.unit for _, model in found if model.unit and model.prices):
        lines += [[], [f"prices are for {' or '.join(str(unit) for unit in units)}"]]
    if verbose and notes:
        lines.append([])
        lines += [[(f"{name}: ", "bold"), note] for name, note in notes]
    return lines


def _by_name(found: list[tuple[str, Model]]) -> dict[str, dict[str, Model]]:
    known: dict[str, dict[str, Model]] = {}
    for name, model in found:
        known.setdefault(name, {})[model.name] = model
    return known


def _row(provider: str, model: Model, today: date, known: Mapping[str, Model]) -> list[Piece]:
    state = lifetime(model, today)
    left = days_left(model, today)
    retires = model.shutdown or "-"
    if state == "retired":
        retires = f"retired {model.shutdown}"
    elif state == "retiring" and left is not None:
        retires = f"{model.shutdown}, in {count(left, 'day')}"
    if successor := living_successor(model, known, today):
        retires = f"{retires}, use {successor}" if model.shutdown else f"successor: {successor}"
    prices = ", ".join(f"{what} {money(usd)}" for what, usd in model.prices.items())
    return [
        provider,
        (model.name, _STYLES.get(state, "")),
        model.kind,
        model.released or "-",
        (retires, _STYLES.get(state, "")),
        prices or "-",
    ]


def _json(provider: str, model: Model, today: date) -> dict[str, object]:
    return {
        "provider": provider,
        "name": model.name,
        "kind": model.kind,
        "state": lifetime(model, today),
        "released": model.released,
        "shutdown": model.shutdown,
        "days": days_left(model, today),
        "successor": model.successor,
        "options": list(model.options),
        "prices": dict(model.prices),
        "unit": model.unit,
        "note": model.note,
    }

"""Looks a spec over without building: no store is opened, nobody is called, no key is needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from imagebuild.cli.lifetime import days_left, lifetime, living_successor
from imagebuild.cli.model_use import uses_of
from imagebuild.cli.shell import Shell
from imagebuild.cli.used_provider import models_of, used_names, used_provider
from imagebuild.digest import digest_bytes
from imagebuild.errors import LockError, Problem, SpecError
from imagebuild.graph import build_graph
from imagebuild.lockfile import Lock
from imagebuild.media import probe
from imagebuild.project import Project
from imagebuild.request import Reference
from imagebuild.resolver import Resolver
from imagebuild.session import LOCK_FILE
from imagebuild.spec import Spec
from imagebuild.spec.advice import Advice, advise

__all__ = ["Findings", "lint"]


class Findings(Struct, frozen=True):
    """What was found. ``lock`` is why the lock cannot be read; ``notes`` are what providers say to the requests."""

    warnings: tuple[Advice, ...]
    notes: tuple[str, ...]
    lock: LockError | None
    targets: int


def lint(shell: Shell, project: Project) -> Findings:
    """Everything that is wrong is raised at once, as ``SpecError``; what is only odd is a warning."""
    fault = None
    try:
        lock = Lock.read(project.root / LOCK_FILE)
    except LockError as error:
        lock, fault = Lock(), error
    try:
        spec = project.spec()
        notes = _resolved(shell, spec)
    except SpecError as error:
        if fault is None:
            raise
        raise SpecError([*error.problems, *fault.problems]) from error
    warnings = advise(spec, {line.target for line in lock.lines.values()} if fault is None else spec.targets.keys())
    ending = dict(_ending(shell, spec, shell.clock().date()))
    notes = tuple(note for note in notes if not any(f"'{model}'" in note for model in ending))
    ordered = sorted([*warnings, *ending.values()], key=lambda advice: advice.order)
    return Findings(tuple(ordered), notes, fault, len(spec.targets))


def _resolved(shell: Shell, spec: Spec) -> tuple[str, ...]:
    """Ask every plugin about its part, as a build does before it begins. Raises ``SpecError`` and ``PluginError``."""
    registry = shell.plugins()
    registry = registry.with_local(spec.plugins) if spec.plugins else registry
    registry.require_sound()

    def open_file(path: str) -> Reference:
        data = (spec.root / path).read_bytes()
        found = probe(data)
        return Reference(path, digest_bytes(data), found.media_type if found else None, lambda: data)

    resolver = Resolver(spec, registry, open_file=open_file, environ=shell.environ)
    resolver.resolve(build_graph(spec.targets, place=spec.place))
    return tuple(resolver.notes)


def _ending(shell: Shell, spec: Spec, today: date) -> Iterator[tuple[str, Advice]]:
    """Models that are gone or soon will be, as far as the providers' own tables say."""
    for name in used_names(spec):
        used = used_provider(name, spec, shell.plugins(), shell.environ)
        models, _ = models_of(used)
        known = {model.name: model for model in models}
        for use in uses_of(name, used.provider, models, spec, Lock()) if used.provider else ():
            state = lifetime(use.model, today)
            if state not in ("retiring", "retired"):
                continue
            left = days_left(use.model, today) or 0
            when = f"retires on {use.model.shutdown}, in {left} days" if left > 0 else "is retired"
            successor = living_successor(use.model, known, today)
            hint = f"write '{successor}' in its place" if successor else "'imagebuild models' lists what there is"
            place = next((place for _, place in use.written), None) or next(
                (spec.place(target) for target in use.targets), None
            )
            target = next(iter(use.targets), "")
            problem = Problem(f"the model '{use.model.name}' {when}", place, hint)
            yield use.model.name, Advice("retiring-model", problem, target)

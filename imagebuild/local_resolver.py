"""Makes what runs on this machine explicit: sources, steps and checks, with the files that they name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from typing import TypeVar

from imagebuild.artifact import Artifact
from imagebuild.digest import Json, canonical
from imagebuild.discreet import Discreet
from imagebuild.errors import Place, PluginError, Problem
from imagebuild.graph import Node
from imagebuild.local_run import CheckRun, SourceRun, StepRun
from imagebuild.option import MAIN, Configurable, ResolvedOptions
from imagebuild.provenance import source_types
from imagebuild.publisher import Publisher
from imagebuild.registry import Registry
from imagebuild.request import Reference
from imagebuild.spec import Spec
from imagebuild.target import CheckUse, Input, InputFile, InputTarget, PublishUse, StepUse, Target
from imagebuild.trust import READ_FIRST

__all__ = ["ConfiguredPublisher", "LocalResolver", "broken", "other_name", "resolved_options"]

Thing = TypeVar("Thing", bound=Configurable)


class ConfiguredPublisher(Discreet, frozen=True):
    """A publisher with its options, which may hold secrets; ``identity`` tells the uses of one publisher apart."""

    hidden = ("options",)

    publisher: Publisher
    options: Mapping[str, Json]
    identity: str
    place: Place


class LocalResolver:
    """Turns nodes of sources, steps and checks of some targets into actions; ``report`` hears of every problem.

    ``open_file`` gives the reference for a file of the project, with its digest and, for a picture, its type; it raises
    ``OSError``. ``replaced`` says which picture of a target the one with a digest took the place of.
    """

    def __init__(
        self,
        spec: Spec,
        registry: Registry,
        *,
        targets: Mapping[str, Target],
        open_file: Callable[[str], Reference],
        report: Callable[[Problem], None],
        replaced: Callable[[str, str], Artifact | None],
    ) -> None:
        self._spec = spec
        self._registry = registry
        self._open_file = open_file
        self._report = report
        self._replaced = replaced
        self.source_types = source_types(targets, registry.providers)

    def source(self, node: Node, target: Target) -> SourceRun | None:
        """What a chain begins with in place of a prompt."""
        places: list[Reference | str] = []
        for index, given in enumerate(target.sources):
            if isinstance(given, InputTarget):
                places.append(self._spec.targets[given.target].slug)
            elif isinstance(given, InputFile):
                reference = self._open(target, given.path, ("from", index))
                if reference is not None and reference.media_type is None:
                    hint = "png, jpeg, webp, avif, gif and svg files are recognised by their content"
                    place = self._spec.place(target.id, "from", index)
                    self._report(Problem(f"'{given.path}' is not a picture", place, hint))
                elif reference is not None:
                    places.append(reference)
        return SourceRun(node, tuple(places)) if len(places) == len(target.sources) else None

    def step(self, node: Node, target: Target) -> StepRun | None:
        """One of the target's steps."""
        index = node.stage - 1 - len(target.edits)
        use, path = target.steps[index], ("steps", index)
        step = self._known(use.name, "step", self._registry.steps, target, path)
        if step is None:
            return None
        self._distrust(step, "step", use, lambda *at: self._spec.place(target.id, *path, use.name, *at, key=True))
        options = self._options(step, "step", use, target, path)
        marks = self.source_types[target.id] if step.marks and target.provenance != "none" else None
        return StepRun(node, step, options, *self._references(use, step, target, path), marks)

    def check(self, node: Node, target: Target) -> CheckRun | None:
        """One of the target's checks."""
        index = node.stage - 1 - len(target.edits) - len(target.steps)
        use, path = target.checks[index], ("checks", index)
        check = self._known(use.name, "check", self._registry.checks, target, path)
        if check is None:
            return None
        self._distrust(check, "check", use, lambda *at: self._spec.place(target.id, *path, use.name, *at, key=True))
        options = self._options(check, "check", use, target, path)
        references = self._references(use, check, target, path)
        return CheckRun(
            node, check, options, *references, lambda digest: self._replaced(target.id, digest), retry=use.retry
        )

    def publishers(self) -> list[ConfiguredPublisher]:
        """The publishers that the spec names, in order."""
        found: list[ConfiguredPublisher] = []
        for index, use in enumerate(self._spec.publish):
            publisher = self._registry.publishers.get(use.name)
            place = self._spec.publish_place(index)
            if publisher is None:
                hint = other_name(use.name, self._registry.publishers)
                self._report(Problem(f"unknown publisher '{use.name}'", place, hint))
                continue
            self._distrust(publisher, "publisher", use, partial(self._spec.publish_place, index, key=True))
            resolution = resolved_options(publisher, f"publisher '{use.name}'", use.options)
            for problem in resolution.problems:
                inner = () if problem.field == MAIN or MAIN in use.options else (problem.field,)
                at = self._spec.publish_place(index, *inner, key=problem.unknown)
                self._report(Problem(problem.message, at, problem.hint))
            number = sum(each.publisher is publisher for each in found)
            identity = f"{use.name} {number}" if number else use.name
            found.append(ConfiguredPublisher(publisher, resolution.options, identity, place))
        return found

    def _distrust(
        self, thing: Configurable, noun: str, use: StepUse | CheckUse | PublishUse, place: Callable[..., Place | None]
    ) -> None:
        """Report what an untrusted spec may not use, or not give. A remote publisher is never run for one."""
        if not self._spec.untrusted:
            return
        if thing.trusted_only:
            hint = f"it runs what the project names, or acts in your name; take it out, or {READ_FIRST}"
            self._report(Problem(f"an untrusted spec may not use the {noun} '{use.name}'", place(), hint))
        elif not (isinstance(thing, Publisher) and thing.remote):
            references = {} if isinstance(use, PublishUse) else use.references
            given = {name for name, value in use.options.items() if value is not None or name in references}
            for option in thing.options:
                if option.trusted_only and (option.name in given or (option.main and MAIN in given)):
                    hint = f"it names what this machine would run, read or connect to; take it out, or {READ_FIRST}"
                    at = place() if MAIN in given else place(option.name)
                    message = f"an untrusted spec may not give '{option.name}' of the {noun} '{use.name}'"
                    self._report(Problem(message, at, hint))

    def _known(
        self, name: str, noun: str, things: Mapping[str, Thing], target: Target, path: tuple[str | int, ...]
    ) -> Thing | None:
        if name not in things:
            self._report(unknown(noun, name, things, self._spec, target.id, path))
        return things.get(name)

    def _options(
        self, thing: Configurable, noun: str, use: StepUse | CheckUse, target: Target, path: tuple[str | int, ...]
    ) -> dict[str, Json]:
        """The options with every default, without those that name files and targets."""
        found = resolved_options(thing, f"{noun} '{use.name}'", use.options)
        for problem in found.problems:
            inner = () if problem.field == MAIN or MAIN in use.options else (problem.field,)
            place = self._spec.place(target.id, *path, use.name, *inner, key=problem.unknown)
            beside = problem.unknown and noun == "check" and problem.field == "retry"
            hint = f"'retry' stands beside the check: '- {{{use.name}: ..., retry: 2}}'" if beside else problem.hint
            self._report(Problem(problem.message, place, hint))
        named = _named(use, thing)
        return {name: value for name, value in found.options.items() if name not in named}

    def _references(
        self, use: StepUse | CheckUse, thing: Configurable, target: Target, path: tuple[str | int, ...]
    ) -> tuple[dict[str, Reference], tuple[str, ...]]:
        """The files that options name, and which options name targets, in the order of the graph's needs."""
        files: dict[str, Reference] = {}
        for name, given in _named(use, thing).items():
            if isinstance(given, InputFile):
                reference = self._open(target, given.path, (*path, use.name))
                if reference is not None:
                    files[name] = reference
        return files, tuple(name for name, given in _named(use, thing).items() if isinstance(given, InputTarget))

    def _open(self, target: Target, path: str, where: tuple[str | int, ...]) -> Reference | None:
        try:
            return self._open_file(path)
        except OSError as error:
            message = f"'{path}' cannot be read: {error.strerror or error}"
            self._report(Problem(message, self._spec.place(target.id, *where)))
            return None


def _named(use: StepUse | CheckUse, thing: Configurable) -> dict[str, Input]:
    """References by option, one for a bare value under the name of the main option."""
    main = next((option.name for option in thing.options if option.main), MAIN)
    return {main if name == MAIN else name: given for name, given in use.references.items()}


def unknown(
    noun: str, name: str, known: Mapping[str, object], spec: Spec, target: str, path: Sequence[str | int]
) -> Problem:
    """A name that no plugin has."""
    return Problem(f"unknown {noun} '{name}'", spec.place(target, *path, name, key=True), other_name(name, known))


def other_name(name: str, known: Mapping[str, object]) -> str:
    """What to write in place of a name that is not known."""
    close = get_close_matches(name, known, 1)
    meant = f"did you mean '{close[0]}'? " if close else ""
    return f"{meant}installed: {', '.join(sorted(known))}" if known else "no plugin that adds one is installed"


def resolved_options(thing: Configurable, who: str, options: Mapping[str, Json]) -> ResolvedOptions:
    """What a plugin makes of options. Raises ``PluginError`` that names it when it fails or answers nonsense."""
    try:
        answer: object = thing.resolve(options)
        if not isinstance(answer, ResolvedOptions):
            raise TypeError(f"expected ResolvedOptions, got {type(answer).__name__}")
        canonical(dict(answer.options))
    except Exception as error:  # a stranger may raise anything; the error names it
        raise broken(who, "resolving its options", error) from error
    return answer


def broken(who: str, doing: str, error: Exception) -> PluginError:
    """A plugin that failed where it must not."""
    return PluginError(f"{who} failed while {doing}: {error!r}", hint="this is a fault of its plugin")

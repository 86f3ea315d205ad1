"""Asks providers and steps to make every action explicit, and gathers all they object to before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from imagebuild.action import Action, Call
from imagebuild.artifact import Artifact
from imagebuild.cost import Cost
from imagebuild.describer import Describer
from imagebuild.digest import Json, canonical
from imagebuild.errors import Problem, SpecError
from imagebuild.graph import Graph, Node
from imagebuild.local_resolver import ConfiguredPublisher, LocalResolver, broken, other_name
from imagebuild.media import EXTENSIONS, extension
from imagebuild.provider import Provider
from imagebuild.registry import Registry
from imagebuild.reply import believable_cost
from imagebuild.request import OptionProblem, Reference, Request, Resolution
from imagebuild.share.resolver import ConfiguredStore, configured_store
from imagebuild.spec import Spec
from imagebuild.spec.output import output_path
from imagebuild.target import Edit, InputFile, InputTarget, Target

__all__ = ["ConfiguredProvider", "Resolver"]

ENGINE_SETTINGS = ("concurrency", "images_per_minute", "price")


class ConfiguredProvider(Struct, frozen=True):
    """A provider with the spec's settings, and those the engine keeps for itself.

    ``concurrency`` calls at once, ``images_per_minute`` at most (None: no bound), ``price`` in USD a picture where the
    spec states one for a provider that cannot tell.
    """

    provider: Provider
    concurrency: int
    images_per_minute: float | None = None
    price: float | None = None

    def estimate(self, request: Request, describer: Describer | None = None) -> Cost:
        """What the call will cost; the spec's price stands in where the provider does not know that of a picture."""
        try:
            cost = believable_cost((describer or self.provider).estimate(request))
        except Exception as error:  # a stranger may raise anything; the error names it
            raise broken(f"provider '{self.provider.name}'", "estimating a request", error) from error
        return cost if cost.known or self.price is None else Cost.exactly(self.price)


class Resolver:
    """Turns nodes into actions.

    ``targets`` are those that the graph has, by default all of the spec. ``open_file`` gives the reference for a
    picture file of the project, with digest and type; it raises ``OSError``. ``takes`` says which attempt a slot's
    target and stage stand at, 1 where it is silent; ``replaced`` which picture of a target the one with a digest
    took the place of. ``kept`` are folders that no remote store may be, each with what it is.
    """

    def __init__(
        self,
        spec: Spec,
        registry: Registry,
        *,
        targets: Iterable[str] | None = None,
        open_file: Callable[[str], Reference],
        takes: Mapping[tuple[str, int], int] | None = None,
        replaced: Callable[[str, str], Artifact | None] = lambda target, digest: None,
        environ: Mapping[str, str],
        kept: Mapping[Path, str] = MappingProxyType({}),
    ) -> None:
        self._spec = spec
        self._targets = spec.targets if targets is None else {name: spec.targets[name] for name in targets}
        self._registry = registry
        self._open_file = open_file
        self._takes = dict(takes or {})
        self._environ = environ
        self._kept = kept
        self._problems: list[Problem] = []
        self._seen: set[Problem] = set()
        self._local = LocalResolver(
            spec, registry, targets=self._targets, open_file=open_file, report=self._report, replaced=replaced
        )
        self._types: dict[str, str | None] = {}
        self.notes: dict[str, None] = {}
        self.providers: dict[str, ConfiguredProvider] = {}
        self.publishers: list[ConfiguredPublisher] = []
        self.store: ConfiguredStore | None = None

    def resolve(self, graph: Graph) -> list[Action]:
        """One action for each node, in the graph's order. Raises ``SpecError`` with every problem found."""
        for name in dict.fromkeys([*self._spec.providers, *self._used()]):
            if name not in self.providers:
                self._configure(name)
        actions = [action for node in graph.nodes if (action := self._action(node)) is not None]
        for target, index in graph.finals.items():
            if len(actions) == len(graph.nodes) and isinstance(final := actions[index], Call):
                self._check_ending(self._spec.targets[target], final.media_type)
        self.publishers = self._local.publishers()
        self.store = configured_store(self._spec, self._registry, kept=self._kept, report=self._report)
        if self._problems:
            raise SpecError(sorted(self._problems, key=_by_place))
        return actions

    def _check_ending(self, target: Target, media_type: str) -> None:
        """A path that ends like another type of picture would give every reader of it the wrong idea."""
        ending = extension(media_type)
        path = output_path(target, ext=ending, reserved=self._spec.reserved)
        shown = path.rpartition(".")[2].lower().replace("jpeg", "jpg")
        if shown != ending and shown in EXTENSIONS.values():
            message = f"the output '{path}' of target '{target.id}' is to hold {media_type}"
            hint = "write '.{{ ext }}' at its end, or ask for that format in 'options'"
            self._report(Problem(message, self._spec.place(target.id, "output"), hint))

    def reroll(self, target: str, edit: int | None = None) -> None:
        """Ask for another attempt at a picture, from its first call or an edit on; :meth:`resolve` again after it."""
        stage = edit or self._spec.targets[target].first_call
        if stage is not None:
            self._takes[target, stage] = self._takes.get((target, stage), 1) + 1

    @property
    def source_types(self) -> Mapping[str, str | None]:
        """The IPTC digital source type of each target's picture."""
        return self._local.source_types

    def configured(self, name: str) -> ConfiguredProvider | None:
        """The provider of that name with its settings, None when there is none; for drafts."""
        if name not in self.providers and name in self._registry.providers:
            self._configure(name)
        return self.providers.get(name)

    def _used(self) -> Iterable[str]:
        for target in self._targets.values():
            yield from target.calls

    def _configure(self, name: str) -> None:
        provider = self._registry.providers.get(name)
        if provider is None:
            if name in self._spec.providers:
                self._report(
                    Problem(
                        f"unknown provider '{name}'",
                        self._spec.provider_place(name),
                        other_name(name, self._registry.providers),
                    )
                )
            return
        settings = dict(self._spec.providers.get(name, {}))
        engine = {field: settings.pop(field) for field in ENGINE_SETTINGS if field in settings}
        price = engine.get("price")
        if price is not None and (isinstance(price, bool) or not isinstance(price, int | float) or price < 0):
            message = f"'price' of provider '{name}' must be a number, 0 or more; found '{price}'"
            self._report(Problem(message, self._spec.provider_place(name, "price")))
        configured, problems = provider.configure(settings, self._environ)
        for problem in problems:
            place = self._spec.provider_place(name, problem.field, key=problem.unknown)
            self._report(Problem(problem.message, place, problem.hint))
        concurrency = int(_number(engine.get("concurrency")) or configured.concurrency)
        per_minute = _number(engine.get("images_per_minute"))
        self.providers[name] = ConfiguredProvider(configured, concurrency, per_minute, _number(price))

    def _action(self, node: Node) -> Action | None:
        target = self._spec.targets[node.target]
        if node.kind == "step":
            return self._local.step(node, target)
        if node.kind == "check":
            return self._local.check(node, target)
        if node.kind == "source":
            taken = self._local.source(node, target)
            first = taken.places[0] if taken and taken.places else None
            self._types[target.id] = first.media_type if isinstance(first, Reference) else None
            return taken
        if node.kind == "describe":
            return self._describe(node, target)
        if node.kind == "generate":
            return self._call(node, target, target, None, ())
        edit = target.edits[node.stage - 1]
        return self._call(node, target, edit, Reference("the picture before it"), ("edits", node.stage - 1))

    def _call(
        self, node: Node, target: Target, wanted: Target | Edit, parent: Reference | None, path: tuple[str | int, ...]
    ) -> Call | None:
        configured = self._found(wanted.provider, target, path)
        if configured is None:
            return None
        request = Request(
            prompt=wanted.prompt,
            options=wanted.options,
            parent=parent,
            inputs=tuple(
                reference
                for index, given in enumerate(wanted.inputs)
                if (reference := self._reference(target, given, (*path, "inputs", index)))
            ),
            mask=self._reference(target, wanted.mask, (*path, "mask")) if wanted.mask else None,
            markup=self._reference(target, wanted.markup, (*path, "markup")) if wanted.markup else None,
            candidate=node.candidate,
            take=self._takes.get((node.target, node.stage), 1),
        )
        resolution = _resolved(f"provider '{wanted.provider}'", lambda: configured.provider.resolve(request))
        self.notes.update(dict.fromkeys(resolution.notes))
        for problem in resolution.problems:
            self._report_option(target, problem, path)
        self._types[target.id] = resolution.media_type
        return Call(node, configured.provider, resolution.request, resolution.media_type)

    def _describe(self, node: Node, target: Target) -> Call | None:
        """The call that writes an alt text."""
        use = target.describe
        assert use is not None
        configured = self._found(use.provider, target, ("alt",))
        if configured is None:
            return None
        describer = configured.provider.describer()
        if describer is None:
            message = f"provider '{use.provider}' cannot put pictures into words"
            hint = "name one that can: 'alt: {generate: true, provider: NAME}', or write the text yourself"
            self._report(Problem(message, self._spec.place(target.id, "alt"), hint))
            return None
        request = Request(
            use.prompt,
            use.options,
            inputs=(Reference(target.id, media_type=self._types.get(target.id)),),
            take=self._takes.get((node.target, node.stage), 1),
        )
        resolution = _resolved(f"provider '{use.provider}'", lambda: describer.resolve(request))
        self.notes.update(dict.fromkeys(resolution.notes))
        for problem in resolution.problems:
            self._report_option(target, problem, ("alt",))
        return Call(node, configured.provider, resolution.request, "text/plain", describer)

    def _found(self, name: str, target: Target, path: tuple[str | int, ...]) -> ConfiguredProvider | None:
        configured = self.providers.get(name)
        if configured is None and name not in self._spec.providers:
            place = self._spec.place(target.id, *path, "provider")
            self._report(Problem(f"unknown provider '{name}'", place, other_name(name, self._registry.providers)))
        return configured

    def _reference(
        self, target: Target, given: InputFile | InputTarget, path: tuple[str | int, ...]
    ) -> Reference | None:
        if isinstance(given, InputTarget):
            return Reference(given.target)
        try:
            reference = self._open_file(given.path)
        except OSError as error:
            message = f"'{given.path}' cannot be read: {error.strerror or error}"
            self._report(Problem(message, self._spec.place(target.id, *path)))
            return None
        if reference.media_type is None:
            message = f"'{given.path}' is not a picture"
            hint = "png, jpeg, webp, avif, gif and svg files are recognised by their content"
            self._report(Problem(message, self._spec.place(target.id, *path), hint))
            return None
        return reference

    def _report_option(self, target: Target, problem: OptionProblem, path: tuple[str | int, ...]) -> None:
        inner = (
            (problem.field,) if problem.field in ("prompt", "inputs", "mask", "markup") else ("options", problem.field)
        )
        self._report(
            Problem(problem.message, self._spec.place(target.id, *path, *inner, key=problem.unknown), problem.hint)
        )

    def _report(self, problem: Problem) -> None:
        """Note a problem once: a fault in a style shows in every target that uses it."""
        if problem not in self._seen:
            self._seen.add(problem)
            self._problems.append(problem)


def _resolved(who: str, ask: Callable[[], object]) -> Resolution:
    """What a plugin makes of a request. Raises ``PluginError`` that names it when it fails or answers nonsense."""
    try:
        answer = ask()
        if not isinstance(answer, Resolution):
            raise TypeError(f"expected a Resolution, got {type(answer).__name__}")
        canonical(dict(answer.request.options))
    except Exception as error:  # as above
        raise broken(who, "resolving a request", error) from error
    return answer


def _number(value: Json) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _by_place(problem: Problem) -> tuple[str, int, int]:
    place = problem.place
    return (place.file, place.line or 0, place.column or 0) if place else ("", 0, 0)

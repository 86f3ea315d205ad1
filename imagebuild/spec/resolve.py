"""Layers, variants and templates put together: from what the files say to targets that are ready to build."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping as Map
from dataclasses import dataclass

from imagebuild.digest import Json
from imagebuild.spec.check import Fields, is_null
from imagebuild.spec.document import Document, Entry, load_source, to_json
from imagebuild.spec.folder import Folder, PathError
from imagebuild.spec.limit import Budget, TemplateError
from imagebuild.spec.locate import locate
from imagebuild.spec.matrix import Variant, variants_of
from imagebuild.spec.node import Mapping, Node, Scalar, Sequence
from imagebuild.spec.output import bind_variables
from imagebuild.spec.problem import Problems
from imagebuild.spec.source import Undecodable
from imagebuild.spec.template import Template
from imagebuild.target import Edit, InputFile, InputTarget, StepUse, Target

__all__ = ["DEFAULT_PROVIDER", "Layers", "Resolved", "Resolver"]

DEFAULT_PROVIDER = "sketch"
_DEFAULT_OUTPUT = "images/{{ id }}.{{ ext }}"
_STEPS_A_VARIANT = 40  # what making one variant costs, in steps of templates
_SHOWN_VARIANTS = 8

Context = Map[str, Json]


@dataclass(frozen=True, slots=True)
class Layers:
    """The fields of a target from the weakest layer to the target's own, and the target's key."""

    key: Scalar
    fields: tuple[Fields, ...]

    def pick(self, name: str) -> Node | None:
        """The strongest layer's value; None where none is given or it is null."""
        for layer in reversed(self.fields):
            node = layer.get(name)
            if node is not None:
                return None if is_null(node) else node
        return None

    def options(self) -> dict[str, Node]:
        """Options of all layers, merged key by key; null takes a key away."""
        merged: dict[str, Node] = {}
        for layer in self.fields:
            node = layer.get("options")
            if node is None:
                continue
            if not isinstance(node, Mapping):
                merged.clear()
                continue
            for name, (_, value) in node.entries.items():
                if is_null(value):
                    merged.pop(name, None)
                else:
                    merged[name] = value
        return merged


@dataclass(frozen=True, slots=True)
class Resolved:
    """A target with what its output came from."""

    target: Target
    layers: Layers
    output: Template
    output_at: Node


class Resolver:
    """Resolves every target of a document, noting what is wrong."""

    def __init__(self, document: Document, folder: Folder, problems: Problems) -> None:
        self.document = document
        self.folder = folder
        self.problems = problems
        self.budget = Budget(len(document.targets), document.size)
        self.vars: dict[str, Json] = {name: to_json(entry.node) for name, entry in document.vars.items()}
        self.defaults: Fields = {name: entry.node for name, entry in document.defaults.items()}
        self.variants: dict[str, list[Variant]] = {}
        self.ids: set[str] = set()
        self.templates: dict[str, Template | TemplateError] = {}
        self.files: dict[str, Scalar | None] = {}

    def run(self) -> list[Resolved]:
        """Every variant of every target, in the order of the spec."""
        for name, entry in self.document.targets.items():
            matrix = entry.fields.get("matrix")
            self.variants[name] = variants_of(matrix, name, self.problems)
            self.ids.update(variant.id(name) for variant in self.variants[name])
        self.check_templates()
        resolved = []
        try:
            for name, entry in self.document.targets.items():
                layers = self.layers(name, entry)
                for variant in self.variants[name]:
                    self.budget.spend(_STEPS_A_VARIANT, 0)
                    made = _Maker(self, layers, name, variant).make()
                    if made is not None:
                        resolved.append(made)
        except TemplateError as error:  # the budget of the whole spec
            self.problems.add(str(error), entry.key, error.hint)
        return resolved

    def check_templates(self) -> None:
        """Read the prompts of layers, so that faults in one that no target uses are told as well."""
        for fields in (self.defaults, *(style.fields for style in self.document.styles.values())):
            prompt = fields.get("prompt")
            if isinstance(prompt, Scalar) and isinstance(prompt.value, str):
                self.template(prompt)

    def layers(self, name: str, entry: Entry) -> Layers:
        """The layers of target ``name``: defaults, its styles, itself."""
        named = entry.fields.get("style", self.defaults.get("style"))
        items = [] if named is None or is_null(named) else named.items if isinstance(named, Sequence) else [named]
        styles = []
        for item in items:
            style = self.document.styles.get(item.text) if isinstance(item, Scalar) else None
            if style is not None:
                styles.append(style.fields)
            elif isinstance(item, Scalar) and not self.problems.incomplete:
                known = self.document.styles
                otherwise = "styles: " + ", ".join(list(known)[:20]) if known else "this spec has no styles"
                self.problems.add(
                    f"unknown style '{item.text[:60]}'", item, self.problems.suggest(item.text, known, otherwise)
                )
        return Layers(entry.key, (self.defaults, *styles, entry.fields))

    def template(self, node: Scalar) -> Template | None:
        """The template of a scalar; None, with a note, where it cannot be read."""
        found = self.templates.get(node.text)
        if found is None:
            try:
                found = Template(node.text)
            except TemplateError as error:
                found = error
            self.templates[node.text] = found
        if isinstance(found, Template):
            return found
        self.note(node, found)
        return None

    def render(self, node: Scalar, context: Context) -> str | None:
        """A scalar's text; None, with a note, where it cannot be rendered."""
        template = self.template(node)
        if template is None:
            return None
        self.budget.spend(1, 0)
        if template.is_plain:
            return template.source
        try:
            return template.render(context, budget=self.budget)
        except TemplateError as error:
            self.note(node, error)
            return None

    def note(self, node: Scalar, error: TemplateError) -> None:
        """Tell what is wrong with a template, unless a file that could not be read may be the cause."""
        if self.problems.incomplete and str(error).startswith("unknown name"):
            return
        if self.budget.steps < 0 or self.budget.text < 0:
            raise error
        self.problems.add(str(error), locate(node, error.line, error.token), error.hint)

    def path(self, node: Scalar, context: Context) -> str | None:
        """A file of the project, named by a template relative to the file that holds it."""
        text = self.render(node, context)
        if text is None:
            return None
        try:
            return self.folder.find(node.source.folder, text)
        except PathError as error:
            self.problems.add(str(error), node, error.hint)
            return None

    def file(self, node: Scalar, context: Context) -> Scalar | None:
        """The text of a prompt file, as a scalar that knows its places."""
        path = self.path(node, context)
        if path is None:
            return None
        if path not in self.files:
            self.files[path] = None
            try:
                source = load_source(self.folder, path, self.problems)
            except PathError as error:
                self.problems.add(str(error), node, error.hint)
            except Undecodable as error:
                self.problems.add(error.message, error.place, error.hint)
            else:
                text = source.text.replace("\r\n", "\n").replace("\r", "\n")
                self.files[path] = Scalar(source, 0, len(source.text), text, text, "file")
        return self.files[path]

    def json(self, node: Node, context: Context) -> Json:
        """The value of ``node`` with every text in it rendered."""
        if isinstance(node, Scalar):
            if isinstance(node.value, str):
                return self.render(node, context)
            self.budget.spend(1, 0)
            return node.value
        self.budget.spend(1, 0)
        if isinstance(node, Sequence):
            return [self.json(item, context) for item in node.items]
        return {key: self.json(value, context) for key, (_, value) in node.entries.items()}


class _Maker:
    """Makes one variant. Everything that can be wrong is looked at before it gives up."""

    def __init__(self, resolver: Resolver, layers: Layers, name: str, variant: Variant) -> None:
        self.resolver = resolver
        self.problems = resolver.problems
        self.layers = layers
        self.name = name
        self.variant = variant
        self.id = variant.id(name)
        self.slug = variant.slug(name)
        own: dict[str, Json] = {**variant.values, "id": self.slug, "target": name}
        self.context: Context = ChainMap(own, resolver.vars)

    def make(self) -> Resolved | None:
        layers = self.layers
        before = len(self.problems)
        provider_node = layers.pick("provider")
        provider = provider_node.text if isinstance(provider_node, Scalar) else DEFAULT_PROVIDER
        option_nodes = layers.options()
        options = {key: self.resolver.json(node, self.context) for key, node in option_nodes.items()}
        prompt = self.prompt()
        output, output_at = self.output()
        mask, alt = layers.pick("mask"), layers.pick("alt")
        candidates, frozen = layers.pick("candidates"), layers.pick("frozen")
        target = Target(
            id=self.id,
            name=self.name,
            slug=self.slug,
            provider=provider,
            prompt=prompt or "",
            options=options,
            inputs=self.inputs(layers.pick("inputs")),
            mask=self.mask(mask),
            edits=self.edits(provider, options),
            candidates=candidates.value if isinstance(candidates, Scalar) and isinstance(candidates.value, int) else 1,
            steps=self.steps(),
            alt=self.resolver.render(alt, self.context) if isinstance(alt, Scalar) else None,
            output=output.source if output else _DEFAULT_OUTPUT,
            tags=self.tags(),
            frozen=isinstance(frozen, Scalar) and frozen.value is True,
            variant=self.variant.values,
        )
        if output is None or prompt is None or len(self.problems) > before:
            return None
        return Resolved(target, layers, output, output_at)

    def text(self, node: Node | None, context: Context) -> tuple[Scalar | None, str | None]:
        """A prompt's scalar, from the spec or a file, and its text."""
        if isinstance(node, Mapping):
            path = node.get("file")
            node = self.resolver.file(path, self.context) if isinstance(path, Scalar) else None
        if not isinstance(node, Scalar):
            return None, None
        text = self.resolver.render(node, context)
        return node, text.strip() if text is not None else None

    def prompt(self) -> str | None:
        """The target's own prompt, wrapped by the templates of its layers, weakest first."""
        *layers, own = self.layers.fields
        node = own.get("prompt")
        scalar, text = self.text(node, self.context)
        if node is not None and not is_null(node) and text is None:
            return None
        for layer in layers:
            wrap = layer.get("prompt")
            if wrap is None or is_null(wrap):
                continue
            context = ChainMap({"prompt": text}, self.context) if text is not None else self.context  # type: ignore[arg-type]
            if text is None and self.asks_for_prompt(wrap):
                break
            scalar, text = self.text(wrap, context)
            if text is None:
                return None
        if text is None:
            message = f"target '{self.name}' has no prompt"
            self.problems.add(message, self.layers.key, 'for example: prompt: "Draw a sunset over mountains"')
        elif not text and scalar is not None:
            self.problems.add(f"the prompt of target '{self.id}' is empty", scalar)
            return None
        return text

    def asks_for_prompt(self, wrap: Node) -> bool:
        if isinstance(wrap, Mapping):
            path = wrap.get("file")
            found = self.resolver.file(path, self.context) if isinstance(path, Scalar) else None
            template = self.resolver.template(found) if found else None
        else:
            template = self.resolver.template(wrap) if isinstance(wrap, Scalar) else None
        return template is not None and "prompt" in template.names

    def inputs(self, node: Node | None) -> tuple[InputFile | InputTarget, ...]:
        found: list[InputFile | InputTarget] = []
        for item in node.items if isinstance(node, Sequence) else ():
            if isinstance(item, Mapping):
                named = item.get("target")
                target = self.reference(named) if isinstance(named, Scalar) else None
                if target is not None:
                    found.append(InputTarget(target))
            elif isinstance(item, Scalar):
                path = self.resolver.path(item, self.context)
                if path is not None:
                    found.append(InputFile(path))
        return tuple(found)

    def reference(self, node: Scalar) -> str | None:
        """The id of the variant that ``{target: X}`` means."""
        resolver = self.resolver
        wanted = resolver.render(node, self.context)
        if wanted is None or wanted in resolver.ids:
            return wanted
        variants = resolver.variants.get(wanted)
        if variants is None:
            if not self.problems.incomplete:
                name = wanted.split("[")[0]
                of_name = [variant.id(name) for variant in resolver.variants.get(name, ())][:500]
                hint = self.problems.suggest(wanted, of_name or resolver.variants)
                self.problems.add(f"unknown target '{wanted[:100]}'", node, hint)
            return None
        if not variants:
            return None
        axes = variants[0].texts
        if all(axis in self.variant.texts for axis in axes):
            same = Variant({}, {axis: self.variant.texts[axis] for axis in axes}).id(wanted)
            if same in resolver.ids:
                return same
        listed = ", ".join(variant.id(wanted) for variant in variants[:_SHOWN_VARIANTS])
        more = ", ..." if len(variants) > _SHOWN_VARIANTS else ""
        message = f"target '{wanted}' has {len(variants)} variants, and '{self.id}' does not say which one it means"
        self.problems.add(message, node, f"name one of {listed}{more}")
        return None

    def mask(self, node: Node | None) -> InputFile | None:
        path = self.resolver.path(node, self.context) if isinstance(node, Scalar) else None
        return InputFile(path) if path is not None else None

    def edits(self, provider: str, options: Map[str, Json]) -> tuple[Edit, ...]:
        node = self.layers.pick("edits")
        found = []
        for item in node.items if isinstance(node, Sequence) else ():
            edit = self.edit(item, provider, options)
            if edit is not None:
                found.append(edit)
        return tuple(found)

    def edit(self, node: Node, provider: str, options: Map[str, Json]) -> Edit | None:
        block = node if isinstance(node, Mapping) else None
        scalar, prompt = self.text(block.get("prompt") if block else node, self.context)
        if prompt is None:
            return None
        if not prompt and scalar is not None:
            self.problems.add(f"the prompt of an edit of target '{self.id}' is empty", scalar)
        if block is None:
            return Edit(prompt, provider, options)
        named = block.get("provider")
        own = named.text if isinstance(named, Scalar) and not is_null(named) else provider
        merged = dict(options) if own == provider else {}
        given = block.get("options")
        for key, (_, value) in given.entries.items() if isinstance(given, Mapping) else ():
            if is_null(value):
                merged.pop(key, None)
            else:
                merged[key] = self.resolver.json(value, self.context)
        mask = block.get("mask")
        return Edit(
            prompt,
            own,
            merged,
            self.inputs(block.get("inputs")),
            None if mask is None or is_null(mask) else self.mask(mask),
        )

    def steps(self) -> tuple[StepUse, ...]:
        node = self.layers.pick("steps")
        found = []
        for item in node.items if isinstance(node, Sequence) else ():
            if isinstance(item, Scalar):
                found.append(StepUse(item.text))
            elif isinstance(item, Mapping):
                for name, (_, value) in item.entries.items():
                    options = self.resolver.json(value, self.context)
                    found.append(StepUse(name, options if isinstance(options, dict) else {}))
        return tuple(found)

    def tags(self) -> tuple[str, ...]:
        """Tags of all layers, each once; null takes those of weaker layers away."""
        found: dict[str, None] = {}
        for layer in self.layers.fields:
            node = layer.get("tags")
            if node is None:
                continue
            if is_null(node):
                found.clear()
                continue
            for item in node.items if isinstance(node, Sequence) else [node]:
                text = self.resolver.render(item, self.context) if isinstance(item, Scalar) else None
                if text is not None:
                    found[text] = None
        return tuple(found)

    def output(self) -> tuple[Template | None, Node]:
        """The output's template, with the variables it asks for bound to it."""
        node = self.layers.pick("output")
        if not isinstance(node, Scalar):
            default = Scalar(self.layers.key.source, 0, 0, _DEFAULT_OUTPUT, _DEFAULT_OUTPUT)
            return self.resolver.template(default), self.layers.key
        template = self.resolver.template(node)
        if template is None:
            return None, node
        bound = {name: self.resolver.vars[name] for name in sorted(template.names) if name in self.resolver.vars}
        bound = {name: value for name, value in bound.items() if name not in self.variant.values}
        if not bound:
            return template, node
        text = bind_variables(node.text, bound)
        return self.resolver.template(Scalar(node.source, node.start, node.end, text, text, node.style)), node

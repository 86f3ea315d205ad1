"""Makes one variant of a target out of its layers."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping as Map

from imagebuild.digest import Json
from imagebuild.option import MAIN
from imagebuild.spec.layer import Layers, Resolved
from imagebuild.spec.matrix import Variant
from imagebuild.spec.node import Mapping, Node, Scalar, Sequence
from imagebuild.spec.render import Context, Renderer
from imagebuild.spec.shape import is_null
from imagebuild.spec.template import Template
from imagebuild.spec.use import use_of
from imagebuild.target import (
    DEFAULT_OUTPUT,
    AltUse,
    CheckUse,
    Edit,
    Input,
    InputFile,
    InputTag,
    InputTarget,
    StepUse,
    Target,
)

__all__ = ["DEFAULT_PROVIDER", "Maker"]

DEFAULT_PROVIDER = "sketch"
_SHOWN_VARIANTS = 8


class Maker:
    """Makes one variant. Everything that can be wrong is looked at before it gives up."""

    def __init__(self, renderer: Renderer, layers: Layers, name: str, variant: Variant) -> None:
        self.renderer = renderer
        self.problems = renderer.problems
        self.layers = layers
        self.given = layers.given()
        self.name = name
        self.variant = variant
        self.id = variant.id(name)
        self.slug = variant.slug(name)
        self.own: dict[str, Json] = {**variant.values, "id": self.slug, "target": name}
        self.context: Context = ChainMap(self.own, renderer.vars)
        self.reads: set[str] = set()
        self.wants: set[str] = set()

    def make(self) -> Resolved | None:
        """The target, or None where something about it is wrong."""
        layers = self.layers
        before = len(self.problems)
        provider_node = self.given.get("provider")
        provider = provider_node.text if isinstance(provider_node, Scalar) else DEFAULT_PROVIDER
        option_nodes = layers.options()
        options = {key: self.renderer.json(node, self.context) for key, node in option_nodes.items()}
        self.renderer.budget.spend(len(options), 0)
        sources = self.sources(layers.fields[-1].get("from"))
        prompt = "" if sources else self.prompt()
        output, output_at = self.output()
        mask, alt = self.given.get("mask"), self.given.get("alt")
        candidates, frozen, accept = self.given.get("candidates"), self.given.get("frozen"), self.given.get("accept")
        target = Target(
            id=self.id,
            name=self.name,
            slug=self.slug,
            provider=provider,
            prompt=prompt or "",
            options=options,
            inputs=self.inputs(self.given.get("inputs")),
            mask=self.picture(mask),
            markup=self.picture(self.given.get("markup")),
            edits=self.edits(provider, options),
            candidates=candidates.value if isinstance(candidates, Scalar) and isinstance(candidates.value, int) else 1,
            steps=tuple(StepUse(name, options, found) for name, options, found, _ in self.uses("steps")),
            checks=tuple(CheckUse(*use) for use in self.uses("checks")),
            alt=self.renderer.render(alt, self.context) if isinstance(alt, Scalar) else None,
            describe=self.describe(alt, provider) if isinstance(alt, Mapping) else None,
            output=output.source if output else DEFAULT_OUTPUT,
            tags=self.tags(),
            sources=sources,
            provenance=self.provenance(),
            frozen=isinstance(frozen, Scalar) and frozen.value is True,
            accept="any" if isinstance(accept, Scalar) and accept.text == "any" else "exact",
            variant=self.variant.values,
        )
        if output is None or prompt is None or len(self.problems) > before:
            return None
        return Resolved(target, layers, output, output_at, frozenset(self.reads), frozenset(self.wants))

    def text(self, node: Node | None, context: Context) -> tuple[Scalar | None, str | None]:
        """A prompt's scalar, from the spec or a file, and its text."""
        if isinstance(node, Mapping):
            path = node.get("file")
            node = self.file(path) if isinstance(path, Scalar) else None
        if not isinstance(node, Scalar):
            return None, None
        text = self.renderer.render(node, context)
        return node, text.strip() if text is not None else None

    def file(self, path: Scalar) -> Scalar | None:
        """The text of a prompt file."""
        found = self.renderer.file(path, self.context)
        if found is not None:
            self.reads.add(found.source.file)
        return found

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
            context: Context = self.context
            if text is not None:
                context = ChainMap({**self.own, "prompt": text}, self.renderer.vars)
            if text is None and self.asks_for_prompt(wrap):
                break
            scalar, text = self.text(wrap, context)
            if text is None:
                return None
        if text is None and not self.layers.whole:
            return None
        if text is None:
            message = f"target '{self.name}' has no prompt"
            self.problems.add(message, self.layers.key, 'for example: prompt: "Draw a sunset over mountains"')
        elif not text and scalar is not None:
            self.problems.add(f"the prompt of target '{self.id}' is empty", scalar)
            return None
        return text

    def asks_for_prompt(self, wrap: Node) -> bool:
        """Whether a layer's prompt cannot stand without the target's."""
        if isinstance(wrap, Mapping):
            path = wrap.get("file")
            found = self.file(path) if isinstance(path, Scalar) else None
            template = self.renderer.template(found) if found else None
        else:
            template = self.renderer.template(wrap) if isinstance(wrap, Scalar) else None
        return template is not None and "prompt" in template.names

    def inputs(self, node: Node | None) -> tuple[Input, ...]:
        """Reference pictures: files that exist, and ids of variants."""
        found: list[Input] = []
        for item in node.items if isinstance(node, Sequence) else ():
            if isinstance(item, Mapping):
                named = item.get("target")
                target = self.reference(named) if isinstance(named, Scalar) else None
                if target is not None:
                    found.append(InputTarget(target))
            elif isinstance(item, Scalar):
                path = self.renderer.path(item, self.context)
                if path is not None:
                    found.append(InputFile(path))
        return tuple(found)

    def reference(self, node: Scalar) -> str | None:
        """The id of the variant that ``{target: X}`` means."""
        renderer = self.renderer
        wanted = renderer.render(node, self.context)
        self.wants.add(wanted or "")
        if wanted is None or wanted in renderer.ids:
            return wanted
        variants = renderer.variants.get(wanted)
        if variants is None:
            if not self.problems.incomplete:
                name = wanted.split("[")[0]
                of_name = [variant.id(name) for variant in renderer.variants.get(name, ())][:500]
                hint = self.problems.suggest(wanted, of_name or renderer.variants)
                self.problems.add(f"unknown target '{wanted[:100]}'", node, hint)
            return None
        if not variants:
            return None
        axes = variants[0].texts
        if all(axis in self.variant.texts for axis in axes):
            same = Variant({}, {axis: self.variant.texts[axis] for axis in axes}).id(wanted)
            if same in renderer.ids:
                return same
        listed = ", ".join(variant.id(wanted) for variant in variants[:_SHOWN_VARIANTS])
        more = ", ..." if len(variants) > _SHOWN_VARIANTS else ""
        message = f"target '{wanted}' has {len(variants)} variants, and '{self.id}' does not say which one it means"
        self.problems.add(message, node, f"name one of {listed}{more}")
        return None

    def picture(self, node: Node | None) -> InputFile | None:
        """The file of a mask or markup, None where a layer says null."""
        if not isinstance(node, Scalar) or is_null(node):
            return None
        path = self.renderer.path(node, self.context)
        return InputFile(path) if path is not None else None

    def edits(self, provider: str, options: Map[str, Json]) -> tuple[Edit, ...]:
        """The strongest layer's edits."""
        node = self.given.get("edits")
        found = []
        for item in node.items if isinstance(node, Sequence) else ():
            self.renderer.budget.spend(10, 0)
            edit = self.edit(item, provider, options)
            if edit is not None:
                found.append(edit)
        return tuple(found)

    def edit(self, node: Node, provider: str, options: Map[str, Json]) -> Edit | None:
        """One edit; the target's options hold for it too, unless another provider makes it."""
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
        self.renderer.budget.spend(len(merged), 0)
        given = block.get("options")
        for key, (_, value) in given.entries.items() if isinstance(given, Mapping) else ():
            if is_null(value):
                merged.pop(key, None)
            else:
                merged[key] = self.renderer.json(value, self.context)
        return Edit(
            prompt,
            own,
            merged,
            self.inputs(block.get("inputs")),
            self.picture(block.get("mask")),
            self.picture(block.get("markup")),
        )

    def uses(self, field: str) -> list[tuple[str, dict[str, Json], dict[str, Input], int]]:
        """The strongest layer's steps or checks: name, options, what the options name, and how often to try again."""
        node = self.given.get(field)
        found = []
        for item in node.items if isinstance(node, Sequence) else ():
            self.renderer.budget.spend(4, 0)
            name, value, retry = use_of(item)
            options, references = self.used(value) if value is not None else ({}, {})
            found.append((name, options, references, retry))
        return found

    def used(self, value: Node) -> tuple[dict[str, Json], dict[str, Input]]:
        """The options that stand after a name; a bare value, or a bare reference, stands under the empty name."""
        reference = self.named(value)
        if reference is not None or not isinstance(value, Mapping):
            given: dict[str, Node] = {MAIN: value}
        else:
            given = {key: node for key, (_, node) in value.entries.items()}
        references = {name: found for name, node in given.items() if (found := self.named(node)) is not None}
        return {name: self.renderer.json(node, self.context) for name, node in given.items()}, references

    def named(self, node: Node) -> Input | None:
        """What ``{file: PATH}`` or ``{target: NAME}`` names, None for anything else."""
        if not isinstance(node, Mapping) or len(node.entries) != 1:
            return None
        (kind, (_, value)), *_ = node.entries.items()
        if not isinstance(value, Scalar) or not isinstance(value.value, str) or kind not in ("file", "target"):
            return None
        if kind == "file":
            path = self.renderer.path(value, self.context)
            return InputFile(path) if path is not None else None
        target = self.reference(value)
        return InputTarget(target) if target is not None else None

    def sources(self, node: Node | None) -> tuple[Input | InputTag, ...]:
        """What the chain begins with in place of a prompt."""
        if node is None or is_null(node):
            return ()
        for field in ("prompt", "inputs", "candidates", "mask", "markup"):
            other = self.layers.fields[-1].get(field)
            if other is not None and not is_null(other):
                hint = "take one of the two out: 'from' begins with pictures that are there"
                self.problems.add(f"target '{self.name}' has both 'from' and '{field}'", other, hint)
        found: list[Input | InputTag] = []
        for item in node.items if isinstance(node, Sequence) else [node]:
            if isinstance(item, Mapping) and isinstance(tag := item.get("tag"), Scalar):
                text = self.renderer.render(tag, self.context)
                found += [InputTag(text)] if text is not None else []
            elif isinstance(item, Mapping) and isinstance(target := item.get("target"), Scalar):
                found += [InputTarget(each) for each in self.variants_named(target)]
            elif isinstance(item, Scalar) and (path := self.renderer.path(item, self.context)) is not None:
                found.append(InputFile(path))
        edits = self.given.get("edits")
        if isinstance(edits, Sequence) and edits.items and not (len(found) == 1 and isinstance(found[0], InputFile)):
            hint = "name one picture file under 'from', so that what is bought does not hang on local steps"
            self.problems.add(f"target '{self.name}' can change only a single file by 'edits'", edits, hint)
        return tuple(found)

    def variants_named(self, node: Scalar) -> list[str]:
        """One variant by its id or by this one's axes, or all variants of a target."""
        wanted = self.renderer.render(node, self.context)
        self.wants.add(wanted or "")
        variants = self.renderer.variants.get(wanted or "", [])
        if wanted in self.renderer.ids or not variants:
            found = self.reference(node)
            return [found] if found is not None else []
        if all(axis in self.variant.texts for axis in variants[0].texts):
            found = self.reference(node)
            return [found] if found is not None else []
        self.renderer.budget.spend(len(variants), 0)
        return [variant.id(str(wanted)) for variant in variants]

    def describe(self, node: Mapping, provider: str) -> AltUse:
        """Who writes the alt text."""
        named, given = node.get("provider"), node.get("options")
        _, prompt = self.text(node.get("prompt"), self.context)
        entries = given.entries if isinstance(given, Mapping) else {}
        options = {key: self.renderer.json(value, self.context) for key, (_, value) in entries.items()}
        own = named.text if isinstance(named, Scalar) and not is_null(named) else provider
        return AltUse(own, prompt or "", options)

    def provenance(self) -> str:
        """The strongest layer's, else that of the spec; empty where nobody says."""
        node = self.given.get("provenance")
        return node.text if isinstance(node, Scalar) else self.renderer.document.provenance

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
                text = self.renderer.render(item, self.context) if isinstance(item, Scalar) else None
                if text is not None:
                    found[text] = None
        return tuple(found)

    def output(self) -> tuple[Template | None, Node]:
        """The output's template, with the variables it asks for bound to it."""
        node = self.given.get("output")
        if not isinstance(node, Scalar):
            default = Scalar(self.layers.key.source, 0, 0, DEFAULT_OUTPUT, DEFAULT_OUTPUT)
            return self.renderer.template(default), self.layers.key
        template = self.renderer.template(node)
        if template is None:
            return None, node
        text = self.renderer.bound(node, template, self.variant)
        return self.renderer.template(Scalar(node.source, node.start, node.end, text, text, node.style)), node

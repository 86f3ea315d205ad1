"""From what the files say to targets that are ready to build."""

from __future__ import annotations

from msgspec.structs import replace

from imagebuild.spec.check import Fields
from imagebuild.spec.document import Document, Entry
from imagebuild.spec.layer import Layers, Resolved
from imagebuild.spec.make import Maker
from imagebuild.spec.matrix import variants_of
from imagebuild.spec.node import Scalar, Sequence
from imagebuild.spec.problem import Problems
from imagebuild.spec.render import Renderer
from imagebuild.spec.shape import is_null
from imagebuild.target import Input, InputTag, InputTarget

__all__ = ["Resolver"]


class Resolver:
    """Resolves every target of a document, noting what is wrong."""

    def __init__(self, document: Document, renderer: Renderer, problems: Problems) -> None:
        self.document = document
        self.renderer = renderer
        self.problems = problems
        self.defaults: Fields = {name: entry.node for name, entry in document.defaults.items()}

    def run(self) -> list[Resolved]:
        """Every variant of every target, in the order of the spec."""
        for name, entry in self.document.targets.items():
            matrix = entry.fields.get("matrix")
            self.renderer.variants[name] = variants_of(matrix, name, self.problems, self.renderer.budget)
            self.renderer.ids.update(variant.id(name) for variant in self.renderer.variants[name])
        self.check_templates()
        resolved = []
        for name, entry in self.document.targets.items():
            layers = self.layers(name, entry)
            for variant in self.renderer.variants[name]:
                made = Maker(self.renderer, layers, name, variant).make()
                if made is not None:
                    resolved.append(made)
        return [self.expanded(each, resolved) for each in resolved]

    def expanded(self, each: Resolved, everything: list[Resolved]) -> Resolved:
        """A target whose sources by tag are the targets that have it."""
        target = each.target
        if not any(isinstance(source, InputTag) for source in target.sources):
            return each
        found: dict[Input, None] = {}
        for source in target.sources:
            if not isinstance(source, InputTag):
                found[source] = None
                continue
            tagged = [other.target.id for other in everything if source.tag in other.target.tags]
            self.renderer.budget.spend(len(everything), 0)
            if tagged in ([], [target.id]) and not self.problems.incomplete:
                message = f"no other target has the tag '{source.tag[:60]}'"
                self.problems.add(
                    message, each.layers.fields[-1].get("from"), "write 'tags: [...]' at the targets meant"
                )
            found.update(dict.fromkeys(InputTarget(name) for name in tagged if name != target.id))
        return replace(each, target=replace(target, sources=tuple(found)), by_tag=True)

    def check_templates(self) -> None:
        """Read the prompts of layers, so that faults in one that no target uses are told as well."""
        for fields in (self.defaults, *(style.fields for style in self.document.styles.values())):
            prompt = fields.get("prompt")
            if isinstance(prompt, Scalar) and isinstance(prompt.value, str):
                self.renderer.template(prompt)

    def layers(self, name: str, entry: Entry) -> Layers:
        """The layers of target ``name``: defaults, its styles, itself."""
        named = entry.fields.get("style", self.defaults.get("style"))
        items = [] if named is None or is_null(named) else named.items if isinstance(named, Sequence) else [named]
        styles = []
        whole = entry.whole and self.document.defaults_whole
        for item in items:
            style = self.document.styles.get(item.text) if isinstance(item, Scalar) else None
            if style is not None:
                styles.append(style.fields)
                whole = whole and style.whole
                continue
            whole = False
            if isinstance(item, Scalar) and not self.problems.incomplete:
                known = self.document.styles
                otherwise = "styles: " + ", ".join(list(known)[:20]) if known else "this spec has no styles"
                self.problems.add(
                    f"unknown style '{item.text[:60]}'", item, self.problems.suggest(item.text, known, otherwise)
                )
        return Layers(entry.key, (self.defaults, *styles, entry.fields), whole)

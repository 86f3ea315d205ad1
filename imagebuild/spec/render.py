"""Renders what stands in the spec, with every fault noted at its place."""

from __future__ import annotations

from collections.abc import Mapping as Map

from imagebuild.digest import Json
from imagebuild.spec.document import Document, load_source, to_json
from imagebuild.spec.folder import Folder, PathError
from imagebuild.spec.limit import Budget, TemplateError
from imagebuild.spec.locate import locate
from imagebuild.spec.matrix import Variant
from imagebuild.spec.node import Node, Scalar, Sequence
from imagebuild.spec.output import bind_variables
from imagebuild.spec.problem import Problems
from imagebuild.spec.source import Undecodable
from imagebuild.spec.template import Template

__all__ = ["Context", "Renderer"]

Context = Map[str, Json]


class Renderer:
    """Templates and files of a spec, each read once, with the budget of all of them. ``loops``: whether they may."""

    def __init__(self, document: Document, folder: Folder, problems: Problems, *, loops: bool = True) -> None:
        self.document = document
        self.folder = folder
        self.problems = problems
        self.loops = loops
        self.budget = Budget(len(document.targets), document.size)
        self.vars: dict[str, Json] = {name: to_json(entry.node) for name, entry in document.vars.items()}
        self.variants: dict[str, list[Variant]] = {}
        self.ids: set[str] = set()
        self.templates: dict[str, Template | TemplateError] = {}
        self.files: dict[str, Scalar | None] = {}
        self._bound: dict[tuple[str, tuple[str, ...]], str] = {}

    def template(self, node: Scalar) -> Template | None:
        """The template of a scalar; None, with a note, where it cannot be read."""
        found = self.templates.get(node.text)
        if found is None:
            try:
                found = Template(node.text, loops=self.loops)
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
        self.budget.spend(2, 0)
        if isinstance(node, Sequence):
            return [self.json(item, context) for item in node.items]
        return {key: self.json(value, context) for key, (_, value) in node.entries.items()}

    def bound(self, node: Scalar, template: Template, variant: Variant) -> str:
        """An output template with the variables it asks for set in front, so that the spec is not needed any more."""
        key = (node.text, tuple(variant.values))
        if key not in self._bound:
            names = sorted(name for name in template.names if name in self.vars and name not in variant.values)
            self._bound[key] = bind_variables(node.text, {name: self.vars[name] for name in names})
        return self._bound[key]

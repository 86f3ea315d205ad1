"""Evaluates a template's syntax tree step by step, so that every step can be counted.

Jinja2 reads the template; its own compiler and sandbox are not used, because they bound neither time nor memory. What
has no method here does not exist in a spec's templates.
"""

# ruff: noqa: D102, N802 - the methods are named after Jinja2's syntax nodes and do what those say

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, cast

from imagebuild.digest import Json
from imagebuild.spec.expression import Expressions
from imagebuild.spec.limit import LONGEST_TEXT, MOST_ITEMS, TemplateError
from imagebuild.spec.value import Undefined, Value, name_of, text_of

if TYPE_CHECKING:
    from jinja2 import nodes

__all__ = ["Evaluator", "evaluates"]


def evaluates(kind: str) -> bool:
    """Whether templates may hold syntax nodes of the class ``kind``."""
    return hasattr(Evaluator, "on_" + kind)


class Evaluator(Expressions):
    """One rendering: the statements of a template."""

    def __init__(self, context: Mapping[str, Json], *, lenient: bool) -> None:
        super().__init__(context, lenient=lenient)
        self.passes = 0
        self.length = 0
        self.out: list[str] = []

    def run(self, body: Iterable[nodes.Node]) -> str:
        """The text of ``body``. Raises `TemplateError`."""
        try:
            self.body(body)
        except TemplateError as error:
            error.line = error.line or self.line
            raise
        return "".join(self.out)

    def body(self, body: Iterable[nodes.Node]) -> None:
        for node in body:
            self.eval(node)

    def on_Output(self, node: nodes.Output) -> None:
        for part in node.nodes:
            text = text_of(self.eval(part))
            self.length += len(text)
            if self.length > LONGEST_TEXT:
                raise TemplateError(f"a template gives more than {LONGEST_TEXT} characters")
            self.out.append(text)

    def on_If(self, node: nodes.If) -> None:
        if self.true(node.test):
            return self.body(node.body)
        for other in node.elif_:
            if self.true(other.test):
                return self.body(other.body)
        return self.body(node.else_)

    def on_Assign(self, node: nodes.Assign) -> None:
        self.assign(node.target, self.defined(node.node))

    def on_With(self, node: nodes.With) -> None:
        values = [self.defined(value) for value in node.values]
        self.scopes.append({})
        for target, value in zip(node.targets, values, strict=True):
            self.assign(target, value)
        self.body(node.body)
        self.scopes.pop()

    def on_Scope(self, node: nodes.Scope) -> None:
        self.scopes.append({})
        self.body(node.body)
        self.scopes.pop()

    def on_For(self, node: nodes.For) -> None:
        items = self.iterable(self.defined(node.iter))
        if node.test is not None:
            items = list(self.chosen(node, items))
        previous: Value = Undefined("the first pass of a loop has no item before it", node.lineno, "previtem")
        for index, item in enumerate(items):
            self.count_pass()
            after = items[index + 1] if index + 1 < len(items) else None
            self.scopes.append({"loop": _loop(index, len(items), previous, after)})
            self.assign(node.target, item)
            self.body(node.body)
            self.scopes.pop()
            previous = item
        if not items:
            self.body(node.else_)

    def chosen(self, node: nodes.For, items: list[Json]) -> Iterator[Json]:
        for item in items:
            self.count_pass()
            self.scopes.append({})
            self.assign(node.target, item)
            if node.test is not None and self.true(node.test):
                yield item
            self.scopes.pop()

    def count_pass(self) -> None:
        self.passes += 1
        if self.passes > MOST_ITEMS:
            raise TemplateError(f"the loops of a template make more than {MOST_ITEMS} passes", "make them shorter")

    def assign(self, target: nodes.Node, value: Json) -> None:
        kind = type(target).__name__
        if kind == "Name":
            self.scopes[-1][cast("nodes.Name", target).name] = value
            return
        names = cast("nodes.Tuple", target).items
        items = self.iterable(value)
        if len(items) != len(names):
            raise TemplateError(f"{len(items)} values cannot be given to {len(names)} names")
        for name, item in zip(names, items, strict=True):
            self.assign(name, item)

    def iterable(self, value: Json) -> list[Json]:
        if isinstance(value, str | list | tuple | Mapping):
            items: list[Json] = list(value)
            if len(items) > MOST_ITEMS:
                raise TemplateError(f"a loop cannot go over more than {MOST_ITEMS} items")
            self.steps += len(items)
            return items
        raise TemplateError(f"a loop goes over a list, and this is {name_of(value)}")


def _loop(index: int, length: int, previous: Value, after: Json) -> Json:
    facts: dict[str, Json] = {
        "index": index + 1,
        "index0": index,
        "first": index == 0,
        "last": index == length - 1,
        "length": length,
        "revindex": length - index,
        "revindex0": length - index - 1,
    }
    if not isinstance(previous, Undefined):
        facts["previtem"] = previous
    if index + 1 < length:
        facts["nextitem"] = after
    return facts

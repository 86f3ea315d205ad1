"""Evaluates the expressions of a template, counting every step and looking at sizes before anything is built."""

# ruff: noqa: D102, N802, N815 - the methods are named after Jinja2's syntax nodes and do what those say

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, cast

from imagebuild.digest import Json
from imagebuild.spec.filter import FILTERS, TESTS
from imagebuild.spec.limit import MOST_ITEMS, MOST_STEPS, TemplateError
from imagebuild.spec.problem import suggest
from imagebuild.spec.value import Undefined, Value, binary, bounded, compare, name_of, number, text_of

if TYPE_CHECKING:
    from jinja2 import nodes

__all__ = ["Expressions"]

_METHODS = ("items", "keys", "values")


class Expressions:
    """The state of one rendering. ``lenient`` lets a condition ask for a name that is not there."""

    def __init__(self, context: Mapping[str, Json], *, lenient: bool) -> None:
        self.context = context
        self.scopes: list[dict[str, Value]] = [{}]
        self.lenient = lenient
        self.steps = 0
        self.line = 1

    def eval(self, node: nodes.Node) -> Value:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TemplateError(f"a template does more than {MOST_STEPS} steps", "make its loops shorter")
        self.line = node.lineno
        kind = type(node).__name__
        handler: Callable[[nodes.Node], Value] = getattr(self, "on_" + kind)
        value = handler(node)
        if kind != "Name" and isinstance(value, str | list):  # what is built is paid for, a name only points at it
            self.steps += len(value) >> 6 if isinstance(value, str) else len(value)
        return value

    def true(self, node: nodes.Node) -> bool:
        return self.truth(self.eval(node))

    def truth(self, value: Value) -> bool:
        if isinstance(value, Undefined):
            if self.lenient:
                return False
            raise value.error()
        return bool(value)

    def defined(self, node: nodes.Node) -> Json:
        value = self.eval(node)
        if isinstance(value, Undefined):
            raise value.error()
        return value

    def on_TemplateData(self, node: nodes.TemplateData) -> str:
        return node.data

    def on_Const(self, node: nodes.Const) -> Json:
        return cast("Json", node.value)

    def on_Name(self, node: nodes.Name) -> Value:
        for scope in reversed(self.scopes):
            if node.name in scope:
                return scope[node.name]
        if node.name in self.context:
            return self.context[node.name]
        own = getattr(self.context, "maps", (self.context,))
        known = sorted({name for scope in (*self.scopes, *own) for name in islice(scope, 200)})
        listed = "known here: " + ", ".join(known[:20]) if known else "there are no names here"
        name = node.name
        return Undefined(f"unknown name '{name}'", node.lineno, name, lambda: suggest(name, known, listed))

    def on_List(self, node: nodes.List) -> Json:
        return [self.defined(item) for item in node.items]

    on_Tuple = on_List

    def on_Dict(self, node: nodes.Dict) -> Json:
        return {text_of(self.defined(pair.key)): self.defined(pair.value) for pair in node.items}

    def on_Pair(self, node: nodes.Pair) -> Json:
        raise AssertionError("read by on_Dict")

    def on_CondExpr(self, node: nodes.CondExpr) -> Value:
        if self.true(node.test):
            return self.eval(node.expr1)
        return "" if node.expr2 is None else self.eval(node.expr2)

    def on_And(self, node: nodes.And) -> Value:
        left = self.eval(node.left)
        return self.eval(node.right) if self.truth(left) else left

    def on_Or(self, node: nodes.Or) -> Value:
        left = self.eval(node.left)
        return left if self.truth(left) else self.eval(node.right)

    def on_Not(self, node: nodes.Not) -> bool:
        return not self.true(node.node)

    def on_Neg(self, node: nodes.Neg) -> Json:
        return -number(self.eval(node.node), "'-'")

    def on_Pos(self, node: nodes.Pos) -> Json:
        return number(self.eval(node.node), "'+'")

    def binary(self, node: nodes.BinExpr) -> Json:
        left, right = self.defined(node.left), self.defined(node.right)
        self.line = node.lineno
        return binary(node.operator, left, right)

    on_Add = on_Sub = on_Mul = on_Div = on_FloorDiv = on_Mod = on_Pow = binary

    def on_Concat(self, node: nodes.Concat) -> str:
        parts = [text_of(self.eval(part)) for part in node.nodes]
        bounded(sum(map(len, parts)))
        return "".join(parts)

    def on_Compare(self, node: nodes.Compare) -> bool:
        left = self.defined(node.expr)
        for operand in node.ops:
            right = self.defined(operand.expr)
            if isinstance(right, list | tuple):
                self.steps += len(right)
            if not compare(operand.op, left, right):
                return False
            left = right
        return True

    def on_Operand(self, node: nodes.Operand) -> Json:
        raise AssertionError("read by on_Compare")

    def on_Keyword(self, node: nodes.Keyword) -> Json:
        raise AssertionError("read by arguments")

    def on_Getattr(self, node: nodes.Getattr) -> Value:
        return self.member(self.eval(node.node), node.attr, node.lineno)

    def on_Getitem(self, node: nodes.Getitem) -> Value:
        value = self.eval(node.node)
        if type(node.arg).__name__ != "Slice":
            return self.member(value, self.defined(node.arg), node.lineno)
        part = cast("nodes.Slice", node.arg)
        ends = [None if end is None else self.defined(end) for end in (part.start, part.stop, part.step)]
        if not isinstance(value, str | list | tuple):
            raise TemplateError(f"only texts and lists can be sliced, and this is {name_of(value)}")
        if not all(end is None or isinstance(end, int) for end in ends) or ends[2] == 0:
            raise TemplateError("a slice takes whole numbers, and its step is not 0")
        start, stop, step = cast("list[int | None]", ends)
        return value[start:stop:step]

    def on_Slice(self, node: nodes.Slice) -> Json:
        raise AssertionError("read by on_Getitem")

    def member(self, value: Value, key: Json, line: int) -> Value:
        if isinstance(value, Undefined):
            raise value.error()
        shown = str(key)[:60] if isinstance(key, str | int) else ""
        if isinstance(value, Mapping) and isinstance(key, str):
            if key in value:
                return value[key]
            names = [str(name) for name in islice(value, 200)]
            return Undefined(f"unknown key '{shown}'", line, shown, lambda: suggest(key, names))
        if isinstance(value, str | list | tuple) and isinstance(key, int):
            if -len(value) <= key < len(value):
                return value[key]
            return Undefined(f"there is no item {shown}: the list has {len(value)}", line, shown)
        return Undefined(f"{name_of(value)} has no part '{shown}'", line, shown)

    def on_Filter(self, node: nodes.Filter) -> Value:
        if node.node is None:
            raise TemplateError("a filter needs a value", line=node.lineno)
        return self.apply("filter", FILTERS[node.name], node, self.eval(node.node))

    def on_Test(self, node: nodes.Test) -> bool:
        return bool(self.apply("test", TESTS[node.name], node, self.eval(node.node)))

    def apply(self, kind: str, function: Callable[..., Value], node: nodes.Filter | nodes.Test, value: Value) -> Value:
        if isinstance(value, list | tuple | Mapping):
            self.steps += len(value)
        if isinstance(value, Undefined) and node.name not in ("default", "d", "defined", "undefined"):
            raise value.error()
        positional, named = self.arguments(node)
        self.line = node.lineno
        try:
            return function(value, *positional, **named)
        except (TypeError, AttributeError):
            raise TemplateError(f"the {kind} '{node.name}' does not take these arguments", token=node.name) from None

    def arguments(self, node: nodes.Filter | nodes.Test | nodes.Call) -> tuple[list[Json], dict[str, Json]]:
        return [self.defined(arg) for arg in node.args], {str(arg.key): self.defined(arg.value) for arg in node.kwargs}

    def on_Call(self, node: nodes.Call) -> Value:
        positional, named = self.arguments(node)
        target = node.node
        if type(target).__name__ == "Name" and cast("nodes.Name", target).name == "range" and not named:
            return self.range(positional)
        if type(target).__name__ == "Getattr":
            method = cast("nodes.Getattr", target)
            value = self.eval(method.node)
            if isinstance(value, Mapping) and method.attr in _METHODS and not positional and not named:
                self.steps += len(value)
                pairs: dict[str, list[Json]] = {
                    "items": [[key, item] for key, item in value.items()],
                    "keys": list(value),
                    "values": list(value.values()),
                }
                return pairs[method.attr]
        hint = "templates can call range(), and .items(), .keys() and .values() of a block"
        raise TemplateError("this cannot be called in a template", hint, line=node.lineno, token=_called(target))

    def range(self, ends: list[Json]) -> list[Json]:
        if not 1 <= len(ends) <= 3 or not all(isinstance(end, int) for end in ends) or (len(ends) == 3 and not ends[2]):
            raise TemplateError("'range' takes one to three whole numbers", token="range")  # noqa: S106 - no password
        numbers = range(*cast("list[int]", ends))
        try:
            count = len(numbers)
        except OverflowError:
            count = MOST_ITEMS + 1
        if count > MOST_ITEMS:
            raise TemplateError(f"'range' gives more than {MOST_ITEMS} numbers", token="range")  # noqa: S106 - no password
        return list(numbers)


def _called(target: nodes.Node) -> str:
    name = getattr(target, "attr", None) or getattr(target, "name", "")
    return name if isinstance(name, str) else ""

"""Templates of the spec: Jinja2's language, without what could run away or reach out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from imagebuild.digest import Json
from imagebuild.spec.evaluate import Evaluator, evaluates
from imagebuild.spec.filter import FILTERS, TESTS
from imagebuild.spec.limit import LONGEST_TEXT, Budget, TemplateError
from imagebuild.spec.problem import suggest
from imagebuild.spec.value import text_of
from imagebuild.trust import READ_FIRST

if TYPE_CHECKING:
    from jinja2 import nodes

__all__ = ["Budget", "Template", "TemplateError"]

_MARK = re.compile(r"\{[{%#]")
_SIMPLE = re.compile(r"\{\{ *([A-Za-z_][A-Za-z0-9_]*) *\}\}")
_CONDITION = re.compile(r"\{% *(?:if +([A-Za-z_][A-Za-z0-9_]*)|endif) *%\}")
_WORDS = frozenset(
    ["true", "false", "none", "True", "False", "None", "not", "and", "or", "if", "else", "in", "is", "range", "loop"]
)
_STATEMENTS = {
    "Macro": "macro",
    "CallBlock": "call",
    "Include": "include",
    "Import": "import",
    "FromImport": "import",
    "Extends": "extends",
    "Block": "block",
    "FilterBlock": "filter",
    "AssignBlock": "set",
    "NSRef": "set",
}


_Section: TypeAlias = "tuple[str | None, list[str]]"
"""The name on which a part of a template depends, None where it always stands; and its texts and names, in turn."""


class Template:
    """A text with ``{{ name }}`` and Jinja2's other marks. Raises `TemplateError` where it cannot be read.

    Without ``loops`` one that holds a loop cannot.
    """

    __slots__ = ("_body", "_closing", "_sections", "_steps", "names", "source")

    def __init__(self, source: str, *, loops: bool = True) -> None:
        self.source = source
        self._body: list[nodes.Node] | None = None
        self._sections: list[_Section] | None = None
        self._steps = 0
        self._closing: str | None = None
        self.names: frozenset[str] = frozenset()
        """Every name the template asks for and does not set itself."""
        if len(source) > LONGEST_TEXT:
            raise TemplateError(f"a text of {len(source)} characters is too long; at most {LONGEST_TEXT} are allowed")
        if _MARK.search(source) is None:
            return
        self._sections = _sections_of(source)
        if self._sections is None:
            self._body, self.names = _read(source, loops=loops)
        else:
            self._steps = sum(len(parts) for _, parts in self._sections)
            self.names = frozenset(
                name for condition, parts in self._sections for name in (condition, *parts[1::2]) if name is not None
            )

    @property
    def is_plain(self) -> bool:
        """Whether the text renders to itself."""
        return self._sections is None and self._body is None

    def ends_with_only(self, name: str) -> bool:
        """Whether the text ends with what is filled in for ``name``, which it asks for nowhere else."""
        if self._closing is None:
            sections = self._sections or [("", [""])]
            asked = [word for condition, parts in sections for word in (condition, *parts[1::2]) if word is not None]
            condition, parts = sections[-1]
            is_last = condition is None and len(parts) > 1 and not parts[-1]
            self._closing = parts[-2] if is_last and asked.count(parts[-2]) == 1 else ""
        return self._closing == name

    def render(self, context: Mapping[str, Json], *, lenient: bool = False, budget: Budget | None = None) -> str:
        """The text with ``context`` filled in. ``lenient``: a condition may ask for a name that is not there.

        Raises `TemplateError`.
        """
        steps = 0
        text: str | None = self.source
        if self._sections is not None:
            text = self._filled(self._sections, context, lenient=lenient)
            steps = self._steps
        if text is None or self._body is not None:
            body = self._body if self._body is not None else _read(self.source)[0]
            evaluator = Evaluator(context, lenient=lenient)
            try:
                text = evaluator.run(body)
            except RecursionError:
                raise TemplateError("a template is nested too deeply", "make it simpler") from None
            finally:
                if budget is not None:
                    budget.spend(2 * evaluator.steps, 0)
            steps = 0
        if len(text) > LONGEST_TEXT:
            raise TemplateError(f"a template gives more than {LONGEST_TEXT} characters")
        if budget is not None:
            budget.spend(steps, len(text))
        return text

    def _filled(self, sections: Sequence[_Section], context: Mapping[str, Json], *, lenient: bool) -> str | None:
        """The text; None where a name is missing, of which :class:`Evaluator` knows what to say."""
        filled: list[str] = []
        length = 0
        for at, (condition, parts) in enumerate(sections):
            if condition is not None and not context.get(condition):
                if not (lenient or condition in context):
                    return None
                continue
            filled.append(parts[0])
            for index in range(1, len(parts), 2):
                name = parts[index]
                if name not in context:
                    return None
                try:
                    text = text_of(context[name])
                except TemplateError as error:
                    before = [*chain.from_iterable(texts[::2] for _, texts in sections[:at]), *parts[:index:2]]
                    error.line, error.token = "".join(before).count("\n") + 1, name
                    raise
                length += len(text)
                if length > LONGEST_TEXT:
                    raise TemplateError(f"a template gives more than {LONGEST_TEXT} characters")
                filled += (text, parts[index + 1])
        return "".join(filled)


def _sections_of(source: str) -> list[_Section] | None:
    """A template that holds nothing but names, and sections that stand where a name is true; None of any other."""
    found: list[_Section] = []
    pieces = [None, *_CONDITION.split(source)]  # at even places conditions, None after a section; at odd ones texts
    conditions, texts = pieces[::2], pieces[1::2]
    if any((condition is None) != (at % 2 == 0) for at, condition in enumerate(conditions)) or conditions[-1]:
        return None  # one in another, or one that does not end
    for condition, text in zip(conditions, texts, strict=True):
        parts = _SIMPLE.split(text or "")  # texts at even places, names at odd ones
        if not _WORDS.isdisjoint((condition, *parts[1::2])):
            return None
        if any(_MARK.search(each) or "}}" in each for each in parts[::2]):
            return None
        found.append((condition, parts))
    return found


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import Environment

    return Environment(keep_trailing_newline=True, autoescape=False)  # noqa: S701 - prompts are no HTML


def _read(source: str, *, loops: bool = True) -> tuple[list[nodes.Node], frozenset[str]]:
    """Jinja2's syntax tree of ``source``, checked, and the names in it."""
    from jinja2 import TemplateSyntaxError
    from jinja2.parser import Parser

    try:
        tree = Parser(_environment(), source).parse()
    except TemplateSyntaxError as error:
        raise _syntax_error(error.message or "", error.lineno) from None
    except RecursionError:
        raise TemplateError("a template is nested too deeply", "make it simpler") from None
    except (ValueError, OverflowError, SyntaxError, MemoryError) as error:  # a number or escape Python will not read
        raise TemplateError(f"the template cannot be read: {error}") from None
    return list(tree.body), _check(tree, loops=loops)


def _check(tree: nodes.Template, *, loops: bool) -> frozenset[str]:
    names: set[str] = set()
    given = {"loop", "range"}
    waiting: list[Any] = list(tree.body)
    while waiting:
        node = waiting.pop()
        kind = type(node).__name__
        if not evaluates(kind):
            word = _STATEMENTS.get(kind, kind.lower())
            hint = "templates can print, set, loop and decide; say the rest in the spec"
            raise TemplateError(f"'{word}' is not available in a spec's templates", hint, line=node.lineno, token=word)
        if kind == "For" and not loops:
            raise TemplateError(
                "an untrusted spec's templates may not loop",
                f"write out what it loops over, or {READ_FIRST}",
                line=node.lineno,
                token="for",  # noqa: S106 - no password
            )
        if kind == "For" and node.recursive:
            raise TemplateError(
                "'recursive' is not available in a spec's templates",
                line=node.lineno,
                token="recursive",  # noqa: S106 - no password
            )
        if kind in ("Filter", "Test"):
            known = FILTERS if kind == "Filter" else TESTS
            if node.name not in known:
                message = f"unknown {kind.lower()} '{node.name}'"
                near = suggest(node.name, known, "available: " + ", ".join(known))
                raise TemplateError(message, near, line=node.lineno, token=node.name)
        if kind in ("Filter", "Test", "Call") and (node.dyn_args is not None or node.dyn_kwargs is not None):
            raise TemplateError("'*' and '**' cannot unpack arguments in a spec's templates", line=node.lineno)
        if kind == "Name":
            (names if node.ctx == "load" else given).add(node.name)
        waiting.extend(node.iter_child_nodes())
    return frozenset(names - given)


def _syntax_error(said: str, line: int) -> TemplateError:
    said = said.rstrip(".")
    if match := re.match(r"Encountered unknown tag '(\w+)'", said):
        word = match[1]
        hint = suggest(
            word, ("if", "elif", "else", "endif", "for", "endfor", "set", "with", "endwith", "raw", "endraw")
        )
        return TemplateError(f"'{word}' is not available in a spec's templates", hint, line=line, token=word)
    said = said[:1].lower() + said[1:]
    hint = "a literal '{{' is written {{ '{{' }}, longer ones between {% raw %} and {% endraw %}"
    return TemplateError(f"the template cannot be read: {said[:200]}", hint, line=line)

"""Where a target's picture goes: its output template, rendered and judged."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from imagebuild.digest import Json
from imagebuild.errors import Problem, SpecError
from imagebuild.spec.name import folded, path_fault
from imagebuild.spec.template import Budget, Template, TemplateError
from imagebuild.target import Target

__all__ = ["LABELS", "bind_variables", "output_path", "render_output"]

LABELS: Mapping[str, str | int] = {"width": 1, "height": 1, "format": "x", "kind": "x", "name": "x", "index": 1}
"""Labels that steps are known to give, each with a value to try a template with."""

_HINT = "an output is relative to the project, with '/' between folders"


@lru_cache(maxsize=512)
def _template(source: str) -> Template:
    return Template(source)


def output_path(
    target: Target, *, ext: str, labels: Mapping[str, str | int] | None = None, reserved: Collection[str] = ()
) -> str:
    """The path of one picture of ``target``, relative to the project, with forward slashes.

    ``ext`` comes from its media type, ``labels`` from the step that made it. ``reserved`` are paths, folded, that no
    output may have (:attr:`Spec.reserved`). Raises `SpecError`.
    """
    try:
        path = render_output(
            _template(target.output), target.slug, target.name, ext, labels=labels or {}, variant=target.variant
        )
    except TemplateError as error:
        problem = Problem(f"the output of target '{target.id}' cannot be named: {error}", None, error.hint)
        raise SpecError([problem]) from None
    fault = path_fault(path)
    if fault is None and folded(path) in reserved:
        fault = "is a file that the spec reads"
    if fault:
        raise SpecError([Problem(f"the output '{path[:200]}' of target '{target.id}' {fault}", None, _HINT)])
    return path


def render_output(
    template: Template,
    slug: str,
    name: str,
    ext: str,
    *,
    labels: Mapping[str, str | int],
    variant: Mapping[str, Json],
    budget: Budget | None = None,
) -> str:
    """The rendered path, not judged yet. A condition may ask for a label that is not there. Raises `TemplateError`."""
    context: dict[str, Json] = {**variant, **labels, "id": slug, "target": name, "ext": ext}
    return template.render(context, lenient=True, budget=budget).strip()


def bind_variables(source: str, variables: Mapping[str, Json]) -> str:
    """``source`` with values of the spec's variables set in front, so that it can be rendered without the spec."""
    if not variables:
        return source
    return "".join(f"{{% set {name} = {_literal(value)} %}}" for name, value in variables.items()) + source


def _literal(value: Json) -> str:
    if isinstance(value, str):
        return "'" + "".join(_escaped(char) for char in value) + "'"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_literal(key)}: {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return repr(value).lower() if value is None or isinstance(value, bool) else repr(value)


def _escaped(char: str) -> str:
    """``char`` as Jinja2 reads it in quotes; braces and percent signs too, lest they look like marks."""
    if (char.isascii() and char.isalnum()) or char in " -_./,:":
        return char
    return f"\\U{ord(char):08x}"

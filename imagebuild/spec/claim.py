"""Who writes where: outputs are judged, and no two targets may claim one file."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from msgspec import Struct

from imagebuild.media import EXTENSIONS
from imagebuild.spec.layer import Resolved
from imagebuild.spec.limit import TemplateError
from imagebuild.spec.locate import locate
from imagebuild.spec.name import folded, path_fault
from imagebuild.spec.node import Node, Scalar
from imagebuild.spec.output import LABELS, render_output
from imagebuild.spec.problem import Problems
from imagebuild.spec.render import Renderer
from imagebuild.target import Input, InputFile, InputTag, Target

__all__ = ["Claim", "check_ids", "check_outputs", "claim_of", "files_of"]

_ANY = "ext"  # stands for the ending, which is known when the picture is there
_KNOWN = frozenset({*LABELS, "id", "target", _ANY})
_HINT = "an output is relative to the project, with '/' between folders: img/{{ id }}.{{ ext }}"


def check_ids(resolved: Collection[Resolved], problems: Problems) -> None:
    """No two ids may be one to a system that folds case or composes accents."""
    seen: dict[str, Resolved] = {}
    for each in resolved:
        first = seen.setdefault(folded(each.target.id), each)
        if first is not each:
            message = f"the ids '{first.target.id}' and '{each.target.id}' are one to some systems"
            key = each.layers.key
            problems.add(message, each.layers.given().get("matrix", key), "give one of them another name")


def files_of(target: Target) -> list[str]:
    """Every file that ``target`` reads."""
    chain = (target.sources, target.inputs, target.mask, target.markup, target.edits, target.steps, target.checks)
    if not any(chain):
        return []
    parts: list[Input | InputTag | None] = [*target.sources, *target.inputs, target.mask, target.markup]
    for edit in target.edits:
        parts += [*edit.inputs, edit.mask, edit.markup]
    for references in (use.references for uses in (target.steps, target.checks) for use in uses):
        parts += references.values()
    return [part.path for part in parts if isinstance(part, InputFile)]


class Claim(Struct, frozen=True):
    """Where a target writes, folded: ``path`` with a stand-in for its ending, ``expected`` with the likely one."""

    path: str
    expected: str

    @property
    def parents(self) -> list[str]:
        """The folders that the path needs, the nearest first."""
        found, parent = [], self.path.rpartition("/")[0]
        while parent:
            found.append(parent)
            parent = parent.rpartition("/")[0]
        return found


def claim_of(each: Resolved, reserved: Collection[str], renderer: Renderer) -> Claim | None:
    """The claim of one target; None where :func:`check_outputs` may have something to say about it."""
    problems = Problems()
    path = _try(each, _ANY, renderer, problems)
    expected = None if path is None else _expected(path, each, renderer, problems)
    _check_names(each, renderer, problems)
    if path is None or expected is None or len(problems) or path_fault(path) or folded(expected) in reserved:
        return None
    return Claim(folded(path), folded(expected))


def check_outputs(
    resolved: Collection[Resolved], reserved: Collection[str], renderer: Renderer, problems: Problems
) -> dict[str, Claim]:
    """Render every output with what is known before the build, and note faults, clashes and files of the spec.

    The claims by id, of all targets where there was nothing to note.
    """
    claims: dict[str, Resolved] = {}
    found: dict[str, Claim] = {}
    parents: list[tuple[str, Resolved]] = []
    for each in resolved:
        path = _try(each, _ANY, renderer, problems)
        if path is None:
            continue
        shown = path.removesuffix("." + _ANY)
        if fault := path_fault(path):
            problems.add(f"the output '{shown[:200]}' {fault}", each.output_at, _HINT)
            continue
        expected = _expected(path, each, renderer, problems)
        if expected is not None and folded(expected) in reserved:
            problems.add(
                f"the output '{expected}' is a file that the spec reads", each.output_at, "write to another folder"
            )
        claim = found[each.target.id] = Claim(folded(path), folded(expected or path))
        parents.append((claim.path.rpartition("/")[0], each))
        first = claims.setdefault(claim.path, each)
        if first is not each:
            _clash(first, each, shown, problems)
        _check_names(each, renderer, problems)
    for parent, each in parents:
        while parent:
            if parent in claims:
                message = f"the output of target '{claims[parent].target.id}' is '{parent}', which is a folder here"
                problems.add(message, each.output_at, "a file and a folder cannot have one name")
            parent = parent.rpartition("/")[0]
    return found


def _expected(path: str, each: Resolved, renderer: Renderer, problems: Problems) -> str | None:
    """The path with the likely ending, where ``path`` has the one that stands for any."""
    ending = _ending(each.target)
    if each.output.ends_with_only(_ANY):
        return path[: -len(_ANY)] + ending
    return _try(each, ending, renderer, problems)


def _try(each: Resolved, ext: str, renderer: Renderer, problems: Problems) -> str | None:
    """The path without labels or, where the template needs them, with samples of labels."""
    target = each.target
    render = partial(
        render_output, each.output, target.slug, target.name, ext, variant=target.variant, budget=renderer.budget
    )
    try:
        try:
            return render(labels={})
        except TemplateError:
            return render(labels=LABELS)
    except TemplateError as error:
        if not isinstance(each.output_at, Scalar) or each.output_at is each.layers.key:
            problems.add(str(error), each.output_at, error.hint)
        elif not (problems.incomplete and str(error).startswith("unknown name")):
            problems.add(str(error), locate(each.output_at, error.line, error.token), error.hint)
        return None


def _check_names(each: Resolved, renderer: Renderer, problems: Problems) -> None:
    """A name that only a condition asks for may be a label that is not known here, unless it looks misspelt."""
    if each.output.names <= _KNOWN:
        return
    known = {*_KNOWN, *each.target.variant, *renderer.vars}
    for name in sorted(each.output.names - known):
        hint = problems.suggest(name, sorted(known))
        if hint is not None and isinstance(each.output_at, Scalar):
            problems.add(f"unknown name '{name}'", locate(each.output_at, None, name), hint)


def _ending(target: Target) -> str:
    """The ending that the options promise, or the one that providers give unasked."""
    wanted = target.options.get("output_format", target.options.get("format"))
    return EXTENSIONS.get(f"image/{wanted}", "png")


def _clash(first: Resolved, second: Resolved, path: str, problems: Problems) -> None:
    if folded(first.target.id) == folded(second.target.id):
        return  # told already
    at = _at(first)
    where = at.source.place(at.start)
    message = f"targets '{first.target.id}' and '{second.target.id}' have the same output '{path}'"
    if first.target.name == second.target.name:
        axes = " ".join(f"{{{{ {axis} }}}}" for axis in second.target.variant)
        hint = f"put {{{{ id }}}} or {axes} into the output"
    else:
        hint = f"the other stands at {where}; put {{{{ id }}}} into the output"
    problems.add(message, _at(second), hint)


def _at(each: Resolved) -> Node:
    """The output where the target says it itself, else the target's key: a style's output is shared by many."""
    return each.output_at if each.layers.fields[-1].get("output") is each.output_at else each.layers.key

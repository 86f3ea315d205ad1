"""What is legal in a spec and surely not meant. Every rule is sure of what it says, and silent where it is not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from msgspec import Struct
from msgspec.structs import replace

from imagebuild.errors import Problem
from imagebuild.spec.document import Document, Entry, read_document
from imagebuild.spec.folder import Folder, PathError
from imagebuild.spec.node import Node, Scalar, Sequence
from imagebuild.spec.problem import Problems
from imagebuild.spec.root import SPEC_FILE
from imagebuild.spec.spec import Spec
from imagebuild.target import Target

__all__ = ["Advice", "advise"]

_MARKS = re.compile(r"\{[{%](.*?)[%}]\}", re.DOTALL)
_NAME = re.compile(r"[^\W\d]\w*")


class Advice(Struct, frozen=True):
    """One warning: ``code`` names the rule, ``target`` is empty where it is about none."""

    code: str
    problem: Problem
    target: str = ""

    @property
    def order(self) -> tuple[str, int, int, str]:
        """By file and line."""
        place = self.problem.place
        return (place.file, place.line or 0, place.column or 0, self.code) if place else ("", 0, 0, self.code)


def advise(spec: Spec, pinned: Collection[str]) -> list[Advice]:
    """All warnings. ``pinned`` are the targets of which the lock has a picture."""
    folder = Folder(str(spec.root))
    document = read_document(folder, SPEC_FILE, Problems())
    return [
        *_unused_styles(document),
        *_unused_variables(document, spec, folder),
        *_same_pictures(spec),
        *_without_alt(spec),
        *(_frozen(spec, target) for target in spec.targets.values() if target.frozen and target.id not in pinned),
    ]


def _warning(code: str, message: str, entry: Entry, hint: str) -> Advice:
    key = entry.key
    return Advice(code, Problem(message, key.source.place(key.start, key.end), hint))


def _unused_styles(document: Document) -> Iterator[Advice]:
    default = document.defaults.get("style")
    used: set[str] = set()
    for target in document.targets.values():
        used.update(_names(target.fields.get("style", default.node if default else None)))
    for name, entry in document.styles.items():
        if name not in used:
            hint = f"write 'style: {name}' at a target, or take it out"
            yield _warning("unused-style", f"no target uses the style '{name}'", entry, hint)


def _names(node: Node | None) -> list[str]:
    items = node.items if isinstance(node, Sequence) else [node]
    return [item.text for item in items if isinstance(item, Scalar)]


def _unused_variables(document: Document, spec: Spec, folder: Folder) -> Iterator[Advice]:
    """Variables whose names stand in no template of any file that was read."""
    used: set[str] = set()
    for path in spec.files:
        try:
            text = folder.load(path).decode("utf-8", "replace")
        except PathError:
            return  # the file has just gone: nobody knows what it used
        for inside in _MARKS.findall(text):
            used.update(_NAME.findall(inside))
    for name, entry in document.vars.items():
        if name not in used:
            hint = f"write '{{{{ {name} }}}}' where it is meant, or take it out"
            yield _warning("unused-variable", f"no template uses the variable '{name}'", entry, hint)


def _same_pictures(spec: Spec) -> Iterator[Advice]:
    """Targets that ask for the very same picture, and variants that do not differ."""
    first: dict[str, Target] = {}
    told: set[tuple[str, str]] = set()
    for target in spec.targets.values():
        other = first.setdefault(_wish(target), target)
        if other is target or (other.name, target.name) in told:
            continue
        told.add((other.name, target.name))
        if other.name != target.name:
            hint = "they share one purchase; name one target where both are used, or change a prompt"
            message = f"'{target.id}' is the same picture as '{other.id}'"
            yield Advice("same-picture", Problem(message, spec.place(target.id), hint), target.id)
            continue
        axes = " and ".join(f"'{axis}'" for axis in target.variant if target.variant[axis] != other.variant[axis])
        hint = "name the axis in the prompt, an option or a step, or take it out"
        message = f"'{other.id}' and '{target.id}' are the same picture: nothing in it asks for {axes}"
        yield Advice("unused-axis", Problem(message, spec.place(target.id, "matrix"), hint), target.id)


def _wish(target: Target) -> str:
    """All that makes the target's picture what it is."""
    plain = replace(
        target,
        id="",
        name="",
        slug="",
        output="",
        alt=None,
        describe=None,
        checks=(),
        tags=(),
        frozen=False,
        accept="",
        variant={},
    )
    return repr(plain)


def _without_alt(spec: Spec) -> Iterator[Advice]:
    """Published targets that nobody has described, all variants of one together."""
    without: dict[str, list[Target]] = {}
    for target in spec.targets.values() if spec.publish else ():
        if target.alt is None and target.describe is None:
            without.setdefault(target.name, []).append(target)
    for name, targets in without.items():
        many = f", in {len(targets)} variants" if len(targets) > 1 else ""
        hint = "write 'alt: \"what it shows\"', 'alt: \"\"' for decoration, or 'alt: {generate: true}'"
        problem = Problem(f"'{name}' is published and has no alt text{many}", spec.place(targets[0].id), hint)
        yield Advice("no-alt", problem, name)


def _frozen(spec: Spec, target: Target) -> Advice:
    message = f"'{target.id}' is frozen and has no picture in the lock: a build makes one"
    problem = Problem(message, spec.place(target.id, "frozen"), "build it once, or take 'frozen' out until then")
    return Advice("frozen-without-picture", problem, target.id)

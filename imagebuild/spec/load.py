"""Reads a spec from start to end: files, shapes, layers, variants, templates, outputs."""

from __future__ import annotations

import gc
import math
import os
import re
from collections.abc import Iterator
from collections.abc import Mapping as Map
from pathlib import Path
from types import MappingProxyType

from imagebuild.digest import Json, digest_bytes
from imagebuild.errors import Place, Problem, SpecError
from imagebuild.local_plugin import LocalPlugin
from imagebuild.option import MAIN
from imagebuild.spec.claim import check_ids, check_outputs, files_of
from imagebuild.spec.document import Document, read_document
from imagebuild.spec.folder import Folder, PathError
from imagebuild.spec.limit import BudgetSpentError
from imagebuild.spec.make import DEFAULT_PROVIDER
from imagebuild.spec.name import folded
from imagebuild.spec.node import Mapping, Node, Scalar, Sequence, kind_of
from imagebuild.spec.problem import Problems, TooManyProblems
from imagebuild.spec.render import Renderer
from imagebuild.spec.resolve import Resolver
from imagebuild.spec.root import SPEC_FILE
from imagebuild.spec.shape import check_name, check_number, is_null
from imagebuild.spec.spec import Origin, Spec
from imagebuild.spec.use import use_of
from imagebuild.target import PublishUse

__all__ = ["load_spec"]

MAX_COST = "IMAGEBUILD_MAX_COST"
_VARIABLE = re.compile(r"\$\{([^{}]{0,100})\}")
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_ENGINE = {"concurrency": True, "images_per_minute": False}  # settings that are the engine's: whole numbers or not


def load_spec(root: Path, file: str = SPEC_FILE, *, environ: Map[str, str] = MappingProxyType({})) -> Spec:
    """The spec ``file`` of the project in ``root``. Raises `SpecError` with every problem."""
    collecting = gc.isenabled()
    gc.disable()  # a large spec makes many objects and no garbage: 2.4 times the time with it on
    problems = Problems()
    try:
        spec = _load(root, file, environ, problems)
    except TooManyProblems:
        spec = None
    except BudgetSpentError:
        spec = None
        hint = "use fewer variants, shorter texts and simpler templates"
        problems.add("this spec asks for too much work before anything is built", Place(file), hint)
    finally:
        if collecting:
            gc.enable()
    problems.raise_if_any()
    assert spec is not None
    return spec


def _load(root: Path, file: str, environ: Map[str, str], problems: Problems) -> Spec | None:
    folder = Folder(os.fspath(root))
    try:
        file = folder.find("", file)
    except PathError as error:
        hint = error.hint or "'imagebuild init' writes one to start from"
        raise SpecError([Problem(str(error), Place(file), hint)]) from None
    document = read_document(folder, file, problems)
    renderer = Renderer(document, folder, problems)
    providers = _providers(document, environ, problems)
    max_cost = _max_cost(document, environ, problems)
    plugins = _plugins(document, folder, root, problems)
    publish = tuple(_publisher(node, environ, problems) for node in document.publish)
    resolved = Resolver(document, renderer, problems).run()
    check_ids(resolved, problems)
    reserved = {folded(path) for each in resolved for path in files_of(each.target)}
    reserved.update(folded(path) for path in folder.read)
    reserved = {path.removeprefix("./") for path in reserved}
    check_outputs(resolved, reserved, renderer, problems)
    if len(problems):
        return None
    provider = document.defaults.get("provider")
    named = (
        provider.node.text if provider and isinstance(provider.node, Scalar) and not is_null(provider.node) else None
    )
    return Spec(
        root=root,
        files=dict(folder.read),
        folders=tuple(folder.listed),
        targets=MappingProxyType({each.target.id: each.target for each in resolved}),
        providers=MappingProxyType(providers),
        max_cost=max_cost,
        default_provider=named or DEFAULT_PROVIDER,
        plugins=plugins,
        publish=publish,
        publish_nodes=tuple(document.publish),
        variables=frozenset(
            name
            for each in (*(entry.node for entry in document.providers.values()), *document.publish)
            for name in _variables(each)
        ),
        reserved=frozenset(reserved),
        origins={each.target.id: Origin(each.layers.key, each.layers.fields) for each in resolved},
        provider_nodes={name: (entry.key, entry.node) for name, entry in document.providers.items()},
    )


def _max_cost(document: Document, environ: Map[str, str], problems: Problems) -> float | None:
    """The cap of the spec or, stronger, of the environment."""
    if text := environ.get(MAX_COST, "").strip():
        try:
            cap = float(text)
        except ValueError:
            cap = math.nan
        if math.isfinite(cap) and cap >= 0:
            return cap
        hint = f"set it to US dollars as a bare number: {MAX_COST}=5.00"
        problems.add(f"{MAX_COST} must be a number, 0 or more, found '{text[:40]}'", None, hint)
    entry = document.budget.get("max_cost")
    value = entry.node.value if entry and isinstance(entry.node, Scalar) else None
    return float(value) if isinstance(value, int | float) else None


def _providers(document: Document, environ: Map[str, str], problems: Problems) -> dict[str, Map[str, Json]]:
    settings: dict[str, Map[str, Json]] = {}
    for name, entry in document.providers.items():
        if not check_name(entry.key, "the name of a provider", problems) or is_null(entry.node):
            continue
        if not isinstance(entry.node, Mapping):
            message = f"the settings of provider '{name}' must be a block of keys, found {kind_of(entry.node)}"
            problems.add(message, entry.node, f"for example: {name}: {{concurrency: 4}}")
            continue
        for setting, whole in _ENGINE.items():
            node = entry.node.get(setting)
            if node is not None and not is_null(node):
                check_number(node, f"'{setting}'", problems, whole=whole, positive=True)
        settings[name] = {key: _setting(node, environ, problems) for key, (_, node) in entry.node.entries.items()}
    return settings


def _plugins(document: Document, folder: Folder, root: Path, problems: Problems) -> tuple[LocalPlugin, ...]:
    """The project's plugin files, each with the digest of what was read."""
    found: dict[str, LocalPlugin] = {}
    for node in document.plugins:
        try:
            path = folder.find(node.source.folder, node.text)
            if not path.endswith(".py"):
                hint = "installed plugins need not be named: 'imagebuild plugins' lists them"
                raise PathError(f"'{path}' is no Python file", hint)
            digest = digest_bytes(folder.load(path))
        except PathError as error:
            problems.add(str(error), node, error.hint)
            continue
        found.setdefault(path, LocalPlugin(root, path, digest, node.source.place(node.start, node.end)))
    return tuple(found.values())


def _publisher(node: Node, environ: Map[str, str], problems: Problems) -> PublishUse:
    name, value, _ = use_of(node)
    if value is None:
        return PublishUse(name)
    given = _setting(value, environ, problems)
    return PublishUse(name, given if isinstance(given, dict) else {MAIN: given})


def _variables(node: Node) -> Iterator[str]:
    """The variables of the environment that values below ``node`` name."""
    if isinstance(node, Sequence | Mapping):
        below = node.items if isinstance(node, Sequence) else (inner for _, inner in node.entries.values())
        for inner in below:
            yield from _variables(inner)
    elif isinstance(node.value, str):
        yield from _VARIABLE.findall(node.value)


def _setting(node: Node, environ: Map[str, str], problems: Problems) -> Json:
    """The value of ``node`` with variables of the environment filled in."""
    if isinstance(node, Sequence):
        return [_setting(item, environ, problems) for item in node.items]
    if isinstance(node, Mapping):
        return {key: _setting(item, environ, problems) for key, (_, item) in node.entries.items()}
    if not isinstance(node.value, str) or "${" not in node.value:
        return node.value

    searched = node.start

    def fill(match: re.Match[str]) -> str:
        nonlocal searched
        name = match[1]
        if name in environ and _VARIABLE_NAME.match(name):
            return environ[name]
        at = max(node.source.text.find(match[0], searched, node.end), node.start)
        searched = at + 1
        place = node.source.place(at, at + len(match[0]))
        if _VARIABLE_NAME.match(name):
            problems.add(
                f"the environment has no variable '{name}'", place, f"set it before the build: export {name}=..."
            )
        else:
            problems.add(f"'{match[0][:60]}' names no variable of the environment", place, "write ${NAME}")
        return ""

    return _VARIABLE.sub(fill, node.value)

"""Reads a spec from start to end: files, shapes, layers, variants, templates, outputs."""

from __future__ import annotations

import gc
import math
import os
from collections.abc import Iterable
from collections.abc import Mapping as Map
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from imagebuild.digest import Json, digest_bytes
from imagebuild.errors import Place, Problem, SpecError
from imagebuild.local_plugin import LocalPlugin
from imagebuild.option import MAIN
from imagebuild.spec.check import STORE_MODES
from imagebuild.spec.claim import Claim, check_ids, check_outputs, files_of
from imagebuild.spec.document import Document, read_document
from imagebuild.spec.folder import Folder, PathError, Stand
from imagebuild.spec.layer import Resolved
from imagebuild.spec.limit import BudgetSpentError
from imagebuild.spec.make import DEFAULT_PROVIDER
from imagebuild.spec.name import folded
from imagebuild.spec.node import Mapping, Node, Scalar, kind_of
from imagebuild.spec.problem import Problems, TooManyProblems
from imagebuild.spec.render import Renderer
from imagebuild.spec.resolve import Resolver
from imagebuild.spec.root import SPEC_FILE
from imagebuild.spec.setting import read_setting, variables
from imagebuild.spec.shape import check_name, check_number, is_null
from imagebuild.spec.spec import Origin, Spec
from imagebuild.spec.use import use_of
from imagebuild.target import PublishUse, StoreUse, Target
from imagebuild.trust import READ_FIRST, is_untrusted

__all__ = ["Parts", "load_parts", "load_spec", "reserved_paths"]

MAX_COST = "IMAGEBUILD_MAX_COST"
STORE = "IMAGEBUILD_STORE"
STORE_MODE = "IMAGEBUILD_STORE_MODE"
_ENGINE = {"concurrency": True, "images_per_minute": False}  # settings that are the engine's: whole numbers or not


class Parts(Struct, frozen=True):
    """What a spec was made from, for who reads it again and again."""

    document: Document
    folder: Folder
    renderer: Renderer
    resolved: list[Resolved]
    claims: Map[str, Claim]


def load_spec(root: Path, file: str = SPEC_FILE, *, environ: Map[str, str] = MappingProxyType({})) -> Spec:
    """The spec ``file`` of the project in ``root``. Raises `SpecError` with every problem.

    Where ``environ`` says that projects are not trusted, a spec that would run code, loop or read the environment is
    one, and its ``store`` is passed over.
    """
    return load_parts(root, file, environ=environ)[0]


def load_parts(
    root: Path,
    file: str = SPEC_FILE,
    *,
    environ: Map[str, str] = MappingProxyType({}),
    stands: Map[str, Stand] = MappingProxyType({}),
    reserved: Iterable[str] = (),
) -> tuple[Spec, Parts]:
    """As :func:`load_spec`, with what it was made from.

    For an excerpt: ``stands`` are shown in place of files, and ``reserved`` is what other targets take in.
    """
    collecting = gc.isenabled()
    gc.disable()  # a large spec makes many objects and no garbage: 2.4 times the time with it on
    problems = Problems()
    try:
        loaded = _load(Folder(os.fspath(root), stands), root, file, environ, problems, frozenset(reserved))
    except TooManyProblems:
        loaded = None
    except BudgetSpentError:
        loaded = None
        hint = "use fewer variants, shorter texts and simpler templates"
        problems.add("this spec asks for too much work before anything is built", Place(file), hint)
    finally:
        if collecting:
            gc.enable()
    problems.raise_if_any()
    assert loaded is not None
    return loaded


def _load(
    folder: Folder, root: Path, file: str, environ: Map[str, str], problems: Problems, others: frozenset[str]
) -> tuple[Spec, Parts] | None:
    try:
        file = folder.find("", file)
    except PathError as error:
        hint = error.hint or "'imagebuild init' writes one to start from"
        raise SpecError([Problem(str(error), Place(file), hint)]) from None
    document = read_document(folder, file, problems)
    untrusted = is_untrusted(environ)
    renderer = Renderer(document, folder, problems, loops=not untrusted)
    providers = _providers(document, environ, problems)
    max_cost = _max_cost(document, environ, problems)
    plugins = _plugins(document, folder, root, problems) if not untrusted else _no_plugins(document, problems)
    publish = tuple(_publisher(node, environ, problems) for node in document.publish)
    store = _store(document.store, environ, problems)
    resolved = Resolver(document, renderer, problems).run()
    check_ids(resolved, problems)
    reserved = others | reserved_paths((each.target for each in resolved), folder.read)
    claims = check_outputs(resolved, reserved, renderer, problems)
    if len(problems):
        return None
    provider = document.defaults.get("provider")
    named = (
        provider.node.text if provider and isinstance(provider.node, Scalar) and not is_null(provider.node) else None
    )
    spec = Spec(
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
        store=store,
        store_node=None if environ.get(STORE, "").strip() else document.store,
        variables=frozenset(
            name
            for each in (
                *(entry.node for entry in document.providers.values()),
                *document.publish,
                *([document.store] if document.store else []),
            )
            for name in variables(each)
        ),
        untrusted=untrusted,
        reserved=reserved,
        origins={each.target.id: Origin(each.layers.key, each.layers.fields) for each in resolved},
        provider_nodes={name: (entry.key, entry.node) for name, entry in document.providers.items()},
    )
    return spec, Parts(document, folder, renderer, resolved, claims)


def reserved_paths(targets: Iterable[Target], read: Iterable[str]) -> frozenset[str]:
    """Paths that no output may have, folded: what the targets take in, and what was ``read``."""
    named = (path for target in targets for path in files_of(target))
    return frozenset(folded(path).removeprefix("./") for path in (*named, *read))


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
        settings[name] = {key: read_setting(node, environ, problems) for key, (_, node) in entry.node.entries.items()}
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


def _no_plugins(document: Document, problems: Problems) -> tuple[LocalPlugin, ...]:
    """A plugin file is code, and that of a stranger is not even read."""
    for node in document.plugins:
        hint = f"its code would run on this machine; take it out, or {READ_FIRST}"
        problems.add(f"an untrusted spec may not bring plugins, found '{node.text[:60]}'", node, hint)
    return ()


def _publisher(node: Node, environ: Map[str, str], problems: Problems) -> PublishUse:
    name, value, _ = use_of(node)
    if value is None:
        return PublishUse(name)
    given = read_setting(value, environ, problems)
    return PublishUse(name, given if isinstance(given, dict) else {MAIN: given})


def _store(node: Mapping | None, environ: Map[str, str], problems: Problems) -> StoreUse | None:
    """The remote store of the spec or, stronger, of the environment; one named there has the spec's options no more.

    An untrusted spec has no say in where this machine connects to with its keys, and nothing of it is written there.
    """
    given: dict[str, Json] = {}
    untrusted = is_untrusted(environ)
    if named := environ.get(STORE, "").strip():
        given = {"remote": named}
    elif node is not None and not untrusted:
        given = {key: read_setting(value, environ, problems) for key, (_, value) in node.entries.items()}
    stated = str(given.pop("mode", None) or "read")
    mode = environ.get(STORE_MODE, "").strip() or stated
    if mode not in STORE_MODES:
        problems.add(f"{STORE_MODE} must be 'read' or 'write', found '{mode[:40]}'", None)
    remote = given.pop("remote", None)
    return StoreUse(str(remote), mode == "write" and not untrusted, given) if remote else None

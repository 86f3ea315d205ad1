"""The remote store of a spec or of the environment, made explicit: its kind, address and options, each fault found."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from imagebuild.digest import Json
from imagebuild.discreet import Discreet
from imagebuild.errors import Place, Problem, UsageError
from imagebuild.local_resolver import broken, resolved_options
from imagebuild.option import MAIN
from imagebuild.registry import Registry
from imagebuild.remote import Remote, RemoteStore
from imagebuild.spec import Spec

__all__ = ["ConfiguredStore", "configured_store"]

VARIABLE = "IMAGEBUILD_STORE"


class ConfiguredStore(Discreet, frozen=True):
    """A kind of remote store with its address and options, which may hold secrets; a path is absolute.

    ``write`` says that builds may send to it: never those of an untrusted spec.
    """

    hidden = ("address", "options")

    kind: RemoteStore
    address: str
    options: Mapping[str, Json]
    write: bool

    def open(self, environ: Mapping[str, str]) -> Remote:
        """The remote, nothing asked of it yet. Raises ``StoreError``, and whatever its plugin raises."""
        return self.kind.open(self.address, self.options, environ)


def configured_store(
    spec: Spec, registry: Registry, *, kept: Mapping[Path, str], report: Callable[[Problem], None]
) -> ConfiguredStore | None:
    """The remote store in use, None when there is none or ``report`` heard what is wrong with it.

    ``kept`` are folders that it must not be or lie in, each with what they are. Raises ``UsageError`` for one that the
    environment names.
    """
    use = spec.store
    if use is None:
        return None
    problems: list[Problem] = []
    kind = registry.store_for(use.remote)
    options: Mapping[str, Json] = {}
    address = _absolute(use.remote, spec.root)
    at = spec.store_place("remote")
    if kind is None:
        problems.append(_unknown(use.remote, registry, at))
    else:
        fault = _fault(kind, address) or _own_folder(address, kept)
        if fault:
            problems.append(Problem(f"the address of the remote store {fault}", at, "change 'remote'"))
        resolution = resolved_options(kind, f"store '{kind.name}'", use.options)
        options = resolution.options
        for problem in resolution.problems:
            inner = () if problem.field == MAIN else (problem.field,)
            place = spec.store_place(*inner, key=problem.unknown)
            problems.append(Problem(problem.message, place, problem.hint))
    if problems and spec.store_node is None:
        message, hint = problems[0].message, problems[0].hint
        raise UsageError(f"{VARIABLE}: {message}", hint=(hint or "").replace("'remote'", VARIABLE) or None)
    for each in problems:
        report(each)
    return (
        None if problems or kind is None else ConfiguredStore(kind, address, options, use.write and not spec.untrusted)
    )


def _absolute(address: str, root: Path) -> str:
    """A path with the home folder filled in, seen from the project; what has a scheme is left as it is."""
    if "://" in address or not address.strip():
        return address
    expanded = os.path.expanduser(address)
    # A path that is broken is left to its kind of store, which says what is wrong with it.
    return expanded if "\0" in expanded else os.path.normpath(os.path.join(root, expanded))


def _fault(kind: RemoteStore, address: str) -> str | None:
    try:
        answer: object = kind.fault(address)
    except Exception as error:  # a stranger may raise anything; the error names it
        raise broken(f"store '{kind.name}'", "judging its address", error) from error
    return None if answer is None else str(answer)


def _own_folder(address: str, kept: Mapping[Path, str]) -> str | None:
    """How a path is that of a folder which has another use."""
    if "://" in address:
        return None
    path = Path(address).resolve()
    for folder, what in kept.items():
        if folder.resolve() in (path, *path.parents):
            where = "is" if path == folder.resolve() else "lies in"
            return f"{where} {what}"
    return None


def _unknown(address: str, registry: Registry, place: Place | None) -> Problem:
    """An address that no kind of store knows. Its scheme is shown, and nothing else: it may hold a secret."""
    schemes = sorted({scheme for store in registry.stores.values() for scheme in store.schemes})
    known = [f"{scheme}://" if scheme else "a path" for scheme in schemes]
    hint = f"there are stores for {', '.join(known)}" if known else "no plugin that adds a store is installed"
    what = f"'{address.partition('://')[0]}://'" if "://" in address else "a path"
    return Problem(f"no store is known for the address {what}", place, hint)

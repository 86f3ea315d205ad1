"""What ``imagebuild doctor`` finds, and what the providers of a spec say of their set-up, without a secret in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from imagebuild.cli.text import count
from imagebuild.cli.used_provider import UsedProvider, used_names, used_provider
from imagebuild.errors import ImageBuildError, LockError, StoreError, UnreachableError
from imagebuild.lockfile import Lock
from imagebuild.lockfile.conflict import ATTRIBUTES
from imagebuild.project import Project
from imagebuild.provider import Finding
from imagebuild.registry import Registry
from imagebuild.repository import Repository
from imagebuild.session import LOCK_FILE
from imagebuild.share.name import MARKER
from imagebuild.spec import Spec
from imagebuild.spec.secret import mask

__all__ = ["Row", "RowState", "lock_rows", "provider_rows", "store_rows", "without_secrets"]

RowState: TypeAlias = Literal["ok", "note", "fault"]

_STATES: Mapping[str, RowState] = {"ok": "ok", "warning": "note", "error": "fault"}
_TELLING = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "HEADERS")
_LOGIN = re.compile(r"//[^/@\s]{1,300}@")
_SHORTEST = 6  # characters: a shorter value is no secret, and would hit words of a sentence


class Row(Struct, frozen=True):
    """One thing that was looked at. A ``fault`` keeps imagebuild from working here."""

    state: RowState
    what: str
    found: str
    hint: str | None = None


def provider_rows(spec: Spec, registry: Registry, environ: Mapping[str, str], *, online: bool) -> Iterator[Row]:
    """The diagnosis of each provider that the spec uses; their services are called only when ``online``."""
    for name in used_names(spec):
        used = used_provider(name, spec, registry, environ)
        for row in _rows(used, online=online):
            yield without_secrets(replace(row, found=" ".join(row.found.split())), spec.providers.get(name, {}))


def store_rows(project: Project, environ: Mapping[str, str], *, online: bool) -> Iterator[Row]:
    """What the remote store of a project says of itself; one that takes a network is asked only when ``online``."""
    with project.session() as session:
        store = session.resolver.store
    if store is None:
        return
    mode = "builds read and write" if store.write else "builds only read"
    try:
        remote = store.open(environ)
        with closing(remote):
            if not online and remote.network:
                yield Row("ok", "remote store", f"{remote.location}, {mode}; not asked")
                return
            remote.has(MARKER)
            yield Row("ok", "remote store", f"{remote.location}, {mode}")
    except StoreError as error:
        is_first = store.write and isinstance(error, UnreachableError)
        yield Row("note" if is_first else "fault", "remote store", error.message, error.hint)


def _rows(used: UsedProvider, *, online: bool) -> Iterator[Row]:
    name, provider = used.name, used.provider
    if provider is None:
        yield Row("fault", name, "no provider of this name is installed", "'imagebuild plugins' lists what is")
        return
    if used.fault:
        yield Row("fault", name, f"failed to take its settings: {used.fault}", "this is a fault of its plugin")
    for problem in used.problems:
        yield Row("fault", f"{name} settings", problem.message, problem.hint)
    try:
        # With settings that are wrong it would ask somebody else, and with a key that is not meant for him.
        for finding in provider.diagnose(online and not used.problems and not used.fault):
            if not isinstance(finding, Finding) or finding.level not in _STATES:
                raise TypeError(f"expected a Finding, got {type(finding).__name__}")
            subject = finding.subject if finding.subject.split()[:1] == [name] else f"{name} {finding.subject}"
            yield Row(_STATES[finding.level], subject, finding.message, finding.hint)
    except ImageBuildError as error:
        yield Row("fault", name, error.message, error.hint)
    except Exception as error:  # noqa: BLE001 - a stranger may raise anything; doctor goes on
        yield Row("fault", name, f"failed to look at its set-up: {error!r}", "this is a fault of its plugin")


def lock_rows(root: Path) -> Iterator[Row]:
    """Whether the lock can be read, and whether git merges it as it should; nothing where there is no lock."""
    path = root / LOCK_FILE
    if not path.exists():
        return
    try:
        yield Row("ok", "lock", count(len(Lock.read(path).lines), "line"))
    except LockError as error:
        yield Row("fault", "lock", str(error), error.hint)
    repository = Repository.around(root)
    if repository and repository.attribute("merge", LOCK_FILE) in ("unspecified", "set", "unset"):
        found = "branches that add pictures at the same place will not merge by themselves"
        yield Row("note", "git", found, f"add this line to .gitattributes: {ATTRIBUTES}")


def without_secrets(row: Row, *sources: Mapping[str, object]) -> Row:
    """The row without what stands in a source (the environment, settings) under a telling name.

    What has the shape of a key goes too, and so does what stands before the host of an address.
    """
    secrets = sorted({pair for source in sources for pair in _secrets(source)}, key=lambda pair: -len(pair[0]))

    def hidden(text: str) -> str:
        for value, name in secrets:
            text = text.replace(value, f"[{name}]")
        return mask(_LOGIN.sub("//", text))

    return replace(row, what=hidden(row.what), found=hidden(row.found), hint=hidden(row.hint) if row.hint else None)


def _secrets(source: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Values under a telling name, and the parts of those that hold several headers."""
    for name, value in source.items():
        if not isinstance(value, str) or not any(word in name.upper() for word in _TELLING):
            continue
        for part in (value, *(line.partition(":")[2] for line in value.splitlines())):
            if len(part.strip()) >= _SHORTEST:
                yield part.strip(), name

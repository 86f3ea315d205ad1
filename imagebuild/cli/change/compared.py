"""Brings both sides of a comparison together: what git has, and the project as it is, even when it cannot be built."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from imagebuild.comparison.change import Change, Comparison, FileChange
from imagebuild.comparison.compare import compare
from imagebuild.comparison.revision import Revision
from imagebuild.digest import Json
from imagebuild.errors import ImageBuildError, StoreError, UsageError
from imagebuild.lockfile import Lock
from imagebuild.project import Project
from imagebuild.reason import Reason
from imagebuild.repository import Repository
from imagebuild.session import LOCK_FILE, Session
from imagebuild.spec.problem import suggest
from imagebuild.store import Record

__all__ = ["Compared", "comparing"]


class Compared(Struct, frozen=True):
    """A comparison with what is needed to show it.

    ``base`` is what was asked for and ``commit`` what that is, None before the first commit. ``folder`` is the
    project's in the repository; ``note`` says why files could not be compared, ``notes`` are what a remote store had to
    say.
    """

    comparison: Comparison
    revision: Revision
    base: str
    commit: str | None
    folder: str
    note: ImageBuildError | None = None
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The revision for people."""
        if self.commit is None:
            return "nothing"
        short = self.commit[:8]
        return short if self.commit.startswith(self.base) else f"{self.base} ({short})"


@contextmanager
def comparing(project: Project, base: str | None, targets: Sequence[str]) -> Iterator[Compared]:
    """Compare a project with what git has at ``base``, HEAD where it is None; the stores are open inside.

    ``REV...`` is where REV and HEAD parted. Raises ``UsageError`` and ``LockError``.
    """
    repository = Repository.around(project.root)
    if repository is None:
        hint = "a comparison needs two versions: 'git init' and a commit, and git on the path"
        raise UsageError(f"'{project.root.name}' lies in no git repository", hint=hint)
    commit = _commit(repository, base)
    after = Lock.read(project.root / LOCK_FILE)
    with ExitStack() as stack:
        session: Session | None = None
        revision = Revision(project.root, repository, commit, lambda digest: _stored(session, digest))
        before = revision.lock()
        note, notes = None, list[str]()
        owners: Mapping[str, str] = {}
        try:
            session = stack.enter_context(project.session())
            notes += _bring(session, before, after)
            owners = _owners(session, notes)
        except ImageBuildError as error:
            note = error
        files = revision.files(owners, before) if note is None else []
        comparison = _compared(session, before, after, files, revision.standing(owners))
        known = {line.target for lock in (before, after) for line in lock.lines.values()}
        known |= {change.target for change in comparison.changes} | (session.spec.targets.keys() if session else set())
        comparison = replace(comparison, changes=_selected(repository, comparison.changes, targets, known))
        yield Compared(comparison, revision, base or "HEAD", commit, repository.prefix, note, tuple(notes))


def _compared(
    session: Session | None, before: Lock, after: Lock, files: Sequence[FileChange], stood: Collection[str]
) -> Comparison:
    """Both sides compared, with the words that the store has for them, where the project can be opened."""
    if session is None:
        return compare(before, after, files=files, stood=stood)
    records = session.originals.records
    found = compare(
        before,
        after,
        files=files,
        wanted=session.spec.targets.keys(),
        stood=stood,
        parts=lambda key: _parts(records.get(key)),
        made=lambda digest: _parts(records.of(digest)),
    )
    return replace(found, changes=tuple(_marked(change, session) for change in found.changes))


def _commit(repository: Repository, base: str | None) -> str | None:
    """The commit to compare with; None before the first one."""
    if base is None:
        with suppress(UsageError):
            return repository.commit_of("HEAD")
        return None
    if not base.endswith("..."):
        return repository.commit_of(base)
    name = base.removesuffix("...")
    parted = repository.merge_base(repository.commit_of(name), "HEAD")
    if parted is None:
        hint = "a shallow clone does not reach that far: 'git fetch --unshallow'"
        raise UsageError(f"'{name}' and HEAD have no commit in common here", hint=hint)
    return parted


def _owners(session: Session, notes: list[str]) -> Mapping[str, str]:
    """Every output path with its target: of pictures that are there, and of files that builds wrote."""
    written = {path: row.target for path, row in session.facts.outputs.items()}
    plan = session.plan(session.spec.select(()))
    notes += [text for text in plan.notes if text not in session.resolver.notes]
    return written | {output.path: output.target for output in plan.outputs}


def _bring(session: Session, before: Lock, after: Lock) -> list[str]:
    """Fetch from the remote store what differs and is not here: what it was made of, and the pictures."""
    if session.mirror is None:
        return []
    sides = [
        {(each.key, each.digest) for line in lock.lines.values() for each in (line, line.live) if each}
        for lock in (before, after)
    ]
    differing = sides[0] ^ sides[1]
    session.mirror.fetch_records("originals", sorted({key for key, _ in differing}))
    session.mirror.fetch_objects({digest for _, digest in differing})
    return session.sharing.notes()


def _stored(session: Session | None, digest: str) -> bytes | None:
    with suppress(StoreError):
        return session.read_digest(digest) if session else None
    return None


def _parts(record: Record | None) -> Mapping[str, Json] | None:
    return record.parts if record else None


def _marked(change: Change, session: Session) -> Change:
    """The change with a word on it where a draft lies in the picture's place, which nobody should take for it."""
    if not session.facts.drafted(change.target):
        return change
    return replace(change, reasons=(*change.reasons, Reason("draft", detail="a draft lies in its place")))


def _selected(
    repository: Repository, changes: Sequence[Change], names: Sequence[str], known: Collection[str]
) -> tuple[Change, ...]:
    """The changes of the targets that are named; those that are gone can be named, too."""
    for name in names:
        if not any(_is_named(target, name) for target in known):
            near = suggest(name, sorted(known)) or "neither the project nor the revision has it"
            with suppress(UsageError):
                repository.commit_of(name)
                near = f"to compare with a revision, write '--base {name}'"
            raise UsageError(f"unknown target '{name}'", hint=near)
    return tuple(
        change
        for change in changes
        if not names or any(_is_named(each, name) for name in names for each in (change.target, change.was or ""))
    )


def _is_named(target: str, name: str) -> bool:
    plain = target.partition("[")[0]
    return name in (target, plain) or fnmatchcase(target, name.replace("[", "[[]")) or fnmatchcase(plain, name)

"""A project's pictures to and from its remote store, when somebody asks for that and nothing else."""

from __future__ import annotations

import time

from msgspec import Struct

from imagebuild.errors import UsageError
from imagebuild.lockfile import LockLine
from imagebuild.registration import register
from imagebuild.session import Session
from imagebuild.share.mirror import Mirror
from imagebuild.share.sharing import cargo_of, whole_cargo
from imagebuild.share.transfer import Inspection, Transfer, inspect, push

__all__ = ["Pulled", "inspect_remote", "pull_project", "push_project", "remote_of"]


class Pulled(Struct, frozen=True):
    """What came from a remote, and the lock lines whose pictures neither side has."""

    location: str
    pictures: int
    size: int
    lacking: tuple[LockLine, ...] = ()


def remote_of(session: Session) -> Mirror:
    """The remote store of a project. Raises ``UsageError`` when it has none."""
    if session.mirror is None:
        hint = "for example 'store: {remote: ../pictures}' in the spec, or IMAGEBUILD_STORE in the environment"
        if session.untrusted:
            hint = "an untrusted spec names none: set IMAGEBUILD_STORE"
        raise UsageError("no remote store is named", hint=hint)
    session.mirror.connection.is_needed = True
    return session.mirror


def pull_project(session: Session) -> Pulled:
    """Bring here what the lock pins and what the targets need now. Raises why the remote could not be asked.

    The store knows from then on that the project holds it, so that no garbage collection takes it.
    """
    mirror = remote_of(session)
    lacking = session.sharing.fetch_pinned(session.lock.lines.values())
    session.prepare(session.plan(session.spec.select(())))
    register(session.originals, str(session.spec.root), session.lock, before=session.lock, now=time.time())
    if mirror.connection.error is not None:
        raise mirror.connection.error
    return Pulled(mirror.location, mirror.fetched.pictures, mirror.fetched.size, tuple(lacking))


def push_project(session: Session, *, everything: bool = False, verify: bool = False) -> Transfer:
    """Send what the lock pins and the targets rest on, or ``everything`` that this machine's store and project hold.

    With ``verify`` nothing is taken for sent that is not seen there. Raises ``UsageError`` where builds only read.
    """
    mirror = _written_by(session)
    originals, derivatives = session.originals, session.derivatives
    if everything:
        return push(mirror, whole_cargo(originals, derivatives), verify=verify)
    plan = session.planned(session.spec.select(()))
    return push(mirror, cargo_of(plan, session.lock.lines.values(), originals, derivatives), verify=verify)


def inspect_remote(session: Session, *, repair: bool = False) -> Inspection:
    """Read all that is at the project's remote; with ``repair`` replace what is damaged there and whole here.

    Raises why it could not be asked, and ``UsageError`` for a repair where builds only read.
    """
    mirror = _written_by(session) if repair else remote_of(session)
    found = inspect(mirror, repair=repair)
    if found.error is not None:
        raise found.error
    return found


def _written_by(session: Session) -> Mirror:
    mirror = remote_of(session)
    if not mirror.write:
        hint = "'mode: write' beside 'remote' in the spec, or IMAGEBUILD_STORE_MODE=write, lets builds send, too"
        raise UsageError("the remote store is only read here", hint=hint)
    return mirror

"""The end of a complete build: local publishers, and the stamp by which the next build knows that nothing changed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec.structs import replace

from imagebuild.digest import digest_bytes
from imagebuild.errors import ImageBuildError, LockError
from imagebuild.event import Event, Notice, Published
from imagebuild.lockfile import Lock
from imagebuild.outcome import Failure, Outcome
from imagebuild.publishing import Press, manifest_of, tell_missing_alt
from imagebuild.report import Report
from imagebuild.session import LOCK_FILE, Session
from imagebuild.share.sharing import cargo_of, tell_sent
from imagebuild.share.transfer import push
from imagebuild.stamp import write_stamp

__all__ = ["publish_locally", "send_build", "stamp_build"]


def publish_locally(
    session: Session,
    outcome: Outcome,
    report: Report,
    tell: Callable[[Event], None],
    environ: Mapping[str, str],
    *,
    draft: bool,
) -> tuple[Press | None, Report]:
    """Run the publishers that work inside the project; one that fails is a failure of the build."""
    wanted = session.spec.targets
    if draft or any(row.draft and row.target in wanted for row in session.state.outputs().values()):
        tell(Notice("not published: " + ("this is a draft" if draft else "some of the pictures are drafts")))
        return None, report
    tell_missing_alt(session, tell)
    session.on_damage(lambda text: tell(Notice(text)))

    def tell_changes(event: Event) -> None:
        if not isinstance(event, Published) or event.changed:
            tell(event)

    press = None
    try:
        press = Press(session, manifest_of(session, outcome.results), tell_changes, environ)
        publishers = session.resolver.publishers
        done = press.run(publishers, only={each.publisher.name for each in publishers if not each.publisher.remote})
    except ImageBuildError as error:
        failures = (*report.failures, Failure("publish", error, "publish"))
        return press, replace(report, failures=failures, exit_code=error.exit_code)
    return press, replace(report, published=sum(event.changed for event in done))


def send_build(session: Session, report: Report, lock: Lock, tell: Callable[[Event], None]) -> bool:
    """Send to the remote store what a build's targets rest on, where builds write; whether nothing is left to send."""
    session.sharing.tell_fetched()
    mirror = session.sharing.mirror
    if mirror is None or not mirror.write or session.judge.draft is not None:
        return True
    lines, plan = session.sharing.lines_of(report.plan.targets, lock), report.plan
    if report.bought or report.made or report.collected:
        plan = session.planned(plan.targets)
    transfer = push(mirror, cargo_of(plan, lines, session.originals, session.derivatives))
    tell_sent(transfer, tell)
    return transfer.complete


def stamp_build(
    session: Session,
    report: Report,
    lock: Lock,
    there: Mapping[str, str],
    environ: Mapping[str, str],
    began_ns: int,
) -> None:
    """After a build of everything that left nothing to do, note what it rested on, so that the next is quick.

    ``there`` are the files that stand where they belong, with their digests.
    """
    if not report.ok or report.kept or session.registry.has_observers or session.untrusted:
        return
    if session.spec.elsewhere and not session.standing:
        return
    files: dict[str, str | None] = {**dict.fromkeys(session.spec.folders), **session.spec.files}
    files.update(session.sources)
    files.update(there)
    absent = []
    if not session.lock_path.exists():
        absent.append(LOCK_FILE)
    elif digest := _lock_digest(session.lock_path, lock):
        files[LOCK_FILE] = digest
    else:
        return
    with contextlib.suppress(OSError):  # something went away meanwhile: without a stamp the next build looks
        session.keep_outline(lock)
        write_stamp(
            str(session.spec.root),
            targets=report.wanted,
            files=files,
            absent=absent,
            packages=session.registry.packages,
            environ=environ,
            variables=session.variables,
            began_ns=began_ns,
            standing=session.standing,
        )


def _lock_digest(path: Path, lock: Lock) -> str | None:
    """The digest of the file, which may say what the lock says in other words: after a merge, or of an older version.

    None when it says something else by now.
    """
    try:
        data = path.read_bytes()
        same = data == lock.text().encode() or Lock.parse(data, path.name).lines == lock.lines
    except (OSError, LockError):
        return None
    return digest_bytes(data) if same else None

"""The end of a complete build: local publishers, and the stamp by which the next build knows that nothing changed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from imagebuild.digest import digest_bytes
from imagebuild.errors import ImageBuildError
from imagebuild.event import Event, Notice, Published
from imagebuild.lockfile import Lock
from imagebuild.outcome import Failure, Outcome
from imagebuild.publishing import Press, manifest_of, tell_missing_alt
from imagebuild.report import Report
from imagebuild.session import LOCK_FILE, Session
from imagebuild.stamp import write_stamp

__all__ = ["publish_locally", "stamp_build"]


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
    if not report.ok or report.kept or session.registry.has_observers:
        return
    files: dict[str, str | None] = {**dict.fromkeys(session.spec.folders), **session.spec.files}
    files.update(session.sources)
    files.update(there)
    absent = []
    if session.lock_path.exists():
        files[LOCK_FILE] = digest_bytes(lock.text().encode())
    else:
        absent.append(LOCK_FILE)
    with contextlib.suppress(OSError):  # something went away meanwhile: without a stamp the next build looks
        write_stamp(
            str(session.spec.root),
            targets=len(session.spec.targets),
            files=files,
            absent=absent,
            packages=session.registry.packages,
            environ=environ,
            variables=session.variables,
            began_ns=began_ns,
        )

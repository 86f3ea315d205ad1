"""What does not agree in a project: stale pictures, files changed by hand, broken rules, lost credentials."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from imagebuild.artifact import Picture
from imagebuild.check import CheckContext
from imagebuild.errors import CheckFailed, ImageBuildError, LockError
from imagebuild.local_resolver import broken
from imagebuild.plan import Plan, PlannedAction
from imagebuild.session import Session
from imagebuild.status import reviews_of
from imagebuild.target import in_shell

__all__ = ["Fault", "audit", "command_for"]

CREDENTIALS = "credentials"
"""The check that says whether content credentials were lost; asked here of all that says nothing about provenance."""


class Fault(Struct, frozen=True):
    """One thing that is wrong with a target, what to do, and the exit code that says so."""

    target: str
    message: str
    hint: str
    exit_code: int


def audit(session: Session, plan: Plan, *, reviewed: bool = False) -> list[Fault]:
    """Every fault of the plan's targets, in its order; with ``reviewed``, what nobody has approved is one."""
    return [
        *_work(plan),
        *_reviews(session, plan, reviewed=reviewed),
        *_files(session, plan),
        *_credentials(session, plan),
    ]


def command_for(action: PlannedAction) -> str:
    """The command that puts an action right which a build has to do, or cannot do."""
    code, target = action.reasons[0].code, action.node.target
    if code == "lost":
        return "imagebuild store pull"
    if code == "differs":
        return "'accept: any', or another request"
    return f"imagebuild build {in_shell(target)}"


def _reviews(session: Session, plan: Plan, *, reviewed: bool) -> Iterator[Fault]:
    """Pictures that somebody has rejected, and if asked those that nobody has approved."""
    for target, review in reviews_of(plan, session.graph, session.lock).items():
        if review == "rejected":
            name = in_shell(target)
            hint = f"'imagebuild reroll {name}' makes another, 'imagebuild history {name}' lists those there were"
            yield Fault(target, "was rejected, and is still what is wanted", hint, LockError.exit_code)
        elif reviewed and review != "approved":
            name = in_shell(target)
            hint = f"look at it, then 'imagebuild approve {name}' or 'imagebuild reject {name}'"
            line = session.lock.lines.get(session.graph.nodes[session.graph.masters[target]].slot)
            waits = line is not None and line.live is not None
            message = "a new picture waits for review beside the approved one" if waits else "is not approved"
            yield Fault(target, message, hint, LockError.exit_code)


def _work(plan: Plan) -> Iterator[Fault]:
    """Rules that are broken, and of each other target the first action that has to be done."""
    told = {action.node.target for action in plan.actions if action.reasons[0].code == "failed"}
    for action in plan.actions:
        target, reason = action.node.target, action.reasons[0]
        if reason.code == "failed":
            hint = "change the prompt, a step or the rule, and build"
            yield Fault(target, f"fails the check {reason}", hint, CheckFailed.exit_code)
        elif (action.will_run or action.is_in_flight or action.verdict == "blocked") and target not in told:
            told.add(target)
            what = action.node.label.removeprefix(target).strip(" ()")
            hint = f"run '{command_for(action)}' and commit imagebuild.lock"
            if action.verdict == "blocked" and reason.code == "upstream":
                hint = "put that right first"
            yield Fault(target, f"not up to date: {what}{': ' if what else ''}{reason}", hint, LockError.exit_code)


def _files(session: Session, plan: Plan) -> Iterator[Fault]:
    for output in plan.outputs:
        row = session.facts.outputs.get(output.path)
        if row is not None and row.draft:
            hint = f"run 'imagebuild build {in_shell(output.target)}'"
            yield Fault(output.target, f"'{output.path}' is a draft", hint, LockError.exit_code)
        elif output.reason is not None:
            hint = f"run 'imagebuild build {in_shell(output.target)}'"
            if output.reason.code == "edited":
                hint = (
                    f"'imagebuild build --overwrite {in_shell(output.target)}' restores the picture of the spec, "
                    f"'imagebuild adopt {in_shell(output.target)} {output.path}' makes it the picture"
                )
            message = f"'{output.path}': {output.reason.detail or output.reason.code}"
            yield Fault(output.target, message, hint, LockError.exit_code)


def _credentials(session: Session, plan: Plan) -> Iterator[Fault]:
    """Content credentials that the original has and what is delivered has not, where nobody asked for that."""
    check = session.registry.checks.get(CREDENTIALS)
    if check is None:
        return
    options = check.resolve({}).options
    for name in plan.targets:
        final, master = session.graph.finals[name], session.graph.masters[name]
        if session.spec.targets[name].provenance or final == master or final not in plan.made:
            continue
        original = plan.made[master][0]
        pictures = [
            Picture(session.read(artifact), artifact.media_type, artifact.labels) for artifact in plan.made[final]
        ]
        context = CheckContext(name, options, original=Picture(session.read(original), original.media_type))
        try:
            result = check.check(pictures, context)
        except ImageBuildError:
            raise
        except Exception as error:  # a stranger may raise anything; the error names it
            raise broken(f"check '{CREDENTIALS}'", f"judging '{name}'", error) from error
        if not result.passed:
            hint = "add the step 'sign' at the end, or accept it with 'provenance: iptc'"
            yield Fault(name, f"content credentials were lost: {result.measured}", hint, CheckFailed.exit_code)

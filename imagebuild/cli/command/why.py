"""``imagebuild why TARGET``: everything about one picture on one screen."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from imagebuild.cli.cause import told
from imagebuild.cli.explanation import Explanation, Link, explain, explanation_json
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, target_argument
from imagebuild.cli.plan_view import VERDICT_STYLES, at_price, note_lines
from imagebuild.cli.review import REVIEWS, waiting_lines, waits
from imagebuild.cli.shell import Shell
from imagebuild.cli.summary import money
from imagebuild.cli.text import Line
from imagebuild.cli.word_diff import word_diff
from imagebuild.cost import Cost
from imagebuild.errors import UsageError
from imagebuild.intake import KEPT
from imagebuild.reason import Reason
from imagebuild.store import Record

__all__ = ["command"]

_MOST = 8


@click.command("why", cls=Command)
@target_argument
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as JSON.")
@click.pass_obj
def command(shell: Shell, *, target: str, as_json: bool) -> int:
    """Explain one picture: each action of its chain with its verdict and every reason, its inputs and its files.

    TARGET is a name, or one variant such as hero[season=spring].
    """
    with open_project(shell).session([target]) as session:
        names = session.spec.select([target])
        if len(names) > _MOST:
            raise UsageError(f"'{target}' is {len(names)} pictures", hint=f"name one of them: '{names[0]}'")
        explanations = [explain(session, name) for name in names]
    if as_json:
        for explanation in explanations:
            shell.out.json(explanation_json(explanation))
        return 0
    for number, explanation in enumerate(explanations):
        shell.out.lines([*([[]] if number else []), *_lines(explanation)])
    waiting = [each.target.id for each in explanations if waits(each.status)]
    notes = note_lines(note for each in explanations for note in each.notes)
    shell.err.lines([] if shell.quiet else [*waiting_lines(waiting), *notes])
    return 0


def _lines(explanation: Explanation) -> list[Line]:
    target = explanation.target
    cost = sum((link.action.cost for link in explanation.links), Cost.free())
    amount = str(cost) if cost.known or cost.high else "an unknown price"
    price = f", {amount} to bring it up to date" if cost != Cost.free() else ""
    said = explanation.status.review
    review = f", {REVIEWS[said][0]}" if said in ("approved", "rejected") else ""
    lines: list[Line] = [[(target.id, "bold"), f" is {explanation.status.state}{review}{price}"]]
    for link in explanation.links:
        lines += [[], *_link_lines(link)]
    if explanation.outputs:
        lines += [[], [("outputs", "bold")]]
        lines += [[f"  {output.path}: {output.reason or 'right as it is'}"] for output in explanation.outputs]
    elif explanation.status.outputs:
        lines += [
            [],
            [("outputs", "bold")],
            *([f"  {path}: from an earlier build"] for path in explanation.status.outputs),
        ]
    return lines


def _link_lines(link: Link) -> list[Line]:
    action = link.action
    node = action.node
    number = f" {node.stage}" if node.kind in ("edit", "step") else f" {node.candidate}" if node.candidate > 1 else ""
    title = "alt text" if node.kind == "describe" else f"{node.kind}{number}"
    who = "" if node.kind == "source" else f" {node.rule}" if node.rule else f" with {action.plugin}"
    cost = "" if action.cost == Cost.free() else f" {at_price(action.cost)}"
    lines: list[Line] = [
        [
            (title, "bold"),
            f"{who}: ",
            (action.verdict, VERDICT_STYLES[action.verdict]),
            cost,
        ]
    ]
    for reason in action.reasons:
        if reason.code == "changed" and reason.field == "prompt" and link.old_prompt is not None:
            lines.append(["  prompt: ", *word_diff(link.old_prompt, link.prompt or "")])
        elif reason.code != "fresh":
            lines.append([f"  {_said(reason)}"])
    lines += [[("  input ", "dim"), f"{name} ({state})"] for name, state in link.inputs]
    if action.key:
        lines.append([("  key ", "dim"), action.key[:12]])
    if link.last is not None:
        lines.append([("  last ", "dim"), _last(link.last, same=link.last.key == action.key)])
    return lines


def _said(reason: Reason) -> str:
    match reason.code:
        case "frozen":
            return "frozen: kept as it is, whatever changes"
        case "differs":
            return f"{told(reason)}; {KEPT}"
    return told(reason)


def _last(record: Record, *, same: bool) -> str:
    """When and by whom what stands here was made, and for how much."""
    when = datetime.fromtimestamp(record.time, UTC).strftime("%Y-%m-%d %H:%M UTC")
    did = "bought" if record.paid else "made"
    model = f" by {record.model}" if record.model else ""
    price = "" if not record.paid else ", cost unknown" if record.cost_usd is None else f" for {money(record.cost_usd)}"
    return f"{did} {when}{model}{price}" + ("" if same else f", key {record.key[:12]}")

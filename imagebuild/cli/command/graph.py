"""``imagebuild graph``: targets, actions and what they need of each other."""

from __future__ import annotations

import click

from imagebuild.cli.diagram import diagram, to_dot, to_json_graph, to_mermaid
from imagebuild.cli.group import Command
from imagebuild.cli.opening import open_project, tags_option, targets_argument
from imagebuild.cli.shell import Shell
from imagebuild.graph import build_graph
from imagebuild.target import Slot

__all__ = ["command"]


@click.command("graph", cls=Command)
@targets_argument
@tags_option
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["mermaid", "dot", "json"]),
    default="mermaid",
    show_default=True,
    help="What to print.",
)
@click.option("--status", is_flag=True, help="Colour each action by what a build would do with it.")
@click.pass_obj
def command(shell: Shell, *, targets: tuple[str, ...], tags: tuple[str, ...], form: str, status: bool) -> int:
    """Print the graph of the targets and all they need, as a Mermaid flowchart, for Graphviz, or as JSON."""
    project = open_project(shell)
    if status:
        with project.session() as session:
            spec, graph = session.spec, session.graph
            selected = spec.select(targets, tags)
            verdicts: dict[Slot, str] = {action.node.slot: action.verdict for action in session.plan(selected).actions}
        drawn = diagram(spec, graph, selected, verdicts)
    else:
        spec = project.spec()
        drawn = diagram(spec, build_graph(spec.targets, place=spec.place), spec.select(targets, tags))
    if form == "json":
        shell.out.json(to_json_graph(drawn))
    else:
        shell.out.line(to_dot(drawn) if form == "dot" else to_mermaid(drawn))
    return 0

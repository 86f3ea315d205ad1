"""The graph of targets and actions, for eyes (Mermaid, DOT) and programs (JSON)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from imagebuild.cli.text import clean
from imagebuild.digest import Json
from imagebuild.graph import Graph, Node, recipe_of
from imagebuild.spec import Spec
from imagebuild.target import InputFile, InputTarget, Slot, Target

__all__ = ["Diagram", "diagram", "to_dot", "to_json_graph", "to_mermaid"]

_COLOURS = {
    "buy": "#f6c445",
    "make": "#9fd89f",
    "cached": "#e6e6e6",
    "frozen": "#bcd7f5",
    "blocked": "#f2a3a3",
    "waiting": "#d9c8f0",
}


class Box(Struct, frozen=True):
    """One action: its node, who does it, and what the plan says of it, if that was asked for."""

    node: Node
    plugin: str
    verdict: str | None


class Diagram(Struct, frozen=True):
    """Boxes by target, the picture files that go in, and edges: from box or file index to box index."""

    boxes: tuple[Box, ...]
    files: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]
    file_edges: tuple[tuple[int, int], ...]

    @property
    def targets(self) -> dict[str, list[int]]:
        """Indexes of the boxes of each target."""
        found: dict[str, list[int]] = {}
        for index, box in enumerate(self.boxes):
            found.setdefault(box.node.target, []).append(index)
        return found


def diagram(spec: Spec, graph: Graph, targets: Iterable[str], verdicts: Mapping[Slot, str] | None = None) -> Diagram:
    """What the targets need. ``verdicts`` are those of a plan, by slot."""
    indexes = graph.closure(targets)
    new = {old: at for at, old in enumerate(indexes)}
    nodes = [graph.nodes[index] for index in indexes]
    boxes = tuple(
        Box(node, recipe_of(spec.targets[node.target], node).plugin, (verdicts or {}).get(node.slot)) for node in nodes
    )
    edges = tuple((new[need], new[index]) for index in indexes for need in _shown_needs(spec, graph.nodes[index]))
    files: dict[str, int] = {}
    file_edges = tuple(
        (files.setdefault(path, len(files)), at)
        for at, node in enumerate(nodes)
        for path in _files(spec.targets[node.target], node)
    )
    return Diagram(boxes, tuple(files), edges, file_edges)


def _shown_needs(spec: Spec, node: Node) -> list[int]:
    """What a node works on. The originals, which go to every step and check as well, would only be in the way."""
    needs = list(node.needs)
    if node.kind in ("step", "check"):
        recipe = recipe_of(spec.targets[node.target], node)
        needs = needs[: 1 + sum(isinstance(each, InputTarget) for each in recipe.inputs)]
    return list(dict.fromkeys(needs))


def _files(target: Target, node: Node) -> list[str]:
    recipe = recipe_of(target, node)
    given = [*recipe.inputs, recipe.mask, recipe.markup]
    return [each.path for each in given if isinstance(each, InputFile)]


def _label(box: Box) -> str:
    number = f" {box.node.stage}" if box.node.kind in ("edit", "step") else ""
    number = f" (candidate {box.node.candidate})" if box.node.candidate > 1 else number
    return f"{box.node.kind}{number}: {box.plugin}"


def to_mermaid(drawn: Diagram) -> str:
    """A Mermaid flowchart, as Markdown on GitHub shows it."""
    lines = ["flowchart LR"]
    for number, (target, indexes) in enumerate(drawn.targets.items()):
        lines.append(f"  subgraph t{number}[{_mermaid(target)}]")
        lines += [f"    a{index}[{_mermaid(_label(drawn.boxes[index]))}]" for index in indexes]
        lines.append("  end")
    lines += [f"  f{index}([{_mermaid(path)}])" for index, path in enumerate(drawn.files)]
    lines += [f"  f{file} --> a{box}" for file, box in drawn.file_edges]
    lines += [f"  a{start} --> a{end}" for start, end in drawn.edges]
    used = dict.fromkeys(box.verdict for box in drawn.boxes if box.verdict)
    lines += [f"  classDef {verdict} fill:{_COLOURS[verdict]},color:#000" for verdict in used]
    for verdict in used:
        members = ",".join(f"a{index}" for index, box in enumerate(drawn.boxes) if box.verdict == verdict)
        lines.append(f"  class {members} {verdict}")
    return "\n".join(lines)


def _mermaid(text: str) -> str:
    """A quoted label: whatever has a meaning to Mermaid, HTML or Markdown stands as an entity code."""
    safe = "".join(
        f"#{ord(letter)};" if letter in '"#&<>`*_\\;' else letter for letter in " ".join(clean(text).split())
    )
    return f'"{safe}"'


def to_dot(drawn: Diagram) -> str:
    """A graph for Graphviz."""
    lines = ["digraph imagebuild {", "  rankdir=LR;", '  node [shape=box, fontname="sans-serif"];']
    for number, (target, indexes) in enumerate(drawn.targets.items()):
        lines += [f"  subgraph cluster_{number} {{", f"    label={_dot(target)};"]
        for index in indexes:
            verdict = drawn.boxes[index].verdict
            fill = f', style=filled, fillcolor="{_COLOURS[verdict]}"' if verdict else ""
            lines.append(f"    a{index} [label={_dot(_label(drawn.boxes[index]))}{fill}];")
        lines.append("  }")
    lines += [f"  f{index} [label={_dot(path)}, shape=note];" for index, path in enumerate(drawn.files)]
    lines += [f"  f{file} -> a{box};" for file, box in drawn.file_edges]
    lines += [f"  a{start} -> a{end};" for start, end in drawn.edges]
    return "\n".join([*lines, "}"])


def _dot(text: str) -> str:
    r"""A quoted string; backslashes doubled, so that no ``\N`` is taken for an escape of Graphviz."""
    safe = " ".join(clean(text).split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{safe.replace("&", "&amp;")}"'


def to_json_graph(drawn: Diagram) -> dict[str, Json]:
    """Nodes and edges; edges name nodes by ``id``."""
    nodes: list[Json] = [
        {
            "id": f"a{index}",
            "target": box.node.target,
            "kind": box.node.kind,
            "name": box.plugin,
            "stage": box.node.stage,
            "candidate": box.node.candidate,
            "verdict": box.verdict,
        }
        for index, box in enumerate(drawn.boxes)
    ]
    nodes += [{"id": f"f{index}", "kind": "file", "path": path} for index, path in enumerate(drawn.files)]
    edges: list[Json] = [{"from": f"f{file}", "to": f"a{box}"} for file, box in drawn.file_edges]
    edges += [{"from": f"a{start}", "to": f"a{end}"} for start, end in drawn.edges]
    return {"version": 1, "nodes": nodes, "edges": edges}

"""Prompts as they stand in the spec, before templates are rendered and layers are laid upon each other."""

from __future__ import annotations

from imagebuild.spec.node import Mapping, Node, Scalar, Sequence
from imagebuild.spec.spec import Origin

__all__ = ["written_prompts"]


def written_prompts(origin: Origin) -> tuple[str, ...]:
    """A target's own prompt, then those of its edits; a prompt that stands in a file is named by the file."""
    edits = next((layer["edits"] for layer in reversed(origin.layers) if layer.get("edits") is not None), None)
    items = edits.items if isinstance(edits, Sequence) else []
    own = origin.layers[-1].get("prompt") if origin.layers else None
    return tuple(_text(node) for node in (own, *(_prompt(item) for item in items)))


def _prompt(edit: Node) -> Node | None:
    return edit.get("prompt") if isinstance(edit, Mapping) else edit


def _text(node: Node | None) -> str:
    if isinstance(node, Mapping):
        file = node.get("file")
        return f"file: {file.text}" if isinstance(file, Scalar) else ""
    return node.text if isinstance(node, Scalar) else ""

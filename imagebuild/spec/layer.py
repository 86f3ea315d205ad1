"""The layers of a target: defaults, styles, and what it says itself."""

from __future__ import annotations

from msgspec import Struct

from imagebuild.spec.check import Fields
from imagebuild.spec.node import Mapping, Node, Scalar
from imagebuild.spec.shape import is_null
from imagebuild.spec.template import Template
from imagebuild.target import Target

__all__ = ["Layers", "Resolved"]


class Layers(Struct, frozen=True):
    """The fields of a target from the weakest layer to the target's own, and the target's key.

    ``whole`` says that every field of every layer was right.
    """

    key: Scalar
    fields: tuple[Fields, ...]
    whole: bool = True

    def given(self) -> dict[str, Node]:
        """The strongest layer's value of each field that is given, unless it is null."""
        strongest = {name: node for layer in self.fields for name, node in layer.items()}
        return {name: node for name, node in strongest.items() if not is_null(node)}

    def options(self) -> dict[str, Node]:
        """Options of all layers, merged key by key; null takes a key away."""
        merged: dict[str, Node] = {}
        for layer in self.fields:
            node = layer.get("options")
            if node is None:
                continue
            if not isinstance(node, Mapping):
                merged.clear()
                continue
            for name, (_, value) in node.entries.items():
                if is_null(value):
                    merged.pop(name, None)
                else:
                    merged[name] = value
        return merged


class Resolved(Struct, frozen=True):
    """A target with what its output came from.

    ``reads`` are the prompt files it was made with, ``wants`` the names of other targets as they stand in it.
    ``by_tag``: it takes whatever targets have some tag.
    """

    target: Target
    layers: Layers
    output: Template
    output_at: Node
    reads: frozenset[str] = frozenset()
    wants: frozenset[str] = frozenset()
    by_tag: bool = False

"""What a YAML text says, as a tree that knows where each part stands. Aliases share nodes, so it may be a graph."""

from __future__ import annotations

from typing import TypeAlias

from imagebuild.spec.source import Source

__all__ = ["Mapping", "Node", "Plain", "Scalar", "Sequence", "kind_of"]

Plain: TypeAlias = "None | bool | int | float | str"


class Scalar:
    """One value. ``text`` is as written, ``value`` what it means, ``style`` the YAML style (``|``, ``"``, empty)."""

    __slots__ = ("end", "source", "start", "style", "text", "value")

    def __init__(self, source: Source, start: int, end: int, text: str, value: Plain, style: str = "") -> None:
        self.source, self.start, self.end = source, start, end
        self.text, self.value, self.style = text, value, style


class Sequence:
    """A list of nodes; ``key`` is what it stands under, if anything."""

    __slots__ = ("end", "items", "key", "source", "start")

    def __init__(self, source: Source, start: int) -> None:
        self.source, self.start, self.end = source, start, start
        self.key: Scalar | None = None
        self.items: list[Node] = []


class Mapping:
    """Keys with their values, in the order of the file; ``merges`` are the values of ``<<`` until they are resolved."""

    __slots__ = ("end", "entries", "key", "merges", "source", "start")

    def __init__(self, source: Source, start: int) -> None:
        self.source, self.start, self.end = source, start, start
        self.key: Scalar | None = None
        self.entries: dict[str, tuple[Scalar, Node]] = {}
        self.merges: list[Node] | None = None

    def get(self, key: str) -> Node | None:
        """The value of ``key``."""
        entry = self.entries.get(key)
        return entry[1] if entry else None


Node: TypeAlias = "Scalar | Sequence | Mapping"


def kind_of(node: Node) -> str:
    """What ``node`` is, in words of a message: ``the number 3``, ``a list``."""
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Mapping):
        return "a block of keys"
    value = node.value
    if value is None:
        return "nothing"
    shown = node.text if len(node.text) <= 40 else node.text[:39] + "…"
    if isinstance(value, bool):
        return f"the word {shown}"
    if isinstance(value, int | float):
        return f"the number {shown}"
    return f"the text {shown!r}"

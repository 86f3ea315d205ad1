"""YAML text to nodes, in bounded time and memory: no object is made that the text does not spell out."""

from __future__ import annotations

from typing import Any

from imagebuild.errors import Place
from imagebuild.spec.node import Mapping, Node, Scalar, Sequence
from imagebuild.spec.problem import Problems, suggest
from imagebuild.spec.scalar import BadScalarError, plain_value, tagged_value, unknown_tag
from imagebuild.spec.source import Source
from imagebuild.spec.syntax import explain

__all__ = ["DEEPEST", "parse_yaml"]

DEEPEST = 64
LEAST_NODES = 100_000
TIMES_NODES = 10
_HUGE = 1 << 60
_CONTAINER_TAGS = (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


class _Stop(Exception):
    """The text cannot be read any further."""

    def __init__(self, message: str, at: int | Place, hint: str | None = None) -> None:
        super().__init__(message)
        self.at = at
        self.hint = hint


class _Frame:
    """A list or mapping that is being read. ``weight`` counts its nodes with all aliases expanded."""

    __slots__ = ("anchor", "height", "key", "node", "weight")

    def __init__(self, node: Sequence | Mapping, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.key: Scalar | None = None
        self.weight = 1
        self.height = 1


def parse_yaml(source: Source, problems: Problems) -> Node | None:
    """The tree of ``source``; None when it is empty or, after a note in ``problems``, when it cannot be read."""
    from yaml import YAMLError

    try:
        return _Builder(source, problems).build()
    except _Stop as stop:
        at = stop.at if isinstance(stop.at, Place) else source.place(stop.at)
        problems.add(str(stop), at, stop.hint)
    except YAMLError as error:
        problems.add(*explain(source, error))
    except RecursionError:
        problems.add(f"the spec is nested more than {DEEPEST} levels deep", source.place(0))
    problems.incomplete = True
    return None


class _Builder:
    """Follows the parser's events. Merges are resolved last, once the expanded size is known to be in bounds."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.source = source
        self.problems = problems
        self.anchors: dict[str, tuple[Node, int, int] | None] = {}
        self.frames: list[_Frame] = []
        self.merging: list[Mapping] = []
        self.root: Node | None = None
        self.count = 0
        self.weight = 0

    def build(self) -> Node | None:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(self.source.text)
        handlers = {
            yaml.ScalarEvent: self.scalar,
            yaml.MappingStartEvent: self.start_mapping,
            yaml.SequenceStartEvent: self.start_sequence,
            yaml.MappingEndEvent: self.end,
            yaml.SequenceEndEvent: self.end,
            yaml.AliasEvent: self.alias,
            yaml.DocumentStartEvent: self.document,
        }
        try:
            next_event = loader.get_event
            while (event := next_event()) is not None:
                handler = handlers.get(type(event))
                if handler is not None:
                    handler(event)
        finally:
            loader.dispose()
        self.source.anchored = bool(self.anchors)
        limit = max(LEAST_NODES, TIMES_NODES * self.count)
        if self.weight > limit:
            hint = "write the repeated parts as a style, or give fewer aliases"
            raise _Stop(f"the aliases of this file expand to more than {limit} values", 0, hint)
        for mapping in self.merging:
            self.merge(mapping)
        return self.root

    def document(self, event: Any) -> None:
        if self.root is not None:
            hint = "put each into its own file and list them under 'include'"
            raise _Stop("a spec is one YAML document, and a second one starts here", event.start_mark.index, hint)

    def scalar(self, event: Any) -> None:
        text, tag, start = event.value, event.tag, event.start_mark.index
        plain = not event.style
        node = Scalar(self.source, start, event.end_mark.index, text, text, event.style or "")
        try:
            if tag is not None:
                node.value = tagged_value(text, tag, plain=plain)
            elif plain:
                node.value = plain_value(text)
        except BadScalarError as error:
            self.problems.add(str(error), node, error.hint)
        self.count += 1
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, 1, 0)
        self.attach(node, 1, 0)

    def start_mapping(self, event: Any) -> None:
        self.open(Mapping(self.source, event.start_mark.index), event)

    def start_sequence(self, event: Any) -> None:
        self.open(Sequence(self.source, event.start_mark.index), event)

    def open(self, node: Sequence | Mapping, event: Any) -> None:
        if len(self.frames) >= DEEPEST:
            raise _Stop(f"the spec is nested more than {DEEPEST} levels deep", node.start)
        if event.tag not in _CONTAINER_TAGS:
            message, hint = unknown_tag(event.tag)
            self.problems.add(message, self.source.place(node.start), hint)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.count += 1
        self.frames.append(_Frame(node, event.anchor))

    def end(self, event: Any) -> None:
        frame = self.frames.pop()
        frame.node.end = event.end_mark.index
        weight = min(frame.weight, _HUGE)
        if frame.anchor is not None:
            self.anchors[frame.anchor] = (frame.node, weight, frame.height)
        self.attach(frame.node, weight, frame.height)

    def alias(self, event: Any) -> None:
        name, start = event.anchor, event.start_mark.index
        if name not in self.anchors:
            hint = suggest(name, list(self.anchors)[:1000], f"an anchor is set with '&{name}' before it is used")
            raise _Stop(f"unknown alias '*{name}'", self.source.place(start, event.end_mark.index), hint)
        anchored = self.anchors[name]
        if anchored is None:
            raise _Stop(f"the alias '*{name}' stands inside of what it names", start, "an alias may not hold itself")
        node, weight, height = anchored
        if len(self.frames) + height > DEEPEST:
            raise _Stop(f"with its aliases expanded the spec is nested more than {DEEPEST} levels deep", start)
        self.attach(node, weight, height)

    def attach(self, node: Node, weight: int, height: int) -> None:
        """Put a finished node where it belongs: into the innermost open list or mapping, or at the root."""
        if not self.frames:
            self.root, self.weight = node, weight
            return
        frame = self.frames[-1]
        frame.weight += weight
        if height >= frame.height:
            frame.height = height + 1
        parent = frame.node
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif frame.key is not None:
            key, frame.key = frame.key, None
            self.enter(parent, key, node)
        elif isinstance(node, Scalar):
            frame.key = node
        else:
            template = self.source.text[node.start - 1 : node.start + 1] == "{{"
            hint = (
                'a text with a template stands in quotes: "{{ name }}"'
                if template
                else "put a text that starts with '{' or '[' in quotes"
            )
            raise _Stop("a key must be a single word or text", node.start - template, hint)

    def enter(self, mapping: Mapping, key: Scalar, value: Node) -> None:
        name = key.text
        if name == "<<" and key.style == "":
            if mapping.merges is None:
                mapping.merges = []
                self.merging.append(mapping)
            mapping.merges.append(value)
        elif name in mapping.entries:
            first = mapping.entries[name][0]
            self.problems.add(
                f"the key '{name[:60]}' is given twice",
                key,
                f"it stands on line {self.source.line_of(first.start)} already",
            )
        else:
            mapping.entries[name] = (key, value)
            if not isinstance(value, Scalar) and value.key is None:
                value.key = key

    def merge(self, mapping: Mapping) -> None:
        """Add the entries of ``<<``: what the mapping says itself wins, then the earlier of several merged ones."""
        for value in mapping.merges or ():
            parts = value.items if isinstance(value, Sequence) else [value]
            for part in parts:
                if not isinstance(part, Mapping):
                    self.problems.add("'<<' merges blocks of keys, and this is none", part, "name one with '*alias'")
                    continue
                for name, entry in part.entries.items():
                    mapping.entries.setdefault(name, entry)
        mapping.merges = None

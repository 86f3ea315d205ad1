"""The text of a spec file cut at its targets, so that a change of one is a change of a few lines."""

from __future__ import annotations

import re
from collections.abc import Sequence as Seq

from msgspec import Struct

from imagebuild.errors import Place
from imagebuild.spec.document import Entry, target_entry
from imagebuild.spec.node import Mapping, Node, Scalar, Sequence
from imagebuild.spec.parser import parse_yaml
from imagebuild.spec.problem import Problems
from imagebuild.spec.source import Source

__all__ = ["Pieces", "Section", "cut", "has_rare_breaks", "pieces_of", "read_section", "starts_of"]

_TARGETS = re.compile(r"^targets:[ \t]*(?:#[^\n]*)?\r?$", re.MULTILINE)
_TOP = re.compile(r"^[^\s#]", re.MULTILINE)
_FIRST = re.compile(r"^( +)[^\s#-]", re.MULTILINE)
_HEAD = "targets:\n"  # what a section is read below, so that it is as deep as in its file


class Pieces(Struct, frozen=True):
    """A file's text: what stands before its targets, the text of each, and what comes after; ``indent`` in spaces."""

    before: str
    sections: tuple[str, ...]
    after: str
    indent: int


def pieces_of(text: str) -> Pieces | None:
    """Cut a text at the lines that look like the beginning of a target; None where there is no block of them.

    A look at lines cannot know what YAML makes of them: the caller has to compare with what the parser has found.
    """
    if has_rare_breaks(text):
        return None  # lines that end otherwise are counted by a whole reading
    heads = list(_TARGETS.finditer(text))
    if len(heads) != 1 or text.startswith("%") or "\n%" in text[: heads[0].start()]:
        return None
    begin = heads[0].end() + 1
    top = _TOP.search(text, begin)
    end = top.start() if top else len(text)
    first = _FIRST.search(text, begin, end)
    if first is None:
        return None
    indent = len(first[1])
    starts = starts_of(text, indent, begin, end)
    bounds = [*starts, end]
    sections = tuple(text[bounds[index] : bounds[index + 1]] for index in range(len(starts)))
    return Pieces(text[: starts[0]], sections, text[end:], indent)


def has_rare_breaks(text: str) -> bool:
    """Whether lines end otherwise than with a line feed, or one behind a carriage return."""
    return any(rare in text for rare in "\x85\u2028\u2029") or text.count("\r") != text.count("\r\n")


def starts_of(text: str, indent: int, begin: int, end: int) -> list[int]:
    """Where targets look to begin between two places, of which the first is the beginning of a line."""
    looks = re.compile(rf"^ {{{indent}}}(?![\s#-])", re.MULTILINE)
    return [match.start() for match in looks.finditer(text, begin, end)]


def cut(text: str, entries: Seq[Entry]) -> tuple[Pieces, list[int]] | None:
    """A text in pieces, and where those begin; None unless they are the targets that the parser has found in it."""
    pieces = pieces_of(text)
    if pieces is None or entries[0].key.source.anchored or len(pieces.sections) != len(entries):
        return None
    starts, start = [], len(pieces.before)
    for piece, entry in zip(pieces.sections, entries, strict=True):
        if entry.key.start != start + pieces.indent:
            return None
        starts.append(start)
        start += len(piece)
    return pieces, starts


class _SectionSource(Source):
    """The text of one section below a head of its own; its places are those in the file, wherever it stands by now."""

    __slots__ = ("section",)

    def __init__(self, file: str, text: str) -> None:
        super().__init__(file, _HEAD + text)
        self.section: Section | None = None

    def place(self, start: int, end: int | None = None) -> Place:
        """The place in the file."""
        found = super().place(start, end)
        first = self.section.first_line if self.section else 1
        line = first + (found.line or 2) - 2
        return Place(found.file, line, found.column, found.source, found.length)

    def line_of(self, index: int) -> int:
        """The line in the section; only places are told to people."""
        return super().line_of(index)


class Section(Struct):
    """One target of a file. ``first_line``, from 1, is where it stands now."""

    text: str
    first_line: int
    entry: Entry

    @property
    def name(self) -> str:
        """The target's name."""
        return self.entry.key.text

    @classmethod
    def of(cls, file: str, text: str, first_line: int, start: int, entry: Entry) -> Section:
        """A target that was read with its whole file, where it began at ``start``: its nodes move into a section."""
        source = _SectionSource(file, text)
        _move(entry.key, source, start - len(_HEAD))
        _move(entry.node, source, start - len(_HEAD))
        section = cls(text, first_line, entry)
        source.section = section
        return section


def read_section(file: str, text: str, first_line: int, indent: int, problems: Problems) -> Section | None:
    """A target by itself; None where something about it is not as plain as that, or wrong."""
    source = _SectionSource(file, text)
    root = parse_yaml(source, problems)
    if len(problems) or source.anchored or not isinstance(root, Mapping) or list(root.entries) != ["targets"]:
        return None
    targets = root.entries["targets"][1]
    if not isinstance(targets, Mapping) or len(targets.entries) != 1:
        return None
    key, node = next(iter(targets.entries.values()))
    if key.start != len(_HEAD) + indent:
        return None
    entry = target_entry(key, node, problems)
    if entry is None or len(problems):
        return None
    section = Section(text, first_line, entry)
    source.section = section
    return section


def _move(node: Node, source: Source, by: int) -> None:
    """Let nodes stand in another source, ``by`` characters further in front."""
    pending: list[Node] = [node]
    while pending:
        each = pending.pop()
        each.source = source
        each.start -= by
        each.end -= by
        if isinstance(each, Sequence):
            pending += each.items
        elif isinstance(each, Mapping):
            for key, value in each.entries.values():
                _shift(key, source, by)
                pending.append(value)


def _shift(key: Scalar, source: Source, by: int) -> None:
    if key.source is not source:
        key.source = source
        key.start -= by
        key.end -= by

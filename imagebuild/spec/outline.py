"""What a reading of the whole spec leaves for the next process: enough to find what an edit of some targets touches.

The texts of the files with targets and where each of these begins; the ids that each makes and the paths it writes; who
names whom, and who reads which file. None of it says what a target is: that is read anew from its text.
"""

from __future__ import annotations

import marshal
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field
from msgspec.structs import astuple

from imagebuild.discreet import Discreet
from imagebuild.spec.claim import Claim, files_of
from imagebuild.spec.limit import Budget
from imagebuild.spec.load import Parts
from imagebuild.spec.section import cut, has_rare_breaks, starts_of
from imagebuild.spec.spec import Spec

__all__ = ["Edit", "Outline", "Sheet", "note", "outline_of"]

_MARSHAL = 4


class Edit(Discreet, frozen=True):
    """A sheet's new text beside the old one.

    Targets of the old text ``[:kept]`` and ``[resumed:]`` stand unchanged in the new one, the latter ``shift``
    characters further on. Between them the new text has sections that begin at ``starts``; where ``names`` has None,
    the section is another one than before. ``stale`` are the old targets whose text is gone.
    """

    hidden = ("text",)

    text: str
    kept: int
    resumed: int
    shift: int
    starts: list[int]
    names: list[str | None]
    stale: frozenset[str]


class Sheet(Discreet, frozen=True):
    """A file with targets. ``starts`` say where each begins, ``end`` where the last one ends; ``indent`` in spaces."""

    hidden = ("text",)

    digest: str
    text: str
    indent: int
    names: list[str]
    starts: list[int]
    end: int

    def edited(self, text: str) -> Edit | None:
        """What a new text says otherwise; None where more than targets is another, or where lines do not tell."""
        head = self.indent + 1  # characters that show that a target begins
        before = _common(self.text, text, 1)
        after = min(_common(self.text, text, -1), len(self.text) - before, len(text) - before)
        kept = bisect_right(self.starts, before - head) - 1
        tail, shift = len(self.text) - after, len(text) - len(self.text)
        resumed = max(bisect_left(self.starts, tail), kept + 1)
        old_end = self.starts[resumed] if resumed < len(self.starts) else self.end
        begin, end = self.starts[max(kept, 0)], old_end + shift
        if kept < 0 or old_end < tail or end <= begin or (end < len(text) and text[end - 1] != "\n"):
            return None
        between = text[begin:end]
        if has_rare_breaks(between) or any(line[:1] not in ("", " ", "#", "\r") for line in between.split("\n")):
            return None
        starts = starts_of(text, self.indent, begin, end)
        if starts[:1] != [begin]:
            return None
        known = {self._section(at): self.names[at] for at in range(kept, resumed)}
        names = [known.pop(text[a:b], None) for a, b in zip(starts, [*starts[1:], end], strict=True)]
        return Edit(text, kept, resumed, shift, starts, names, frozenset(known.values()))

    def unedited(self) -> Edit:
        """The text as it was."""
        return Edit(self.text, len(self.names), len(self.names), 0, [], [], frozenset())

    def spans(self, edit: Edit, wanted: Iterable[str]) -> list[tuple[int, int]]:
        """Where in the new text the sections stand that are another, and those of ``wanted`` that are not; in order."""
        wanted, end = set(wanted), self.end + edit.shift
        if not wanted:
            after = self.starts[edit.resumed] + edit.shift if edit.resumed < len(self.starts) else end
            between = zip(edit.names, edit.starts, [*edit.starts[1:], after], strict=False)
            return [(start, stop) for name, start, stop in between if name is None]
        bounds = [*self.new_starts(edit), end]
        every = zip(self.new_names(edit), bounds, bounds[1:], strict=False)
        return [(start, stop) for name, start, stop in every if name is None or name in wanted]

    def new_names(self, edit: Edit) -> list[str | None]:
        """The targets of the new text; None for sections that are another."""
        return [*self.names[: edit.kept], *edit.names, *self.names[edit.resumed :]]

    def new_starts(self, edit: Edit) -> list[int]:
        """Where in the new text they begin."""
        return [*self.starts[: edit.kept], *edit.starts, *(at + edit.shift for at in self.starts[edit.resumed :])]

    def _section(self, at: int) -> str:
        end = self.starts[at + 1] if at + 1 < len(self.starts) else self.end
        return self.text[self.starts[at] : end]


class Outline(Struct, frozen=True):
    """All of a spec in outline.

    ``variants`` are the ids of targets whose id is not their name alone. By id: ``paths``, where each writes, and
    ``expected``, with the likely ending; both folded. ``links`` name for a target those that it names or is named by,
    ``readers`` for a file the targets that take something from it. ``reserved`` is that of the spec. ``actions`` say
    how many an id has, where that is not one. ``plugins`` is the index of those that are installed, and ``searched``
    says where they were looked for. ``spent`` is what templates have cost, in steps and characters: at least what a
    whole reading would count.
    """

    sheets: dict[str, Sheet]
    variants: dict[str, list[str]]
    paths: dict[str, str]
    expected: dict[str, str]
    links: dict[str, set[str]]
    readers: dict[str, set[str]]
    reserved: list[str]
    actions: dict[str, int]
    spent: tuple[int, int]
    plugins: list[Any] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)

    def ids(self, name: str) -> list[str]:
        """The ids of a target."""
        return self.variants.get(name, [name])

    def claim(self, id_: str) -> Claim:
        """Where an id writes."""
        return Claim(self.paths[id_], self.expected[id_])

    def linked(self, names: Iterable[str]) -> set[str]:
        """Targets, and all that name or are named by them, directly or not."""
        found, new = set(names), list(names)
        while new:
            for other in self.links.get(new.pop(), ()):
                if other not in found:
                    found.add(other)
                    new.append(other)
        return found

    def dump(self) -> bytes:
        """As bytes."""
        sheets = {path: astuple(sheet) for path, sheet in self.sheets.items()}
        return marshal.dumps((sheets, *astuple(self)[1:]), _MARSHAL)

    @classmethod
    def load(cls, data: bytes) -> Outline:
        """What :meth:`dump` gave; the bytes must be ours. Raises ``ValueError``, ``EOFError`` and ``TypeError``."""
        sheets, *rest = marshal.loads(data)  # noqa: S302 - never a stranger's: see Bench.excerpt
        return cls({path: Sheet(*fields) for path, fields in sheets.items()}, *rest)


def outline_of(spec: Spec, parts: Parts) -> Outline | None:
    """The outline of a spec that was read whole; None where its text is not plain enough to be read in parts."""
    if spec.untrusted or any(each.by_tag for each in parts.resolved):
        return None
    sheets = _sheets(spec, parts)
    if sheets is None:
        return None
    outline = Outline(sheets, {}, {}, {}, {}, {}, sorted(spec.reserved), {}, spent_by(parts))
    note(outline, parts)
    return outline


def spent_by(parts: Parts) -> tuple[int, int]:
    """What the templates of what was read have cost, in steps and characters."""
    left, whole = parts.renderer.budget, Budget(len(parts.document.targets), parts.document.size)
    return whole.steps - left.steps, whole.text - left.text


def note(outline: Outline, parts: Parts) -> None:
    """Enter targets that were read."""
    ids: dict[str, list[str]] = {}
    for each in parts.resolved:
        ids.setdefault(each.target.name, []).append(each.target.id)
    outline.variants.update({name: group for name, group in ids.items() if group != [name]})
    names = {id_: name for name, group in outline.variants.items() for id_ in group}
    for id_, claim in parts.claims.items():
        outline.paths[id_], outline.expected[id_] = claim.path, claim.expected
    for each in parts.resolved:
        name = each.target.name
        for path in (*each.reads, *files_of(each.target)):
            outline.readers.setdefault(path, set()).add(name)
        for wanted in each.wants:
            other = names.get(wanted, wanted)
            if other != name:
                outline.links.setdefault(name, set()).add(other)
                outline.links.setdefault(other, set()).add(name)


def _sheets(spec: Spec, parts: Parts) -> dict[str, Sheet] | None:
    by_file: dict[str, list[str]] = {}
    for name, entry in parts.document.targets.items():
        by_file.setdefault(entry.key.source.file, []).append(name)
    sheets: dict[str, Sheet] = {}
    for path, names in by_file.items():
        entries = [parts.document.targets[name] for name in names]
        text = entries[0].key.source.text
        found = cut(text, entries)
        if found is None:
            return None
        pieces, starts = found
        sheets[path] = Sheet(spec.files[path], text, pieces.indent, names, starts, len(text) - len(pieces.after))
    return sheets


def _common(first: str, second: str, way: int) -> int:
    """How many characters two texts share at the beginning (1) or the end (-1)."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        part = slice(low, middle) if way > 0 else slice(-middle, -low or None)
        low, high = (middle, high) if first[part] == second[part] else (low, middle - 1)
    return low

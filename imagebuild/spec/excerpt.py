"""Reads of a spec only the targets that an edit touches, in a process that has read nothing before.

What stands unchanged is put out of the parser's sight, line by line, so that all the rest keeps its place. Whatever is
not as plain as this supposes, and all that may be wrong, is left to :func:`imagebuild.spec.load.load_spec`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from imagebuild.digest import digest_bytes
from imagebuild.errors import SpecError
from imagebuild.spec.claim import Claim
from imagebuild.spec.folder import Stand
from imagebuild.spec.layer import Resolved
from imagebuild.spec.limit import Budget
from imagebuild.spec.load import Parts, load_parts
from imagebuild.spec.name import folded
from imagebuild.spec.outline import Edit, Outline, Sheet, note, spent_by
from imagebuild.spec.source import Undecodable, decode
from imagebuild.spec.spec import Spec

__all__ = ["Excerpt", "read_excerpt"]

_FEW = 100
_SHARE = 4  # an edit of more than a part of this is read whole


class Excerpt(Struct, frozen=True):
    """The touched targets as a spec of their own, which says in ``elsewhere`` what it leaves out."""

    spec: Spec
    parts: Parts
    before: Outline
    edits: Mapping[str, Edit]

    def outline(self) -> Outline:
        """The outline of the whole spec as it is now."""
        sheets = dict(self.before.sheets)
        for path, edit in self.edits.items():
            sheet, names = sheets[path], sheets[path].new_names(edit)
            unchanged = {name for name in names if name}
            others = (name for name in self._names(path) if name not in unchanged)
            sheets[path] = Sheet(
                self.spec.files[path],
                edit.text,
                sheet.indent,
                [name or next(others) for name in names],
                sheet.new_starts(edit),
                sheet.end + edit.shift,
            )
        spent = _spent(self.before, self.parts)
        outline = replace(self.before, sheets=sheets, reserved=sorted(self.spec.reserved), spent=spent)
        note(outline, self.parts)
        return outline

    def _names(self, path: str) -> list[str]:
        return [name for name, entry in self.parts.document.targets.items() if entry.key.source.file == path]


def read_excerpt(
    root: Path, outline: Outline, changed: Collection[str], *, environ: Mapping[str, str]
) -> Excerpt | None:
    """The targets that rest on the ``changed`` files of a spec that was read before; None where all must be read."""
    try:
        return _read(root, outline, changed, environ)
    except (OSError, SpecError, Undecodable):
        return None


def _read(root: Path, outline: Outline, changed: Collection[str], environ: Mapping[str, str]) -> Excerpt | None:
    edits: dict[str, Edit] = {}
    stands: dict[str, Stand] = {}
    wanted: set[str] = set()
    for path in changed:
        wanted |= outline.readers.get(path, set())
        if path not in outline.sheets:
            continue
        data = (root / path).read_bytes()
        edit = outline.sheets[path].edited(decode(path, data).text)
        if edit is None:
            return None
        edits[path] = edit
        stands[path] = Stand(digest_bytes(data), b"", len(data))
        wanted |= edit.stale
    wanted = outline.linked(wanted)
    places: dict[str, list[int]] = {}
    for path, sheet in outline.sheets.items():
        edit = edits.get(path) or sheet.unedited()
        spans = sheet.spans(edit, wanted)
        text, places[path] = _shortened(edit.text, sheet.starts[0], spans, sheet.end + edit.shift)
        known = stands.get(path) or Stand(sheet.digest, b"", len(sheet.text))
        stands[path] = replace(known, shown=text.encode())
    if sum(map(len, places.values())) > max(_FEW, len(outline.paths) // _SHARE):
        return None
    spec, parts = load_parts(root, environ=environ, stands=stands, reserved=outline.reserved)
    if not _is_plain(outline, parts, places, wanted) or not _keeps_apart(outline, spec, parts):
        return None
    spent = _spent(outline, parts)
    bound = Budget(
        sum(len(sheet.names) for sheet in outline.sheets.values()),
        sum(len((edits.get(path) or sheet).text) for path, sheet in outline.sheets.items()),
    )
    if spent[0] > bound.steps or spent[1] > bound.text:
        return None  # a whole reading counts right
    counts = outline.actions
    elsewhere = {id_: counts.get(id_, 1) for id_ in outline.paths if id_ not in spec.targets}
    return Excerpt(replace(spec, elsewhere=elsewhere), parts, outline, edits)


def _spent(before: Outline, parts: Parts) -> tuple[int, int]:
    """What was spent before, and on the targets read now."""
    steps, text = spent_by(parts)
    return before.spent[0] + steps, before.spent[1] + text


def _shortened(text: str, begin: int, spans: Iterable[tuple[int, int]], end: int) -> tuple[str, list[int]]:
    """A text of whose targets only those in ``spans`` are left, and where they begin in it.

    Lines of comment stand for the rest. Empty ones would go on with a text that keeps the lines behind it.
    """
    line = "#\r\n" if "\r\n" in text[:begin] else "#\n"
    parts, places, at, size = [text[:begin]], [], begin, begin
    for start, stop in chain(spans, [(end, len(text))]):
        gap = line * text.count("\n", at, start)
        places.append(size + len(gap))
        parts += [gap, text[start:stop]]
        size, at = size + len(gap) + stop - start, stop
    return "".join(parts), places[:-1]


def _is_plain(outline: Outline, parts: Parts, places: Mapping[str, list[int]], wanted: set[str]) -> bool:
    """Whether the parser has found the targets where they were taken to be, and no others."""
    found: dict[str, list[int]] = {path: [] for path in outline.sheets}
    for entry in parts.document.targets.values():
        source = entry.key.source
        if source.anchored or source.file not in found:
            return False
        found[source.file].append(entry.key.start - outline.sheets[source.file].indent)
    if found != places or any(each.by_tag or not each.reads.isdisjoint(found) for each in parts.resolved):
        return False  # the latter take in what only stands for a file
    names = parts.document.targets.keys()
    if not names >= wanted:
        return False  # one is gone
    added = names - wanted
    return not added or added.isdisjoint(name for sheet in outline.sheets.values() for name in sheet.names)


def _keeps_apart(outline: Outline, spec: Spec, parts: Parts) -> bool:
    """Whether the ids are the same as before or new, and each target writes where it did, or where nobody does."""
    groups: dict[str, list[Resolved]] = {name: [] for name in parts.document.targets}
    for each in parts.resolved:
        groups[each.target.name].append(each)
    new: list[tuple[str, Claim]] = []
    for name, group in groups.items():
        known = name in outline.variants or name in outline.paths
        if known and [each.target.id for each in group] != outline.ids(name):
            return False
        for each in group:
            claim = parts.claims[each.target.id]
            if known and claim != outline.claim(each.target.id):
                return False
            if not known:
                new.append((each.target.id, claim))
    taken = spec.reserved.difference(outline.reserved)
    if taken and not taken.isdisjoint(outline.expected.values()):
        return False
    return not new or _are_free(outline, new)


def _are_free(outline: Outline, new: list[tuple[str, Claim]]) -> bool:
    """Whether ids and paths of new targets are in nobody's way."""
    names = (name for sheet in outline.sheets.values() for name in sheet.names)
    ids = set(map(folded, chain(outline.paths, names)))
    paths = set(outline.paths.values())
    folders = {parent for id_ in outline.paths for parent in outline.claim(id_).parents}
    for id_, claim in new:
        parents = claim.parents
        if folded(id_) in ids or claim.path in paths or claim.path in folders or not paths.isdisjoint(parents):
            return False
        ids.add(folded(id_))
        paths.add(claim.path)
        folders.update(parents)
    return True

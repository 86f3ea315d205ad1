"""Reads a spec again and again: after the first time only what changed is parsed, rendered and checked.

Every short cut falls back to the whole reading where anything is not as plain as it supposes, and above all where
something may be wrong: what is wrong is told by :func:`imagebuild.spec.load.load_spec` alone.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

from imagebuild.digest import digest_bytes
from imagebuild.spec.claim import Claim, claim_of, files_of
from imagebuild.spec.layer import Resolved
from imagebuild.spec.limit import Budget, BudgetSpentError
from imagebuild.spec.load import Parts, load_parts, reserved_paths
from imagebuild.spec.make import Maker
from imagebuild.spec.matrix import variants_of
from imagebuild.spec.name import folded
from imagebuild.spec.outline import spent_by
from imagebuild.spec.problem import Problems, TooManyProblems
from imagebuild.spec.resolve import Resolver
from imagebuild.spec.secret import find_secrets
from imagebuild.spec.section import Pieces, Section, cut, pieces_of, read_section
from imagebuild.spec.source import Undecodable, decode
from imagebuild.spec.spec import Origin, Spec
from imagebuild.target import InputTag

__all__ = ["SpecReader"]

_MOST_TEMPLATES = 50_000


class SpecReader:
    """Reads the spec of one project. Unchanged targets are the same objects in the next spec; for one thread."""

    def __init__(self, root: Path, *, environ: Mapping[str, str]) -> None:
        self._root = root
        self._environ = environ
        self._kept: _Kept | None = None

    def read(self) -> Spec:
        """The spec as it is now. Raises ``SpecError`` with all its problems."""
        if self._kept is not None:
            try:
                spec = self._kept.again()
            except (_NotPlain, OSError, Undecodable, TooManyProblems, BudgetSpentError):
                self._kept = None  # the whole reading says what is wrong, if anything is
            else:
                return spec
        spec, parts = load_parts(self._root, environ=self._environ)
        self._kept = _Kept.of(self._root, spec, parts)
        return spec


class _NotPlain(Exception):
    """Something that only a whole reading can judge."""


class _Sheet(Struct):
    """One file with targets: its bytes, its pieces, and what was read of each."""

    data: bytes
    pieces: Pieces
    sections: list[Section]


class _Kept(Struct):
    """What a reading has left for the next one."""

    root: str
    spec: Spec
    parts: Parts
    sheets: dict[str, _Sheet]
    others: dict[str, bytes]
    listings: dict[str, tuple[str, ...]]
    made: dict[str, tuple[Resolved, ...]]
    claims: dict[str, Claim] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    folders: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, root: Path, spec: Spec, parts: Parts) -> _Kept | None:
        """Keep a reading; None where its text is not plain enough to be read in pieces."""
        if any(each.by_tag for each in parts.resolved):
            return None
        kept = cls(os.fspath(root), spec, parts, {}, {}, {}, {})
        try:
            kept._cut()
            kept.listings = {folder: kept._listed(folder) for folder in spec.folders}
        except (_NotPlain, OSError, Undecodable):
            return None
        made: dict[str, list[Resolved]] = {name: [] for name in parts.document.targets}
        for each in parts.resolved:
            made[each.target.name].append(each)
            kept._claim(each)
        kept.made = {name: tuple(group) for name, group in made.items()}
        return kept

    def _cut(self) -> None:
        """Read the files once more, and cut those that have targets where the parser has found these to begin."""
        by_file: dict[str, list[str]] = {}
        for name, entry in self.parts.document.targets.items():
            by_file.setdefault(entry.key.source.file, []).append(name)
        if "\n".join(name for names in by_file.values() for name in names) != "\n".join(self.parts.document.targets):
            raise _NotPlain
        for path, digest in self.spec.files.items():
            data = self._load(path)
            if digest_bytes(data) != digest:
                raise _NotPlain  # it was saved meanwhile
            names = by_file.get(path)
            if names is None:
                self.others[path] = data
                continue
            entries = [self.parts.document.targets[name] for name in names]
            found = cut(decode(path, data).text, entries)
            if found is None:
                raise _NotPlain
            pieces, starts = found
            sections, line = [], 1 + pieces.before.count("\n")
            for piece, start, entry in zip(pieces.sections, starts, entries, strict=True):
                sections.append(Section.of(path, piece, line, start, entry))
                line += piece.count("\n")
            self.sheets[path] = _Sheet(data, pieces, sections)

    def again(self) -> Spec:
        """The spec as it is now. Raises `_NotPlain` and more, after which this is of no use any more."""
        for folder, names in self.listings.items():
            if self._listed(folder) != names:
                raise _NotPlain
        changed = [path for path in self.spec.files if self._load(path) != self._data(path)]
        self._require_files()
        if not changed:
            return self.spec
        problems = Problems()
        read = {path for path in changed if path in self.others}
        stale = {
            name for name, group in self.made.items() if read and any(not read.isdisjoint(each.reads) for each in group)
        }
        if not read <= {path for name in stale for each in self.made[name] for path in each.reads}:
            raise _NotPlain  # a plugin, or a file without targets
        for path in changed:
            data = self._load(path)
            if path in read:
                self.others[path] = data
                self.parts.renderer.files.pop(path, None)
            else:
                stale |= self._resplit(path, data, problems)
        return self._remade(stale, changed, problems)

    def _resplit(self, path: str, data: bytes, problems: Problems) -> set[str]:
        """Take in the new text of a file; the names of targets whose text is another one."""
        sheet = self.sheets[path]
        pieces = pieces_of(decode(path, data).text)
        if pieces is None or (pieces.before, pieces.after, pieces.indent) != (
            sheet.pieces.before,
            sheet.pieces.after,
            sheet.pieces.indent,
        ):
            raise _NotPlain
        known = {section.text: section for section in sheet.sections}
        sections, line, stale = [], 1 + pieces.before.count("\n"), set()
        for text in pieces.sections:
            section = known.get(text)
            if section is None:
                if any(True for _ in find_secrets(text)):
                    raise _NotPlain
                section = read_section(path, text, line, pieces.indent, problems)
                if section is None:
                    raise _NotPlain
                stale.add(section.name)
            section.first_line = line
            sections.append(section)
            line += text.count("\n")
        self.sheets[path] = _Sheet(data, pieces, sections)
        return stale

    def _remade(self, stale: set[str], changed: Iterable[str], problems: Problems) -> Spec:
        """Make the targets of some names anew."""
        document, renderer = self.parts.document, self.parts.renderer
        entries = {}
        for path in self.spec.files:
            for section in self.sheets[path].sections if path in self.sheets else ():
                if section.name in entries:
                    raise _NotPlain
                entries[section.name] = section.entry
        gone = self.made.keys() - entries.keys()
        if entries.keys() != self.made.keys() and len({folded(name) for name in entries}) != len(entries):
            raise _NotPlain
        spent = spent_by(self.parts)
        document.targets = entries
        renderer.problems, renderer.budget = problems, Budget(len(entries), document.size)
        renderer.budget.spend(*spent)  # when it ends, a whole reading counts right
        self.parts.folder.begin_anew()
        if len(renderer.templates) > _MOST_TEMPLATES:
            renderer.templates.clear()
        self._require_unnamed(stale, gone, problems)
        before = {id_: each for name in (*stale, *gone) for each in self.made.get(name, ()) for id_ in [each.target.id]}
        for name in gone:
            del self.made[name]
        for each in before.values():
            self._unclaim(each)
        resolver = Resolver(document, renderer, problems)
        for name in [name for name in entries if name in stale]:
            self.made[name] = tuple(self._make(resolver, name, before))
        if len(problems):
            raise _NotPlain
        return self._spec(entries, changed)

    def _require_unnamed(self, stale: set[str], gone: Iterable[str], problems: Problems) -> None:
        """Note new variants. Where other ids come or go, whatever names them has to be judged anew."""
        renderer, moved = self.parts.renderer, set(gone)
        for name in (*stale, *moved):
            old = {variant.id(name) for variant in renderer.variants.pop(name, [])}
            renderer.ids -= old
            new: set[str] = set()
            if name not in moved:
                entry = self.parts.document.targets[name]
                found = variants_of(entry.fields.get("matrix"), name, problems, renderer.budget)
                renderer.variants[name] = found
                new = {variant.id(name) for variant in found}
                renderer.ids |= new
            if old != new:
                moved |= {name, *old, *new}
        if moved and any(not moved.isdisjoint(each.wants) for group in self.made.values() for each in group):
            raise _NotPlain

    def _make(self, resolver: Resolver, name: str, before: Mapping[str, Resolved]) -> Iterable[Resolved]:
        """The variants of a target; one that came out as it was stays the object that it was."""
        renderer = self.parts.renderer
        layers = resolver.layers(name, self.parts.document.targets[name])
        for variant in renderer.variants[name]:
            made = Maker(renderer, layers, name, variant).make()
            if made is None or any(isinstance(source, InputTag) for source in made.target.sources):
                raise _NotPlain
            old = before.get(made.target.id)
            if old is not None and old.target == made.target:
                made = replace(made, target=old.target)
            if made.reads - self.spec.files.keys():
                raise _NotPlain
            self._claim(made)
            yield made

    def _spec(self, entries: Iterable[str], changed: Iterable[str]) -> Spec:
        resolved = [each for name in entries for each in self.made[name]]
        used = {path for each in resolved for path in each.reads} | self.sheets.keys()
        if any(path not in used for path in self.others if self._is_prompt(path)):
            raise _NotPlain  # a file that nobody reads any more
        files = dict(self.spec.files)
        for path in changed:
            files[path] = digest_bytes(self._data(path))
        targets = {each.target.id: each.target for each in resolved}
        if targets.keys() != self.spec.targets.keys() and len(set(map(folded, targets))) != len(resolved):
            raise _NotPlain
        reserved = reserved_paths((target for target in targets.values() if files_of(target)), files)
        if reserved != self.spec.reserved and any(path in self.expected for path in reserved - self.spec.reserved):
            raise _NotPlain
        known = self.spec.origins
        origins = {}
        for each in resolved:
            origin = known.get(each.target.id)
            same = origin is not None and origin.key is each.layers.key and origin.layers is each.layers.fields
            origins[each.target.id] = (
                origin if same and origin is not None else Origin(each.layers.key, each.layers.fields)
            )
        self.spec = replace(
            self.spec, files=files, targets=MappingProxyType(targets), reserved=reserved, origins=origins
        )
        return self.spec

    def _is_prompt(self, path: str) -> bool:
        return path in self.parts.renderer.files

    def _claim(self, each: Resolved) -> None:
        """Note where a target writes. Raises `_NotPlain` where it may be in the way of another one."""
        renderer = self.parts.renderer
        claim = claim_of(each, self.spec.reserved, renderer)
        if claim is None or claim.path in self.paths or claim.path in self.folders:
            raise _NotPlain
        parents = claim.parents
        if any(parent in self.paths for parent in parents):
            raise _NotPlain
        self.claims[each.target.id] = claim
        self.paths[claim.path] = each.target.id
        self.folders.update(parents)
        self.expected[claim.expected] += 1

    def _unclaim(self, each: Resolved) -> None:
        claim = self.claims.pop(each.target.id)
        del self.paths[claim.path]
        self.folders -= Counter(claim.parents)
        self.expected -= Counter([claim.expected])

    def _require_files(self) -> None:
        """The files that targets name are there still, and no links: those only a whole reading follows."""
        folders = set()
        for path, found in self.parts.folder.known():
            if not found:
                raise _NotPlain
            full = os.path.join(self.root, path)
            if not stat.S_ISREG(os.lstat(full).st_mode):
                raise _NotPlain
            folders.add(os.path.dirname(path))
        for folder in folders:
            while folder:
                if not stat.S_ISDIR(os.lstat(os.path.join(self.root, folder)).st_mode):
                    raise _NotPlain
                folder = os.path.dirname(folder)

    def _data(self, path: str) -> bytes:
        return self.sheets[path].data if path in self.sheets else self.others[path]

    def _load(self, path: str) -> bytes:
        with open(os.path.join(self.root, path), "rb") as file:
            return file.read()

    def _listed(self, folder: str) -> tuple[str, ...]:
        return tuple(sorted(os.listdir(os.path.join(self.root, folder))))

"""All files of a spec, read and merged: the same as if everything stood in one."""

from __future__ import annotations

from msgspec import Struct, field

from imagebuild.digest import Json
from imagebuild.errors import Place
from imagebuild.spec.check import Fields, check_block
from imagebuild.spec.folder import Folder, PathError
from imagebuild.spec.name import folded
from imagebuild.spec.node import Mapping, Node, Scalar, Sequence
from imagebuild.spec.parser import parse_yaml
from imagebuild.spec.problem import Problems
from imagebuild.spec.secret import find_secrets
from imagebuild.spec.shape import check_name, is_null
from imagebuild.spec.source import Source, Undecodable, decode

__all__ = ["Document", "Entry", "load_source", "read_document", "target_entry", "to_json"]

_DEEPEST = 8
_MOST_FILES = 20_000
_MOST_PATTERNS = 1000


class Entry(Struct, frozen=True):
    """A named part of the spec: its key, its value and, for blocks, the fields that passed; ``whole``: all of them."""

    key: Scalar
    node: Node
    fields: Fields = field(default_factory=dict)
    whole: bool = True


class Document(Struct):
    """What all files say together, by name."""

    vars: dict[str, Entry] = field(default_factory=dict)
    providers: dict[str, Entry] = field(default_factory=dict)
    budget: dict[str, Entry] = field(default_factory=dict)
    styles: dict[str, Entry] = field(default_factory=dict)
    defaults: dict[str, Entry] = field(default_factory=dict)
    targets: dict[str, Entry] = field(default_factory=dict)
    plugins: list[Scalar] = field(default_factory=list)
    publish: list[Node] = field(default_factory=list)
    store: Mapping | None = None
    provenance: str = ""
    size: int = 0
    defaults_whole: bool = True


def to_json(node: Node) -> Json:
    """The plain value of ``node``."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [to_json(item) for item in node.items]
    return {key: to_json(value) for key, (_, value) in node.entries.items()}


def load_source(folder: Folder, path: str, problems: Problems) -> Source:
    """A text file of the project; keys of services in it are problems. Raises `PathError` and `Undecodable`."""
    source = decode(path, folder.load(path))
    for start, end in find_secrets(source.text):
        hint = (
            "name a variable of the environment instead: '${NAME}' under 'providers'; replace the key, it may be known"
        )
        problems.add("this looks like a secret key, and a spec may hold none", source.place(start, end), hint)
    return source


def _checked(entry: Entry, kind: str, problems: Problems) -> Entry | None:
    """A block with the fields that are right; None when it is no block."""
    before = len(problems)
    fields = check_block(kind, entry.node, f"{kind} '{entry.key.text}'", problems)
    return None if fields is None else Entry(entry.key, entry.node, fields, len(problems) == before)


def target_entry(key: Scalar, node: Node, problems: Problems) -> Entry | None:
    """One target by itself; None, with or without a note in ``problems``, where something about it is wrong."""
    if not check_name(key, "the name of a target", problems) or is_null(node) or isinstance(node, Scalar):
        return None
    return _checked(Entry(key, node), "target", problems)


def read_document(folder: Folder, file: str, problems: Problems) -> Document:
    """Read ``file`` and everything it includes."""
    reader = _Reader(folder, problems)
    reader.read(file, Place(file), 0)
    return reader.document


class _Reader:
    def __init__(self, folder: Folder, problems: Problems) -> None:
        self.folder = folder
        self.problems = problems
        self.document = Document()
        self.seen: set[str] = set()
        self.patterns = 0
        self.names: dict[tuple[str, str], Scalar] = {}

    def read(self, file: str, named_at: Place | Scalar, depth: int) -> None:
        if file in self.seen:
            return
        self.seen.add(file)
        if len(self.seen) > _MOST_FILES:
            self.problems.add(f"the spec includes more than {_MOST_FILES} files", named_at)
            return
        try:
            source = load_source(self.folder, file, self.problems)
        except PathError as error:
            self.problems.add(str(error), named_at, error.hint)
        except Undecodable as error:
            self.problems.add(error.message, error.place, error.hint)
        else:
            self.document.size += len(source.text)
            root = parse_yaml(source, self.problems)
            if root is not None and not (is_null(root) and depth):
                self.spec(root, file, depth)
            elif root is None and not depth and not len(self.problems):
                self.problems.add("the spec is empty", Place(file, 1, 1), "'imagebuild init' writes one to start from")
            return
        self.problems.incomplete = True

    def spec(self, root: Node, file: str, depth: int) -> None:
        where = "the spec" if not depth else f"'{file}'"
        fields = check_block("spec", root, where, self.problems, partial=depth > 0)
        if fields is None:
            self.problems.incomplete = True
            return
        document = self.document
        for name, into in (("vars", document.vars), ("providers", document.providers)):
            for entry in self.entries(fields.get(name)):
                self.enter(into, name, entry)
        self.blocks(fields.get("styles"), "style", document.styles)
        self.blocks(fields.get("targets"), "target", document.targets)
        self.single(fields.get("defaults"), "defaults", document.defaults)
        self.single(fields.get("budget"), "budget", document.budget)
        plugins, publish, provenance = (fields.get(name) for name in ("plugins", "publish", "provenance"))
        if plugins is not None and not is_null(plugins):
            items = plugins.items if isinstance(plugins, Sequence) else [plugins]
            document.plugins += [item for item in items if isinstance(item, Scalar)]
        document.publish += publish.items if isinstance(publish, Sequence) else []
        if isinstance(provenance, Scalar) and not is_null(provenance):
            document.provenance = provenance.text
        store = fields.get("store")
        if isinstance(store, Mapping):
            if document.store is not None:
                self.problems.add("'store' stands in two files", store, "a project has one remote store")
            document.store = document.store or store
        include = fields.get("include")
        if include is not None and not is_null(include):
            for item in include.items if isinstance(include, Sequence) else [include]:
                self.include(item, depth)

    def include(self, item: Node, depth: int) -> None:
        if not isinstance(item, Scalar):
            return
        if depth >= _DEEPEST:
            self.problems.add(f"files include each other more than {_DEEPEST} levels deep", item)
            return
        self.patterns += 1
        if self.patterns > _MOST_PATTERNS:
            self.problems.add(f"the spec has more than {_MOST_PATTERNS} includes", item, "use a pattern")
            return
        try:
            for path in self.folder.glob(item.source.folder, item.text):
                self.read(path, item, depth + 1)
        except PathError as error:
            self.problems.add(str(error), item, error.hint)
            self.problems.incomplete = True

    def entries(self, node: Node | None) -> list[Entry]:
        if not isinstance(node, Mapping):
            return []
        return [Entry(key, value) for key, value in node.entries.values()]

    def enter(self, into: dict[str, Entry], kind: str, entry: Entry, *, same: bool = True) -> None:
        """Add an entry; a name that is there already must have the same value, or may not come again at all."""
        name = entry.key.text
        first = into.get(name)
        if first is None:
            into[name] = entry
        elif not same or to_json(first.node) != to_json(entry.node):
            at = first.key.source.place(first.key.start)
            noun = {"vars": "variable", "providers": "provider"}.get(kind, kind)
            self.problems.add(f"{noun} '{name[:60]}' is given twice", entry.key, f"it stands at {at} already")

    def blocks(self, node: Node | None, kind: str, into: dict[str, Entry]) -> None:
        for entry in self.entries(node):
            name = entry.key.text
            if not check_name(entry.key, f"the name of a {kind}", self.problems):
                continue
            twin = self.names.setdefault((kind, folded(name)), entry.key)
            if twin is not entry.key and twin.text != name:
                hint = f"'{twin.text}' stands at {twin.source.place(twin.start)}; some systems take the two for one"
                self.problems.add(f"the name of {kind} '{name}' differs from another only in case", entry.key, hint)
                continue
            body = entry.node
            if is_null(body):
                self.problems.add(f"{kind} '{name}' has no keys", entry.key, 'for example: prompt: "A sunset"')
                continue
            if isinstance(body, Scalar) and kind == "target":
                hint = f"write '{name}: {{prompt: ...}}'"
                self.problems.add(f"target '{name}' must be a block of keys", body, hint)
                continue
            checked = _checked(entry, kind, self.problems)
            if checked is not None:
                self.enter(into, kind, checked, same=kind == "style")

    def single(self, node: Node | None, kind: str, into: dict[str, Entry]) -> None:
        if node is None or not isinstance(node, Mapping):
            return
        before = len(self.problems)
        fields = check_block(kind, node, f"'{kind}'", self.problems)
        if len(self.problems) > before:
            self.document.defaults_whole = False
        for name, value in (fields or {}).items():
            self.enter(into, f"'{kind}' key", Entry(node.entries[name][0], value))

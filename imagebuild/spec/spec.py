"""A spec that has been read: its targets, and where each part of them stands."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence as Seq
from pathlib import Path

from msgspec import Struct, field

from imagebuild.digest import Json
from imagebuild.discreet import Discreet
from imagebuild.errors import Place, UsageError
from imagebuild.local_plugin import LocalPlugin
from imagebuild.spec.node import Mapping, Node, Scalar, Sequence
from imagebuild.spec.problem import suggest
from imagebuild.target import PublishUse, StoreUse, Target

__all__ = ["Origin", "Spec"]


class Origin(Struct, frozen=True):
    """Where a target's fields come from: its key, and the fields of its layers, weakest first."""

    key: Scalar
    layers: tuple[Map[str, Node], ...]


class Spec(Discreet, frozen=True):
    """All of a spec, resolved. Paths are relative to ``root``, with forward slashes.

    ``files`` are those that were read (spec, includes, prompts), each with the digest of what was read, and ``folders``
    those whose listing was read for include patterns: when neither changes, the spec does not. ``providers`` may hold
    secrets and stands in no repr.
    ``reserved`` are folded paths that no output may have, ``variables`` those of the environment that settings name.
    ``untrusted`` says that it is a stranger's, and was read as such. ``elsewhere`` are targets that were left out of
    an excerpt, since they come out as they did before: by id, how many actions each has.
    """

    hidden = ("providers", "reserved", "elsewhere", "origins", "publish_nodes", "store_node", "provider_nodes")
    apart = ("origins", "publish_nodes", "store_node", "provider_nodes")

    root: Path
    files: Map[str, str]
    folders: tuple[str, ...]
    targets: Map[str, Target]
    providers: Map[str, Map[str, Json]]
    max_cost: float | None
    default_provider: str
    plugins: tuple[LocalPlugin, ...] = ()
    publish: tuple[PublishUse, ...] = ()
    store: StoreUse | None = None
    reserved: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    untrusted: bool = False
    elsewhere: Map[str, int] = field(default_factory=dict)
    origins: Map[str, Origin] = field(default_factory=dict)
    publish_nodes: tuple[Node, ...] = ()
    store_node: Node | None = None
    provider_nodes: Map[str, tuple[Scalar, Node]] = field(default_factory=dict)

    def has(self, target: str) -> bool:
        """Whether there is a target of that id, be it left out of an excerpt."""
        return target in self.targets or target in self.elsewhere

    def place(self, target: str, *path: str | int, key: bool = False) -> Place | None:
        """Where a field of a target stands: ``place("hero", "options", "quality")``.

        It is the place of the value, or of the key where ``key`` is true or the value is a block. What came from a
        style or the defaults stands there. Without such a field: the place of the nearest parent, at last of the
        target's key.
        """
        origin = self.origins.get(target)
        if origin is None:
            return None
        if not path:
            return _place(origin.key)
        name, *rest = path
        best: tuple[int, Place] | None = None
        for layer in reversed(origin.layers):
            node = layer.get(str(name))
            if node is None:
                continue
            depth, place = _walk(node, rest, key=key)
            if best is None or depth > best[0]:
                best = depth, place
            if name not in ("options", "tags") or depth == len(rest):
                break
        if name == "edits" and rest[1:2] == ["options"] and (best is None or best[0] < len(rest)):
            inherited = self._found(origin, rest[2:], key=key)
            if inherited is not None:
                return inherited
        return best[1] if best else _place(origin.key)

    def _found(self, origin: Origin, path: Seq[str | int], *, key: bool) -> Place | None:
        """The place of an option that an edit has from its target."""
        for layer in reversed(origin.layers):
            node = layer.get("options")
            if node is not None and path:
                depth, place = _walk(node, path, key=key)
                if depth == len(path):
                    return place
        return None

    def provider_place(self, provider: str, *path: str | int, key: bool = False) -> Place | None:
        """Where a provider's setting stands, as :meth:`place`; None for a provider without settings."""
        entry = self.provider_nodes.get(provider)
        if entry is None:
            return None
        depth, place = _walk(entry[1], path, key=key)
        return place if depth else _place(entry[0])

    def publish_place(self, index: int, *path: str | int, key: bool = False) -> Place:
        """Where a publisher of the list stands, or one of its options, as :meth:`place`."""
        node = self.publish_nodes[index]
        if isinstance(node, Mapping):
            path = (*node.entries, *path)
        return _walk(node, path, key=key)[1]

    def store_place(self, *path: str | int, key: bool = False) -> Place | None:
        """Where the store stands, or one of its options, as :meth:`place`; None where the environment names it."""
        return _walk(self.store_node, path, key=key)[1] if self.store_node else None

    def select(self, names: Seq[str], tags: Seq[str] = ()) -> tuple[str, ...]:
        """Ids by id, by name or by pattern, in the order of the spec, and of those the ones with any of ``tags``.

        Without names and tags: all. Raises `UsageError` for what matches nothing.
        """
        chosen = set(self.targets) if not names else {found for name in names for found in self._named(name)}
        known = {tag for target in self.targets.values() for tag in target.tags}
        for tag in tags:
            if tag not in known:
                listed = "tags: " + ", ".join(sorted(known)[:20]) if known else "no target has tags"
                raise UsageError(f"no target has the tag '{tag}'", hint=suggest(tag, sorted(known), listed))
        wanted = set(tags)
        found = tuple(
            key
            for key, target in self.targets.items()
            if key in chosen and (not wanted or not wanted.isdisjoint(target.tags))
        )
        if names and tags and not found:
            listed = ", ".join(f"'{tag}'" for tag in tags)
            raise UsageError(f"none of the named targets has the tag {listed}", hint="give names or tags, not both")
        return found

    def _named(self, name: str) -> list[str]:
        if name in self.targets:
            return [name]
        found = [key for key, target in self.targets.items() if target.name == name]
        if not found:
            from fnmatch import fnmatchcase

            patterns = (name, name.replace("[", "[[]"))  # the second takes the brackets of an id literally
            found = [
                key
                for key, target in self.targets.items()
                if any(fnmatchcase(key, pattern) or fnmatchcase(target.name, pattern) for pattern in patterns)
            ]
        if not found:
            known = list(dict.fromkeys(target.name for target in self.targets.values()))
            near = suggest(name, known) or suggest(name, list(self.targets))
            listed = "targets: " + ", ".join(known[:20]) + (", ..." if len(known) > 20 else "")
            raise UsageError(f"unknown target '{name}'", hint=near or (listed if known else "the spec has no targets"))
        return found


def _place(node: Node) -> Place:
    return node.source.place(node.start, node.end)


def _walk(node: Node, path: Seq[str | int], *, key: bool) -> tuple[int, Place]:
    """How much of ``path`` exists below ``node``, and the place of the last part that does."""
    place = _place(node if isinstance(node, Scalar) else node.key or node)
    for depth, part in enumerate(path):
        if isinstance(node, Sequence) and isinstance(part, int) and 0 <= part < len(node.items):
            node = node.items[part]
            place = _place(node)
        elif isinstance(node, Mapping) and str(part) in node.entries:
            key_node, node = node.entries[str(part)]
            place = _place(node if isinstance(node, Scalar) and not key else key_node)
        else:
            return depth, place
    return len(path), place

"""Finds plugins, loads them and checks them: names that clash, misspelt hooks, code that does not import."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import reduce
from importlib import import_module
from typing import Any, TypeVar

import pluggy
from msgspec import Struct
from msgspec.structs import replace

from imagebuild import hookspecs
from imagebuild.check import Check
from imagebuild.command import Command
from imagebuild.errors import PluginError
from imagebuild.event import Event
from imagebuild.local_plugin import LocalPlugin
from imagebuild.plugin_table import PluginTable
from imagebuild.provider import Provider
from imagebuild.publisher import Publisher
from imagebuild.remote import RemoteStore
from imagebuild.step import Step
from imagebuild.viewer import Viewer

__all__ = ["KINDS", "PluginInfo", "Registry"]

GROUP = "imagebuild"

_COMMAND_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")

IndexRow = tuple[str, str, str, str, str, dict[str, tuple[str, ...]]]
"""An installed plugin: name, distribution, version, module, attribute of it, and the names of what it adds by kind."""

Named = TypeVar("Named", Provider, Step, Check, Publisher, RemoteStore, Command, Viewer)

KINDS = ("providers", "steps", "checks", "publishers", "stores", "commands", "viewers")
"""What a plugin can add; each has a hook ``imagebuild_KIND`` and a table of that name in the registry."""


class PluginInfo(Struct, frozen=True):
    """One installed plugin: its entry-point name, the distribution it came with, and what it adds or why it fails."""

    name: str
    distribution: str
    version: str
    providers: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    viewers: tuple[str, ...] = ()
    error: str | None = None

    def adds(self, kind: str) -> tuple[str, ...]:
        """The names of what it adds of one of :data:`KINDS`."""
        return tuple(getattr(self, kind))


class Registry:
    """The plugins of one process: providers, steps, checks, publishers, stores, commands and viewers by name."""

    def __init__(self, plugins: Mapping[str, object] | None = None) -> None:
        """Hold the given plugin objects by name; :meth:`load` takes the installed ones."""
        self._manager = pluggy.PluginManager(hookspecs.PROJECT_NAME)
        self._manager.add_hookspecs(hookspecs)
        self._origin: dict[str, tuple[str, str]] = {}
        self._info: dict[str, PluginInfo] = {}
        self._installed: dict[str, tuple[str, str]] = {}
        self._waiting: dict[str, IndexRow] = {}
        self.providers = PluginTable[Provider](self._load)
        self.steps = PluginTable[Step](self._load)
        self.checks = PluginTable[Check](self._load)
        self.publishers = PluginTable[Publisher](self._load)
        self.stores = PluginTable[RemoteStore](self._load)
        self.commands = PluginTable[Command](self._load)
        self.viewers = PluginTable[Viewer](self._load)
        self.errors: list[PluginError] = []
        for name, plugin in (plugins or {}).items():
            self.add(name, plugin, "this process", "")

    @classmethod
    def load(cls) -> Registry:
        """All installed plugins. Those that fail are listed in ``errors`` and do not stop the others."""
        from importlib.metadata import entry_points  # takes longer than loading an index

        registry = cls()
        for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
            distribution = entry.dist.name if entry.dist else "unknown distribution"
            version = entry.dist.version if entry.dist else ""
            registry._install(entry.name, distribution, version, entry.module, entry.attr)
        return registry

    @classmethod
    def indexed(cls, index: Iterable[IndexRow]) -> Registry:
        """The plugins of an :meth:`index`, while the same are installed: each is loaded when something of it is used.

        One that fails then raises ``PluginError``.
        """
        registry = cls()
        registry._expect(index)
        return registry

    def index(self) -> list[IndexRow]:
        """The installed plugins, for a later process; without those that fail or were handed over."""
        rows = ((info, self._installed.get(info.name)) for info in self.plugins() if not info.error)
        return [
            (info.name, info.distribution, info.version, *at, {kind: info.adds(kind) for kind in KINDS})
            for info, at in rows
            if at
        ]

    def with_local(self, plugins: Iterable[LocalPlugin]) -> Registry:
        """These plugins and the project's own files. Raises ``PluginError`` with the place of a file that is broken."""
        extended = Registry.indexed(self._waiting.values())
        extended._installed = dict(self._installed)
        for plugin in self._manager.get_plugins():
            name = self._manager.get_name(plugin) or ""
            extended.add(name, plugin, *self._origin[name])
        for broken, error in zip((info for info in self.plugins() if info.error), self.errors, strict=True):
            extended._info[broken.name] = broken
            extended.errors.append(error)
        for local in plugins:
            before = len(extended.errors)
            extended.add(local.path, local.load(), local.path, local.version, default_version=local.version)
            if len(extended.errors) > before:
                extended.errors[-1].place = local.place
                extended.errors[-1].hint = "this is a plugin file of the project, named under 'plugins'"
        return extended

    def add(
        self, name: str, plugin: object, distribution: str, version: str, *, default_version: str | None = None
    ) -> None:
        """Register one plugin object and what it adds; a plugin that fails is left out and listed in ``errors``.

        ``default_version`` is that of things which declare none, for plugin files whose source stands for it.
        """
        self._origin[name] = (distribution, version)
        try:
            self._check_hooks(plugin)
            self._manager.register(plugin, name)
            found: dict[str, Mapping[str, Provider | Step | Check | Publisher | RemoteStore | Command | Viewer]] = {
                "providers": self._new(self.providers, plugin, "providers", Provider, default_version),  # type: ignore[type-abstract]  # only for isinstance
                "steps": self._new(self.steps, plugin, "steps", Step, default_version),  # type: ignore[type-abstract]  # only for isinstance
                "checks": self._new(self.checks, plugin, "checks", Check, default_version),  # type: ignore[type-abstract]  # only for isinstance
                "publishers": self._new(self.publishers, plugin, "publishers", Publisher, default_version),  # type: ignore[type-abstract]  # only for isinstance
                "stores": self._new(self.stores, plugin, "stores", RemoteStore, default_version),  # type: ignore[type-abstract]  # only for isinstance
                "commands": self._new(self.commands, plugin, "commands", Command, default_version),  # type: ignore[type-abstract]  # only for isinstance
                "viewers": self._new(self.viewers, plugin, "viewers", Viewer, default_version),  # type: ignore[type-abstract]  # only for isinstance
            }
        except (Exception, SystemExit) as error:  # noqa: BLE001 - so may its registration
            if self._manager.is_registered(plugin):
                self._manager.unregister(plugin)
            reason = error.message if isinstance(error, PluginError) else f"cannot be registered: {error!r}"
            self._fail(name, distribution, version, reason, error)
            return
        for kind, new in found.items():
            getattr(self, kind).take(new)
        names: dict[str, Any] = {kind: tuple(sorted(found[kind])) for kind in KINDS}
        self._info[name] = replace(PluginInfo(name, distribution, version), **names)

    def require_sound(self) -> None:
        """Raise the first plugin error, if there is one."""
        if self.errors:
            raise self.errors[0]

    def notify(self, event: Event) -> None:
        """Tell every observer. Raises ``PluginError`` naming the plugin whose observer raised."""
        for implementation in self._manager.hook.imagebuild_event.get_hookimpls():
            try:
                implementation.function(event)
            except Exception as error:  # an observer may raise anything; the error names its plugin
                distribution = self._origin[implementation.plugin_name][0]
                raise PluginError(
                    f"plugin '{implementation.plugin_name}' ({distribution}) failed on {event.name}: {error!r}"
                ) from error

    @property
    def has_observers(self) -> bool:
        """Whether some plugin hears events."""
        return bool(self._manager.hook.imagebuild_event.get_hookimpls())

    @property
    def packages(self) -> frozenset[str]:
        """Top-level packages that the plugins' code stands in."""
        modules = (getattr(plugin, "__name__", type(plugin).__module__) for plugin in self._manager.get_plugins())
        return frozenset(module.partition(".")[0] for module in modules)

    def plugins(self) -> tuple[PluginInfo, ...]:
        """Every plugin that was found, by name, broken ones too."""
        return tuple(self._info[name] for name in sorted(self._info))

    def _install(self, name: str, distribution: str, version: str, module: str, attribute: str) -> None:
        """Import an installed plugin and register it."""
        self._installed[name] = module, attribute
        try:
            plugin: object = reduce(getattr, attribute.split(".") if attribute else (), import_module(module))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's import may raise anything; it is shown
            self._fail(name, distribution, version, f"cannot be imported: {error!r}", error)
        else:
            self.add(name, plugin, distribution, version)

    def _expect(self, index: Iterable[IndexRow]) -> None:
        for row in index:
            name, distribution, version, module, attribute, added = row
            self._waiting[name] = row
            self._installed[name] = module, attribute
            names: dict[str, Any] = dict(added)
            self._info[name] = PluginInfo(name, distribution, version, **names)
            for kind, things in added.items():
                getattr(self, kind).expect(things, name)

    def _load(self, name: str) -> None:
        """Load a plugin of the index. Raises ``PluginError``."""
        *row, _ = self._waiting.pop(name)
        for kind in KINDS:
            getattr(self, kind).release(name)
        before = len(self.errors)
        self._install(*row)
        if len(self.errors) > before:
            raise self.errors[-1]

    def _fail(self, name: str, distribution: str, version: str, reason: str, cause: BaseException) -> None:
        failure = PluginError(
            f"plugin '{name}' ({distribution}) {reason}",
            hint=f"update or remove the distribution '{distribution}'; 'imagebuild plugins' lists all",
        )
        failure.__cause__ = cause
        self.errors.append(failure)
        self._info[name] = PluginInfo(name, distribution, version, error=reason)

    def _check_hooks(self, plugin: object) -> None:
        """Refuse another version of the contracts, and a hook that does not exist.

        The latter pluggy finds only among marked functions.
        """
        wanted = getattr(plugin, "imagebuild_api", hookspecs.API_VERSION)
        if wanted != hookspecs.API_VERSION:
            raise PluginError(f"is written for version {wanted} of the plugin API, and this is {hookspecs.API_VERSION}")
        known = [name for name in dir(self._manager.hook) if name.startswith("imagebuild_")]
        for name in dir(plugin):
            marked = hasattr(getattr(plugin, name, None), f"{hookspecs.PROJECT_NAME}_impl")
            if marked and name not in known:
                close = get_close_matches(name, known, 1)
                suggestion = f"; did you mean '{close[0]}'?" if close else ""
                raise PluginError(f"has an unknown hook '{name}'{suggestion}")

    def _hooked(self, plugin: object, hook: str) -> Iterable[object]:
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            if implementation.plugin is plugin:
                yield from implementation.function()

    def _new(
        self,
        known: Mapping[str, Named],
        plugin: object,
        plural: str,
        kind: type[Named],
        default_version: str | None,
    ) -> dict[str, Named]:
        new: dict[str, Named] = {}
        noun = plural[:-1]
        for item in self._hooked(plugin, f"imagebuild_{plural}"):
            if not isinstance(item, kind):
                raise PluginError(f"hands over {item!r} where a {noun} is wanted")
            if default_version is not None and not hasattr(item, "version"):
                item.version = default_version
            for attribute in ("name", "version", "help") if kind is Command else ("name", "version"):
                if not isinstance(getattr(item, attribute, None), str):
                    raise PluginError(f"has a {noun} {type(item).__name__} without a {attribute}")
            if kind is Command and not _COMMAND_NAME.match(item.name):
                raise PluginError(f"adds command '{item.name}', whose name is not of small letters, digits and hyphens")
            if item.name in known or item.name in new:
                owner = self._owner(plural, item.name)
                also = f", which '{owner.name}' ({owner.distribution}) adds too" if owner else " twice"
                raise PluginError(f"adds {noun} '{item.name}'{also}")
            if isinstance(item, RemoteStore):
                self._require_new_schemes(item, new.values())
            new[item.name] = item
        return new

    def _owner(self, kind: str, name: str) -> PluginInfo | None:
        """The plugin that has added a thing."""
        return next((info for info in self._info.values() if name in info.adds(kind)), None)

    def _require_new_schemes(self, store: RemoteStore, new: Iterable[object]) -> None:
        others = [*self.stores.values(), *(each for each in new if isinstance(each, RemoteStore))]
        for other in others:
            for scheme in sorted(set(store.schemes) & set(other.schemes)):
                what = f"the scheme '{scheme}'" if scheme else "paths"
                owner = self._owner("stores", other.name)
                of = f" of '{owner.name}' ({owner.distribution})" if owner else ""
                raise PluginError(f"adds store '{store.name}' for {what}, which store '{other.name}'{of} is for")

    def store_for(self, address: str) -> RemoteStore | None:
        """The kind of remote store that an address chooses by its scheme; paths have none."""
        scheme = address.partition("://")[0] if "://" in address else ""
        return next((store for store in self.stores.values() if scheme in store.schemes), None)

"""Finds plugins, loads them and checks them: names that clash, misspelt hooks, code that does not import."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

import pluggy

from imagebuild import hookspecs
from imagebuild.command import Command
from imagebuild.errors import PluginError
from imagebuild.event import Event
from imagebuild.provider import Provider
from imagebuild.step import Step

__all__ = ["PluginInfo", "Registry"]

GROUP = "imagebuild"

_COMMAND_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")

Named = TypeVar("Named", Provider, Step, Command)


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """One installed plugin: its entry-point name, the distribution it came with, and what it adds or why it fails."""

    name: str
    distribution: str
    version: str
    providers: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    error: str | None = None


class Registry:
    """The plugins of one process: providers, steps and commands by name."""

    def __init__(self, plugins: Mapping[str, object] | None = None) -> None:
        """Hold the given plugin objects by name; :meth:`load` takes the installed ones."""
        self._manager = pluggy.PluginManager(hookspecs.PROJECT_NAME)
        self._manager.add_hookspecs(hookspecs)
        self._origin: dict[str, tuple[str, str]] = {}
        self._info: dict[str, PluginInfo] = {}
        self.providers: dict[str, Provider] = {}
        self.steps: dict[str, Step] = {}
        self.commands: dict[str, Command] = {}
        self.errors: list[PluginError] = []
        for name, plugin in (plugins or {}).items():
            self.add(name, plugin, "this process", "")

    @classmethod
    def load(cls) -> Registry:
        """All installed plugins. Those that fail are listed in ``errors`` and do not stop the others."""
        registry = cls()
        for entry in sorted(importlib.metadata.entry_points(group=GROUP), key=lambda entry: entry.name):
            distribution = entry.dist.name if entry.dist else "unknown distribution"
            version = entry.dist.version if entry.dist else ""
            try:
                plugin = entry.load()
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's import may raise anything; it is shown
                registry._fail(entry.name, distribution, version, f"cannot be imported: {error!r}", error)
            else:
                registry.add(entry.name, plugin, distribution, version)
        return registry

    def add(self, name: str, plugin: object, distribution: str, version: str) -> None:
        """Register one plugin object and what it adds; a plugin that fails is left out and listed in ``errors``."""
        self._origin[name] = (distribution, version)
        try:
            self._check_hooks(plugin)
            self._manager.register(plugin, name)
            providers = self._new(self.providers, self._hooked(plugin, "imagebuild_providers"), Provider)  # type: ignore[type-abstract]  # only for isinstance
            steps = self._new(self.steps, self._hooked(plugin, "imagebuild_steps"), Step)  # type: ignore[type-abstract]  # only for isinstance
            commands = self._new(self.commands, self._hooked(plugin, "imagebuild_commands"), Command)  # type: ignore[type-abstract]  # only for isinstance
        except (Exception, SystemExit) as error:  # noqa: BLE001 - so may its registration
            if self._manager.is_registered(plugin):
                self._manager.unregister(plugin)
            reason = error.message if isinstance(error, PluginError) else f"cannot be registered: {error!r}"
            self._fail(name, distribution, version, reason, error)
            return
        self.providers.update(providers)
        self.steps.update(steps)
        self.commands.update(commands)
        self._info[name] = PluginInfo(
            name, distribution, version, tuple(sorted(providers)), tuple(sorted(steps)), tuple(sorted(commands))
        )

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

    def _fail(self, name: str, distribution: str, version: str, reason: str, cause: BaseException) -> None:
        failure = PluginError(
            f"plugin '{name}' ({distribution}) {reason}",
            hint=f"update or remove the distribution '{distribution}'; 'imagebuild plugins' lists all",
        )
        failure.__cause__ = cause
        self.errors.append(failure)
        self._info[name] = PluginInfo(name, distribution, version, error=reason)

    def _check_hooks(self, plugin: object) -> None:
        """Refuse a hook that does not exist, which pluggy finds only among marked functions."""
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

    def _new(self, known: Mapping[str, Named], found: Iterable[object], kind: type[Named]) -> dict[str, Named]:
        new: dict[str, Named] = {}
        noun = kind.__name__.lower()
        for item in found:
            if not isinstance(item, kind):
                raise PluginError(f"hands over {item!r} where a {noun} is wanted")
            for attribute in ("name", "version", "help") if kind is Command else ("name", "version"):
                if not isinstance(getattr(item, attribute, None), str):
                    raise PluginError(f"has a {noun} {type(item).__name__} without a {attribute}")
            if kind is Command and not _COMMAND_NAME.match(item.name):
                raise PluginError(f"adds command '{item.name}', whose name is not of small letters, digits and hyphens")
            if item.name in known or item.name in new:
                infos = self._info.values()
                owner = next((info for info in infos if item.name in getattr(info, f"{noun}s")), None)
                also = f", which '{owner.name}' ({owner.distribution}) adds too" if owner else " twice"
                raise PluginError(f"adds {noun} '{item.name}'{also}")
            new[item.name] = item
        return new

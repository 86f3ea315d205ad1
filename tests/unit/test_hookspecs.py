"""Each hook, by name: what a plugin hands over is there under its name, and what it must not do is told."""

from __future__ import annotations

import inspect
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence

import pytest

import imagebuild
from imagebuild import (
    Check,
    CheckContext,
    CheckResult,
    Command,
    CommandContext,
    Manifest,
    Picture,
    Publication,
    Publisher,
    PublisherContext,
    Remote,
    RemoteStore,
    Served,
    Step,
    StepContext,
    Studio,
    Viewer,
    hookspecs,
)
from imagebuild.errors import PluginError, StoreError
from imagebuild.event import Event, Notice
from imagebuild.registry import KINDS, Registry
from imagebuild.testing import RecordingProvider


class Blur(Step):
    """Blurs."""

    name, version = "blur", "1"

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
        return pictures


class Sharp(Check):
    """Is sharp."""

    name, version = "sharp", "1"

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        return CheckResult(True, "sharp", "sharp")


class Post(Publisher):
    """Posts."""

    name, version = "post", "1"

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        return Publication("the post", 0)


class Attic(RemoteStore):
    """Keeps pictures in the attic."""

    name, version, schemes = "attic", "1", ("attic", "loft")

    def fault(self, address: str) -> str | None:
        return None

    def open(self, address: str, options: Mapping[str, object], environ: Mapping[str, str]) -> Remote:
        raise StoreError("the attic is locked")


class Cellar(Attic):
    """Keeps pictures in the cellar."""

    name, schemes = "cellar", ("cellar", "loft")


class Greet(Command):
    """Greets."""

    name, version, help = "greet", "1", "greet somebody"

    def run(self, arguments: Namespace, context: CommandContext) -> int:
        return 0


class Window(Viewer):
    """Shows a project in a window."""

    name, version = "window", "1"

    def serve(self, studio: Studio, *, port: int, say: Callable[[str], None]) -> Served:
        raise PluginError("the window is shut")


ADDED = {
    "providers": RecordingProvider("painter"),
    "steps": Blur(),
    "checks": Sharp(),
    "publishers": Post(),
    "stores": Attic(),
    "commands": Greet(),
    "viewers": Window(),
}


def plugin_of(kind: str, *things: object) -> object:
    """A plugin object with the one hook ``imagebuild_KIND``."""

    def hook(self: object) -> Iterable[object]:
        return things

    hook.__name__ = f"imagebuild_{kind}"
    return type("Plugin", (), {f"imagebuild_{kind}": imagebuild.hookimpl(hook)})()


def hands_over(kind: str) -> None:
    """What it returns is found by name, twice is an error that names both, and anything else is refused."""
    thing = ADDED[kind]
    name = thing.name
    noun = kind[:-1]
    registry = Registry({"first": plugin_of(kind, thing)})
    assert registry.errors == []
    assert getattr(registry, kind) == {name: thing}
    assert registry.plugins()[0].adds(kind) == (name,)
    twice = Registry({"first": plugin_of(kind, thing), "second": plugin_of(kind, thing)})
    with pytest.raises(PluginError, match=rf"'second' .* adds {noun} '{name}', which 'first' .* adds too"):
        twice.require_sound()
    wrong = Registry({"first": plugin_of(kind, 3)})
    with pytest.raises(PluginError, match=rf"hands over 3 where a {noun} is wanted"):
        wrong.require_sound()


def test_imagebuild_providers_hands_over_providers() -> None:
    hands_over("providers")


def test_imagebuild_steps_hands_over_steps() -> None:
    hands_over("steps")


def test_imagebuild_checks_hands_over_checks() -> None:
    hands_over("checks")


def test_imagebuild_publishers_hands_over_publishers() -> None:
    hands_over("publishers")


def test_imagebuild_stores_hands_over_stores() -> None:
    hands_over("stores")


def test_imagebuild_stores_hands_over_one_store_for_a_scheme() -> None:
    attic, cellar = Attic(), Cellar()
    in_one = Registry({"first": plugin_of("stores", attic, cellar)})
    with pytest.raises(PluginError, match="adds store 'cellar' for the scheme 'loft', which store 'attic' is for"):
        in_one.require_sound()
    in_two = Registry({"first": plugin_of("stores", attic), "second": plugin_of("stores", cellar)})
    with pytest.raises(
        PluginError, match=r"'second' .* 'loft', which store 'attic' of 'first' \(this process\) is for"
    ):
        in_two.require_sound()
    assert in_two.stores == {"attic": attic}


def test_imagebuild_stores_hands_over_one_store_for_paths() -> None:
    one, other = (type("Folder", (Attic,), {"name": name, "schemes": ("",)})() for name in ("one", "other"))
    with pytest.raises(PluginError, match="adds store 'other' for paths, which store 'one' is for"):
        Registry({"first": plugin_of("stores", one, other)}).require_sound()


def test_imagebuild_stores_are_found_by_the_scheme_of_an_address() -> None:
    attic, folder = Attic(), type("Folder", (Cellar,), {"schemes": ("",)})()
    registry = Registry({"first": plugin_of("stores", attic, folder)})
    found = {address: registry.store_for(address) for address in ("loft://x", "a/b", "C:\\x", "", "s3://loft://x")}
    assert found == {"loft://x": attic, "a/b": folder, "C:\\x": folder, "": folder, "s3://loft://x": None}


def test_imagebuild_commands_hands_over_commands() -> None:
    hands_over("commands")


def test_imagebuild_event_hears_events_and_a_fault_in_it_names_its_plugin() -> None:
    class Ears:
        def __init__(self) -> None:
            self.heard: list[Event] = []

        @imagebuild.hookimpl
        def imagebuild_event(self, event: Event) -> None:
            if self.heard:
                raise ValueError("enough")
            self.heard.append(event)

    ears = Ears()
    registry = Registry({"ears": ears})
    assert registry.has_observers
    registry.notify(Notice("hello"))
    assert ears.heard == [Notice("hello")]
    with pytest.raises(PluginError, match=r"plugin 'ears' \(this process\) failed on notice: ValueError\('enough'\)"):
        registry.notify(Notice("again"))


def test_a_plugin_written_for_another_version_of_the_hooks_is_refused_by_name() -> None:
    plugin = plugin_of("steps", Blur())
    plugin.imagebuild_api = imagebuild.API_VERSION  # type: ignore[attr-defined]  # what a plugin may say of itself
    assert Registry({"first": plugin}).errors == []
    plugin.imagebuild_api = 2  # type: ignore[attr-defined]  # as above
    with pytest.raises(PluginError, match=r"'first' .* is written for version 2 of the plugin API, and this is 1"):
        Registry({"first": plugin}).require_sound()


def test_imagebuild_viewers_hands_over_viewers() -> None:
    hands_over("viewers")


def test_there_is_a_test_for_each_hook() -> None:
    hooks = [name for name, thing in vars(hookspecs).items() if name.startswith("imagebuild_") and callable(thing)]
    tests = [name for name, thing in globals().items() if inspect.isfunction(thing) and name.startswith("test_")]
    assert {f"imagebuild_{kind}" for kind in KINDS} | {"imagebuild_event"} == set(hooks)
    assert [hook for hook in hooks if not any(name.startswith(f"test_{hook}_") for name in tests)] == []
